"""What the menu of the admin offers to whom, in the order of the work.

It decides only what is offered first: what an account may do is in `commitments/rights.py`, and the
first page leads to every other list that the account can open.
"""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.admin.access import rights_in
from commitments.models.membership import Role
from commitments.rights import Rights

# A lead uses what a reporter uses.
REP, POC, CIV = Role.REPORTER, Role.POINT_OF_CONTACT, Role.CIVIL_SOCIETY_LEAD
IRM, ADM = Role.IRM_RESEARCHER, Role.ADMINISTRATOR


class MenuEntry(NamedTuple):
    label: str | Promise
    page: str
    """The name of its address in the admin."""
    used_by: tuple[Role, ...]


MENU: dict[str | Promise, tuple[MenuEntry, ...]] = {
    "": (MenuEntry(_("My work"), "index", (REP, POC, CIV, IRM, ADM)),),
    _("Accounts"): (
        MenuEntry(_("People"), "auth_user_changelist", (ADM,)),
        MenuEntry(_("Reminders"), "milestones_reminder_changelist", (ADM,)),
    ),
    _("Progress updates"): (
        MenuEntry(_("Report progress"), "milestones_progressupdate_add", (REP, POC, ADM)),
        MenuEntry(
            _("All progress updates"), "milestones_progressupdate_changelist", (REP, POC, CIV, ADM)
        ),
        MenuEntry(_("Amendments"), "milestones_amendment_changelist", (REP, POC, CIV)),
    ),
    _("Assessments and replies"): (
        MenuEntry(_("IRM reports"), "irm_report_changelist", (IRM,)),
        MenuEntry(_("Assessments"), "irm_assessment_changelist", (IRM, REP)),
        MenuEntry(_("Findings"), "irm_milestonefinding_changelist", (IRM, REP)),
        MenuEntry(_("Replies"), "irm_reply_changelist", (REP,)),
    ),
    _("Plans and commitments"): (
        MenuEntry(_("Action plans"), "commitments_actionplan_changelist", (POC, CIV, ADM)),
        MenuEntry(_("Commitments"), "commitments_commitment_changelist", (REP, POC, CIV, IRM)),
        MenuEntry(_("Milestones"), "milestones_milestone_changelist", (REP, POC, CIV)),
        MenuEntry(_("Where milestones apply"), "milestones_nationprogress_changelist", (POC,)),
        MenuEntry(_("Evidence"), "milestones_evidence_changelist", (POC,)),
        MenuEntry(_("Institutions"), "commitments_institution_changelist", (POC, ADM)),
    ),
    _("Import"): (MenuEntry(_("Import a workbook"), "import", (POC, IRM, ADM)),),
    _("This site"): (
        MenuEntry(_("Mistakes reported"), "mistakes_mistake_changelist", (ADM,)),
        MenuEntry(_("Nations"), "commitments_nation_changelist", (ADM,)),
        MenuEntry(_("Policy areas"), "commitments_policyarea_changelist", (ADM,)),
        MenuEntry(_("OGP values"), "commitments_ogpvalue_changelist", (ADM,)),
    ),
}


def roles_of(rights: Rights) -> set[Role]:
    held = {
        REP: rights.reports_for,
        POC: rights.coordinates,
        CIV: rights.agrees,
        IRM: rights.is_assessor,
        ADM: rights.is_administrator,
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
        for name, group in MENU.items()
    ]
    links = [link for group in groups for link in group["models"]]
    here = [link for link in links if request.path.startswith(link["admin_url"])]
    if here:
        # The address of “Report progress” begins with that of its list, and all with My work's.
        closest = max(here, key=lambda link: len(link["admin_url"]))
        closest["is_current"] = closest != links[0] or request.path == closest["admin_url"]
    return [group for group in groups if group["models"]]
