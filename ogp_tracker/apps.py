from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ogp_tracker import checks as checks  # registers the system checks


class OgpTrackerConfig(AppConfig):
    name = "ogp_tracker"
    verbose_name = _("The site")
