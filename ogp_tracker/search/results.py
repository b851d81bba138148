"""What a reader is shown of each row that was found: whose word it is, where, and a passage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import ActionPlan, Commitment, Institution
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones.models import Evidence, Milestone, ProgressUpdate
from ogp_tracker.search.marking import mark
from ogp_tracker.search.query import Query
from ogp_tracker.search.sources import Source, rows_by_source


class Voice(StrEnum):
    """Whose word a row is."""

    GOVERNMENT = "government"
    ASSESSOR = "assessor"
    NEITHER = ""


@dataclass(frozen=True)
class Result:
    """One row that was found, as the page shows it."""

    row: Any
    what: Any
    """What it is, such as “Milestone”."""
    voice: Voice
    heading: SafeString
    passage: SafeString
    where: str
    address: str
    report: Report | None
    """The assessor's report that it stands in, which may not be final."""


@dataclass(frozen=True)
class Shape:
    """How rows of a model are read for the results, and what is shown of them."""

    what: Any
    rows: Callable[[], QuerySet[Any]]
    heading: Callable[[Any], str]
    where: Callable[[Any], str]
    voice: Voice = Voice.NEITHER
    is_called_by_head: bool = False
    """Whether the heading shows the weightier columns; otherwise they stand in the passage."""
    address: Callable[[Any], str] = lambda row: row.get_absolute_url()
    report: Callable[[Any], Report | None] = lambda row: None


def results(keys: Sequence[int], query: Query) -> list[Result]:
    """Return what to show of the rows with these keys, in this order, with one query a model.

    They are read by `public()` of their model, whatever the index said.
    """
    rows = {
        source.key_of(row.pk): (source, row)
        for source, pks in rows_by_source(keys).items()
        for row in SHAPES[source.model].rows().filter(pk__in=pks)
    }
    found = [rows[key] for key in keys if key in rows]
    marked = mark(query, [_texts(source, row) for source, row in found])
    return [
        _result(SHAPES[source.model], row, words.heading, words.passage)
        for (source, row), words in zip(found, marked, strict=True)
    ]


def _texts(source: Source, row: Model) -> tuple[str, str]:
    """Return the heading of a row, and the text that a passage is taken from."""
    shape = SHAPES[source.model]
    columns = source.body if shape.is_called_by_head else (*source.head, *source.body)
    return shape.heading(row), "\n".join(filter(None, (getattr(row, name) for name in columns)))


def _result(shape: Shape, row: Any, heading: SafeString, passage: SafeString) -> Result:
    return Result(
        row=row,
        what=shape.what,
        voice=shape.voice,
        heading=heading,
        passage=passage,
        where=shape.where(row),
        address=shape.address(row),
        report=shape.report(row),
    )


def _step(milestone: Milestone) -> str:
    """Return how a milestone is called beside others of other commitments."""
    names = {"milestone": milestone.label, "commitment": milestone.commitment}
    return _("%(milestone)s of %(commitment)s") % names


def _plan_of(row: Any) -> str:
    return str(row.plan or getattr(row, "plan_as_published", ""))


def _reported(update: ProgressUpdate) -> str:
    """Return who reports which level, and of which day."""
    said = {
        "speaker": update.institution or update.source_title,
        "level": update.get_level_display(),
        "day": update.as_of_as_published or date_format(update.day),
    }
    return _("%(speaker)s: %(level)s, as of %(day)s") % said


def _updates() -> QuerySet[ProgressUpdate]:
    """Return public updates, each with whether a later one `is_corrected` by."""
    corrections = ProgressUpdate.objects.published().filter(corrects=OuterRef("pk"))
    return (
        ProgressUpdate.objects.public()
        .annotate(is_corrected=Exists(corrections))
        .select_related("milestone__commitment", "institution")
        .defer("institution__team_mailbox")
    )


def _replies() -> QuerySet[Reply]:
    return (
        Reply.objects.public()
        .select_related("assessment__commitment", "finding__milestone__commitment", "institution")
        .defer("institution__team_mailbox")
    )


def _replied_at(reply: Reply) -> str:
    if reply.finding:
        return f"{reply.finding.milestone.get_absolute_url()}#{reply.finding.anchor}"
    return _assessed_at(reply.assessment)


def _assessed_at(assessment: Assessment) -> str:
    return f"{assessment.commitment.get_absolute_url()}#{assessment.anchor}"


SHAPES: dict[type[Model], Shape] = {
    Commitment: Shape(
        gettext_lazy("Commitment"),
        rows=lambda: Commitment.objects.public().select_related("plan"),
        heading=str,
        where=_plan_of,
        is_called_by_head=True,
    ),
    ActionPlan: Shape(
        gettext_lazy("Action plan"),
        rows=ActionPlan.objects.public,
        heading=str,
        where=lambda plan: plan.member,
    ),
    Institution: Shape(
        gettext_lazy("Institution"),
        rows=Institution.objects.public,
        heading=str,
        where=lambda institution: institution.get_kind_display(),
        is_called_by_head=True,
    ),
    Milestone: Shape(
        gettext_lazy("Milestone"),
        rows=lambda: Milestone.objects.public().select_related("commitment__plan"),
        heading=_step,
        where=lambda milestone: _plan_of(milestone.commitment),
    ),
    ProgressUpdate: Shape(
        gettext_lazy("Government's report"),
        rows=_updates,
        heading=lambda update: _step(update.milestone),
        where=_reported,
        voice=Voice.GOVERNMENT,
    ),
    Evidence: Shape(
        gettext_lazy("Evidence given by government"),
        rows=lambda: Evidence.objects.public().select_related("update__milestone__commitment"),
        heading=str,
        where=lambda piece: _step(piece.update.milestone),
        voice=Voice.GOVERNMENT,
        is_called_by_head=True,
        address=lambda piece: piece.update.get_absolute_url(),
    ),
    Reply: Shape(
        gettext_lazy("Government's reply"),
        rows=_replies,
        heading=lambda reply: (
            _step(reply.finding.milestone) if reply.finding else str(reply.assessment.commitment)
        ),
        where=lambda reply: str(reply.institution),
        voice=Voice.GOVERNMENT,
        address=_replied_at,
    ),
    Report: Shape(
        gettext_lazy("Assessor's report"),
        rows=lambda: Report.objects.public().select_related("plan"),
        heading=str,
        where=_plan_of,
        voice=Voice.ASSESSOR,
        is_called_by_head=True,
        report=lambda report: report,
    ),
    Assessment: Shape(
        gettext_lazy("Assessor's analysis"),
        rows=lambda: Assessment.objects.public().select_related("commitment", "report"),
        heading=lambda assessment: str(assessment.commitment),
        where=lambda assessment: str(assessment.report),
        voice=Voice.ASSESSOR,
        address=_assessed_at,
        report=lambda assessment: assessment.report,
    ),
    MilestoneFinding: Shape(
        gettext_lazy("Assessor's finding"),
        rows=lambda: MilestoneFinding.objects.public().select_related(
            "assessment__report", "milestone__commitment"
        ),
        heading=lambda finding: _step(finding.milestone),
        where=lambda finding: str(finding.assessment.report),
        voice=Voice.ASSESSOR,
        address=lambda finding: f"{finding.milestone.get_absolute_url()}#{finding.anchor}",
        report=lambda finding: finding.assessment.report,
    ),
}
