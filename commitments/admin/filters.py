"""Filters for the lists of the admin."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commitments.models.plan import PlanState
from ogp_tracker.common.texts import StrOrPromise


class PublicationFilter(admin.SimpleListFilter):
    title = _("publication")
    parameter_name = "public"
    path = "published_on"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("yes", _("Public")), ("no", _("Draft"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(**{f"{self.path}__isnull": self.value() == "no"})


class CommitmentPublicationFilter(PublicationFilter):
    path = "commitment__published_on"


class SeenFilter(admin.RelatedFieldListFilter):
    """The rows that another column points at: lists only those that the account sees."""

    def field_choices(
        self, field: RelatedField, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> Any:
        model, site = field.remote_field.model, model_admin.admin_site
        if not site.is_registered(model):
            return super().field_choices(field, request, model_admin)
        seen = site.get_model_admin(model).get_queryset(request)
        ordering = self.field_admin_ordering(field, request, model_admin)
        limit = {"pk__in": seen.order_by().values("pk")}
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=limit)


# Replaces Django's own in every list.
admin.FieldListFilter.register(
    lambda field: bool(field.remote_field), SeenFilter, take_priority=True
)


class FilledFilter(admin.EmptyFieldListFilter):
    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        words = (_("All"), _("No"), _("Yes"))
        for choice, word in zip(super().choices(changelist), words, strict=True):
            _old, bracket, count = str(choice["display"]).partition(" (")
            yield choice | {"display": f"{word}{bracket}{count}"}


class PlanStateFilter(admin.SimpleListFilter):
    title = _("state today")
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> Sequence[tuple[str, StrOrPromise]]:
        return PlanState.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        if state not in PlanState.values:
            return queryset
        return queryset.filter(PlanState(state).condition(timezone.localdate()))
