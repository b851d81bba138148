"""The results: whose word each row is, where it is, and a passage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.models import ActionPlan, Commitment, Institution, Nation, PolicyArea
from commitments.querysets import published_commitments
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones.levels import Provenance, in_words
from milestones.models import Amendment, Evidence, Milestone, ProgressUpdate
from milestones.templatetags.progress import account
from ogp_tracker.common.texts import StrOrPromise
from ogp_tracker.search.marking import HighlightedHit, highlight
from ogp_tracker.search.query import Query
from ogp_tracker.search.sources import Source, rows_by_source


class WhoseWord(StrEnum):
    """The values are in the names of CSS classes."""

    GOVERNMENT = "government"
    ASSESSOR = "assessor"
    NEITHER = ""


@dataclass(frozen=True)
class Result:
    row: Model
    what: StrOrPromise
    whose_word: WhoseWord
    heading: SafeString
    passage: SafeString
    note: SafeString | str
    """The passage of this site's own note, where only that holds what was looked for."""
    where: str
    address: str
    report: Report | None
    """The assessor's report that it is from, which may not be final."""


@dataclass(frozen=True)
class Presentation:
    """How rows of a model are read for the results, and what is shown of them."""

    what: StrOrPromise
    rows: Callable[[], QuerySet[Any]]
    where: Callable[[Any], str]
    heading: Callable[[Any], str] = str
    whose_word: Callable[[Any], WhoseWord] = lambda row: WhoseWord.NEITHER
    has_head_in_heading: bool = False
    """Whether the heading shows the source's head; otherwise the passage does."""
    address: Callable[[Any], str] = lambda row: row.get_absolute_url()
    report: Callable[[Any], Report | None] = lambda row: None


NOTE = "tracker_note"


def results(keys: Sequence[int], query: Query) -> list[Result]:
    """In the order of the keys, with one query for each model, and only if still public."""
    rows = {
        source.first_key + row.pk: (source, row)
        for source, pks in rows_by_source(keys).items()
        for row in PRESENTATIONS[source.model].rows().filter(pk__in=pks)
    }
    found = [rows[key] for key in keys if key in rows]
    texts = [_texts(source, row) for source, row in found]
    notes = [("", getattr(row, NOTE, "")) for _source, row in found]
    marked = highlight(query, [*texts, *notes])
    return [
        _result(PRESENTATIONS[source.model], row, words, note.passage)
        for (source, row), words, note in zip(
            found, marked[: len(found)], marked[len(found) :], strict=True
        )
    ]


def _texts(source: Source, row: Model) -> tuple[str, str]:
    presentation = PRESENTATIONS[source.model]
    columns = source.body if presentation.has_head_in_heading else (*source.head, *source.body)
    return presentation.heading(row), "\n".join(
        filter(None, (getattr(row, name) for name in columns if name != NOTE))
    )


def _result(
    presentation: Presentation, row: Model, words: HighlightedHit, note: SafeString
) -> Result:
    is_in_note = "<mark>" in note and "<mark>" not in words.heading + words.passage
    return Result(
        row=row,
        what=presentation.what,
        whose_word=presentation.whose_word(row),
        heading=words.heading,
        passage=SafeString() if is_in_note else words.passage,
        note=note if is_in_note else "",
        where=presentation.where(row),
        address=presentation.address(row),
        report=presentation.report(row),
    )


def _named(target: Milestone | Commitment) -> str:
    """A milestone's name among those of other commitments."""
    if isinstance(target, Commitment):
        return str(target)
    names = {"milestone": target.name, "commitment": target.commitment}
    return _("%(milestone)s of %(commitment)s") % names


def _with_other_names(row: Institution | Nation) -> str:
    others = ", ".join(row.other_names.splitlines())
    return f"{row.name} ({others})" if others else row.name


def _policy_areas() -> QuerySet[PolicyArea]:
    return PolicyArea.objects.public().annotate(total=published_commitments("commitments"))


def _how_many_commitments(total: int) -> str:
    words = ngettext("%(total)s commitment", "%(total)s commitments", total)
    return words % {"total": intcomma(total)}


def _plan_of(row: Commitment | Report) -> str:
    if row.plan is not None:
        return str(row.plan)
    return row.plan_as_published if isinstance(row, Commitment) else ""


def _reported(update: ProgressUpdate) -> str:
    said = {
        "whose": account(update),
        "speaker": update.institution or update.source_title,
        "said": in_words(update),
        "day": update.as_of_in_words,
    }
    return _("%(speaker)s: %(said)s, as at %(day)s. %(whose)s") % said


