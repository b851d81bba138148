"""The pages of an account beside its form: invitation, somebody leaves, what must be confirmed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from commitments.approvers import account_name, administrators
from ogp_tracker.accounts.account_emails import invite
from ogp_tracker.accounts.account_log import changes_of
from ogp_tracker.accounts.change_requests import (
    ANSWERS,
    CONFIRM,
    change_or_ask,
    open_requests,
    settle,
    why_not,
)
from ogp_tracker.accounts.change_rules import Voice, must_be_confirmed
from ogp_tracker.accounts.leaving import roles_nobody_else_has, switch, unfinished
from ogp_tracker.accounts.models import AccountChange
from ogp_tracker.common.admin.access import account_in
from ogp_tracker.common.admin.base import TrackerAdmin, admin_page


class AccountPages(TrackerAdmin):
    own_pages = ("invitation", "left", "two_steps", "request")

    def invitation_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        account = self.row_in(request, object_id)
        if account.last_login or not account.is_active or not account.email:
            return redirect("admin:auth_user_change", account.pk)
        if request.method == "POST":
            invite(account, account_in(request))
            return redirect(request.path)
        sent = changes_of(account).filter(kind=AccountChange.Kind.INVITED, new=account.email)
        return self._page(request, "invitation", account, sent=sent.first())

    def left_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        account = self.row_in(request, object_id)
        if is_own(request, account):
            raise PermissionDenied(
                _("You cannot switch off your own account. Ask another administrator.")
            )
        if request.method == "POST":
            switch(account, on=request.POST.get("answer") == "back")
            return redirect(request.path)
        return self._page(
            request,
            "left",
            account,
            roles=roles_nobody_else_has(account),
            unfinished=list(unfinished(account)),
        )

    def two_steps_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        account = self.row_in(request, object_id)
        if is_own(request, account):
            return redirect("account_overview")
        waits = must_be_confirmed(account.last_login)
        if open_requests().filter(account=account):
            return redirect("admin:auth_user_request", account.pk)
        if request.method == "POST":
            try:
                waits = change_or_ask(account, by=account_in(request)) is not None
            except ValidationError:
                waits = True  # Somebody else has asked a moment ago.
            if not waits:
                messages.success(request, _("Two-step verification was reset."))
            return redirect(f"admin:auth_user_{'request' if waits else 'change'}", account.pk)
        return self._page(request, "two_steps", account, waits=waits)

    def request_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The change that waits: what it waits for, and the buttons of who may answer."""
        account, by = self.row_in(request, object_id), account_in(request)
        waiting = open_requests().filter(account=account).first()
        if waiting is None:
            messages.info(request, _("No change to this account is waiting for confirmation."))
            return redirect("admin:auth_user_change", account.pk)
        if (answer := request.POST.get("answer")) in ANSWERS:
            confirm = answer == CONFIRM
            try:
                settle(waiting, by=by, voice=Voice.ADMINISTRATOR, confirm=confirm)
            except ValidationError as refusal:
                messages.error(request, refusal.messages[0])
                return redirect(request.path)
            done = _("Confirmed. It is done, and everyone concerned gets an email.")
            refused = _("Refused. Nothing has changed, and everyone concerned gets an email.")
            messages.success(request, done if confirm else refused)
            return redirect("admin:auth_user_change", account.pk)
        rows: QuerySet[Any] = administrators().exclude(pk__in=(waiting.asked_by_id, account.pk))
        others = [
            account_name(one)
            for one in rows
            if not why_not(waiting, one, Voice.ADMINISTRATOR, confirm=True)
        ]
        why = why_not(waiting, by, Voice.ADMINISTRATOR, confirm=True)
        return self._page(request, "request", account, waiting=waiting, why_not=why, others=others)

    def _page(self, request: HttpRequest, name: str, account: User, **more: Any) -> HttpResponse:
        titles = {
            "invitation": _("Invitation for %(name)s"),
            "left": _("Has %(name)s left?") if account.is_active else _("%(name)s is switched off"),
            "two_steps": _("Reset two-step verification for %(name)s"),
            "request": _("A change to confirm: %(name)s"),
        }
        title = titles[name] % {"name": account_name(account)}
        more |= {"original": account, "person": account_name(account)}
        return admin_page(self, request, f"admin/auth/user/{name}.html", str(title), **more)


def is_own(request: HttpRequest, account: User | None) -> bool:
    return account is not None and account.pk is not None and account.pk == request.user.pk
