"""The rows of a sheet as rows of the tracker, by django-import-export.

The library turns cells into columns, asks the model and saves. Left to itself it would ask the
database for every row, and save for the preview already to take it back; so what there is comes
from `Known`, and the preview asks a resource for all but the saving.
"""

from functools import partial
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields, instance_loaders, resources
from import_export.results import Result
from tablib import Dataset

from irm.codebook import BY_NAME, COMPLETION, variables_of
from irm.models import Assessment, MilestoneFinding
from ogp_tracker.common.bounds import check_text_bounds

from .known import Known
from .targets import HOLDER, OF_ASSESSMENTS, OF_FINDINGS
from .widgets import CodeWidget, DateWidget, IdWidget, TextWidget, ValuesWidget, YesNoWidget

VALUES = "relevant_values"

Row = dict[str, str]
Errors = dict[str, Any]


class FromSheet(resources.Resource):
    """Rows that are found by the ids of the sheet, and judged by what their model says."""

    given: ClassVar[tuple[str, ...]]
    """Columns that follow from the ids of the row and are no cells."""

    class Meta:
        instance_loader_class = instance_loaders.BaseInstanceLoader
        skip_diff = True
        store_instance = True

    def __init__(self, known: Known, reason: str = "") -> None:
        super().__init__()
        self.known = known
        self.reason = reason
        self.stored = known.stored()
        for name in known.target.written:
            # The model is not given whose text it shares before that one is known to be there.
            attribute = "holder" if name == HOLDER else name
            self.fields[name] = fields.Field(attribute, name, self.widget_of(name))

    def widget_of(self, name: str) -> Any:
        return CodeWidget(BY_NAME[name]) if name in BY_NAME else TextWidget()

    def get_instance(self, instance_loader: instance_loaders.BaseInstanceLoader, row: Row) -> Any:
        return self.stored.get(self.known.key_of(row))

    def after_init_instance(self, instance: Any, new: bool, row: Row, **kwargs: Any) -> None:
        """Keep what is stored, to tell afterwards what changes."""
        instance.before = {
            name: None if new else value_of(instance, name) for name in self.fields if name in row
        }

    def import_instance(self, instance: Any, row: Row, **kwargs: Any) -> None:
        """Line breaks that only a spreadsheet changed stay as they are stored."""
        super().import_instance(instance, row, **kwargs)
        for name, before in instance.before.items():
            is_text = name != HOLDER and isinstance(before, str)
            if is_text and _lines(value_of(instance, name)) == _lines(before):
                setattr(instance, name, before)

    def validate_instance(
        self,
        instance: Any,
        import_validation_errors: Errors | None = None,
        validate_unique: bool = True,
    ) -> None:
        """Ask the model's own rules, but for those that the ids have already answered.

        That a row is there only once, `Known` has seen to; the database holds it all the same.
        """
        errors: dict[str, Any] = dict(import_validation_errors or {})
        ask_fields = partial(instance.clean_fields, exclude={*self.given, *errors})
        for ask in (ask_fields, instance.clean, partial(check_text_bounds, instance)):
            try:
                ask()
            except ValidationError as refusal:
                errors = refusal.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def changes(self, instance: Any) -> dict[str, tuple[Any, Any]]:
        return {
            name: (before, value)
            for name, before in instance.before.items()
            if (value := value_of(instance, name)) != before and (value or before)
        }

    def skip_row(
        self,
        instance: Any,
        original: object,
        row: Row,
        import_validation_errors: Errors | None = None,
    ) -> bool:
        """A row that changes nothing is left alone, and so is its history."""
        is_stored = instance.pk is not None
        return is_stored and not import_validation_errors and not self.changes(instance)

    def before_save_instance(self, instance: Any, row: Row, **kwargs: Any) -> None:
        """The history says where the words came from."""
        instance._change_reason = self.reason[:100]


