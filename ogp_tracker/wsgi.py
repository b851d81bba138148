"""The entry for gunicorn and other WSGI servers."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogp_tracker.settings")

django.setup(set_prefix=False)

# Imported here, because they need the settings.
from ogp_tracker.checks import refuse_what_cannot_be_served  # noqa: E402
from ogp_tracker.pagecache.handler import PublicPages  # noqa: E402

application = PublicPages()

# A WSGI server runs no system checks of its own.
refuse_what_cannot_be_served()
