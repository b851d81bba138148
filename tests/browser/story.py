"""The cast of the officers' journey, and of the pictures in docs/officers.md.

All of it is made up, and says so: a plan that runs, a commitment that the government of Scotland
leads and that is delivered in two nations, a milestone whose due date has passed.
"""

from commitments.models import Institution
from milestones import services
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    make_update,
    move_due_date,
    nation,
    officer_of,
)
from tests.signing_in import AuthenticatorFactory, with_password


class Story:
    """Two institutions, their officers, and a commitment with three milestones."""

    def __init__(self):
        self.scotland = InstitutionFactory(
            slug="example-office-for-open-records",
            name="Example Office for Open Records",
            kind=Institution.Kind.DEVOLVED,
            nation=nation("sct"),
        )
        self.wales = InstitutionFactory(
            slug="example-welsh-records-service",
            name="Example Welsh Records Service",
            nation=nation("wls"),
        )
        self.plan = PlanFactory(
            slug="example-plan", title="Example data: action plan", needs_sign_off=True
        )
        self.commitment = CommitmentFactory(
            ogp_id="EX0001",
            title="Example data: open the public records",
            plan=self.plan,
            lead=self.scotland,
            nations=["sct", "wls"],
        )
        InvolvementFactory(commitment=self.commitment, institution=self.wales)
        self.reporter = self.officer("ailsa", "Ailsa Example", self.scotland, "reporter")
        self.lead = self.officer("rhona", "Rhona Example", self.scotland, "lead")
        self._milestones()

    def officer(self, username, name, institution, role):
        first, last = name.split()
        account = officer_of(institution, role, username=username, first_name=first, last_name=last)
        AuthenticatorFactory(user=account)
        return with_password(account)

    def _milestones(self):
        texts = (
            "Publish the register of all public records in an open format.",
            "Train the keepers of records in every council area.",
            "Ask the readers of the register what they miss, and publish their answers.",
        )
        self.overdue, self.soon, self.later = (
            MilestoneFactory(commitment=self.commitment, text=text, due_on=due)
            for text, due in zip(texts, (days_ago(12), days_ago(-20), days_ago(-200)), strict=True)
        )
        move_due_date(
            self.soon, to=days_ago(-27), reason="The first course was full; a second one follows."
        )
        written = self.draft(
            self.overdue,
            as_of=days_ago(90),
            narrative="The format of the register was agreed with the keepers of records.",
            obstacles="The old records are on paper.",
        )
        services.submit_update(written, by=self.reporter)
        services.publish_update(written, by=self.lead)

    def draft(self, milestone, **report):
        report = {"level": "limited", "nations": ["sct"]} | report
        return make_update(milestone, by=self.reporter, publish=False, **report)
