from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "ogp_tracker.accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        # It imports models, which are not there before.
        from ogp_tracker.accounts import receivers

        receivers.connect()
