"""From rows to the facts that the rules of `statuses` are asked about; nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from commitments.models import Commitment, Institution, Involvement, Nation
from milestones import statuses
from milestones.models import Milestone, ProgressUpdate


@dataclass(frozen=True)
class EvidenceFacts:
    """One piece of evidence as it is handed in: an address, its title and where to look."""

    title: str
    url: str = ""
    file: Any = ""
    locator: str = ""
    archived_url: str = ""


@dataclass(frozen=True)
class Source:
    """The published document that the words of a report come from."""

    title: str
    url: str = ""
    locator: str = ""
    level_as_published: str = ""
    level_derived: bool = False
    as_of_as_published: str = ""


@dataclass(frozen=True)
class Report:
    """What is reported of one milestone."""

    nations: Sequence[Nation]
    level: str
    as_of: date
    narrative: str
    obstacles: str = ""
    evidence: Sequence[EvidenceFacts] = ()
    source: Source | None = None
    corrects: ProgressUpdate | None = None
    correction_reason: str = ""


def columns_of_report(report: Report) -> dict[str, Any]:
    """Return the columns of a ProgressUpdate in which the words of the report are kept."""
    source = report.source or Source(title="")
    return {
        "level": report.level,
        "level_as_published": source.level_as_published,
        "level_derived": source.level_derived,
        "as_of": report.as_of,
        "as_of_as_published": source.as_of_as_published,
        "narrative": report.narrative,
        "obstacles": report.obstacles,
        "corrects": report.corrects,
        "correction_reason": report.correction_reason,
        "source_title": source.title,
        "source_url": source.url,
        "source_locator": source.locator,
    }


def facts_of_report(report: Report, institution: Institution | None) -> statuses.ReportFacts:
    """Return what a report that is handed in by the institution says."""
    from_document = report.source is not None and bool(report.source.title)
    return statuses.ReportFacts(
        level=report.level,
        as_of=report.as_of,
        narrative=report.narrative,
        obstacles=report.obstacles,
        nations=frozenset(nation.code for nation in report.nations),
        evidence=frozenset(_place(piece) for piece in report.evidence),
        has_speaker=institution is not None or from_document,
        from_document=from_document,
        correction_reason=report.correction_reason,
    )


def facts_of_update(update: ProgressUpdate) -> statuses.ReportFacts:
    """Return what a recorded update says; reads its nations and evidence."""
    return statuses.ReportFacts(
        level=update.level,
        as_of=update.as_of,
        narrative=update.narrative,
        obstacles=update.obstacles,
        nations=frozenset(nation.code for nation in update.nations.all()),
        evidence=frozenset(_place(piece) for piece in update.evidence.all()),
        has_speaker=update.institution_id is not None or update.is_from_document,
        from_document=update.is_from_document,
        correction_reason=update.correction_reason,
    )


def nations_spoken_for(institution: Institution | None, commitment: Commitment) -> frozenset[str]:
    """Return the codes of the nations for which the institution may report.

    A lead institution speaks for all nations in scope, any other for its own nation only.
    Without an institution the words come from a document, which may speak for all.
    """
    in_scope = frozenset(nation.code for nation in commitment.nations.all())
    if (
        institution is None
        or commitment.involvements.filter(
            institution=institution, role=Involvement.Role.LEAD
        ).exists()
    ):
        return in_scope
    own = {institution.nation.code} if institution.nation else set()
    return in_scope & own


def circumstances(
    milestone: Milestone,
    institution: Institution | None,
    corrects: ProgressUpdate | None,
    on: date,
) -> statuses.Circumstances:
    """Return what a report of this milestone by this institution is checked against."""
    rows = list(
        milestone.nation_progress.select_related("nation", "update").prefetch_related(
            "update__evidence", "update__nations"
        )
    )
    not_applicable = {row.nation.code for row in rows if not row.applies}
    plan = milestone.commitment.plan
    return statuses.Circumstances(
        on=on,
        in_scope=frozenset(nation.code for nation in milestone.commitment.nations.all())
        - not_applicable,
        may_speak_for=nations_spoken_for(institution, milestone.commitment),
        plan_first_day=plan.first_day if plan else None,
        current={row.nation.code: facts_of_update(row.update) for row in rows if row.update},
        corrects=corrects is not None,
        corrected_is_current=corrects is not None
        and corrects.milestone_id == milestone.pk
        and corrects.is_published
        and not corrects.corrections.published().exists(),
    )


def expected_cells(milestone: Milestone) -> dict[int, ProgressUpdate | None]:
    """Return per nation the update that the milestone's published updates make current.

    Keys are nations in scope and those that have a row though they left the scope. Reads what
    `Milestone.objects.for_cells()` has prefetched.
    """
    updates = {update.pk: update for update in milestone.updates.all() if update.is_published}
    facts = [
        statuses.PublishedFacts(
            key=update.pk,
            as_of=update.as_of,
            recorded_at=update.recorded_at,
            corrects=update.corrects_id,
            nations=frozenset(nation.code for nation in update.nations.all()),
        )
        for update in updates.values()
    ]
    nations = {nation.pk: nation.code for nation in milestone.commitment.nations.all()}
    nations |= {row.nation_id: row.nation.code for row in milestone.nation_progress.all()}
    return {
        pk: updates.get(statuses.current_update(facts, code) or 0) for pk, code in nations.items()
    }


def _place(piece: Any) -> tuple[str, str]:
    """Return where a piece of evidence is to be found."""
    return (piece.url or str(piece.file), piece.locator)
