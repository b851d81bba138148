"""Every kind of public page asked of the Nu HTML checker."""

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.vnu

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.mark.django_db
def test_html_and_css_are_valid(client, tmp_path, addresses):
    for number, address in enumerate(addresses):
        name = address.strip("/").replace("/", "-").partition("?")[0] or "front"
        (tmp_path / f"{number}-{name}.html").write_bytes(client.get(address).content)
    pages = [*tmp_path.glob("*.html"), TEMPLATES / "500.html", TEMPLATES / "503.html"]
    assert len(pages) == len(addresses) + 2

    checked = subprocess.run(
        ["java", "-jar", os.environ["VNU_JAR"], *map(str, pages)], capture_output=True, text=True
    )

    assert checked.stderr.replace(str(tmp_path), "") == ""
    assert checked.returncode == 0
