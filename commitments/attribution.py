"""In whose name an account edits a row: what readers are shown in place of a person's name."""

from collections.abc import Sequence
from typing import Any

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
"""The roles in which texts are edited, for an account that has several."""


def attributed_to(account: Any, row: Any) -> tuple[Institution | None, str]:
    """Return for which institution and in which role the account edits the row.

    None and "" if nobody knows, as for a command. Of several memberships that of the institution
    counts which the row itself names; then that whose role the edit takes. One query, and for
    several points of contact one more for each.
    """
    if account is None or account.pk is None:
        return None, ""
    rows = Membership.objects.filter(account=account).select_related("institution")
    memberships = sorted(rows, key=lambda one: (_place(one, row), one.pk))
    if not memberships:
        return None, Role.ADMINISTRATOR.value if account.is_superuser else ""
    chosen = _who_looks_after(memberships, row) or memberships[0]
    return chosen.institution, chosen.role


def _place(membership: Membership, row: Any) -> tuple[bool, bool, int]:
    """Return what sorts the memberships."""
    is_kept_by_administrators = isinstance(row, (Institution, ActionPlan))
    return (
        membership.institution_id != getattr(row, "institution_id", None),
        is_kept_by_administrators and membership.role != Role.ADMINISTRATOR,
        LIKELIEST_FIRST.index(Role(membership.role)),
    )


def _who_looks_after(memberships: Sequence[Membership], row: Any) -> Membership | None:
    """Return the first of several points of contact that the row's commitment belongs to."""
    contacts = [one for one in memberships if one.role == Role.POINT_OF_CONTACT]
    if memberships[0] not in contacts or len(contacts) == 1:
        return None
    commitment = _commitment_of(row)
    if commitment is None:
        return None
    for one in contacts:
        if Rights(coordinates=scope_of([one], Role.POINT_OF_CONTACT)).may_edit(commitment):
            return one
    return None


def _commitment_of(row: Any) -> Commitment | None:
    if isinstance(row, Commitment):
        return row
    row = getattr(row, "milestone", row)
    return getattr(row, "commitment", None)


def attribute_version(
    *, instance: Any, history_user: Any, history_instance: Any, **_more: Any
) -> None:
    """Write into a version in whose name it came about (signal `pre_create_historical_record`)."""
    institution, role = attributed_to(history_user, instance)
    history_instance.history_institution, history_instance.history_role = institution, role
