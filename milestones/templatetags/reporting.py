"""Template tags for the form in which progress is reported."""

from typing import Any

from django import template

from commitments.approvers import account_name
from milestones.outlook import in_words

register = template.Library()
register.filter("account_name", account_name)
register.filter("how_far", in_words)


@register.filter
def holds_something(fieldset: Any) -> bool:
    """Whether a field of the group is filled in, or refused: then it is open."""
    form = fieldset.form
    bound = [form[name] for name in fieldset.fields if name in form.fields]
    return any(field.errors or field.value() for field in bound)
