"""The parts of what waits for an account, and the words by which page and mail call them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

DUE_SOON_DAYS = 30


class Part(TextChoices):
    """What can wait for an account, the most pressing first."""

    RETURNED = "returned", gettext_lazy("Returned to me")
    SIGN_OFF = "sign-off", gettext_lazy("Waiting for my sign-off")
    AGREE = "agree", gettext_lazy("Waiting for my agreement")
    OVERDUE = "overdue", gettext_lazy("Overdue")
    DUE = "due", gettext_lazy("Due in 30 days")
    SILENT = "silent", gettext_lazy("No report in six months")
    DRAFTS = "drafts", gettext_lazy("My drafts")
    WAITING = "waiting", gettext_lazy("Waiting for others")
    COLLEAGUES = "colleagues", gettext_lazy("Drafts of colleagues")


OF_MILESTONES = (Part.OVERDUE, Part.DUE, Part.SILENT)
"""The parts that list milestones; each milestone stands in one of them at most."""

OF_REPORTS = tuple(part for part in Part if part not in OF_MILESTONES)
"""The parts that list reports which are not published yet."""


@dataclass(frozen=True)
class Words:
    """What a part means, and what is said if nothing is in it."""

    meaning: Any
    nothing: Any


WORDS = {
    Part.RETURNED: Words(
        gettext_lazy("Reports that came back to you. Read why, change them and send them again."),
        gettext_lazy("Nothing was returned to you."),
    ),
    Part.SIGN_OFF: Words(
        gettext_lazy(
            "Reports that your sign-off brings before the public. The longest waiting come first."
        ),
        gettext_lazy("No report waits for your sign-off."),
    ),
    Part.AGREE: Words(
        gettext_lazy(
            "Reports that can be published once you agree for civil society. The longest waiting"
            " come first."
        ),
        gettext_lazy("No report waits for your agreement."),
    ),
    Part.OVERDUE: Words(
        gettext_lazy("Past the due day, and not completed in the nations that you speak for."),
        gettext_lazy("Nothing is overdue."),
    ),
    Part.DUE: Words(
        gettext_lazy(
            "Due today or in the 30 days to come, and not completed in the nations that you speak"
            " for."
        ),
        gettext_lazy("Nothing is due in the next 30 days."),
    ),
    Part.SILENT: Words(
        gettext_lazy(
            "Not completed, and no report for six months. What is overdue or due in 30 days is"
            " listed above."
        ),
        gettext_lazy("Everything else was reported on in the last six months."),
    ),
    Part.DRAFTS: Words(
        gettext_lazy("Reports that you have begun and not sent for sign-off yet."),
        gettext_lazy("You have no drafts."),
    ),
    Part.WAITING: Words(
        gettext_lazy(
            "Reports that were sent for sign-off and need somebody else. You have nothing to do."
        ),
        gettext_lazy("Nothing waits for others."),
    ),
    Part.COLLEAGUES: Words(
        gettext_lazy(
            "What colleagues of your institutions are writing. If somebody is away, you can take"
            " a draft over."
        ),
        gettext_lazy("No colleague has a draft."),
    ),
}


def due_in_words(due_on: date | None, on: date) -> str:
    """Return how far the due day is away on the day `on`, such as "12 days overdue"."""
    if due_on is None:
        return _("No due day is known")
    days = (due_on - on).days
    if days < 0:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": -days}
    if days == 0:
        return _("Due today")
    return ngettext("Due tomorrow", "Due in %(n)s days", days) % {"n": days}
