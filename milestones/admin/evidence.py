"""Evidence: rows on the page of a draft, and a list to look it up."""

from typing import Any

from django import forms
from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import HTTPS_IF_NOT_SAID, ReadOnly, TrackerAdmin
from milestones.facts import EvidenceFacts
from milestones.models import Evidence, ProgressUpdate

FIELDS = ("title", "url", "locator", "archived_url")


class EvidenceForm(forms.ModelForm):
    """One piece of evidence: an address that readers can open.

    The tracker has no way yet to hand out files, so it does not take any here; a row that has
    one from elsewhere keeps it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "url" in self.fields:
            self.fields["url"].required = not self.instance.file
            self.fields["url"].error_messages["required"] = _("Enter the address of the evidence.")

    def facts(self) -> EvidenceFacts:
        """Return the piece as a service takes it."""
        given = {name: self.cleaned_data.get(name, "") for name in FIELDS}
        return EvidenceFacts(file=self.instance.file or "", **given)


class EvidenceFormSet(BaseInlineFormSet):
    """The evidence of one report; the request knows it, so that the report's form can ask it."""

    request: HttpRequest | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None:
            self.request.evidence = self  # type: ignore[attr-defined]

    def pieces(self) -> list[EvidenceFacts]:
        """Return the pieces that are filled in and not ticked for deletion."""
        self.is_valid()
        return [
            form.facts()  # type: ignore[attr-defined]
            for form in self.forms
            if form not in self.deleted_forms
            and hasattr(form, "cleaned_data")
            and (form.cleaned_data.get("url") or form.instance.file)
        ]


def is_published(update: Any) -> bool:
    """Return whether it is an update that is closed to changes; a list or a new one is not."""
    return isinstance(update, ProgressUpdate) and update.is_published


class EvidenceInline(admin.StackedInline):
    """The evidence of a draft; that of a published update is closed with it."""

    model = Evidence
    form = EvidenceForm
    formset = EvidenceFormSet
    formfield_overrides = HTTPS_IF_NOT_SAID
    fields = FIELDS
    verbose_name = gettext_lazy("piece of evidence")
    verbose_name_plural = gettext_lazy("evidence (needed for Substantial and Completed)")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the rows' class, made anew per request, which tells the request of itself."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.request = request  # type: ignore[attr-defined]
        return formset

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Return one open row on a new report, and none beside what is there."""
        return 1 if obj is None or obj.pk is None else 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Evidence is added to a draft only."""
        return not is_published(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Evidence is changed in a draft only."""
        return not is_published(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Evidence is taken out of a draft only."""
        return not is_published(obj) and super().has_delete_permission(request, obj)


@admin.register(Evidence)
class EvidenceAdmin(ReadOnly, TrackerAdmin):
    """Evidence, to look it up; it changes on the page of its draft and is closed with it."""

    list_display = ("title", "update", "url", "last_checked_at", "last_answer")
    list_of_all_related = ("update__milestone__commitment",)
    list_filter = ("last_answer", "update__state", "update__milestone__commitment__plan")
    search_fields = ("title", "url", "update__milestone__commitment__slug")
    date_hierarchy = "last_checked_at"
    fields = (
        "update",
        "title",
        "url",
        "file",
        "locator",
        "archived_url",
        ("last_checked_at", "last_answer"),
    )
