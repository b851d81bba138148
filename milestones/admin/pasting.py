"""The rows of milestones on the form of a commitment, also filled with what is pasted."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.admin.rows import MORE_ROWS, AddsRows
from commitments.models import Commitment, Institution
from milestones import services
from milestones.models import Milestone
from milestones.pasted_milestones import PastedMilestone, milestones_in
from ogp_tracker.common.admin.access import MOST_NEW_ROWS
from ogp_tracker.common.admin.choices import TypedName
from ogp_tracker.common.admin.forms import RowSet
from ogp_tracker.common.bounds import NARRATIVE, too_long
from ogp_tracker.common.per_request import PerRequest
from ogp_tracker.common.texts import folded
from ogp_tracker.common.written_dates import period_in

from .due_date import IS_MEANT
from .milestone import MilestoneForm

PREFIX = "milestones"
PASTED = "milestones-pasted"
START = ("start_as_published", "start_on")


@dataclass
class PastingProblem(PerRequest):
    sentence: str = ""


class MilestoneRowForm(MilestoneForm):
    pasted = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not any(self[name].value() for name in START):
            for name in START:
                self.fields[name].widget = forms.HiddenInput()

    def has_changed(self) -> bool:
        """A row whose fields were all emptied is left out."""
        return bool({*self.changed_data} - {"pasted", IS_MEANT})

    def unread(self) -> list[str]:
        """What could not be made out in the line that was pasted."""
        if not (pasted := self["pasted"].value()):
            return []
        offered = cast(TypedName, self.fields["lead"].widget).offered
        institutions = {name for names in offered.folded.values() for name in names}
        sentences = [s for row in milestones_in(pasted, institutions) for s in row.unread]
        due = self["due_as_published"].value()
        if due and period_in(due) is None:
            words = _("“%s” cannot be read as a date. Enter the due date, or leave it empty.")
            sentences.append(words % due)
        return sentences


class MilestoneFormSet(RowSet):
    @cached_property
    def numbers(self) -> services.MilestoneNumbers:
        return services.MilestoneNumbers()

    def clean(self) -> None:
        """The page sent twice, after Back or by a double press, adds nothing twice."""
        rows = Milestone.objects.filter(commitment=self.instance.pk)
        known: dict[Any, str] = {
            row[:2]: row[2] for row in rows.values_list("text", "due_on", "label")
        }
        for form in self.extra_forms:
            typed = getattr(form, "cleaned_data", {})
            if label := known.get((typed.get("text"), typed.get("due_on"))):
                words = _("Milestone %s is the same already. Empty this row to leave it out.")
                form.add_error("text", words % label)

    def save_new(self, form: ModelForm, commit: bool = True) -> Milestone:
        milestone: Milestone = super().save_new(form, commit=False)
        self.numbers.give(milestone)
        milestone.save()
        return milestone


def row_of(found: PastedMilestone) -> dict[str, str]:
    given = {"label": found.label, "text": found.text, "lead": found.lead}
    for name, words, edge in (("due", found.due, "last"), ("start", found.start, "first")):
        period = period_in(words)
        # A single day needs no words.
        given[f"{name}_as_published"] = "" if period and period.day else words
        if period and (day := getattr(period, edge)):
            given[f"{name}_on"] = date_format(day, "j F Y")
    return given | {"pasted": found.line}


class PastesMilestones(AddsRows):
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.POST.get(PASTED, "").strip():
            # Whatever was pressed: what is pasted is shown as rows before anything is saved.
            post = request.POST.copy()
            post[MORE_ROWS] = PREFIX
            request.POST = post  # type: ignore[assignment]
        return super().changeform_view(request, object_id, *args, **kwargs)

    def new_rows(self, request: HttpRequest, prefix: str, room: int) -> list[dict[str, str]]:
        pasted = request.POST.get(PASTED, "") if prefix == PREFIX else ""
        if not pasted.strip():
            return super().new_rows(request, prefix, room)
        every = Institution.objects.all()
        institutions = {folded(name) for row in every for name in row.names}
        rows = milestones_in(pasted[:NARRATIVE], institutions)
        number, most = len(rows), min(MOST_NEW_ROWS, room)
        problem = too_long(pasted, NARRATIVE)
        if number > most and not problem:
            words = _("Paste at most %(most)s milestones at once; these are %(number)s.")
            problem = words % {"most": intcomma(most), "number": intcomma(number)}
        if problem:
            PastingProblem.of(request).sentence = problem
            return []
        words = ngettext(
            "%s milestone was read and is not saved yet. Check its row, then save.",
            "%s milestones were read and are not saved yet. Check their rows, then save.",
            number,
        )
        self.message_user(request, words % intcomma(number), messages.WARNING)
        return list(map(row_of, rows))

    def add_to_context(
        self, request: HttpRequest, context: dict[str, Any], obj: Commitment | None
    ) -> None:
        super().add_to_context(request, context, obj)
        if problem := PastingProblem.of(request).sentence:
            context |= {"pasting_problem": problem, "pasted": request.POST[PASTED]}
