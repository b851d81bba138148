"""What is wrong on a page, gathered at its top with links to the fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin.helpers import InlineAdminFormSet
from django.forms import BaseForm, BaseFormSet

from .edit_conflicts import StoredNow


@dataclass(frozen=True)
class FormProblem:
    target: str
    """The id of what has to change; empty if it is no single field."""
    about: str
    sentence: str


def problems_on(form: BaseForm, groups: Iterable[InlineAdminFormSet] = ()) -> list[FormProblem]:
    problems = _of_form(form)
    for group in groups:
        heading = str(group.opts.verbose_name_plural)
        row = str(group.opts.verbose_name)
        problems += problems_of_rows(group.formset, heading.partition(" (")[0], row)
    return problems


def problems_of_rows(formset: BaseFormSet, heading: str, row: str) -> list[FormProblem]:
    if not formset.is_bound:
        return []
    problems = [
        FormProblem(f"{formset.prefix}-group", heading, str(sentence))
        for sentence in formset.non_form_errors()
    ]
    for number, form in enumerate(formset.forms, start=1):
        problems += _of_form(form, f"{row} {number}")
    return problems


def _of_form(form: BaseForm, row: str = "") -> list[FormProblem]:
    problems = [FormProblem("", row, str(sentence)) for sentence in form.non_field_errors()]
    for name in form.fields:
        bound = form[name]
        # For a group of boxes, the first one.
        target = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
        for error in bound.errors:
            # What a colleague has stored is cut to its beginning.
            sentence = error.in_short if isinstance(error, StoredNow) else str(error)
            about = f"{row}, {bound.label}" if row else str(bound.label)
            problems.append(FormProblem(target, about, sentence))
    return problems
