"""Nations, policy areas and OGP values."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commitments.admin.base import OpenToAll
from commitments.models import Nation, OGPValue, PolicyArea

from .access import counted_commitments


@admin.register(Nation)
class NationAdmin(OpenToAll):
    """The four nations: their names can be mended, their number cannot."""

    list_display = ("label", "name", "code", "iso_code", "ons_code")
    search_fields = ("name", "label", "code")
    fields = ("name", "label", "code", "iso_code", "ons_code", "position")
    fixed_once_saved = ("code",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is no fifth nation."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A nation always stays."""
        return False


class VocabularyAdmin(OpenToAll):
    """Entries of a vocabulary; one that is in use stays."""

    list_display = ("name", "slug", "used_in")
    search_fields = ("name", "slug")
    filled_from = {"slug": ("name",)}
    fixed_once_saved = ("slug",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the entries with the number of commitments, of those that one sees."""
        seen = Q(commitments__in=counted_commitments(request))
        count = Count("commitments", filter=seen, distinct=True)
        return super().get_queryset(request).annotate(commitment_count=count)

    @admin.display(description=_("commitments"), ordering="commitment_count")
    def used_in(self, obj: Any) -> int:
        """Return how many commitments it is given to."""
        return int(obj.commitment_count)

    def is_settled(self, obj: Any) -> bool:
        """An entry that anything names stays: deleting it would change published texts."""
        return any(
            getattr(obj, str(relation.get_accessor_name())).exists()
            for relation in self.opts.related_objects
            if relation.many_to_many and not relation.hidden
        )


@admin.register(PolicyArea)
class PolicyAreaAdmin(VocabularyAdmin):
    """Policy areas under which OGP files commitments."""

    fields = ("name", "slug")


@admin.register(OGPValue)
class OGPValueAdmin(VocabularyAdmin):
    """OGP values that a commitment can serve."""

    fields = ("name", "slug", "definition")
