"""The first page of the Admin section: what an account sees when it has signed in."""

from itertools import pairwise

import pytest
from django.urls import reverse

from commitments.models import Membership
from milestones.work.parts import WorkList
from milestones.work.work import SHOWN_IF_FILLED
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    administrator,
    contact_for,
    days_ago,
    make_update,
    officer_of,
    researcher,
)
from tests.pages import queries_of, read
from tests.signing_in import sign_in
from tests.work_world import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]

INDEX = reverse("admin:index")


def page_of(client, account, address=INDEX):
    return read(sign_in(client, account), address)


def headings(page):
    return [heading.text() for heading in page.all("h2")]


@pytest.fixture
def officer(office):
    return officer_of(office, is_staff=True)


def overdue(office, number=1, **given):
    commitment = CommitmentFactory(lead=office)
    return [
        MilestoneFactory(commitment=commitment, due_on=days_ago(12), **given)
        for _place in range(number)
    ]


def test_officer_reads_what_is_overdue_and_goes_to_report(client, office, officer):
    (milestone,) = overdue(office)

    page = page_of(client, officer)

    assert page.first("h1").text() == "My work"
    assert "Overdue (1)" in headings(page)
    (row,) = page.all("ul", "work-list")
    assert "12 days overdue" in row.text()
    assert "Never reported" in row.text()
    assert "Scotland: Not reported" in row.text()
    link = row.first("a")
    assert link.text() == f"Report progress: {milestone.commitment.slug}, Milestone 1"
    assert link.attrs["href"] == (
        reverse("admin:milestones_progressupdate_add") + f"?milestone={milestone.pk}"
    )


def test_officer_with_nothing_to_do_is_told_so(client, officer):
    page = page_of(client, officer)

    assert "Nothing waits for you." in page.text()
    assert not page.all("ul", "work-list")
    assert "Overdue" not in headings(page)


def test_officer_sees_twenty_and_is_led_to_all(client, office, officer):
    overdue(office, number=53)

    page = page_of(client, officer)
    (rows,) = page.all("ul", "work-list")
    assert len(rows.inside_of("li")) >= 20
    assert len(rows.all("p", "act")) == 20
    (more,) = [link for link in page.all("a") if link.text() == "All 53: Overdue"]

    first = page_of(client, officer, more.attrs["href"])
    second = page_of(client, officer, more.attrs["href"] + "?page=2")

    assert len(first.all("p", "act")) == 50
    assert len(second.all("p", "act")) == 3
    assert "Page 2 of 2, 53 in all" in second.text()
    shown = {link.attrs["href"] for page in (first, second) for link in page.all("a")}
    assert len([address for address in shown if "?milestone=" in address]) == 53


def test_reporter_is_not_asked_to_sign_off(client, officer):
    page = page_of(client, officer)

    assert not [words for words in headings(page) if "sign-off" in words]
    assert sign_in(client, officer).get("/admin/my-work/sign-off/").status_code == 404


def test_lead_sees_every_part_with_its_count_in_order(client):
    desk = Desk()

    page = page_of(client, desk.lead)

    glance = page.first("nav", "at-a-glance")
    counts = [link.first("strong").text() for link in glance.all("a")]
    assert len(counts) == len(WorkList) - len(SHOWN_IF_FILLED) + 1
    assert "0" not in counts
    targets = [link.attrs["href"].removeprefix("#") for link in glance.all("a")]
    assert all(page.all("h2", id=target) for target in targets)
    assert page.first("blockquote").text() == "Say which day."
    levels = [int(row.tag[1]) for row in page.walk() if row.tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_people_are_called_by_their_names(client, office, officer):
    officer.first_name, officer.last_name = "Rhona", "Reid"
    officer.save()
    make_update(overdue(office)[0], by=officer, publish=False)

    page = page_of(client, officer)

    assert "By Rhona Reid, Office of Openness" in page.text()


def test_contact_sees_institutions_and_can_write_to_them(client):
    desk = Desk()
    contact = contact_for(desk.commitment(), is_staff=True)

    page = page_of(client, contact)

    assert f"In all of {desk.plan}" in headings(page)
    table = page.first("table", "work-table")
    assert table.first("a", href="mailto:team@example.org")
    assert "No update for six months" in table.text()
    for link in table.all("a"):
        if link.attrs["href"].startswith("/admin/"):
            listed = page_of(client, contact, link.attrs["href"])
            number = int(link.text().split()[0])
            assert len(listed.all("p", "act")) == number


def test_list_that_there_is_not_is_not_found_and_numbers_that_are_none_do_no_harm(client):
    lead = Desk().lead
    for address, status in (
        ("nothing/", 404),
        ("plan/drafts/", 404),
        ("plan/overdue/?institution=999999", 404),
        ("plan/overdue/?institution=x", 200),
        ("overdue/?page=x", 200),
        ("overdue/?page=999", 200),
    ):
        assert sign_in(client, lead).get(f"/admin/my-work/{address}").status_code == status, address


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (administrator, "You look after accounts, institutions, plans and vocabularies."),
        (researcher, "You write assessments"),
    ],
)
def test_whoever_does_not_report_is_told_what_the_section_is_for(client, make, words):
    page = page_of(client, make(is_staff=True))

    assert page.first("h1").text() == "My work"
    assert words in page.text()
    assert not page.all("nav", "at-a-glance")


def test_superuser_still_finds_the_sections(client):
    page = page_of(client, AccountFactory(superuser=True))

    assert "Accounts" in headings(page)
    assert page.all("a", href=reverse("admin:commitments_institution_changelist"))


def test_hostile_words_stay_words(client, office, officer):
    overdue(office, text='<script>alert("1")</script>')

    page = page_of(client, officer)

    assert '<script>alert("1")' in page.text()


def test_page_asks_no_more_for_many_rows_than_for_one(client):
    desk = Desk()
    contact = contact_for(desk.commitment(), is_staff=True)
    addresses = (INDEX, "/admin/my-work/plan/", "/admin/my-work/plan/silent/")
    parts = [reverse("admin:my_work_part", args=[part]) for part in WorkList]

    def asked():
        found = {}
        for account, places in ((desk.lead, (*addresses, *parts)), (contact, addresses)):
            sign_in(client, account)
            for address in places:
                found[account.username, address] = queries_of(client, address)
        return found

    for_one = asked()
    desk.grow(2)
    for office in InstitutionFactory.create_batch(3):
        commitment = CommitmentFactory(plan=desk.plan, lead=office)
        MilestoneFactory(commitment=commitment)
        officer_of(office, Membership.Role.LEAD)

    assert asked() == for_one
