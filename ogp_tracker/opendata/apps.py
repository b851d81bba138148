from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OpenDataConfig(AppConfig):
    name = "ogp_tracker.opendata"
    verbose_name = _("Open data")

    def ready(self) -> None:
        from ogp_tracker.common import triggers
        from ogp_tracker.opendata import releases, version

        triggers.register(version.VERSION_TRIGGERS)
        triggers.register(releases.GUARDS)
        post_migrate.connect(version.after_migrations, sender=self)
