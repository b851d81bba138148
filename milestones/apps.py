from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MilestonesConfig(AppConfig):
    name = "milestones"
    verbose_name = _("What is being delivered")

    def ready(self) -> None:
        from milestones import guards
        from milestones.models import UpdateStep
        from milestones.reminders.turn_emails import tell_steps_of
        from ogp_tracker.common import triggers

        triggers.register(guards.GUARDS)
        tell_steps_of(UpdateStep)
