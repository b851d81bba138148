"""Every kind of public page asked of the Nu HTML checker."""

import os
import subprocess
from pathlib import Path

import pytest
from django.template.loader import render_to_string

pytestmark = pytest.mark.vnu

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.mark.django_db
def test_html_and_css_are_valid(client, tmp_path, addresses):
    for number, address in enumerate(addresses):
        name = address.strip("/").replace("/", "-").partition("?")[0] or "front"
        (tmp_path / f"{number}-{name}.html").write_bytes(client.get(address).content)
    sent = {"again": "/admin/", "token": "t", "fields": [("a", "b")], "texts": ["a"]}
    sent |= {"files": ["a.pdf"], "files_field": "held", "has_secrets": True}
    for name, context in (("503", {}), ("503-sent", sent)):
        (tmp_path / f"{name}.html").write_text(render_to_string("503.html", context))
    pages = [*tmp_path.glob("*.html"), TEMPLATES / "500.html"]
    assert len(pages) == len(addresses) + 3

    checked = subprocess.run(
        ["java", "-jar", os.environ["VNU_JAR"], *map(str, pages)], capture_output=True, text=True
    )

    assert checked.stderr.replace(str(tmp_path), "") == ""
    assert checked.returncode == 0
