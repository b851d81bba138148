from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OgpTrackerConfig(AppConfig):
    name = "ogp_tracker"
    verbose_name = _("The site")

    def ready(self) -> None:
        """Register the system checks."""
        from ogp_tracker import checks  # noqa: F401
