"""Every kind of public page asked of the Nu HTML checker."""

import os
import subprocess
from pathlib import Path

import pytest
from django.template.loader import render_to_string

pytestmark = pytest.mark.vnu

STATIC = Path(__file__).resolve().parents[2] / "static"


@pytest.mark.django_db
def test_html_and_css_are_valid(client, tmp_path, addresses):
    for number, address in enumerate(addresses):
        name = address.strip("/").replace("/", "-").partition("?")[0] or "front"
        (tmp_path / f"{number}-{name}.html").write_bytes(client.get(address).content)
    sent = {"again": "/admin/", "token": "t", "fields": [("a", "b")], "texts": ["a"]}
    sent |= {"files": ["a.pdf"], "files_field": "held-files", "has_secrets": True}
    sent |= {"held_field": "held"}
    for name in ("400", "413", "500", "503"):
        for number, context in enumerate(({}, sent)):
            page = render_to_string(f"{name}.html", context)
            (tmp_path / f"{name}-{number}.html").write_text(page)
    pages = [*tmp_path.glob("*.html"), *STATIC.glob("*.html")]
    assert len(pages) == len(addresses) + 10

    checked = subprocess.run(
        ["java", "-jar", os.environ["VNU_JAR"], *map(str, pages)], capture_output=True, text=True
    )

    assert checked.stderr.replace(str(tmp_path), "") == ""
    assert checked.returncode == 0
