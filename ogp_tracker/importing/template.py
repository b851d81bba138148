"""A workbook to fill in: the commitments of a report's plan, and what is recorded of them."""

from io import BytesIO
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from commitments.models import Commitment
from commitments.rights import Rights
from irm.codebook import BY_NAME, variables_of
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Milestone
from ogp_tracker.opendata.table import Table

from .found import AssessmentTable, FindingTable
from .import_table import ImportTable
from .new_workbook import NewSheet, Texts, in_plan_order, texts_of, with_columns, workbook_of

TEMPLATES: dict[str, ImportTable[Any]] = {
    one.table.name: one for one in (AssessmentTable(), FindingTable())
}


def template_of(target: ImportTable[Any], report: Report, rights: Rights) -> BytesIO:
    """Raises ValidationError if there are too many rows."""
    table = columns_for(target, report)
    of_findings = isinstance(target, FindingTable)
    rows = _findings(report, table) if of_findings else _assessments(report, rights, table)
    about = _("Report: %s") % f"{report.title} ({report.get_kind_display()})"
    return workbook_of([NewSheet(table.name, table, rows)], [about])


def columns_for(target: ImportTable[Any], report: Report) -> Table:
    """Without the codes that such a report does not give."""
    given = {variable.name for variable in variables_of(report.kind)}
    not_given = set(BY_NAME) - given
    if "relevance" not in given:
        not_given.add("relevant_values")
    names = {*target.table.key, "milestone_label", *target.written_names}
    return with_columns(target.table, names - not_given)


def _assessments(report: Report, rights: Rights, table: Table) -> list[Texts]:
    rows = texts_of(table, Assessment.objects.filter(report=report))
    recorded = {row[1]: row for row in rows}
    seen = Q(plan__isnull=False, plan=report.plan_id, pk__in=rights.seen_commitments().values("pk"))
    assessed = Q(pk__in=Assessment.objects.filter(report=report).values("commitment"))
    listed = Commitment.objects.filter(seen | assessed).order_by(*in_plan_order())
    return [
        recorded.get(slug, _padded((report.slug, slug), table))
        for slug in listed.values_list("slug", flat=True)
    ]


def _findings(report: Report, table: Table) -> list[Texts]:
    rows = texts_of(table, MilestoneFinding.objects.filter(assessment__report=report))
    recorded = {row[1:3]: row for row in rows}
    assessed = Milestone.objects.filter(commitment__assessments__report=report)
    listed = assessed.order_by(*in_plan_order("commitment__"), "order", "number")
    keys = listed.values_list("commitment__slug", Cast("number", TextField()), "label")
    return [recorded.get(key[:2], _padded((report.slug, *key), table)) for key in keys]


def _padded(cells: Texts, table: Table) -> Texts:
    return (*cells, *[""] * (len(table.columns) - len(cells)))
