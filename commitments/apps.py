from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CommitmentsConfig(AppConfig):
    name = "commitments"
    verbose_name = _("What was promised")

    def ready(self) -> None:
        """See that every migration ends with the guards in place, and who signs each version."""
        from simple_history.signals import pre_create_historical_record

        from commitments import attribution as acting
        from commitments import guards
        from ogp_tracker.common import triggers

        triggers.register(guards.GUARDS)
        # SQLite remakes tables in migrations and then forgets their triggers: a migration that
        # created the guards would not be enough.
        pre_migrate.connect(triggers.before_migrations, sender=self)
        post_migrate.connect(triggers.after_migrations, sender=self)
        pre_create_historical_record.connect(acting.sign_version)
