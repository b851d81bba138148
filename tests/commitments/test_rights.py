"""What an account may do follows from its memberships, and from nothing else."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Permission

from commitments.models import Commitment, Institution, Involvement
from commitments.rights import (
    Rights,
    agrees_on_behalf_of,
    leads,
    reportable_nations,
    rights_of,
    with_predecessors,
)
from milestones import services
from milestones.admin.choosing import reported_on
from milestones.progress_rules import UpdateRefused
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
    civil_society_for,
    lead_of,
    make_report,
    nation,
    officer_of,
    past_the_guards,
    researcher,
)
from tests.pages import queries_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.core]

ALL = {"eng", "sct", "wls", "nir"}


@pytest.fixture
def commitment():
    return CommitmentFactory()


def take_part(commitment, role=Involvement.Role.PARTNER, **institution):
    return InvolvementFactory(
        commitment=commitment, institution=InstitutionFactory(**institution), role=role
    ).institution


def scottish(**given):
    return InstitutionFactory(kind="devolved_government", nation=nation("sct"), **given)


# Each role


@pytest.mark.parametrize(
    ("role", "may", "can_publish"),
    [
        ("reporter", {"enter", "government", "report"}, False),
        ("lead", {"enter", "government", "report", "sign"}, True),
        ("point_of_contact", {"enter", "government", "edit"}, True),
        ("civil_society_lead", {"enter", "government", "agree"}, True),
        ("irm_researcher", {"enter", "assess"}, True),
        ("administrator", {"enter", "administer"}, True),
    ],
)
def test_account_may_do_what_its_role_is_for_and_nothing_else(commitment, role, may, can_publish):
    lead = lead_of(commitment)
    rights = rights_of(officer_of(lead, role))

    found = {
        "enter": rights.may_enter,
        "government": rights.is_government,
        "report": rights.may_report_for(lead),
        "sign": rights.may_sign_for(lead),
        "edit": rights.may_edit(commitment),
        "agree": rights.may_agree(commitment),
        "assess": rights.is_assessor,
        "administer": rights.is_administrator,
    }
    assert {name for name, is_so in found.items() if is_so} == may
    assert rights.can_publish is can_publish


def test_account_without_a_role_may_do_nothing(commitment):
    account = AccountFactory(is_staff=True)
    account.user_permissions.set(Permission.objects.all())

    for nobody in (account, None, AnonymousUser(), get_user_model()()):
        rights = rights_of(nobody)
        assert not rights.may_enter
        assert not rights.can_publish
        assert not rights.seen_commitments().exists()
        assert rights.institutions_for(commitment) == []


def test_superuser_is_an_administrator_and_nothing_more(commitment):
    rights = rights_of(AccountFactory(superuser=True))

    assert rights == Rights(account=rights.account, is_administrator=True)
    assert not rights.is_government
    assert not rights.may_edit(commitment)
    assert not rights.seen_commitments().exists()


def test_switched_off_account_may_do_nothing(commitment):
    account = officer_of(lead_of(commitment), "lead", is_active=False)
    boss = AccountFactory(superuser=True, is_active=False)

    assert rights_of(account) == rights_of(boss) == Rights()


def test_account_that_was_switched_off_since_it_signed_in_has_lost_its_roles(commitment):
    account = officer_of(lead_of(commitment), "lead")
    type(account).objects.update(is_active=False)

    assert account.is_active
    assert not rights_of(account).may_enter


def test_account_with_both_voices_has_neither(commitment):
    account = researcher()
    with past_the_guards():
        MembershipFactory(account=account, role="lead", institution=lead_of(commitment))

    rights = rights_of(account)

    assert rights == Rights(account=account.pk)
    assert not rights.may_enter


@pytest.mark.parametrize("role", ["reporter", "lead", "point_of_contact", "irm_researcher"])
def test_rights_take_two_queries_whatever_the_number_of_roles(role):
    account = AccountFactory()
    for _ in range(5):
        MembershipFactory(account=account, role=role, institution=InstitutionFactory())
        InstitutionFactory(succeeded_by=InstitutionFactory())

    asked = queries_in(lambda: rights_of(account))
    assert asked == (2 if role in {"reporter", "lead"} else 1)


# Points of contact and civil-society leads: plans and nations


@pytest.fixture(params=["point_of_contact", "civil_society_lead"])
def whole(request):
    def of(institution, plan=None):
        account = MembershipFactory(role=request.param, institution=institution, plan=plan).account
        rights = rights_of(account)
        rows = {
            "point_of_contact": rights.edited_commitments(),
            "civil_society_lead": rights.agreed_commitments(),
        }[request.param]
        may = {"point_of_contact": rights.may_edit, "civil_society_lead": rights.may_agree}
        for row in Commitment.objects.all():
            assert may[request.param](row) == (row in rows)
        return set(rows), set(rights.seen_commitments())

    return of


def test_role_for_a_plan_is_for_all_commitments_of_the_plan_and_no_other(whole):
    plan = PlanFactory()
    mine = {CommitmentFactory(plan=plan), CommitmentFactory(plan=plan, draft=True, lead=False)}
    CommitmentFactory(nations=["sct"], lead=scottish())

    own, seen = whole(scottish(), plan)

    assert own == seen == mine


def test_role_for_a_nation_is_for_what_its_institutions_lead(whole):
    led = CommitmentFactory(lead=scottish())
    delivered = CommitmentFactory(nations=["sct", "eng"])
    CommitmentFactory(nations=["wls"])

    own, seen = whole(scottish())

    assert own == {led}
    assert seen == {led, delivered}


def test_role_for_a_nation_is_for_what_is_delivered_there_if_nobody_leads(whole):
    without = CommitmentFactory(nations=["sct"], lead=False)
    CommitmentFactory(nations=["wls"], lead=False)

    own, _seen = whole(scottish())

    assert own == {without}


def test_role_for_neither_a_plan_nor_a_nation_is_for_nothing(whole, commitment):
    assert whole(InstitutionFactory(nation=None, kind="group")) == (set(), set())


def test_agreement_is_given_in_the_name_of_the_body_whose_plan_or_nation_it_is(commitment):
    society = civil_society_for(CommitmentFactory())
    other = MembershipFactory(
        account=society,
        role="civil_society_lead",
        institution=InstitutionFactory(kind="civil_society"),
        plan=commitment.plan,
    )

    assert agrees_on_behalf_of(society, commitment) == other.institution
    assert agrees_on_behalf_of(society, CommitmentFactory()) is None


# For which nations an institution reports


def test_lead_institution_reports_for_all_nations_in_scope():
    commitment = CommitmentFactory(nations=["sct", "wls"])

    assert reportable_nations(lead_of(commitment), commitment) == {"sct", "wls"}
    assert leads(lead_of(commitment), commitment)


@pytest.mark.parametrize(
    ("part", "may"),
    [("partner", True), ("support_government", True), ("support_others", False)],
)
def test_other_institution_reports_for_its_own_nation_if_government_takes_part(
    commitment, part, may
):
    institution = take_part(commitment, part, nation=nation("wls"))

    assert reportable_nations(institution, commitment) == ({"wls"} if may else set())
    assert not leads(institution, commitment)


@pytest.mark.parametrize("code", [None, "wls"])
def test_partner_of_no_nation_or_of_one_out_of_scope_reports_for_none(code):
    commitment = CommitmentFactory(nations=["sct"])
    institution = take_part(commitment, nation=code and nation(code))

    assert reportable_nations(institution, commitment) == set()


def test_institution_that_takes_no_part_reports_for_none(commitment):
    assert reportable_nations(InstitutionFactory(), commitment) == set()


def test_devolved_government_reports_for_its_nation_without_being_named():
    delivered, elsewhere = CommitmentFactory(), CommitmentFactory(nations=["eng", "wls"])
    government = scottish()
    rights = rights_of(officer_of(government))

    assert reportable_nations(government, delivered) == {"sct"}
    assert reportable_nations(government, elsewhere) == set()
    assert set(rights.seen_commitments()) == {delivered}
    assert rights.institutions_for(delivered) == [government]


@pytest.mark.parametrize("kind", ["civil_society", "multilateral"])
@pytest.mark.parametrize("part", ["lead", "partner"])
def test_body_outside_government_reports_on_nothing(kind, part):
    commitment = CommitmentFactory(lead=False)
    body = take_part(commitment, part, kind=kind)
    account = officer_of(body, "lead")

    assert reportable_nations(body, commitment) == set()
    assert rights_of(account).institutions_for(commitment) == []


def test_own_lead_of_a_milestone_reports_on_that_one_as_a_lead_does():
    old, heir = InstitutionFactory(), InstitutionFactory()
    Institution.objects.filter(pk=old.pk).update(succeeded_by=heir)
    own = MilestoneFactory(commitment__nations=["sct", "wls"], lead=old)
    other, officer = MilestoneFactory(commitment=own.commitment), officer_of(heir)

    assert reportable_nations(heir, own.commitment, lead=own.lead_id) == {"sct", "wls"}
    assert rights_of(officer).institutions_for(own.commitment, own.lead_id) == [heir]
    assert own.commitment in rights_of(officer).seen_commitments()
    assert list(reported_on(rights_of(officer))) == [own]
    services.submit_update(
        services.record_update(own, make_report(nations=["wls"]), institution=heir, by=officer),
        by=officer,
    )
    with pytest.raises(UpdateRefused):
        services.save_draft(other, make_report(), institution=heir, by=officer)


# Bodies that were renamed or abolished


@pytest.fixture
def renamed(commitment):
    old = lead_of(commitment)
    between, today = InstitutionFactory(), InstitutionFactory()
    Institution.objects.filter(pk=old.pk).update(succeeded_by=between)
    Institution.objects.filter(pk=between.pk).update(succeeded_by=today)
    return old, today


def test_successor_reports_and_signs_for_its_predecessors(commitment, renamed):
    old, today = renamed
    rights = rights_of(officer_of(today, "lead"))

    assert reportable_nations(today, commitment) == ALL
    assert leads(today, commitment)
    assert rights.may_sign_for(old)
    assert rights.may_carry_on_for(old)
    assert commitment in rights.seen_commitments()


def test_successor_makes_new_reports_in_its_own_name(commitment, renamed):
    old, today = renamed
    rights = rights_of(officer_of(today))

    assert rights.institutions_for(commitment) == [today]
    assert not rights.may_report_for(old)
    assert not rights.may_sign_for(old)


def test_predecessor_does_not_speak_for_its_successor(commitment, renamed):
    old, today = renamed
    led_today = CommitmentFactory(lead=today)
    rights = rights_of(officer_of(old, "lead"))

    assert not rights.may_sign_for(today)
    assert not rights.may_carry_on_for(today)
    assert reportable_nations(old, led_today) == set()


def test_circle_of_successors_comes_to_an_end():
    first, second, third = (InstitutionFactory() for _ in "123")
    for one, other in ((first, second), (second, third), (third, first)):
        Institution.objects.filter(pk=one.pk).update(succeeded_by=other)
    stranger = InstitutionFactory()

    assert with_predecessors([first.pk]) == {first.pk, second.pk, third.pk}
    assert with_predecessors([stranger.pk]) == {stranger.pk}
    assert with_predecessors([]) == set()