class AssessmentResource(FromSheet):
    given = ("report", "commitment")

    def __init__(self, known: Known, reason: str = "") -> None:
        super().__init__(known, reason)
        self.saved: list[Assessment] = []
        self.to_link: list[Any] = []

    class Meta:
        model = Assessment

    def widget_of(self, name: str) -> Any:
        if name == VALUES:
            return ValuesWidget(self.known.values)
        if name == HOLDER:
            return IdWidget()
        if name == "is_recorded":
            return YesNoWidget()
        return DateWidget() if name == "published_on" else super().widget_of(name)

    def init_instance(self, row: Row) -> Assessment:
        report, commitment = self.known.key_of(row)
        return Assessment(
            report=self.known.reports[report], commitment=self.known.commitments[commitment]
        )

    def import_instance(self, instance: Any, row: Row, **kwargs: Any) -> None:
        """The values that the row chooses are kept beside it until it is saved."""
        errors: dict[str, Any] = {}
        if VALUES in row:
            try:
                instance.chosen = self._chosen(instance, row)
            except ValueError as refusal:
                errors[VALUES] = [str(refusal)]
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as refusal:
            errors = refusal.update_error_dict(errors)
        holds = getattr(instance, "chosen", ()) or getattr(instance, "holder", "")
        if holds or not instance.holds_nothing:
            instance.is_recorded = True
        # The text may be the row's own now. Whose it shares is said once all rows are there.
        if HOLDER in row and holder_of(instance) != value_of(instance, HOLDER):
            instance.shares_text_with = None
        if errors:
            raise ValidationError(errors)

    def _chosen(self, instance: Assessment, row: Row) -> list[Any]:
        chosen = list(self.fields[VALUES].clean(row))
        if chosen and BY_NAME["relevance"] not in variables_of(instance.report.kind):
            raise ValueError(_("A report of this kind names no OGP values. Leave it empty."))
        return chosen

    def before_save_instance(self, instance: Any, row: Row, **kwargs: Any) -> None:
        super().before_save_instance(instance, row, **kwargs)
        if HOLDER in self.changes(instance):
            self.to_link.append(instance)

    def after_import(self, dataset: Dataset, result: Result, **kwargs: Any) -> None:
        """Say whose text is shared, once all rows are there and have the text that they keep."""
        saved = {(one.report.slug, one.commitment.slug): one for one in self.saved}
        by_key = self.stored | saved
        for instance in self.to_link:
            if instance.holder:
                instance.shares_text_with = by_key[instance.report.slug, instance.holder]
                instance._change_reason = self.reason[:100]
                instance.save()

    def after_save_instance(self, instance: Any, row: Row, **kwargs: Any) -> None:
        """Another row may share its text."""
        self.saved.append(instance)

    def save_m2m(self, instance: Any, row: Row, **kwargs: Any) -> None:
        if VALUES in row and VALUES in self.changes(instance):
            instance.relevant_values.set(instance.chosen)


class FindingResource(FromSheet):
    given = ("assessment", "milestone")

    class Meta:
        model = MilestoneFinding

    def widget_of(self, name: str) -> Any:
        return CodeWidget(COMPLETION) if name == COMPLETION.name else super().widget_of(name)

    def init_instance(self, row: Row) -> MilestoneFinding:
        report, commitment, number = self.known.key_of(row)
        return MilestoneFinding(
            assessment=self.known.assessments[report, commitment],
            milestone=self.known.milestones[commitment, number],
        )

    def before_save_instance(self, instance: Any, row: Row, **kwargs: Any) -> None:
        """What was only covered is recorded now."""
        super().before_save_instance(instance, row, **kwargs)
        if not instance.assessment.is_recorded:
            instance.assessment.is_recorded = True
            instance.assessment._change_reason = self.reason[:100]
            instance.assessment.save()


def resource_for(known: Known, reason: str = "") -> FromSheet:
    made = {OF_ASSESSMENTS.name: AssessmentResource, OF_FINDINGS.name: FindingResource}
    return made[known.target.name](known, reason)


def value_of(instance: Any, name: str) -> Any:
    """What a column of the row holds, of several values their names in order."""
    if name == HOLDER:
        return instance.holder if hasattr(instance, "holder") else holder_of(instance)
    if name != VALUES:
        return getattr(instance, name)
    if hasattr(instance, "chosen"):
        return sorted(one.name for one in instance.chosen)
    return sorted(one.name for one in instance.relevant_values.all()) if instance.pk else []


def holder_of(instance: Assessment) -> str:
    holder = instance.shares_text_with
    return holder.commitment.slug if holder is not None else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
