"""The pages of the admin on which sheets are imported: choose, preview, write."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.admin.access import rights_in
from commitments.models import ActionPlan, Commitment
from commitments.rights import Rights
from irm.models import Report
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.fields import DayFormField, WebAddressFormField

from .effects import Effect, EffectKind
from .imports import ChangedMeanwhile, grids_of, preview, write
from .kept_files import KeptImport, forget, keep, kept, with_answers
from .new_workbook import MEDIA_TYPE
from .reading import check_size
from .run import Run, SourceDocument
from .sheet import Refusal, SheetRefused
from .template import TEMPLATES

MOST_REFUSALS = 200
"""How many are shown; more of them are one mistake in many rows."""
MOST_FILES = 10
DOCUMENT = ("document_title", "document_url", "document_date")


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files: a workbook, or the tables of one plan as CSV files."""

    widget = FilesInput(attrs={"accept": f".csv,.xlsx,.ods,text/csv,{MEDIA_TYPE}"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data if isinstance(data, list) else [data]
        if len(chosen) > MOST_FILES:
            said = _("Choose at most %s files at once.")
            raise forms.ValidationError(said % intcomma(MOST_FILES))
        return [super(FilesField, self).clean(one, initial) for one in chosen]


class ImportForm(forms.Form):
    sheet = FilesField(
        label=gettext_lazy("Files"),
        help_text=gettext_lazy(
            "A workbook (XLSX or ODS), or CSV files. A column that is not in a sheet stays as it"
            " is; an empty cell empties what is stored."
        ),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    report = forms.ModelChoiceField(
        Report.objects.order_by("title"),
        to_field_name="slug",
        required=False,
        label=gettext_lazy("Report"),
        empty_label=gettext_lazy("As the column report_id says, row by row"),
    )
    plan = forms.ModelChoiceField(
        ActionPlan.objects.none(),
        to_field_name="slug",
        required=False,
        label=gettext_lazy("Action plan"),
        empty_label=gettext_lazy("As the column plan_id says, row by row"),
    )
    document_title = forms.CharField(
        required=False,
        max_length=250,
        label=gettext_lazy("Title of the document"),
        help_text=gettext_lazy("Such as “Progress to June 2025”."),
    )
    document_url = WebAddressFormField(required=False, label=gettext_lazy("Its web address"))
    document_date = DayFormField(
        required=False,
        edge="last",
        label=gettext_lazy("When it was published"),
        help_text=gettext_lazy("Dates in the sheet that are later may be forecasts."),
    )

    def __init__(self, rights: Rights, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rights.is_assessor:
            del self.fields["report"]
        if rights.coordinates:
            edited = rights.edited_commitments().values("plan")
            mine = ActionPlan.objects.filter(pk__in=rights.coordinates.plans)
            self.fields["plan"].queryset = mine | ActionPlan.objects.filter(pk__in=edited)  # type: ignore[attr-defined]
        else:
            for name in ("plan", *DOCUMENT):
                del self.fields[name]

    def chosen(self) -> KeptImport:
        given = self.cleaned_data
        ids = {f"{name}_id": given[name].slug for name in ("report", "plan") if given.get(name)}
        files = tuple((one.name, one.read()) for one in given["sheet"])
        document = SourceDocument(
            given.get("document_title", ""),
            given.get("document_url", ""),
            given.get("document_date"),
        )
        return KeptImport(files, ids, document)


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [
        path("import/", site.admin_view(choose_page), name="import"),
        path("import/<str:uid>/", site.admin_view(preview_page), name="import_preview"),
    ]


def choose_page(request: HttpRequest) -> HttpResponse:
    rights = _importer(request)
    if request.method != "POST":
        given = {name: request.GET.get(name) for name in ("report", "plan")}
        return _choice(request, ImportForm(rights, initial=given))
    form = ImportForm(rights, request.POST, request.FILES)
    if not form.is_valid():
        return _choice(request, form)
    try:
        check_size(sum(one.size for one in form.cleaned_data["sheet"]))
    except SheetRefused as refused:
        return _choice(request, form, refused.refusals)
    return redirect("admin:import_preview", keep(account_in(request), form.chosen()).uid)


def preview_page(request: HttpRequest, uid: str) -> HttpResponse:
    rights = _importer(request)
    chosen = kept(account_in(request), uid)
    if chosen is None:
        messages.warning(request, _("These files are no longer kept. Choose them once more."))
        return redirect("admin:import")
    try:
        if request.method == "POST":
            chosen = keep(account_in(request), with_answers(chosen, request.POST))
            if "again" in request.POST:
                return redirect("admin:import_preview", uid)
            return _write(request, chosen)
        shown = preview(grids_of(chosen.files), chosen.run(account_in(request)))
    except SheetRefused as refused:
        form = ImportForm(rights, initial=chosen.form_data)
        return _choice(request, form, refused.refusals, chosen.name)
    context = {"title": _("What this would do"), "file": chosen, "preview": shown}
    return _page(request, "preview", {**context, "sheets": list(_by_sheet(shown))})


def _by_sheet(shown: Run) -> Iterator[tuple[str, list[Effect], list[str]]]:
    """What is worth reading of each sheet, and the names of the rows that change nothing."""
    for name, effects in groupby(shown.effects, lambda one: one.sheet):
        said, same = [], []
        for one in effects:
            if one.kind is EffectKind.SAME and not one.notes:
                same.append(one.name)
            else:
                said.append(one)
        yield name, said, same


def _importer(request: HttpRequest) -> Rights:
    rights = rights_in(request)
    if not (rights.is_assessor or rights.coordinates or rights.is_administrator):
        raise PermissionDenied(
            _("Only points of contact, IRM researchers and administrators can import sheets.")
        )
    return rights


def _write(request: HttpRequest, chosen: KeptImport) -> HttpResponse:
    account = account_in(request)
    try:
        grids, run = grids_of(chosen.files), chosen.run(account)
        done = write(grids, run, shown=request.POST.get("shown", ""))
    except ChangedMeanwhile:
        words = _(
            "Nothing was written: an answer, or what is stored, has changed since you looked at"
            " the preview. This is what the import would do now."
        )
        messages.warning(request, words)
        return redirect("admin:import_preview", chosen.uid)
    forget(account)
    number = sum(one.kind is not EffectKind.SAME for one in done.effects)
    words = ngettext(
        "%(number)s row of %(name)s is written.", "%(number)s rows of %(name)s are written.", number
    )
    messages.success(request, words % {"number": intcomma(number), "name": chosen.name})
    return _after(request, done)


def _after(request: HttpRequest, done: Run) -> HttpResponse:
    """Where the work goes on: with the one report or plan that the rows were about."""
    reports = {row.pk for row in done.reports.rows.values() if row is not None}
    if done.rights.is_assessor and len(reports) == 1:
        return redirect("admin:irm_report_work", reports.pop())
    plans = {row.pk for row in done.plans.rows.values() if row is not None}
    if done.rights.coordinates and len(plans) == 1:
        plan = plans.pop()
        if Commitment.objects.filter(pk__in=done.commitments_touched, published_on=None).exists():
            names = ("preview", "publish")
            pages = [reverse(f"admin:commitments_actionplan_{one}", args=[plan]) for one in names]
            words = _(
                'Drafts were written: <a href="{}">preview</a> and <a href="{}">publish them</a>.'
            )
            messages.info(request, format_html(words, *pages))
        return redirect("admin:commitments_actionplan_change", plan)
    return redirect("admin:irm_report_changelist" if done.rights.is_assessor else "admin:import")


def _choice(
    request: HttpRequest,
    form: ImportForm,
    refusals: list[Refusal] | None = None,
    name: str = "",
) -> HttpResponse:
    refusals = refusals or []
    names = name or ", ".join(one.name or "" for one in request.FILES.getlist("sheet"))
    return _page(
        request,
        "choose",
        {
            "title": _("Import from a workbook or sheets"),
            "form": form,
            "file_name": names,
            "refusals": refusals[:MOST_REFUSALS],
            "number": len(refusals),
            "document": [form[name] for name in DOCUMENT if name in form.fields],
            "report": _named(form, "report"),
            "plan": _named(form, "plan"),
            "tables": TEMPLATES.values(),
        },
    )


def _named(form: ImportForm, name: str) -> Model | None:
    """The report or plan that was chosen, or named in the address."""
    slug = form[name].value() if name in form.fields else None
    return form.fields[name].queryset.filter(slug=slug).first() if slug else None  # type: ignore[attr-defined]


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    rights = rights_in(request)
    opts = (Report if rights.is_assessor else ActionPlan)._meta
    context = {**admin.site.each_context(request), "opts": opts, **context}
    return TemplateResponse(request, f"importing/{name}.html", context)
