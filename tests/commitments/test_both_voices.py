"""No account writes both government's word and the assessor's, whatever the door."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from commitments.models import Membership
from commitments.models.membership import ASSESSOR_ROLES, GOVERNMENT_ROLES
from tests.factories import AccountFactory, InstitutionFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.core]

BOTH = "One account cannot act for government and for the IRM"

pairs = pytest.mark.parametrize(
    ("held", "wanted"),
    [
        pair
        for government in sorted(map(str, GOVERNMENT_ROLES))
        for assessor in sorted(map(str, ASSESSOR_ROLES))
        for pair in ((government, assessor), (assessor, government))
    ],
)


def refused():
    return pytest.raises(IntegrityError, match=BOTH)


@pytest.fixture
def institution():
    # Of a kind and a nation that any role may be for.
    return InstitutionFactory(kind="group")


@pytest.fixture
def account(held, institution):
    return MembershipFactory(role=held, institution=institution).account


def roles(account):
    return sorted(Membership.objects.filter(account=account).values_list("role", flat=True))


@pairs
def test_form_refuses_the_second_voice_beside_the_role(account, held, wanted, institution):
    second = Membership(account=account, institution=institution, role=wanted)

    with pytest.raises(ValidationError) as refusal:
        second.full_clean()

    assert list(refusal.value.message_dict) == ["role"]
    assert "second account" in refusal.value.message_dict["role"][0]


@pairs
def test_shell_cannot_write_both_at_once(held, wanted, institution):
    account = AccountFactory()
    both = [
        Membership(account=account, institution=institution, role=role) for role in (held, wanted)
    ]

    with refused(), transaction.atomic():
        Membership.objects.bulk_create(both)

    assert roles(account) == []


@pairs
def test_no_role_is_changed_into_the_second_voice(account, held, wanted, institution):
    other = MembershipFactory(account=account, role="administrator", institution=institution)

    with refused(), transaction.atomic():
        Membership.objects.filter(pk=other.pk).update(role=wanted)

    assert roles(account) == sorted([held, "administrator"])


@pairs
def test_no_role_is_given_to_an_account_of_the_other_voice(account, held, wanted):
    theirs = MembershipFactory(role=wanted)

    with refused(), transaction.atomic():
        Membership.objects.filter(pk=theirs.pk).update(account=account)
    with refused(), transaction.atomic():
        Membership.objects.filter(pk__gt=0).update(account=AccountFactory())


@pairs
def test_fixture_cannot_bring_the_second_voice(account, held, wanted, institution, tmp_path):
    fixture = tmp_path / "memberships.json"
    row = {"account": [account.username], "institution": institution.pk, "role": wanted}
    fixture.write_text(json.dumps([{"model": "commitments.membership", "fields": row}]))

    with refused():
        call_command("loaddata", fixture, verbosity=0)

    assert roles(account) == [held]


@pytest.mark.parametrize("held", [*sorted(map(str, GOVERNMENT_ROLES)), "irm_researcher"])
def test_account_holds_all_roles_of_one_voice_and_administers(account, held):
    voice = GOVERNMENT_ROLES if held in GOVERNMENT_ROLES else ASSESSOR_ROLES
    wanted = [*map(str, voice), "administrator"]
    for role in wanted:
        row = Membership(account=account, institution=InstitutionFactory(kind="group"), role=role)
        row.full_clean()
        row.save()

    assert roles(account) == sorted([held, *wanted])


@pytest.mark.parametrize("held", ["lead"])
def test_account_changes_sides_when_the_other_role_is_taken_away(account, held, institution):
    Membership.objects.filter(account=account).delete()

    Membership.objects.create(account=account, institution=institution, role="irm_researcher")

    assert roles(account) == ["irm_researcher"]


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_at_once_one_is_refused():
    """SQLite has one writer: there, one after the other."""
    at_once = connection.vendor == "postgresql"
    for _ in range(10):
        account, institution = AccountFactory(), InstitutionFactory()
        barrier = Barrier(2 if at_once else 1)

        def give(role, account=account, institution=institution, barrier=barrier):
            try:
                with transaction.atomic():
                    connection.ensure_connection()
                    barrier.wait(timeout=60)
                    Membership.objects.create(account=account, institution=institution, role=role)
                    if at_once:
                        # Not yet committed: the other must not look past it.
                        connection.cursor().execute("SELECT pg_sleep(0.02)")
            except IntegrityError as error:
                return str(error)
            finally:
                if at_once:
                    connection.close()

        if at_once:
            with ThreadPoolExecutor(2) as pool:
                said = list(pool.map(give, ("lead", "irm_researcher")))
        else:
            said = [give("lead"), give("irm_researcher")]

        assert sorted(BOTH in (words or "") for words in said) == [False, True]
        assert len(roles(account)) == 1
