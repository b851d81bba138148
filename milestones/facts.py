"""From rows to what `progress_rules` and `amendment_rules` are asked about; nothing here writes."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import singledispatch
from typing import Any

from django.utils import timezone

from commitments.models import Commitment, Institution, Nation
from milestones import levels_in, progress_rules
from milestones.amendment_rules import COLUMNS, Amended, AmendmentContent
from milestones.evidence_files.stored import StoredFile
from milestones.known import known_in
from milestones.known import text_of as known_text
from milestones.levels import NOT_REPORTED, Cell, LevelBasis, Provenance, roll_up
from milestones.models import Amendment, Evidence, Milestone, NationProgress, ProgressUpdate
from milestones.models.nation_progress import CURRENT_COPIES
from milestones.models.signed_off import SignedOff
from milestones.published_words import basis_of
from milestones.settled import is_settled, text_of
from milestones.targets import (
    Target,
    commitment_of,
    due_date_of,
    text_column,
)


@dataclass(frozen=True)
class EvidenceFacts:
    """One piece of evidence as it is handed in: an address or a file, and where to look in it."""

    title: str
    url: str = ""
    file: StoredFile | None = None
    locator: str = ""
    archived_url: str = ""

    @property
    def sha256(self) -> str:
        return self.file.sha256 if self.file else ""

    def columns(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("title", "url", "locator", "archived_url")}
        return own | (self.file.columns() if self.file else {})


@dataclass(frozen=True)
class UpdateContent:
    """What an author says in one update; a title of a source makes it words of a document."""

    nations: Sequence[Nation]
    level: str
    as_of: date | None
    narrative: str
    obstacles: str = ""
    schedule: str = ""
    evidence: Sequence[EvidenceFacts] = ()
    corrects: ProgressUpdate | None = None
    correction_reason: str = ""
    due_on_proposed: date | None = None
    due_reason: str = ""
    source_title: str = ""
    source_url: str = ""
    source_locator: str = ""
    source_provenance: str = Provenance.PUBLISHED_ELSEWHERE.value
    words_as_published: str = ""
    words_basis: str = ""
    """How the words give the level; empty: as the table of published words says."""
    as_of_as_published: str = ""

    @property
    def provenance(self) -> str:
        return self.source_provenance if self.source_title else Provenance.REPORTED_HERE.value

    @property
    def level_basis(self) -> str:
        """An officer who gives a level is its source."""
        if not self.level:
            return ""
        if not self.source_title:
            return LevelBasis.GIVEN.value
        return self.words_basis or basis_of(self.level, self.words_as_published)


UPDATE_COLUMNS = (
    *("level", "level_basis", "schedule", "words_as_published", "provenance"),
    *("as_of", "as_of_as_published", "narrative", "obstacles", "corrects", "correction_reason"),
    *("due_on_proposed", "due_reason", "source_title", "source_url", "source_locator"),
)


def columns_of_content(content: UpdateContent) -> dict[str, Any]:
    return {name: getattr(content, name) for name in UPDATE_COLUMNS}


def facts_of_content(
    content: UpdateContent, institution: Institution | None
) -> progress_rules.UpdateFacts:
    update = ProgressUpdate(institution=institution, **columns_of_content(content))
    return _facts(update, content.nations, content.evidence)


def facts_of_update(update: ProgressUpdate) -> progress_rules.UpdateFacts:
    """Read its nations and evidence."""
    return _facts(update, update.nations.all(), update.evidence.all())


def _facts(
    update: ProgressUpdate, nations: Iterable[Nation], evidence: Iterable[EvidenceFacts | Evidence]
) -> progress_rules.UpdateFacts:
    return progress_rules.UpdateFacts(
        level=update.level,
        level_basis=update.level_basis,
        schedule=update.schedule,
        words=update.words_as_published,
        as_of=update.as_of,
        narrative=update.narrative,
        obstacles=update.obstacles,
        nations=frozenset(nation.code for nation in nations),
        # A file is known by its content.
        evidence=frozenset((piece.url or piece.sha256, piece.locator) for piece in evidence),
        is_attributed=update.institution_id is not None or update.is_from_document,
        provenance=update.provenance,
        correction_reason=update.correction_reason,
        moves_due_to=update.due_on_proposed,
        due_reason=update.due_reason,
    )


def is_said_by(
    update: ProgressUpdate, content: UpdateContent, institution: Institution | None
) -> bool:
    def titles(evidence: Iterable[EvidenceFacts | Evidence]) -> list[tuple[str, str]]:
        return sorted((piece.title, piece.archived_url) for piece in evidence)

    return (
        update.institution == institution
        and all(
            getattr(update, name) == value for name, value in columns_of_content(content).items()
        )
        and facts_of_update(update) == facts_of_content(content, institution)
        and titles(content.evidence) == titles(update.evidence.all())
    )


def fingerprint(record: SignedOff) -> str:
    """Differs as soon as anything differs that readers would see. Reads what belongs to it."""
    content = {**read_in(record), "institution": record.institution_id}
    written = json.dumps(content, default=str, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


@singledispatch
def read_in(record: SignedOff) -> dict[str, Any]:
    """Return what people who sign it off read."""
    raise NotImplementedError


@read_in.register
def _read_in_amendment(amendment: Amendment) -> dict[str, Any]:
    merged = sorted(str(one) for one in amendment.merged_into_all)
    return {"merged": merged, "columns": _columns(amendment, COLUMNS)}


@read_in.register
def _read_in_update(update: ProgressUpdate) -> dict[str, Any]:
    return {
        "nations": sorted(nation.code for nation in update.nations.all()),
        "evidence": [
            (piece.title, piece.url, piece.sha256, piece.locator, piece.archived_url)
            for piece in update.evidence.all()
        ],
        "columns": _columns(update, UPDATE_COLUMNS),
    }


def _columns(record: SignedOff, names: Iterable[str]) -> dict[str, Any]:
    return {name: record.serializable_value(name) for name in sorted(names)}


def amended_now(target: Target, now: datetime) -> Amended:
    return Amended(
        on=timezone.localdate(now),
        key=target.pk,
        state=target.amendment_state,
        due_on=due_date_of(target),
        text=getattr(target, text_column(target)),
        starts_on=target.start_date if isinstance(target, Commitment) else target.start_on,
    )


def content_of(amendment: Amendment) -> AmendmentContent:
    merged_into = [one.pk for one in amendment.merged_into_all]
    columns = {name: getattr(amendment, name) for name in COLUMNS}
    return AmendmentContent(**columns, merged_into=merged_into)


def expected_cells(
    target: Target, also: ProgressUpdate | None = None, until: datetime | None = None
) -> dict[int, ProgressUpdate | None]:
    """Return per nation the update that the published updates of the target make current.

    `also` is one that counts as if it were published; `until` leaves out what came then or later.
    Keys are nations in scope and those that have a row though they left the scope. Reads what
    `Milestone.objects.for_cells()` or `targets.for_cells` has prefetched.
    """
    updates = {
        update.pk: update
        for update in target.updates.all()
        if update.published_at and (until is None or update.published_at < until)
    }
    if also is not None:
        updates[also.pk] = also
    current = progress_rules.current_updates(
        progress_rules.PublishedFacts(
            key=update.pk,
            as_of=update.day,
            recorded_at=update.recorded_at,
            corrects=update.corrects_id,
            nations=frozenset(nation.code for nation in update.nations.all()),
        )
        for update in updates.values()
    )
    nations = {nation.pk: nation.code for nation in commitment_of(target).nations.all()}
    nations |= {row.nation_id: row.nation.code for row in target.nation_progress.all()}
    return {pk: updates.get(current.get(code, 0)) for pk, code in nations.items()}


def copies_of(update: ProgressUpdate | None) -> dict[str, Any]:
    given = update or NationProgress()
    copies = {name: getattr(given, name) for name in CURRENT_COPIES if name != "update"}
    return {**copies, "update": update}


def says(row: NationProgress, update: ProgressUpdate | None) -> bool:
    expected = {**copies_of(update), "update": update.pk if update else None}
    return all(row.serializable_value(name) == value for name, value in expected.items())


def summary_of(milestone: Milestone) -> dict[str, Any]:
    """What a milestone repeats of its updates and its scope. It comes from `for_cells()`."""
    rows = {row.nation_id: row for row in milestone.nation_progress.all()}
    nations = {nation.pk: nation.code for nation in milestone.commitment.nations.all()}
    current = expected_cells(milestone)
    applies = {key: key not in rows or rows[key].applies for key in current}
    cells: dict[str, Cell] = {
        code: current[key] or NationProgress() for key, code in nations.items() if applies[key]
    }
    whole = roll_up(cells.values())
    nations |= {row.nation_id: row.nation.code for row in rows.values()}
    settled = (
        nations[key]
        for key, update in current.items()
        if is_settled(applies[key], update.level if update else NOT_REPORTED)
    )
    moments = [
        update.published_at
        for update in milestone.updates.all()
        if update.published_at and update.provenance != Provenance.ASSESSOR_REPORT
    ]
    return {
        "overall": whole.overall.value,
        "overall_is_read": whole.is_read,
        "is_completed": whole.is_completed,
        "known_in": known_text({code: known_in(cell) for code, cell in cells.items()}),
        "levels_in": levels_in.text_of(cells),
        "settled_in": text_of(settled),
        "last_reported_on": timezone.localdate(max(moments)) if moments else None,
    }
