"""“Paste several milestones”: first the text, then its rows to check, which are saved together."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.models import Commitment, Institution
from milestones import services
from milestones.models import Milestone
from milestones.pasted_milestones import PastedMilestone, folded, milestones_in
from ogp_tracker.common.admin.access import MOST_NEW_ROWS
from ogp_tracker.common.admin.base import TrackerAdmin, admin_page
from ogp_tracker.common.admin.forms import small_text
from ogp_tracker.common.bounds import NARRATIVE, too_long
from ogp_tracker.common.written_dates import period_in

from .milestone import MilestoneForm

FIELDS = ("label", "text", "due_as_published", "due_on", "start_as_published", "start_on")


class PastedForm(MilestoneForm):
    pasted = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    lead_name = forms.CharField(
        label=gettext_lazy("lead institution"),
        required=False,
        help_text=gettext_lazy("Only if another institution leads it than the commitment."),
        widget=forms.TextInput(attrs={"list": "institutions"}),
    )

    def __init__(self, *args: Any, institutions: dict[str, Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institutions = institutions
        if not self["start_as_published"].value() and not self["start_on"].value():
            for name in ("start_as_published", "start_on"):
                self.fields[name].widget = forms.HiddenInput()

    def has_changed(self) -> bool:
        """A row whose fields were all emptied is left out."""
        return bool({*self.changed_data} - {"pasted", "due_confirmed"})

    def clean_lead_name(self) -> str:
        name: str = self.cleaned_data["lead_name"]
        self.instance.lead = self.institutions.get(folded(name))
        if name and self.instance.lead is None:
            words = _("“%s” cannot be found. Choose an institution from the list, or empty this.")
            raise ValidationError(words % name)
        return name

    def unread(self) -> list[str]:
        """What could not be made out in the line that was pasted."""
        pasted = self["pasted"].value() or ""
        sentences = [s for row in milestones_in(pasted, self.institutions) for s in row.unread]
        due = self["due_as_published"].value()
        if due and period_in(due) is None:
            words = _("“%s” cannot be read as a date. Enter the due date, or leave it empty.")
            sentences.append(words % due)
        return sentences


class PastedFormSet(forms.BaseInlineFormSet):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        rows = Institution.objects.order_by("name")
        self.institutions = {
            folded(name): row for row in rows for name in (*row.other_names.splitlines(), row.name)
        }
        kwargs |= {"queryset": Milestone.objects.none(), "prefix": "rows"}
        super().__init__(*args, form_kwargs={"institutions": self.institutions}, **kwargs)

    def clean(self) -> None:
        """The page sent twice, after Back or by a double press, adds nothing twice."""
        rows = self.instance.milestones.values_list("text", "due_on", "label")
        stored = {(text, due_on): label for text, due_on, label in rows}
        for form in self.forms:
            typed = form.cleaned_data.get("text"), form.cleaned_data.get("due_on")
            if label := stored.get(typed):
                words = _("Milestone %s is the same already. Empty this row to leave it out.")
                form.add_error("text", words % label)

    @cached_property
    def names(self) -> list[str]:
        return sorted({row.name for row in self.institutions.values()})


def shown(words: str, edge: str) -> tuple[str, str]:
    """The words to keep, and the date to show: a single day needs no words."""
    period = period_in(words)
    day = period and getattr(period, edge)
    kept = "" if period and period.day else words
    return kept, date_format(day, "j F Y") if day else ""


def initial_of(row: PastedMilestone) -> dict[str, str]:
    start, start_on = shown(row.start, "first")
    due, due_on = shown(row.due, "last")
    given = (row.label, row.text, due, due_on, start, start_on)
    return {**dict(zip(FIELDS, given, strict=True)), "lead_name": row.lead, "pasted": row.line}


class PastesMilestones(TrackerAdmin[Commitment]):
    def paste_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        commitment = self.row_in(request, object_id)
        if not self.has_change_permission(request, commitment):
            raise PermissionDenied
        pasted, problem, formset = request.POST.get("pasted", ""), "", None
        if "_save" in request.POST:
            with transaction.atomic():
                # Two that are sent at the same time see each other's rows.
                Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
                formset = self._formset(0)(request.POST, instance=commitment)
                if formset.is_valid():
                    return self._save(request, commitment, formset)
        elif request.method == "POST":
            rows = milestones_in(pasted) if len(pasted) <= NARRATIVE else []
            problem = too_long(pasted, NARRATIVE) or self._problem_of(rows)
            if not problem:
                formset = self._formset(len(rows))(instance=commitment)
                known = formset.institutions
                formset.initial_extra = [initial_of(row) for row in milestones_in(pasted, known)]
        return admin_page(
            self,
            request,
            "admin/commitments/commitment/paste.html",
            _("Paste several milestones"),
            subtitle=str(commitment),
            original=commitment,
            pasted=pasted,
            problem=problem,
            formset=formset,
        )

    def _problem_of(self, rows: list[PastedMilestone]) -> str:
        if not rows:
            return _("Paste at least one milestone.")
        if len(rows) > MOST_NEW_ROWS:
            words = _("Paste at most %(most)d milestones at once; these are %(number)d.")
            return words % {"most": MOST_NEW_ROWS, "number": len(rows)}
        return ""

    def _formset(self, extra: int) -> Any:
        return forms.inlineformset_factory(
            Commitment,
            Milestone,
            form=PastedForm,
            formset=PastedFormSet,
            fields=FIELDS,
            widgets={"text": small_text()},
            extra=extra,
            can_delete=False,
            max_num=MOST_NEW_ROWS,
            absolute_max=MOST_NEW_ROWS,
        )

    def _save(
        self, request: HttpRequest, commitment: Commitment, formset: PastedFormSet
    ) -> HttpResponseBase:
        numbers = services.MilestoneNumbers()
        rows = formset.save(commit=False)
        for row in rows:
            numbers.give(row)
            row.save()
        services.rebuild_progress(rows)
        words = ngettext("%d milestone added.", "%d milestones added.", len(rows)) % len(rows)
        if rows:
            self.log_change(request, commitment, words)
        self.message_user(request, words, messages.SUCCESS)
        page = reverse("admin:commitments_commitment_change", args=[commitment.pk])
        return redirect(f"{page}#milestones-group")
