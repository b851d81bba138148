"""Which signatures an update or amendment needs before it is published, and who gives them.

Each rule is here twice, for one update in Python and for many in SQL.
"""

from django.db.models import F, Q

from commitments.rights import Rights
from milestones.models import Amendment, ProgressUpdate

Record = ProgressUpdate | Amendment

FROM_DOCUMENT = ~Q(source_title="")

OF_UPDATES = "milestone__commitment"
"""The path from an update to its commitment; from an amendment it is "commitment"."""


def _asked_for(signature: str, commitment: str) -> Q:
    return Q(**{f"{commitment}__plan__{signature}": True}, source_title="")


def needs_colleague(update: Record) -> bool:
    """Whether somebody else than the author has to sign it off; not for words of a document."""
    plan = update.commitment.plan
    return plan is not None and plan.needs_sign_off and not update.is_from_document


def needs_agreement(update: Record) -> bool:
    plan = update.commitment.plan
    return plan is not None and plan.needs_civil_society_sign_off and not update.is_from_document


def lacks_signatures(account: int | None, commitment: str = OF_UPDATES) -> Q:
    """`check_sign_off` in SQL, but it does not ask whether the person who agreed still could."""
    needs_agreement = _asked_for("needs_civil_society_sign_off", commitment)
    return (_asked_for("needs_sign_off", commitment) & Q(recorded_by=account)) | (
        needs_agreement
        & (Q(co_signed_by=None) | Q(co_signed_by=F("recorded_by")) | Q(co_signed_by=account))
    )


def may_publish(rights: Rights, update: Record) -> bool:
    """A lead signs off for its institution; a point of contact publishes a document's words.

    The plan is the point of contact's: an amendment is published by either.
    """
    if not update.is_from_document and rights.may_sign_for(update.institution):
        return True
    is_for_contact = update.is_from_document or isinstance(update, Amendment)
    return is_for_contact and rights.may_edit(update.commitment)


def signed_off_for(rights: Rights) -> Q:
    """The account signs the update off for its institution."""
    return Q(institution__in=rights.signs_for, source_title="")


def documents_of(rights: Rights) -> Q:
    """The update is a document's, for the account to publish as point of contact."""
    return FROM_DOCUMENT & Q(milestone__commitment__in=rights.edited_commitments().values("pk"))


def is_asked_to_agree(rights: Rights, update: Record) -> bool:
    """Whether the account is one whose agreement the plan asks for.

    Nobody agrees for civil society to their own update, or to one of their own institution.
    """
    return (
        needs_agreement(update)
        and update.recorded_by_id != rights.account
        and not rights.may_carry_on_for(update.institution)
        and rights.may_agree(update.commitment)
    )


def asked_to_agree(rights: Rights, commitment: str = OF_UPDATES) -> Q:
    """`is_asked_to_agree` in SQL."""
    return (
        _asked_for("needs_civil_society_sign_off", commitment)
        & ~Q(recorded_by=rights.account)
        & ~Q(institution__in=rights.carries_on)
        & Q(**{f"{commitment}__in": rights.agreed_commitments().values("pk")})
    )
