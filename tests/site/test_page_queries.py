"""A page, or an answer of the API, asks the database as often for many rows as for one."""

from urllib.parse import urlencode

import pytest

from commitments.models import Involvement
from milestones import services
from milestones.models import ProgressUpdate
from tests.api_pages import API, LISTS
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    OGPValueFactory,
    PlanFactory,
    PolicyAreaFactory,
    ReplyFactory,
    ReportFactory,
    days_ago,
    make_correction,
    make_update,
    move_due_date,
    nation,
    nations,
    officer_of,
)
from tests.pages import queries_of, read

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LIMIT = 30
KINDS = ["results_report", "end_of_term_report", "ogp_commitment_page", "progress_report"]


class World:
    """A public commitment with one of everything, which then grows in every direction."""

    def __init__(self):
        self.lead = InstitutionFactory(name="Lead", nation=nation("sct"))
        self.officer = officer_of(self.lead)
        self.plan, self.closed = PlanFactory(), PlanFactory(closed=True)
        self.area = PolicyAreaFactory(slug="area")
        self.value = OGPValueFactory()
        self.reports = []
        InstitutionFactory(succeeded_by=self.lead)
        self.commitment = self.add_commitment(milestones=0)
        self.milestone = self.add_milestone(self.commitment, updates=2)
        self.assess(self.commitment, 1)
        self.add_commitment(plan=self.closed)
        self.add_commitment(updates=0)

    def grow(self):
        self.add_milestone_reports(self.milestone, 3)
        for _number in range(3):
            self.add_milestone(self.commitment, updates=3)
        self.assess(self.commitment, 4)
        for _number in range(2):
            self.assess(self.add_commitment(milestones=2, updates=2), 4)
            self.add_commitment(milestones=2, plan=self.closed)
            self.add_commitment(milestones=2, updates=0)
        InstitutionFactory.create_batch(3, succeeded_by=self.lead)
        for plan in PlanFactory.create_batch(3):
            ReportFactory(plan=plan)

    def add_commitment(self, *, milestones=1, updates=1, plan=None):
        commitment = CommitmentFactory(plan=plan or self.plan, lead=self.lead)
        commitment.policy_areas.set([self.area, PolicyAreaFactory()])
        commitment.values_claimed.set([self.value, OGPValueFactory()])
        for role in (Involvement.Role.PARTNER, Involvement.Role.SUPPORT_OTHERS):
            InvolvementFactory(commitment=commitment, role=role)
        for _number in range(milestones):
            self.add_milestone(commitment, updates)
        return commitment

    def add_milestone(self, commitment, updates):
        milestone = MilestoneFactory(commitment=commitment, due_on=days_ago(20))
        services.set_applicability(milestone, nation("nir"), applies=False, reason="Not devolved")
        for day in (10, 5):
            move_due_date(milestone, to=days_ago(day), reason="Late")
        self.add_milestone_reports(milestone, updates)
        return milestone

    def add_milestone_reports(self, milestone, number):
        """Report so many times; every second report corrects the one before it."""
        start = milestone.updates.count()
        for place in range(start, start + number):
            day = days_ago(500 - place) if milestone.commitment.plan == self.closed else None
            level = "substantial" if place % 2 else "limited"
            if place % 2:
                make_correction(milestone.updates.latest("pk"), level, by=self.officer)
            else:
                make_update(milestone, level, by=self.officer, as_of=day)

    def assess(self, commitment, number):
        """Bring the commitment to so many assessments, each with findings and replies."""
        for place in range(commitment.assessments.count(), number):
            if place == len(self.reports):
                self.reports.append(ReportFactory(plan=self.plan, kind=KINDS[place]))
            row = AssessmentFactory(
                commitment=commitment, report=self.reports[place], completion="limited"
            )
            row.relevant_values.set([self.value])
            ReplyFactory(assessment=row)
            for milestone in commitment.milestones.all():
                finding = FindingFactory(assessment=row, milestone=milestone)
                ReplyFactory(assessment=row, finding=finding)

    def addresses(self):
        rows = (self.plan, self.closed, self.lead, self.commitment, self.milestone, *nations())
        return [
            *("/", "/nations/", "/plans/", "/commitments/", "/institutions/", "/assessments/"),
            *("/about/", "/accessibility/", "/privacy/", "/overdue/", "/disagreements/"),
            f"{self.plan.get_absolute_url()}repository/",
            *("/sitemap.xml", "/sitemap-commitments.xml", "/sitemap-milestones.xml"),
            *(row.get_absolute_url() for row in (*rows, self.reports[0])),
            *(f"{self.commitment.get_absolute_url()}{last}" for last in ("card.svg", "embed/")),
            *("/follow/", f"/follow/?what=commitment:{self.commitment.slug}"),
            *("/calendar.ics", "/nations/sct/calendar.ics"),
            *(f"{row.get_absolute_url()}calendar.ics" for row in (self.plan, self.commitment)),
            *self.chosen_lists(),
            *self.places(),
        ]

    def places(self):
        chosen = {"nation": "sct", "plan": self.plan.slug, "institution": self.lead.slug}
        return [
            f"/overdue/?{urlencode(chosen)}",
            f"/overdue/?{urlencode(chosen | {'show': 'moved'})}",
            f"/disagreements/?{urlencode(chosen | {'kind': 'differ'})}",
        ]

    def chosen_lists(self):
        chosen = {"nation": "sct", "plan": self.plan.slug, "institution": self.lead.slug}
        chosen |= {"area": self.area.slug, "level": "substantial", "completion": "limited"}
        silent = chosen | {"level": "not_reported", "completion": "none"}
        sorted_lists = [chosen | {"sort": order} for order in ("plan", "id", "title", "reported")]
        found = {"plan": self.plan.slug, "kind": KINDS[0], "completion": "limited"}
        return [
            *(f"/commitments/?{urlencode(choices)}" for choices in (*sorted_lists, silent)),
            f"/assessments/?{urlencode(found)}",
        ]


