"""Mistakes that readers reported: administrators read, answer and delete them."""

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from milestones.reminders.sending import MailServerUnavailable
from ogp_tracker.common.admin.access import AdminRights
from ogp_tracker.common.admin.base import TrackerAdmin
from ogp_tracker.common.admin.forms import RefusableForm
from ogp_tracker.mistakes.answering import close
from ogp_tracker.mistakes.models import Mistake

State = Mistake.State
NOT_SENT = {
    State.OPEN: _(
        "The mail server did not take the answer. It is kept here, and the report stays open: tick"
        " “Answered” again later."
    ),
    State.BEGUN: _(
        "The mail server stopped answering. The answer may or may not have been sent, so it is not"
        " sent again."
    ),
    State.REFUSED: _("The reader's address refused the answer."),
}


class AnswerForm(RefusableForm):
    close = forms.BooleanField(
        label=_("Answered"),
        required=False,
        help_text=_(
            "Closes the report, and emails the answer at once if the reader gave an address. The"
            " answer cannot be changed afterwards. Leave it empty to email nothing."
        ),
    )


@admin.register(Mistake)
class MistakeAdmin(TrackerAdmin[Mistake]):
    form = AnswerForm
    when_empty = _("Readers report mistakes with the form at the end of each public page.")
    list_display = ("received_at", "beginning", "page", "state")
    list_filter = ("state",)
    search_fields = ("text", "page", "email", "note")
    fields = ("state", "received_at", "link", "text", "email", "note", "answer", "close")

    def get_fields(self, request: HttpRequest, obj: Mistake | None = None) -> tuple[str, ...]:
        return self.fields if obj and obj.state == State.OPEN else self.fields[:-1]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Mistake | None = None
    ) -> tuple[str, ...]:
        is_open = obj is not None and obj.state == State.OPEN
        return ("state", "received_at", "link", "text", "email", *(() if is_open else ("answer",)))

    def may_add(self, request: HttpRequest, rights: AdminRights) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Mistake, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("close"):
            transaction.on_commit(lambda: close_and_tell(request, obj))

    @admin.display(description=_("page"))
    def link(self, obj: Mistake) -> str:
        return format_html('<a href="{0}">{0}</a>', obj.page) if obj.page else "–"

    @admin.display(description=_("what is wrong"))
    def beginning(self, obj: Mistake) -> str:
        return Truncator(obj.text).chars(100)


def close_and_tell(request: HttpRequest, mistake: Mistake) -> None:
    reason = ""
    try:
        close(mistake)
    except MailServerUnavailable as error:
        reason = str(error)
    mistake.refresh_from_db()
    if sentence := NOT_SENT.get(State(mistake.state)):
        messages.warning(request, f"{sentence} {reason}".strip())
