"""Findings on single milestones, each on a page of its own."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from commitments.services import has_been_public
from irm.models import MilestoneFinding

from .answering import OffersReply
from .codes import WithCodes


@admin.register(MilestoneFinding)
class MilestoneFindingAdmin(WithCodes[MilestoneFinding], OffersReply[MilestoneFinding]):
    when_empty = gettext_lazy("Findings are recorded on the page of an assessment.")
    list_display = ("milestone", "assessment", "completion", "short_text")
    list_of_all_related = ("milestone__commitment", "assessment__report", "assessment__commitment")
    list_filter = ("completion", "assessment__report__kind", "assessment__report")
    search_fields = ("milestone__commitment__slug", "assessment__report__title", "found")
    ordering = ("milestone__commitment__slug", "milestone__number")
    fields = ("assessment", "milestone", "completion", "found")
    fixed_once_saved = ("assessment", "milestone")
    path_to_commitment = "assessment__commitment"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A finding is written on the page of its assessment, which knows the milestones."""
        return False

    def is_settled(self, obj: MilestoneFinding) -> bool:
        return has_been_public(obj.assessment)

    @admin.display(description=gettext_lazy("what was found"))
    def short_text(self, obj: MilestoneFinding) -> str:
        return Truncator(obj.found).chars(90)
