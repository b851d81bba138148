"""Template tags for the form in which progress is reported."""

from typing import Any

from django import template

from commitments.approvers import account_name

register = template.Library()
register.filter("account_name", account_name)


@register.filter
def folds(fieldset: Any) -> bool:
    """Return whether a group of fields of the form can be folded up: what is rarely needed."""
    return fieldset.classes == "later"


@register.filter
def holds_something(fieldset: Any) -> bool:
    """Return whether a field of the group is filled in, or refused: then it stands open."""
    form = fieldset.form
    bound = [form[name] for name in fieldset.fields if name in form.fields]
    return any(field.errors or field.value() for field in bound)
