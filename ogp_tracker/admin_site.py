"""The admin as a whole: its name, its menu, and what is not of one section."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.admin import AdminSite, site
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.admin.generic import ExtraContext

# Imports inside functions below: Django reads this module before there are models, and makes the
# site before the admin packages, which register with it.


class TrackerAdminConfig(AdminConfig):
    default_site = "ogp_tracker.admin_site.TrackerAdminSite"

    def ready(self) -> None:
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from django.contrib.auth.models import User

        super().ready()
        apps.get_app_config("auth").verbose_name = _("Accounts")
        User._meta.verbose_name, User._meta.verbose_name_plural = _("person"), _("people")
        # An account has one address, which is on its page; nobody else sees its secrets.
        site.unregister([EmailAddress, Authenticator])


class TrackerAdminSite(AdminSite):
    site_title = _("Open Government Tracker")
    site_header = _("Open Government Tracker")
    index_title = _("My work")
    empty_value_display = "–"
    # The menu is ours, and after the content: templates/admin/base_site.html.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        from commitments.admin.access import rights_in

        return rights_in(request).may_enter

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """What those who may not enter have typed is kept for them."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            from ogp_tracker.accounts.entry import deny_entry

            if error := getattr(request, "upload_error", None):
                raise error
            return deny_entry(request) or guarded(request, *args, **kwargs)

        return update_wrapper(inner, view)

    # Signing in and out and changing a password have pages of their own.

    def login(self, request: HttpRequest, extra_context: ExtraContext = None) -> HttpResponse:
        after = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': after})}")

    def logout(self, request: HttpRequest, extra_context: ExtraContext = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: ExtraContext = None) -> Any:
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: ExtraContext = None) -> TemplateResponse:
        from irm.admin import work
        from milestones.admin import my_work

        waiting = {**my_work.first_page(request), **work.first_page(request)}
        others = {"other_lists": self.other_lists(request)}
        return super().index(request, {**others, **waiting, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from milestones.admin import my_work
        from ogp_tracker import help
        from ogp_tracker.importing import pages, workbook_pages

        to_public_page = path(
            "r/<path:content_type_id>/<path:object_id>/",
            self.admin_view(self.to_public_page),
            name="view_on_site",
        )
        own = (*my_work.urls(self), *pages.urls(self), *workbook_pages.urls(self), *help.urls())
        # Every choice is made by a plain list or by typing a name.
        kept = [one for one in super().get_urls() if getattr(one, "name", "") != "autocomplete"]
        return [to_public_page, *own, *kept]

    def to_public_page(
        self, request: HttpRequest, content_type_id: str, object_id: str
    ) -> HttpResponse:
        """Redirect to the public page of a row; Django's own view would give away drafts."""
        from django.contrib.contenttypes.models import ContentType

        if not content_type_id.isdecimal():
            raise Http404
        kind = ContentType.objects.filter(pk=content_type_id).first()
        model = kind.model_class() if kind else None
        if model is None or not self.is_registered(model):
            raise Http404
        section = self.get_model_admin(model)
        row = section.get_object(request, unquote(object_id))
        if row is None or not section.has_view_permission(request, row):
            raise Http404
        address = section.get_view_on_site_url(row)
        if address is None or address == request.path:
            raise Http404
        return redirect(address)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        from ogp_tracker.admin_menu import menu_for

        return super().get_app_list(request, app_label) if app_label else menu_for(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from ogp_tracker.help import help_address

        return {**super().each_context(request), "help_address": help_address(request)}

    def other_lists(self, request: HttpRequest) -> list[dict[str, Any]]:
        """What the account can open and its menu leaves out."""
        menu = self.get_app_list(request)
        offered = {link["admin_url"] for group in menu for link in group["models"]}
        listed = [model for app in super().get_app_list(request) for model in app["models"]]
        return [model for model in listed if model["admin_url"] not in offered]
