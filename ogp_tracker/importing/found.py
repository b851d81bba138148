"""What assessors found, as rows of sheets: reports, assessments, findings."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Commitment
from irm.codebook import BY_NAME, OPEN_VARIABLES, variables_of
from irm.models import Assessment, MilestoneFinding, Report
from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.tables import found

from .import_table import ImportTable, SluggedTable, TakenRow, cell, missing
from .lookups import M, folded
from .promised import commitment_of, milestone_of, named_in
from .run import LeftOut, Run
from .sheet import ImportSheet, SheetRow
from .written import Written, found_in


class FoundTable(ImportTable[M]):
    def refusal(self, run: Run, taken: TakenRow[M]) -> str:
        if run.is_command or run.rights.is_assessor:
            return ""
        return _("Only IRM researchers can record what an assessor found.")


class ReportTable(FoundTable[Report], SluggedTable[Report]):
    table = found.REPORTS
    model = Report
    fields = {"plan_id": "plan", "institution_id": "institution", "report_url": "url"}
    derived = frozenset({"url"})
    no_id = gettext_lazy("Write the id of the report, or its title.")

    def load(self, run: Run, sheet: ImportSheet) -> None:
        super().load(run, sheet)
        run.plans.load(cell(row, "plan_id") for row in sheet.rows)
        for row in sheet.rows:
            if "completion_totals" in row.cells:
                # One value a line, as the form has them; an export has them in one line.
                values = row.cells["completion_totals"].split(";")
                row.cells["completion_totals"] = "\n".join(one.strip() for one in values)


def report_of(run: Run, row: SheetRow) -> Report:
    """Raises ValidationError, or PassedOver if its own row was refused."""
    chosen = run.chosen.get("report_id", "")
    slug = cell(row, "report_id") or chosen
    if not slug:
        said = _("Write which report it is, or choose one for the whole sheet.")
        raise missing("report_id", said)
    if chosen and folded(slug) != folded(chosen):
        said = _("This row is about another report than the one that you chose: “%s”.")
        raise missing("report_id", said % slug)
    return named_in(run.reports, "report_id", slug)


class Assessments:
    """Those of the reports that a sheet names, by report and commitment."""

    def __init__(self, run: Run, sheet: ImportSheet) -> None:
        named = {cell(row, "report_id") or run.chosen.get("report_id", "") for row in sheet.rows}
        run.reports.load(named)
        known = map(run.reports.get, named)
        self.reports = {report.pk: report for report in known if report is not None}
        rows = Assessment.objects.filter(report__in=self.reports).select_related(
            "commitment", "shares_text_with__commitment"
        )
        rows = rows.prefetch_related("relevant_values").order_by("pk")
        self.rows: dict[tuple[int, int], Assessment] = {}
        for one in rows.select_for_update(of=("self",), no_key=True):
            one.report = self.reports[one.report_id]
            self.rows[one.report_id, one.commitment_id] = one
            if run.commitments.rows.get(folded(one.commitment.slug)) is None:
                # An assessor goes on with what is assessed, also while it is off the public site.
                run.commitments.add(one.commitment)
        run.commitments.load(cell(row, "commitment_id") for row in sheet.rows)


class AssessmentTable(FoundTable[Assessment]):
    table = found.ASSESSMENTS
    model = Assessment
    at_last = frozenset({"shares_text_with"})

    def written_column(self, column: Column) -> Written | None:
        if column.name == "shares_text_with":
            return WrittenHolder(column, self)
        return super().written_column(column)

    def load(self, run: Run, sheet: ImportSheet) -> None:
        self.known = Assessments(run, sheet)
        self.holders_before: dict[int, Commitment] = {}
        self.values_without_code(run, sheet)
        self.clusters_apart(run, sheet)

    def values_without_code(self, run: Run, sheet: ImportSheet) -> None:
        """A value that the codebook does not know goes into the column for words as published."""
        for variable in OPEN_VARIABLES:
            if variable.name not in sheet.names:
                continue
            if variable.words_name not in sheet.names:
                sheet.names.append(variable.words_name)
            for row in sheet.rows:
                words = row.cells[variable.name].strip()
                row.cells.setdefault(variable.words_name, "")
                if words and not variable.knows(words) and not row.cells[variable.words_name]:
                    row.cells[variable.name], row.cells[variable.words_name] = "", words

    def clusters_apart(self, run: Run, sheet: ImportSheet) -> None:
        """The text may be the row's own now. Whose it shares is said once all rows are there."""
        if "shares_text_with" not in sheet.names:
            return
        apart = []
        for row in sheet.rows:
            found = self.stored(run, row)
            if found is None or found.shares_text_with is None:
                continue
            holder = found.shares_text_with
            if folded(cell(row, "shares_text_with")) != folded(holder.commitment.slug):
                self.holders_before[found.pk], found.shares_text_with = holder.commitment, None
                apart.append(found.pk)
        Assessment.objects.filter(pk__in=apart).update(shares_text_with=None)

    def stored(self, run: Run, row: SheetRow) -> Assessment | None:
        report = run.reports.get(cell(row, "report_id") or run.chosen.get("report_id", ""))
        commitment = run.commitments.get(cell(row, "commitment_id"))
        return self.known.rows.get((report.pk, commitment.pk)) if report and commitment else None

    def find(self, run: Run, row: SheetRow) -> Assessment:
        report, commitment = report_of(run, row), commitment_of(run, row)
        stored = self.known.rows.get((report.pk, commitment.pk))
        return stored or Assessment(report=report, commitment=commitment)

    def key_of(self, instance: Assessment) -> tuple[int, int]:
        return instance.report_id, instance.commitment_id

    def settle(self, run: Run, taken: TakenRow[Assessment], errors: dict[str, str]) -> None:
        assessment = taken.instance
        chosen = next(
            (new for column, _old, new in taken.changes if column.name == "relevant_values"), ()
        )
        if chosen and BY_NAME["relevance"] not in variables_of(assessment.report.kind):
            errors["relevant_values"] = _(
                "A report of this kind names no OGP values. Leave it empty."
            )
        holds = chosen or cell(taken.row, "shares_text_with") or not assessment.holds_nothing
        if holds:
            assessment.is_recorded = True
        if run.publish and taken.is_new and assessment.published_on is None:
            assessment.published_on = run.today
        taken.notes += self.kept_as_published(taken.row)
        plan = assessment.report.plan_id
        if plan is not None and assessment.commitment.plan_id != plan:
            taken.notes.append(_("This commitment is not in the plan that the report is about."))

    def kept_as_published(self, row: SheetRow) -> list[str]:
        said = _("“%(said)s” has no code and is kept as published (%(column)s).")
        return [
            said % {"said": words, "column": one.name}
            for one in OPEN_VARIABLES
            if (words := row.cells.get(one.words_name))
        ]

    def saved(self, run: Run, taken: TakenRow[Assessment]) -> None:
        self.known.rows[self.key_of(taken.instance)] = taken.instance

    def name_of(self, instance: Assessment) -> str:
        return instance.commitment.slug

    def new_in_words(self, run: Run, instance: Assessment) -> str:
        if instance.published_on is None:
            return _("new assessment, kept as a draft")
        if instance.report.stage == Report.Stage.DRAFT:
            return _("new assessment, which readers see once its report is no longer a draft")
        return _("new assessment, which readers see at once")

    def finish(self, run: Run, sheet: ImportSheet) -> None:
        """Say what of the reports is not in the sheet."""
        plans = {one.plan_id for one in self.known.reports.values() if one.plan_id}
        of_plan: dict[int | None, list[Commitment]] = defaultdict(list)
        for one in Commitment.objects.public().filter(plan__in=plans).order_by("order", "slug"):
            of_plan[one.plan_id].append(one)
        in_sheet = {folded(cell(row, "commitment_id")) for row in sheet.rows}
        for key, report in self.known.reports.items():
            assessed = {
                one.commitment.slug for one in self.known.rows.values() if one.report_id == key
            }
            stays = sorted(one for one in assessed if folded(one) not in in_sheet)
            to_do = [one.slug for one in of_plan[report.plan_id] if one.slug not in assessed]
            if stays or to_do:
                run.left_out.append(LeftOut(report, stays, to_do))


