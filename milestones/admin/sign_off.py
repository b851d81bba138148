"""The page on which something is signed off, and the action for several at once."""

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import rights_in
from commitments.models import Commitment
from milestones import services
from milestones.admin.sign_off_actions import sign_off_actions, way_to_sign_off
from milestones.models import Amendment, Milestone, ProgressUpdate
from milestones.models.signed_off import SignedOff, Statement
from milestones.models.step import StepKind
from milestones.outlook import outlook, with_cells
from milestones.progress_rules import UpdateRefused
from milestones.targets import Target, due_date_of, name_of
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin, admin_page
from ogp_tracker.common.texts import StrOrPromise

from .comparison import comparisons
from .done import next_work, what_happened, what_happens_next
from .evidence import address_warnings


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("What has to change"),
        help_text=gettext_lazy("Its author reads this comment. It is not published."),
        # The service refuses an empty one.
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "aria-required": "true"}),
    )


R = TypeVar("R", bound=SignedOff)


class SignsOff(TrackerAdmin[R]):
    """The ways from something submitted to something published; the service decides."""

    own_pages: tuple[str, ...] = ("publish", "done")
    label_to_read: StrOrPromise = gettext_lazy("See what it changes")
    """The label of the link to the page of sign-off, for who can do nothing there."""
    sign_off_template = "admin/milestones/progressupdate/publish.html"

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        if (update := self._update(request, object_id)) is None:
            raise Http404
        form = ReturnForm(request.POST if request.POST.get("do") == "return" else None)
        if request.method != "POST":
            return self._page(request, update, form)
        try:
            done = self._do(request, update, form)
        except UpdateRefused as refusal:
            return self._refused(request, object_id, form, refusal)
        section = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if update.is_published:
            self.message_user(request, done, messages.INFO)
        if request.POST.get("do") == "take_over":
            self.message_user(request, done, messages.SUCCESS)
            return redirect(f"{section}_change", update.pk)
        return redirect(f"{section}_done", update.pk)

    def done_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """What was done, what happens next and who does it, and what else waits for the account."""
        returned = self._returned_by(request, object_id)
        record = returned or self.row_in(request, object_id)
        if record.is_in_the_making and record.state != record.State.RETURNED:
            section = f"admin:{self.opts.app_label}_{self.opts.model_name}"
            return redirect(f"{section}_change", record.pk)
        happened = what_happened(record, account_in(request))
        return admin_page(
            self,
            request,
            "admin/milestones/progressupdate/done.html",
            happened,
            happened=happened,
            record=record,
            links=words_of_publication(record) if record.is_published else "",
            sentences=list(what_happens_next(record)),
            next=next_work(rights_in(request)),
            may_read=not returned or self.has_view_permission(request, record),
        )

    def _returned_by(self, request: HttpRequest, object_id: str) -> R | None:
        """What the account has just returned: civil society sees it no longer, but what is next."""
        rows = self.model._default_manager.filter(state=self.model.State.RETURNED)
        found = rows.filter(pk=object_id).first() if object_id.isdecimal() else None
        last = found.steps.order_by("at", "pk").last() if found else None
        return found if last and last.by_id == account_in(request).pk else None

    def _update(self, request: HttpRequest, object_id: str) -> R | None:
        found = self.get_object(request, unquote(object_id))
        if found is None or not self.has_view_permission(request, found):
            return None
        return self.whole(self.model._default_manager.filter(pk=found.pk)).first()

    def whole(self, rows: QuerySet[R]) -> QuerySet[R]:
        """With all that the page of sign-off shows."""
        fetch: Any = whole_amendments if self.model is Amendment else whole
        found: QuerySet[R] = fetch(rows)
        return found

    def what_changes(self, update: R) -> dict[str, Any]:
        """What the page of an unpublished one shows of its effects."""
        return what_changes(cast(Any, update))

    def _do(self, request: HttpRequest, update: R, form: ReturnForm) -> str:
        by = account_in(request)
        # The fingerprint of what the page showed.
        read = request.POST.get("read", "")
        if (step := request.POST.get("do")) == "publish":
            return self._publish(request, update, read)
        if step == "return" and form.is_valid():
            comment = form.cleaned_data["comment"]
            services.return_update(update, comment=comment, by=by, expected=read)
            done = _("Returned to its author: %s.")
        elif step == "agree":
            services.agree_to_update(update, by=by, expected=read)
            done = _("You have agreed for civil society: %s.")
        elif step == "take_over":
            services.take_over(update, by=by)
            done = _("You have taken this draft over: %s.")
        else:
            raise UpdateRefused(_("Choose one of the buttons of this page."))
        self.log_change(request, update, done % update)
        return done % update

    def _publish(self, request: HttpRequest, update: R, read: str | None = None) -> str:
        if update.is_published:
            return _("It had already been published: %s.") % update
        published = services.publish_update(update, by=account_in(request), expected=read)
        self.log_change(request, update, _("Signed off and published."))
        return _("Signed off and published: %s.") % published

    def _refused(
        self, request: HttpRequest, object_id: str, form: ReturnForm, refusal: UpdateRefused
    ) -> HttpResponseBase:
        if (update := self._update(request, object_id)) is None:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return redirect("admin:index")
        named = refusal.by_field()
        for sentence in named.pop("comment", []):
            form.add_error("comment", sentence)
        others = [sentence for sentences in named.values() for sentence in sentences]
        return self._page(request, update, form, others)

    def _page(
        self, request: HttpRequest, update: R, form: ReturnForm, refusals: Sequence[str] = ()
    ) -> HttpResponse:
        return admin_page(
            self,
            request,
            self.sign_off_template,
            _("Sign off"),
            subtitle=str(update),
            original=update,
            update=update,
            actions=sign_off_actions(account_in(request), rights_in(request), update),
            steps=steps_of(update),
            read=services.fingerprint(update),
            refusals=refusals,
            form=form,
            name=name_of(update.target),
            due_on=due_date_of(update.target),
            **self.what_changes(update),
        )

    def add_to_context(self, request: HttpRequest, context: dict[str, Any], obj: R | None) -> None:
        if obj is not None:
            rights = rights_in(request)
            if isinstance(obj, ProgressUpdate):
                context["may_correct"] = services.may_correct(rights, obj)
            way = way_to_sign_off(account_in(request), rights, obj)
            context["way_to_sign_off"] = way or self.label_to_read
            context["steps"] = steps = list(steps_of(obj))
            # The comment with which it came back to its author, until it is sent again.
            back = [step for step in steps if step.kind == StepKind.RETURNED]
            context["returned"] = back[-1] if obj.state == obj.State.RETURNED and back else None

    # Several at once

    def has_sign_off_permission(self, request: HttpRequest) -> bool:
        rights = rights_in(request)
        return bool(rights.signs_for or rights.coordinates or rights.is_administrator)

    @admin.action(
        permissions=["sign_off"],
        description=gettext_lazy("Sign off and publish the selected reports"),
    )
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[R]) -> None:
        first = "as_of" if self.model is ProgressUpdate else "effective_on"
        for update in queryset.order_by(first, "recorded_at", "pk"):
            level = messages.INFO if update.is_published else messages.SUCCESS
            try:
                words = self._publish(request, update)
            except UpdateRefused as refusal:
                why = {"update": update, "why": " ".join(refusal.messages)}
                level, words = messages.ERROR, _("Not published: %(update)s. %(why)s") % why
            self.message_user(request, words, level)


