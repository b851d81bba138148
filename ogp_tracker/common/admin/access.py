"""Who sees and does what in the admin: asked of the rights that settings.ADMIN_RIGHTS computes.

Django's own permissions and the superuser flag decide nothing here. Each section says in `seen_by`
which rows an account sees, and in `may_add`, `may_change` and `may_delete` what it may do; lists,
searches in forms, bulk actions, histories and direct addresses all follow from that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, cast

from django.conf import settings
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Field, Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.fields.related import RelatedField
from django.forms import CheckboxSelectMultiple, ModelChoiceField
from django.forms import Field as FormField
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from ogp_tracker.common.admin.forms import RowSet, without_icons
from ogp_tracker.common.admin.generic import (
    BaseModelAdmin,
    ExtraContext,
    InlineModelAdmin,
)
from ogp_tracker.common.per_request import PerRequest

from .choices import (
    HINT,
    MOST_LISTED,
    OfferedRows,
    TypedChoice,
    TypedName,
    with_words_of_none,
    words_of_none,
)
from .wording import InOwnWords

M = TypeVar("M", bound=Model)
Child = TypeVar("Child", bound=Model)
Parent = TypeVar("Parent", bound=Model)


class AdminRights(Protocol):
    """What every section asks; the apps' own sections ask for more (`commitments/rights.py`)."""

    @property
    def account(self) -> int | None: ...

    @property
    def is_administrator(self) -> bool: ...

    @property
    def may_enter(self) -> bool: ...


@dataclass
class AdminRequestState(PerRequest):
    rights: AdminRights | None = None
    sees: dict[tuple[type[Model], Any], bool] = field(default_factory=dict)
    refusal: ValidationError | None = None
    """Why a service has just refused to save the form."""
    offered: dict[RelatedField, OfferedRows] = field(default_factory=dict)
    reads_history: bool = False
    """Whether the page shows an earlier version of a row."""


def account_in(request: HttpRequest) -> User:
    """The account that asks: nobody reaches the admin without having signed in."""
    return cast(User, request.user)


def rights_in(request: HttpRequest) -> Any:
    """Its rights, computed once per request; the apps' sections know their type."""
    state = AdminRequestState.of(request)
    if state.rights is None or state.rights.account != request.user.pk:
        rights_of: Callable[[Any], AdminRights] = import_string(settings.ADMIN_RIGHTS)
        state.rights = rights_of(request.user)
    return state.rights


class OffersWhatIsSeen(BaseModelAdmin[M]):
    """A form that offers, and accepts, only rows that the account sees in their own section.

    Few are a plain list, or boxes to tick; of many the name is typed. Neither needs a script.
    """

    choice_fields: tuple[str, ...] = ()
    """Keys to other rows, which are read once however many fields of a page show them."""
    typed_fields: tuple[str, ...] = ()
    """Those of them whose name is typed also where there are few."""

    def _offered(self, request: HttpRequest, name: str) -> OfferedRows:
        field = cast(RelatedField, self.model._meta.get_field(name))
        known = AdminRequestState.of(request).offered
        if field not in known:
            model = field.remote_field.model
            rows = cast(QuerySet[Any], self.get_field_queryset(None, field, request))
            section: Any = self.admin_site.get_model_admin(model)
            names = {str(row.pk): section.names_of(row) for row in rows}
            are_typed = name in self.typed_fields or len(names) > MOST_LISTED
            known[field] = OfferedRows(model, names, are_typed)
        return known[field]

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        is_offered = db_field.name in self.choice_fields
        offered = self._offered(request, db_field.name) if is_offered else None
        if offered and db_field.many_to_many:
            kwargs.setdefault("widget", CheckboxSelectMultiple)
        elif offered and offered.are_typed:
            kwargs |= {"form_class": TypedChoice, "widget": TypedName(offered)}
            kwargs["help_text"] = f"{db_field.help_text} {HINT}".strip()
        field = without_icons(super().formfield_for_dbfield(db_field, request, **kwargs))
        if offered and isinstance(field, ModelChoiceField) and not isinstance(field, TypedChoice):
            blank = [] if db_field.many_to_many else [("", words_of_none(field))]
            rows = [(key, Truncator(of[0]).chars(100)) for key, of in offered.names.items()]
            field.choices = [*blank, *rows]
        return with_words_of_none(field)

    def get_field_queryset(
        self, db: str | None, db_field: RelatedField, request: HttpRequest
    ) -> QuerySet[Any] | None:
        model = db_field.remote_field.model
        offered = super().get_field_queryset(db, db_field, request)
        if not self.admin_site.is_registered(model):
            return offered
        section: Any = self.admin_site.get_model_admin(model)
        seen = section.of_those_seen(rights_in(request), model._default_manager.using(db))
        rows = model._default_manager.using(db) if offered is None else offered
        return rows.filter(pk__in=seen.order_by().values("pk"))


