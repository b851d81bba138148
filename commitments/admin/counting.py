"""Lists that say how many commitments each row belongs to."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commitments.admin.access import counted_commitments


class CountsCommitments(admin.ModelAdmin):
    """Adds the column `commitments`; only those that the account sees are counted."""

    commitments_path: ClassVar[str] = "commitments"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seen = Q(**{f"{self.commitments_path}__in": counted_commitments(request)})
        count = Count(self.commitments_path, filter=seen, distinct=True)
        return super().get_queryset(request).annotate(commitment_count=count)

    @admin.display(description=_("commitments"), ordering="commitment_count")
    def commitments(self, obj: Any) -> int:
        return int(obj.commitment_count)
