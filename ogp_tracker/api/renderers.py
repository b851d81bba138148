"""How answers are written: JSON; the description of the API also as YAML."""

from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    """JSON (RFC 8259), UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """Return the data as bytes."""
        return orjson.dumps(data)


class OpenAPIRenderer(BaseRenderer):
    """The description of the API, which is kept as it is written."""

    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """Return the description in this format."""
        return bytes(data[self.format])


class OpenAPIJSONRenderer(OpenAPIRenderer):
    """As JSON, which is also what whoever asks for any format gets."""

    media_type = "application/json"
    format = "json"


class OpenAPINamedJSONRenderer(OpenAPIJSONRenderer):
    """As JSON, under the name that is registered for it."""

    media_type = "application/openapi+json"


class OpenAPIYAMLRenderer(OpenAPIRenderer):
    """As YAML."""

    media_type = "application/yaml"
    format = "yaml"


class OpenAPINamedYAMLRenderer(OpenAPIYAMLRenderer):
    """As YAML, under the name that is registered for it."""

    media_type = "application/openapi+yaml"
