"""What a reply answers: chosen from a list, named in an address, offered on a page."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.admin.access import rights_in
from irm import replies
from irm.models import Assessment, MilestoneFinding, Reply
from irm.querysets import answered_by

NAMED = re.compile(r"(assessment|finding)-(\d{1,18})")


@dataclass(frozen=True)
class Answered:
    """An assessment as a whole, or one finding of it."""

    assessment: Assessment
    finding: MilestoneFinding | None = None

    @property
    def key(self) -> str:
        """Return how an address names it."""
        if self.finding is not None:
            return f"finding-{self.finding.pk}"
        return f"assessment-{self.assessment.pk}"

    @property
    def words(self) -> str:
        """Return what the assessor wrote."""
        return self.finding.found if self.finding is not None else self.assessment.text.analysis

    @property
    def name(self) -> str:
        """Return what it is called."""
        return str(self.finding or self.assessment)

    def replies(self) -> QuerySet[Reply]:
        """Return its reply, if there is one: published or begun."""
        return Reply.objects.filter(assessment=self.assessment, finding=self.finding)


class OffersReply(admin.ModelAdmin):
    """A section of assessors whose pages offer government to reply."""

    def answered_by_reply(self, obj: Any) -> Answered:
        """Return what a reply from the page of this row answers."""
        raise NotImplementedError

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Answer with the page, with the way to the reply if the account has one to write."""
        if obj is not None:
            context["reply"] = offered(request, self.answered_by_reply(obj))
        return super().render_change_form(request, context, add, change, form_url, obj)


def offered(request: HttpRequest, answered: Answered) -> dict[str, str] | None:
    """Return the label and the address of the way to the reply, or None if it is not for them."""
    rights = rights_in(request)
    if not rights.reports_for:
        return None
    begun = answered.replies().select_related("institution").first()
    if begun is not None:
        if begun.published_at is None and not replies.may_write(rights, begun.institution):
            return None
        label = _("Go on with the reply") if begun.published_at is None else _("The reply")
        return {"label": label, "address": reverse("admin:irm_reply_change", args=[begun.pk])}
    mine: QuerySet[Any] = (
        Assessment.objects.awaiting_reply(rights).filter(pk=answered.assessment.pk)
        if answered.finding is None
        else MilestoneFinding.objects.awaiting_reply(rights).filter(pk=answered.finding.pk)
    )
    if not mine.exists():
        return None
    return {
        "label": _("Reply"),
        "address": f"{reverse('admin:irm_reply_add')}?answers={answered.key}",
    }


def awaiting(request: HttpRequest) -> list[Answered]:
    """Return what the account may answer and nobody has, by commitment."""
    rights = rights_in(request)
    wholes = Assessment.objects.awaiting_reply(rights).select_related("report", "commitment")
    findings = MilestoneFinding.objects.awaiting_reply(rights).select_related(
        "assessment__report", "assessment__commitment", "milestone__commitment"
    )
    found = [Answered(one) for one in wholes]
    found += [Answered(one.assessment, one) for one in findings]
    return sorted(found, key=_place)


def asked_for(request: HttpRequest) -> Answered | None:
    """Return what the address names, if the account's institution may answer it at all.

    It may have been answered meanwhile: that the rule says, beside the words that were typed.
    """
    match = NAMED.fullmatch(request.GET.get("answers", ""))
    if match is None:
        return None
    mine = answered_by(rights_in(request))
    if match[1] == "assessment":
        wholes = Assessment.objects.public().filter(pk=match[2], commitment__in=mine)
        whole = wholes.select_related("report", "commitment__plan").first()
        return Answered(whole) if whole else None
    findings = MilestoneFinding.objects.public().filter(
        pk=match[2], assessment__commitment__in=mine
    )
    finding = findings.select_related(
        "assessment__report", "assessment__commitment__plan", "milestone__commitment"
    ).first()
    return Answered(finding.assessment, finding) if finding else None


def _place(answered: Answered) -> tuple[str, str, int]:
    finding = answered.finding
    number = finding.milestone.number if finding is not None else 0
    return (answered.assessment.commitment.slug, str(answered.assessment.report), number)
