"""Fields of codes: every value with what it means, and the kinds of nothing apart."""

from typing import Any, TypeVar

from django.db.models import Field, Model
from django.forms import Field as FormField
from django.forms import ModelForm, RadioSelect
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from irm.codebook import BLANK, BY_NAME, NOTHINGS, VARIABLES, CodedValue, Variable, variables_of
from irm.models import Assessment
from ogp_tracker.common.admin.generic import BaseModelAdmin

M = TypeVar("M", bound=Model)


def kinds_of_nothing() -> str:
    words = " ".join(f"{value.label}: {value.definition}" for value in NOTHINGS)
    evidence = BY_NAME["completion"].value("no_evidence_available")
    return _(
        "Blank: the report says nothing under this heading. %(others)s %(label)s is none of these"
        " but a finding. Not Attached, on OGP's pages, is said of the commitment: no plan or report"
        " is attached to it."
    ) % {"others": words, "label": evidence.label if evidence else ""}


def choices_of(variable: Variable, kind: str = "") -> list[tuple[str, SafeString]]:
    meaning = _("The report says nothing under this heading.")
    blank = (BLANK, _labelled(CodedValue(BLANK, _("Blank"), meaning), "nothing"))
    given = [one for one in variable.values if not kind or variable.takes(one.code, kind)]
    values = [(one.code, _labelled(one)) for one in given]
    return [*values, blank, *((one.code, _labelled(one, "nothing")) for one in NOTHINGS)]


def _labelled(value: CodedValue, kind: str = "value") -> SafeString:
    label = format_html('<strong class="is-{}">{}</strong>', kind, value.label)
    return format_html('{} <span class="defined">{}</span>', label, value.meaning)


class WithCodes(BaseModelAdmin[M]):
    """A form that explains its coded fields by the codebook and offers blank among their values."""

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        if db_field.name not in BY_NAME:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        variable = BY_NAME[db_field.name]
        kwargs["choices"] = choices_of(variable)
        kwargs["widget"] = RadioSelect(attrs={"class": "codes"})
        unknown = "" if variable.is_complete else _("The full list of values is not known.")
        kwargs.setdefault("help_text", f"{variable.definition} {unknown}".strip())
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def offer_codes(form: type[ModelForm], kind: str) -> None:
    for name, formfield in form.base_fields.items():
        variable = BY_NAME.get(name)
        if variable is not None and kind in variable.given_in:
            formfield.choices = choices_of(variable, kind)  # type: ignore[attr-defined]


def code_fields(assessment: Assessment) -> list[str]:
    """The coded fields that the report's kind gives, and any others that hold a code.

    A code out of place is shown so that it can be emptied.
    """
    given = set(variables_of(assessment.report.kind))
    names = []
    for variable in VARIABLES:
        for name in filter(None, (variable.name, variable.words_name)):
            if variable in given or getattr(assessment, name):
                names.append(name)
        if variable.name == "relevance" and variable in given:
            names.append("relevant_values")
    return names
