"""Forms for milestones and for where they apply; the services decide and write."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import RefusableForm, small_text
from commitments.models import Institution
from milestones import statuses
from milestones.models import DueDateChange, Milestone
from milestones.statuses import UpdateRefused


class MilestoneForm(RefusableForm):
    """A milestone; once it is there its due day moves only with a reason."""

    due_reason = forms.CharField(
        label=gettext_lazy("Why the due day moves"),
        required=False,
        widget=small_text(),
        help_text=gettext_lazy("Needed if you change the due day. The reason is published."),
    )
    due_institution = forms.ModelChoiceField(
        label=gettext_lazy("Who moves it"),
        queryset=Institution.objects.all(),
        required=False,
        widget=AutocompleteSelect(DueDateChange._meta.get_field("institution"), admin.site),
        help_text=gettext_lazy("The institution. Readers see it beside the reason."),
    )

    shown_at = {"moved_to": "due_on", "reason": "due_reason"}

    @property
    def moves_due_day(self) -> bool:
        """Return whether an existing milestone is given another due day."""
        return self.instance.pk is not None and "due_on" in self.changed_data

    def clean_number(self) -> int:
        """Refuse a number that another milestone of the commitment has."""
        number: int = self.cleaned_data["number"]
        others = Milestone.objects.exclude(pk=self.instance.pk).filter(
            commitment=self.instance.commitment_id, number=number
        )
        if self.instance.pk and others.exists():
            raise ValidationError(_("This commitment already has a milestone of this number."))
        return number

    def clean(self) -> dict[str, Any] | None:
        """Refuse a due day that is taken away, or moved without a reason."""
        cleaned = super().clean()
        if self.refusal is None and self.instance.pk and "due_on" not in self.errors:
            self._check_due_day()
        return cleaned

    def _check_due_day(self) -> None:
        moved_to = self.cleaned_data.get("due_on")
        reason = self.cleaned_data.get("due_reason", "")
        if self.moves_due_day and moved_to is None:
            self.add_error(
                "due_on", _("A due day can move, but not be taken away. Enter the new day.")
            )
        elif self.moves_due_day or reason:
            moved_from = self.initial.get("due_on")
            if moved_to is None:
                self.add_error("due_on", _("Enter the new due day, or empty the reason."))
                return
            try:
                statuses.check_due_day(moved_from=moved_from, moved_to=moved_to, reason=reason)
            except UpdateRefused as refusal:
                self.show(refusal)
