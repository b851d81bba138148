"""A form that asks about a due date which is probably a slip before it takes it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import ActionPlan
from milestones.due_dates import questionable_due_date

IS_MEANT = "due_date_is_meant"
"""The field of the tick box; the form shows it together with the question."""


def tick_box() -> forms.BooleanField:
    return forms.BooleanField(
        label=gettext_lazy("The due date is right"), required=False, widget=forms.HiddenInput
    )


def ask_about_due_date(form: forms.BaseForm, name: str, plan: ActionPlan | None) -> None:
    """Put the question beside the date, and show the tick box that answers it."""
    due_on = form.cleaned_data.get(name)
    question = plan and questionable_due_date(due_on, plan.start_date, plan.end_date)
    if not question:
        return
    form.fields[IS_MEANT].widget = forms.CheckboxInput()
    if not form.cleaned_data.get(IS_MEANT):
        answer = _("Change it, or tick “The due date is right”.")
        form.add_error(name, f"{question} {answer}")
