"""What the admin's sections of all apps have in common."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ManyToManyField, Model, QuerySet
from django.forms import BaseForm, BaseFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import DeletedObject, HistoricalChanges, ModelChange, ModelDelta
from simple_history.utils import get_m2m_reverse_field_name

from .access import AdminRequestState, AdminRights
from .deletion import KeepsWhatIsPublic
from .edit_conflicts import Locking
from .forms import RefusableForm, flat, warn_of_addresses
from .generic import Fieldsets, ModelAdmin
from .problems import problems_on

M = TypeVar("M", bound=Model)


def admin_page(
    section: ModelAdmin[M], request: HttpRequest, template: str, title: str, **more: object
) -> TemplateResponse:
    """A page of a section beside Django's own; the errors of its `form` are listed at its top."""
    form, site = more.get("form"), section.admin_site.each_context(request)
    problems = problems_on(form) if isinstance(form, BaseForm) else []
    own = {"title": title, "opts": section.opts, "problems": problems}
    return TemplateResponse(request, template, {**site, **own, **more})


class TrackerAdmin(Locking, KeepsWhatIsPublic[M]):
    """A section for one model: links to the public page, keeps what is public, shows refusals."""

    form = RefusableForm
    list_per_page = 50
    list_max_show_all = 200
    actions: tuple[str, ...] = ("delete_selected",)

    fixed_once_saved: tuple[str, ...] = ()
    """Fields that can be entered only once, because addresses and other rows rest on them."""

    added_beside: bool = False
    """Whether a missing row can be added while a form chooses one."""

    filled_from: dict[str, tuple[str, ...]] = {}
    """Fields that fill themselves in from others. (Django's own name for it would put them on the
    page of an earlier version, too, where there is nothing to fill in.)"""

    list_of_all_related: tuple[str, ...] = ()
    """What `list_display` and `__str__` read of other rows."""

    own_pages: tuple[str, ...] = ()
    """Pages of one row beside its form: `preview_view` answers “preview”."""

    def get_urls(self) -> list[URLPattern]:
        prefix, wrap = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        own = [
            path(
                f"<path:object_id>/{name}/",
                wrap(getattr(self, f"{name}_view")),
                name=f"{prefix}_{name}",
            )
            for name in self.own_pages
        ]
        return [*own, *super().get_urls()]

    def row_in(self, request: HttpRequest, object_id: str) -> M:
        """The row of such a page. Raises Http404 or PermissionDenied."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return row

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        queryset = super().get_queryset(request)
        related = self.list_of_all_related
        return queryset.select_related(*related) if related else queryset

    def get_ordering(self, request: HttpRequest) -> Any:
        """Named, because a list with a count forgets the model's own."""
        return self.ordering or self.opts.ordering

    def view_on_site(self, obj: M) -> str | None:
        return getattr(obj, "get_absolute_url")() if self.is_public(obj) else None  # noqa: B009

    def is_public(self, obj: M) -> bool:
        return hasattr(obj, "get_absolute_url")

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        fixed = self.fixed_once_saved if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: M | None = None
    ) -> dict[str, Sequence[str]]:
        return {**self.filled_from} if obj is None else {}

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> "type[ModelForm[M]]":
        form: type[ModelForm[M]] = super().get_form(request, *args, **kwargs)
        # Django makes the class anew for each request.
        if issubclass(form, RefusableForm):
            form.refusal = AdminRequestState.of(request).refusal
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; if a service refuses to save it, show it again with the reason.

        Django wraps the saving in one transaction, so a refusal leaves nothing half-written,
        and the second round only fills the form with what was typed.
        """
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refusal:
            AdminRequestState.of(request).refusal = refusal
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: M, form: ModelForm, change: bool) -> None:
        """An unchanged row is left alone, and so is its history.

        What it chooses of several other rows is saved afterwards and makes its own version.
        """
        beside = {field.name for field in self.opts.many_to_many}
        if not change or set(form.changed_data) - beside:
            super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Iterable[BaseFormSet], change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        warn_of_addresses(request, form, *formsets)


class HistoryAdmin(TrackerAdmin[M], SimpleHistoryAdmin):
    """A section whose rows keep every earlier version, which can be read but not put back."""

    object_history_list_template = "admin/history_list.html"

    def revert_disabled(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Putting a version back would bypass the rules of the services."""
        return True

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Iterable[HistoricalChanges], **_how: Any
    ) -> None:
        """As many queries for many versions as for few."""
        for version, delta in differences_of(list(historical_records)):
            words = self.get_historical_record_context_helper(request, version)
            version.history_delta_changes = words.context_for_delta_changes(delta)

    def history_form_view_title(self, request: HttpRequest, obj: M) -> str:
        return _("Earlier version: %s") % obj

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show an earlier version to read; simple_history itself would also save it."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        self.check_history(request, object_id)
        AdminRequestState.of(request).reads_history = True
        response: HttpResponse = super().history_form_view(
            request, object_id, version_id, *args, **kwargs
        )
        return response

    def get_fieldsets(self, request: HttpRequest, obj: M | None = None) -> Fieldsets:
        return self.of_the_version(request, super().get_fieldsets(request, obj))

    def of_the_version(self, request: HttpRequest, fieldsets: Fieldsets) -> Fieldsets:
        """Return the groups of fields; of an earlier version only the columns of its own row.

        What it chose from other tables is in the list of changes, while the row itself would show
        today's choice.
        """
        if not AdminRequestState.of(request).reads_history:
            return fieldsets
        columns = {field.name for field in self.opts.concrete_fields}
        kept = [
            (name, tuple(field for field in flat(options["fields"]) if field in columns))
            for name, options in fieldsets
        ]
        return [(name, {"fields": fields}) for name, fields in kept if fields]

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        if AdminRequestState.of(request).reads_history:
            return tuple(field.name for field in self.opts.concrete_fields)
        return super().get_readonly_fields(request, obj)


