"""The entry for gunicorn and other WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogp_tracker.settings")

application = get_wsgi_application()

# Imported here, because it needs the settings.
from ogp_tracker.checks import refuse_what_cannot_be_served, warn_without_proxy  # noqa: E402

# A WSGI server runs no system checks of its own.
refuse_what_cannot_be_served()
warn_without_proxy()
