"""What was promised, as rows of sheets: institutions, plans, commitments, milestones."""

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import ActionPlan, Commitment, Institution, Involvement
from commitments.rights import rights_of
from commitments.services import (
    change_plan,
    create_plan,
    has_been_public,
    keep_former_slug,
    missing_in,
    place_in_plan,
)
from milestones.models import Milestone
from milestones.services import MilestoneNumbers, nations_that_stay
from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.tables import delivered, promised

from .import_table import ImportTable, SluggedTable, TakenRow, cell, field_of, missing
from .lookups import Lookup, M, folded
from .run import Run
from .sheet import ImportSheet, SheetRow
from .written import LOOKUPS, PassedOver, Written, WrittenLinks, WrittenRole, found_in, in_order


class InstitutionTable(SluggedTable[Institution]):
    table = promised.INSTITUTIONS
    model = Institution
    at_last = frozenset({"succeeded_by"})
    fields = {"nation_code": "nation"}
    name_column = "name"
    no_id = gettext_lazy("Write the id of the institution, or its name.")

    def refusal(self, run: Run, taken: TakenRow[Institution]) -> str:
        if run.is_command or run.rights.is_administrator:
            return ""
        if taken.is_new and run.rights.coordinates:
            return ""
        return _(
            "Only an administrator can change an institution by import. Leave the row unchanged."
        )


class PlanTable(SluggedTable[ActionPlan]):
    table = promised.PLANS
    model = ActionPlan
    no_id = gettext_lazy("Write the id of the plan, or its title.")

    def refusal(self, run: Run, taken: TakenRow[ActionPlan]) -> str:
        """The service asks who may."""
        return ""

    def save(self, run: Run, taken: TakenRow[ActionPlan]) -> None:
        (create_plan if taken.is_new else change_plan)(taken.instance, run.by)

    def saved(self, run: Run, taken: TakenRow[ActionPlan]) -> None:
        if taken.is_new:
            # Who creates a plan may edit its commitments.
            run.rights = rights_of(run.by)
        super().saved(run, taken)


