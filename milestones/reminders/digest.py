"""The weekly digest: what waits for an account, or for an institution without officers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import cast

from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.models import Institution, Membership
from commitments.querysets import CommitmentQuerySet
from commitments.rights import Rights, rights_of
from milestones.models import Reminder
from milestones.work.duties import Duties
from milestones.work.institutions import InstitutionRow
from milestones.work.parts import WorkList
from milestones.work.rows import RecordRow, UpdateRow, milestone_rows
from milestones.work.scope import answered_by
from milestones.work.work import PlanWork, Work, WorkRow
from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.lines import one_short_line

from .emails import EmailGroup, EmailLine, ReminderEmail

SHOWN = 10
NAMED_IN_SUBJECT = 3

NOT_REMINDED = {WorkList.WAITING, WorkList.REPLIES_WAITING, WorkList.COLLEAGUES}
REMINDED = tuple(part for part in WorkList if part not in NOT_REMINDED)
"""The lists that people are reminded of: those with something to do."""


def week_of(on: date) -> str:
    """The name of the week: there is at most one digest in each."""
    year, week, _day = on.isocalendar()
    return f"{year}-W{week:02}"


def digest_for(account: User, *, on: date) -> ReminderEmail | None:
    rights = rights_of(account)
    if not rights.is_government:
        return None
    work = Work(rights, on=on)
    counts = {part: total for part, total in work.counts().items() if part in REMINDED and total}
    rows = work.first_rows(counts, SHOWN)
    groups = [_group(part, total, rows[part]) for part, total in counts.items()]
    phrases = [count_in_words(part, total) for part, total in counts.items()]
    if rights.coordinates:
        more, said = _of_the_plan(rights, on)
        groups, phrases = [*groups, *more], [*phrases, *said]
    if not groups:
        return None
    return ReminderEmail(
        address=account.email,
        kind=Reminder.Kind.DIGEST,
        subjects=(week_of(on),),
        title=", ".join(phrases[:NAMED_IN_SUBJECT]),
        groups=groups,
        reasons=[
            _("You get this email once a week at most, and only if something waits for you:"),
            *roles_of(account),
            *_coverage(rights),
        ],
        account=account,
    )


def _coverage(rights: Rights) -> Iterator[str]:
    """What the counts of a point of contact cover."""
    edited = cast(CommitmentQuerySet, rights.edited_commitments())
    counts = edited.coverage() if rights.coordinates else {}
    if total := counts.get("commitment_count"):
        sentence = ngettext(
            "Milestones are recorded for %(covered)s of the %(total)s commitment you look after.",
            "Milestones are recorded for %(covered)s of the %(total)s commitments you look after.",
            total,
        )
        covered = intcomma(counts["covered_count"])
        yield sentence % {"covered": covered, "total": intcomma(total)}


def digest_for_mailbox(institution: Institution, *, on: date) -> ReminderEmail | None:
    duties = Duties(answered_by([institution.pk], on), on)
    if not (counts := {part: total for part, total in duties.counts().items() if total}):
        return None
    found = duties.first(counts, SHOWN)
    groups = []
    for part, total in counts.items():
        rows = milestone_rows(found[part], duties, on=on, updates=None)
        lines = [
            EmailLine(
                _what(row), _details(row), _("Read it"), absolute(row.milestone.get_absolute_url())
            )
            for row in rows
        ]
        address = absolute(institution.get_absolute_url())
        groups.append(EmailGroup(str(part.label), lines, total, address))
    return ReminderEmail(
        address=institution.team_mailbox,
        kind=Reminder.Kind.DIGEST,
        subjects=(week_of(on),),
        title=", ".join(count_in_words(part, total) for part, total in counts.items()),
        groups=groups,
        reasons=[
            _(
                "This email goes to the team mailbox of %s, once a week at most, because no"
                " officer of it has an account with which to report."
            )
            % one_short_line(institution.name)
        ],
        institution=institution,
    )


def count_in_words(part: WorkList, total: int) -> str:
    """Such as "3 milestones are overdue"."""
    sentences: Mapping[WorkList, str] = {
        WorkList.RETURNED: ngettext(
            "%(n)s progress update was returned to you",
            "%(n)s progress updates were returned to you",
            total,
        ),
        WorkList.SIGN_OFF: ngettext(
            "%(n)s progress update waits for your sign-off",
            "%(n)s progress updates wait for your sign-off",
            total,
        ),
        WorkList.AGREE: ngettext(
            "%(n)s progress update waits for your agreement",
            "%(n)s progress updates wait for your agreement",
            total,
        ),
        WorkList.AMENDMENTS: ngettext(
            "%(n)s change of the plan waits for you",
            "%(n)s changes of the plan wait for you",
            total,
        ),
        WorkList.REPLIES: ngettext(
            "%(n)s reply to an assessor waits for you",
            "%(n)s replies to assessors wait for you",
            total,
        ),
        WorkList.OVERDUE: ngettext(
            "%(n)s milestone is overdue", "%(n)s milestones are overdue", total
        ),
        WorkList.DUE: ngettext(
            "%(n)s milestone is due in 30 days", "%(n)s milestones are due in 30 days", total
        ),
        WorkList.STALE: ngettext(
            "%(n)s milestone has not been updated for six months",
            "%(n)s milestones have not been updated for six months",
            total,
        ),
        WorkList.DRAFTS: ngettext("%(n)s draft waits for you", "%(n)s drafts wait for you", total),
    }
    return sentences[part] % {"n": intcomma(total)}


def roles_of(account: User) -> list[str]:
    rows = Membership.objects.filter(account=account).select_related("institution", "plan")
    return [
        one_short_line(
            _("%(role)s, %(institution)s, for %(plan)s")
            % {"role": row.get_role_display(), "institution": row.institution, "plan": row.plan}
            if row.plan
            else f"{row.get_role_display()}, {row.institution}"
        )
        for row in rows
        if row.institution
    ]


def _group(part: WorkList, total: int, rows: Sequence[WorkRow]) -> EmailGroup:
    lines = [
        EmailLine(_what(row), _details(row), str(row.action.label), absolute(row.action.path))
        for row in rows
    ]
    return EmailGroup(
        str(part.label), lines, total, absolute(reverse("admin:my_work_part", args=[part]))
    )


def _what(row: WorkRow) -> str:
    if isinstance(row, RecordRow):
        return one_short_line(row.name)
    return one_short_line(f"{row.name}: {row.text}")


def _details(row: WorkRow) -> Sequence[str]:
    if isinstance(row, RecordRow | UpdateRow):
        back = row.returned.comment if row.returned else ""
        comment = row.comment if isinstance(row, UpdateRow) else back
        note = [row.note] if row.note else []
        return [_("Why it came back: %s") % one_short_line(comment)] if comment else note
    said = [row.due]
    if row.last_as_of:
        said.append(_("last progress update as at %s") % date_format(row.last_as_of, "F Y"))
    else:
        said.append(_("no progress update yet"))
    return ["; ".join(said)]


def _of_the_plan(rights: Rights, on: date) -> tuple[list[EmailGroup], list[str]]:
    plan = PlanWork(rights, on=on)
    overdue = plan.counts()[WorkList.OVERDUE]
    stale = [row for row in plan.institutions() if row.is_stale]
    groups, phrases = [], []
    if overdue:
        path = reverse("admin:plan_work_part", args=[WorkList.OVERDUE])
        groups.append(EmailGroup(_("Overdue in your plan or nation"), (), overdue, absolute(path)))
        phrases.append(
            ngettext(
                "%(n)s milestone is overdue in your plan or nation",
                "%(n)s milestones are overdue in your plan or nation",
                overdue,
            )
            % {"n": intcomma(overdue)}
        )
    if stale:
        address = absolute(reverse("admin:plan_work"))
        lines = [_line_of(row, address) for row in stale[:SHOWN]]
        groups.append(
            EmailGroup(
                _("Institutions without an update for six months"), lines, len(stale), address
            )
        )
        phrases.append(
            ngettext(
                "%(n)s institution has published no update for six months",
                "%(n)s institutions have published no update for six months",
                len(stale),
            )
            % {"n": intcomma(len(stale))}
        )
    return groups, phrases


def _line_of(row: InstitutionRow, address: str) -> EmailLine:
    last = date_format(row.last_published) if row.last_published else _("never")
    details = [
        _("Last progress update published: %(last)s; overdue: %(overdue)s")
        % {"last": last, "overdue": intcomma(row.counts[WorkList.OVERDUE])}
    ]
    if row.institution.team_mailbox:
        details.append(_("Team mailbox: %s") % row.institution.team_mailbox)
    return EmailLine(
        one_short_line(row.institution), details, _("Look at the institutions"), address
    )
