"""Accounts, and the institutions for which they act."""

from datetime import datetime
from functools import partial
from typing import Any, ClassVar

import django.contrib.auth.admin  # noqa: F401  Registers what is unregistered below.
from django.contrib import admin, messages
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from commitments.approvers import account_name
from commitments.models import Membership
from commitments.models.membership import BOTH_SIDES, Role, is_on_both_sides
from commitments.rights import Rights
from ogp_tracker.accounts.account_emails import invite
from ogp_tracker.accounts.account_log import changes_of
from ogp_tracker.accounts.account_pages import AccountPages, is_own
from ogp_tracker.accounts.anonymous import make_anonymous
from ogp_tracker.accounts.change_requests import change_or_ask, check_address, open_requests
from ogp_tracker.common.admin.access import RowsByRights, account_in
from ogp_tracker.common.admin.base import TrackerAdmin
from ogp_tracker.common.admin.forms import RefusableForm, RowSet
from ogp_tracker.common.admin.generic import ExtraContext, Fieldsets

KEEPS_ADMINISTRATOR = _(
    "You cannot remove your own role of administrator: nobody might be left to give it back. Ask"
    " another administrator."
)

KEEPS_OWN_NAME = _("You cannot make your own account anonymous. Ask another administrator.")

RECENT = 10
"""How many changes the page of an account shows before it leads to all of them."""

LONGEST_USERNAME = 140
"""With a number behind it, it still fits."""


