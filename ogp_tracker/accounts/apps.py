from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "ogp_tracker.accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Do what follows when an account or its second factor changes."""
        from ogp_tracker.accounts import receivers

        receivers.connect()
