"""Progress of milestones in the nations."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, Nation
from commitments.models.version import versions
from milestones.levels import (
    LEVEL_VALUES,
    STATE_SIGNS,
    Level,
    LevelBasis,
    LevelCounts,
    Provenance,
    Schedule,
    roll_up,
)
from ogp_tracker.common.constraints import FieldRule, FieldUnique
from ogp_tracker.common.fields import ProtectedKey
from ogp_tracker.common.visibility import PublicQuerySet

if TYPE_CHECKING:
    from .milestone import Milestone

NOTHING = Q(level="", words_as_published="")
"""No update says anything here."""


class NationProgressQuerySet(PublicQuerySet["NationProgress"]):
    def in_scope(self) -> Self:
        return self.filter(commitment__nations=F("nation"))

    def public_beneath(self, holder: str) -> Self:
        return super().public_beneath(holder).in_scope()

    def of_government(self) -> Self:
        """Where government has reported or published something, be it without a level."""
        rows = self.in_scope().filter(update__isnull=False)
        return rows.exclude(provenance=Provenance.ASSESSOR_REPORT)

    def whole_level_counts(self) -> LevelCounts:
        """Count the commitments of which these rows say something as a whole, by level or state."""
        return LevelCounts.of(found for _plan, found in self._wholes())

    def whole_level_counts_by_plan(self) -> dict[int | None, LevelCounts]:
        of_plans = defaultdict(list)
        for plan, found in self._wholes():
            of_plans[plan].append(found)
        return {plan: LevelCounts.of(found) for plan, found in of_plans.items()}

    def _wholes(self) -> Iterator[tuple[int | None, tuple[str, bool, bool]]]:
        cells: dict[Commitment, dict[int, NationProgress]] = defaultdict(dict)
        rows = self.filter(milestone=None).select_related("commitment")
        for row in rows.prefetch_related("commitment__nations"):
            cells[row.commitment][row.nation_id] = row
        for commitment, said in cells.items():
            in_scope = [said.get(one.pk, NationProgress()) for one in commitment.nations.all()]
            whole = roll_up(cell for cell in in_scope if cell.applies)
            told = {cell.provenance for cell in in_scope} - {""} == {Provenance.ASSESSOR_REPORT}
            words = {one.words_as_published for one in in_scope if one.applies and not one.level}
            # Government's own count has the withdrawn apart, whether or not an amendment is known.
            stated = (state for state, one in STATE_SIGNS.items() if words == {str(one.word)})
            state = commitment.amendment_state or next(stated, whole.overall)
            yield commitment.plan_id, (state, whole.is_read, told)


CURRENT_COPIES = (
    "level",
    "level_basis",
    "schedule",
    "words_as_published",
    "as_of",
    "provenance",
    "update",
)
"""What a row repeats of the update that it comes from."""


class NationProgress(models.Model):
    """How far a commitment or milestone is in one nation: a current copy, for pages to read.

    Who said so, when and why is in the update that it comes from. Only
    `milestones.services` writes it, and `check_consistency` proves it against the updates.
    """

    commitment = ProtectedKey(
        Commitment, related_name="nation_progress", verbose_name=_("commitment")
    )
    milestone = ProtectedKey(
        "milestones.Milestone",
        null=True,
        related_name="nation_progress",
        verbose_name=_("milestone"),
        help_text=_("Empty if it is about the commitment as a whole."),
    )
    nation = ProtectedKey(Nation, related_name="nation_progress", verbose_name=_("nation"))
    applies = models.BooleanField(_("applies"), default=True)
    not_applicable_reason = models.CharField(
        _("why it does not apply"),
        max_length=250,
        blank=True,
        help_text=_(
            "Such as “not devolved”. Only if the milestone is not for this nation."
            " What is withdrawn or on hold is an amendment."
        ),
    )
    level = models.CharField(_("level"), max_length=20, blank=True, choices=Level, default="")
    level_basis = models.CharField(
        _("how the level is known"), max_length=20, blank=True, choices=LevelBasis, default=""
    )
    schedule = models.CharField(
        _("schedule"), max_length=20, blank=True, choices=Schedule, default=""
    )
    words_as_published = models.CharField(
        _("words, as published"), max_length=250, blank=True, default=""
    )
    as_of = models.DateField(_("as of"), null=True, blank=True)
    provenance = models.CharField(
        _("who says so"), max_length=20, blank=True, choices=Provenance, default=""
    )
    update = ProtectedKey(
        "milestones.ProgressUpdate", null=True, related_name="current_in", verbose_name=_("update")
    )

    public_if = Commitment.public_if.behind("commitment")
    objects = NationProgressQuerySet.as_manager()
    # Whether the milestone applies here is an edit like any other. The rest is a copy, and its
    # record are the updates.
    history = versions(excluded_fields=list(CURRENT_COPIES))

    class Meta:
        ordering = ("commitment", "milestone", "nation")
        verbose_name = _("progress in a nation")
        verbose_name_plural = _("progress in the nations")
        indexes = (
            models.Index(fields=["level"], name="milestones_progress_level"),
            # Few rows give a schedule: without it each section of closed plans would look at all.
            models.Index(
                fields=["milestone"],
                condition=Q(schedule__gt=""),
                name="milestones_progress_schedule",
            ),
        )
        constraints = (
            FieldUnique(
                field="nation",
                fields=("milestone", "nation"),
                name="milestones_nationprogress_once",
                message=_("This milestone already has a row for this nation."),
            ),
            FieldUnique(
                field="nation",
                fields=("commitment", "nation"),
                condition=Q(milestone=None),
                name="milestones_nationprogress_whole_once",
                message=_("This commitment already has a row for this nation."),
            ),
            models.CheckConstraint(
                name="milestones_nationprogress_level_known",
                condition=Q(level__in=["", *LEVEL_VALUES]),
            ),
            FieldRule(
                field="level",
                name="milestones_nationprogress_level_has_update",
                condition=(NOTHING & Q(as_of=None, update=None))
                | (~NOTHING & Q(as_of__isnull=False, update__isnull=False) & ~Q(provenance="")),
                message=_("A level comes from a published update and has its date."),
            ),
            FieldRule(
                field="not_applicable_reason",
                name="milestones_nationprogress_says_why_not",
                condition=Q(applies=True, not_applicable_reason="")
                | (Q(applies=False) & ~Q(not_applicable_reason="")),
                message=_(
                    "Give a reason if the milestone does not apply in this nation, and only then."
                ),
            ),
            FieldRule(
                field="applies",
                name="milestones_nationprogress_no_level_if_not_applicable",
                condition=Q(applies=True) | Q(update=None),
                message=_("A level has been published for this nation: it does apply."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.target}, {self.nation}"

    @property
    def target(self) -> "Milestone | Commitment":
        return self.milestone or self.commitment

    @property
    def is_reported(self) -> bool:
        """Whether anything is known here, be it without a level."""
        return self.update_id is not None
