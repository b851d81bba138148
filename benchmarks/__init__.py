"""Benchmarks: each runs on a database of its own, with the settings of a public site.

Django is set up here, before a benchmark imports models. The command line names the database:
`python -m benchmarks.search postgresql`.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import django

from tests import environment

FOLDER = Path(tempfile.mkdtemp(prefix="benchmark-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

os.environ["TRACKER_TEST_DATABASE"] = (
    "postgresql" if "postgresql" in sys.argv else f"sqlite:///{FOLDER / 'tracker.sqlite3'}"
)
os.environ["DJANGO_SETTINGS_MODULE"] = "ogp_tracker.settings"
environment.settle()
django.setup()
