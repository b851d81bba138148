"""An officer's desk: rows of every part of My work, and who sees them.

desk = Desk()                     # one of everything
desk.lead                         # an account that leads, reports, coordinates and agrees
desk.grow()                       # more of everything
"""

from datetime import timedelta

from django.utils import timezone

from commitments.models import Membership
from milestones import services
from milestones.amendment_rules import AmendmentContent
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_document,
    make_report,
    make_update,
    nation,
    officer_of,
)
from tests.world import LONG

Role = Membership.Role


class Desk:
    """What an account with all of government's roles has on its desk."""

    def __init__(self, long=""):
        self.long = long
        self.plan = PlanFactory(needs_sign_off=True)
        self.agreed_plan = PlanFactory(needs_civil_society_sign_off=True)
        self.office = InstitutionFactory(
            name=f"Office of Openness {long}", team_mailbox="team@example.org"
        )
        self.partner = InstitutionFactory(name=f"Scottish partner{long[:9]}", nation=nation("sct"))
        self.reporter = officer_of(self.office, is_staff=True)
        self.lead = officer_of(self.office, Role.LEAD, is_staff=True)
        for plan, role in (
            (self.plan, Role.POINT_OF_CONTACT),
            (self.agreed_plan, Role.CIVIL_SOCIETY_LEAD),
        ):
            MembershipFactory(account=self.lead, institution=self.office, role=role, plan=plan)
        self.grow(1)

    def commitment(self, plan=None):
        commitment = CommitmentFactory(
            plan=plan or self.plan, lead=self.office, title=f"Open what is closed {self.long}"
        )
        InvolvementFactory(commitment=commitment, institution=self.partner)
        return commitment

    def milestone(self, due=-200, **given):
        given.setdefault("commitment", self.commitment())
        text = f"Publish what was promised {self.long}"
        return MilestoneFactory(due_on=days_ago(due), text=text, **given)

    def grow(self, number=5):
        for _place in range(number):
            self.milestone(due=12)
            self.milestone(due=-20)
            self.milestone(due=-90)
            make_update(self.milestone(due=12), now=timezone.now() - timedelta(days=215))
            self.submitted(by=self.reporter)
            self.submitted(by=self.lead)
            self.submitted(by=self.reporter, plan=self.agreed_plan)
            # Nobody agrees to what their own institution says.
            self.submitted(
                officer_of(self.partner),
                self.agreed_plan,
                institution=self.partner,
                nations=["sct"],
            )
            self.draft(by=self.lead)
            self.draft(by=self.reporter)
            returned = self.submitted(by=self.lead)
            colleague = officer_of(self.office, Role.LEAD)
            services.return_update(returned, by=colleague, comment=f"Say which day. {self.long}")
            self.document()
            self.amendment()

    def submitted(self, by, plan=None, **said):
        milestone = self.milestone(commitment=self.commitment(plan))
        said.setdefault("institution", self.office)
        update = make_update(milestone, by=by, publish=False, **said)
        return services.submit_update(update, by=by)

    def draft(self, by, milestone=None):
        return services.save_draft(
            milestone or self.milestone(), make_report(""), institution=self.office, by=by
        )

    def amendment(self):
        content = AmendmentContent("withdrawn", reason="Dropped.")
        return services.save_amendment(
            self.milestone(), content, institution=self.office, by=self.lead
        )

    def document(self):
        update = make_update(self.milestone(), source=make_document(), publish=False)
        return services.submit_update(update, by=None)


def crowded_desk():
    desk = Desk(long=LONG)
    commitment = desk.commitment()
    for _place in range(25):
        desk.milestone(due=40, commitment=commitment)
    return desk
