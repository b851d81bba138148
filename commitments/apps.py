from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _
from simple_history.signals import pre_create_historical_record

from ogp_tracker.common import triggers


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = _("What was promised")

    def ready(self) -> None:
        """Have every migration end with all triggers in place, and each version attributed."""
        # These import models, which are not there before.
        from commitments import attribution, guards

        triggers.register(guards.GUARDS)
        # SQLite remakes tables in migrations and then forgets their triggers, so a migration that
        # creates them is not enough. The signal is sent for apps with models only: this one is the
        # lowest.
        pre_migrate.connect(triggers.before_migrations, sender=self)
        post_migrate.connect(triggers.after_migrations, sender=self)
        pre_create_historical_record.connect(attribution.attribute_version)
