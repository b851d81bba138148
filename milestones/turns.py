"""Whose turn it is with an update or amendment that waits for sign-off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet

from commitments.approvers import (
    administrators,
    approvers,
    civil_society_approvers,
    points_of_contact,
    reporters,
)
from commitments.models.membership import Role
from commitments.rights import rights_of
from milestones.levels import Provenance
from milestones.models import Amendment
from milestones.signatures import (
    Record,
    is_asked_to_agree,
    needs_agreement,
    needs_colleague,
)


@dataclass(frozen=True)
class Turn:
    """The accounts that can act, by their rights as they are now."""

    lacks_agreement: bool
    """Whether civil society has yet to agree, which comes before the sign-off."""
    agree: Sequence[AbstractUser]
    sign: Sequence[AbstractUser]
    """Who can sign it off, once civil society has agreed where that is needed."""

    @property
    def now(self) -> Sequence[AbstractUser]:
        return self.agree if self.lacks_agreement else self.sign

    @property
    def is_stuck(self) -> bool:
        """Whether it can never be published unless somebody is given a role."""
        if not self.lacks_agreement:
            return not self.sign
        # Nobody signs for both sides.
        return not any(one != other for one in self.agree for other in self.sign)


def whose_turn(update: Record) -> Turn:
    """`update` waits for sign-off. The rules are those of `milestones/signatures.py`, the other
    way round: for all accounts at once.
    """
    lacks_agreement = needs_agreement(update) and not is_asked_to_agree(
        rights_of(update.co_signed_by), update
    )
    barred = {update.recorded_by_id} if needs_colleague(update) else set()
    if needs_agreement(update) and not lacks_agreement:
        barred.add(update.co_signed_by_id)
    return Turn(
        lacks_agreement=lacks_agreement,
        agree=list(_possible_agreers(update)) if lacks_agreement else [],
        sign=[one for one in _possible_signers(update) if one.pk not in barred],
    )


def missing_role(update: Record, turn: Turn) -> dict[str, Any]:
    """The role by which it goes on, once an administrator gives it to somebody."""
    plan = update.commitment.plan or update.commitment
    role, place = (
        (Role.CIVIL_SOCIETY_LEAD, plan)
        if turn.lacks_agreement and turn.sign
        else (Role.LEAD, update.institution)
        if update.institution
        else (Role.POINT_OF_CONTACT, plan)
    )
    return {"role": role.label, "place": place}


def _possible_agreers(update: Record) -> QuerySet[AbstractUser]:
    found = civil_society_approvers(update.commitment).exclude(pk=update.recorded_by_id)
    if update.institution is None:
        return found
    return found.exclude(pk__in=reporters(update.institution).order_by().values("pk"))


def _possible_signers(update: Record) -> QuerySet[AbstractUser]:
    if update.provenance == Provenance.ASSESSOR_REPORT:
        return administrators()
    contacts = points_of_contact(update.commitment)
    if update.institution is None:
        return contacts
    leads = approvers(update.institution)
    is_for_contact = update.is_from_document or isinstance(update, Amendment)
    return leads | contacts if is_for_contact else leads
