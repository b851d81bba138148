"""Accounts, and the institutions for which they act."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commitments.models import Membership

from .base import LabelledRows, TrackerAdmin, without_icons
from .deletion import KeepsWhatIsPublic

Account = get_user_model()


class MembershipInline(admin.TabularInline):
    """For whom an account acts, and in which role."""

    model = Membership
    formset = LabelledRows
    extra = 0
    autocomplete_fields = ("institution",)
    verbose_name = _("role for an institution")
    verbose_name_plural = _("acts for")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field without icons."""
        return without_icons(super().formfield_for_dbfield(db_field, request, **kwargs))


# Rights follow from memberships. Django's groups and single permissions would be a second
# source of rights that no page of the tracker shows, so they are not offered here.
admin.site.unregister([Account, Group])


@admin.register(Account)
class AccountAdmin(KeepsWhatIsPublic, UserAdmin):
    """Accounts; one that has been used is switched off, not deleted."""

    list_display = ("username", "name", "email", "acts_for", "is_active", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "memberships__role")
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
    actions = ("delete_selected",)
    readonly_fields = ("last_login", "date_joined")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("The person"), {"fields": (("first_name", "last_name"), "email")}),
        (
            _("Access"),
            {
                "fields": ("is_active", "is_staff", "is_superuser"),
                "description": _(
                    "Whoever leaves is switched off here by unticking “Active”. The account"
                    " stays, so that what it reported keeps its author. The public never sees"
                    " its name."
                ),
            },
        ),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the accounts with their memberships."""
        memberships = Membership.objects.select_related("institution")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("memberships", queryset=memberships))
        )

    @admin.display(description=_("name"), ordering="last_name")
    def name(self, obj: Any) -> str:
        """Return the person's name."""
        return str(obj.get_full_name()) or self.get_empty_value_display()

    @admin.display(description=_("acts for"))
    def acts_for(self, obj: Any) -> str:
        """Return the account's roles and institutions."""
        roles = [
            f"{row.institution}: {row.get_role_display()}"
            if row.institution
            else str(row.get_role_display())
            for row in obj.memberships.all()
        ]
        return "; ".join(roles) or self.get_empty_value_display()

    def is_settled(self, obj: Any) -> bool:
        """An account that anybody has signed in with stays: the record says who did what."""
        return obj.last_login is not None


@admin.register(Membership)
class MembershipAdmin(TrackerAdmin):
    """Who acts for which institution, to look it up from the institution's side."""

    list_display = ("account", "institution", "role")
    list_select_related = ("account", "institution")
    list_of_all_related = ("account", "institution")
    list_filter = ("role", "account__is_active")
    search_fields = (
        "account__username",
        "account__first_name",
        "account__last_name",
        "institution__name",
    )
    autocomplete_fields = ("account", "institution")
    fields = ("account", "role", "institution")
