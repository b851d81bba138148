"""The Admin section as a whole: its name, and the order in which it lists things."""

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# What was promised, what is being delivered, what was found, and who may sign in; within each the
# things that change most often first.
ORDER = {
    "commitments": (
        "Commitment",
        "ActionPlan",
        "Institution",
        "Involvement",
        "PolicyArea",
        "OGPValue",
        "Nation",
        "Membership",
    ),
    "milestones": ("Milestone", "ProgressUpdate", "NationProgress", "DueDateChange", "Evidence"),
    "irm": ("Assessment", "MilestoneFinding", "Report", "Reply"),
    "auth": ("User",),
}


class TrackerAdminConfig(AdminConfig):
    """Django's admin with the site below in the place of its own."""

    default_site = "ogp_tracker.admin_site.TrackerAdminSite"

    def ready(self) -> None:
        """Load the sections; call the accounts by a word that everybody knows."""
        super().ready()
        apps.get_app_config("auth").verbose_name = _("Accounts")


class TrackerAdminSite(AdminSite):
    """The Admin section of the tracker."""

    site_title = _("Open Government Tracker")
    site_header = _("Open Government Tracker")
    index_title = _("Admin section")
    empty_value_display = "–"

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return what is listed, in the order of `ORDER`; anything that it forgets comes last."""
        listed = super().get_app_list(request, app_label)
        labels = list(ORDER)
        for app in listed:
            names = ORDER.get(app["app_label"], ())
            app["models"].sort(key=lambda model, names=names: place(model["object_name"], names))
        return sorted(listed, key=lambda app: place(app["app_label"], labels))


def place(name: str, names: Any) -> int:
    """Return the position of `name` among `names`, or after all of them."""
    return names.index(name) if name in names else len(names)
