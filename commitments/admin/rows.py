"""Rows below the form of a commitment: cards that need neither a wide page nor a script."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape

from commitments.models import Commitment
from ogp_tracker.common.admin.access import MOST_ROWS, Child, RowsByRights
from ogp_tracker.common.admin.base import TrackerAdmin

MORE_ROWS = "_more_rows"
"""The name of the button; its value says below which prefix the rows are added."""

AT_ONCE = 3


class Cards(RowsByRights[Child, Commitment], admin.StackedInline):
    """Empty ones are there from the start; those that stay empty are not saved."""

    template = "admin/commitments/commitment/rows.html"

    def get_extra(self, request: HttpRequest, obj: Commitment | None = None, **how: Any) -> int:
        return AT_ONCE if obj is None else 1


class AddsRows(TrackerAdmin[Commitment]):
    def new_rows(self, request: HttpRequest, prefix: str, room: int) -> list[dict[str, str]]:
        """What the rows that the button adds begin with."""
        return [{}] * min(AT_ONCE, room)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        prefix = request.POST.get(MORE_ROWS, "")
        sent = request.POST.get(f"{prefix}-TOTAL_FORMS", "")
        if sent.isdecimal() and len(sent) < 6 and (room := MOST_ROWS - int(sent)) > 0:
            post, rows = request.POST.copy(), self.new_rows(request, prefix, room)
            for number, row in enumerate(rows, start=int(sent)):
                post.update({f"{prefix}-{number}-{name}": value for name, value in row.items()})
            post[f"{prefix}-TOTAL_FORMS"] = str(int(sent) + len(rows))
            request.POST = post  # type: ignore[assignment]
        return super().changeform_view(request, object_id, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, *args, **kwargs)
        if MORE_ROWS in request.POST:
            # It is shown again and not saved. Django makes the class anew for each request.
            form.is_valid = lambda _form: False  # type: ignore[method-assign, assignment]
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Nobody has tried to save yet, so nothing is wrong yet but what was pasted.

        What a colleague has saved meanwhile is said at once.
        """
        if MORE_ROWS in request.POST and getattr(request, "conflict", None) is None:
            context["errors"] = []
            context["adminform"].form._errors = ErrorDict()
            for group in context["inline_admin_formsets"]:
                group.formset._non_form_errors.clear()
                for form in group.formset.forms:
                    if not form.data.get(form.add_prefix("pasted")):
                        form._errors = ErrorDict()
        # The browser would send the next save to the rows again, past the list of errors.
        kwargs["form_url"] = escape(request.get_full_path())
        return super().render_change_form(request, context, *args, **kwargs)
