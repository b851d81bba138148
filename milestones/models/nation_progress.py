"""Progress of milestones in the nations."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, Nation
from commitments.models.version import versions
from milestones.levels import LEVEL_VALUES, Level
from ogp_tracker.common.constraints import FieldRule, FieldUnique
from ogp_tracker.common.visibility import PublicQuerySet


class NationProgressQuerySet(PublicQuerySet["NationProgress"]):
    def get_by_natural_key(self, commitment: str, number: int, nation: str) -> "NationProgress":
        return self.get(
            milestone__commitment__slug=commitment, milestone__number=number, nation__code=nation
        )

    def in_scope(self) -> Self:
        """Only nations in which the commitment is delivered."""
        return self.filter(milestone__commitment__nations=F("nation"))

    def public(self) -> Self:
        return super().public().in_scope()


class NationProgress(models.Model):
    """How far a milestone is in one nation: a current copy, so that a page reads one row.

    Who said so, when and why is in the update that it comes from. Only
    `milestones.services` writes it, and `check_consistency` proves it against the updates.
    """

    milestone = models.ForeignKey(
        "milestones.Milestone",
        on_delete=models.PROTECT,
        related_name="nation_progress",
        verbose_name=_("milestone"),
    )
    nation = models.ForeignKey(
        Nation, on_delete=models.PROTECT, related_name="nation_progress", verbose_name=_("nation")
    )
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
    as_of = models.DateField(_("as of"), null=True, blank=True)
    update = models.ForeignKey(
        "milestones.ProgressUpdate",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="current_in",
        verbose_name=_("update"),
    )

    public_if = Commitment.public_if.behind("milestone__commitment")
    objects = NationProgressQuerySet.as_manager()
    # Whether the milestone applies here is an edit like any other. The rest is a copy, and its
    # record are the updates.
    history = versions(excluded_fields=["level", "as_of", "update"])

    class Meta:
        ordering = ("milestone", "nation")
        verbose_name = _("progress in a nation")
        verbose_name_plural = _("progress in the nations")
        indexes = (models.Index(fields=["level"], name="milestones_progress_level"),)
        constraints = (
            FieldUnique(
                field="nation",
                fields=("milestone", "nation"),
                name="milestones_nationprogress_once",
                message=_("This milestone already has a row for this nation."),
            ),
            models.CheckConstraint(
                name="milestones_nationprogress_level_known",
                condition=Q(level__in=["", *LEVEL_VALUES]),
            ),
            FieldRule(
                field="level",
                name="milestones_nationprogress_level_has_update",
                condition=Q(level="", as_of=None, update=None)
                | (~Q(level="") & Q(as_of__isnull=False, update__isnull=False)),
                message=_("A level comes from a published update and has its day."),
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
                condition=Q(applies=True) | Q(level=""),
                message=_("A level has been published for this nation: it does apply."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.milestone}, {self.nation}"

    def natural_key(self) -> tuple[str, int, str]:
        return (*self.milestone.natural_key(), *self.nation.natural_key())

    natural_key.dependencies = [  # type: ignore[attr-defined]
        "milestones.milestone",
        "commitments.nation",
    ]
