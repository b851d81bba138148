"""The settings of the site, with what only tests want on top."""

from ogp_tracker.settings import *  # noqa: F403
from ogp_tracker.settings import INSTALLED_APPS, MIDDLEWARE

# A page that asks the database once per row fails its test.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
# It tells calls of get() apart by the nearest line of ours, which for all that the admin does is
# one and the same middleware.
ZEAL_ALLOWLIST = [{"model": "*", "field": "get()"}]

# Slow on purpose elsewhere; here only a matter of waiting.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
