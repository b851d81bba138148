"""What a form says beside a field that is left empty or filled in wrongly, in place of Django's
sentences: by the kind of the field and its label, for every form of the site.

A sentence that a form or a model gives its field stays.
"""

from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.forms.boundfield import BoundField
from django.forms.models import InlineForeignKeyField
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .texts import StrOrPromise

Sentences = dict[str, StrOrPromise]
"""By the code of the error."""

FROM_THE_LIST = gettext_lazy("Choose from the list.")
NOT_OFFERED = gettext_lazy("“%(value)s” cannot be chosen. Choose from the list.")
FEWER_CHARACTERS = gettext_lazy(
    "Use %(limit_value)d characters or fewer. You have used %(show_value)d."
)
MORE_CHARACTERS = gettext_lazy(
    "Use %(limit_value)d characters or more. You have used %(show_value)d."
)
NULL_CHARACTER = gettext_lazy(
    "This text contains a character that cannot be saved (a null character), which often comes with"
    " copied text. Delete it, or type the text again."
)
HIDDEN = gettext_lazy("Open this form once more: a hidden part of it was changed.")
NUMBER = gettext_lazy("Enter a number, like 2.5.")

OF_EVERY_FIELD: Sentences = {
    "max_length": FEWER_CHARACTERS,
    "min_length": MORE_CHARACTERS,
    "min_value": gettext_lazy("Enter %(limit_value)s or more."),
    "max_value": gettext_lazy("Enter %(limit_value)s or less."),
    "null_characters_not_allowed": NULL_CHARACTER,
    "invalid_extension": gettext_lazy(
        "Files of this kind are not accepted. Choose one of another kind."
    ),
    "unique": gettext_lazy(
        "Another %(model_name)s has this %(field_label)s. Enter a different one."
    ),
}
# The most specific first.
BY_KIND: tuple[tuple[type[forms.Field], Sentences], ...] = (
    (
        forms.ModelMultipleChoiceField,
        {
            "required": gettext_lazy("Choose at least one."),
            "invalid_choice": NOT_OFFERED,
            "invalid_list": FROM_THE_LIST,
            "invalid_pk_value": gettext_lazy("“%(pk)s” cannot be chosen. Choose from the list."),
        },
    ),
    (forms.ModelChoiceField, {"invalid_choice": FROM_THE_LIST, "invalid": FROM_THE_LIST}),
    (
        forms.MultipleChoiceField,
        {
            "required": gettext_lazy("Choose at least one."),
            "invalid_choice": NOT_OFFERED,
            "invalid_list": FROM_THE_LIST,
        },
    ),
    (forms.ChoiceField, {"invalid_choice": FROM_THE_LIST}),
    (forms.BooleanField, {"required": gettext_lazy("Tick the box to go on.")}),
    (
        forms.FileField,
        {
            "required": gettext_lazy("Choose a file."),
            "invalid": gettext_lazy("The file did not arrive. Choose it again."),
            "missing": gettext_lazy("The file did not arrive. Choose it again."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
            "max_length": gettext_lazy(
                "The name of the file may have %(max)d characters, and has %(length)d. Rename it"
                " and choose it again."
            ),
            "contradiction": gettext_lazy(
                "Choose a file or tick the box that removes it, not both."
            ),
        },
    ),
    (forms.DateField, {"invalid": gettext_lazy("Enter a date, like 27 March 2026.")}),
    (forms.TimeField, {"invalid": gettext_lazy("Enter a time, like 14:05.")}),
    (
        forms.DateTimeField,
        {"invalid": gettext_lazy("Enter a date and a time, like 27 March 2026 14:05.")},
    ),
    (
        forms.SplitDateTimeField,
        {
            "invalid_date": gettext_lazy("Enter a date, like 27 March 2026."),
            "invalid_time": gettext_lazy("Enter a time, like 14:05."),
        },
    ),
    (forms.FloatField, {"invalid": NUMBER}),
    (
        forms.DecimalField,
        {
            "invalid": NUMBER,
            "max_digits": NUMBER,
            "max_decimal_places": NUMBER,
            "max_whole_digits": NUMBER,
        },
    ),
    (forms.IntegerField, {"invalid": gettext_lazy("Enter a whole number, like 3.")}),
    (forms.EmailField, {"invalid": gettext_lazy("Enter an email address, like name@example.org.")}),
    (
        forms.URLField,
        {
            "invalid": gettext_lazy(
                "Enter a web address, like https://www.gov.uk/government/publications."
            )
        },
    ),
    (
        forms.SlugField,
        {"invalid": gettext_lazy("Use only letters from a to z, digits, hyphens and underscores.")},
    ),
    (forms.UUIDField, {"invalid": HIDDEN}),
    (InlineForeignKeyField, {"invalid_choice": HIDDEN}),
    (UsernameField, {"invalid": gettext_lazy("Use only letters, digits and @ . + - and _.")}),
)

CHOSEN = (forms.ChoiceField, forms.ModelChoiceField)
ASKS = {"what", "which", "who", "how", "when", "where", "why", "whether", "if", "is", "does"}
"""First words of labels that are no name of what to enter."""


def sentences_for(field: forms.Field, label: str) -> Sentences:
    own = {"required": sentence_when_empty(field, label), **OF_EVERY_FIELD}
    own |= next((sentences for kind, sentences in BY_KIND if isinstance(field, kind)), {})
    # What models, and fields of several boxes, call the same.
    return {"incomplete": own["required"], "blank": own["required"], "null": own["required"]} | own


def sentence_when_empty(field: forms.Field, label: str) -> str:
    name = name_in_sentence(label)
    if not name or name.endswith("?") or name.partition(" ")[0] in ASKS:
        return _("Choose an answer.") if isinstance(field, CHOSEN) else _("Enter an answer.")
    if name.startswith("your "):
        words = _("Choose %s.") if isinstance(field, CHOSEN) else _("Enter %s.")
    else:
        words = _("Choose the %s.") if isinstance(field, CHOSEN) else _("Enter the %s.")
    return words % name


def name_in_sentence(label: str) -> str:
    """“Title” as it is called within a sentence; “OGP id” stays as it is."""
    name = label.partition(" (")[0].strip().rstrip(":")
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def djangos_sentences(field: forms.Field) -> dict[str, Any]:
    kinds = [kind for kind in type(field).__mro__ if kind.__module__.startswith("django.")]
    found: dict[str, Any] = {}
    for kind in reversed(kinds):
        found |= vars(kind).get("default_error_messages", {})
    return found


class OwnBoundField(BoundField):
    """Made when a form is shown or cleaned: by then it has settled its labels and rules."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        stock = djangos_sentences(field)
        for code, sentence in sentences_for(field, str(self.label or "")).items():
            if field.error_messages.get(code) is stock.get(code):
                field.error_messages[code] = sentence

    @property
    def is_optional(self) -> bool:
        """Whether the label has to say so: for a box to tick it goes without saying."""
        settled = self.field.required or self.field.disabled or self.is_hidden
        ticked = isinstance(self.field, forms.BooleanField)
        return not (settled or ticked or getattr(self.form, "asks_by_rule", False))


class OwnRenderer(DjangoTemplates):
    """The forms of the whole site: settings.FORM_RENDERER."""

    bound_field_class = OwnBoundField
