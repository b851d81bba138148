"""The filters of a search; all of them are in the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan, Nation
from ogp_tracker.search.finding import Choices
from ogp_tracker.search.sources import Kind


class ChoicesForm(forms.Form):
    """The filters beside the words. They combine; one that is not valid is not applied."""

    kind = forms.ChoiceField(
        label=_("What"), choices=[("", _("Everything")), *Kind.choices], required=False
    )
    nation = forms.ModelChoiceField(
        label=_("Delivered in"),
        queryset=Nation.objects.public(),
        to_field_name="code",
        empty_label=_("Any nation"),
        required=False,
    )
    plan = forms.ModelChoiceField(
        label=_("Action plan"),
        queryset=ActionPlan.objects.public(),
        to_field_name="slug",
        empty_label=_("Any plan"),
        required=False,
    )

    @property
    def chosen(self) -> Choices:
        self.is_valid()
        valid = self.cleaned_data
        kind = Kind(valid["kind"]) if valid.get("kind") else None
        return Choices(kind=kind, nation=valid.get("nation"), plan=valid.get("plan"))

    def active(self) -> list[dict[str, Any]]:
        chosen = self.chosen
        values = {
            "kind": chosen.kind.label if chosen.kind else None,
            "nation": chosen.nation,
            "plan": chosen.plan,
        }
        return [
            {"name": name, "label": self.fields[name].label, "value": value}
            for name, value in values.items()
            if value
        ]
