"""What the menu of the admin offers to whom, in the order of the work.

It decides only what is offered first: what an account may do is in `commitments/rights.py`, and the
first page leads to every other list that the account can open.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.admin.access import rights_in
from commitments.models.membership import Role
from commitments.rights import Rights

REPORTER, CONTACT, CIVIL_SOCIETY = Role.REPORTER, Role.POINT_OF_CONTACT, Role.CIVIL_SOCIETY_LEAD
RESEARCHER, ADMINISTRATOR = Role.IRM_RESEARCHER, Role.ADMINISTRATOR
GOVERNMENT = (REPORTER, CONTACT, CIVIL_SOCIETY)


class MenuEntry(NamedTuple):
    label: str | Promise
    page: str
    """The name of its address in the admin."""
    used_by: tuple[Role, ...]
    """A lead uses what a reporter uses."""


MENU: tuple[tuple[str | Promise, tuple[MenuEntry, ...]], ...] = (
    ("", (MenuEntry(_("My work"), "index", tuple(Role)),)),
    (
        _("Accounts"),
        (
            MenuEntry(_("People"), "auth_user_changelist", (ADMINISTRATOR,)),
            MenuEntry(_("Roles"), "commitments_membership_changelist", (ADMINISTRATOR,)),
            MenuEntry(_("Reminders"), "milestones_reminder_changelist", (ADMINISTRATOR,)),
        ),
    ),
    (
        _("Progress updates"),
        (
            MenuEntry(
                _("Report progress"),
                "milestones_progressupdate_add",
                (REPORTER, CONTACT, ADMINISTRATOR),
            ),
            MenuEntry(
                _("All progress updates"),
                "milestones_progressupdate_changelist",
                (*GOVERNMENT, ADMINISTRATOR),
            ),
            MenuEntry(_("Amendments"), "milestones_amendment_changelist", GOVERNMENT),
        ),
    ),
    (
        _("Assessments and replies"),
        (
            MenuEntry(_("IRM reports"), "irm_report_changelist", (RESEARCHER,)),
            MenuEntry(_("Assessments"), "irm_assessment_changelist", (RESEARCHER, REPORTER)),
            MenuEntry(_("Findings"), "irm_milestonefinding_changelist", (RESEARCHER, REPORTER)),
            MenuEntry(_("Replies"), "irm_reply_changelist", (REPORTER,)),
        ),
    ),
    (
        _("Plans and commitments"),
        (
            MenuEntry(
                _("Action plans"),
                "commitments_actionplan_changelist",
                (CONTACT, CIVIL_SOCIETY, ADMINISTRATOR),
            ),
            MenuEntry(
                _("Commitments"), "commitments_commitment_changelist", (*GOVERNMENT, RESEARCHER)
            ),
            MenuEntry(_("Milestones"), "milestones_milestone_changelist", GOVERNMENT),
            MenuEntry(
                _("Where milestones apply"), "milestones_nationprogress_changelist", (CONTACT,)
            ),
            MenuEntry(_("Evidence"), "milestones_evidence_changelist", (CONTACT,)),
            MenuEntry(
                _("Institutions"), "commitments_institution_changelist", (CONTACT, ADMINISTRATOR)
            ),
        ),
    ),
    (
        _("Import"),
        (MenuEntry(_("Import a workbook"), "import", (CONTACT, RESEARCHER, ADMINISTRATOR)),),
    ),
    (
        _("This site"),
        (
            MenuEntry(_("Mistakes reported"), "mistakes_mistake_changelist", (ADMINISTRATOR,)),
            MenuEntry(_("Nations"), "commitments_nation_changelist", (ADMINISTRATOR,)),
            MenuEntry(_("Policy areas"), "commitments_policyarea_changelist", (ADMINISTRATOR,)),
            MenuEntry(_("OGP values"), "commitments_ogpvalue_changelist", (ADMINISTRATOR,)),
        ),
    ),
)


def entries() -> Iterator[MenuEntry]:
    for _name, group in MENU:
        yield from group


def roles_of(rights: Rights) -> set[Role]:
    held = {
        REPORTER: rights.reports_for,
        CONTACT: rights.coordinates,
        CIVIL_SOCIETY: rights.agrees,
        RESEARCHER: rights.is_assessor,
        ADMINISTRATOR: rights.is_administrator,
    }
    return {role for role, scope in held.items() if scope}


def menu_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups that the account uses, shaped like the apps of Django's `get_app_list`."""
    roles = roles_of(rights_in(request))
    groups: list[dict[str, Any]] = [
        {
            "name": name,
            "models": [
                {"name": entry.label, "admin_url": reverse(f"admin:{entry.page}")}
                for entry in group
                if not roles.isdisjoint(entry.used_by)
            ],
        }
        for name, group in MENU
    ]
    links = [link for group in groups for link in group["models"]]
    here = [link for link in links if request.path.startswith(link["admin_url"])]
    if here:
        # The address of “Report progress” begins with that of its list, and all with My work's.
        closest = max(here, key=lambda link: len(link["admin_url"]))
        closest["is_current"] = closest != links[0] or request.path == closest["admin_url"]
    return [group for group in groups if group["models"]]
