"""A point of contact adds the plan of their nation, previews its pages and publishes it at once."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments import services
from commitments.models import ActionPlan, Commitment, Membership
from commitments.rights import rights_of
from ogp_tracker.history.listing import find
from ogp_tracker.history.scopes import scope_of
from tests.admin_pages import address, errors_of, messages_of, save, sent_from
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    administrator,
    contact_for,
    nation,
    officer_of,
    today,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

TITLE = "Open Government in Scotland Action Plan 2026-2028"
GIVEN = {"title": TITLE, "slug": "scotland-2026", "start_date": "1/3/2026"}
LEAD = "A public commitment needs a lead"


@pytest.fixture
def office():
    return InstitutionFactory(name="Office of Openness", nation=nation("sct"))


@pytest.fixture
def ailsa(office):
    return officer_of(office, "point_of_contact", username="ailsa")


@pytest.fixture
def officer(client, ailsa):
    return sign_in(client, ailsa)


@pytest.fixture
def plan(ailsa):
    given = {"title": TITLE, "slug": "scotland-2026", "member": "Scotland, United Kingdom"}
    return services.create_plan(ActionPlan(country="GB", **given), ailsa)


def add(client, **answers):
    page = client.get(address(ActionPlan, "add"))
    return client.post(address(ActionPlan, "add"), sent_from(page, **GIVEN | answers), follow=True)


def drafts_in(plan, number, **given):
    return [CommitmentFactory(plan=plan, draft=True, **given) for _number in range(number)]


def publish(client, plan, *ticked):
    sent = {"commitment": [row.pk for row in ticked]}
    return client.post(address(ActionPlan, "publish", plan.pk), sent, follow=True)


# Adding and changing a plan


def test_point_of_contact_adds_the_plan_of_their_nation_and_looks_after_it(officer, ailsa, office):
    assert "You have not added an action plan" in officer.get(reverse("admin:index")).text
    page = officer.get(address(ActionPlan, "add"))
    form = page.context["adminform"].form
    assert [name for name, _label in form.fields["member"].choices] == ["Scotland, United Kingdom"]
    assert not {"needs_sign_off", "needs_civil_society_sign_off"} & set(form.fields)
    assert "Needs civil-society sign-off" in page.text

    page = add(officer, needs_sign_off="", needs_civil_society_sign_off="on")

    plan = ActionPlan.objects.get()
    assert "You are its point of contact" in " ".join(messages_of(page))
    assert (plan.member, plan.country) == ("Scotland, United Kingdom", "GB")
    assert (plan.needs_sign_off, plan.needs_civil_society_sign_off) == (True, False)
    (role,) = Membership.objects.filter(plan=plan)
    assert (role.account, role.institution, role.role) == (ailsa, office, "point_of_contact")
    assert str(role) == LogEntry.objects.get(object_id=role.pk, user=ailsa).object_repr
    version = plan.history.get()
    assert (version.history_user, version.history_institution) == (ailsa, office)
    assert "This plan has no commitments yet" in page.text
    assert f"{reverse('admin:import')}?plan=scotland-2026" in page.text
    form = officer.get(address(Commitment, "add"), {"plan": plan.pk}).context["adminform"].form
    assert form.initial["plan"] == str(plan.pk)
    index = officer.get(reverse("admin:index")).text
    assert "You have not added" not in index
    assert address(ActionPlan, "add") in index


def test_member_is_that_of_the_nation_for_which_the_account_acts(office):
    home = InstitutionFactory(nation=nation("eng"))
    both = officer_of(home, "point_of_contact")
    MembershipFactory(account=both, institution=office, role="point_of_contact")
    names = ["United Kingdom", "Scotland, United Kingdom"]
    assert rights_of(both).plan_members() == names

    for number, institution in enumerate([office, home]):
        member = names[1 - number]
        plan = services.create_plan(ActionPlan(slug=f"p{number}", title=TITLE, member=member), both)
        assert Membership.objects.get(plan=plan).institution == institution
        assert plan.history.get().history_institution == institution


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"member": "United Kingdom"}, "member"),
        ({"needs_sign_off": False}, "needs_sign_off"),
        ({"needs_civil_society_sign_off": True}, "needs_civil_society_sign_off"),
        ({"country": "KE"}, "country"),
    ],
)
def test_point_of_contact_chooses_neither_the_rules_of_sign_off_nor_another_member(
    ailsa, plan, wrong, field
):
    given = {"title": "Another", "slug": "another", "member": plan.member}
    with pytest.raises(services.PlanRefused) as added:
        services.create_plan(ActionPlan(**given | wrong), ailsa)
    for name, value in wrong.items():
        setattr(plan, name, value)
    with pytest.raises(services.PlanRefused) as changed:
        services.change_plan(plan, ailsa)

    assert set(added.value.message_dict) == set(changed.value.message_dict) == {field}
    services.change_plan(plan, administrator())
    assert ActionPlan.objects.count() == Membership.objects.exclude(plan=None).count() == 1


def test_only_points_of_contact_of_a_nation_and_administrators_add_plans(office):
    given = {"title": TITLE, "slug": "new", "member": "Scotland, United Kingdom"}
    for account in (
        officer_of(office, "lead"),
        contact_for(CommitmentFactory()),
        officer_of(office, "point_of_contact", is_active=False),
    ):
        with pytest.raises(services.PlanRefused, match="Only its point of contact"):
            services.create_plan(ActionPlan(**given), account)
    services.create_plan(ActionPlan(needs_sign_off=False, **given), administrator())
    assert not Membership.objects.filter(plan__slug="new").exists()


def test_second_plan_of_one_title_is_refused_beside_the_field_with_what_to_do(officer, plan):
    said = errors_of(add(officer, title=TITLE.upper()))

    assert "open it in the list of action plans" in said["title"][0]
    assert "add its years to the address" in said["slug"][0]
    assert ActionPlan.objects.count() == 1


def test_point_of_contact_changes_their_plan_and_only_sees_those_of_others(client, office, plan):
    """Also those that a colleague of the same nation has added. They delete none."""
    author = Membership.objects.get(plan=plan).account
    colleague = officer_of(office, "point_of_contact")
    sign_in(client, author)
    save(client, plan, title="A better title", needs_sign_off="")
    assert (plan.title, plan.needs_sign_off) == ("A better title", True)
    said = errors_of(save(client, plan, start_date="1/3/2026", end_date="1/1/1999"))
    assert "before the first day" in said["end_date"][0]
    assert client.post(address(ActionPlan, "delete", plan.pk), {"post": "yes"}).status_code == 403
    sign_in(client, colleague)
    page = client.get(address(ActionPlan, "change", plan.pk))
    assert not page.context["has_change_permission"]
    with pytest.raises(services.PlanRefused, match="Only its point of contact"):
        services.change_plan(plan, colleague)


# Preview and publication


def test_pages_of_a_plan_are_previewed_as_if_published_today(officer, plan):
    draft, public = drafts_in(plan, 1)[0], CommitmentFactory(plan=plan)
    page = officer.get(address(ActionPlan, "change", plan.pk))
    assert address(Commitment, "preview", draft.pk) in page.text
    assert public.get_absolute_url() in page.text

    preview = officer.get(address(ActionPlan, "preview", plan.pk))

    assert draft.title in preview.text
    assert public.title in preview.text
    assert "readers do not see this yet" in preview.text
    assert preview["X-Robots-Tag"] == "noindex, nofollow"
    draft.refresh_from_db()
    assert draft.published_on is None
    assert draft.title not in Client().get(plan.get_absolute_url()).text


def test_plan_is_published_in_one_act_or_not_at_all(officer, ailsa, office, plan):
    *ready, bare = drafts_in(plan, 3)
    MilestoneFactory(commitment=ready[0])
    bare.involvements.all().delete()
    page = officer.get(address(ActionPlan, "publish", plan.pk))
    assert "1 draft lacks something" in page.text
    assert page.text.count(" checked") == 3
    assert "1 milestone" in page.text

    # One lacks something, so none is published; the page says which, with the way to it.
    page = publish(officer, plan, *ready, bare)
    link = f'<a href="{address(Commitment, "change", bare.pk)}">{bare}: {LEAD}'
    assert link in " ".join(page.text.split())
    assert "Nothing was published" in page.text
    assert not Commitment.objects.public().filter(plan=plan).exists()
    assert Commitment.history.filter(plan=plan).exclude(published_on=None).count() == 0
    assert "Tick at least one" in publish(officer, plan).text

    # Without it the others are, today, by the account.
    page = publish(officer, plan, *ready)
    assert "2 commitments published" in " ".join(messages_of(page))
    assert set(Commitment.objects.public().filter(plan=plan)) == set(ready)
    for row in ready:
        version = row.history.latest()
        assert (version.published_on, version.history_user) == (today(), ailsa)
        assert version.history_institution == office
    changes = find(scope_of(plan), size=9).changes
    assert [one.show().kind for one in changes].count("commitment") == 2
    assert ready[0].title in Client().get(plan.get_absolute_url()).text

    # Again it writes nothing.
    versions = Commitment.history.count()
    assert "Nothing was left" in " ".join(messages_of(publish(officer, plan, *ready)))
    assert services.publish_plan(plan, ailsa, only=[row.pk for row in ready]) == []
    assert Commitment.history.count() == versions
    with pytest.raises(services.PublicationRefused, match=re.escape(f"{bare}: {LEAD}")):
        services.publish_plan(plan, ailsa)


def test_nobody_publishes_what_they_do_not_edit(ailsa, office, plan):
    elsewhere, draft = CommitmentFactory(draft=True), drafts_in(plan, 1)[0]
    with pytest.raises(services.PublicationRefused, match="has changed meanwhile"):
        services.publish_plan(plan, ailsa, only=[draft.pk, elsewhere.pk])
    for account in (officer_of(office, "lead"), administrator(), contact_for(elsewhere)):
        with pytest.raises(services.PublicationRefused, match="Only its point of contact"):
            services.publish_plan(plan, account)
    # A contact of the nation publishes what it leads, as one by one.
    led = drafts_in(plan, 1, lead=office)
    assert services.publish_plan(plan, officer_of(office, "point_of_contact")) == led


def test_queries_do_not_grow_with_the_drafts_beyond_what_each_writes(officer, ailsa, plan):
    def asked(act):
        with CaptureQueriesContext(connection) as queries:
            act()
        return len(queries)

    pages = [address(ActionPlan, page, plan.pk) for page in ("change", "publish", "preview")]
    drafts_in(plan, 2)
    officer.get(pages[0])
    few = [asked(lambda page=page: officer.get(page)) for page in pages]
    drafts_in(plan, 4)
    assert [asked(lambda page=page: officer.get(page)) for page in pages] == few
    six = asked(lambda: services.publish_plan(plan, ailsa))
    drafts_in(plan, 2)
    two = asked(lambda: services.publish_plan(plan, ailsa))
    assert (six - two) / 4 <= 8
