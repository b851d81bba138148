"""Nations, policy areas and OGP values."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from commitments.models import Nation, OGPValue, PolicyArea
from ogp_tracker.common.admin.base import OpenToAll

from .counting import CountsCommitments


@admin.register(Nation)
class NationAdmin(OpenToAll):
    """The four nations: their names can be corrected, their number cannot change."""

    list_display = ("label", "name", "code", "iso_code", "ons_code")
    search_fields = ("name", "label", "other_names", "code")
    fields = ("name", "label", "other_names", "code", "iso_code", "ons_code", "position")
    fixed_once_saved = ("code",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Nation | None = None) -> bool:
        return False


class VocabularyAdmin(CountsCommitments, OpenToAll):
    list_display = ("name", "slug", "commitments")
    search_fields = ("name", "slug")
    filled_from = {"slug": ("name",)}
    fixed_once_saved = ("slug",)

    def is_settled(self, obj: Model) -> bool:
        """An entry that is in use stays: deleting it would change published texts."""
        return any(
            getattr(obj, str(relation.get_accessor_name())).exists()
            for relation in self.opts.related_objects
            if relation.many_to_many and not relation.hidden
        )


@admin.register(PolicyArea)
class PolicyAreaAdmin(VocabularyAdmin):
    fields = ("name", "slug")


@admin.register(OGPValue)
class OGPValueAdmin(VocabularyAdmin):
    fields = ("name", "slug", "definition")
