"""What is wrong on a page, gathered at its top with links to the fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin.helpers import InlineAdminFormSet
from django.forms import BaseForm, BaseFormSet

from ogp_tracker.common.admin.edit_conflicts import StoredNow


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
        problems += problems_of_rows(group.formset, heading.partition(" (")[0])
    return problems


def problems_of_rows(formset: BaseFormSet, heading: str) -> list[FormProblem]:
    if not formset.is_bound:
        return []
    problems = [
        FormProblem(f"{formset.prefix}-group", heading, str(sentence))
        for sentence in formset.non_form_errors()
    ]
    for form in formset.forms:
        problems += _of_form(form)
    return problems


def _of_form(form: BaseForm) -> list[FormProblem]:
    problems = [FormProblem("", "", str(sentence)) for sentence in form.non_field_errors()]
    for name in form.fields:
        bound = form[name]
        # For a group of boxes, the first one.
        target = f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
        for error in bound.errors:
            # What a colleague has stored is cut to its beginning.
            sentence = error.in_short if isinstance(error, StoredNow) else str(error)
            problems.append(FormProblem(target, str(bound.label), sentence))
    return problems
