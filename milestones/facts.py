"""From rows to the facts that `progress_rules` is asked about; nothing here writes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from commitments.models import Institution, Involvement, Nation
from commitments.rights import involvement_roles, reportable_nations, with_predecessors
from milestones import progress_rules
from milestones.amendment_rules import COLUMNS
from milestones.evidence_files.stored import StoredFile
from milestones.models import Amendment, Evidence, Milestone, ProgressUpdate


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
        file = self.file.columns() if self.file else {}
        return {
            "title": self.title,
            "url": self.url,
            "locator": self.locator,
            "archived_url": self.archived_url,
            **file,
        }


@dataclass(frozen=True)
class SourceDocument:
    """The published document that an update is taken from."""

    title: str
    url: str = ""
    locator: str = ""
    level_as_published: str = ""
    level_derived: bool = False
    as_of_as_published: str = ""


@dataclass(frozen=True)
class UpdateContent:
    """What an author says in one update."""

    nations: Sequence[Nation]
    level: str
    as_of: date | None
    narrative: str
    obstacles: str = ""
    evidence: Sequence[EvidenceFacts] = ()
    source: SourceDocument | None = None
    corrects: ProgressUpdate | None = None
    correction_reason: str = ""
    due_on_proposed: date | None = None
    due_reason: str = ""

    @property
    def is_from_document(self) -> bool:
        return self.source is not None and bool(self.source.title)


def columns_of_content(content: UpdateContent) -> dict[str, Any]:
    source = content.source or SourceDocument(title="")
    return {
        "level": content.level,
        "level_as_published": source.level_as_published,
        "level_derived": source.level_derived,
        "as_of": content.as_of,
        "as_of_as_published": source.as_of_as_published,
        "narrative": content.narrative,
        "obstacles": content.obstacles,
        "corrects": content.corrects,
        "correction_reason": content.correction_reason,
        "due_on_proposed": content.due_on_proposed,
        "due_reason": content.due_reason,
        "source_title": source.title,
        "source_url": source.url,
        "source_locator": source.locator,
    }


def facts_of_content(
    content: UpdateContent, institution: Institution | None
) -> progress_rules.UpdateFacts:
    return progress_rules.UpdateFacts(
        level=content.level,
        as_of=content.as_of,
        narrative=content.narrative,
        obstacles=content.obstacles,
        nations=frozenset(nation.code for nation in content.nations),
        evidence=frozenset(_place(piece) for piece in content.evidence),
        is_attributed=institution is not None or content.is_from_document,
        from_document=content.is_from_document,
        correction_reason=content.correction_reason,
        moves_due_to=content.due_on_proposed,
        due_reason=content.due_reason,
    )


def facts_of_update(update: ProgressUpdate) -> progress_rules.UpdateFacts:
    """Read its nations and evidence."""
    return progress_rules.UpdateFacts(
        level=update.level,
        as_of=update.as_of,
        narrative=update.narrative,
        obstacles=update.obstacles,
        nations=frozenset(nation.code for nation in update.nations.all()),
        evidence=frozenset(_place(piece) for piece in update.evidence.all()),
        is_attributed=update.institution_id is not None or update.is_from_document,
        from_document=update.is_from_document,
        correction_reason=update.correction_reason,
        moves_due_to=update.due_on_proposed,
        due_reason=update.due_reason,
    )


def is_said_by(
    update: ProgressUpdate, content: UpdateContent, institution: Institution | None
) -> bool:
    """Whether the recorded update says exactly this."""
    columns = columns_of_content(content)
    titles = [(piece.title, piece.archived_url) for piece in content.evidence]
    return (
        update.institution == institution
        and all(getattr(update, name) == value for name, value in columns.items())
        and facts_of_update(update) == facts_of_content(content, institution)
        and sorted(titles)
        == sorted((piece.title, piece.archived_url) for piece in update.evidence.all())
    )


def fingerprint(update: ProgressUpdate | Amendment) -> str:
    """Differs as soon as anything differs that readers would see. Reads what belongs to it."""
    content: dict[str, Any]
    columns: tuple[str, ...]
    if isinstance(update, Amendment):
        columns = COLUMNS
        content = {"merged": sorted(str(one) for one in update.merged_into_all)}
    else:
        columns = tuple(columns_of_content(UpdateContent((), level="", as_of=None, narrative="")))
        content = {
            "nations": sorted(nation.code for nation in update.nations.all()),
            "evidence": [
                (piece.title, piece.url, piece.sha256, piece.locator, piece.archived_url)
                for piece in update.evidence.all()
            ],
        }
    content["columns"] = {name: update.serializable_value(name) for name in sorted(columns)}
    content["institution"] = update.institution_id
    written = json.dumps(content, default=str, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def circumstances(
    milestone: Milestone, institution: Institution | None, corrects: ProgressUpdate | None, on: date
) -> progress_rules.Circumstances:
    rows = list(
        milestone.nation_progress.select_related("nation", "update").prefetch_related(
            "update__evidence", "update__nations"
        )
    )
    not_applicable = {row.nation.code for row in rows if not row.applies}
    commitment = milestone.commitment
    plan = commitment.plan
    in_scope = frozenset(nation.code for nation in commitment.nations.all())
    roles = involvement_roles(institution, commitment) if institution else frozenset()
    return progress_rules.Circumstances(
        on=on,
        in_scope=in_scope - not_applicable,
        # Without an institution the words come from a document, which may be about all of them.
        reportable_nations=reportable_nations(institution, commitment, roles)
        if institution
        else in_scope,
        plan_first_day=plan.first_day if plan else None,
        current={row.nation.code: facts_of_update(row.update) for row in rows if row.update},
        corrects=corrects is not None,
        corrected_is_current=corrects is not None
        and milestone.updates.published().standing().filter(pk=corrects.pk).exists(),
        may_correct=is_its_own(corrects, institution),
        due_on=milestone.due_on,
        may_move_due_date=Involvement.Role.LEAD in roles,
    )


def is_its_own(update: ProgressUpdate | None, institution: Institution | None) -> bool:
    """Return whether the update was made by the institution, or by one whose work it carries on.

    What a document says without saying for whom is corrected from whatever source knows better,
    but no such document corrects what an officer reported.
    """
    if update is None or update.institution_id is None:
        return True
    if institution is None:
        return update.is_from_document
    return update.institution_id in with_predecessors([institution.pk])


def local_date(moment: datetime | None) -> date | None:
    """In the time zone of the site."""
    return None if moment is None else timezone.localdate(moment)


def expected_cells(
    milestone: Milestone, also: ProgressUpdate | None = None
) -> dict[int, ProgressUpdate | None]:
    """Return per nation the update that the milestone's published updates make current.

    `also` is one that counts as if it were published. Keys are nations in scope and those that
    have a row though they left the scope. Reads what `Milestone.objects.for_cells()` has
    prefetched.
    """
    updates = {update.pk: update for update in milestone.updates.all() if update.is_published}
    if also is not None:
        updates[also.pk] = also
    facts = [
        progress_rules.PublishedFacts(
            key=update.pk,
            as_of=update.day,
            recorded_at=update.recorded_at,
            corrects=update.corrects_id,
            nations=frozenset(nation.code for nation in update.nations.all()),
        )
        for update in updates.values()
    ]
    nations = {nation.pk: nation.code for nation in milestone.commitment.nations.all()}
    nations |= {row.nation_id: row.nation.code for row in milestone.nation_progress.all()}
    return {
        pk: updates.get(progress_rules.current_update(facts, code) or 0)
        for pk, code in nations.items()
    }


def _place(piece: EvidenceFacts | Evidence) -> tuple[str, str]:
    """Where a piece of evidence is to be found; a file is known by its content."""
    return (piece.url or piece.sha256, piece.locator)
