"""The form in which progress is reported: it asks the rules, the service writes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import RefusableForm
from commitments.models import Institution, Involvement
from milestones import statuses
from milestones.facts import Report, Source, circumstances, facts_of_report
from milestones.levels import SIGNS, Level
from milestones.models import Milestone, ProgressUpdate
from milestones.querysets import MilestoneQuerySet
from milestones.statuses import UpdateRefused

from .evidence import EvidenceFormSet

EVIDENCE = "evidence"
"""The name under which the rules speak of evidence, which has rows of its own on the page."""


def reportable() -> MilestoneQuerySet:
    """Return milestones with what the rules read of them, so that they do not ask once more."""
    return Milestone.objects.select_related("commitment__plan").prefetch_related(
        "commitment__nations", "nation_progress"
    )


class ChooseMilestoneForm(forms.Form):
    """The question before the report: which milestone it is about."""

    milestone = forms.ModelChoiceField(
        label=gettext_lazy("Which milestone is it about?"),
        queryset=Milestone.objects.none(),
        widget=AutocompleteSelect(ProgressUpdate._meta.get_field("milestone"), admin.site),
        help_text=gettext_lazy(
            "Type the OGP id of the commitment, such as UK0096, or words of its title."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["milestone"].queryset = reportable()  # type: ignore[attr-defined]


class ReportForm(RefusableForm):
    """What is reported of one milestone, or what a draft of it says."""

    request: HttpRequest
    milestone: Milestone

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.milestone = self.milestone
        if "level" in self.fields:
            self._set_choices()
            self._set_suggestions()

    def _set_choices(self) -> None:
        fields = self.fields
        fields["level"].choices = [  # type: ignore[attr-defined]
            (value, format_html("<strong>{}.</strong> {}", sign.word, sign.definition))
            for value, sign in SIGNS.items()
            if value in Level.values
        ]
        fields["nations"].queryset = (  # type: ignore[attr-defined]
            self.milestone.commitment.nations.exclude(
                nation_progress__in=self.milestone.nation_progress.filter(applies=False)
            )
        )
        if not fields["nations"].queryset.exists():  # type: ignore[attr-defined]
            fields["nations"].help_text = _(
                "There is none to choose: say on the page of the commitment in which nations it"
                " is delivered."
            )
        fields["corrects"].error_messages["invalid_choice"] = _(
            "Choose a published report of this milestone."
        )
        for name, sentence in {
            "level": _("Choose one of the four levels."),
            "nations": _("Choose at least one nation that this report speaks for."),
            "as_of": _("Enter the day on which this was true."),
            "narrative": _("Say in a sentence or two what was done."),
        }.items():
            fields[name].error_messages["required"] = sentence

    def _set_suggestions(self) -> None:
        """Fill in what has only one answer, on a new report."""
        if self.instance.pk or self.is_bound:
            return
        leads = self.milestone.commitment.involvements.filter(role=Involvement.Role.LEAD)[:2]
        nations = self.fields["nations"].queryset[:2]  # type: ignore[attr-defined]
        for name, found in (
            ("institution", [row.institution_id for row in leads]),
            ("nations", [nation.pk for nation in nations]),
        ):
            if len(found) == 1:
                self.initial.setdefault(name, found if name == "nations" else found[0])

    def clean(self) -> dict[str, Any] | None:
        """Ask the rules of `statuses`; each refusal goes beside its field."""
        cleaned = super().clean()
        if self.refusal is None:
            self._check_source()
            self._ask_the_rules()
        return cleaned

    def _ask_the_rules(self) -> None:
        facts = facts_of_report(self.report(), self.institution)
        corrects = self.cleaned_data.get("corrects")
        today = timezone.localdate()
        try:
            statuses.check_update(
                facts, circumstances(self.milestone, self.institution, corrects, today)
            )
        except UpdateRefused as refusal:
            self.show(refusal)

    def show(self, refusal: Any) -> None:
        """Show each sentence beside its field, those about evidence above its rows."""
        if hasattr(refusal, "error_dict") and EVIDENCE in refusal.error_dict:
            others = dict(refusal.error_dict)
            errors = self.evidence.non_form_errors()
            errors.extend(error for one in others.pop(EVIDENCE) for error in one.messages)
            refusal = UpdateRefused(others)
        super().show(refusal)

    def _check_source(self) -> None:
        """Refuse what is said of a source that is not named: it would be lost."""
        of_a_source = (
            "source_url",
            "source_locator",
            "level_as_published",
            "level_derived",
            "as_of_as_published",
        )
        given = [name for name in of_a_source if self.cleaned_data.get(name)]
        if given and not self.cleaned_data.get("source_title"):
            self.add_error(
                "source_title",
                _("Name the document that the words come from, or empty the fields below."),
            )

    @property
    def evidence(self) -> EvidenceFormSet:
        """Return the rows of evidence on the same page."""
        formset: EvidenceFormSet = self.request.evidence  # type: ignore[attr-defined]
        return formset

    @property
    def institution(self) -> Institution | None:
        """Return who reports."""
        return self.cleaned_data.get("institution")

    def report(self) -> Report:
        """Return what was typed, as a service takes it."""
        given = self.cleaned_data
        title = given.get("source_title", "")
        source = Source(
            title=title,
            url=given.get("source_url", ""),
            locator=given.get("source_locator", ""),
            level_as_published=given.get("level_as_published", ""),
            level_derived=given.get("level_derived", False),
            as_of_as_published=given.get("as_of_as_published", ""),
        )
        return Report(
            nations=list(given.get("nations") or ()),
            level=given.get("level", ""),
            as_of=given.get("as_of"),  # type: ignore[arg-type]
            narrative=given.get("narrative", ""),
            obstacles=given.get("obstacles", ""),
            evidence=self.evidence.pieces(),
            source=source if title else None,
            corrects=given.get("corrects"),
            correction_reason=given.get("correction_reason", ""),
        )


class CorrectedSelect(AutocompleteSelect):
    """A search among the published reports of one milestone."""

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.milestone = milestone

    def get_url(self) -> str:
        """Return the address that answers the search, with the milestone in it."""
        return f"{super().get_url()}?milestone={self.milestone.pk}"
