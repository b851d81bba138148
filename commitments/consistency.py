"""What must be true of what was promised and cannot be said in SQL."""

from collections.abc import Iterator
from itertools import chain

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from commitments.models import Commitment, Institution, Involvement, Membership
from commitments.models.institution import NOT_GOVERNMENT
from commitments.models.membership import (
    GOVERNMENT_ROLES,
    NOT_CIVIL_SOCIETY,
    REPORTING_ROLES,
    SCOPED_ROLES,
)
from ogp_tracker.common.consistency import (
    BrokenRule,
    Counter,
    Problem,
    circles,
    ignore_progress,
    one_problem_each,
)


def find_problems(count: Counter = ignore_progress) -> Iterator[Problem]:
    for rows, rule, to_do in chain(_wrong_commitments(), _wrong_memberships()):
        yield from one_problem_each(rows, count, rule, to_do)
    yield from _circles_of_successors()


def _wrong_commitments() -> Iterator[BrokenRule]:
    leads = Involvement.objects.filter(commitment=OuterRef("pk"), role=Involvement.Role.LEAD)
    # Only what names a commitment.
    rows = Commitment.objects.only("slug", "ogp_id", "title")
    yield (
        rows.public().filter(~Exists(leads), lead_unknown=False),
        _("A published commitment needs a lead, or a note that its source names none."),
        _("Add the lead institution, or tick “The source names no lead”."),
    )
    yield (
        rows.filter(Exists(leads), lead_unknown=True),
        _("A commitment has a lead although it says that its source names none."),
        _("Remove the lead, or untick “The source names no lead”."),
    )


def _wrong_memberships() -> Iterator[BrokenRule]:
    rows = Membership.objects.select_related("account", "institution")
    of_same_account = Membership.objects.filter(account=OuterRef("account"))
    assessor = of_same_account.filter(role=Membership.Role.IRM_RESEARCHER)
    yield (
        rows.filter(Exists(assessor), role__in=GOVERNMENT_ROLES),
        _("An account may not act both for government and for the assessor."),
        _("Remove one of the roles, or give the person a second account."),
    )
    wrong = Q(role__in=REPORTING_ROLES, institution__kind__in=NOT_GOVERNMENT) | Q(
        role=Membership.Role.CIVIL_SOCIETY_LEAD, institution__kind__in=NOT_CIVIL_SOCIETY
    )
    yield (
        rows.filter(wrong),
        _("A reporter or lead acts for a body of government; a civil-society lead does not."),
        _("Choose another institution or another role for the account."),
    )
    yield (
        rows.filter(role__in=SCOPED_ROLES, plan=None, institution__nation=None),
        _("A point of contact or a civil-society lead needs a plan or a nation."),
        _("Choose the plan, or the nation that the institution serves."),
    )


def _circles_of_successors() -> Iterator[Problem]:
    rows = Institution.objects.values_list("pk", "succeeded_by")
    succeeded_by = {before: after for before, after in rows if after is not None}
    for members in circles(succeeded_by):
        names = Institution.objects.filter(pk__in=members).order_by("name")
        yield Problem(
            rule=_("These institutions succeed each other in a circle."),
            where=", ".join(institution.name for institution in names),
            to_do=_("Remove the successor of the one that does the work today."),
        )
