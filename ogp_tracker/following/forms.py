"""The form for email alerts."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _

from ogp_tracker.following.models import Subscription
from ogp_tracker.following.targets import FOLLOWED, SITE, Target, spelt_as

OFFERED = 1000
"""At most this many rows of a kind are in the list; the others are on their own pages."""
NAMED = 100


class FollowForm(forms.Form):
    what = forms.CharField(
        label=_("What you want updates about"),
        widget=forms.Select,
        help_text=_("To follow one milestone, start from its page."),
        error_messages={"required": _("Choose what you want updates about.")},
    )
    how_often = forms.ChoiceField(
        label=_("How often"),
        choices=Subscription.HowOften.choices,
        initial=Subscription.HowOften.WEEKLY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how often you want emails.")},
    )
    address = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your email address."),
            "invalid": _("Enter an email address, like name@example.org."),
        },
    )

    def __init__(self, target: Target, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"what": target.spelt})
        self.fields["what"].widget.choices = choices(target)

    def clean_what(self) -> Target:
        found = spelt_as(self.cleaned_data["what"])
        if found is None:
            raise forms.ValidationError(
                _("This is not on this site, or not any more. Choose something from the list.")
            )
        return found


def choices(target: Target) -> list[Any]:
    first: list[Any] = [(SITE.spelt, _("Everything on this site"))]
    if target.row is not None:
        first.insert(0, (target.spelt, named(target)))
    groups: list[Any] = []
    for kind, page in FOLLOWED.items():
        # Of milestones there are too many for a list.
        if page.rows is None or kind == "milestone":
            continue
        rows = page.rows()[:OFFERED]
        offered = [
            (one.spelt, named(one)) for one in map(Target, rows) if one.spelt != target.spelt
        ]
        if offered:
            groups.append((capfirst(rows.model._meta.verbose_name_plural), offered))
    return [*first, *groups]


def named(target: Target) -> str:
    return Truncator(target.name).chars(NAMED)
