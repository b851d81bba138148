from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common import triggers


class AccountsConfig(AppConfig):
    name = "ogp_tracker.accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        # They import models, which are not there before.
        from ogp_tracker.accounts import guards, receivers

        receivers.connect()
        triggers.register(guards.GUARDS)
