"""What the Admin section's pages of all apps have in common."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from commitments.models import Institution
from commitments.rights import Rights
from ogp_tracker.common.admin.edit_conflicts import Locking
from ogp_tracker.common.admin.forms import HTTPS_IF_NOT_SAID, RefusableForm, flat, without_icons
from ogp_tracker.common.admin.versions import differences_of

from .deletion import KeepsWhatIsPublic


class TrackerAdmin(Locking, KeepsWhatIsPublic, admin.ModelAdmin):
    """A section for one model: links to the public page, keeps what is public, shows refusals."""

    form = RefusableForm
    list_per_page = 50
    list_max_show_all = 200
    actions: tuple[str, ...] = ("delete_selected",)
    formfield_overrides = HTTPS_IF_NOT_SAID

    fixed_once_saved: tuple[str, ...] = ()
    """Fields that can be entered only once, because addresses and other rows rest on them."""

    filled_from: dict[str, tuple[str, ...]] = {}
    """Fields that fill themselves in from others. (Django's own name for it would put them on the
    page of an earlier version, too, where there is nothing to fill in.)"""

    list_of_all_related: tuple[str, ...] = ()
    """What `list_display` and `__str__` read of other rows; autocomplete lists need it too."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with what their names are made of, so that no list asks per row."""
        queryset = super().get_queryset(request)
        related = self.list_of_all_related
        return queryset.select_related(*related) if related else queryset

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the order of lists; named, because a list with a count forgets the model's own."""
        return self.ordering or self.opts.ordering

    def view_on_site(self, obj: Any) -> str | None:
        """Return the address of the public page, or None where the public sees nothing."""
        return obj.get_absolute_url() if self.is_public(obj) else None

    def is_public(self, obj: Any) -> bool:
        """Return whether readers can see a page of this row."""
        return hasattr(obj, "get_absolute_url")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what cannot be changed here, for a row that exists with what is settled."""
        fixed = self.fixed_once_saved if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what fills itself in while a new row is typed; never on a row that exists."""
        return self.filled_from if obj is None else {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field without the row of icons; only an institution can be added beside."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return without_icons(field, addable=Institution)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form's class, made anew per request, with what a service has refused."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Answer with the form; if a service refuses to save it, show the form again with why.

        Django wraps the saving in one transaction, so a refusal leaves nothing half-written,
        and the second round only fills the form with what was typed.
        """
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the row; if nothing in it was changed it is left alone, and so is its history.

        What it chooses of several other rows is saved afterwards and makes a version by itself.
        """
        beside = {field.name for field in self.opts.many_to_many}
        if not change or set(form.changed_data) - beside:
            super().save_model(request, obj, form, change)


class HistoryAdmin(TrackerAdmin, SimpleHistoryAdmin):
    """A section whose rows keep every earlier version, which can be read but not put back."""

    object_history_list_template = "admin/history_list.html"

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """Hide the button: putting a version back would pass by the rules of the services."""
        return True

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True
    ) -> None:
        """Tell each version what changed with it, in as many queries for many as for few."""
        for version, delta in differences_of(list(historical_records)):
            words = self.get_historical_record_context_helper(request, version)
            version.history_delta_changes = words.context_for_delta_changes(delta)

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Answer with an earlier version to read; simple_history itself would also save it."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        self.check_history(request, object_id)
        request.reads_history = True  # type: ignore[attr-defined]
        return super().history_form_view(request, object_id, version_id, extra_context)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the groups of fields."""
        return self.of_the_version(request, super().get_fieldsets(request, obj))

    def of_the_version(self, request: HttpRequest, fieldsets: Any) -> Any:
        """Return the groups of fields; of an earlier version only the columns of its own row.

        What it chose from other tables stands in the list of changes, while the row itself
        would show today's choice.
        """
        if not getattr(request, "reads_history", False):
            return fieldsets
        columns = {field.name for field in self.opts.concrete_fields}
        kept = [
            (name, {"fields": [field for field in flat(options["fields"]) if field in columns]})
            for name, options in fieldsets
        ]
        return [(name, options) for name, options in kept if options["fields"]]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what cannot be changed; nothing can in an earlier version."""
        if getattr(request, "reads_history", False):
            return [field.name for field in self.opts.concrete_fields]
        return super().get_readonly_fields(request, obj)


class OpenToAll(TrackerAdmin):
    """Rows that everybody here sees and an administrator looks after."""

    def may_see(self, rights: Rights) -> bool:
        """Whoever works here chooses among them."""
        return rights.may_enter

    def seen_by(self, rights: Rights, rows: Any) -> QuerySet[Any]:
        """Return all: they are public."""
        found: QuerySet[Any] = rows
        return found
