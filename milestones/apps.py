from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class MilestonesConfig(AppConfig):
    name = "milestones"
    verbose_name = _("What is being delivered")

    def ready(self) -> None:
        """See that every migration ends with the guards of published updates in place."""
        from milestones import guards

        # SQLite remakes tables in migrations and then forgets their triggers: a migration that
        # created the guards would not be enough.
        pre_migrate.connect(guards.before_migrations, sender=self)
        post_migrate.connect(guards.after_migrations, sender=self)
