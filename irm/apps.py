from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IrmConfig(AppConfig):
    name = "irm"
    verbose_name = _("What the assessor found")

    def ready(self) -> None:
        from irm import guards
        from ogp_tracker.common import triggers

        triggers.register(guards.GUARDS)
