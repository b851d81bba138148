"""What the menu of the admin offers to whom, and what is around each page."""

import pytest
from django.contrib import admin
from django.urls import reverse

from ogp_tracker.admin_menu import MENU
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    administrator,
    civil_society_for,
    contact_for,
    officer_of,
    researcher,
)
from tests.pages import read
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

MAKE = {
    "reporter": lambda: officer_of(InstitutionFactory()),
    "contact": lambda: contact_for(CommitmentFactory()),
    "civil society": lambda: civil_society_for(CommitmentFactory()),
    "researcher": researcher,
    "administrator": administrator,
}
NEVER = {
    "reporter": {"Nations", "OGP values", "People", "Import a workbook"},
    "contact": {"IRM reports", "People", "Nations"},
    "civil society": {"Report progress", "Import a workbook", "Replies", "People"},
    "researcher": {"Report progress", "All progress updates", "Replies", "People"},
    "administrator": {"Assessments", "Commitments", "Replies", "Amendments"},
}


@pytest.fixture(params=MAKE)
def role(request):
    return request.param


@pytest.fixture
def my_work(client, role):
    return read(sign_in(client, MAKE[role]()), reverse("admin:index"))


def links_in(element):
    return {link.text(): link.attrs["href"] for link in element.all("a")}


def test_everyone_finds_the_lists_of_their_work_and_can_open_them(client, role, my_work):
    offered = links_in(my_work.first("nav", id="menu"))

    assert next(iter(offered)) == "My work"
    assert not NEVER[role] & set(offered)
    for address in offered.values():
        assert client.get(address).status_code == 200, address


def test_every_other_list_is_one_step_from_my_work(client, my_work):
    reached = {*links_in(my_work.first("nav", id="menu")).values(), *links_in(my_work).values()}
    request = client.get(reverse("admin:index")).wsgi_request

    for section in admin.site._registry.values():
        address = f"admin:{section.opts.app_label}_{section.opts.model_name}_changelist"
        assert section.has_module_permission(request) == (reverse(address) in reached), address


def test_no_name_in_the_menu_is_used_twice():
    names = [str(entry.label) for group in MENU.values() for entry in group]

    assert len(names) == len(set(names))


def test_menu_comes_after_the_content_and_says_where_one_is(client):
    client = sign_in(client, administrator())

    page = client.get(reverse("admin:auth_user_changelist"))

    assert page.text.index('id="content-start"') < page.text.index('id="menu"')
    menu = read(client, reverse("admin:auth_user_changelist")).first("nav", id="menu")
    assert [link.text() for link in menu.all("a") if "aria-current" in link.attrs] == ["People"]
    trail = read(client, reverse("admin:auth_user_add")).first("div", "breadcrumbs")
    assert list(links_in(trail)) == ["My work", "People"]
    assert 'id="menu"' not in client.get(reverse("admin:auth_user_add") + "?_popup=1").text
