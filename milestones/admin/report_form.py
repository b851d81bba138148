"""The form in which progress is reported: it checks the rules, the service writes."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.forms import (
    CheckboxSelectMultiple,
    ChoiceField,
    ModelChoiceField,
    ModelMultipleChoiceField,
)
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Institution, Nation
from milestones import progress_rules
from milestones.circumstances import circumstances
from milestones.facts import UpdateContent, facts_of_content
from milestones.levels import NEEDS_EVIDENCE, NEEDS_OBSTACLES, SCHEDULE_SIGNS, SIGNS, Level, Sign
from milestones.models import ProgressUpdate
from milestones.outlook import in_words
from milestones.progress_rules import WRITTEN, UpdateRefused
from milestones.published_words import PUBLISHED_WORDS
from milestones.targets import due_date_of
from ogp_tracker.common.admin.forms import RefusableForm, small_text

from .drafting import StatementForm
from .evidence import EvidenceFormSet
from .offered import Offer, ProgressRequestState, offer_to

EVIDENCE = "evidence"
"""The rules' name for evidence, which has rows of its own on the page."""

OF_A_SOURCE = ("source_url", "source_locator", "words_as_published", "as_of_as_published")
IS_NOT_OFFERED = gettext_lazy("Choose one from this list.")


SAID = tuple(one.name for one in fields(UpdateContent) if one.name not in {"nations", "evidence"})
"""The fields of a form that an update's content repeats as they are."""


class SaysProgress(RefusableForm):
    asks_by_rule = True
    request: HttpRequest

    @property
    def evidence(self) -> EvidenceFormSet:
        return cast(EvidenceFormSet, ProgressRequestState.of(self.request).evidence)

    def content_for(self, nations: Iterable[Nation], **more: Any) -> UpdateContent:
        said = {name: self.cleaned_data[name] for name in SAID if self.cleaned_data.get(name)}
        if said.get("level") == Level.COMPLETED and not said.get("source_title"):
            # The form no longer asks for it.
            said.pop("schedule", None)
        return UpdateContent(
            **{"level": "", "as_of": None, "narrative": ""} | said,
            nations=list(nations),
            evidence=self.evidence.pieces(),
            **more,
        )

    def explain(
        self, first_day: date | None = None, *, may_be_words: bool = False, may_be_unsaid: bool
    ) -> None:
        level, schedule = (cast(ChoiceField, self.fields[name]) for name in ("level", "schedule"))
        level.choices = _explained({level: SIGNS[level] for level in Level})
        level.error_messages["invalid_choice"] = _("Choose one of the four levels.")
        if may_be_words:
            words = _("Only if the words of the document give none. Readers see the words instead.")
            none = format_html("<strong>{}.</strong> {}", _("No level"), words)
            level.choices = [*level.choices, ("", none)]
        schedule.choices = _explained(SCHEDULE_SIGNS)
        if may_be_unsaid:
            schedule.choices = [*schedule.choices, ("", _("Not said"))]
        self.fields["as_of"].help_text = _possible_dates(first_day)
        self.fields["narrative"].help_text = format_html(
            "{} {}",
            _("Two or three sentences for the public. Start a line with “- ” to make a list."),
            self.fields["narrative"].help_text,
        )

    def show(self, refusal: ValidationError) -> None:
        """Show each sentence beside its field, those about evidence above its rows."""
        if hasattr(refusal, "error_dict") and EVIDENCE in refusal.error_dict:
            others = dict(refusal.error_dict)
            errors = self.evidence.non_form_errors()
            errors.extend(error for one in others.pop(EVIDENCE) for error in one.messages)
            refusal = UpdateRefused(others)
        super().show(refusal)


