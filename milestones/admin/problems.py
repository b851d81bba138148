"""What is wrong on a page, gathered at its top with links to the fields."""

from dataclasses import dataclass
from typing import Any

from ogp_tracker.common.admin.edit_conflicts import StoredNow


@dataclass(frozen=True)
class Problem:
    """One sentence that a form refuses something with."""

    target: str
    """The id of what has to change; empty if it is no single field."""
    about: str
    sentence: str


def problems_on(form: Any, groups: Any = ()) -> list[Problem]:
    """Return what is wrong in the form and in the rows below it, in the order of the page."""
    found = _of_form(form)
    for group in groups:
        formset = group.formset
        heading = str(group.opts.verbose_name_plural)
        found += problems_of_rows(formset, heading.partition(" (")[0])
    return found


def problems_of_rows(formset: Any, heading: str) -> list[Problem]:
    """Return what is wrong with rows that stand together under a heading."""
    if not formset.is_bound:
        return []
    found = [
        Problem(f"{formset.prefix}-group", heading, sentence)
        for sentence in formset.non_form_errors()
    ]
    for form in formset.forms:
        found += _of_form(form)
    return found


def _of_form(form: Any) -> list[Problem]:
    found = [Problem("", "", sentence) for sentence in form.non_field_errors()]
    for name in form.fields:
        bound = form[name]
        found += [Problem(_target(bound), str(bound.label), _said(one)) for one in bound.errors]
    return found


def _said(error: str) -> str:
    """Return the sentence of an error; of what a colleague has stored the beginning."""
    return error.in_short if isinstance(error, StoredNow) else error


def _target(bound: Any) -> str:
    """Return the id of the field, of a group of boxes that of the first."""
    first = f"{bound.auto_id}_0"
    return first if bound.use_fieldset else bound.auto_id
