"""Which signatures an update or amendment needs before it is published, and who gives them.

Each rule is here twice, for one update in Python and for many in SQL.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from commitments.models import Commitment
from commitments.rights import Rights
from milestones.levels import Provenance
from milestones.models import Amendment, ProgressUpdate
from milestones.models.signed_off import SignedOff

Record = SignedOff

REPORTED_HERE = Q(source_title="")
PUBLISHED_ELSEWHERE = Q(provenance=Provenance.PUBLISHED_ELSEWHERE)
ASSESSOR_REPORT = Q(provenance=Provenance.ASSESSOR_REPORT)

OF_DOCUMENTS: dict[type[SignedOff], Q] = {
    ProgressUpdate: PUBLISHED_ELSEWHERE,
    Amendment: ~REPORTED_HERE,
}
"""What of each was published by government elsewhere."""

NEEDS_AGREEMENT = Q(commitment__plan__needs_civil_society_sign_off=True) & REPORTED_HERE


Document = tuple[str, str, int | None]
"""Its title and address, and the key of the plan that it was entered for."""


def needs_colleague(update: Record, signed: Collection[Document] | None = None) -> bool:
    """A document of government needs one once; what is entered from it later does not.

    `signed`: the documents that others than its author have signed off, if looked up already.
    """
    if update.provenance == Provenance.PUBLISHED_ELSEWHERE:
        author = update.recorded_by_id
        document = (update.source_title, update.source_url, update.commitment.plan_id)
        if author is None:
            return False
        if signed is not None:
            return document not in signed
        return not any(rows.exists() for rows in _of_signed_document(*document, author))
    plan = update.commitment.plan
    return not update.is_from_document and plan is not None and plan.needs_sign_off


def needs_agreement(update: Record) -> bool:
    plan = update.commitment.plan
    return (
        update.asks_civil_society
        and plan is not None
        and plan.needs_civil_society_sign_off
        and not update.is_from_document
    )


def needs_colleague_q(model: type[Record]) -> Q:
    """`needs_colleague` in SQL."""
    by_plan = Q(commitment__plan__needs_sign_off=True) & REPORTED_HERE
    names = ("source_title", "source_url", "commitment__plan", "recorded_by")
    signed = _of_signed_document(*(OuterRef(name) for name in names))
    unsigned = Q(*(~Exists(rows) for rows in signed), recorded_by__isnull=False)
    return by_plan | (unsigned & OF_DOCUMENTS[model])


def lacks_signatures(account: int | None, model: type[Record] = ProgressUpdate) -> Q:
    """`check_sign_off` in SQL, but it does not ask whether the person who agreed still could."""
    return (needs_colleague_q(model) & Q(recorded_by=account)) | (
        NEEDS_AGREEMENT
        & (Q(co_signed_by=None) | Q(co_signed_by=F("recorded_by")) | Q(co_signed_by=account))
    )


def may_enter(
    rights: Rights,
    provenance: str,
    commitment: Commitment,
    edited: Collection[int] | None = None,
) -> bool:
    """`edited`: the commitments that the account looks after, if looked up already."""
    if provenance == Provenance.ASSESSOR_REPORT:
        return rights.is_administrator
    return rights.may_edit(commitment) if edited is None else commitment.pk in edited


def may_publish(rights: Rights, update: Record) -> bool:
    """A lead for its institution, a point of contact for documents; either for an amendment."""
    is_for_contact = update.is_from_document or isinstance(update, Amendment)
    if is_for_contact and may_enter(rights, update.provenance, update.commitment):
        return True
    return update.provenance != Provenance.ASSESSOR_REPORT and rights.may_sign_for(
        update.institution
    )


def signed_off_for(rights: Rights) -> Q:
    return Q(institution__in=rights.signs_for) & REPORTED_HERE


def documents_of(rights: Rights) -> Q:
    mine = Q(commitment__in=rights.edited_commitments().values("pk"))
    found = PUBLISHED_ELSEWHERE & (mine | Q(institution__in=rights.signs_for))
    return found | ASSESSOR_REPORT if rights.is_administrator else found


def is_asked_to_agree(rights: Rights, update: Record) -> bool:
    """Nobody agrees for civil society to their own update, or to one of their own institution."""
    return (
        needs_agreement(update)
        and update.recorded_by_id != rights.account
        and not rights.may_carry_on_for(update.institution)
        and rights.may_agree(update.commitment)
    )


def asked_to_agree(rights: Rights) -> Q:
    """`is_asked_to_agree` in SQL."""
    return (
        NEEDS_AGREEMENT
        & ~Q(recorded_by=rights.account)
        & ~Q(institution__in=rights.carries_on)
        & Q(commitment__in=rights.agreed_commitments().values("pk"))
    )


def signed_documents(plans: Iterable[int], author: int | None) -> set[Document]:
    """Those of the plans, and of no plan, that somebody else than the author has signed off."""
    of_plans = Q(commitment__plan__in=set(plans)) | Q(commitment__plan=None)
    columns = ("source_title", "source_url", "commitment__plan")
    return {
        document
        for rows in _signed_by_others(author)
        for document in rows.filter(of_plans).order_by().values_list(*columns).distinct()
    }


def _of_signed_document(
    title: str | OuterRef, url: str | OuterRef, plan: int | OuterRef | None, author: int | OuterRef
) -> list[QuerySet[Any]]:
    """What is published of the same document for the plan, signed off by somebody else."""
    document = {"source_title": title, "source_url": url, "commitment__plan": plan}
    return [rows.filter(**document) for rows in _signed_by_others(author)]


def _signed_by_others(author: int | OuterRef | None) -> list[QuerySet[Any]]:
    return [
        model._default_manager.filter(
            own, ~Q(signed_off_by=author), published_at__isnull=False, signed_off_by__isnull=False
        )
        for model, own in OF_DOCUMENTS.items()
    ]
