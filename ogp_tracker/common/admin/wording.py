"""What every section says in this site's words, where Django's own admin speaks of objects."""

from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.forms import ChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogp_tracker.common.texts import StrOrPromise

from .generic import ExtraContext, ModelAdmin
from .problems import problems_on

M = TypeVar("M", bound=Model)


class ActionForm(helpers.ActionForm):
    action = ChoiceField(label=gettext_lazy("With the ticked rows:"))


class InOwnWords(ModelAdmin[M]):
    """Titles, messages and buttons; the errors of a form in one list above it."""

    action_form = ActionForm

    when_empty: StrOrPromise = ""
    """Why the list may be empty, and what would fill it."""

    # Lists

    def changelist_view(
        self, request: HttpRequest, extra_context: ExtraContext = None
    ) -> HttpResponse:
        if request.method == "POST" and "index" in request.POST:
            if not request.POST.getlist(helpers.ACTION_CHECKBOX_NAME):
                return self._asked_again(request, _("Tick the rows first, then choose what to do."))
            if not any(request.POST.getlist("action")):
                return self._asked_again(request, _("Choose what to do with the ticked rows."))
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def _asked_again(self, request: HttpRequest, sentence: str) -> HttpResponse:
        self.message_user(request, sentence, messages.WARNING)
        return redirect(request.get_full_path())

    def get_action_choices(
        self, request: HttpRequest, default_choices: list[tuple[str, str]] | None = None
    ) -> list[tuple[str, str]]:
        return super().get_action_choices(request, default_choices or [("", _("Choose"))])

    # Forms

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: ExtraContext = None,
    ) -> HttpResponse:
        return super().changeform_view(
            request, object_id, form_url, {"title": ""} | (extra_context or {})
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With one button that saves; a page that was given no title is called as its row."""
        row: M | None = context["original"]
        if not context["title"] and row is not None:
            context |= {"title": str(row), "subtitle": None}
        context["title"] = context["title"] or self.add_words
        context |= {
            "problems": problems_on(context["adminform"].form, context["inline_admin_formsets"]),
            "errors": None,
            "add_words": self.add_words,
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @property
    def add_words(self) -> str:
        return _("Add %s") % self.opts.verbose_name

    # What was done

    def response_add(
        self, request: HttpRequest, obj: M, post_url_continue: str | None = None
    ) -> HttpResponse:
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        sentence = self.saved(request, obj)
        if self.has_add_permission(request):
            again = format_html('<a href="{}">{}</a>', request.get_full_path(), _("Add another"))
            sentence = format_html("{} {}", sentence, again)
        self.message_user(request, sentence, messages.SUCCESS)
        return self.response_post_save_add(request, obj)

    def response_change(self, request: HttpRequest, obj: M) -> HttpResponse:
        if IS_POPUP_VAR in request.POST:
            return super().response_change(request, obj)
        self.message_user(request, self.saved(request, obj), messages.SUCCESS)
        return self.response_post_save_change(request, obj)

    def saved(self, request: HttpRequest, obj: M) -> str:
        """Say what was saved, with a link to it for those who can open it."""
        name: str = str(obj)
        if self.has_view_or_change_permission(request, obj):
            page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            name = format_html('<a href="{}">{}</a>', reverse(page, args=[quote(obj.pk)]), name)
        return format_html(_("Saved: {kind} {name}."), kind=self.opts.verbose_name, name=name)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        if IS_POPUP_VAR in request.POST:
            return super().response_delete(request, obj_display, obj_id)
        words = {"kind": self.opts.verbose_name, "name": obj_display}
        self.message_user(request, _("Deleted: %(kind)s %(name)s.") % words, messages.SUCCESS)
        return self.response_post_save_change(request, None)  # type: ignore[arg-type]
