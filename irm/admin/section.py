"""Sections of the Admin that assessors write, and in which government looks up what is public."""

from typing import Any, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from commitments.rights import Rights
from irm.querysets import CitableQuerySet
from ogp_tracker.common.admin.base import HistoryAdmin

M = TypeVar("M", bound=Model)


class AssessorsSection(HistoryAdmin[M]):
    path_to_commitment = ""
    """Government sees only rows of its own commitments; "": of all."""

    def may_see(self, rights: Rights) -> bool:
        return rights.is_assessor or rights.is_government

    def seen_by(self, rights: Rights, rows: QuerySet[M]) -> QuerySet[M]:
        if rights.is_assessor:
            return rows
        public = cast("CitableQuerySet[M]", rows).public()
        if not self.path_to_commitment:
            return public
        return public.filter(**{f"{self.path_to_commitment}__in": rights.seen_commitments()})

    def may_add(self, request: HttpRequest, rights: Rights) -> bool:
        return rights.is_assessor

    def may_change(self, request: HttpRequest, rights: Rights, obj: M | None) -> bool:
        return rights.is_assessor

    def may_read_history(self, rights: Rights, obj: M) -> bool:
        """Drafts of the past are the assessors'."""
        return rights.is_assessor

    def is_public(self, obj: M) -> bool:
        rows: Any = self.model._default_manager
        return bool(rows.public().filter(pk=obj.pk).exists())
