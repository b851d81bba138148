"""The settings of the site, with what only tests want on top."""

import atexit
import shutil
import tempfile
from pathlib import Path

from ogp_tracker.settings import *  # noqa: F403
from ogp_tracker.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE

# Within a test settings and clocks change, of which no version tells. Tests of the page cache bring
# it along (tests/kept_pages.py).
MIDDLEWARE = [name for name in MIDDLEWARE if "pagecache" not in name]

# A page that asks the database once per row fails its test. Which database it asks makes no
# difference, and the watch takes time: it is kept on SQLite.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
    MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
# It tells calls of get() apart by the nearest line of ours, which for all that the admin does is
# one and the same middleware.
ZEAL_ALLOWLIST = [{"model": "*", "field": "get()"}]

# Slow on purpose elsewhere; here only a matter of waiting.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Files that tests keep go with the process.
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="tracker-media-"))
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)

# Most tests run inside a transaction, which a thread that writes a file could not look into.
DATA_FILES_ROOT = None
DATA_RELEASES_ROOT = MEDIA_ROOT / "releases"

# Each client of a test has a chain of middlewares of its own. It need not look through all static
# files to answer for those that are asked for.
WHITENOISE_AUTOREFRESH = True

# Tests ask more in a minute than anybody may; those of the limit set one.
API_REQUESTS_PER_MINUTE = 0

# By name, because pytest-xdist would otherwise give each worker a file: it knows the SQLite that
# lives in memory only by the name of Django's own engine.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"].setdefault("TEST", {})["NAME"] = ":memory:"
