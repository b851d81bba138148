"""The table of places in which the two voices part: worked out from the tables before it."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Case, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from irm.codebook import COMPLETION, ReportKind
from irm.disagreements.rows import Places
from irm.disagreements.rule import Comparison
from irm.filters import DisagreementFilter
from milestones.levels import ORDER
from milestones.models import ProgressUpdate
from ogp_tracker.opendata.columns import Uid, day, number, text, yes_or_no
from ogp_tracker.opendata.table import Table

from .delivered import LEVELS


def level_at(place: str) -> Case:
    """Return the level of a place in the order of the levels, which the column `place` holds."""
    return Case(*(When(**{place: rank}, then=Value(level)) for level, rank in ORDER.items()))


def update_of(_on: date) -> Subquery:
    """Return the permanent id of the update that the part's level comes from."""
    rows = ProgressUpdate.objects.filter(pk=OuterRef("place_update"))
    return Subquery(rows.values(text=Uid("uid")))


def page_of_place(_on: date) -> Any:
    """Return the page of the milestone, or of the commitment as a whole."""
    milestone = Concat(
        Value("/milestones/"),
        Cast("place_milestone", TextField()),
        Value("/"),
        output_field=TextField(),
    )
    return Concat(
        Value(f"{settings.SITE_URL}/commitments/"),
        "place_commitment",
        Case(
            When(place_milestone__isnull=True, then=Value("/")),
            default=milestone,
            output_field=TextField(),
        ),
        output_field=TextField(),
    )


DISAGREEMENTS = Table(
    name="disagreements",
    title=_("Disagreements"),
    description=_(
        "Every place in which government's word and the assessor's part: they differ, only one has"
        " spoken here, or evidence is missing. A place is a commitment as a whole, or a milestone"
        " in a nation in which it is to be delivered. It is worked out from the other tables."
    ),
    rows=lambda on: Places.listed(),
    key=("commitment_id", "milestone_number", "nation_code"),
    refers_to={
        "commitments": ("commitment_id",),
        "nations": ("nation_code",),
        "plans": ("plan_id",),
        "updates": ("update_id",),
        "reports": ("report_id",),
    },
    words_of=("government", "assessor"),
    filters=lambda: DisagreementFilter,
    columns=(
        text("commitment_id", _("The commitment."), "place_commitment", required=True),
        number(
            "milestone_number",
            _("The milestone. Empty: the commitment as a whole."),
            "place_milestone",
        ),
        text(
            "nation_code",
            _("The nation. Empty: the commitment as a whole."),
            "place_nation",
        ),
        text("plan_id", _("The action plan of the commitment."), "place_plan"),
        text(
            "comparison",
            _("What comes of putting the two voices beside each other."),
            "comparison",
            codes=tuple(one.value for one in Comparison if one != Comparison.NOBODY),
            required=True,
        ),
        yes_or_no(
            "evidence_not_given",
            _("Whether government's level calls for evidence and its report gives none."),
            Q(not_given=True),
        ),
        yes_or_no(
            "evidence_not_found",
            _("Whether the assessor looked and found no evidence to judge by."),
            Q(not_found=True),
        ),
        text(
            "government_level_least",
            _("The least advanced level that government reports of it. Empty: none."),
            level_at("least"),
            codes=LEVELS,
        ),
        text(
            "government_level_most",
            _("The most advanced level that government reports of it; of a milestone the same."),
            level_at("most"),
            codes=LEVELS,
        ),
        day("government_as_of", _("The latest day of which government speaks."), "as_of"),
        text("update_id", _("The update in which it does, of a milestone."), update_of),
        text(
            "completion",
            _("The code of completion that is compared. Empty: words only, or nothing."),
            "said_code",
            codes=tuple(value.code for value in COMPLETION.values),
        ),
        text(
            "report_id",
            _("The final report in which the assessor has spoken. Empty: none."),
            "said_report",
        ),
        text(
            "report_kind",
            _("The kind of that report."),
            "said_kind",
            codes=tuple(ReportKind.values),
        ),
        day(
            "evidence_cut_off",
            _("The last day from which that report considers evidence."),
            "said_until",
        ),
        yes_or_no(
            "government_is_later",
            _("Whether government speaks of a day after that."),
            Q(is_later=True),
        ),
        text("url", _("Its page here."), page_of_place),
    ),
)
