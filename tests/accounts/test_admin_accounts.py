"""An administrator gives accounts their roles and switches them off when somebody leaves."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from commitments.models import Membership
from commitments.models.membership import GOVERNMENT_ROLES
from tests.admin_pages import address, errors_of, row_of, save
from tests.factories import (
    AccountFactory,
    InstitutionFactory,
    MembershipFactory,
    PlanFactory,
    administrator,
)
from tests.pages import queries_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

Account = get_user_model()


@pytest.fixture
def boss():
    return administrator(username="boss")


@pytest.fixture(name="administrator")
def signed_in_administrator(client, boss):
    return sign_in(client, boss)


def membership(institution, role):
    return {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-role": role,
        "memberships-0-institution": str(institution.pk) if institution else "",
    }


def test_role_without_an_institution_is_refused_beside_it_but_for_an_administrator(administrator):
    account = AccountFactory()

    refused = save(administrator, account, **membership(None, "reporter"))
    assert errors_of(refused)["memberships-0-institution"] == [
        "Choose the institution that this account acts for."
    ]
    save(administrator, account, **membership(None, "administrator"))

    assert account.memberships.get().role == Membership.Role.ADMINISTRATOR


def test_account_that_was_used_is_not_deleted(administrator):
    used = AccountFactory(last_login=timezone.now())

    answer = administrator.post(address(Account, "delete", used.pk), {"post": "yes"})

    assert answer.status_code == 403


def test_unused_account_is_deleted_with_its_roles(administrator):
    row = MembershipFactory()

    administrator.post(address(Account, "delete", row.account.pk), {"post": "yes"})

    assert not Account.objects.filter(pk=row.account.pk).exists()
    assert not Membership.objects.filter(pk=row.pk).exists()


def test_rights_are_not_given_by_groups_or_single_permissions(administrator):
    page = administrator.get(address(Account, "change", AccountFactory().pk))

    assert {"groups", "user_permissions"}.isdisjoint(page.context["adminform"].form.fields)
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_group_changelist")


def test_page_of_an_account_asks_no_more_for_many_roles_than_for_one(administrator):
    account = AccountFactory()

    def asked_with(number):
        for _place in range(number):
            MembershipFactory(account=account, role="point_of_contact", plan=PlanFactory())
        return queries_of(administrator, address(Account, "change", account.pk))

    asked_with(1)  # Fills what is kept between pages.
    with_one = asked_with(0)

    assert asked_with(3) == with_one


def several(account, *roles):
    sent = {"memberships-TOTAL_FORMS": str(len(roles))}
    for number, role in enumerate(roles):
        institution = InstitutionFactory(kind="group")
        sent |= {
            f"memberships-{number}-role": role,
            f"memberships-{number}-institution": str(institution.pk),
            f"memberships-{number}-account": str(account.pk) if account else "",
        }
    return sent


@pytest.mark.parametrize("role", sorted(map(str, GOVERNMENT_ROLES)))
def test_both_voices_in_one_form_are_refused_beside_the_roles(administrator, role):
    account = AccountFactory(first_name="Before")

    refused = save(
        administrator,
        account,
        first_name="After",
        **several(account, role, "administrator", "irm_researcher"),
    )

    errors = errors_of(refused)
    assert set(errors) == {"memberships-0-role", "memberships-2-role"}
    assert "second account" in errors["memberships-0-role"][0]
    assert (account.first_name, account.memberships.count()) == ("Before", 0)


def test_administrator_cannot_lock_herself_out(administrator, boss):
    own = boss.memberships.get()

    assert administrator.post(address(Account, "left", boss.pk)).status_code == 403
    refused = save(administrator, boss, **{"memberships-0-DELETE": "on"})
    assert "Ask another administrator" in errors_of(refused)["memberships"][0]
    refused = save(administrator, boss, **{"memberships-0-role": "reporter"})
    assert "memberships" in errors_of(refused)
    deleted = administrator.post(address(Account, "delete", boss.pk), {"post": "yes"})
    assert deleted.status_code == 403
    administrator.post(
        address(Account, "changelist"),
        {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"},
    )

    own.refresh_from_db()
    assert (own.account, own.role) == (boss, "administrator")


def test_administrator_gives_herself_another_role_and_takes_it_back(administrator, boss):
    lead = MembershipFactory(account=boss, role="lead")
    page = administrator.get(address(Account, "change", boss.pk))

    # A role without an institution comes first on one database and last on the other.
    save(administrator, boss, **{f"{row_of(page, lead)}-DELETE": "on"})

    assert not Membership.objects.filter(pk=lead.pk).exists()
    assert boss.memberships.get().role == Membership.Role.ADMINISTRATOR


def test_administrator_has_nothing_to_do_with_passwords(administrator):
    account = AccountFactory()

    page = administrator.get(address(Account, "change", account.pk))

    assert "pbkdf2" not in page.text
    assert "assword" not in page.text
    with pytest.raises(NoReverseMatch):
        address(Account, "password_change", account.pk)
    assert administrator.get(f"/admin/auth/user/{account.pk}/password/").status_code != 200
    found = administrator.get(address(Account, "changelist"), {"password__startswith": "p"})
    assert found.status_code in {302, 400}


def test_what_django_rests_rights_on_cannot_be_sent(administrator):
    account = AccountFactory()

    before = account.password
    save(
        administrator,
        account,
        is_superuser="on",
        is_staff="on",
        groups="1",
        password="x",
        usable_password="true",
        password1="four words make passwords",
        password2="four words make passwords",
    )

    assert (account.is_superuser, account.is_staff) == (False, False)
    assert account.password == before
