"""The formats of responses: JSON; for the description of the API also YAML."""

from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    """JSON (RFC 8259), UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return orjson.dumps(data)


class OpenAPIRenderer(BaseRenderer):
    """The description of the API, which was rendered once for all requests."""

    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return bytes(data[self.format])


class OpenAPIJSONRenderer(OpenAPIRenderer):
    """The default, for readers who accept any format."""

    media_type = "application/json"
    format = "json"


class OpenAPINamedJSONRenderer(OpenAPIJSONRenderer):
    media_type = "application/openapi+json"


class OpenAPIYAMLRenderer(OpenAPIRenderer):
    media_type = "application/yaml"
    format = "yaml"


class OpenAPINamedYAMLRenderer(OpenAPIYAMLRenderer):
    media_type = "application/openapi+yaml"
