"""On behalf of which institution an account edits a row: shown to readers instead of a name."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model

from commitments.models import ActionPlan, Commitment, Institution, Membership
from commitments.models.membership import Role
from commitments.rights import Rights, scope_of

LIKELIEST_FIRST = (
    Role.IRM_RESEARCHER,
    Role.POINT_OF_CONTACT,
    Role.LEAD,
    Role.REPORTER,
    Role.CIVIL_SOCIETY_LEAD,
    Role.ADMINISTRATOR,
)
"""The order in which the roles of an account that has several are tried."""


def attributed_to(account: User | None, row: Model) -> tuple[Institution | None, str]:
    """The institution and the role in which the account edits the row.

    None and "" if not known, as for a command. Of several memberships the one counts whose
    institution the row itself names; then the one whose role fits the edit. One query, and for
    several points of contact one more for each.
    """
    if account is None or account.pk is None:
        return None, ""
    rows = Membership.objects.filter(account=account).select_related("institution")
    memberships = sorted(rows, key=lambda one: (_rank(one, row), one.pk))
    if not memberships:
        return None, Role.ADMINISTRATOR.value if account.is_superuser else ""
    chosen = _point_of_contact_for(memberships, row) or memberships[0]
    return chosen.institution, chosen.role


def _rank(membership: Membership, row: Model) -> tuple[bool, bool, int]:
    is_kept_by_administrators = isinstance(row, (Institution, ActionPlan))
    return (
        membership.institution_id != getattr(row, "institution_id", None),
        is_kept_by_administrators and membership.role != Role.ADMINISTRATOR,
        LIKELIEST_FIRST.index(Role(membership.role)),
    )


def _point_of_contact_for(memberships: Sequence[Membership], row: Model) -> Membership | None:
    contacts = [one for one in memberships if one.role == Role.POINT_OF_CONTACT]
    if memberships[0] not in contacts or len(contacts) == 1:
        return None
    commitment = _commitment_of(row)
    plan = row.pk if isinstance(row, ActionPlan) else getattr(commitment, "plan_id", None)
    # Asked without a query, and true of every commitment of a plan that is published at once.
    if plan and (own := [one for one in contacts if one.plan_id == plan]):
        return own[0]
    for one in contacts:
        rights = Rights(coordinates=scope_of([one], Role.POINT_OF_CONTACT))
        if isinstance(row, ActionPlan):
            fits = row.member in rights.plan_members()
        else:
            fits = commitment is not None and rights.may_edit(commitment)
        if fits:
            return one
    return None


def _commitment_of(row: Model) -> Commitment | None:
    if isinstance(row, Commitment):
        return row
    return getattr(getattr(row, "milestone", row), "commitment", None)


def attribute_version(
    *, instance: Model, history_user: User | None, history_instance: Any, **_more: Any
) -> None:
    """Write into a version on behalf of whom it was made (`pre_create_historical_record`)."""
    institution, role = attributed_to(history_user, instance)
    history_instance.history_institution, history_instance.history_role = institution, role
