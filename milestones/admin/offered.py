"""What one account may choose in an update on one thing, and what it can start from."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from commitments.admin.access import rights_in
from commitments.models import Commitment, Institution, Involvement, Nation
from commitments.rights import (
    institutions_on,
    involvement_roles,
    reportable_nations,
    with_predecessors,
)
from milestones.levels import Provenance
from milestones.models import Milestone, ProgressUpdate
from milestones.signatures import may_enter
from milestones.targets import Target, cells_of, columns_of, commitment_of, lead_of, progress_of

from .request_state import ProgressRequestState


def may_report(request: HttpRequest, target: Target) -> bool:
    """From a document if not for an institution of its own."""
    commitment = commitment_of(target)
    return bool(documents_in(request, commitment) or institutions_in(request, target))


def documents_in(request: HttpRequest, commitment: Commitment) -> list[Provenance]:
    """The kinds of documents whose words the account enters."""
    rights = rights_in(request)
    kinds = (Provenance.PUBLISHED_ELSEWHERE, Provenance.ASSESSOR_REPORT)
    return [kind for kind in kinds if may_enter(rights, kind, commitment)]


def institutions_in(request: HttpRequest, target: Target) -> list[Institution]:
    known = ProgressRequestState.of(request).institutions
    commitment, lead = commitment_of(target), lead_of(target)
    if (key := (commitment.pk, lead)) not in known:
        known[key] = rights_in(request).institutions_for(commitment, lead)
    return known[key]


@dataclass(frozen=True)
class Offer:
    """What an account may choose in an update; the rules check again what it has chosen."""

    institutions: list[Institution]
    """Those on whose behalf it reports."""
    heirs: frozenset[int]
    """They and those whose work they carry on; keys."""
    nations: list[Nation]
    """Those that one of these reports for and in which it applies."""
    own_nations: list[Nation]
    """Those of them that are ticked from the start."""
    documents: list[Provenance]
    """The kinds of documents whose words it enters."""
    writers: list[Institution]
    """Those that a document can be by, for who enters its words."""
    moves_due_date: bool
    publishes_at_once: bool
    first_day: date | None
    last_day: date

    @property
    def enters_documents(self) -> bool:
        return bool(self.documents)

    @property
    def only_institution(self) -> Institution | None:
        if len(self.institutions) == 1 and not self.enters_documents:
            return self.institutions[0]
        return None

    @property
    def provenance(self) -> Provenance:
        """Of a document, if the form does not ask."""
        return self.documents[0] if self.documents else Provenance.PUBLISHED_ELSEWHERE

    @property
    def only_documents(self) -> bool:
        return self.enters_documents and not self.institutions

    @property
    def names(self) -> list[Institution]:
        own = {institution.pk for institution in self.institutions}
        return [*self.institutions, *(one for one in self.writers if one.pk not in own)]

    def is_its_own(self, update: ProgressUpdate) -> bool:
        """Whether the account may correct the update, or start from its words."""
        return (
            self.enters_documents
            or update.institution_id is None
            or (update.institution_id in self.heirs)
        )


def offer_to(request: HttpRequest, target: Target) -> Offer:
    known = ProgressRequestState.of(request).offers
    if target not in known:
        known[target] = _offer_to(request, target)
    return known[target]


def _offer_to(request: HttpRequest, target: Target) -> Offer:
    commitment = commitment_of(target)
    plan = commitment.plan
    rights = rights_in(request)
    institutions = institutions_in(request, target)
    documents = documents_in(request, commitment)
    apply_here = [cell.nation for cell in cells_of(target) if cell.applies]
    reportable: set[str] = set()
    leads = False
    for institution in institutions:
        roles = involvement_roles(institution, commitment, lead_of(target))
        reportable |= reportable_nations(institution, commitment, roles)
        leads = leads or Involvement.Role.LEAD in roles
    nations = [one for one in apply_here if documents or one.code in reportable]
    own = {institution.nation_id for institution in institutions}
    needs_nobody = plan is None or not (plan.needs_sign_off or plan.needs_civil_society_sign_off)
    signs = any(rights.may_sign_for(institution) for institution in institutions)
    return Offer(
        institutions=institutions,
        heirs=with_predecessors(one.pk for one in institutions),
        nations=nations,
        own_nations=nations if len(nations) == 1 else [one for one in nations if one.pk in own],
        documents=documents,
        writers=institutions_on(commitment, lead_of(target)) if documents else [],
        moves_due_date=leads and isinstance(target, Milestone),
        publishes_at_once=(signs and needs_nobody) or documents == [Provenance.ASSESSOR_REPORT],
        first_day=plan.start_date if plan else None,
        last_day=timezone.localdate(),
    )


def correctable(target: Target, offer: Offer) -> QuerySet[ProgressUpdate]:
    found = ProgressUpdate.objects.published().standing().filter(**columns_of(target))
    if not offer.enters_documents:
        found = found.filter(Q(institution__in=offer.heirs) | Q(institution=None))
    return found.select_related(
        "institution", "commitment", "milestone__commitment"
    ).prefetch_related("nations")


@dataclass(frozen=True)
class CurrentUpdate:
    """What readers see now of some nations."""

    update: ProgressUpdate
    is_its_own: bool
    """Whether a new update may start from its words."""


def current_updates(target: Target, offer: Offer) -> list[CurrentUpdate]:
    """The updates from which the current levels come, each once, the latest first."""
    current = (
        ProgressUpdate.objects.filter(current_in__in=progress_of(target))
        .distinct()
        .select_related("institution")
        .prefetch_related("nations", "evidence")
    )
    return [CurrentUpdate(update, offer.is_its_own(update)) for update in current]


def begun(request: HttpRequest, target: Target) -> QuerySet[ProgressUpdate]:
    mine = ProgressUpdate.objects.seen_by(rights_in(request)).filter(
        **columns_of(target), recorded_by=request.user.pk, published_at=None
    )
    return mine.select_related("institution").prefetch_related("nations").order_by("-recorded_at")


def start_from(request: HttpRequest, target: Target, offer: Offer) -> ProgressUpdate | None:
    if not (uid := request.GET.get("from", "")) or request.method == "POST":
        return None
    current = current_updates(target, offer)
    return next(
        (one.update for one in current if str(one.update.uid) == uid and one.is_its_own), None
    )
