from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OgpTrackerConfig(AppConfig):
    name = "ogp_tracker"
    verbose_name = _("The site")

    def ready(self) -> None:
        """Register the system checks, what follows every write (the version of the data, the index
        of the search), and what follows when an account changes.
        """
        from ogp_tracker import checks  # noqa: F401
        from ogp_tracker.accounts import receivers
        from ogp_tracker.common import triggers
        from ogp_tracker.opendata import releases, version
        from ogp_tracker.search import index

        receivers.connect()
        triggers.register(version.MOVERS)
        triggers.register(releases.GUARDS)
        triggers.register(index.GUARDS)
        post_migrate.connect(version.after_migrations, sender=self)
