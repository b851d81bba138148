"""Evidence: rows on the page of a draft, and a list to look it up."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.rights import Rights
from milestones.evidence_files.serving import answer_with
from milestones.evidence_files.store import keep_upload
from milestones.evidence_files.stored import StoredFile
from milestones.facts import EvidenceFacts
from milestones.models import Evidence, ProgressUpdate
from ogp_tracker.common.admin.access import RowsByRights, account_in
from ogp_tracker.common.admin.base import TrackerAdmin
from ogp_tracker.common.admin.forms import ReadOnly, RowSet
from ogp_tracker.common.web_addresses import warning_of

from .evidence_file import EvidenceFileInput, SentFile, kept_by, taken_in_words
from .offered import ProgressRequestState

COLUMNS = ("title", "url", "locator", "archived_url")


class EvidenceForm(forms.ModelForm):
    # An address or a file.
    asks_by_rule = True
    instance: Evidence
    upload = forms.Field(label=gettext_lazy("or a file"), widget=EvidenceFileInput, required=False)

    def __init__(self, *args: Any, account: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.file: StoredFile | None = self.instance.stored
        for name in {"title", "url"} & {*self.fields}:
            # The style sheet tells by it whether something is typed.
            self.fields[name].widget.attrs["placeholder"] = " "
        if field := self.fields.get("upload"):
            field.help_text = taken_in_words()
            if self.file:
                self._show(self.file, address=address_of_file(self.instance))
            elif piece := self.initial.get("file_of"):
                self._show(piece.stored, uid=piece.uid, address=address_of_file(piece))

    def _show(self, file: StoredFile, *, uid: object = "", address: str = "") -> None:
        widget = cast(EvidenceFileInput, self.fields["upload"].widget)
        widget.kept, widget.kept_uid, widget.kept_address = file, str(uid), address

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if sent := cleaned.get("upload"):
            try:
                self.file = self._settled(sent)
            except ValidationError as refusal:
                self.add_error("upload", refusal)
                return cleaned
        if cleaned.get("url") == "" and not self.file:
            self.add_error("url", _("Enter an address, or choose a file."))
        return cleaned

    def _settled(self, sent: SentFile) -> StoredFile | None:
        """The file that the row has from now on.

        Raises ValidationError if a chosen file is refused; then the one that was there stays.
        """
        file, kept = self.file, kept_by(self.account, sent.kept)
        if sent.kept and kept is None and sent.upload is None:
            raise ValidationError(_("The file is not kept any longer. Choose it again."))
        if kept and kept.stored:
            file = kept.stored
            self._show(file, uid=kept.uid)
        if sent.upload is not None:
            chosen = keep_upload(sent.upload, self.account)
            if file := chosen.stored:
                self._show(file, uid=chosen.uid)
        elif sent.without:
            return None
        return file

    def facts(self) -> EvidenceFacts:
        given = {name: self.cleaned_data.get(name, "") for name in COLUMNS}
        return EvidenceFacts(file=self.file, **given)


class EvidenceFormSet(RowSet):
    """The evidence of one update; the state of the request has it for the update's form."""

    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What a correction starts with: every piece has its row.
        self.extra = max(self.extra, len(self.initial_extra or ()))
        ProgressRequestState.of(self.request).evidence = self

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"account": account_in(self.request)}

    def pieces(self) -> list[EvidenceFacts]:
        self.is_valid()
        return [
            form.facts()
            for form in cast(list[EvidenceForm], self.forms)
            if form not in self.deleted_forms
            and hasattr(form, "cleaned_data")
            # A row that is refused is given all the same: its own error says what to do.
            and (form.cleaned_data.get("url") or form.file or form.errors)
        ]


def to_start_with(update: ProgressUpdate) -> list[dict[str, Any]]:
    """The evidence of an update as the initial values of another one's rows."""
    return [
        {name: getattr(piece, name) for name in COLUMNS}
        | {"file_of": piece if piece.stored else None}
        for piece in update.evidence.order_by("pk")
    ]


def address_of_file(piece: Evidence) -> str:
    return reverse("admin:milestones_evidence_file", args=[piece.pk])


def address_warnings(update: ProgressUpdate) -> list[str]:
    """Say which of its addresses perhaps only an office can open. Reads its evidence."""
    addresses = [update.source_url]
    for piece in update.evidence.all():
        addresses += [piece.url, piece.archived_url]
    return list(dict.fromkeys(filter(None, map(warning_of, addresses))))


class ShowsFile:
    @admin.display(description=gettext_lazy("file"))
    def file_to_read(self, obj: Evidence) -> str:
        if (file := obj.stored) is None:
            return "–"
        return format_html(
            '<a href="{}"><bdi>{}</bdi></a> ({}, {})',
            address_of_file(obj),
            file.name,
            obj.kind_in_words,
            filesizeformat(file.size),
        )


class EvidenceInline(ShowsFile, RowsByRights[Evidence, ProgressUpdate], admin.StackedInline):
    model = Evidence
    form = EvidenceForm
    formset = EvidenceFormSet
    readonly_fields = ("file_to_read",)
    # An empty row, so that a piece can be added without script.
    extra = 1
    verbose_name = gettext_lazy("piece of evidence")
    verbose_name_plural = gettext_lazy("evidence")

    def get_fields(
        self, request: HttpRequest, obj: ProgressUpdate | None = None
    ) -> tuple[str, ...]:
        file = "upload" if self.has_change_permission(request, obj) else "file_to_read"
        return ("title", "url", file, "locator", "archived_url")

    def get_formset(
        self, request: HttpRequest, obj: ProgressUpdate | None = None, **kwargs: Any
    ) -> type[EvidenceFormSet]:
        formset: type[EvidenceFormSet] = super().get_formset(request, obj, **kwargs)
        formset.request = request
        return formset


class AnswerFilter(admin.AllValuesFieldListFilter):
    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield choice | {"display": choice["display"] or _("Not checked")}


@admin.register(Evidence)
class EvidenceAdmin(ShowsFile, ReadOnly, TrackerAdmin[Evidence]):
    """Evidence, to look it up; it changes on the page of its draft and is closed with it."""

    when_empty = gettext_lazy("Officers give evidence when they report progress.")
    list_display = ("title", "update", "url", "last_checked_at", "last_answer")
    list_of_all_related = ("update__commitment", "update__milestone__commitment")
    list_filter = (("last_answer", AnswerFilter), "update__state", "update__commitment__plan")
    search_fields = ("title", "url", "update__commitment__slug")
    date_hierarchy = "last_checked_at"
    fields = (
        "update",
        "title",
        "url",
        "file_to_read",
        "sha256",
        "locator",
        "archived_url",
        ("last_checked_at", "last_answer", "last_alive_at"),
        "uid",
    )
    readonly_fields = ("file_to_read", "uid")
    own_pages = ("file",)

    def may_see(self, rights: Rights) -> bool:
        return rights.is_government

    def seen_by(self, rights: Rights, rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
        return rows.filter(update__in=ProgressUpdate.objects.seen_by(rights).values("pk"))

    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Send the file of one piece of evidence, also of a draft, to anyone who may see it."""
        piece = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, piece):
            raise PermissionDenied
        if piece is None or piece.stored is None:
            raise Http404
        return answer_with(request, piece.stored, caching="private, no-store")
