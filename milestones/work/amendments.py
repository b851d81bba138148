"""The changes of the plan that wait for an account."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.models import Commitment
from commitments.rights import Rights
from milestones.models import Amendment
from milestones.models.signed_off import IN_THE_MAKING
from milestones.signatures import asked_to_agree, lacks_signatures

from .rows import Action


@dataclass(frozen=True)
class AmendmentRow:
    """An amendment on its way to publication."""

    amendment: Amendment

    @property
    def name(self) -> str:
        return str(self.amendment)

    @property
    def commitment(self) -> Commitment:
        return self.amendment.commitment

    @property
    def action(self) -> Action:
        if self.amendment.is_in_the_making:
            path = reverse("admin:milestones_amendment_change", args=[self.amendment.pk])
            return Action(_("Go on writing"), path)
        path = reverse("admin:milestones_amendment_publish", args=[self.amendment.pk])
        return Action(_("Look at it and sign off"), path)


def waiting_amendments(rights: Rights) -> QuerySet[Amendment]:
    """Those that it is writing, and those that it can sign off or agree to; the oldest first."""
    signs = Q(institution__in=rights.signs_for)
    if rights.coordinates:
        signs |= Q(commitment__in=rights.edited_commitments())
    concerned = signs & ~lacks_signatures(rights.account, Amendment)
    if rights.agrees:
        concerned |= asked_to_agree(rights) & Q(co_signed_by=None)
    mine = IN_THE_MAKING & Q(recorded_by=rights.account)
    rows = Amendment.objects.filter(mine | (Q(state="submitted") & concerned), published_at=None)
    related = ("milestone__commitment", "commitment", "institution", "recorded_by")
    return rows.select_related(*related).order_by("recorded_at", "pk")