class CommitmentTable(ImportTable[Commitment]):
    table = promised.COMMITMENTS
    model = Commitment
    at_last = frozenset({"continues"})
    for_commands = frozenset({"published_on"})
    fields = {"plan_id": "plan", "nation_codes": "nations"}
    derived = frozenset({"amendment_state"})
    roles = {
        "lead_ids": Involvement.Role.LEAD,
        "partner_ids": Involvement.Role.PARTNER,
        "support_government_ids": Involvement.Role.SUPPORT_GOVERNMENT,
        "support_others_ids": Involvement.Role.SUPPORT_OTHERS,
    }

    def written_column(self, column: Column) -> Written | None:
        if (role := self.roles.get(column.name)) is not None:
            return WrittenRole(column, role, LOOKUPS[Institution])
        if column.name == "continues":
            field = field_of(Commitment, column.name)
            return WrittenContinues(column, field, LOOKUPS[Commitment])
        return super().written_column(column)

    def load(self, run: Run, sheet: ImportSheet) -> None:
        self.public: dict[int, SheetRow] = {}
        rows = sheet.rows
        run.any_commitments.load(cell(row, "commitment_id") for row in rows)
        run.plans.load(cell(row, "plan_id") for row in rows)
        lists = [
            row.cells[name].split(";") for row in rows for name in self.roles if name in row.cells
        ]
        run.institutions.load(one for some in lists for one in some)
        run.commitments.load(
            one for row in rows for one in row.cells.get("continues", "").split(";")
        )

    def find(self, run: Run, row: SheetRow) -> Commitment:
        title, ogp_id = cell(row, "title"), cell(row, "ogp_id")
        slug = cell(row, "commitment_id") or ogp_id or slugify(title)[:60].strip("-")
        if not slug:
            raise missing("commitment_id", _("Write the id of the commitment, or its title."))
        found = run.any_commitments.get(slug)
        if found is not None and not (run.is_command or run.may_edit(found.pk)):
            said = _("The commitment with this id is not one that you look after. Choose another.")
            raise missing("commitment_id", said)
        row.cells["commitment_id"] = found.slug if found else slug
        if "plan_id" in row.cells and not cell(row, "plan_id"):
            row.cells["plan_id"] = run.chosen.get("plan_id", "")
        chosen = "" if "plan_id" in row.cells else run.chosen.get("plan_id", "")
        return found or Commitment(slug=slug, plan=run.plans.get(chosen))

    def key_of(self, instance: Commitment) -> str:
        return instance.slug.casefold()

    def refusal(self, run: Run, taken: TakenRow[Commitment]) -> str:
        if run.is_command or run.may_edit(taken.instance.pk):
            return ""
        if taken.is_new and run.rights.coordinates:
            # Whether it is theirs with this plan and these leads is asked of all at the end.
            return ""
        return _("Only a point of contact can import commitments.")

    def settle(self, run: Run, taken: TakenRow[Commitment], errors: dict[str, str]) -> None:
        commitment = taken.instance
        leads = next((new for one, _old, new in taken.changes if one.name == "lead_ids"), ())
        if leads and commitment.lead_unknown:
            errors["lead_unknown"] = _("There is a lead in lead_ids. Write false, or empty that.")
        if taken.is_new and run.publish and commitment.published_on is None:
            commitment.published_on = run.today
        if taken.is_new and not run.is_command and commitment.plan and commitment.order is None:
            commitment.order = place_in_plan(commitment.plan, commitment.label)
        for column, old, new in taken.changes:
            if (
                column.name == "ogp_id"
                and old
                and not run.is_command
                and has_been_public(commitment)
            ):
                errors["ogp_id"] = _("Readers know this id. Leave it unchanged.")
            is_nations = column.name == "nation_codes" and not taken.is_new
            if is_nations and (said := nations_that_stay(commitment, new)):
                errors["nation_codes"] = " ".join(said)
        if commitment.ogp_id:
            commitment.slug = commitment.ogp_id

    def saved(self, run: Run, taken: TakenRow[Commitment]) -> None:
        commitment = taken.instance
        former = cell(taken.row, "commitment_id")
        if former != commitment.slug and not taken.is_new and has_been_public(commitment):
            keep_former_slug(commitment, former)
        for lookup in (run.commitments, run.any_commitments):
            lookup.add(commitment)
            lookup.add(commitment, former)
        if taken.is_new or taken.changes:
            run.commitments_touched.add(commitment.pk)
            if commitment.published_on is not None:
                self.public[commitment.pk] = taken.row

    def finish(self, run: Run, sheet: ImportSheet) -> None:
        """What readers see keeps what it was published with."""
        if not run.is_command:
            for key, sentences in missing_in(Commitment.objects.filter(pk__in=self.public)).items():
                for sentence in sentences:
                    run.refuse(sheet, self.public[key], "commitment_id", sentence)

    def refused(self, run: Run, row: SheetRow) -> None:
        run.commitments.refuse(cell(row, "commitment_id"))

    def new_in_words(self, run: Run, instance: Commitment) -> str:
        if instance.published_on is None:
            return _("new commitment, kept as a draft")
        return _("new commitment, which readers see at once")


class WrittenContinues(WrittenLinks):
    """The exports name public commitments only, so drafts that are not named stay."""

    def read(self, run: Run, text: str, row: Any) -> tuple[Any, ...]:
        drafts = [one for one in self.stored(row) if one.published_on is None]
        named = super().read(run, text, row)
        if any(one == row or (one.plan_id and one.plan_id == row.plan_id) for one in named):
            raise ValueError(_("Name only commitments of other plans."))
        return in_order([*named, *drafts])


