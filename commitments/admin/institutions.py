"""Institutions."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commitments.models import Institution

from .base import HistoryAdmin
from .filters import FilledFilter


@admin.register(Institution)
class InstitutionAdmin(HistoryAdmin):
    """Institutions; one that was renamed or abolished stays and points at its successor."""

    list_display = ("name", "kind", "nation", "succeeded_by", "commitments")
    list_select_related = ("nation", "succeeded_by")
    list_filter = ("kind", "nation", ("succeeded_by", FilledFilter))
    search_fields = ("name", "slug", "team_mailbox")
    autocomplete_fields = ("succeeded_by",)
    filled_from = {"slug": ("name",)}
    fixed_once_saved = ("slug",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "nation")}),
        (_("How to reach it"), {"fields": ("website", "team_mailbox")}),
        (
            _("Renamed or abolished"),
            {
                "fields": ("succeeded_by",),
                "description": _(
                    "Keep the old institution with its name: commitments were made under it."
                    " Add the new one and choose it here."
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the institutions with the number of commitments in which they play a part."""
        parts = Count("involvements__commitment", distinct=True)
        return super().get_queryset(request).annotate(commitment_count=parts)

    @admin.display(description=_("commitments"), ordering="commitment_count")
    def commitments(self, obj: Any) -> int:
        """Return in how many commitments it plays a part."""
        return int(obj.commitment_count)
