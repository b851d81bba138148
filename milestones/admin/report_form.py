"""The form in which progress is reported: it checks the rules, the service writes."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.forms import (
    CheckboxSelectMultiple,
    ChoiceField,
    DateField,
    Field,
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
from milestones.facts import SourceDocument, UpdateContent, circumstances, facts_of_content
from milestones.levels import (
    NEEDS_EVIDENCE,
    NEEDS_OBSTACLES,
    SCHEDULE_SIGNS,
    SIGNS,
    Level,
    Sign,
)
from milestones.models import ProgressUpdate
from milestones.progress_rules import UpdateRefused
from milestones.published_words import PUBLISHED_WORDS
from milestones.targets import Target, due_date_of
from ogp_tracker.common.admin.forms import RefusableForm, small_text

from .drafting import DraftForm
from .evidence import EvidenceFormSet
from .offered import Offer, offer_to
from .request_state import ProgressRequestState
from .standing import in_words, names_of_nations

EVIDENCE = "evidence"
"""What the rules call evidence, which has rows of its own on the page."""

OF_A_SOURCE = (
    "source_url",
    "source_locator",
    "words_as_published",
    "as_of_as_published",
)
IS_NOT_OFFERED = gettext_lazy("Choose one of those that are offered here.")


SAID = tuple(
    one.name for one in fields(UpdateContent) if one.name not in {"nations", "evidence", "source"}
)
"""The fields of a form that an update's content repeats as they are."""


class SaysProgress(RefusableForm):
    """A form for what an update says; its evidence has rows of its own on the page."""

    request: HttpRequest

    @property
    def evidence(self) -> EvidenceFormSet:
        return cast(EvidenceFormSet, ProgressRequestState.of(self.request).evidence)

    def content_for(
        self, nations: Iterable[Nation], source: SourceDocument | None = None
    ) -> UpdateContent:
        said = {name: self.cleaned_data[name] for name in SAID if self.cleaned_data.get(name)}
        return UpdateContent(
            **{"level": "", "as_of": None, "narrative": ""} | said,
            nations=list(nations),
            evidence=self.evidence.pieces(),
            source=source,
        )

    def show(self, refusal: ValidationError) -> None:
        """Show each sentence beside its field, those about evidence above its rows."""
        if hasattr(refusal, "error_dict") and EVIDENCE in refusal.error_dict:
            others = dict(refusal.error_dict)
            errors = self.evidence.non_form_errors()
            errors.extend(error for one in others.pop(EVIDENCE) for error in one.messages)
            refusal = UpdateRefused(others)
        super().show(refusal)


