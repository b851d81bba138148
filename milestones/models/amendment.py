"""Amendments: changes of the plan itself, signed off as updates are."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment
from commitments.rights import Rights
from milestones.amendment_rules import LEADS_TO, AmendmentKind
from milestones.levels import STATE_SIGNS, Provenance, Sign
from ogp_tracker.common.bounds import FROM_DOCUMENT, NARRATIVE, text_bounds
from ogp_tracker.common.constraints import FieldRule
from ogp_tracker.common.fields import DayField, ProtectedKey
from ogp_tracker.common.relations import related_public_rows
from ogp_tracker.common.visibility import ANY_VALUE, PublicQuerySet, Visibility

from .signed_off import IN_THE_MAKING, Statement, seen_signed_off, sign_off_rules

if TYPE_CHECKING:
    from .milestone import Milestone


class AmendmentQuerySet(PublicQuerySet["Amendment"]):
    def published(self) -> Self:
        """Closed to changes, also those of commitments not yet public; first made first."""
        return self.filter(self.model.public_if.own.condition()).order_by("published_at", "pk")

    def moves(self) -> Self:
        """The published moves of due dates of milestones, which the exported table lists."""
        kind = AmendmentKind.DUE_DATE_MOVED
        return self.published().filter(kind=kind, milestone__isnull=False)

    def seen_by(self, rights: Rights) -> Self:
        """As it sees updates; a point of contact sees all that is proposed for its scope."""
        seen = seen_signed_off(rights)
        if rights.coordinates:
            seen |= Q(commitment__in=rights.edited_commitments())
        return self.filter(seen)

    def of_something(self) -> Self:
        """Published ones, with what they amend and who says so."""
        related = ("institution", "milestone__commitment", "commitment")
        return self.published().select_related(*related).defer("institution__team_mailbox")

    def for_commitment_page(self) -> Self:
        """As `for_page`, of one commitment, which has its milestones already."""
        rows = self.published().select_related("institution").defer("institution__team_mailbox")
        return rows.prefetch_related(*self._merged_into())

    def for_page(self) -> Self:
        """With all that a page shows of them; what is not public is left out."""
        return self.of_something().prefetch_related(*self._merged_into())

    def _merged_into(self) -> "tuple[Prefetch[str], ...]":
        milestones = related_public_rows(self.model, "merged_into").select_related("commitment")
        return (
            Prefetch("merged_into", milestones),
            Prefetch("merged_into_commitments", Commitment.objects.public()),
        )


class Amendment(Statement):
    """A change of a commitment or of one of its milestones that government makes to its plan."""

    Kind = AmendmentKind

    commitment = ProtectedKey(Commitment, related_name="amendments", verbose_name=_("commitment"))
    milestone = ProtectedKey(
        "milestones.Milestone",
        null=True,
        related_name="amendments",
        verbose_name=_("milestone"),
        help_text=_("Empty if the commitment as a whole is amended."),
    )
    kind = models.CharField(_("what changes"), max_length=20, choices=AmendmentKind)
    effective_on = DayField(
        _("effective date"),
        null=True,
        blank=True,
        help_text=_("From when this is so. Leave it empty only if a document does not say."),
    )
    reason = models.TextField(_("reason"), blank=True, help_text=_("The reason is published."))
    due_from = DayField(_("due date before"), null=True, blank=True)
    due_to = DayField(_("new due date"), null=True, blank=True)
    text_from = models.TextField(_("text before"), blank=True)
    text_to = models.TextField(_("new text"), blank=True)
    merged_into = models.ManyToManyField(
        "milestones.Milestone",
        blank=True,
        related_name="merged_from",
        verbose_name=_("merged into or replaced by"),
    )
    merged_into_commitments = models.ManyToManyField(
        Commitment,
        blank=True,
        related_name="merged_from",
        verbose_name=_("commitments that it is merged into or replaced by"),
    )
    update = ProtectedKey(
        "milestones.ProgressUpdate",
        null=True,
        related_name="amendments",
        verbose_name=_("progress update"),
        help_text=_("The progress update with which the due date moved, if it moved with one."),
    )

    public_if = Visibility({"published_at": ANY_VALUE}) & Commitment.public_if.behind("commitment")
    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ("published_at", "pk")
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        indexes = (
            models.Index(fields=["-published_at"], name="milestones_amendment_latest"),
            models.Index(
                fields=["state", "institution"],
                condition=Q(published_at=None),
                name="milestones_amendment_waiting",
            ),
        )
        constraints = (
            FieldRule(
                field="kind",
                name="milestones_amendment_kind_known",
                condition=Q(kind__in=AmendmentKind.values),
                message=_("Choose what changes."),
            ),
            FieldRule(
                field="effective_on",
                name="milestones_amendment_has_its_date",
                condition=IN_THE_MAKING | ~Q(source_title="") | Q(effective_on__isnull=False),
                message=_("Enter the date from which this is so, like 27 March 2026."),
            ),
            FieldRule(
                field="reason",
                name="milestones_amendment_has_reason",
                condition=IN_THE_MAKING | ~Q(source_title="") | ~Q(reason=""),
                message=_("Say why the plan changes. The reason is published."),
            ),
            FieldRule(
                field="due_to",
                name="milestones_amendment_moves_a_due_date",
                condition=IN_THE_MAKING
                | Q(kind="due_date_moved", due_to__isnull=False)
                | (~Q(kind="due_date_moved") & Q(due_to=None, due_from=None)),
                message=_("Enter the new due date if it moves, and only then."),
            ),
            FieldRule(
                field="due_to",
                name="milestones_amendment_due_date_differs",
                condition=Q(due_from=None) | ~Q(due_to=F("due_from")),
                message=_("This is already the due date. Enter another date."),
            ),
            FieldRule(
                field="text_to",
                name="milestones_amendment_revises_a_text",
                condition=IN_THE_MAKING
                | (Q(kind="text_revised") & ~Q(text_to=""))
                | (~Q(kind="text_revised") & Q(text_to="", text_from="")),
                message=_("Enter the new text if it is revised, and only then."),
            ),
            FieldRule(
                field="institution",
                name="milestones_amendment_is_attributed",
                # What a command records need not be anybody's.
                condition=Q(institution__isnull=False) | ~Q(source_title="") | Q(recorded_by=None),
                message=_("Choose the institution that says so, or name the source document."),
            ),
            *sign_off_rules("milestones_amendment"),
            *text_bounds("milestones_amendment", NARRATIVE, "reason"),
            *text_bounds("milestones_amendment", FROM_DOCUMENT, "text_from", "text_to"),
        )

    def __str__(self) -> str:
        return f"{self.target}: {self.get_kind_display()}"

    @property
    def provenance(self) -> str:
        return Provenance.PUBLISHED_ELSEWHERE if self.is_from_document else Provenance.REPORTED_HERE

    @property
    def target(self) -> "Milestone | Commitment":
        return self.milestone or self.commitment

    def get_absolute_url(self) -> str:
        return f"{self.target.get_absolute_url()}#{self.anchor}"

    @property
    def anchor(self) -> str:
        return f"amendment-{self.uid}"

    @property
    def merged_into_all(self) -> "list[Milestone | Commitment]":
        """Reads what is prefetched; a row that is not saved has none."""
        if self._state.adding:
            return []
        return [*self.merged_into.all(), *self.merged_into_commitments.all()]

    @property
    def sign(self) -> Sign | None:
        return STATE_SIGNS.get(LEADS_TO.get(self.kind, ""))
