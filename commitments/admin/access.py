"""The rights of the account that asks, in the admin (`commitments/rights.py`)."""

from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import HttpRequest

from commitments.models import Commitment
from commitments.rights import Rights
from ogp_tracker.common.admin import access
from ogp_tracker.common.per_request import PerRequest


@dataclass
class EditableCommitments(PerRequest):
    may_edit: dict[int, bool] = field(default_factory=dict)


def rights_in(request: HttpRequest) -> Rights:
    rights: Rights = access.rights_in(request)
    return rights


def may_edit(request: HttpRequest, commitment: Commitment) -> bool:
    known = EditableCommitments.of(request).may_edit
    if commitment.pk not in known:
        known[commitment.pk] = rights_in(request).may_edit(commitment)
    return known[commitment.pk]


def counted_commitments(request: HttpRequest) -> QuerySet[Commitment]:
    """The commitments that a count in a list may count: those that the account sees.

    An administrator, who sees none of them, has to know what is in use.
    """
    rights = rights_in(request)
    return Commitment.objects.all() if rights.is_administrator else rights.seen_commitments()
