"""How what is signed off is written: what the forms and the sections have in common."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget, RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import QuerySet
from django.forms import BaseFormSet, DateInput, Field, ModelForm, Textarea
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Institution
from commitments.rights import Rights
from milestones import services
from milestones.models import Milestone
from milestones.targets import Target, columns_of
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.forms import RefusableForm, warn_of_addresses
from ogp_tracker.common.pasted import DIRECTION, clean_pasted

from .choosing import reportable, reportable_wholes
from .offered import ProgressRequestState
from .sign_off import R, SignsOff

TO_SEND = frozenset({"_submit", "_publish"})
"""The buttons that send it off, for which the rules are checked."""

NO_NULL = gettext_lazy(
    "This text has a character in it that cannot be kept (a null character). It often comes with"
    " words that were copied: take it out, or type them again."
)
SIGNED_RECORD = (
    "recorded_by",
    "recorded_at",
    "signed_off_by",
    "co_signed_by",
    "state",
    "published_at",
    "uid",
)
DATE_INPUT = DateInput(attrs={"size": 12, "autocomplete": "off"})


def set_messages(fields: Iterable[Field]) -> None:
    for field in fields:
        field.error_messages["null_characters_not_allowed"] = NO_NULL


class DraftForm(RefusableForm):
    """What is said of a milestone or commitment; the rules are asked once it is sent off."""

    request: HttpRequest
    columns: dict[str, Any]
    """What the form does not ask: what it is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.columns.items():
            setattr(self.instance, name, value)
        set_messages(self.fields.values())
        for field in self.fields.values():
            # The rules say what is missing.
            field.required = False
            # There is little to choose from, so that no script is needed.
            if isinstance(field.widget, RelatedFieldWidgetWrapper):
                field.widget = field.widget.widget

    def clean(self) -> dict[str, Any] | None:
        """What is pasted keeps its bullets and paragraphs; what is stored stays as it is."""
        texts = [name for name, field in self.fields.items() if isinstance(field.widget, Textarea)]
        for name in {*texts} & {*self.changed_data} & {*self.cleaned_data}:
            typed = self.cleaned_data[name]
            if DIRECTION.search(typed):
                sentence = _(
                    "Characters that turn the direction of writing were taken out of “%s”. They"
                    " often come with copied words. Read the text once more."
                )
                messages.warning(self.request, sentence % self.fields[name].label)
            self.cleaned_data[name] = clean_pasted(typed)
        return super().clean()

    @property
    def target(self) -> Target:
        return self.instance.target

    @property
    def is_sent_off(self) -> bool:
        return not TO_SEND.isdisjoint(self.request.POST)

    @property
    def institution(self) -> Institution | None:
        return self.cleaned_data.get("institution")


class WritesDrafts(SignsOff[R]):
    """The form of something that is signed off; the button decides, the service does it."""

    formfield_overrides = {
        models.DateField: {"widget": DATE_INPUT},
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

    def watched_in(self, request: HttpRequest) -> tuple[str, ...]:
        """Not the state when it is sent off: the same words may be sent twice."""
        return () if TO_SEND & set(request.POST) else self.watched

    # What the button does

    def save_model(self, request: HttpRequest, obj: R, form: ModelForm, change: bool) -> None:
        """Write nothing yet: the service takes it in one piece with what belongs to it."""

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Iterable[BaseFormSet], change: bool
    ) -> None:
        known = self.model._default_manager.get(pk=form.instance.pk) if change else None
        written = self.write(request, form, known)
        if "_publish" in request.POST:
            written = services.publish_update(written, by=account_in(request))
        form.instance.pk = written.pk
        form.instance.refresh_from_db()
        warn_of_addresses(request, form, *formsets)

    def write(self, request: HttpRequest, form: Any, known: R | None) -> R:
        """Keep what the form says as a draft or send it off, through the service."""
        raise NotImplementedError

    def response_add(
        self, request: HttpRequest, obj: R, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.response_change(request, obj)

    def response_change(self, request: HttpRequest, obj: R) -> HttpResponse:
        section = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if not obj.is_in_the_making:
            return redirect(f"{section}_done", obj.pk)
        self.message_user(
            request, _("Kept as a draft: %s. Readers do not see it.") % obj, messages.SUCCESS
        )
        return redirect(f"{section}_change", obj.pk)

    def delete_model(self, request: HttpRequest, obj: R) -> None:
        services.discard_update(obj, by=account_in(request))
