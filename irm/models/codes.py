"""Codes as columns: one of the codebook, or a value that it does not know, as published."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from irm.codebook import BY_NAME, NOTHINGS, CodedValue, Variable
from ogp_tracker.common.constraints import FieldRule
from ogp_tracker.common.fields import NameField
from ogp_tracker.common.texts import FORMULA_SIGNS, StrOrPromise

CODE_OR_WORDS = _(
    "Choose a code, or give the report's own word for a value that the codebook does not have."
    " It does not begin with a sign of a formula."
)


@dataclass(frozen=True)
class GivenCode:
    variable: Variable
    value: CodedValue | None
    as_published: str = ""
    """A value that the codebook does not know."""

    @property
    def is_nothing(self) -> bool:
        """Whether the value is one of the kinds of nothing that are not a finding."""
        return not self.as_published and (self.value is None or self.value in NOTHINGS)

    @property
    def label(self) -> StrOrPromise:
        if self.as_published:
            return f"“{self.as_published}”"
        return self.value.label if self.value else _("Blank")


def coded(name: str) -> "models.CharField[str, str]":
    variable = BY_NAME[name]
    return models.CharField(
        variable.label,
        max_length=30,
        blank=True,
        default="",
        choices=variable.choices(),
        help_text=variable.definition,
    )


def as_published(name: str) -> "models.CharField[str, str]":
    return NameField(
        format_lazy("{}, {}", BY_NAME[name].label, _("as published")),
        max_length=60,
        blank=True,
        default="",
        help_text=_("A value that is not listed above, in the words of the report."),
    )


def words_of_a_value(variable: Variable) -> FieldRule:
    words = variable.words_name
    begins = ((f"{words}__startswith", sign) for sign in FORMULA_SIGNS)
    fits = Q(**{variable.name: ""}) & ~Q(*begins, _connector=Q.OR)
    return FieldRule(
        field=words,
        name=f"irm_assessment_{words}",
        condition=Q(**{words: ""}) | fits,
        message=CODE_OR_WORDS,
    )
