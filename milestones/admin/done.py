"""The page after something was sent, agreed to, returned or published: what happens next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.approvers import account_name
from commitments.rights import Rights
from milestones.models import Amendment, ProgressUpdate
from milestones.signatures import Record
from milestones.turns import Turn, missing_role, whose_turn
from milestones.work.parts import WorkList
from milestones.work.work import Work, WorkRow
from ogp_tracker.common.texts import StrOrPromise

from .sign_off_actions import STUCK

NEXT = (
    WorkList.RETURNED,
    WorkList.SIGN_OFF,
    WorkList.AGREE,
    WorkList.REPLIES,
    WorkList.OVERDUE,
    WorkList.DUE,
    WorkList.STALE,
)
"""The lists from which the next thing to do is taken, the most pressing first."""


@dataclass(frozen=True)
class NextWork:
    heading: StrOrPromise
    row: WorkRow


def what_happened(record: Record, account: User) -> str:
    if record.is_published:
        return _("Published")
    if record.state == record.State.RETURNED:
        return _("Returned to its author")
    if record.co_signed_by_id == account.pk:
        return _("You have agreed for civil society")
    return _("Sent for sign-off")


def what_happens_next(record: Record) -> Iterator[str]:
    """Yield sentences: what happens, and who does it."""
    if record.is_published:
        yield _("You have nothing more to do.")
        if isinstance(record, ProgressUpdate):
            yield _("If something is wrong, correct it by a new update.")
    elif record.state == record.State.RETURNED:
        author = account_name(record.recorded_by) or _("The author")
        yield _("%(author)s can change it and send it again. Your comment is with it.") % {
            "author": author
        }
        yield _("We email the author.")
    elif record.state == record.State.SUBMITTED:
        yield from waits_for(record, whose_turn(record))


def waits_for(record: Record, turn: Turn) -> Iterator[str]:
    if turn.is_stuck:
        yield STUCK % missing_role(record, turn)
        return
    if turn.lacks_agreement:
        yield _("First a civil-society lead agrees: %s.") % _one_of(turn.agree)
        yield _("Then somebody signs it off: %s.") % _one_of(turn.sign)
    else:
        body = record.institution
        here = _(" at %s") % body if body and not isinstance(record, Amendment) else ""
        yield _("Waits for %(people)s%(here)s to sign it off.") % {
            "people": _one_of(turn.sign),
            "here": "" if record.is_from_document else here,
        }
    yield _("We email them. You will get an email once it is published or returned.")


def next_work(rights: Rights) -> NextWork | None:
    """The most pressing thing that waits for the account."""
    if not rights.is_government:
        return None
    work = Work(rights, on=timezone.localdate())
    part = next((one for one in NEXT if work.counts().get(one)), None)
    if part is None:
        return None
    rows: Sequence[WorkRow] = work.first_rows([part], 1)[part]
    return NextWork(part.label, rows[0]) if rows else None


def _one_of(accounts: Sequence[AbstractUser]) -> str:
    names = ", ".join(account_name(account) for account in accounts)
    words = ngettext("%(names)s", "one of %(n)s people (%(names)s)", len(accounts))
    return words % {"n": intcomma(len(accounts)), "names": names}
