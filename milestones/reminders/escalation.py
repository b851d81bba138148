"""What has been overdue for long: for the point of contact, once for each due date."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.models import Institution, Involvement
from commitments.rights import rights_of
from milestones.models import Milestone, Reminder
from milestones.work.parts import WorkList, due_in_words
from milestones.work.work import PlanWork
from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.lines import one_short_line

from .digest import SHOWN, roles_of
from .emails import EmailGroup, EmailLine, ReminderEmail


def escalation_for(account: User, *, on: date) -> ReminderEmail | None:
    rights = rights_of(account)
    if not rights.coordinates:
        return None
    days = settings.REMINDER_ESCALATE_AFTER_DAYS
    plan = PlanWork(rights, on=on)
    late = (
        plan.duties.milestones(WorkList.OVERDUE)
        .filter(due_on__lte=on - timedelta(days=days))
        .values_list("pk", "due_on")
    )
    told = set(
        Reminder.objects.filter(account=account, kind=Reminder.Kind.ESCALATION).values_list(
            "subject", flat=True
        )
    )
    news = {key: name for key, due_on in late if (name := f"{key}:{due_on}") not in told}
    if not news:
        return None
    rows = Milestone.objects.select_related("commitment", "lead").in_bulk(list(news)[:SHOWN])
    lines = [_line(rows[key], on) for key in list(news)[:SHOWN]]
    path = reverse("admin:plan_work_part", args=[WorkList.OVERDUE])
    return ReminderEmail(
        address=account.email,
        kind=Reminder.Kind.ESCALATION,
        subjects=list(news.values()),
        title=ngettext(
            "%(n)s milestone is overdue for long, and not completed",
            "%(n)s milestones are overdue for long, and not completed",
            len(news),
        )
        % {"n": intcomma(len(news))},
        groups=[EmailGroup(_("Overdue for long"), lines, len(news), absolute(path))],
        reasons=[
            ngettext(
                "You get this email once for each milestone that is overdue by %(n)s day:",
                "You get this email once for each milestone that is overdue by %(n)s days:",
                days,
            )
            % {"n": intcomma(days)},
            *roles_of(account),
        ],
        account=account,
    )


def _line(milestone: Milestone, on: date) -> EmailLine:
    leads = Institution.objects.filter(
        involvements__commitment=milestone.commitment_id, involvements__role=Involvement.Role.LEAD
    )
    details = [due_in_words(milestone.due_on, on)]
    for lead in [milestone.lead] if milestone.lead else leads:
        mailbox = lead.team_mailbox or _("no team mailbox")
        details.append(f"{one_short_line(lead)} ({mailbox})")
    return EmailLine(
        what=one_short_line(f"{milestone}: {milestone.text}"),
        details=details,
        label=_("Look at the milestone"),
        url=absolute(reverse("admin:milestones_milestone_change", args=[milestone.pk])),
    )