def whole(updates: QuerySet[ProgressUpdate]) -> QuerySet[ProgressUpdate]:
    """With all that is compared, in a fixed number of queries."""
    return updates.select_related(
        "commitment__plan",
        "milestone__commitment",
        "institution",
        "recorded_by",
        "signed_off_by",
        "co_signed_by",
        "corrects__institution",
        "corrects__milestone__commitment",
    ).prefetch_related("nations", "evidence", "corrects__evidence", "commitment__nations")


def whole_amendments(amendments: QuerySet[Amendment]) -> QuerySet[Amendment]:
    related = ("milestone__commitment__plan", "commitment__plan", "institution", "recorded_by")
    signed = ("signed_off_by", "co_signed_by")
    merged = ("merged_into__commitment", "merged_into_commitments")
    return amendments.select_related(*related, *signed).prefetch_related(*merged)


def what_changes(update: ProgressUpdate | Amendment) -> dict[str, Any]:
    if isinstance(update, Amendment):
        return {"amendment": update}
    warnings = {"warnings": address_warnings(update)}
    if update.is_published:
        return warnings
    target = with_cells(update)
    return warnings | {
        # The page of a milestone is previewed with the update on it.
        "may_preview": isinstance(target, Milestone),
        "outlook": outlook(target, update),
        "comparisons": comparisons(update, _shown_now(target)),
    }


def steps_of(update: SignedOff) -> QuerySet[Any]:
    return update.steps.select_related("by", "institution").order_by("at", "pk")


def _shown_now(target: Target) -> dict[int, ProgressUpdate]:
    cells = target.nation_progress.all()
    keys = {cell.update_id for cell in cells if cell.update_id}
    updates = whole(ProgressUpdate.objects.filter(pk__in=keys)).in_bulk()
    return {cell.nation_id: updates[cell.update_id] for cell in cells if cell.update_id in updates}


def words_of_publication(update: SignedOff) -> SafeString | str:
    commitment = update.commitment
    if not Commitment.objects.public().filter(pk=commitment.pk).exists():
        words = _("Readers see it once the commitment is public.")
        return words
    nations = update.nations.all() if isinstance(update, ProgressUpdate) else ()
    places = [
        (update.get_absolute_url(), name_of(update.target)),
        (commitment.get_absolute_url(), str(commitment)),
        *((nation.get_absolute_url(), str(nation)) for nation in nations),
        *([(reverse("front"), _("home page"))] if isinstance(update, Statement) else []),
    ]
    return format_html(
        _("Readers see it now: {}."),
        format_html_join(", ", '<a href="{}">{}</a>', places),
    )
