"""The lists of what waits for an account, and their names on pages and in emails."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones.conditions import awaited_before
from milestones.days import STALE_AFTER_MONTHS, months_before
from ogp_tracker.common.texts import StrOrPromise

DUE_SOON_DAYS = 30


class WorkList(TextChoices):
    """A list of what can wait for an account, the most pressing first."""

    RETURNED = "returned", gettext_lazy("Returned to me")
    SIGN_OFF = "sign-off", gettext_lazy("Waiting for my sign-off")
    AGREE = "agree", gettext_lazy("Waiting for my agreement")
    AMENDMENTS = "amendments", gettext_lazy("Amendments")
    REPLIES = "replies", gettext_lazy("Replies to assessors")
    OVERDUE = "overdue", gettext_lazy("Overdue")
    DUE = "due", gettext_lazy("Due in 30 days")
    STALE = "silent", gettext_lazy("Not updated for six months")
    DRAFTS = "drafts", gettext_lazy("My drafts")
    WAITING = "waiting", gettext_lazy("Waiting for others")
    REPLIES_WAITING = "replies-waiting", gettext_lazy("Replies waiting for others")
    COLLEAGUES = "colleagues", gettext_lazy("Drafts of colleagues")


OF_MILESTONES = (WorkList.OVERDUE, WorkList.DUE, WorkList.STALE)
"""The lists of milestones; each milestone is in one of them at most."""

OF_OTHERS = (WorkList.AMENDMENTS, WorkList.REPLIES, WorkList.REPLIES_WAITING)
"""The lists of amendments, and of what apps above add."""

OF_UPDATES = tuple(part for part in WorkList if part not in (*OF_MILESTONES, *OF_OTHERS))
"""The lists of updates that are not published yet."""


@dataclass(frozen=True)
class WorkListText:
    meaning: StrOrPromise
    nothing: StrOrPromise


TEXTS = {
    WorkList.RETURNED: WorkListText(
        gettext_lazy(
            "Progress updates that came back to you. Read why, change them and send them again."
        ),
        gettext_lazy("Nothing was returned to you."),
    ),
    WorkList.SIGN_OFF: WorkListText(
        gettext_lazy(
            "Progress updates that are published once you sign them off. The longest waiting come"
            " first."
        ),
        gettext_lazy("No progress update waits for your sign-off."),
    ),
    WorkList.AGREE: WorkListText(
        gettext_lazy(
            "Progress updates that can be published once you agree for civil society. The longest"
            " waiting come first."
        ),
        gettext_lazy("No progress update waits for your agreement."),
    ),
    WorkList.AMENDMENTS: WorkListText(
        gettext_lazy(
            "Changes to the plan that you are writing, or that wait for your sign-off or agreement."
        ),
        gettext_lazy("No amendment waits for you."),
    ),
    WorkList.REPLIES: WorkListText(
        gettext_lazy(
            "Replies that you are writing, that were returned to you, or that wait for your"
            " sign-off."
        ),
        gettext_lazy("No reply waits for you."),
    ),
    WorkList.REPLIES_WAITING: WorkListText(
        gettext_lazy("Replies that were sent for sign-off and need somebody else."),
        gettext_lazy("No reply waits for others."),
    ),
    WorkList.OVERDUE: WorkListText(
        gettext_lazy("Past the due date, and not completed in the nations that you report for."),
        gettext_lazy("Nothing is overdue."),
    ),
    WorkList.DUE: WorkListText(
        gettext_lazy(
            "Due today or in the 30 days to come, and not completed in the nations that you report"
            " for."
        ),
        gettext_lazy("Nothing is due in the next 30 days."),
    ),
    WorkList.STALE: WorkListText(
        gettext_lazy(
            "Not completed, and not updated for six months. What is overdue or due in 30 days is"
            " listed above."
        ),
        gettext_lazy("Nothing else in plans that run today has gone six months without an update."),
    ),
    WorkList.DRAFTS: WorkListText(
        gettext_lazy("Progress updates that you have begun and not sent for sign-off yet."),
        gettext_lazy("You have no drafts."),
    ),
    WorkList.WAITING: WorkListText(
        gettext_lazy(
            "Progress updates that were sent for sign-off and need somebody else. You have nothing"
            " to do."
        ),
        gettext_lazy("Nothing waits for others."),
    ),
    WorkList.COLLEAGUES: WorkListText(
        gettext_lazy(
            "What colleagues of your institutions are writing. If somebody is away, you can take"
            " a draft over."
        ),
        gettext_lazy("No colleague has a draft."),
    ),
}


def due_in_words(due_on: date | None, on: date) -> str:
    """How far away the due date is on `on`, such as "12 days overdue"."""
    if due_on is None:
        return _("No due date is known")
    if (days := (due_on - on).days) < 0:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": intcomma(-days)}
    if days == 0:
        return _("Due today")
    return ngettext("Due tomorrow", "Due in %(n)s days", days) % {"n": intcomma(days)}


def days_of(part: WorkList, on: date) -> tuple[Q, ...]:
    """The due dates of a list on the date `on`, as conditions in the order of the list."""
    soon = on + timedelta(days=DUE_SOON_DAYS)
    if part == WorkList.OVERDUE:
        return (Q(due_on__lt=on),)
    if part == WorkList.DUE:
        return (Q(due_on__gte=on, due_on__lte=soon),)
    return Q(due_on__gt=soon), Q(due_on__isnull=True)


def of_part(part: WorkList, on: date) -> Q:
    return reduce(or_, days_of(part, on)) & not_updated(part, on)


def not_updated(part: WorkList, on: date) -> Q:
    """What a list asks of the updates: those on the stale one have none of six months."""
    if part != WorkList.STALE:
        return Q()
    since = months_before(on, STALE_AFTER_MONTHS)
    unheard = Q(last_reported_on__lt=since) | Q(last_reported_on__isnull=True)
    return unheard & awaited_before(since)
