"""My work: the first page of the Admin section, and the full lists that it leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.admin.access import rights_in
from commitments.models import ActionPlan, Institution, Nation
from commitments.rights import Rights, RoleScope, rights_of
from milestones.work.institutions import InstitutionRow
from milestones.work.parts import OF_MILESTONES, OF_OTHERS, TEXTS, WorkList, WorkListText
from milestones.work.work import PlanWork, Work

SHOWN = 20
"""How many rows of each part the first page shows."""

PER_PAGE = 50


@dataclass(frozen=True)
class WorkSection:
    part: WorkList
    total: int
    rows: Sequence[Any] = ()
    path: str = ""

    @property
    def words(self) -> WorkListText:
        return TEXTS[self.part]

    @property
    def lists_milestones(self) -> bool:
        return self.part in OF_MILESTONES

    @property
    def lists_records(self) -> bool:
        return self.part in OF_OTHERS

    @property
    def has_more(self) -> bool:
        return self.total > len(self.rows)


def first_page(request: HttpRequest) -> dict[str, Any]:
    rights, on = rights_in(request), timezone.localdate()
    context: dict[str, Any] = {"rights": rights}
    if rights.is_government:
        context |= {"title": _("My work"), "sections": _sections(Work(rights, on=on))}
    if rights.coordinates:
        plan = PlanWork(rights, on=on)
        institutions = plan.institutions()
        context |= {
            "scope": names_of(rights.coordinates),
            "plan_sections": [
                WorkSection(part, total, path=reverse("admin:plan_work_part", args=[part]))
                for part, total in plan.counts().items()
            ],
            "institutions": institutions[:SHOWN],
            "institution_total": len(institutions),
            "silent_total": sum(row.is_stale for row in institutions),
        }
    return context


def _sections(work: Work) -> list[WorkSection]:
    counts = work.counts()
    # What colleagues write is a number and a way there, not a list to work through.
    listed = [part for part, total in counts.items() if total and part != WorkList.COLLEAGUES]
    rows = work.first_rows(listed, SHOWN)
    return [
        WorkSection(part, total, rows.get(part, ()), reverse("admin:my_work_part", args=[part]))
        for part, total in counts.items()
        if total
    ]


def names_of(scope: RoleScope) -> list[str]:
    plans = ActionPlan.objects.filter(pk__in=scope.plans).order_by("title")
    nations = Nation.objects.filter(pk__in=scope.nations).order_by("position")
    return [str(row) for rows in (plans, nations) for row in rows]


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [
        path("my-work/plan/", site.admin_view(institutions_page), name="plan_work"),
        path("my-work/plan/<slug:name>/", site.admin_view(plan_part_page), name="plan_work_part"),
        path("my-work/<slug:name>/", site.admin_view(part_page), name="my_work_part"),
    ]


def part_page(request: HttpRequest, name: str) -> HttpResponse:
    work = Work(rights_of(request.user), on=timezone.localdate())
    part = _part_called(name, work.parts)
    return _page(request, work.found(part), str(part.label), part, work)


def plan_part_page(request: HttpRequest, name: str) -> HttpResponse:
    rights = _coordinating(request)
    part = _part_called(name, list(OF_MILESTONES))
    key = request.GET.get("institution", "")
    institution = get_object_or_404(Institution, pk=key) if key.isdecimal() else None
    work = PlanWork(
        rights, on=timezone.localdate(), institution=institution.pk if institution else None
    )
    where = institution.name if institution else ", ".join(names_of(rights.coordinates))
    return _page(request, work.found(part), f"{part.label}: {where}", part, work)


def institutions_page(request: HttpRequest) -> HttpResponse:
    rows = PlanWork(_coordinating(request), on=timezone.localdate()).institutions()
    return _page(request, rows, _("Institutions and what they have left to do"))


def _coordinating(request: HttpRequest) -> Rights:
    rights = rights_of(request.user)
    if not rights.coordinates:
        raise Http404
    return rights


def _part_called(name: str, parts: list[WorkList]) -> WorkList:
    if name not in parts:
        raise Http404
    return WorkList(name)


def _page(
    request: HttpRequest,
    found: QuerySet | Sequence[InstitutionRow],
    title: str,
    part: WorkList | None = None,
    work: Work | PlanWork | None = None,
) -> HttpResponse:
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    listed: list[Any] = list(page)
    rows = work.rows(part, listed) if part is not None and work is not None else ()
    others = request.GET.copy()
    others.pop("page", None)
    context = {
        **admin.site.each_context(request),
        "title": title,
        "page": page,
        "section": WorkSection(part, page.paginator.count, rows) if part else None,
        "institutions": [] if part else listed,
        "others": f"{others.urlencode()}&" if others else "",
    }
    return TemplateResponse(request, "admin/my_work/list.html", context)
