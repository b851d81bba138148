"""What a reply answers: chosen from a list, named in an address, offered on a page."""

import re
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.admin.access import rights_in
from irm.models import Assessment, MilestoneFinding, Reply
from irm.querysets import answered_by

from .section import AssessorsSection

M = TypeVar("M", bound=Model)
NAMED = re.compile(r"(assessment|finding)-(\d{1,18})")


@dataclass(frozen=True)
class Answered:
    assessment: Assessment
    finding: MilestoneFinding | None = None

    @property
    def row(self) -> Assessment | MilestoneFinding:
        return self.finding or self.assessment

    @property
    def key(self) -> str:
        return f"{'finding' if self.finding else 'assessment'}-{self.row.pk}"

    @property
    def words(self) -> str:
        if self.finding is None:
            return self.assessment.text.analysis
        return self.finding.found or str(self.finding.code.label)

    @property
    def name(self) -> str:
        return str(self.row)

    def replies(self) -> QuerySet[Reply]:
        return Reply.objects.filter(assessment=self.assessment, finding=self.finding)


class OffersReply(AssessorsSection[M]):
    def add_to_context(self, request: HttpRequest, context: dict[str, Any], obj: M | None) -> None:
        if obj is not None:
            context["reply"] = reply_link(request, _answered(obj))


def reply_link(request: HttpRequest, answered: Answered) -> dict[str, str] | None:
    """The label and the address of the link to the reply, or None if it is not for them."""
    rights = rights_in(request)
    if not rights.reports_for:
        return None
    begun = answered.replies().select_related("institution").first()
    if begun is not None:
        if begun.published_at is None and not rights.may_carry_on_for(begun.institution):
            return None
        label = _("Go on with the reply") if begun.published_at is None else _("The reply")
        return {"label": label, "address": reverse("admin:irm_reply_change", args=[begun.pk])}
    if not type(answered.row).objects.awaiting_reply(rights).filter(pk=answered.row.pk).exists():
        return None
    return {
        "label": _("Reply"),
        "address": f"{reverse('admin:irm_reply_add')}?answers={answered.key}",
    }


def awaiting(request: HttpRequest) -> list[Answered]:
    rights = rights_in(request)
    found = [_answered(row) for rows in _readable() for row in rows.awaiting_reply(rights)]
    return sorted(found, key=_order)


def asked_for(request: HttpRequest) -> Answered | None:
    """What the address names, if the account's institution may reply to it at all.

    If someone has replied meanwhile, the rule says so, beside the words that were typed.
    """
    match = NAMED.fullmatch(request.GET.get("answers", ""))
    if match is None:
        return None
    wholes, findings = _readable()
    mine = answered_by(rights_in(request))
    if match[1] == "assessment":
        rows = wholes.public().recorded().filter(commitment__in=mine)
    else:
        rows = findings.public().filter(assessment__commitment__in=mine)
    row = rows.filter(pk=match[2]).first()
    return _answered(row) if row else None


def _readable() -> tuple[Any, Any]:
    return (
        Assessment.objects.select_related("report", "commitment__plan"),
        MilestoneFinding.objects.select_related(
            "assessment__report", "assessment__commitment__plan", "milestone__commitment"
        ),
    )


def _answered(row: Model) -> Answered:
    if isinstance(row, MilestoneFinding):
        return Answered(row.assessment, row)
    return Answered(cast(Assessment, row))


def _order(answered: Answered) -> tuple[str, str, int]:
    finding = answered.finding
    number = finding.milestone.number if finding is not None else 0
    return (answered.assessment.commitment.slug, str(answered.assessment.report), number)
