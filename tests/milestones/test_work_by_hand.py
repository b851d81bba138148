"""My work comes out of SQL as if somebody went through the milestones by hand.

However many commitments there are: of many they are counted and listed in other ways than of few.
"""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import groupby

import pytest
from django.utils import timezone

from commitments.models import Commitment, Institution, Involvement
from commitments.rights import Rights, RoleScope, institutions_on, reportable_nations, reported_by
from milestones.levels import Level
from milestones.models import Milestone
from milestones.work import duties
from milestones.work.duties import Duties
from milestones.work.parts import OF_MILESTONES, WorkList
from milestones.work.scope import answered_by
from milestones.work.work import PlanWork
from tests.factories import (
    NATIONS,
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    nation,
    today,
    write_part,
)
from tests.once import once

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DUE = (None, None, -400, -1, 0, 30, 31, 31, 400)
STATES = (None, "", "not_applicable", "limited", "completed", "completed")
Kind = Institution.Kind


def make_bodies():
    """Institutions of every sort, of which one carries on the work of another."""
    heir = InstitutionFactory(nation=nation("nir"))
    return [
        heir,
        InstitutionFactory(nation=nation("nir"), succeeded_by=heir),
        InstitutionFactory(nation=nation("eng")),
        InstitutionFactory(nation=None),
        InstitutionFactory(nation=nation("sct"), kind=Kind.DEVOLVED),
        InstitutionFactory(nation=nation("wls"), kind=Kind.LOCAL),
        InstitutionFactory(nation=nation("wls"), kind=Kind.CIVIL_SOCIETY),
    ]


@once
def bodies_and_plan():
    """The institutions and a plan that runs; beside it are another one and one that is closed."""
    bodies = make_bodies()
    dice = random.Random(7)
    plans = [PlanFactory(), PlanFactory(), PlanFactory(closed=True)]
    for _place in range(40):
        commitment = CommitmentFactory(
            plan=dice.choice([plans[0], *plans]),
            lead=dice.choice([*bodies[:5], False]),
            nations=dice.choice([list(NATIONS), dice.sample(list(NATIONS), dice.randint(0, 3))]),
        )
        for body in dice.sample(bodies, 2):
            InvolvementFactory(
                commitment=commitment,
                institution=body,
                role=dice.choice([Involvement.Role.PARTNER, Involvement.Role.SUPPORT_OTHERS]),
            )
        for _number in range(dice.randint(1, 2)):
            add_milestone(commitment, dice, lead=dice.choice([None, None, None, *bodies]))
    return bodies, plans[0]


@pytest.fixture
def bodies(bodies_and_plan):
    return bodies_and_plan[0]


def add_milestone(commitment, dice, lead):
    due = dice.choice(DUE)
    milestone = MilestoneFactory(
        commitment=commitment, due_on=None if due is None else days_ago(-due), lead=lead
    )
    finished = dice.random() < 0.2
    ago = timedelta(days=dice.choice([1, 300, 300, 300]))
    for code in NATIONS:
        state = "completed" if finished else dice.choice(STATES)
        write_part(milestone, code, state, published_at=timezone.now() - ago)


def by_hand(institution=None, plan=None):
    """Return the milestones with something left to do and their parts, one by one in order.

    Of what the institution answers for, or of everything; in the plan, or in all that run.
    """
    found = {}
    rows = Milestone.objects.for_list().prefetch_related("updates")
    for commitment, its_rows in groupby(
        rows.order_by("commitment__slug", "number"), key=lambda row: row.commitment
    ):
        if plan not in {None, commitment.plan} or commitment.plan.end_date < today():
            continue
        for row in its_rows:
            codes = set(NATIONS)
            if institution is not None:
                codes = reportable_nations(institution, commitment, lead=row.lead_id)
            cells = [cell for cell in row.cells() if cell.nation.code in codes and cell.applies]
            if any(cell.level != Level.COMPLETED for cell in cells):
                found[row] = part_of(row)
    return dict(sorted(found.items(), key=lambda one: one[0].due_on or date.max))


def part_of(row):
    days = None if row.due_on is None else (row.due_on - today()).days
    if days is not None and days <= 30:
        return WorkList.OVERDUE if days < 0 else WorkList.DUE
    since = timezone.now() - timedelta(days=180)
    return None if any(one.published_at > since for one in row.updates.all()) else WorkList.STALE


def of_each_part(found):
    counted = Counter(found.values())
    return {part: counted[part] for part in OF_MILESTONES}


@pytest.fixture
def in_both_ways(monkeypatch):
    def each():
        for number in (10**6, 1):
            monkeypatch.setattr(duties, "MANY", number)
            yield number

    return each


def test_officers_find_what_is_left_to_do_and_nothing_else(bodies, in_both_ways):
    looked_through = Counter()
    for body in bodies:
        hand = by_hand(body)
        looked_through.update(hand.values())
        for number in in_both_ways():
            work = Duties(answered_by([body.pk], today()), today())
            assert work.counts() == of_each_part(hand), (body, number)
            for part in OF_MILESTONES:
                rows = [row for row, its_part in hand.items() if its_part == part]
                assert list(work.milestones(part)) == rows, (body, part, number)
                for shown in (2, 99):
                    first = work.first([part], shown)
                    assert first == {part: rows[:shown]}, (body, number)
    assert min(looked_through[part] for part in OF_MILESTONES) > 5


@pytest.mark.usefixtures("bodies_and_plan")
def test_who_reports_on_a_commitment_reports_for_one_of_its_nations():
    """Asked of one commitment, of one institution, and of all commitments at once."""
    everybody = Institution.objects.order_by("name")
    on = defaultdict(list)
    for body in everybody:
        reported = Commitment.objects.filter(reported_by([body.pk]))
        for commitment in Commitment.objects.all():
            if reportable_nations(body, commitment):
                assert commitment in reported
                on[commitment].append(body)
    assert len(on) > 10
    for commitment in Commitment.objects.all():
        assert institutions_on(commitment) == on[commitment]
    for row in Milestone.objects.exclude(lead=None):
        may = [
            one for one in everybody if reportable_nations(one, row.commitment, lead=row.lead_id)
        ]
        assert institutions_on(row.commitment, row.lead_id) == may


def test_contact_finds_the_same_numbers_for_each_institution_and_for_all(
    bodies_and_plan, in_both_ways
):
    _bodies, plan = bodies_and_plan
    rights = Rights(account=1, coordinates=RoleScope(plans=frozenset({plan.pk})))
    every = by_hand(plan=plan)
    alive = [body for body in Institution.objects.all() if body.succeeded_by is None]
    hands = {body: hand for body in alive if (hand := by_hand(body, plan))}
    assert len(hands) > 3

    for number in in_both_ways():
        work = PlanWork(rights, on=today())
        assert work.counts() == of_each_part(every), number
        rows = {row.institution: row for row in work.institutions()}
        assert set(rows) == set(hands), number
        for body, hand in hands.items():
            found = (rows[body].counts, rows[body].unfinished)
            assert found == (of_each_part(hand), len(hand)), (body, number)
            listed = PlanWork(rights, on=today(), institution=body.pk)
            assert listed.counts() == of_each_part(hand), (body, number)
            assert {part: len(listed.found(part)) for part in OF_MILESTONES} == listed.counts()
