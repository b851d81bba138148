"""Findings on single milestones, each on a page of its own; new ones stand with the assessment."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from commitments.admin.base import HistoryAdmin
from commitments.admin.commitments import has_been_public
from commitments.rights import Rights
from irm.models import MilestoneFinding

from .answering import Answered, OffersReply
from .codes import WithCodes


@admin.register(MilestoneFinding)
class MilestoneFindingAdmin(OffersReply, WithCodes, HistoryAdmin):
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

    def seen_by(self, rights: Rights, rows: Any) -> QuerySet[Any]:
        """Return all to assessors; to government what is public of its own commitments."""
        found: QuerySet[Any] = rows
        if rights.is_assessor:
            return found
        found = rows.public().filter(assessment__commitment__in=rights.seen_commitments())
        return found

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        """Only assessors write here."""
        return rights.is_assessor

    def may_change(self, request: HttpRequest, rights: Rights, obj: Any) -> bool:
        """Only assessors write here."""
        return rights.is_assessor

    def may_read_history(self, rights: Rights, obj: Any) -> bool:
        """Drafts of the past are the assessors'."""
        return rights.is_assessor

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A finding is written on the page of its assessment, which knows the milestones."""
        return False

    def is_settled(self, obj: MilestoneFinding) -> bool:
        """A finding that readers have seen stays."""
        return has_been_public(obj.assessment)

    def answered_by_reply(self, obj: MilestoneFinding) -> Answered:
        """Return what a reply from this page answers."""
        return Answered(obj.assessment, obj)

    def is_public(self, obj: MilestoneFinding) -> bool:
        """Return whether readers can see the finding."""
        return MilestoneFinding.objects.public().filter(pk=obj.pk).exists()

    def view_on_site(self, obj: MilestoneFinding) -> str | None:
        """Return the address of the milestone's public page."""
        return obj.milestone.get_absolute_url() if self.is_public(obj) else None

    @admin.display(description=gettext_lazy("what was found"))
    def short_text(self, obj: MilestoneFinding) -> str:
        """Return the beginning of the finding."""
        return Truncator(obj.found).chars(90)
