"""The static files of production: fingerprinted names, and no start without them."""

import os
import re
import shutil

import pytest

from tests.process import PRODUCTION, ROOT, run_python

pytestmark = [pytest.mark.slow, pytest.mark.own_database]

# The same settings, but with the collected files in a folder of the test.
SETTINGS = """
from ogp_tracker.settings import *
STATIC_ROOT = {folder!r}
"""

ASK = """
import ogp_tracker.wsgi
from django.test import Client

client = Client(headers={"host": "tracker.example.org"})
page = client.get("/accounts/login/", secure=True)
print(page.status_code)
for address in sorted(set(__import__("re").findall(r'(?:href|src)="(/static/[^"]+)"', page.text))):
    answer = client.get(address, secure=True)
    print(answer.status_code, address, answer["Cache-Control"])
"""


def run_in_production(tmp_path, *arguments):
    (tmp_path / "production.py").write_text(SETTINGS.format(folder=str(tmp_path / "static")))
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    database = f"sqlite:///{tmp_path}/tracker.sqlite3"
    return run_python(
        *arguments,
        **PRODUCTION
        | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "production", "PYTHONPATH": path},
    )


def test_server_whose_static_files_were_not_collected_does_not_start(tmp_path):
    result = run_in_production(tmp_path, "-c", ASK)

    assert result.returncode != 0
    assert "Static files are missing. Run" in result.stderr.splitlines()[-1]


def test_page_of_production_finds_each_of_its_files_under_a_name_for_ever(tmp_path):
    collected = run_in_production(tmp_path, "manage.py", "collectstatic", "--no-input")
    asked = run_in_production(tmp_path, "-c", ASK)

    assert collected.returncode == 0, collected.stderr
    status, *files = asked.stdout.splitlines()
    assert status == "200", asked.stderr
    assert len(files) > 3
    for line in files:
        assert re.fullmatch(r"200 /static/\S+\.[0-9a-f]{12}\.\w+ .*\bimmutable", line), line
    shutil.rmtree(tmp_path / "static")
