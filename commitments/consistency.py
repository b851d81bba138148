"""What must be true of what was promised and cannot be said in SQL."""

from collections.abc import Iterator
from itertools import chain

from django.db.models import Exists, OuterRef, Q, QuerySet
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
    Counter,
    Problem,
    circles,
    ignore_progress,
    one_problem_each,
)


def find_problems(count: Counter = ignore_progress) -> Iterator[Problem]:
    """`count` is called with the number of rows of a long table that have been read."""
    yield from chain(
        _published_without_lead(count),
        _lead_though_unknown(count),
        _circles_of_successors(),
        _accounts_on_both_sides(count),
        _roles_for_the_wrong_body(count),
        _roles_for_no_plan_or_nation(count),
    )


def _published_without_lead(count: Counter) -> Iterator[Problem]:
    rows = Commitment.objects.public().filter(~Exists(_leads()), lead_unknown=False)
    rule = _("A published commitment needs a lead, or a note that its source names none.")
    to_do = _("Add the lead institution, or tick “The source names no lead”.")
    return one_problem_each(_names(rows), count, rule, to_do)


def _lead_though_unknown(count: Counter) -> Iterator[Problem]:
    rows = Commitment.objects.filter(Exists(_leads()), lead_unknown=True)
    rule = _("A commitment has a lead although it says that its source names none.")
    to_do = _("Remove the lead, or untick “The source names no lead”.")
    return one_problem_each(_names(rows), count, rule, to_do)


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


def _accounts_on_both_sides(count: Counter) -> Iterator[Problem]:
    of_same_account = Membership.objects.filter(account=OuterRef("account"))
    assessor = of_same_account.filter(role=Membership.Role.IRM_RESEARCHER)
    rows = Membership.objects.filter(Exists(assessor), role__in=GOVERNMENT_ROLES).select_related(
        "account", "institution"
    )
    rule = _("An account may not act both for government and for the assessor.")
    to_do = _("Remove one of the roles, or give the person a second account.")
    return one_problem_each(rows, count, rule, to_do)


def _roles_for_the_wrong_body(count: Counter) -> Iterator[Problem]:
    wrong = Q(role__in=REPORTING_ROLES, institution__kind__in=NOT_GOVERNMENT) | Q(
        role=Membership.Role.CIVIL_SOCIETY_LEAD, institution__kind__in=NOT_CIVIL_SOCIETY
    )
    rule = _("A reporter or lead acts for a body of government; a civil-society lead does not.")
    to_do = _("Choose another institution or another role for the account.")
    return one_problem_each(_memberships(wrong), count, rule, to_do)


def _roles_for_no_plan_or_nation(count: Counter) -> Iterator[Problem]:
    nowhere = Q(role__in=SCOPED_ROLES, plan=None, institution__nation=None)
    rule = _("A point of contact or a civil-society lead needs a plan or a nation.")
    to_do = _("Choose the plan, or the nation that the institution serves.")
    return one_problem_each(_memberships(nowhere), count, rule, to_do)


def _memberships(which: Q) -> QuerySet[Membership]:
    return Membership.objects.filter(which).select_related("account", "institution")


def _leads() -> QuerySet[Involvement]:
    return Involvement.objects.filter(commitment=OuterRef("pk"), role=Involvement.Role.LEAD)


def _names(rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
    return rows.only("slug", "ogp_id", "title")
