"""A section whose forms are never saved over what somebody else has saved in the meantime."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.db import router, transaction
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ogp_tracker.common.admin.generic import ExtraContext

from .conflict import Conflict, StoredForm, compare
from .fingerprint import FIELD, FormSet, canonical, digest, encoded, stored_values
from .unsaved_input import render_unsaved_input


class Locking(admin.ModelAdmin):
    """Optimistic locking: the form carries what it showed, and is compared before it is saved."""

    watched: tuple[str, ...] = ()
    """Columns that the form does not write, but whose change has to be shown."""

    locked_first: tuple[str, ...] = ()
    """Relations to rows that are locked before this one, in the order in which services do."""

    secret: tuple[str, ...] = ()
    """Columns that never go into a fingerprint."""

    def watched_in(self, request: HttpRequest) -> tuple[str, ...]:
        return self.watched

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        words = _(
            "This %(name)s cannot be found: it may have been deleted, or none of your roles is for"
            " it. An administrator can give you the role that you need."
        )
        self.message_user(request, words % {"name": opts.verbose_name}, messages.WARNING)
        return redirect("admin:index")

    def taken_over(self, obj: Any) -> tuple[str, datetime] | None:
        """Who has taken the row over from its author, and when."""
        return None

    # The form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, *args, **kwargs)
        if "_saveasnew" in request.POST and not self.save_as:
            raise PermissionDenied
        with transaction.atomic(using=router.db_for_write(self.model)):
            row = self._locked(request, object_id)
            if row is None or not self.has_change_permission(request, row):
                if not self._could_have_typed(request, row):
                    raise PermissionDenied
                return render_unsaved_input(self, request, row)
            match = request.resolver_match
            is_new = match is not None and "object_id" not in match.kwargs
            conflict = compare(request, self._stored_form(request, row), is_new=is_new)
            if conflict and (conflict.beside or conflict.rows):
                # What has to be put right is what stands beside the fields.
                messages.error(request, " ".join(conflict.sentences))
                conflict.sentences = []
            request.conflict = conflict  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, *args, **kwargs)
        form.conflict = getattr(request, "conflict", None)  # type: ignore[attr-defined]
        return form

    def get_inline_formsets(
        self, request: HttpRequest, formsets: list[FormSet], *args: Any, **kwargs: Any
    ) -> list[Any]:
        conflict: Conflict | None = getattr(request, "conflict", None)
        if conflict is not None:
            for formset in formsets:
                show_in_rows(conflict, formset)
        return super().get_inline_formsets(request, formsets, *args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: Model | None = context["original"]
        if row is not None and self.has_change_permission(request, row):
            formsets = [
                group.formset
                for group in context["inline_admin_formsets"]
                if group.has_change_permission
            ]
            values = stored_values(context["adminform"].form, formsets, self.watched)
            context |= {"version_field": FIELD, "version": encoded(values)}
        return super().render_change_form(request, context, *args, **kwargs)

    # Deleting

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: ExtraContext = None
    ) -> HttpResponse:
        """Delete nothing that has changed since the confirmation page was shown."""
        if request.method != "POST":
            return self._delete_or_confirm(request, object_id, extra_context)
        with transaction.atomic(using=router.db_for_write(self.model)):
            return self._delete_or_confirm(request, object_id, extra_context)

    def _delete_or_confirm(
        self, request: HttpRequest, object_id: str, extra_context: ExtraContext
    ) -> HttpResponse:
        row = self._locked(request, object_id)
        if row is None or not self.has_delete_permission(request, row):
            return super().delete_view(request, object_id, extra_context)
        version = self._version_to_delete(request, row)
        if request.POST and request.POST.get(FIELD, version) != version:
            words = _(
                "Not deleted: it has been changed since you opened this page. Look at it once more."
            )
            self.message_user(request, words, messages.ERROR)
            # Django asks once more if nothing was confirmed.
            request.POST = QueryDict()
        context = {"version_field": FIELD, "version": version} | (extra_context or {})
        return super().delete_view(request, object_id, context)

    def _version_to_delete(self, request: HttpRequest, row: Model) -> str:
        columns = [
            f"{field.name}={canonical(getattr(row, field.attname))}"
            for field in self.opts.concrete_fields
            if field.name not in self.secret
        ]
        listed = self.get_deleted_objects([row], request)[0]
        return digest("\n".join([*columns, *map(str, listed)]))

    # The row as it is stored

    def _locked(self, request: HttpRequest, object_id: str) -> Model | None:
        """Until the transaction ends, after the rows in `locked_first`.

        PostgreSQL locks the rows; on SQLite every transaction already holds the write lock.
        """
        row = self._find(request, object_id)
        if row is None or request.method != "POST":
            return row
        for name in self.locked_first:
            field: Any = self.opts.get_field(name)
            _lock(field.related_model, pk=getattr(row, field.attname))
        _lock(self.model, pk=row.pk)
        return self._find(request, object_id)

    def _find(self, request: HttpRequest, object_id: str) -> Model | None:
        to_field = request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))
        if to_field and not self.to_field_allowed(request, to_field):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id), to_field)

    def _could_have_typed(self, request: HttpRequest, row: Model | None) -> bool:
        if row is None:
            return self.has_change_permission(request)
        return FIELD in request.POST and self.has_view_permission(request, row)

    def _stored_form(self, request: HttpRequest, row: Model) -> StoredForm:
        names = flatten_fieldsets(self.get_fieldsets(request, row))
        form = self.get_form(request, row, change=True, fields=names)
        watched = self.watched_in(request)
        return StoredForm(form(instance=row), list(self._formsets(request, row)), watched)

    def _formsets(self, request: HttpRequest, row: Model) -> Iterator[FormSet]:
        """Locked, with the prefixes that the page uses."""
        counted: dict[str, int] = {}
        for made, inline in self.get_formsets_with_inlines(request, row):
            prefix = made.get_default_prefix()
            counted[prefix] = counted.get(prefix, 0) + 1
            if counted[prefix] > 1:
                prefix = f"{prefix}-{counted[prefix]}"
            if inline.has_change_permission(request, row):
                _lock(made.model, **{made.fk.name: row})
                yield made(instance=row, prefix=prefix, queryset=inline.get_queryset(request))


def show_in_rows(conflict: Conflict, formset: FormSet) -> None:
    formset.non_form_errors().extend(conflict.rows.get(str(formset.prefix), ()))
    for form in formset.forms:
        for name in form.fields:
            if (beside := conflict.beside.get(form.add_prefix(name))) is not None:
                form.add_error(name, beside)


def _lock(model: type[Model], **which: Any) -> None:
    rows = model._base_manager.select_for_update(of=("self",), no_key=True).filter(**which)
    list(rows.order_by("pk").values_list("pk", flat=True))
