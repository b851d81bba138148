"""Milestones."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, Institution
from commitments.models.amended import amendment_state_column, state_is_known
from commitments.models.commitment import LABEL_IS_OURS_HELP, LANGUAGE_HELP, SUMMARY_HELP
from commitments.models.plan import PlanState
from commitments.models.version import versions
from milestones import days, known
from milestones.amendment_rules import AmendmentKind
from milestones.levels import Overall, Provenance, RollUp, roll_up
from milestones.querysets import MilestoneQuerySet
from ogp_tracker.common.bounds import FROM_DOCUMENT, text_bounds
from ogp_tracker.common.constraints import FieldRule, FieldUnique, web_address
from ogp_tracker.common.fields import DayField, LanguageField, ProtectedKey, WebAddressField
from ogp_tracker.common.written_dates import period_in

from .nation_progress import NationProgress

if TYPE_CHECKING:
    from .amendment import Amendment

CURRENT_COPIES = (
    *("overall", "overall_is_read", "is_completed", "known_in", "levels_in", "settled_in"),
    "last_reported_on",
)
"""What a milestone repeats of its updates; `services.rebuild_progress` alone writes it."""

COPIES = (*CURRENT_COPIES, "amendment_state")


def named(label: str) -> str:
    return str(_("Milestone %(label)s") % {"label": label})


class Milestone(models.Model):
    """One of the steps by which a commitment says it will be delivered."""

    commitment = ProtectedKey(Commitment, related_name="milestones", verbose_name=_("commitment"))
    number = models.PositiveSmallIntegerField(
        _("number in the address"),
        help_text=_("Given by this site once, and never to another milestone."),
    )
    label = models.CharField(
        _("number, as printed in the plan"),
        max_length=60,
        help_text=_("Such as 2.1a or 1.10. Leave it empty if the plan prints none."),
    )
    label_is_ours = models.BooleanField(
        _("this site gave the number"), default=False, help_text=LABEL_IS_OURS_HELP
    )
    order = models.PositiveSmallIntegerField(
        _("place in the commitment"), default=0, help_text=_("Leave it empty to put it last.")
    )
    text = models.TextField(_("text"), help_text=_("In the words of the plan."))
    text_is_summary = models.BooleanField(
        _("this text is a summary by this site"), default=False, help_text=SUMMARY_HELP
    )
    language = LanguageField(_("language"), help_text=LANGUAGE_HELP)
    lead = ProtectedKey(
        Institution,
        null=True,
        related_name="led_milestones",
        verbose_name=_("lead institution"),
        help_text=_("Only if another institution leads this milestone than the commitment."),
    )
    start_as_published = models.CharField(
        _("start, in the words of the plan"), max_length=250, blank=True
    )
    start_on = DayField(
        _("start date"),
        null=True,
        blank=True,
        help_text=_("First possible date."),
        edge="first",
        words="start_as_published",
    )
    due_as_published = models.CharField(
        _("due, in the words of the plan"), max_length=250, blank=True
    )
    due_on = DayField(
        _("due date"),
        null=True,
        blank=True,
        help_text=_("Last possible date. Leave empty if the plan gives none."),
        edge="last",
        words="due_as_published",
    )
    source_url = WebAddressField(
        _("source address"),
        max_length=500,
        blank=True,
        help_text=_("Where the plan gives this milestone, if not where it gives the commitment."),
    )

    overall = models.CharField(
        _("overall level"),
        max_length=20,
        choices=Overall,
        default=Overall.NOT_REPORTED,
        db_default=Overall.NOT_REPORTED.value,
        editable=False,
        serialize=False,
        help_text=_("The level for all nations in scope together: a current copy."),
    )
    overall_is_read = models.BooleanField(
        _("overall level is our reading"),
        default=False,
        db_default=False,
        editable=False,
        serialize=False,
    )
    is_completed = models.BooleanField(
        _("completed"), default=False, db_default=False, editable=False, serialize=False
    )
    known_in = models.CharField(
        _("known in"),
        max_length=250,
        blank=True,
        default="",
        db_default="",
        editable=False,
        serialize=False,
        help_text=_("What is known in each nation where it applies: see milestones/known.py."),
    )
    levels_in = models.CharField(
        _("levels in"),
        max_length=250,
        blank=True,
        default="",
        db_default="",
        editable=False,
        serialize=False,
        help_text=_("How far it is in each nation: see milestones/levels_in.py."),
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
        help_text=_("The date on which its latest update was published: a current copy."),
    )

    amendment_state = amendment_state_column()

    public_if = Commitment.public_if.behind("commitment")
    objects = MilestoneQuerySet.as_manager()
    history = versions(excluded_fields=CURRENT_COPIES)

    class Meta:
        ordering = ("commitment", "order", "number")
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        indexes = (
            models.Index(fields=["due_on"], name="milestones_milestone_due_on"),
            # My work counts a hundred thousand of them without looking at one.
            models.Index(
                fields=[
                    *("commitment", "due_on", "settled_in", "last_reported_on"),
                    *("amendment_state", "lead", "id"),
                ],
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
                field="label",
                name="milestones_milestone_has_label",
                condition=~Q(label=""),
                message=_("Enter the number as printed, such as 2.1a."),
            ),
            FieldRule(
                field="text",
                name="milestones_milestone_has_text",
                condition=~Q(text=""),
                message=_("Enter the text of the milestone."),
            ),
            web_address("source_url", "milestones_milestone_source_is_web"),
            state_is_known("milestones_milestone"),
            *text_bounds("milestones_milestone", FROM_DOCUMENT, "text"),
        )

    def __str__(self) -> str:
        return f"{self.commitment.short_name}, {self.name}"

    def save(self, **how: Any) -> None:
        """Save all but the current copies, which may have moved since this row was read."""
        if how.get("update_fields") is None and not self._state.adding:
            how["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.name not in COPIES
            ]
        super().save(**how)

    def get_absolute_url(self) -> str:
        return reverse("milestone", args=[self.commitment.slug, self.number])

    @property
    def name(self) -> str:
        return named(self.label)

    @property
    def due_in_words(self) -> str:
        """A month stays a month, as the plan has it, until the due date moves."""
        period = period_in(self.due_as_published)
        if period and period.last == self.due_on and not period.day:
            return self.due_as_published
        return date_format(self.due_on) if self.due_on else ""

    def cells(self) -> list[NationProgress]:
        """One row per nation in scope, unsaved if there is none. Reads prefetched rows.

        They are kept beside these, each with its update: a page asks for them a dozen times.
        """
        prefetched: dict[str, Any] = getattr(self, "_prefetched_objects_cache", {})
        if "cells" in prefetched:
            return list(prefetched["cells"])
        updates = {update.pk: update for update in prefetched.get("updates", ())}
        stored = {row.nation_id: row for row in self.nation_progress.all()}
        rows = []
        for nation in self.commitment.nations.all():
            row = stored.get(nation.pk) or NationProgress(
                commitment=self.commitment, milestone=self, nation=nation
            )
            row.nation = nation
            if row.update_id in updates:
                row.update = updates[row.update_id]
            rows.append(row)
        if "nation_progress" in prefetched:
            prefetched["cells"] = rows
        return list(rows)

    def roll_up(self) -> RollUp:
        """From the cells; `overall` is the stored copy of what this says."""
        return roll_up(row for row in self.cells() if row.applies)

    @property
    def state(self) -> str:
        """By amendment, its own or else that of its commitment."""
        return self.amendment_state or self.commitment.amendment_state

    @property
    def own_amendments(self) -> "list[Amendment]":
        """Its published amendments, in their order; reads what is prefetched of the commitment."""
        rows = self.commitment.amendments.all()
        return [row for row in rows if row.milestone_id == self.pk and row.is_published]

    @property
    def due_date_changes(self) -> "list[Amendment]":
        return [row for row in self.own_amendments if row.kind == AmendmentKind.DUE_DATE_MOVED]

    @property
    def other_amendments(self) -> "list[Amendment]":
        return [row for row in self.own_amendments if row.kind != AmendmentKind.DUE_DATE_MOVED]

    def timings(self, on: date) -> frozenset[days.Timing]:
        """Reads prefetched rows; of many milestones ask the queryset, such as `overdue(on)`."""
        plan, shown = self.commitment.plan, self.commitment.published_on
        published = [
            timezone.localdate(update.published_at)
            for update in self.updates.all()
            if update.published_at and update.provenance != Provenance.ASSESSOR_REPORT
        ]
        begun = [plan.start_date] if plan and plan.start_date else []
        since = max([shown, *begun, *published]) if shown else None
        facts = days.MilestoneFacts(
            known=[known.known_in(row) for row in self.cells() if row.applies],
            plan=plan.state(on) if plan else PlanState.UNKNOWN,
            plan_end=plan.end_date if plan else None,
            is_past_due=self.due_on is not None and self.due_on < on,
            is_unheard=days.is_unheard(since, on),
            is_amended=bool(self.state),
        )
        return days.timings(facts)