class UpdateForm(SaysProgress, StatementForm):
    instance: ProgressUpdate
    due_date = "due_on_proposed"

    class Meta:
        widgets = {
            "nations": CheckboxSelectMultiple,
            "narrative": small_text(8),
            "obstacles": small_text(4),
            "correction_reason": small_text(),
            "due_reason": small_text(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "level" in self.fields:
            if "institution" not in self.fields:
                self.instance.institution = self.offer.only_institution
            self._set_choices()

    @property
    def offer(self) -> Offer:
        return offer_to(self.request, self.target)

    def clean(self) -> dict[str, Any] | None:
        if last := self.offer.started_from:
            self.cleaned_data.update(with_words_of(last, self.cleaned_data))
        return super().clean()

    def _set_choices(self) -> None:
        offer, due_on = self.offer, due_date_of(self.target)
        fields: dict[str, Any] = self.fields
        for field in fields.values():
            field.error_messages["invalid_choice"] = IS_NOT_OFFERED
        plan, may_be_words = offer.commitment.plan, bool(offer.documents)
        self.explain(
            plan.start_date if plan else None,
            may_be_words=may_be_words,
            may_be_unsaid=may_be_words or due_on is None,
        )
        if "words_as_published" in fields:
            fields["words_as_published"].help_text = hint_of_words()
        if "provenance" in fields:
            fields["provenance"].choices = [(kind.value, kind.label) for kind in offer.documents]
        if "institution" in fields:
            field = fields["institution"]
            field.queryset = Institution.objects.filter(pk__in=[one.pk for one in offer.names])
            field.help_text = _whose_words(offer)
            field.empty_label = _("Choose")
            if offer.documents:
                field.empty_label = _("None: a document that does not say who wrote it")
        if "due_on_proposed" in fields:
            fields["due_on_proposed"].help_text = _due_date_in_words(due_on)
        self._set_nations(fields["nations"])
        if "corrects" in fields:
            self._set_corrects(fields["corrects"])

    def _set_nations(self, field: ModelMultipleChoiceField) -> None:
        nations = self.offer.nations
        field.queryset = Nation.objects.filter(pk__in=[nation.pk for nation in nations])
        field.error_messages["invalid_choice"] = _("Choose from the nations listed here.")
        if not nations:
            field.help_text = _(
                "You cannot choose a nation: the commitment does not say in which nations it is"
                " delivered. Ask your point of contact to add them."
            )

    def _set_corrects(self, field: ModelChoiceField) -> None:
        field.queryset = self.offer.correctable
        setattr(field, "label_from_instance", name_of_update)  # noqa: B010
        field.empty_label = _("None: this is a new progress update")
        field.error_messages["invalid_choice"] = _(
            "Choose a published progress update on the same milestone or commitment that your"
            " institution made and nobody has corrected yet."
        )

    def check_rules(self) -> None:
        """For a draft only what would be lost; each refusal goes beside its field."""
        self._check_source()
        if not self.is_sent_off:
            return
        facts = facts_of_content(self.content(), self.institution)
        corrects = self.cleaned_data.get("corrects")
        given = circumstances(self.target, self.institution, corrects, timezone.localdate())
        progress_rules.check_update(facts, replace(given, may_leave_open=False))

    def _check_source(self) -> None:
        """Refuse details of a source that has no name: they would be lost."""
        if self.cleaned_data.get("source_title"):
            return
        self.cleaned_data.pop("provenance", None)
        if any(self.cleaned_data.get(name) for name in OF_A_SOURCE):
            words = _("Enter the title of the document, or empty the fields below.")
            self.add_error("source_title", words)

    @property
    def institution(self) -> Institution | None:
        if "institution" not in self.fields:
            return self.offer.only_institution
        return super().institution

    def content(self) -> UpdateContent:
        given = self.cleaned_data
        provenance = given.get("provenance") or self.offer.provenance
        return self.content_for(given.get("nations") or (), source_provenance=provenance)


def _explained(signs: Mapping[str, Sign]) -> list[tuple[str, Any]]:
    return [
        (value, format_html("<strong>{}.</strong> {} {}", sign.word, sign.definition, needs(value)))
        for value, sign in signs.items()
    ]


def needs(value: str) -> str:
    if value in NEEDS_EVIDENCE:
        return _("Needs evidence.")
    return _("Say what stands in the way.") if value in NEEDS_OBSTACLES else ""


def hint_of_words() -> str:
    given = [
        _("“%(words)s” is %(sign)s") % {"words": words, "sign": (SIGNS | SCHEDULE_SIGNS)[one].word}
        for words, reading in PUBLISHED_WORDS.items()
        for one in filter(None, reading)
    ]
    rest = _("Other words give no level: if you choose one for them, it is shown as our reading.")
    return f"{_('What the document says, word for word.')} {'; '.join(given)}. {rest}"


def _possible_dates(first: date | None) -> str:
    given = {"last": date_format(timezone.localdate())}
    if first is None:
        return _("The date on which this was true: today, %(last)s, or earlier.") % given
    words = _(
        "The date on which this was true, from %(first)s, when the plan began, to today, %(last)s."
    )
    return words % {**given, "first": date_format(first)}


def _whose_words(offer: Offer) -> str:
    if not offer.documents:
        return _("The institution you report on behalf of.")
    if not offer.institutions:
        return _("Who wrote the document.")
    words = _(
        "You report for %(own)s. For other institutions you can only enter what a published"
        " document says."
    )
    return words % {"own": ", ".join(str(one) for one in offer.institutions)}


def _due_date_in_words(due_on: date | None) -> str:
    now = (
        _("It is due on %(day)s.") % {"day": date_format(due_on)}
        if due_on
        else _("It has no due date yet.")
    )
    rest = _("A new date is for all nations. It counts once this progress update is published.")
    return f"{now} {rest}"


def words_of(update: ProgressUpdate) -> dict[str, Any]:
    return {name: getattr(update, name) for name in ("level", "schedule", "narrative", "obstacles")}


def with_words_of(last: ProgressUpdate, own: Mapping[str, Any]) -> dict[str, Any]:
    """Each text of the last update below what is typed, and its level where none is chosen."""
    words = words_of(last)
    for name, said in words.items():
        typed = own.get(name) or ""
        is_text = name in WRITTEN and said not in typed
        words[name] = "\n\n".join(filter(None, (typed, said))) if is_text else typed or said
    return words


def name_of_update(update: ProgressUpdate) -> str:
    return _("%(level)s, as of %(day)s, %(nations)s (%(speaker)s)") % {
        "level": in_words(update),
        "day": date_format(update.day),
        "nations": ", ".join(nation.name for nation in update.nations.all()),
        "speaker": update.institution or update.source_title,
    }
