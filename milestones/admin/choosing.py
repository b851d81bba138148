"""Choosing the milestone that an update is about: a search without script."""

from http import HTTPStatus

from django.contrib.admin import ModelAdmin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from commitments.admin.access import rights_in
from commitments.approvers import account_name, points_of_contact
from commitments.models import Commitment
from commitments.rights import Rights, reported_by
from milestones.models import Milestone
from milestones.querysets import MilestoneQuerySet
from milestones.targets import Target, commitment_of
from ogp_tracker.common.admin.base import admin_page

SHOWN = 50
"""How many milestones are listed to choose from."""


def reportable() -> MilestoneQuerySet:
    """With what the rules read of milestones, so that they do not query again."""
    return Milestone.objects.select_related("commitment__plan").prefetch_related(
        "commitment__nations", "nation_progress"
    )


def reportable_wholes() -> QuerySet[Commitment]:
    return Commitment.objects.select_related("plan").prefetch_related("nations")


def reported_on(rights: Rights) -> MilestoneQuerySet:
    mine = Q(pk__in=())
    if rights.reports_for:
        mine |= reported_by(rights.reports_for, rights.carries_on)
    if rights.coordinates:
        mine |= Q(pk__in=rights.edited_commitments().values("pk"))
    of_mine = Q(commitment__in=Commitment.objects.filter(mine))
    return Milestone.objects.filter(of_mine | Q(lead__in=rights.carries_on))


def asked_for(request: HttpRequest) -> Target | None:
    """The milestone in the address, or the commitment of which it is to speak as a whole."""
    for name, rows in (("milestone", reportable()), ("commitment", reportable_wholes())):
        key = request.GET.get(name, "")
        if key.isdecimal() and len(key) < len(str(2**63)):
            found: Target | None = rows.filter(pk=key).first()
            return found
    return None


def visible_commitments(request: HttpRequest) -> QuerySet[Commitment]:
    mine = Q(pk__in=rights_in(request).seen_commitments().values("pk"))
    return Commitment.objects.filter(mine | Q(pk__in=Commitment.objects.public().values("pk")))


def page_to_choose(section: ModelAdmin, request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()
    rows = found_by(words, reported_on(rights_in(request)))
    return admin_page(
        section,
        request,
        "admin/milestones/progressupdate/choose_milestone.html",
        _("Report progress"),
        words=words,
        rows=rows[:SHOWN],
        total=rows.count(),
        shown=SHOWN,
    )


def page_without_nation(section: ModelAdmin, request: HttpRequest, target: Target) -> HttpResponse:
    commitment = commitment_of(target)
    page = admin_page(
        section,
        request,
        "admin/milestones/progressupdate/without_nation.html",
        _("You cannot report on this yet"),
        subtitle=str(target),
        commitment=commitment,
        contacts=[account_name(one) for one in points_of_contact(commitment)],
    )
    page.status_code = HTTPStatus.FORBIDDEN
    return page


def found_by(words: str, rows: MilestoneQuerySet) -> MilestoneQuerySet:
    for word in words.split()[:10]:
        rows = rows.filter(fits(word))
    order = (F("due_on").asc(nulls_last=True), "commitment__slug", "order", "number")
    return rows.select_related("commitment__plan").order_by(*order)


def fits(word: str) -> Q:
    label = Q(label__istartswith=word)
    if word.isdecimal() and len(word) <= len("99"):
        return label
    return (
        label
        | Q(commitment__slug__icontains=word)
        | Q(commitment__title__icontains=word)
        | Q(text__icontains=word)
    )
