"""What one account may choose in an update on one milestone, and what it can start from."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from commitments.admin.access import may_edit, rights_in
from commitments.models import Institution, Involvement, Nation
from commitments.rights import (
    institutions_on,
    involvement_roles,
    reportable_nations,
    with_predecessors,
)
from milestones.models import Milestone, ProgressUpdate

from .request_state import ProgressRequestState


def may_report(request: HttpRequest, milestone: Milestone) -> bool:
    """From a document if not for an institution of its own."""
    return may_edit(request, milestone.commitment) or bool(institutions_in(request, milestone))


def institutions_in(request: HttpRequest, milestone: Milestone) -> list[Institution]:
    known = ProgressRequestState.of(request).institutions
    commitment, lead = milestone.commitment, milestone.lead_id
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
    """Those that one of these reports for and in which the milestone applies."""
    own_nations: list[Nation]
    """Those of them that are ticked from the start."""
    enters_documents: bool
    """Whether it enters the words of documents, as point of contact."""
    writers: list[Institution]
    """Those that a document can be by, for who enters its words."""
    moves_due_date: bool
    publishes_at_once: bool
    first_day: date | None
    last_day: date

    @property
    def only_institution(self) -> Institution | None:
        if len(self.institutions) == 1 and not self.enters_documents:
            return self.institutions[0]
        return None

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


def offer_to(request: HttpRequest, milestone: Milestone) -> Offer:
    known = ProgressRequestState.of(request).offers
    if milestone.pk not in known:
        known[milestone.pk] = _offer_to(request, milestone)
    return known[milestone.pk]


def _offer_to(request: HttpRequest, milestone: Milestone) -> Offer:
    commitment, plan = milestone.commitment, milestone.commitment.plan
    rights = rights_in(request)
    institutions = institutions_in(request, milestone)
    documents = may_edit(request, commitment)
    apply_here = [cell.nation for cell in milestone.cells() if cell.applies]
    reportable: set[str] = set()
    leads = False
    for institution in institutions:
        roles = involvement_roles(institution, commitment, milestone.lead_id)
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
        enters_documents=documents,
        writers=institutions_on(commitment, milestone.lead_id) if documents else [],
        moves_due_date=leads,
        publishes_at_once=documents or (signs and needs_nobody),
        first_day=plan.start_date if plan else None,
        last_day=timezone.localdate(),
    )


def correctable(milestone: Milestone, offer: Offer) -> QuerySet[ProgressUpdate]:
    found = ProgressUpdate.objects.published().standing().filter(milestone=milestone)
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


def current_updates(milestone: Milestone, offer: Offer) -> list[CurrentUpdate]:
    """The updates from which the current levels come, each once, the latest first."""
    current = (
        ProgressUpdate.objects.filter(current_in__milestone=milestone)
        .distinct()
        .select_related("institution")
        .prefetch_related("nations", "evidence")
    )
    return [CurrentUpdate(update, offer.is_its_own(update)) for update in current]


def begun(request: HttpRequest, milestone: Milestone) -> QuerySet[ProgressUpdate]:
    mine = ProgressUpdate.objects.seen_by(rights_in(request)).filter(
        milestone=milestone, recorded_by=request.user.pk, published_at=None
    )
    return mine.select_related("institution").prefetch_related("nations").order_by("-recorded_at")


def start_from(request: HttpRequest, milestone: Milestone, offer: Offer) -> ProgressUpdate | None:
    if not (uid := request.GET.get("from", "")) or request.method == "POST":
        return None
    current = current_updates(milestone, offer)
    return next(
        (one.update for one in current if str(one.update.uid) == uid and one.is_its_own), None
    )