def _whose_word(update: ProgressUpdate) -> WhoseWord:
    is_told = update.provenance == Provenance.ASSESSOR_REPORT
    return WhoseWord.ASSESSOR if is_told else WhoseWord.GOVERNMENT


def _updates() -> QuerySet[ProgressUpdate]:
    corrections = ProgressUpdate.objects.published().filter(corrects=OuterRef("pk"))
    return (
        ProgressUpdate.objects.public()
        .annotate(is_corrected=Exists(corrections))
        .select_related("commitment", "milestone__commitment", "institution")
        .defer("institution__team_mailbox")
    )


PRESENTATIONS: dict[type[Model], Presentation] = {
    Commitment: Presentation(
        gettext_lazy("Commitment"),
        rows=lambda: Commitment.objects.public().select_related("plan"),
        where=_plan_of,
        has_head_in_heading=True,
    ),
    ActionPlan: Presentation(
        gettext_lazy("Action plan"), rows=ActionPlan.objects.public, where=lambda plan: plan.member
    ),
    Institution: Presentation(
        gettext_lazy("Institution"),
        rows=Institution.objects.public,
        where=lambda institution: institution.get_kind_display(),
        heading=_with_other_names,
        has_head_in_heading=True,
    ),
    Milestone: Presentation(
        gettext_lazy("Milestone"),
        rows=lambda: Milestone.objects.public().select_related("commitment__plan"),
        heading=_named,
        where=lambda milestone: _plan_of(milestone.commitment),
    ),
    ProgressUpdate: Presentation(
        gettext_lazy("Progress update"),
        rows=_updates,
        heading=lambda update: _named(update.target),
        where=_reported,
        whose_word=_whose_word,
    ),
    Evidence: Presentation(
        gettext_lazy("Evidence for a progress update"),
        rows=lambda: Evidence.objects.public().select_related(
            "update__commitment", "update__milestone__commitment"
        ),
        where=lambda piece: _named(piece.update.target),
        whose_word=lambda piece: _whose_word(piece.update),
        has_head_in_heading=True,
        address=lambda piece: piece.update.get_absolute_url(),
    ),
    Reply: Presentation(
        gettext_lazy("Government’s reply"),
        rows=lambda: (
            Reply.objects.public()
            .select_related(
                "assessment__commitment", "finding__milestone__commitment", "institution"
            )
            .defer("institution__team_mailbox")
        ),
        heading=lambda reply: _named(
            reply.finding.milestone if reply.finding else reply.assessment.commitment
        ),
        where=lambda reply: str(reply.institution),
        whose_word=lambda reply: WhoseWord.GOVERNMENT,
    ),
    Amendment: Presentation(
        gettext_lazy("Change to the plan"),
        rows=lambda: Amendment.objects.public().of_something(),
        heading=lambda row: _named(row.target),
        where=lambda row: f"{row.institution or row.source_title}: {row.get_kind_display()}",
        whose_word=lambda row: WhoseWord.GOVERNMENT,
    ),
    Report: Presentation(
        gettext_lazy("Assessor’s report"),
        rows=lambda: Report.objects.public().select_related("plan"),
        where=_plan_of,
        whose_word=lambda row: WhoseWord.ASSESSOR,
        has_head_in_heading=True,
        report=lambda report: report,
    ),
    Assessment: Presentation(
        gettext_lazy("Assessor’s analysis"),
        rows=lambda: Assessment.objects.public().select_related("commitment", "report"),
        heading=lambda assessment: str(assessment.commitment),
        where=lambda row: (
            str(row.report)
            if row.is_recorded
            else _("Covered by %s; its findings are not recorded here") % row.report
        ),
        whose_word=lambda row: WhoseWord.ASSESSOR,
        report=lambda assessment: assessment.report,
    ),
    MilestoneFinding: Presentation(
        gettext_lazy("Assessor’s finding"),
        rows=lambda: MilestoneFinding.objects.public().select_related(
            "assessment__report", "milestone__commitment"
        ),
        heading=lambda finding: _named(finding.milestone),
        where=lambda finding: str(finding.assessment.report),
        whose_word=lambda row: WhoseWord.ASSESSOR,
        report=lambda finding: finding.assessment.report,
    ),
    Nation: Presentation(
        gettext_lazy("Nation"),
        rows=Nation.objects.for_list,
        where=lambda nation: _how_many_commitments(nation.commitment_count),
        heading=_with_other_names,
        has_head_in_heading=True,
    ),
    PolicyArea: Presentation(
        gettext_lazy("Policy area"),
        rows=_policy_areas,
        where=lambda area: _how_many_commitments(area.total),
        has_head_in_heading=True,
    ),
}
