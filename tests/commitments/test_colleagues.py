"""The people who could do something are those whom the rights let do it."""

import pytest
from django.contrib.auth import get_user_model

from commitments.approvers import (
    account_name,
    approvers,
    civil_society_approvers,
    points_of_contact,
)
from commitments.models import Institution
from commitments.rights import Rights, rights_of
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    InstitutionFactory,
    MembershipFactory,
    PlanFactory,
    administrator,
    lead_of,
    nation,
    officer_of,
    researcher,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def commitments():
    scottish = InstitutionFactory(nation=nation("sct"))
    return [
        CommitmentFactory(nations=["eng", "wls"]),
        CommitmentFactory(lead=scottish, nations=["sct", "wls"]),
        CommitmentFactory(lead=False, nations=["wls"]),
        CommitmentFactory(plan=None, plan_as_published="Not attached", lead=scottish),
    ]


@pytest.fixture
def accounts(commitments):
    ended = InstitutionFactory(succeeded_by=lead_of(commitments[1]), nation=nation("sct"))
    for institution in (*Institution.objects.all(), ended):
        officer_of(institution)
        officer_of(institution, "lead")
        officer_of(institution, "lead", is_active=False)
    for role, kind in (("point_of_contact", "department"), ("civil_society_lead", "civil_society")):
        for code in ("eng", "sct", "wls"):
            officer_of(InstitutionFactory(kind=kind, nation=nation(code)), role)
        for plan in (*(one.plan for one in commitments if one.plan), PlanFactory()):
            MembershipFactory(role=role, plan=plan, institution=InstitutionFactory(kind=kind))
    administrator()
    researcher()
    return get_user_model().objects.all()


def test_who_signs_for_an_institution_is_who_may(accounts):
    for institution in Institution.objects.all():
        may = {one.pk for one in accounts if rights_of(one).may_sign_for(institution)}
        assert {one.pk for one in approvers(institution)} == may, institution


@pytest.mark.parametrize(
    ("colleagues", "right"),
    [(civil_society_approvers, Rights.may_agree), (points_of_contact, Rights.may_edit)],
)
def test_who_agrees_to_reports_or_looks_after_a_commitment_is_who_may(
    accounts, commitments, colleagues, right
):
    found = set()
    for commitment in commitments:
        may = {one.pk for one in accounts if right(rights_of(one), commitment)}
        assert {one.pk for one in colleagues(commitment)} == may, commitment
        found |= may
    assert found


def test_account_without_a_full_name_goes_by_its_user_name():
    named = AccountFactory(username="lena", first_name="Lena", last_name="Law")

    assert account_name(named) == "Lena Law"
    assert account_name(AccountFactory(username="otto")) == "otto"
    assert account_name(None) == ""
