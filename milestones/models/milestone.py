"""Milestones, their due days, and where each nation stands."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, Institution, Nation
from commitments.models.plan import PlanState
from commitments.models.version import versions
from milestones import days
from milestones.levels import NOT_REPORTED, Level, RollUp, roll_up
from milestones.querysets import (
    DueDateChangeQuerySet,
    MilestoneQuerySet,
    NationProgressQuerySet,
)
from ogp_tracker.common.constraints import FieldRule, FieldUnique

CURRENT_COPIES = ("settled_in", "last_reported_on")
"""What a milestone repeats of its updates; `services.rebuild_progress` alone writes it."""

LEVEL_VALUES = [str(value) for value in Level.values]


class Milestone(models.Model):
    """One of the steps by which a commitment says it will be delivered."""

    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.PROTECT,
        related_name="milestones",
        verbose_name=_("commitment"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("text"), help_text=_("In the words of the plan."))
    due_as_published = models.CharField(
        _("due, in the words of the plan"), max_length=250, blank=True
    )
    due_on = models.DateField(
        _("due day"),
        null=True,
        blank=True,
        help_text=_("Last possible day. Leave empty if the plan gives none."),
    )

    settled_in = models.CharField(
        _("settled in"),
        max_length=60,
        blank=True,
        default="",
        db_default="",
        editable=False,
        serialize=False,
        help_text=_("The nations in which it is completed or does not apply: a current copy."),
    )
    last_reported_on = models.DateField(
        _("last reported on"),
        null=True,
        blank=True,
        editable=False,
        serialize=False,
        help_text=_("The day on which its latest update was published: a current copy."),
    )

    public_if = Commitment.public_if.behind("commitment")
    objects = MilestoneQuerySet.as_manager()
    history = versions(excluded_fields=CURRENT_COPIES)

    class Meta:
        ordering = ("commitment", "number")
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        indexes = (
            models.Index(fields=["due_on"], name="milestones_milestone_due_on"),
            # My work counts a hundred thousand of them without looking at one.
            models.Index(
                fields=["commitment", "due_on", "settled_in", "last_reported_on", "id"],
                name="milestones_commitment_due",
            ),
        )
        constraints = (
            FieldUnique(
                field="number",
                fields=("commitment", "number"),
                name="milestones_milestone_number_once",
                message=_("This commitment already has a milestone of this number."),
            ),
            FieldRule(
                field="number",
                name="milestones_milestone_number_from_one",
                condition=Q(number__gte=1),
                message=_("Milestones are numbered from 1."),
            ),
            FieldRule(
                field="text",
                name="milestones_milestone_has_text",
                condition=~Q(text=""),
                message=_("Enter the text of the milestone."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.commitment.slug}, {self.label}"

    def save(self, **how: Any) -> None:
        """Save all but the current copies, which may have moved since this row was read."""
        if how.get("update_fields") is None and not self._state.adding:
            how["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.name not in CURRENT_COPIES
            ]
        super().save(**how)

    def natural_key(self) -> tuple[str, int]:
        """Return what names this row in a fixture."""
        return (*self.commitment.natural_key(), self.number)

    natural_key.dependencies = ["commitments.commitment"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        """Return the address of the milestone's public page."""
        return reverse("milestone", args=[self.commitment.slug, self.number])

    @property
    def label(self) -> str:
        """Return how the milestone is called in a sentence."""
        return str(_("Milestone %(number)s") % {"number": self.number})

    def cells(self) -> list["NationProgress"]:
        """Return one row per nation in scope, in the nations' order.

        A nation without a stored row gets an unsaved one, "Not reported". Reads what a
        page-shaped queryset has prefetched.
        """
        stored = {row.nation_id: row for row in self.nation_progress.all()}
        rows = []
        for nation in self.commitment.nations.all():
            row = stored.get(nation.pk) or NationProgress(milestone=self, nation=nation)
            row.nation = nation
            rows.append(row)
        return rows

    def overall(self) -> RollUp:
        """Return the level of the least advanced nation among those reported."""
        return roll_up(row.level for row in self.cells() if row.applies)

    def timings(self, on: date) -> frozenset[days.Timing]:
        """Return what the clock says of the milestone on the day `on`, such as "Overdue".

        Reads what `for_page` and `for_commitment_page` have prefetched. For many milestones at
        once ask the queryset: `overdue(on)`, `stale(on)` and their like say the same.
        """
        plan = self.commitment.plan
        published = (
            timezone.localdate(update.published_at)
            for update in self.updates.all()
            if update.published_at
        )
        facts = days.MilestoneFacts(
            overall=self.overall(),
            due_on=self.due_on,
            plan=plan.state(on) if plan else PlanState.UNKNOWN,
            last_published_on=max((day for day in published if day <= on), default=None),
        )
        return days.timings(facts, on=on)


class DueDateChange(models.Model):
    """A due day that moved, with the reason; the first date is never lost."""

    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.PROTECT,
        related_name="due_date_changes",
        verbose_name=_("milestone"),
    )
    moved_from = models.DateField(_("from"), null=True, blank=True)
    moved_to = models.DateField(_("to"))
    reason = models.TextField(_("reason"))
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("moved by"),
    )
    moved_at = models.DateTimeField(_("moved at"))
    update = models.ForeignKey(
        "milestones.ProgressUpdate",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="due_date_changes",
        verbose_name=_("report"),
        help_text=_("The report with which it moved, if it moved with one."),
    )

    public_if = Milestone.public_if.behind("milestone")
    objects = DueDateChangeQuerySet.as_manager()

    class Meta:
        ordering = ("moved_at", "pk")
        verbose_name = _("moved due day")
        verbose_name_plural = _("moved due days")
        constraints = (
            FieldRule(
                field="reason",
                name="milestones_duedatechange_has_reason",
                condition=~Q(reason=""),
                message=_("Say why the due day moves. The reason is published."),
            ),
            FieldRule(
                field="moved_to",
                name="milestones_duedatechange_moves",
                condition=Q(moved_from=None) | ~Q(moved_to=F("moved_from")),
                message=_("This is already the due day. Enter another day."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.milestone}: {self.moved_from or '–'} → {self.moved_to}"

    @property
    def moved_by_days(self) -> timedelta | None:
        """Return how far the day moved, negative if it came forward; None if none stood before."""
        return self.moved_to - self.moved_from if self.moved_from else None


class NationProgress(models.Model):
    """Where a milestone stands in one nation: a current copy, so that a page reads one row.

    Who said so, when and why stands in the update that it comes from. Only
    `milestones.services` writes it, and `check_consistency` proves it against the updates.
    """

    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.PROTECT,
        related_name="nation_progress",
        verbose_name=_("milestone"),
    )
    nation = models.ForeignKey(
        Nation,
        on_delete=models.PROTECT,
        related_name="nation_progress",
        verbose_name=_("nation"),
    )
    applies = models.BooleanField(_("applies"), default=True)
    not_applicable_reason = models.CharField(
        _("why it does not apply"),
        max_length=250,
        blank=True,
        help_text=_("Such as “not devolved”. Only if the milestone is not for this nation."),
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

    public_if = Milestone.public_if.behind("milestone")
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
        """Return what names this row in a fixture."""
        return (*self.milestone.natural_key(), *self.nation.natural_key())

    natural_key.dependencies = [  # type: ignore[attr-defined]
        "milestones.milestone",
        "commitments.nation",
    ]

    @property
    def is_reported(self) -> bool:
        """Return whether government has published a level for this nation."""
        return self.level != NOT_REPORTED