class MilestoneTable(ImportTable[Milestone]):
    table = delivered.MILESTONES
    model = Milestone
    fields = {"lead_id": "lead"}
    derived = frozenset({"amendment_state", "overall", "overall_is_read", "is_completed"})
    at_once = True

    def load(self, run: Run, sheet: ImportSheet) -> None:
        self.numbers = MilestoneNumbers()
        run.commitments.load(cell(row, "commitment_id") for row in sheet.rows)
        run.institutions.load(cell(row, "lead_id") for row in sheet.rows)
        named = [run.commitments.get(cell(row, "commitment_id")) for row in sheet.rows]
        keys = {one.pk for one in named if one is not None}
        run.milestones.load(keys)
        self.numbers.load(keys)

    def find(self, run: Run, row: SheetRow) -> Milestone:
        commitment = commitment_of(run, row)
        number, label = cell(row, "milestone_number"), cell(row, "label")
        check_one_of_label(run, "label", commitment, number, label)
        found = run.milestones.get(commitment.pk, number, label)
        if found is not None:
            found.commitment = commitment
            return found
        if number and not run.is_command:
            said = _("%(commitment)s has no milestone %(number)s. Leave this empty in a new row.")
            words = {"commitment": commitment.slug, "number": number}
            raise missing("milestone_number", said % words)
        if number and not (number.isascii() and number.isdecimal()):
            raise missing("milestone_number", _("Enter a whole number."))
        given = {"number": int(number)} if number else {}
        return Milestone(commitment=commitment, label=label, **given)

    def key_of(self, instance: Milestone) -> tuple[int, object]:
        """A row without number and label is one of its own."""
        return instance.commitment_id, instance.number or folded(instance.label) or id(instance)

    def refusal(self, run: Run, taken: TakenRow[Milestone]) -> str:
        if run.is_command or run.may_edit(taken.instance.commitment_id):
            return ""
        return _("Only a point of contact of this commitment can change its milestones.")

    def settle(self, run: Run, taken: TakenRow[Milestone], errors: dict[str, str]) -> None:
        """A new one gets its number; a due date that readers know moves by an amendment."""
        milestone = taken.instance
        if taken.is_new:
            self.numbers.give(milestone)
        moved = {one.column.name for one in taken.changes} & {"due_on", "due_as_published"}
        if (
            not taken.is_new
            and moved
            and not run.is_command
            and has_been_public(milestone.commitment)
        ):
            errors[min(moved)] = _(
                "Readers know the due date. Leave it unchanged, and move it with “Change the plan”"
                " on the page of the milestone, which asks for the reason."
            )

    def refused(self, run: Run, row: SheetRow) -> None:
        if (commitment := run.commitments.get(cell(row, "commitment_id"))) is not None:
            run.milestones.refused.add((commitment.pk, folded(cell(row, "label"))))

    def saved(self, run: Run, taken: TakenRow[Milestone]) -> None:
        run.milestones.add(taken.instance)
        if taken.is_new:
            run.milestones_touched.add(taken.instance.pk)


def commitment_of(run: Run, row: SheetRow) -> Commitment:
    """Raises ValidationError, or PassedOver if its own row was refused."""
    text = cell(row, "commitment_id") or run.chosen.get("commitment_id", "")
    if not text:
        raise missing("commitment_id", _("Write which commitment it is."))
    return named_in(run.commitments, "commitment_id", text)


def named_in(lookup: Lookup[M], column: str, text: str) -> M:
    """Raises ValidationError for the column, or PassedOver if its own row was refused."""
    try:
        found: M = found_in(lookup, text)
    except ValueError as wrong:
        raise missing(column, str(wrong)) from None
    return found


def check_one_of_label(
    run: Run, column: str, commitment: Commitment, number: str, label: str
) -> None:
    """Raises ValidationError where the label alone does not say which milestone is meant."""
    if not number and run.milestones.has_several(commitment.pk, label):
        said = _("%(commitment)s has several milestones “%(label)s”. Write milestone_number, too.")
        raise missing(column, said % {"commitment": commitment.slug, "label": label[:60]})


def milestone_of(run: Run, row: SheetRow, commitment: Commitment) -> Milestone:
    """By number or label. Raises ValidationError, or PassedOver if its own row was refused."""
    number, label = cell(row, "milestone_number"), cell(row, "milestone_label")
    if label and (commitment.pk, folded(label)) in run.milestones.refused:
        raise PassedOver
    check_one_of_label(run, "milestone_label", commitment, number, label)
    if (found := run.milestones.get(commitment.pk, number, label)) is None:
        said = _(
            "%(commitment)s has no milestone “%(said)s”. Correct it, or add the milestone first."
        )
        words = {"commitment": commitment.slug, "said": (number or label)[:60]}
        raise missing("milestone_number" if number else "milestone_label", said % words)
    if label and folded(label) != folded(found.label):
        said = _("This milestone is called “%(label)s”, not “%(said)s”.")
        raise missing("milestone_label", said % {"label": found.label, "said": label[:60]})
    found.commitment = commitment
    return found