class ByRights(InOwnWords[M], OffersWhatIsSeen[M]):
    """A section that is an administrator's unless it says otherwise."""

    def seen_by(self, rights: Any, rows: QuerySet[M]) -> QuerySet[M]:
        return rows if rights.is_administrator else rows.none()

    def may_see(self, rights: Any) -> bool:
        return rights.is_administrator

    def may_add(self, request: HttpRequest, rights: Any) -> bool:
        return rights.is_administrator

    def may_change(self, request: HttpRequest, rights: Any, obj: M | None) -> bool:
        """Whether it may change a row that it sees; any row, if `obj` is None."""
        return rights.is_administrator

    def may_delete(self, request: HttpRequest, rights: Any, obj: M | None) -> bool:
        return self.may_change(request, rights, obj)

    def may_read_history(self, rights: Any, obj: M) -> bool:
        return True

    def names_of(self, row: M) -> list[str]:
        """By which it is chosen where it is typed; the first is shown."""
        return [str(row)]

    # What Django asks

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        return self.of_those_seen(rights_in(request), super().get_queryset(request))

    def of_those_seen(self, rights: Any, rows: QuerySet[M]) -> QuerySet[M]:
        return self.seen_by(rights, rows) if self.may_see(rights) else rows.none()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_see(rights_in(request))

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.may_see(rights_in(request)) and self._sees(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        rights = rights_in(request)
        return self.may_see(rights) and self.may_add(request, rights)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        allowed = self.has_view_permission(request, obj)
        return allowed and self.may_change(request, rights_in(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        allowed = self.has_view_permission(request, obj)
        return allowed and self.may_delete(request, rights_in(request), obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: ExtraContext = None
    ) -> HttpResponse:
        row = self.check_history(request, object_id)
        title = {"title": _("History: %s") % row}
        return super().history_view(request, object_id, title | (extra_context or {}))

    def check_history(self, request: HttpRequest, object_id: str) -> M:
        """The row. Raises PermissionDenied if the account does not see it, or not its history."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.may_read_history(rights_in(request), row):
            raise PermissionDenied
        return row

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: M | None = context["original"]
        context["may_read_history"] = row is None or self.may_read_history(rights_in(request), row)
        offered = AdminRequestState.of(request).offered.values()
        context["typed_choices"] = {one.list_id: one for one in offered if one.are_typed}.values()
        self.add_to_context(request, context, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def add_to_context(self, request: HttpRequest, context: dict[str, Any], obj: M | None) -> None:
        """What the page of the form shows besides Django's own; `obj` is None for a new row."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Beside the filters of the list only by columns of its own rows.

        Whether anything points at a row can reveal a draft that the account may not see.
        """
        if not super().lookup_allowed(lookup, value, request):
            return False
        try:
            field = self.opts.get_field(lookup.split(LOOKUP_SEP)[0])
        except FieldDoesNotExist:
            return True
        offered = {
            str(entry[0] if isinstance(entry, tuple) else entry)
            for entry in self.get_list_filter(request)
            if isinstance(entry, str | tuple)
        }
        is_offered = any(f"{lookup}__".startswith(f"{name}__") for name in offered)
        return is_offered or not field.auto_created or field.concrete

    def _sees(self, request: HttpRequest, obj: M | None) -> bool:
        # An earlier version, which is of another model, is seen by anyone who sees the row.
        if not isinstance(obj, self.model) or obj.pk is None:
            return True
        known = AdminRequestState.of(request).sees
        key = (self.model, obj.pk)
        if key not in known:
            rows = self.model._default_manager.filter(pk=obj.pk)
            known[key] = self.of_those_seen(rights_in(request), rows).exists()
        return known[key]


MOST_NEW_ROWS = 100
MOST_ROWS = 300


class RowsByRights(OffersWhatIsSeen[Any], InlineModelAdmin[Child, Parent]):
    """Rows on the page of another: who may change that one may change them.

    Rows are added until there are MOST_NEW_ROWS. A request that claims to have more than MOST_ROWS
    is refused: each would be built and shown, and Django's own end is at 2,000.
    """

    # Django would offer the public page of a draft, too.
    view_on_site = False
    template = "admin/rows.html"
    formset = RowSet
    extra = 0
    max_num = MOST_NEW_ROWS

    class Media:
        js = ("js/rows.js",)

    def get_formset(self, request: HttpRequest, obj: Parent | None = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"absolute_max": MOST_ROWS} | kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Parent | None = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Parent | None = None) -> bool:
        section = self.admin_site.get_model_admin(self.parent_model)
        if obj is None or obj.pk is None:
            return section.has_add_permission(request)
        return section.has_change_permission(request, obj)

    has_add_permission = has_delete_permission = has_change_permission