class OpenToAll(TrackerAdmin[M]):
    """Rows that everybody here sees and an administrator looks after."""

    def may_see(self, rights: AdminRights) -> bool:
        return rights.may_enter

    def seen_by(self, rights: AdminRights, rows: QuerySet[M]) -> QuerySet[M]:
        return rows


def differences_of(versions: Sequence[Any]) -> Iterable[tuple[Any, ModelDelta]]:
    """Each version but the earliest, with what differs from the one before it.

    simple_history queries what each single version chose of other tables; here that takes one
    query for each such field and any number of versions.
    """
    if not versions:
        return
    fields = list(type(versions[0])._history_m2m_fields)
    choices = {field.name: choices_of(versions, field) for field in fields}
    for version, before in pairwise(versions):
        delta = version.diff_against(
            before, excluded_fields=set(choices), foreign_keys_are_objs=True
        )
        changes = [*delta.changes]
        for name, chosen in choices.items():
            old, new = chosen[before.pk], chosen[version.pk]
            if old != new:
                changes.append(ModelChange(name, old, new))
        changes.sort(key=lambda change: str(change.field))
        yield version, ModelDelta(changes, [one.field for one in changes], before, version)


def choices_of(
    versions: Sequence[Any], field: "ManyToManyField[Any, Any]"
) -> dict[int, list[dict[str, Any]]]:
    name = get_m2m_reverse_field_name(field)
    kept: type[Model] = getattr(versions[0], field.name).model
    rows = (
        kept._default_manager.filter(history__in=[version.pk for version in versions])
        .select_related(name)
        .order_by(f"{name}_id")
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        key = getattr(row, f"{name}_id")
        chosen = getattr(row, name) or DeletedObject(field.remote_field.model, key)
        found[row.history_id].append({name: chosen})  # type: ignore[attr-defined]
    return found
