"""Institutions."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commitments.admin.access import rights_in
from commitments.models import Institution
from commitments.rights import Rights
from ogp_tracker.common.admin.base import HistoryAdmin, OpenToAll
from ogp_tracker.common.admin.generic import Fieldsets

from .counting import CountsCommitments
from .filters import FilledFilter

MAILBOX = "team_mailbox"


@admin.register(Institution)
class InstitutionAdmin(CountsCommitments, OpenToAll, HistoryAdmin):
    list_display = ("name", "kind", "nation", "succeeded_by", "commitments")
    list_select_related = ("nation", "succeeded_by")
    list_filter = ("kind", "nation", ("succeeded_by", FilledFilter))
    search_fields = ("name", "other_names", "slug", "team_mailbox")
    choice_fields = ("succeeded_by",)
    commitments_path = "involvements__commitment"
    added_beside = True
    filled_from = {"slug": ("name",)}
    fixed_once_saved = ("slug",)
    fieldsets = (
        (None, {"fields": ("name", "other_names", "slug", "kind", "nation")}),
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

    def names_of(self, row: Institution) -> list[str]:
        return row.names

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """A point of contact adds an institution that a commitment needs."""
        return rights.is_administrator or bool(rights.coordinates)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Institution | None) -> bool:
        if rights.is_administrator:
            return True
        nations = rights.coordinates.nations
        return bool(nations) if obj is None else obj.nation_id in nations

    def may_delete(self, request: HttpRequest, rights: Rights, obj: Institution | None) -> bool:
        return rights.is_administrator

    def get_readonly_fields(
        self, request: HttpRequest, obj: Institution | None = None
    ) -> tuple[str, ...]:
        """The rights of accounts depend on these fields, so only an administrator changes them."""
        fields = super().get_readonly_fields(request, obj)
        if obj is None or rights_in(request).is_administrator:
            return fields
        return (*fields, "kind", "nation", "succeeded_by")

    def get_fieldsets(self, request: HttpRequest, obj: Institution | None = None) -> Fieldsets:
        fieldsets = super().get_fieldsets(request, obj)
        if not knows_mailboxes(rights_in(request)):
            fieldsets = [
                (name, options | {"fields": tuple(f for f in options["fields"] if f != MAILBOX)})
                for name, options in fieldsets
            ]
        return fieldsets

    def get_search_fields(self, request: HttpRequest) -> list[str] | tuple[str, ...]:
        fields = super().get_search_fields(request)
        knows = knows_mailboxes(rights_in(request))
        return fields if knows else [name for name in fields if name != MAILBOX]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        if lookup.startswith(MAILBOX) and not knows_mailboxes(rights_in(request)):
            return False
        return super().lookup_allowed(lookup, value, request)

    def may_read_history(self, rights: Rights, obj: Institution) -> bool:
        return knows_mailboxes(rights)


def knows_mailboxes(rights: Rights) -> bool:
    """Whether the account sees the mailboxes of teams: those who write to them do."""
    return rights.is_government or rights.is_administrator