def test_page_asks_no_more_for_many_rows_than_for_one(client):
    world = World()
    for address in (*world.chosen_lists(), *world.places()):
        assert "passes all of these choices" not in read(client, address).html
    for_one = {address: queries_of(client, address) for address in world.addresses()}
    world.grow()
    for_many = {address: queries_of(client, address) for address in world.addresses()}

    assert ProgressUpdate.objects.filter(commitment=world.commitment).count() == 14
    assert for_many == for_one
    assert {address: asked for address, asked in for_many.items() if asked > LIMIT} == {}


# The API


# The version, two for the rows, three for the rows inside, and one for each choice of a filter.
API_LIMIT = 6
FILTERS = 4


def api_addresses(world):
    commitment, report = world.commitment.slug, world.reports[0].slug
    update = world.milestone.updates.order_by("pk").first().uid
    return [
        "",
        *LISTS,
        f"commitments/{commitment}/",
        f"milestones/{commitment}/{world.milestone.number}/",
        f"updates/{update}/",
        f"institutions/{world.lead.slug}/",
        f"plans/{world.plan.slug}/",
        f"reports/{report}/",
        f"assessments/{report}/{commitment}/",
        f"findings/{report}/{commitment}/{world.milestone.number}/",
        "nations/sct/",
        "codebook/completion/",
        "schema/",
        *(choices.lstrip("/") for choices in world.chosen_lists()),
    ]


def test_answer_asks_no_more_for_many_rows_than_for_one(client):
    world = World()
    for_one = {one: queries_of(client, f"{API}{one}") for one in api_addresses(world)}
    world.grow()
    for_many = {one: queries_of(client, f"{API}{one}") for one in api_addresses(world)}

    assert for_many == for_one
    for address, asked in for_many.items():
        assert asked <= API_LIMIT + (FILTERS if "?" in address else 0), address
