"""The workbook of a plan: its commitments, milestones and progress, to read or to fill in."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import ActionPlan, Commitment, Institution, Involvement
from milestones.models import Milestone, ProgressUpdate
from ogp_tracker.opendata.as_csv import to_csv
from ogp_tracker.opendata.rows import snapshot
from ogp_tracker.opendata.table import Table
from ogp_tracker.opendata.tables.delivered import MILESTONES, UPDATES
from ogp_tracker.opendata.tables.promised import COMMITMENTS, INSTITUTIONS, PLANS

from .new_workbook import NewSheet, in_plan_order, texts_of, with_columns, workbook_of
from .tables import BY_NAME

WITHOUT_A_PLAN = {"plan_as_published", "member_as_published", "cycle_as_published"}
"""Columns that only commitments without a plan fill."""


def _columns(table: Table) -> Table:
    """The keys of its rows, and what their owners write of them."""
    target = BY_NAME[table.name]()
    names = {*table.key, *target.written_names} - target.for_commands - WITHOUT_A_PLAN
    return with_columns(table, names)


SHEETS = {
    name: _columns(table)
    for name, table in {
        "plan": PLANS,
        "institutions": INSTITUTIONS,
        "commitments": COMMITMENTS,
        "milestones": MILESTONES,
        "progress": UPDATES,
    }.items()
}

EXAMPLE = Path(__file__).with_name("example_plan.json")
"""The rows of a made-up plan, by sheet and column."""


def filled(plan: ActionPlan, *, drafts: bool) -> BytesIO:
    """With `drafts` also what is not public yet. Raises ValidationError if it is too large."""
    # All sheets from one moment, so that none names a row that another has not.
    with snapshot():
        sheets = [
            NewSheet(name, SHEETS[name], texts_of(SHEETS[name], rows))
            for name, rows in _rows(plan, drafts=drafts).items()
        ]
    what = _("It has the published rows only.")
    if drafts:
        what = _("It has drafts, too: do not pass it on.")
    return workbook_of(sheets, [f"{plan.title}. {what}", *_notes()])


def csv_files(plan: ActionPlan, *, drafts: bool) -> BytesIO:
    """The same sheets as CSV files, in a ZIP file."""
    written = BytesIO()
    with snapshot(), ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, rows in _rows(plan, drafts=drafts).items():
            table = SHEETS[name]
            blocks = table.blocks(timezone.localdate(), rows=rows)
            # Without a time, so that the same rows make the same bytes.
            archive.writestr(ZipInfo(f"{name}.csv"), b"".join(to_csv(table.names, blocks)))
    return written


def empty() -> BytesIO:
    """With an example of a plan beside, in sheets that an import leaves out."""
    sheets = [NewSheet(name, table) for name, table in SHEETS.items()]
    example = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    examples = [
        NewSheet(f"example {one.name}", one.table, [one.row_of(row) for row in example[one.name]])
        for one in sheets
    ]
    shown = _(
        "The sheets whose names begin with “example” show how a plan is written down. They are"
        " made up, and an import leaves them out."
    )
    return workbook_of(sheets, [*_notes(), shown], spare=300, examples=examples)


def _rows(plan: ActionPlan, *, drafts: bool) -> dict[str, QuerySet[Any]]:
    commitments: QuerySet[Commitment] = Commitment.objects.public()
    milestones: QuerySet[Milestone] = Milestone.objects.public()
    updates: QuerySet[ProgressUpdate] = ProgressUpdate.objects.public()
    if drafts:
        commitments, milestones = Commitment.objects.all(), Milestone.objects.all()
        updates = ProgressUpdate.objects.published()
    commitments = commitments.filter(plan=plan)
    milestones = milestones.filter(commitment__plan=plan)
    updates = updates.filter(commitment__plan=plan)
    involved = Involvement.objects.filter(commitment__in=commitments).values("institution")
    institutions = Institution.objects.filter(
        Q(pk__in=involved)
        | Q(pk__in=milestones.values("lead"))
        | Q(pk__in=updates.values("institution"))
    )
    of_commitment = in_plan_order("commitment__")
    return {
        "plan": ActionPlan.objects.filter(pk=plan.pk),
        "institutions": institutions.order_by("slug"),
        "commitments": commitments.order_by(*in_plan_order()),
        "milestones": milestones.order_by(*of_commitment, "order", "number"),
        "progress": updates.order_by(*of_commitment, "pk"),
    }


def _notes() -> list[str]:
    return [
        _("Several values in one cell have “; ” between them: eng; sct."),
        _(
            "Write a date as 2027-03-31. What the plan says in other words (Spring 2027) goes into"
            " the column beside it whose name ends in _as_published."
        ),
        _(
            "Changing a cell changes what is stored; emptying it empties what is stored. A column"
            " that you delete stays as it is stored, and so does a row. A workbook that nobody has"
            " changed changes nothing."
        ),
        _(
            "A new milestone needs no number: progress finds it by commitment_id and its label"
            " (milestone_label)."
        ),
    ]
