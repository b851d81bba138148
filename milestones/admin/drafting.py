"""How what is signed off is written: what the forms and the sections have in common."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget, RelatedFieldWidgetWrapper
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import models
from django.db.models import QuerySet
from django.forms import BaseFormSet, Field, ModelForm, Textarea
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _

from commitments.admin.people import CO_SIGNED_BY, RECORDED_BY, SIGNED_OFF_BY
from commitments.approvers import account_name
from commitments.models import Institution
from commitments.rights import Rights
from milestones import services
from milestones.models import Milestone
from milestones.models.step import StepKind
from milestones.targets import Target, columns_of, commitment_of
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.forms import RefusableForm, warn_of_addresses
from ogp_tracker.common.bounds import FROM_DOCUMENT, NARRATIVE
from ogp_tracker.common.pasted import DIRECTION, clean_pasted

from .choosing import reportable, reportable_wholes
from .due_date import ask_about_due_date, tick_box
from .offered import ProgressRequestState
from .sign_off import R, SignsOff

TO_SEND = frozenset({"_preview", "_submit", "_publish"})
"""The buttons on the way to sign-off, for which the rules are checked."""

SIGNED_RECORD = (
    RECORDED_BY,
    "recorded_at",
    SIGNED_OFF_BY,
    CO_SIGNED_BY,
    "state",
    "published_at",
    "uid",
)


def prepare(fields: Mapping[str, Field]) -> None:
    """How long a text may be; a script counts what is left."""
    for name, field in fields.items():
        if isinstance(field.widget, Textarea):
            most = FROM_DOCUMENT if name == "text_to" else NARRATIVE
            words = _("At most %s characters.") % intcomma(most)
            field.help_text = format_html("{} {}", field.help_text, words)
            field.widget.attrs |= {
                "data-most": most,
                "data-left": _("Characters left: %s"),
                "data-too-many": _("Characters too many: %s"),
                # The style sheet tells by it whether something is typed.
                "placeholder": " ",
            }


def clean_texts(form: ModelForm, request: HttpRequest) -> None:
    """What is pasted keeps its bullets and paragraphs; what is stored stays as it is."""
    texts = {name for name, field in form.fields.items() if isinstance(field.widget, Textarea)}
    for name in sorted(texts & {*form.changed_data} & {*form.cleaned_data}):
        typed = form.cleaned_data[name]
        if DIRECTION.search(typed):
            sentence = _(
                "We took invisible characters that change the direction of writing out of “%s”."
                " They often come with copied text. Check that it still reads as you meant it."
            )
            messages.warning(request, sentence % form.fields[name].label)
        form.cleaned_data[name] = clean_pasted(typed)


class DraftForm(RefusableForm):
    """What is signed off before it is public; the rules are asked once it is sent off."""

    asks_by_rule = True

    request: HttpRequest
    columns: dict[str, Any]
    """What the form does not ask: what it is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.columns.items():
            setattr(self.instance, name, value)
        prepare(self.fields)
        for field in self.fields.values():
            # The rules say what is missing.
            field.required = False
            # There is little to choose from, so that no script is needed.
            if isinstance(field.widget, RelatedFieldWidgetWrapper):
                field.widget = field.widget.widget

    def clean(self) -> dict[str, Any] | None:
        clean_texts(self, self.request)
        return super().clean()

    @property
    def is_sent_off(self) -> bool:
        return not TO_SEND.isdisjoint(self.request.POST)

    @property
    def institution(self) -> Institution | None:
        return self.cleaned_data.get("institution")


class StatementForm(DraftForm):
    """What is said of a milestone or commitment, perhaps with a new due date."""

    due_date: str
    """The field of the new due date."""
    due_date_is_meant = tick_box()

    @property
    def target(self) -> Target:
        return self.instance.target

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.is_sent_off:
            ask_about_due_date(self, self.due_date, commitment_of(self.target).plan)
        return cleaned


class WritesDrafts(SignsOff[R]):
    """The form of something that is signed off; the button decides, the service does it."""

    formfield_overrides = {
        models.URLField: {"widget": AdminTextInputWidget},
    }
    actions: tuple[str, ...] = ("publish_selected", "delete_selected")
    watched = ("state",)

    def target_in(self, request: HttpRequest, obj: R | None = None) -> Target:
        state = ProgressRequestState.of(request)
        if state.target is None:
            if obj is None:
                raise Milestone.DoesNotExist
            columns = cast(Any, obj)
            if columns.milestone_id:
                state.target = reportable().get(pk=columns.milestone_id)
            else:
                state.target = reportable_wholes().get(pk=columns.commitment_id)
        return state.target

    def columns_in(self, request: HttpRequest, obj: R | None) -> dict[str, Any]:
        """What it is about."""
        return columns_of(self.target_in(request, obj))

    def get_form(
        self, request: HttpRequest, obj: R | None = None, change: bool = False, **kwargs: Any
    ) -> type[DraftForm]:
        columns = self.columns_in(request, obj)
        if obj is not None and obj.pk is not None:
            for name, value in columns.items():
                setattr(obj, name, value)
        form = cast(type[DraftForm], super().get_form(request, obj, change=change, **kwargs))
        form.request = request
        form.columns = columns
        return form

    # Who sees and does what

    def seen_by(self, rights: Rights, rows: QuerySet[R]) -> QuerySet[R]:
        return cast(Any, rows).seen_by(rights)

    def is_public(self, obj: R) -> bool:
        return obj.is_published and obj.commitment.published_on is not None

    def is_settled(self, obj: R) -> bool:
        return obj.is_published

    def taken_over(self, obj: R) -> tuple[str, datetime] | None:
        step = obj.steps.filter(kind=StepKind.TAKEN_OVER).select_related("by").last()
        return (account_name(step.by), step.at) if step and not obj.is_published else None

    def watched_in(self, request: HttpRequest) -> tuple[str, ...]:
        """Not the state when it is sent off: the same words may be sent twice."""
        return () if TO_SEND & set(request.POST) else self.watched

    # What the button does

    def save_model(self, request: HttpRequest, obj: R, form: ModelForm, change: bool) -> None:
        """Write nothing yet: the service takes it in one piece with what belongs to it."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Iterable[BaseFormSet], change: bool
    ) -> None:
        known = self.model._default_manager.get(pk=form.instance.pk) if change else None
        written = self.write(request, form, known)
        form.instance.pk = written.pk
        form.instance.refresh_from_db()
        warn_of_addresses(request, form, *formsets)

    def write(self, request: HttpRequest, form: Any, known: R | None) -> R:
        """Save what the form says as a draft or send it off, through the service."""
        raise NotImplementedError

    def send_off(self, request: HttpRequest, form: DraftForm, draft: R) -> R:
        """Submit what was saved, and publish it, if the button says so."""
        by = account_in(request)
        sent = services.submit_update(draft, by=by) if form.is_sent_off else draft
        return services.publish_update(sent, by=by) if "_publish" in request.POST else sent

    def response_add(
        self, request: HttpRequest, obj: R, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.response_change(request, obj)

    def response_change(self, request: HttpRequest, obj: R) -> HttpResponse:
        section = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if not obj.is_in_the_making:
            return redirect(f"{section}_done", obj.pk)
        self.message_user(
            request, _("Saved as a draft: %s. Readers do not see it.") % obj, messages.SUCCESS
        )
        return redirect(f"{section}_change", obj.pk)

    def delete_model(self, request: HttpRequest, obj: R) -> None:
        services.discard_update(obj, by=account_in(request))
