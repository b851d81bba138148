"""What an officer gets instead of a page of the admin: why, which roles it needs, who can help."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.admin.access import rights_in
from commitments.models.membership import Role
from commitments.rights import Rights, RoleScope
from ogp_tracker.accounts.unsaved_forms import form_to_send_again
from ogp_tracker.api import problems

ANY = frozenset({0})
ROLES: tuple[tuple[str | Promise, Rights], ...] = (
    (Role.REPORTER.label, Rights(reports_for=ANY, carries_on=ANY)),
    (Role.LEAD.label, Rights(reports_for=ANY, carries_on=ANY, signs_for=ANY)),
    (_("Point of contact of a plan"), Rights(coordinates=RoleScope(plans=ANY))),
    (_("Point of contact of a nation"), Rights(coordinates=RoleScope(nations=ANY))),
    (Role.CIVIL_SOCIETY_LEAD.label, Rights(agrees=RoleScope(plans=ANY))),
    (Role.IRM_RESEARCHER.label, Rights(is_assessor=True)),
    (Role.ADMINISTRATOR.label, Rights(is_administrator=True)),
)
"""What an account with one role may do somewhere: its institution, plan or nation is nobody's."""


def permission_denied(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    why = str(exception)
    labels, has_one = ([], False) if why else roles_needed(request)
    # In a sentence; “IRM researcher” stays as it is.
    roles = [one if one[:2].isupper() else one[:1].lower() + one[1:] for one in labels]
    context = {"why": why, "roles": roles, "has_one": has_one, **form_to_send_again(request)}
    return render(request, "403.html", context, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith(reverse("admin:index")):
        return problems.page_not_found(request, exception)
    context = {"is_missing": True, **form_to_send_again(request)}
    return render(request, "403.html", context, status=404)


def roles_needed(request: HttpRequest) -> tuple[list[str], bool]:
    """Those that may do, somewhere, what the address is for; whether the account has one of them.

    Asked of the section itself, so that no second table has to say the same.
    """
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    model, _below, page = name.rpartition("_")
    sections: dict[str, Any] = {
        f"{one.opts.app_label}_{one.opts.model_name}": one for one in admin.site._registry.values()
    }
    if (section := sections.get(model)) is None:
        return [], False

    def may(rights: Rights) -> bool:
        match page:
            case "changelist" | "history":
                allowed = True
            case "add":
                allowed = section.may_add(request, rights)
            case "delete":
                allowed = section.may_delete(request, rights, None)
            case _:
                allowed = section.may_change(request, rights, None)
        return bool(allowed and section.may_see(rights))

    return [str(label) for label, rights in ROLES if may(rights)], may(rights_in(request))
