"""Institutions."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commitments.admin.base import HistoryAdmin, OpenToAll
from commitments.models import Institution
from commitments.rights import Rights

from .access import counted_commitments, rights_in
from .filters import FilledFilter

MAILBOX = "team_mailbox"


@admin.register(Institution)
class InstitutionAdmin(OpenToAll, HistoryAdmin):
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
        """Return the institutions with the number of commitments in which they play a part.

        Of those that the account sees.
        """
        seen = Q(involvements__commitment__in=counted_commitments(request))
        parts = Count("involvements__commitment", filter=seen, distinct=True)
        return super().get_queryset(request).annotate(commitment_count=parts)

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """A point of contact adds the institution that is missing from a commitment."""
        return rights.is_administrator or bool(rights.coordinates)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Any) -> bool:
        """A point of contact looks after the institutions of its nation."""
        if rights.is_administrator:
            return True
        nations = rights.coordinates.nations
        return bool(nations) if obj is None else obj.nation_id in nations

    def may_delete(self, request: HttpRequest, rights: Rights, obj: Any) -> bool:
        """Only an administrator deletes one."""
        return rights.is_administrator

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what cannot be changed: on these fields rest the rights of accounts."""
        fields = super().get_readonly_fields(request, obj)
        if obj is None or rights_in(request).is_administrator:
            return fields
        return (*fields, "kind", "nation", "succeeded_by")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the groups of fields; the mailbox is for those who write to it."""
        fieldsets = super().get_fieldsets(request, obj)
        if not knows_mailboxes(rights_in(request)):
            fieldsets = [
                (name, options | {"fields": tuple(f for f in options["fields"] if f != MAILBOX)})
                for name, options in fieldsets
            ]
        return fieldsets

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Return what is searched; a mailbox only by those who see it."""
        fields = super().get_search_fields(request)
        knows = knows_mailboxes(rights_in(request))
        return fields if knows else [name for name in fields if name != MAILBOX]

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Return whether a list may be narrowed in this way; by mailbox only for who sees it."""
        if lookup.startswith(MAILBOX) and request and not knows_mailboxes(rights_in(request)):
            return False
        return super().lookup_allowed(lookup, value, request)

    def may_read_history(self, rights: Rights, obj: Any) -> bool:
        """Who sees the mailbox may read how it changed."""
        return knows_mailboxes(rights)

    @admin.display(description=_("commitments"), ordering="commitment_count")
    def commitments(self, obj: Any) -> int:
        """Return in how many commitments it plays a part."""
        return int(obj.commitment_count)


def knows_mailboxes(rights: Rights) -> bool:
    """Return whether the account sees the mailboxes of teams: those who write to them do."""
    return rights.is_government or rights.is_administrator
