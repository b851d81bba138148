"""Progress updates: append-only once published."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment, Nation
from milestones.levels import LEVEL_VALUES, NEEDS_OBSTACLES, Level, LevelBasis, Provenance, Schedule
from milestones.progress_rules import WRITTEN
from ogp_tracker.common.bounds import NARRATIVE, text_bounds
from ogp_tracker.common.constraints import FieldRule, FieldUnique
from ogp_tracker.common.fields import DayField, ProtectedKey
from ogp_tracker.common.visibility import ANY_VALUE, Visibility

from .signed_off import IN_THE_MAKING, Statement, sign_off_rules
from .update_queryset import NEWEST_FIRST, ProgressUpdateQuerySet

if TYPE_CHECKING:
    from .milestone import Milestone

REPORTED_HERE = Q(provenance="reported_here")
WORDS_ALONE = ~REPORTED_HERE & ~Q(words_as_published="")
"""A document may say how it stands in words that give no level, and say no more."""


class ProgressUpdate(Statement):
    """What was said of a commitment or milestone on a date; published, never edited or deleted."""

    commitment = ProtectedKey(Commitment, related_name="updates", verbose_name=_("commitment"))
    milestone = ProtectedKey(
        "milestones.Milestone",
        null=True,
        related_name="updates",
        verbose_name=_("milestone"),
        help_text=_("Empty if it is about the commitment as a whole."),
    )
    nations = models.ManyToManyField(
        Nation, related_name="updates", verbose_name=_("nations it is about")
    )
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True, default="")
    level_basis = models.CharField(
        _("how the level is known"), max_length=20, choices=LevelBasis, blank=True, default=""
    )
    schedule = models.CharField(
        _("schedule"), max_length=20, choices=Schedule, blank=True, default=""
    )
    words_as_published = models.CharField(
        _("words, as published"),
        max_length=250,
        blank=True,
        help_text=_("The source's own words about progress, such as “In progress”."),
    )
    provenance = models.CharField(
        _("who says so"), max_length=20, choices=Provenance, default=Provenance.REPORTED_HERE
    )
    as_of = DayField(
        _("as of"),
        null=True,
        blank=True,
        help_text=_("The date on which this was true."),
        edge="last",
        words="as_of_as_published",
    )
    as_of_as_published = models.CharField(
        _("as of, as published"),
        max_length=120,
        blank=True,
        help_text=_("If the source gives no exact date: its words, such as “May 2021”."),
    )
    narrative = models.TextField(_("what was done"), blank=True)
    obstacles = models.TextField(
        _("what stands in the way"),
        blank=True,
        help_text=_("Needed for what is at risk or behind schedule."),
    )
    due_on_proposed = DayField(
        _("new due date"),
        null=True,
        blank=True,
        help_text=_("Only if the due date moves. It moves when this update is published."),
    )
    due_reason = models.TextField(
        _("why the due date moves"), blank=True, help_text=_("The reason is published.")
    )
    corrects = ProtectedKey(
        "self", null=True, related_name="corrections", verbose_name=_("corrects")
    )
    correction_reason = models.TextField(_("why it corrects"), blank=True)
    public_if = Visibility({"published_at": ANY_VALUE}) & Commitment.public_if.behind("commitment")
    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        ordering = NEWEST_FIRST
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        indexes = (
            models.Index(fields=["milestone", "published_at"], name="milestones_update_published"),
            models.Index(
                fields=["commitment", "published_at"], name="milestones_update_of_promise"
            ),
            models.Index(fields=["-published_at", "milestone"], name="milestones_update_latest"),
            models.Index(fields=["institution", "published_at"], name="milestones_update_by_body"),
            # The log of a page, which asks for the first few in the order of `for_commitment_page`.
            models.Index(
                fields=["-as_of", "-recorded_at", "-id"],
                condition=Q(published_at__isnull=False),
                name="milestones_update_log",
            ),
            models.Index(
                fields=["state", "institution"],
                condition=Q(published_at=None),
                name="milestones_update_waiting",
            ),
        )
        constraints = (
            FieldRule(
                field="level",
                name="milestones_update_level_known",
                condition=Q(level__in=LEVEL_VALUES) | (Q(level="") & (IN_THE_MAKING | WORDS_ALONE)),
                message=_("Choose one of the four levels."),
            ),
            FieldRule(
                field="level_basis",
                name="milestones_update_level_has_basis",
                condition=Q(level="", level_basis="")
                | (~Q(level="") & Q(level_basis__in=LevelBasis.values)),
                message=_("A level is given by the source or our reading; nothing else is."),
            ),
            FieldRule(
                field="schedule",
                name="milestones_update_schedule_known",
                condition=Q(schedule__in=["", *Schedule.values]),
                message=_("Choose one of the three answers."),
            ),
            FieldRule(
                field="institution",
                name="milestones_update_is_attributed",
                condition=(REPORTED_HERE & Q(institution__isnull=False, source_title=""))
                | (
                    Q(provenance__in=["published_elsewhere", "assessor_report"])
                    & ~Q(source_title="")
                ),
                message=_("Choose the institution that reports, or name the source document."),
            ),
            FieldRule(
                field="as_of",
                name="milestones_update_has_its_day",
                condition=IN_THE_MAKING | Q(as_of__isnull=False),
                message=_("Enter the date on which this was true."),
            ),
            FieldRule(
                field="due_reason",
                name="milestones_update_says_why_the_due_date_moves",
                condition=IN_THE_MAKING | Q(due_on_proposed=None) | ~Q(due_reason=""),
                message=_("Say why the due date moves. The reason is published."),
            ),
            FieldRule(
                field="narrative",
                name="milestones_update_says_what_was_done",
                condition=IN_THE_MAKING | WORDS_ALONE | ~Q(narrative=""),
                message=_("Say in a sentence or two what was done."),
            ),
            FieldRule(
                field="obstacles",
                name="milestones_update_says_what_stands_in_the_way",
                condition=IN_THE_MAKING
                | ~REPORTED_HERE
                | ~Q(schedule__in=sorted(str(one) for one in NEEDS_OBSTACLES))
                | ~Q(obstacles=""),
                message=_("Say what stands in the way: at risk and behind schedule need it."),
            ),
            FieldRule(
                field="corrects",
                name="milestones_update_not_its_own_correction",
                condition=Q(corrects=None) | ~Q(corrects=F("id")),
                message=_("An update cannot correct itself."),
            ),
            FieldRule(
                field="correction_reason",
                name="milestones_update_correction_has_reason",
                condition=IN_THE_MAKING | Q(corrects=None) | ~Q(correction_reason=""),
                message=_("Say why the earlier update has to be corrected."),
            ),
            FieldUnique(
                field="corrects",
                fields=("corrects",),
                # Corrections alone: the index then finds in a moment that an update has none.
                condition=Q(published_at__isnull=False, corrects__isnull=False),
                name="milestones_update_corrected_once",
                message=_("This update has already been corrected."),
            ),
            *sign_off_rules("milestones_update"),
            *text_bounds("milestones_update", NARRATIVE, *WRITTEN),
        )

    def __str__(self) -> str:
        level = self.get_level_display() or self.words_as_published or _("no level yet")
        day = date_format(self.as_of) if self.as_of else _("no date yet")
        return f"{self.target}: {level} ({day})"

    def get_absolute_url(self) -> str:
        return f"{self.target.get_absolute_url()}#{self.anchor}"

    @property
    def target(self) -> "Milestone | Commitment":
        return self.milestone or self.commitment

    @property
    def anchor(self) -> str:
        return f"update-{self.uid}"

    @property
    def day(self) -> date:
        """The as-of date, which every update has that is not in the making."""
        if self.as_of is None:
            raise ValueError("This draft has no as-of date yet.")
        return self.as_of

    @cached_property
    def as_of_in_words(self) -> str:
        """A month stays a month, as the source has it."""
        return self.as_of_as_published or date_format(self.day)

    @property
    def is_from_document(self) -> bool:
        return self.provenance != Provenance.REPORTED_HERE
