"""Findings on single milestones, each on a page of its own."""

from typing import cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from commitments.admin.base import HistoryAdmin
from commitments.admin.commitments import has_been_public
from commitments.rights import Rights
from irm.models import MilestoneFinding
from irm.querysets import MilestoneFindingQuerySet

from .answering import Answered, OffersReply
from .codes import WithCodes


@admin.register(MilestoneFinding)
class MilestoneFindingAdmin(
    OffersReply[MilestoneFinding], WithCodes[MilestoneFinding], HistoryAdmin[MilestoneFinding]
):
    """Findings on single milestones; new ones are written on the page of their assessment."""

    list_display = ("milestone", "assessment", "completion", "short_text")
    list_of_all_related = (
        "milestone__commitment",
        "assessment__report",
        "assessment__commitment",
    )
    list_filter = ("completion", "assessment__report__kind", "assessment__report")
    search_fields = ("milestone__commitment__slug", "assessment__report__title", "found")
    ordering = ("milestone__commitment__slug", "milestone__number")
    fields = ("assessment", "milestone", "completion", "found")
    fixed_once_saved = ("assessment", "milestone")

    def may_see(self, rights: Rights) -> bool:
        """Assessors write them; government answers them."""
        return rights.is_assessor or rights.is_government

    def seen_by(
        self, rights: Rights, rows: QuerySet[MilestoneFinding]
    ) -> QuerySet[MilestoneFinding]:
        """Return all to assessors; to government what is public of its own commitments."""
        if rights.is_assessor:
            return rows
        public = cast(MilestoneFindingQuerySet, rows).public()
        return public.filter(assessment__commitment__in=rights.seen_commitments())

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        return rights.is_assessor

    def may_change(
        self, request: HttpRequest, rights: Rights, obj: MilestoneFinding | None
    ) -> bool:
        return rights.is_assessor

    def may_read_history(self, rights: Rights, obj: MilestoneFinding) -> bool:
        """Drafts of the past are the assessors'."""
        return rights.is_assessor

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A finding is written on the page of its assessment, which knows the milestones."""
        return False

    def is_settled(self, obj: MilestoneFinding) -> bool:
        """A finding that readers have seen stays."""
        return has_been_public(obj.assessment)

    def answered_by_reply(self, obj: MilestoneFinding) -> Answered:
        return Answered(obj.assessment, obj)

    def is_public(self, obj: MilestoneFinding) -> bool:
        return MilestoneFinding.objects.public().filter(pk=obj.pk).exists()

    def view_on_site(self, obj: MilestoneFinding) -> str | None:
        return obj.milestone.get_absolute_url() if self.is_public(obj) else None

    @admin.display(description=gettext_lazy("what was found"))
    def short_text(self, obj: MilestoneFinding) -> str:
        return Truncator(obj.found).chars(90)
