"""What was typed into a form whose row is gone or closed: shown once more, to be copied."""

import re
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import DELETION
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .display import display, last_entry

IN_A_ROW = re.compile(r"(\w+)-(\d{1,6})-(\w+)")


def render_unsaved_input(
    section: Any, request: HttpRequest, row: Model | None, why: str = ""
) -> HttpResponse:
    """`row` is None if it is gone, or no longer one that the account sees."""
    if not why:
        why = _taken_over(section, row or _once_hers(section, request)) or (
            _closed(section) if row is not None else _gone(section, request)
        )
    context = {
        **section.admin_site.each_context(request),
        "title": _("Not saved"),
        "opts": section.opts,
        "row": row,
        "why": why,
        "typed": typed_words(section.model, request),
    }
    return TemplateResponse(
        request, "admin/unsaved_input.html", context, status=404 if row is None else 403
    )


def typed_words(model: type[Model], request: HttpRequest) -> list[tuple[str, str]]:
    """By label; ticks and choices are left out: they are keys, and quickly made again."""
    labelled = [(_label(model, name), request.POST[name]) for name in request.POST]
    return [(label, words) for label, words in labelled if label and words.strip()]


def _label(model: type[Model], name: str) -> str:
    if (match := IN_A_ROW.fullmatch(name)) is None:
        field = _text_field(model, name)
        return str(capfirst(field.verbose_name)) if field else ""
    below = {rel.get_accessor_name(): rel.related_model for rel in model._meta.related_objects}
    related = below.get(match[1])
    field = _text_field(related, match[3]) if related else None
    if related is None or field is None:
        return ""
    return f"{capfirst(related._meta.verbose_name)} {int(match[2]) + 1}: {field.verbose_name}"


def _text_field(model: type[Model], name: str) -> "Field[Any, Any] | None":
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if not isinstance(field, Field) or field.is_relation or field.choices:
        return None
    return field if field.editable and not field.primary_key else None


def _once_hers(section: admin.ModelAdmin, request: HttpRequest) -> Model | None:
    """The row that she saved once and no longer sees; of others' rows she learns nothing."""
    key = _key(request)
    if last_entry(section.model, key, user=request.user) is None:
        return None
    row: Model | None = section.model._base_manager.filter(pk=key).first()
    return row


def _taken_over(section: Any, row: Model | None) -> str:
    if row is None or (by := section.taken_over(row)) is None:
        return ""
    return _("%(who)s took over this %(name)s on %(when)s. Ask them if you need to change it.") % {
        "who": by[0],
        "name": section.opts.verbose_name,
        "when": display(by[1]),
    }


def _key(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs.get("object_id", "")) if match else ""


def _closed(section: admin.ModelAdmin) -> str:
    return _(
        "This %(name)s can no longer be changed by you: it has been published or given to somebody"
        " else since you opened it."
    ) % {"name": section.opts.verbose_name}


def _gone(section: admin.ModelAdmin, request: HttpRequest) -> str:
    deletion = last_entry(section.model, _key(request), action_flag=DELETION)
    if deletion is None:
        return _(
            "This %(name)s is no longer here: it has been deleted since you opened it, or it is no"
            " longer one that you see."
        ) % {"name": section.opts.verbose_name}
    return _("%(who)s deleted this %(name)s on %(when)s, after you had opened it.") % {
        "who": deletion.user.get_full_name() or deletion.user.get_username(),
        "name": section.opts.verbose_name,
        "when": display(deletion.action_time),
    }
