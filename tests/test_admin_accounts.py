"""A superuser gives accounts their roles and switches them off when somebody leaves."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from commitments.models import Membership
from tests.admin_pages import address, errors_of, save, sent_from
from tests.factories import AccountFactory, InstitutionFactory, MembershipFactory, make_update

pytestmark = pytest.mark.django_db

Account = get_user_model()


@pytest.fixture
def superuser(client):
    client.force_login(AccountFactory(superuser=True, username="boss"))
    return client


def membership(institution, role):
    return {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-role": role,
        "memberships-0-institution": str(institution.pk) if institution else "",
    }


def test_superuser_adds_an_account_and_gives_it_a_role(superuser):
    page = superuser.get(address(Account, "add"))
    superuser.post(
        address(Account, "add"),
        sent_from(page, username="rhona", password1="a-long-Pass-1", password2="a-long-Pass-1"),
    )
    account = Account.objects.get(username="rhona")
    institution = InstitutionFactory()

    save(superuser, account, is_staff="on", **membership(institution, "reporter"))

    assert account.is_staff
    assert account.memberships.get().institution == institution
    page = superuser.get(address(Account, "changelist"), {"q": institution.name})
    assert f"{institution.name}: Reporter" in page.text


def test_role_without_an_institution_is_refused_beside_it_but_for_an_administrator(superuser):
    account = AccountFactory()

    refused = save(superuser, account, **membership(None, "reporter"))
    assert errors_of(refused)["memberships-0-institution"] == [
        "Choose the institution that this account acts for."
    ]
    save(superuser, account, **membership(None, "administrator"))

    assert account.memberships.get().role == Membership.Role.ADMINISTRATOR


def test_account_that_was_used_is_switched_off_and_not_deleted(superuser):
    used = AccountFactory(last_login=timezone.now(), is_staff=True)

    answer = superuser.post(address(Account, "delete", used.pk), {"post": "yes"})
    assert answer.status_code == 403
    save(superuser, used, is_active=None)

    assert not used.is_active


def test_account_that_reported_stays_and_says_why(superuser):
    account = make_update().recorded_by

    answer = superuser.post(address(Account, "delete", account.pk), {"post": "yes"})

    assert "Progress update: " in answer.text
    assert Account.objects.filter(pk=account.pk).exists()


def test_unused_account_is_deleted_with_its_roles(superuser):
    row = MembershipFactory()

    superuser.post(address(Account, "delete", row.account.pk), {"post": "yes"})

    assert not Account.objects.filter(pk=row.account.pk).exists()
    assert not Membership.objects.exists()


def test_rights_are_not_given_by_groups_or_single_permissions(superuser):
    page = superuser.get(address(Account, "change", AccountFactory().pk))

    assert {"groups", "user_permissions"}.isdisjoint(page.context["adminform"].form.fields)
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_group_changelist")
