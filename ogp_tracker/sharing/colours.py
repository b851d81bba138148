"""The colours of the site (static/css/tokens.css) for drawings, which no style sheet reaches."""

import re
from functools import cache

from django.conf import settings

TOKENS = settings.BASE_DIR / "static" / "css" / "tokens.css"
DARK = "(prefers-color-scheme: dark)"


@cache
def colours() -> tuple[dict[str, str], dict[str, str]]:
    """By name, such as `level-completed`, in light and in dark."""
    light, _between, dark = TOKENS.read_text().partition(DARK)
    return _named(light), _named(dark)


def _named(sheet: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", sheet))