class UpdateForm(SaysProgress, DraftForm):
    """What is reported on one thing, or what a draft says of it."""

    instance: ProgressUpdate

    class Meta:
        widgets = {
            "nations": CheckboxSelectMultiple,
            "correction_reason": small_text(),
            "due_reason": small_text(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "level" in self.fields:
            if "institution" not in self.fields:
                self.instance.institution = self.offer.only_institution
            set_choices(self.fields, self.target, self.offer)
            self._set_suggestions()

    @property
    def offer(self) -> Offer:
        return offer_to(self.request, self.target)

    def _set_suggestions(self) -> None:
        """Fill in what is known already, or on a draft the words that are to replace its own."""
        if self.is_bound:
            return
        offer = self.offer
        if self.instance.pk:
            source = offer.started_from
            self.initial.update(words_of(source) if source else {})
            return
        self.initial.setdefault("as_of", offer.last_day)
        self.initial.setdefault("nations", [nation.pk for nation in offer.own_nations])
        if len(offer.institutions) == 1:
            self.initial.setdefault("institution", offer.institutions[0].pk)

    def clean(self) -> dict[str, Any] | None:
        if self.refusal is None:
            self._check_source()
        return super().clean()

    def check_rules(self) -> None:
        facts = facts_of_content(self.content(), self.institution)
        corrects = self.cleaned_data.get("corrects")
        given = circumstances(self.target, self.institution, corrects, timezone.localdate())
        progress_rules.check_update(facts, given)

    def _check_source(self) -> None:
        """Refuse details of a source that is not named: they would be lost."""
        if not self.cleaned_data.get("source_title"):
            self.cleaned_data.pop("provenance", None)
        given = [name for name in OF_A_SOURCE if self.cleaned_data.get(name)]
        if given and not self.cleaned_data.get("source_title"):
            self.add_error(
                "source_title",
                _("Name the document that the words come from, or empty the fields below."),
            )

    @property
    def institution(self) -> Institution | None:
        if "institution" not in self.fields:
            return self.offer.only_institution
        return super().institution

    def content(self) -> UpdateContent:
        given = self.cleaned_data
        source = None
        if title := given.get("source_title"):
            source = SourceDocument(
                title=title,
                url=given.get("source_url", ""),
                locator=given.get("source_locator", ""),
                words_as_published=given.get("words_as_published", ""),
                provenance=given.get("provenance") or self.offer.provenance,
                as_of_as_published=given.get("as_of_as_published", ""),
            )
        return self.content_for(given.get("nations") or (), source)


def set_choices(fields: dict[str, Field], target: Target, offer: Offer) -> None:
    """Offer in the form's fields what the account may choose, and explain each."""
    for field in fields.values():
        field.error_messages["invalid_choice"] = IS_NOT_OFFERED
    set_level(cast(ChoiceField, fields["level"]), may_be_words=offer.enters_documents)
    due_on = due_date_of(target)
    set_schedule(
        cast(ChoiceField, fields["schedule"]),
        may_be_unsaid=offer.enters_documents or due_on is None,
    )
    if "words_as_published" in fields:
        fields["words_as_published"].help_text = hint_of_words()
    if "provenance" in fields:
        field = cast(ChoiceField, fields["provenance"])
        field.choices = [(kind.value, kind.label) for kind in offer.documents]
    set_date_limits(cast(DateField, fields["as_of"]), offer.first_day, offer.last_day)
    set_nations(cast(ModelMultipleChoiceField, fields["nations"]), offer.nations)
    if "institution" in fields:
        _set_institutions(cast(ModelChoiceField, fields["institution"]), offer)
    if "due_on_proposed" in fields:
        fields["due_on_proposed"].help_text = _due_date_in_words(due_date_of(target))
    _set_corrects(cast(ModelChoiceField, fields["corrects"]), offer)


def _set_corrects(field: ModelChoiceField, offer: Offer) -> None:
    field.queryset = offer.correctable
    setattr(field, "label_from_instance", name_of_update)  # noqa: B010
    field.empty_label = _("None: this is a new report")
    field.error_messages["invalid_choice"] = _(
        "Choose a published report of the same thing that your institution made and that nobody"
        " has corrected yet."
    )


def set_level(field: ChoiceField, *, may_be_words: bool = False) -> None:
    words = _("Only for words of a document that give none; they stand in its place.")
    field.choices = [
        *_explained({level: SIGNS[level] for level in Level}),
        *([("", format_html("<strong>{}.</strong> {}", _("No level"), words))] * may_be_words),
    ]
    field.error_messages["invalid_choice"] = _("Choose one of the four levels.")


def set_schedule(field: ChoiceField, *, may_be_unsaid: bool) -> None:
    field.choices = [
        *_explained(SCHEDULE_SIGNS),
        *([("", _("Not said"))] * may_be_unsaid),
    ]
    field.help_text = _("Not for what is completed.")


def _explained(signs: Mapping[str, Sign]) -> list[tuple[str, Any]]:
    return [
        (value, format_html("<strong>{}.</strong> {} {}", sign.word, sign.definition, needs(value)))
        for value, sign in signs.items()
    ]


def needs(value: str) -> str:
    if value in NEEDS_EVIDENCE:
        return _("Needs evidence.")
    return _("Needs what stands in the way.") if value in NEEDS_OBSTACLES else ""


def hint_of_words() -> str:
    """What the table of words gives, before anybody has typed any."""
    given = [
        _("“%(words)s” is %(sign)s") % {"words": words, "sign": (SIGNS | SCHEDULE_SIGNS)[one].word}
        for words, reading in PUBLISHED_WORDS.items()
        for one in filter(None, reading)
    ]
    rest = _("All other words give no level: one that you choose for them is our reading.")
    return f"{_('In the words of the document.')} {'; '.join(given)}. {rest}"


def set_date_limits(field: DateField, first: date | None, last: date) -> None:
    field.help_text = (
        _(
            "The day on which this was true. The first possible day is %(first)s, when the plan"
            " began; the last is today, %(last)s."
        )
        % {"first": date_format(first), "last": date_format(last)}
        if first
        else _("The day on which this was true: today, %(last)s, or an earlier day.")
        % {"last": date_format(last)}
    )


def set_nations(field: ModelMultipleChoiceField, nations: list[Nation]) -> None:
    """Offer these nations, or explain why there are none."""
    field.queryset = Nation.objects.filter(pk__in=[nation.pk for nation in nations])
    field.error_messages["invalid_choice"] = _("Choose among the nations that are offered here.")
    if not nations:
        field.help_text = _(
            "There is none to choose: it is not recorded in which nations this is delivered. Ask"
            " your point of contact to say so on the page of the commitment."
        )


def _set_institutions(field: ModelChoiceField, offer: Offer) -> None:
    field.queryset = Institution.objects.filter(pk__in=[one.pk for one in offer.names])
    field.empty_label = (
        _("None: a document that does not say who wrote it")
        if offer.enters_documents
        else _("Choose")
    )
    field.help_text = (
        _(
            "You report for %(own)s. For any other institution you can only enter the words of a"
            " published document."
        )
        % {"own": ", ".join(str(one) for one in offer.institutions)}
        if offer.enters_documents and offer.institutions
        else _("Who wrote the document.")
        if offer.enters_documents
        else _("In whose name you report.")
    )


def _due_date_in_words(due_on: date | None) -> str:
    now = (
        _("It is due on %(day)s.") % {"day": date_format(due_on)}
        if due_on
        else _("It has no due date yet.")
    )
    rest = _("Only if the due date moves, for all nations. It moves when this report is published.")
    return f"{now} {rest}"


def words_of(update: ProgressUpdate) -> dict[str, Any]:
    return {name: getattr(update, name) for name in ("level", "schedule", "narrative", "obstacles")}


def name_of_update(update: ProgressUpdate) -> str:
    return _("%(level)s, as of %(day)s, %(nations)s (%(speaker)s)") % {
        "level": in_words(update),
        "day": date_format(update.day),
        "nations": names_of_nations(update),
        "speaker": update.institution or update.source_title,
    }
