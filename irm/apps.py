from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IrmConfig(AppConfig):
    name = "irm"
    verbose_name = _("What the assessor found")

    def ready(self) -> None:
        from irm import guards, replies
        from irm.models import ReplyStep
        from milestones.reminders.turn_emails import tell_steps_of
        from milestones.work.parts import WorkList
        from milestones.work.work import RECORDS
        from ogp_tracker.common import triggers

        triggers.register(guards.GUARDS)
        RECORDS[WorkList.REPLIES] = replies.for_the_account
        RECORDS[WorkList.REPLIES_WAITING] = replies.for_others
        tell_steps_of(ReplyStep)
