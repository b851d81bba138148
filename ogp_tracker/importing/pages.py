"""The pages of the admin on which a researcher imports a sheet."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin.access import rights_in
from commitments.rights import Rights
from irm.models import Report
from ogp_tracker.common.admin.access import account_in

from .known import Known
from .preview import ImportPreview, judged
from .reading import check_size, read_sheet
from .sheet import ImportSheet, Refusal, SheetRefused
from .targets import NAMES, TARGETS, ImportTable, arranged
from .template import template_of
from .writing import ChangedMeanwhile, write_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_REFUSALS = 200
"""How many are shown; more of them are one mistake in many rows."""

KEPT_SECONDS = 4 * 3600


@dataclass(frozen=True)
class KeptSheet:
    """A file as it was chosen, and for which report, kept between the preview and the writing.

    In the cache that all processes share, one for each account: a second one replaces the first.
    """

    uid: str
    name: str
    content: bytes
    report: str


def keep(account: User, *, name: str, content: bytes, report: str) -> KeptSheet:
    sheet = KeptSheet(uuid4().hex, name, content, report)
    cache.set(_key(account), sheet.__dict__, KEPT_SECONDS)
    return sheet


def kept(account: User, uid: str) -> KeptSheet | None:
    """None if it is no longer kept, or another one is."""
    found = cache.get(_key(account))
    return KeptSheet(**found) if found and found["uid"] == uid else None


def forget(account: User) -> None:
    cache.delete(_key(account))


def _key(account: User) -> str:
    return f"sheet-{account.pk}"


class SheetForm(forms.Form):
    report = forms.ModelChoiceField(
        Report.objects.order_by("title"),
        to_field_name="slug",
        required=False,
        label=gettext_lazy("Report"),
        empty_label=gettext_lazy("As the column report_id says, row by row"),
    )
    sheet = forms.FileField(
        label=gettext_lazy("Sheet"),
        help_text=gettext_lazy(
            "CSV in UTF-8, or XLSX. A column that is not in the sheet stays as it is; an empty cell"
            " empties what is stored."
        ),
        widget=forms.FileInput(attrs={"accept": f".csv,.xlsx,text/csv,{XLSX}"}),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file.")},
    )


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [
        path("irm/import/", site.admin_view(choose_page), name="import"),
        path("irm/import/<str:uid>/", site.admin_view(preview_page), name="import_preview"),
        path(
            "irm/report/<int:pk>/template/<slug:table>/",
            site.admin_view(template_page),
            name="import_template",
        ),
    ]


def choose_page(request: HttpRequest) -> HttpResponse:
    rights = _assessor(request)
    if request.method != "POST":
        return _choice(request, SheetForm(initial={"report": request.GET.get("report")}))
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _choice(request, form)
    file, report = form.cleaned_data["sheet"], form.cleaned_data["report"]
    slug = report.slug if report else ""
    try:
        check_size(file.size)
        content = file.read()
        _judged(content, slug, rights)
    except SheetRefused as refused:
        return _choice(request, form, refused.refusals, file.name)
    sheet = keep(account_in(request), name=file.name, content=content, report=slug)
    return redirect("admin:import_preview", sheet.uid)


def preview_page(request: HttpRequest, uid: str) -> HttpResponse:
    rights = _assessor(request)
    sheet = kept(account_in(request), uid)
    if sheet is None:
        messages.warning(request, _("That sheet is no longer kept. Choose it once more."))
        return redirect("admin:import")
    try:
        if request.method == "POST":
            return _write(request, sheet, rights)
        shown = _judged(sheet.content, sheet.report, rights)
    except SheetRefused as refused:
        # What it names was there when the file was chosen.
        form = SheetForm(initial={"report": sheet.report})
        return _choice(request, form, refused.refusals, sheet.name)
    context = {"title": _("What this sheet would do"), "file": sheet, "preview": shown}
    return _page(request, "preview", context)


def template_page(request: HttpRequest, pk: int, table: str) -> HttpResponse | FileResponse:
    rights = _assessor(request)
    report = get_object_or_404(Report, pk=pk)
    target = TARGETS.get(table)
    if target is None:
        return redirect("admin:import")
    return FileResponse(
        template_of(target, report, rights),
        as_attachment=True,
        filename=f"{report.slug}-{target.name}.xlsx",
        content_type=XLSX,
    )


def read(content: bytes, report: str) -> tuple[ImportTable, ImportSheet]:
    """Raises SheetRefused."""
    return arranged(read_sheet(content, NAMES, TARGETS), report=report)


def _judged(content: bytes, report: str, rights: Rights) -> ImportPreview:
    """Raises SheetRefused."""
    target, sheet = read(content, report)
    shown = judged(Known(target, sheet.rows, rights), sheet, report=report)
    if shown.refusals:
        raise SheetRefused(*shown.refusals)
    return shown


def _assessor(request: HttpRequest) -> Rights:
    rights = rights_in(request)
    if not rights.is_assessor:
        raise PermissionDenied
    return rights


def _write(request: HttpRequest, sheet: KeptSheet, rights: Rights) -> HttpResponse:
    target, rows = read(sheet.content, sheet.report)
    try:
        done = write_sheet(
            target,
            rows,
            rights,
            shown=request.POST.get("shown", ""),
            file_name=sheet.name,
            report=sheet.report,
        )
    except ChangedMeanwhile:
        words = _(
            "Nothing was written: what is stored has changed since you looked at the preview. This"
            " is what the sheet would do now."
        )
        messages.warning(request, words)
        return redirect("admin:import_preview", sheet.uid)
    forget(account_in(request))
    number = sum(one.kind.name != "SAME" for one in done.effects)
    words = ngettext(
        "%(number)d row of %(name)s is written.", "%(number)d rows of %(name)s are written.", number
    )
    messages.success(request, words % {"number": number, "name": sheet.name})
    slugs = {one.key[0] for one in done.effects}
    if len(slugs) == 1:
        return redirect("admin:irm_report_work", Report.objects.get(slug=slugs.pop()).pk)
    return redirect("admin:irm_report_changelist")


def _choice(
    request: HttpRequest, form: SheetForm, refusals: list[Refusal] | None = None, name: str = ""
) -> HttpResponse:
    refusals = refusals or []
    chosen = form["report"].value()
    return _page(
        request,
        "choose",
        {
            "title": _("Import a sheet"),
            "form": form,
            "file_name": name,
            "refusals": refusals[:MOST_REFUSALS],
            "number": len(refusals),
            "report": Report.objects.filter(slug=chosen).first() if chosen else None,
            "targets": TARGETS.values(),
        },
    )


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    context = {**admin.site.each_context(request), "opts": Report._meta, **context}
    return TemplateResponse(request, f"importing/{name}.html", context)
