"""Fields of codes: every value with what it means, and the kinds of nothing apart."""

from typing import Any

from django.contrib import admin
from django.forms import RadioSelect
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from irm.codebook import BLANK, BY_NAME, NOTHINGS, VARIABLES, CodedValue, Variable, variables_of
from irm.models import Assessment


def explained(variable: Variable) -> str:
    """Return what the codebook says of a variable, as the help text of its field."""
    unknown = "" if variable.is_complete else _("The full list of values is not known.")
    return f"{variable.definition} {unknown}".strip()


def said_of_blank() -> str:
    """Return what it means that nothing is recorded."""
    return _("The report says nothing under this heading.")


def kinds_of_nothing() -> str:
    """Return the sentences that keep apart what a report can fail to say."""
    words = " ".join(f"{value.label}: {value.definition}" for value in NOTHINGS)
    evidence = BY_NAME["completion"].value("no_evidence_available")
    return _(
        "Blank: the report says nothing under this heading. %(others)s %(label)s is none of these"
        " but a finding. Not Attached, on OGP's pages, is said of the commitment: no plan or report"
        " is attached to it."
    ) % {"others": words, "label": evidence.label if evidence else ""}


def choices_of(variable: Variable) -> list[tuple[str, Any]]:
    """Return the values of a variable as choices, each with its definition; nothings come last."""
    blank = (BLANK, _labelled(CodedValue(BLANK, _("Blank"), said_of_blank()), "nothing"))
    values = [(one.code, _labelled(one)) for one in variable.values]
    return [*values, blank, *((one.code, _labelled(one, "nothing")) for one in NOTHINGS)]


def _labelled(value: CodedValue, kind: str = "value") -> SafeString:
    said = format_html(' <span class="defined">{}</span>', value.definition)
    return format_html(
        '<strong class="is-{}">{}</strong>{}', kind, value.label, said if value.definition else ""
    )


class WithCodes(admin.options.BaseModelAdmin):
    """A form whose coded fields are explained by the codebook and can be left blank knowingly."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field; a coded one with every value and its definition beside it."""
        if db_field.name not in BY_NAME:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        variable = BY_NAME[db_field.name]
        kwargs["choices"] = choices_of(variable)
        kwargs["widget"] = RadioSelect(attrs={"class": "codes"})
        kwargs.setdefault("help_text", explained(variable))
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def code_fields(assessment: Assessment) -> list[str]:
    """Return the coded fields that the report's kind gives, and any that hold a code all the same.

    A code out of place is shown so that it can be emptied.
    """
    given = set(variables_of(assessment.report.kind))
    names = []
    for variable in VARIABLES:
        if variable in given or getattr(assessment, variable.name):
            names.append(variable.name)
        if variable.name == "relevance" and variable in given:
            names.append("relevant_values")
    return names
