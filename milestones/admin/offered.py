"""What one account may choose in an update on one thing, and what it can start from."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from commitments.admin.access import rights_in
from commitments.models import Institution, Involvement, Nation
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
from ogp_tracker.common.per_request import PerRequest

DOCUMENTS = (Provenance.PUBLISHED_ELSEWHERE, Provenance.ASSESSOR_REPORT)


@dataclass
class ProgressRequestState(PerRequest):
    target: Target | None = None
    offers: dict[Target, "Offer"] = field(default_factory=dict)
    evidence: BaseInlineFormSet | None = None


def offer_to(request: HttpRequest, target: Target) -> "Offer":
    known = ProgressRequestState.of(request).offers
    if target not in known:
        known[target] = Offer(request, target)
    return known[target]


def may_report(request: HttpRequest, target: Target) -> bool:
    """From a document if not for an institution of its own."""
    offer = offer_to(request, target)
    return bool(offer.documents or offer.institutions)


class Offer:
    """What an account may choose in an update; the rules check the choice again.

    Each answer is looked up when it is first asked for.
    """

    def __init__(self, request: HttpRequest, target: Target) -> None:
        self.request, self.target = request, target
        self.rights = rights_in(request)
        self.commitment, self.lead = commitment_of(target), lead_of(target)

    @cached_property
    def institutions(self) -> list[Institution]:
        return self.rights.institutions_for(self.commitment, self.lead)

    @cached_property
    def heirs(self) -> frozenset[int]:
        """They and those whose work they carry on; keys."""
        return with_predecessors(one.pk for one in self.institutions)

    @cached_property
    def roles(self) -> dict[Institution, frozenset[str]]:
        return {
            one: involvement_roles(one, self.commitment, self.lead) for one in self.institutions
        }

    @property
    def leading(self) -> list[Institution]:
        return [one for one, roles in self.roles.items() if Involvement.Role.LEAD in roles]

    @cached_property
    def documents(self) -> list[Provenance]:
        return [kind for kind in DOCUMENTS if may_enter(self.rights, kind, self.commitment)]

    @property
    def only_institution(self) -> Institution | None:
        if len(self.institutions) == 1 and not self.documents:
            return self.institutions[0]
        return None

    @property
    def provenance(self) -> Provenance:
        """Of a document, if the form does not ask."""
        return self.documents[0] if self.documents else Provenance.PUBLISHED_ELSEWHERE

    @cached_property
    def names(self) -> list[Institution]:
        """Those that an update, or the document whose words it enters, can be by."""
        writers = institutions_on(self.commitment, self.lead) if self.documents else []
        return list(dict.fromkeys([*self.institutions, *writers]))

    @cached_property
    def nations(self) -> list[Nation]:
        """Those that one of its institutions reports for and in which it applies."""
        reportable: set[str] = set()
        for institution, roles in self.roles.items():
            reportable |= reportable_nations(institution, self.commitment, roles)
        apply_here = [cell.nation for cell in cells_of(self.target) if cell.applies]
        return [one for one in apply_here if self.documents or one.code in reportable]

    @property
    def own_nations(self) -> list[Nation]:
        """Those of them that are ticked from the start."""
        own = {institution.nation_id for institution in self.institutions}
        is_one = len(self.nations) == 1
        return [one for one in self.nations if is_one or one.pk in own]

    @property
    def moves_due_date(self) -> bool:
        return isinstance(self.target, Milestone) and bool(self.leading)

    def signs_alone(self, institutions: list[Institution]) -> bool:
        """It signs off for one of them, and the plan asks for nobody else's signature."""
        plan = self.commitment.plan
        if plan and (plan.needs_sign_off or plan.needs_civil_society_sign_off):
            return False
        return any(self.rights.may_sign_for(one) for one in institutions)

    @property
    def publishes_at_once(self) -> bool:
        only_assessors = self.documents == [Provenance.ASSESSOR_REPORT]
        return only_assessors or self.signs_alone(self.institutions)

    # Earlier updates

    @property
    def correctable(self) -> QuerySet[ProgressUpdate]:
        found = ProgressUpdate.objects.published().standing().filter(**columns_of(self.target))
        if not self.documents:
            found = found.filter(Q(institution__in=self.heirs) | Q(institution=None))
        related = ("institution", "commitment", "milestone__commitment")
        return found.select_related(*related).prefetch_related("nations")

    def is_correction(self, known: ProgressUpdate | None) -> bool:
        """“Correct it” leads here with the key of an update, and a draft keeps it."""
        asked = known.corrects_id if known else self.request.GET.get("corrects")
        return bool(asked or self.request.POST.get("corrects"))

    @cached_property
    def corrected(self) -> ProgressUpdate | None:
        key = self.request.GET.get("corrects", "")
        return self.correctable.filter(pk=key).first() if key.isdecimal() else None

    @cached_property
    def current_updates(self) -> list[ProgressUpdate]:
        """The updates from which the current levels come, each once, the latest first."""
        current = ProgressUpdate.objects.filter(current_in__in=progress_of(self.target)).distinct()
        return list(current.select_related("institution").prefetch_related("nations", "evidence"))

    @property
    def to_start_from(self) -> list[ProgressUpdate]:
        """Those of them from whose words a new update may start."""
        own = {*self.heirs, None}
        return [one for one in self.current_updates if self.documents or one.institution_id in own]

    @property
    def started_from(self) -> ProgressUpdate | None:
        """The one whose text the button “Start from the last text” adds."""
        if not (uid := self.request.POST.get("_start", "")):
            return None
        return next((one for one in self.to_start_from if str(one.uid) == uid), None)

    def begun(self) -> QuerySet[ProgressUpdate]:
        mine = ProgressUpdate.objects.seen_by(self.rights).filter(
            **columns_of(self.target), recorded_by=self.rights.account, published_at=None
        )
        related = mine.select_related("institution").prefetch_related("nations")
        return related.order_by("-recorded_at")