class MembershipFormSet(RowSet):
    """The roles of one account, which may not be both government's and the assessor's."""

    is_own = False
    """Whether the roles are those of the account that edits them."""

    def add_fields(self, form: ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["role"].error_messages["required"] = _("Choose a role.")

    def clean(self) -> None:
        super().clean()
        roles = {
            form: form.cleaned_data["role"]
            for form in self.forms
            if form not in self.deleted_forms and getattr(form, "cleaned_data", {}).get("role")
        }
        for form, role in roles.items():
            if is_on_both_sides(role, set(roles.values())):
                form.add_error("role", BOTH_SIDES)
        had = {form.initial.get("role") for form in self.initial_forms}
        if self.is_own and Role.ADMINISTRATOR in had - set(roles.values()):
            raise ValidationError(KEEPS_ADMINISTRATOR)


class MembershipForm(RefusableForm):
    asks_by_rule = True


class MembershipInline(RowsByRights, admin.TabularInline):
    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    fields = ("role", "institution", "plan")
    choice_fields = ("institution", "plan")
    # An empty row, so that a role can be added without a script.
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("account", "institution", "plan")

    def get_formset(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        # A person is added in one step, and nobody without a role can do anything.
        least = {"min_num": 1, "extra": 0} if obj is None else {}
        formset = super().get_formset(request, obj, **least | kwargs)
        formset.is_own = is_own(request, obj)
        return formset


class AccountForm(RefusableForm):
    """Without anything about passwords: those are the person's alone."""

    class Meta:
        labels = {
            "username": _("User name"),
            "last_login": _("Last signed in"),
            "date_joined": _("Added"),
        }
        help_texts = {"username": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance.pk is None
        if field := self.fields.get("email"):
            field.required = is_new or bool(self.instance.email)
            field.error_messages["required"] = _("Enter the email address of the person.")
            if self.instance.last_login:
                field.help_text = _(
                    "The person signs in with it. A new one has to be confirmed: by the person,"
                    " with a link sent to the address as it is now, or by another administrator."
                )
            else:
                field.help_text = _("The invitation goes to this address.")
        if is_new:
            for name in ("first_name", "last_name"):
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = _("Enter the name of the person.")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        check_address(email, self.instance)
        if "email" in self.changed_data and open_requests().filter(account=self.instance.pk):
            raise ValidationError(
                _("A change to this account is already waiting. Answer that first.")
            )
        return email


# Rights follow from memberships. Django's groups and permissions would be a second source of
# rights that no page of the tracker shows, so they are not offered here.
admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(AccountPages, TrackerAdmin):
    """Accounts; one that has been used is switched off, not deleted."""

    form = AccountForm
    secret = ("password",)
    list_display = ("name", "email", "acts_for", "is_active", "signed_in")
    list_filter = ("is_active", "memberships__role")
    ordering = ("username",)
    search_fields = (
        "username",
        "first_name",
        "last_name",
        "email",
        "memberships__institution__name",
    )
    actions = ("delete_selected", "make_anonymous")
    readonly_fields = ("username", "last_login", "date_joined")
    inlines = (MembershipInline,)
    add_fieldsets: ClassVar[Any] = (
        (_("The person"), {"fields": ("first_name", "last_name", "email")}),
    )
    fieldsets: ClassVar[Any] = (
        *add_fieldsets,
        (_("Sign-in"), {"fields": ("username", ("last_login", "date_joined"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        memberships = Membership.objects.select_related("institution")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("memberships", queryset=memberships))
        )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Fieldsets:
        return self.fieldsets if obj else self.add_fieldsets

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Nobody finds out a hash letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    # Saving

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        if not change:
            obj.username = free_username(obj)
            obj.set_unusable_password()
            super().save_model(request, obj, form, change)
            transaction.on_commit(partial(invite, obj, account_in(request)))
            return
        wanted = obj.email
        if "email" in form.changed_data:
            # Whether it changes now, the rule says.
            form.changed_data.remove("email")
            obj.email = form.initial["email"]
        super().save_model(request, obj, form, change)
        if wanted != obj.email:
            change_or_ask(obj, by=account_in(request), new_address=wanted)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:auth_user_invitation", obj.pk)

    def response_change(self, request: HttpRequest, obj: User) -> HttpResponse:
        if open_requests().filter(account=obj, asked_by=account_in(request)):
            return redirect("admin:auth_user_request", obj.pk)
        return super().response_change(request, obj)

    # Pages

    def add_to_context(
        self, request: HttpRequest, context: dict[str, Any], obj: User | None
    ) -> None:
        if obj is None:
            return
        context |= {
            "title": account_name(obj),
            "is_own": is_own(request, obj),
            "change_request": open_requests().filter(account=obj).first(),
            "changes": changes_of(obj)[:RECENT],
        }

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: ExtraContext = None
    ) -> HttpResponse:
        account = self.row_in(request, object_id)
        pages = Paginator(changes_of(account), self.list_per_page)
        context = {
            "title": _("Changes: %(name)s") % {"name": account_name(account)},
            "changes": pages.get_page(request.GET.get("changes")),
        }
        return super().history_view(request, object_id, context | (extra_context or {}))

    @admin.action(description=_("Make anonymous (forget the person)"), permissions=["change"])
    def make_anonymous(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> TemplateResponse | None:
        if any(is_own(request, account) for account in queryset):
            self.message_user(request, KEEPS_OWN_NAME, messages.ERROR)
            return None
        if "post" not in request.POST:
            return TemplateResponse(
                request,
                "admin/make_anonymous.html",
                self.admin_site.each_context(request)
                | {"title": _("Make anonymous"), "opts": self.opts, "accounts": queryset},
            )
        for account in queryset:
            make_anonymous(account)
            self.log_change(request, account, str(_("Made anonymous.")))
        self.message_user(request, _("Made anonymous. The people are forgotten."))
        return None

    @admin.display(description=_("name"), ordering="last_name")
    def name(self, obj: User) -> str:
        return account_name(obj)

    @admin.display(description=_("last signed in"), ordering="last_login")
    def signed_in(self, obj: User) -> datetime | None:
        return obj.last_login

    @admin.display(description=_("acts for"))
    def acts_for(self, obj: User) -> str:
        roles = [
            f"{row.institution}: {row.get_role_display()}"
            if row.institution
            else str(row.get_role_display())
            for row in obj.memberships.all()
        ]
        return "; ".join(roles) or self.get_empty_value_display()

    def is_settled(self, obj: User) -> bool:
        """An account that has signed in stays: the record says who did what."""
        return obj.last_login is not None

    def may_delete(self, request: HttpRequest, rights: Rights, obj: User | None) -> bool:
        return super().may_delete(request, rights, obj) and not is_own(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """One's own address is changed as everybody's own is, with a link to the new one."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "email") if is_own(request, obj) else fields


def free_username(account: User) -> str:
    """Made of the name; people sign in with their address or with it."""
    name = slugify(account.get_full_name()).replace("-", ".")[:LONGEST_USERNAME] or "person"
    taken = {
        one.casefold()
        for one in User.objects.filter(username__istartswith=name).values_list(
            "username", flat=True
        )
    }
    numbered = (f"{name}.{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one not in taken)