class WrittenHolder(Written):
    """The commitment whose assessment of the same report holds the text."""

    def __init__(self, column: Column, table: AssessmentTable) -> None:
        super().__init__(column, Assessment._meta.get_field("shares_text_with"))
        self.table = table

    def read(self, run: Run, text: str, row: Any) -> Commitment | None:
        if not text.strip():
            return None
        commitment: Commitment = found_in(run.commitments, text)
        if (row.report_id, commitment.pk) not in self.table.known.rows:
            said = _("The report has no assessment of %s, neither recorded here nor in this sheet.")
            raise ValueError(said % commitment.slug)
        return commitment

    def stored(self, row: Any) -> Commitment | None:
        holder = row.shares_text_with
        return self.table.holders_before.get(row.pk) or (holder.commitment if holder else None)

    def store(self, row: Any, value: Commitment | None) -> None:
        holder = self.table.known.rows[row.report_id, value.pk] if value else None
        row.shares_text_with = holder


class FindingTable(FoundTable[MilestoneFinding]):
    table = found.FINDINGS
    model = MilestoneFinding

    def load(self, run: Run, sheet: ImportSheet) -> None:
        self.known = Assessments(run, sheet)
        rows = MilestoneFinding.objects.filter(assessment__in=self.known.rows.values())
        self.findings = {
            (one.assessment_id, one.milestone_id): one
            for one in rows.order_by("pk").select_for_update(of=("self",), no_key=True)
        }
        run.milestones.load({commitment for _report, commitment in self.known.rows})

    def find(self, run: Run, row: SheetRow) -> MilestoneFinding:
        report, commitment = report_of(run, row), commitment_of(run, row)
        assessment = self.known.rows.get((report.pk, commitment.pk))
        if assessment is None:
            said = _("The report has no assessment of %s yet. Import or record that first.")
            raise missing("commitment_id", said % commitment.slug)
        milestone = milestone_of(run, row, commitment)
        found = self.findings.get((assessment.pk, milestone.pk)) or MilestoneFinding()
        found.assessment, found.milestone = assessment, milestone
        return found

    def key_of(self, instance: MilestoneFinding) -> tuple[int, int]:
        return instance.assessment_id, instance.milestone_id

    def saved(self, run: Run, taken: TakenRow[MilestoneFinding]) -> None:
        """What was only covered is recorded now."""
        assessment: Any = taken.instance.assessment
        if taken.changes and not assessment.is_recorded:
            assessment.is_recorded = True
            assessment._history_user, assessment._change_reason = run.by, run.reason
            assessment.save()

    def name_of(self, instance: MilestoneFinding) -> str:
        return str(instance.milestone)
