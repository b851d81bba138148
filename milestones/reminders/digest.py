"""The weekly digest: what waits for an account, or for an institution without officers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.models import Institution, Membership
from commitments.rights import Rights, rights_of
from milestones.models import Reminder
from milestones.work import (
    InstitutionRow,
    MilestoneRow,
    Part,
    PlanWork,
    ReportRow,
    Work,
)
from milestones.work.duties import Duties
from milestones.work.rows import milestone_rows
from milestones.work.scope import answered_by
from ogp_tracker.common.addresses import absolute
from ogp_tracker.common.lines import one_short_line

from .mails import Group, Line, Mail

SHOWN = 10
NAMED_IN_SUBJECT = 3

TOLD = tuple(part for part in Part if part not in {Part.WAITING, Part.COLLEAGUES})
"""The parts of which somebody is reminded: those in which there is something to do."""


def week_of(on: date) -> str:
    """Return the name of the week, in which there is one digest at most."""
    year, week, _day = on.isocalendar()
    return f"{year}-W{week:02}"


def digest_for(account: Any, *, on: date) -> Mail | None:
    """Return the digest of an account, or None if there is nothing to say."""
    rights = rights_of(account)
    if not rights.is_government:
        return None
    work = Work(rights, on=on)
    counts = {part: total for part, total in work.counts().items() if part in TOLD and total}
    rows = work.first_rows(counts, SHOWN)
    groups = [_group(part, total, rows[part]) for part, total in counts.items()]
    phrases = [said_of(part, total) for part, total in counts.items()]
    if rights.coordinates:
        more, said = _of_the_plan(rights, on)
        groups, phrases = [*groups, *more], [*phrases, *said]
    if not groups:
        return None
    return Mail(
        address=account.email,
        kind=Reminder.Kind.DIGEST,
        subjects=(week_of(on),),
        title=", ".join(phrases[:NAMED_IN_SUBJECT]),
        groups=groups,
        reasons=[
            _("You get this mail once a week at most, and only if something waits for you:"),
            *roles_of(account),
        ],
        account=account,
    )


def digest_for_mailbox(institution: Institution, *, on: date) -> Mail | None:
    """Return the digest for the team mailbox of an institution in whose name nobody signs in."""
    duties = Duties(answered_by([institution.pk], on), on)
    counts = {part: total for part, total in duties.counts().items() if total}
    if not counts:
        return None
    found = duties.first(counts, SHOWN)
    groups = []
    for part, total in counts.items():
        rows = milestone_rows(found[part], duties, on=on, reports=None)
        lines = [
            Line(
                _what(row),
                _details(row),
                _("Read it"),
                absolute(row.milestone.get_absolute_url()),
            )
            for row in rows
        ]
        address = absolute(institution.get_absolute_url())
        groups.append(Group(str(part.label), lines, total, address))
    return Mail(
        address=institution.team_mailbox,
        kind=Reminder.Kind.DIGEST,
        subjects=(week_of(on),),
        title=", ".join(said_of(part, total) for part, total in counts.items()),
        groups=groups,
        reasons=[
            _(
                "This mail goes to the team mailbox of %s, once a week at most, because no"
                " officer of it has an account with which to report."
            )
            % one_short_line(institution.name)
        ],
        institution=institution,
    )


def said_of(part: Part, total: int) -> str:
    """Return in words how many there are of a part, such as "3 milestones are overdue"."""
    sentences: Mapping[Part, str] = {
        Part.RETURNED: ngettext(
            "%(n)s report was returned to you", "%(n)s reports were returned to you", total
        ),
        Part.SIGN_OFF: ngettext(
            "%(n)s report waits for your sign-off", "%(n)s reports wait for your sign-off", total
        ),
        Part.AGREE: ngettext(
            "%(n)s report waits for your agreement",
            "%(n)s reports wait for your agreement",
            total,
        ),
        Part.OVERDUE: ngettext("%(n)s milestone is overdue", "%(n)s milestones are overdue", total),
        Part.DUE: ngettext(
            "%(n)s milestone is due in 30 days", "%(n)s milestones are due in 30 days", total
        ),
        Part.SILENT: ngettext(
            "%(n)s milestone has had no report for six months",
            "%(n)s milestones have had no report for six months",
            total,
        ),
        Part.DRAFTS: ngettext("%(n)s draft waits for you", "%(n)s drafts wait for you", total),
    }
    return sentences[part] % {"n": total}


def roles_of(account: Any) -> list[str]:
    """Return for whom the account acts, a line each."""
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


def _group(part: Part, total: int, rows: Sequence[MilestoneRow | ReportRow]) -> Group:
    lines = [
        Line(_what(row), _details(row), str(row.action.label), absolute(row.action.path))
        for row in rows
    ]
    return Group(
        str(part.label), lines, total, absolute(reverse("admin:my_work_part", args=[part]))
    )


def _what(row: MilestoneRow | ReportRow) -> str:
    return one_short_line(f"{row.commitment.slug}, {row.milestone.label}: {row.milestone.text}")


def _details(row: MilestoneRow | ReportRow) -> Sequence[str]:
    if isinstance(row, ReportRow):
        comment = one_short_line(row.comment)
        return [_("Why it came back: %s") % comment] if comment else []
    told = [row.due]
    if row.last_day:
        told.append(_("last report as of %s") % date_format(row.last_day))
    else:
        told.append(_("never reported"))
    return ["; ".join(told)]


def _of_the_plan(rights: Rights, on: date) -> tuple[list[Group], list[str]]:
    """Return what a point of contact is told of its whole plan or nation."""
    plan = PlanWork(rights, on=on)
    overdue = plan.counts()[Part.OVERDUE]
    silent = [row for row in plan.institutions() if row.is_silent]
    groups, phrases = [], []
    if overdue:
        path = reverse("admin:plan_work_part", args=[Part.OVERDUE])
        groups.append(Group(_("Overdue in your plan or nation"), (), overdue, absolute(path)))
        phrases.append(
            ngettext(
                "%(n)s milestone is overdue in your plan or nation",
                "%(n)s milestones are overdue in your plan or nation",
                overdue,
            )
            % {"n": overdue}
        )
    if silent:
        address = absolute(reverse("admin:plan_work"))
        lines = [_line_of(row, address) for row in silent[:SHOWN]]
        groups.append(Group(_("Institutions gone silent"), lines, len(silent), address))
        phrases.append(
            ngettext(
                "%(n)s institution has gone silent",
                "%(n)s institutions have gone silent",
                len(silent),
            )
            % {"n": len(silent)}
        )
    return groups, phrases


def _line_of(row: InstitutionRow, address: str) -> Line:
    last = date_format(row.last_published) if row.last_published else _("never")
    details = [
        _("Last report published: %(last)s; overdue: %(overdue)s")
        % {"last": last, "overdue": row.counts[Part.OVERDUE]}
    ]
    if row.institution.team_mailbox:
        details.append(_("Team mailbox: %s") % row.institution.team_mailbox)
    return Line(one_short_line(row.institution), details, _("Look at the institutions"), address)
