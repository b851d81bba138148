"""What may be deleted in the admin, and how it says what is in the way."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import NestedObjects, quote, unquote
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.db import router
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .access import ByRights
from .generic import ExtraContext

M = TypeVar("M", bound=Model)

NAMED = 20
"""How many rows of a kind are named before only their number is."""


class KeepsWhatIsPublic(ByRights[M]):
    """A section in which what the public has seen cannot be deleted, and drafts can."""

    parts: tuple[type[Model], ...] = ()
    """Rows that the database protects, but that only exist as parts of these and go with them."""

    def is_settled(self, obj: M) -> bool:
        """Whether the row has to stay, for example because the public has read it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not self.is_settled(obj))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: ExtraContext = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is not None and self.is_settled(row):
            sentence = _("What has been public or in use is not deleted: %(name)s.")
            raise PermissionDenied(sentence % {"name": row})
        return super().delete_view(request, object_id, extra_context)

    @admin.action(permissions=["delete"], description=_("Delete selected %(verbose_name_plural)s"))
    def delete_selected(
        self, request: HttpRequest, queryset: QuerySet[M]
    ) -> HttpResponseBase | None:
        """Delete what may be deleted and say what stays, in place of Django's action."""
        stays = [row for row in queryset if not self.has_delete_permission(request, row)]
        if stays:
            self.message_user(request, sentence_about_kept(stays), messages.WARNING)
        if len(stays) == len(queryset):
            return None
        rest = queryset.exclude(pk__in=[row.pk for row in stays])
        *_what, forbidden, in_the_way = self.get_deleted_objects(rest, request)
        if "post" not in request.POST or forbidden or in_the_way:
            return delete_selected(self, request, rest)
        number = len(rest)
        self.log_deletions(request, rest)
        self.delete_queryset(request, rest)
        self.message_user(request, _("Deleted: %s.") % intcomma(number), messages.SUCCESS)
        return None

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        """Delete row by row, so that each goes by its own rule."""
        for row in queryset:
            self.delete_model(request, row)

    def get_deleted_objects(
        self, objs: Sequence[M] | QuerySet[M], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Unlike Django's own: without rows that only join two tables, with parts."""
        collector = NestedObjects(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        gone = [
            row
            for row in (*collected(collector), *self.parts_of(objs))
            if not row._meta.auto_created
        ]
        forbidden = {
            str(row._meta.verbose_name)
            for row in gone
            if not isinstance(row, self.parts) and not self._may_delete(request, row)
        }
        in_the_way = [row for row in collector.protected if not isinstance(row, self.parts)]
        counts = Counter(str(row._meta.verbose_name_plural) for row in gone)
        return (self._names(request, gone), counts, forbidden, self._names(request, in_the_way))

    def parts_of(self, objs: Sequence[M] | QuerySet[M]) -> Iterable[Model]:
        """The rows of `parts` that go with these."""
        return []

    def _may_delete(self, request: HttpRequest, row: Model) -> bool:
        if not self.admin_site.is_registered(type(row)):
            return True
        return self.admin_site.get_model_admin(type(row)).has_delete_permission(request, row)

    def _names(self, request: HttpRequest, rows: list[Model]) -> list[str]:
        """Links, kind by kind, at most `NAMED` of each.

        Of what the account does not see only the kind is named, as the reason.
        """
        keys: dict[type[Model], list[Any]] = {}
        for row in rows:
            keys.setdefault(type(row), []).append(row.pk)
        names = []
        for model, pks in keys.items():
            seen = self._seen(request, model).filter(pk__in=pks).order_by("pk")
            count, words = seen.count(), {"names": str(model._meta.verbose_name_plural)}
            names += [self._named(row) for row in seen[:NAMED]]
            if count > NAMED:
                more = {"count": intcomma(count - NAMED)} | words
                names.append(_("… and %(count)s more %(names)s") % more)
            if count < len(pks):
                names.append(capfirst(_("%(names)s that you do not see") % words))
        return names

    def _seen(self, request: HttpRequest, model: type[Model]) -> QuerySet[Model]:
        if not self.admin_site.is_registered(model):
            return model._default_manager.none()
        # With all that a name is made of, so that it does not ask for each row.
        return self.admin_site.get_model_admin(model).get_queryset(request)

    def _named(self, row: Model) -> str:
        name = capfirst(str(row._meta.verbose_name))
        address = reverse(
            f"{self.admin_site.name}:{row._meta.app_label}_{row._meta.model_name}_change",
            args=[quote(row.pk)],
        )
        return format_html('{}: <a href="{}">{}</a>', name, address, row)


def collected(collector: NestedObjects) -> list[Model]:
    """The chosen ones first."""
    rows: list[Model] = []

    def walk(nested: list[Any]) -> None:
        for entry in nested:
            walk(entry) if isinstance(entry, list) else rows.append(entry)

    walk(collector.nested())
    return rows


def sentence_about_kept(rows: Sequence[Model]) -> str:
    names = ", ".join(str(row) for row in rows[:5]) + (" …" if len(rows) > 5 else "")
    return ngettext(
        "%(count)s is not deleted, because it has been public or in use: %(names)s",
        "%(count)s are not deleted, because they have been public or in use: %(names)s",
        len(rows),
    ) % {"count": intcomma(len(rows)), "names": names}
