"""Accounts, and the institutions for which they act."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.forms import ChoiceField, RadioSelect
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from commitments.models import Membership
from commitments.models.membership import BOTH_SIDES, Role, is_on_both_sides
from commitments.rights import Rights
from ogp_tracker.accounts.account_emails import invite, tell_of_new_address
from ogp_tracker.accounts.anonymous import make_anonymous
from ogp_tracker.accounts.two_step_verification import reset_two_step_verification, tell_its_owner
from ogp_tracker.common.admin.access import RowsByRights
from ogp_tracker.common.admin.base import TrackerAdmin
from ogp_tracker.common.admin.choices import KnownChoices, OffersKnownChoices
from ogp_tracker.common.admin.deletion import KeepsWhatIsPublic
from ogp_tracker.common.admin.edit_conflicts import Locking
from ogp_tracker.common.admin.forms import LabelledRows, RefusableForm

KEEPS_ADMINISTRATOR = _(
    "You cannot remove your own role of administrator: nobody might be left to give it back. Ask"
    " another administrator."
)

KEEPS_OWN_NAME = _("You cannot make your own account anonymous. Ask another administrator.")


class MembershipFormSet(KnownChoices, LabelledRows):
    """The roles of one account, which may not be both government's and the assessor's."""

    is_own = False
    """Whether the roles are those of the account that edits them."""

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


class MembershipInline(OffersKnownChoices, RowsByRights, admin.TabularInline):
    model = Membership
    formset = MembershipFormSet
    fields = ("role", "institution", "plan")
    autocomplete_fields = ("institution", "plan")
    verbose_name = _("role for an institution")
    verbose_name_plural = _("acts for")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("account", "institution", "plan")

    def get_formset(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.is_own = is_own(request, obj)
        return formset


class UniqueEmailForm(RefusableForm):
    def clean_email(self) -> str:
        """People sign in with their address."""
        email: str = self.cleaned_data["email"]
        others = User.objects.exclude(pk=self.instance.pk)
        if email and (other := others.filter(email__iexact=email).first()):
            raise ValidationError(
                _("The account “%(name)s” has this address. Each needs one of its own.")
                % {"name": other.get_username()}
            )
        return email


class AccountForm(UniqueEmailForm, UserChangeForm): ...


class NewAccountForm(UniqueEmailForm, AdminUserCreationForm):
    """A new account, best without a password that passes through an administrator's hands."""

    usable_password = ChoiceField(
        label=_("Password"),
        required=False,
        initial="false",
        choices={
            "false": _("The person chooses one, by email"),
            "true": _("I choose one and pass it on"),
        },
        widget=RadioSelect(attrs={"class": "radiolist"}),
        help_text=_(
            "By email: when you save, an invitation with a link goes to the email address above."
        ),
    )

    class Meta(AdminUserCreationForm.Meta):
        fields = ("username", "first_name", "last_name", "email")

    def clean(self) -> dict[str, Any] | None:
        by_mail = self.cleaned_data.get("usable_password") == "false"
        cleaned: dict[str, Any] | None = super().clean()
        if by_mail and not self.cleaned_data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter the address to which the link can be sent."))
        return cleaned


# Rights follow from memberships. Django's groups and permissions would be a second source of
# rights that no page of the tracker shows, so they are not offered here.
admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(Locking, KeepsWhatIsPublic, UserAdmin):
    """Accounts; one that has been used is switched off, not deleted."""

    form = AccountForm
    add_form = NewAccountForm
    add_fieldsets = (
        (None, {"fields": ("username", ("first_name", "last_name"), "email")}),
        (
            _("How the person gets a password"),
            {"classes": ("wide",), "fields": ("usable_password", "password1", "password2")},
        ),
    )
    secret = ("password",)
    list_display = ("username", "name", "email", "acts_for", "is_active", "last_login")
    list_filter = ("is_active", "memberships__role")
    search_fields = (
        "username",
        "first_name",
        "last_name",
        "email",
        "memberships__institution__name",
    )
    filter_horizontal = ()
    date_hierarchy = "last_login"
    list_per_page = 50
    actions = ("delete_selected", "reset_second_factors", "make_anonymous")
    readonly_fields = ("last_login", "date_joined")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("The person"), {"fields": (("first_name", "last_name"), "email")}),
        (
            _("Access"),
            {
                "fields": ("is_active",),
                "description": _(
                    "When someone leaves, untick “Active”. The account stays, so that what it"
                    " reported keeps its author. The public never sees its name. What the account"
                    " may do follows from the roles below, and from nothing else."
                ),
            },
        ),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        memberships = Membership.objects.select_related("institution")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("memberships", queryset=memberships))
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        before = User.objects.values_list("email", flat=True).get(pk=obj.pk) if change else ""
        super().save_model(request, obj, form, change)
        if change and before != obj.email:
            transaction.on_commit(partial(tell_of_new_address, request, obj, before))
        elif not change and not obj.has_usable_password():
            transaction.on_commit(partial(invite, request, obj))
            sentence = _("An invitation goes to %(email)s, with a link to choose a password.")
            self.message_user(request, sentence % {"email": obj.email})

    @admin.action(
        description=_("Reset two-step verification (phone and codes lost)"), permissions=["change"]
    )
    def reset_second_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        taken = [account for account in queryset if reset_two_step_verification(account)]
        for account in taken:
            tell_its_owner(account)
            self.log_change(request, account, str(_("Reset two-step verification.")))
        self.message_user(
            request,
            ngettext(
                "%(number)d account can set up two-step verification again at the next sign-in.",
                "%(number)d accounts can set up two-step verification again at the next sign-in.",
                len(taken),
            )
            % {"number": len(taken)},
        )

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
        self.message_user(request, _("Made anonymous. The persons are forgotten."))
        return None

    @admin.display(description=_("name"), ordering="last_name")
    def name(self, obj: User) -> str:
        return str(obj.get_full_name()) or self.get_empty_value_display()

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

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Administrators cannot switch themselves off."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "is_active") if is_own(request, obj) else fields


@admin.register(Membership)
class MembershipAdmin(TrackerAdmin):
    """Who acts for which institution, to look up from the institution's side."""

    list_display = ("account", "role", "institution", "plan")
    list_of_all_related = ("account", "institution", "plan")
    list_filter = ("role", "account__is_active")
    search_fields = (
        "account__username",
        "account__first_name",
        "account__last_name",
        "institution__name",
    )
    autocomplete_fields = ("account", "institution", "plan")
    fields = ("account", "role", "institution", "plan")
    # The trigger of memberships waits for the account.
    locked_first = ("account",)

    def may_change(self, request: HttpRequest, rights: Rights, obj: Membership | None) -> bool:
        """As on the page of the account, administrators keep their own role."""
        is_own = obj is not None and obj.account_id == request.user.pk
        is_key = obj is not None and obj.role == Role.ADMINISTRATOR
        return super().may_change(request, rights, obj) and not (is_own and is_key)


def is_own(request: HttpRequest, account: User | None) -> bool:
    return account is not None and account.pk is not None and account.pk == request.user.pk
