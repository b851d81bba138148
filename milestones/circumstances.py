"""What is so where an update is about: what `progress_rules.check_update` is asked beside it."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from commitments.models import Commitment, Institution, Involvement
from commitments.rights import involvement_roles, reportable_nations, with_predecessors
from milestones import progress_rules
from milestones.facts import facts_of_update
from milestones.models import ProgressUpdate
from milestones.targets import (
    Target,
    columns_of,
    commitment_of,
    due_date_of,
    lead_of,
    progress_of,
)


def circumstances(
    target: Target, institution: Institution | None, corrects: ProgressUpdate | None, on: date
) -> progress_rules.Circumstances:
    rows = list(
        progress_of(target)
        .select_related("nation", "update")
        .prefetch_related("update__evidence", "update__nations")
    )
    roles = (
        involvement_roles(institution, commitment_of(target), lead_of(target))
        if institution
        else frozenset()
    )
    standing = ProgressUpdate.objects.published().standing().filter(**columns_of(target))
    return circumstances_of(
        target,
        institution,
        roles,
        on=on,
        not_applicable={row.nation.code for row in rows if not row.applies},
        current={row.nation.code: facts_of_update(row.update) for row in rows if row.update},
        corrects=corrects is not None,
        corrected_is_current=corrects is not None and standing.filter(pk=corrects.pk).exists(),
        may_correct=is_its_own(corrects, institution),
    )


def circumstances_of(
    target: Target,
    institution: Institution | None,
    roles: frozenset[str],
    *,
    not_applicable: Collection[str],
    **known: Any,
) -> progress_rules.Circumstances:
    """`roles` are those of the institution in the commitment; `known`: what rows say besides."""
    commitment = commitment_of(target)
    plan = commitment.plan
    in_scope = frozenset(nation.code for nation in commitment.nations.all())
    return progress_rules.Circumstances(
        in_scope=in_scope - frozenset(not_applicable),
        # Without an institution the words come from a document, which may be about all of them.
        reportable_nations=reportable_nations(institution, commitment, roles)
        if institution
        else in_scope,
        plan_first_day=plan.start_date if plan else None,
        due_on=due_date_of(target),
        may_move_due_date=Involvement.Role.LEAD in roles,
        is_whole=isinstance(target, Commitment),
        **known,
    )


def is_its_own(
    update: ProgressUpdate | None,
    institution: Institution | None,
    after: Mapping[int, int] | None = None,
) -> bool:
    """Return whether the update was made by the institution, or by one whose work it carries on.

    `after`: who carries on whose work, if looked up already.

    What a document says without saying for whom is corrected from whatever source knows better,
    but no such document corrects what an officer reported.
    """
    if update is None or update.institution_id is None:
        return True
    if institution is None:
        return update.is_from_document
    return update.institution_id in with_predecessors([institution.pk], after)
