from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OgpTrackerConfig(AppConfig):
    name = "ogp_tracker"
    verbose_name = _("The site")

    def ready(self) -> None:
        """Register the system checks, and what follows when an account changes."""
        from ogp_tracker import checks  # noqa: F401
        from ogp_tracker.signin import receivers

        receivers.connect()
