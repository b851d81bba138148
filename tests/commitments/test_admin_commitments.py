"""A point of contact writes commitments, publishes them and cannot make them disappear.

An administrator looks after plans, institutions and vocabularies.
"""

import pytest

from commitments import services
from commitments.models import ActionPlan, Commitment, Institution, Involvement, Nation, PolicyArea
from milestones.models import Milestone
from tests.admin_pages import address, errors_of, save, sent_from
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    PolicyAreaFactory,
    administrator,
    days_ago,
    lead_of,
    nation,
    officer_of,
    today,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(client):
    """Sign in the point of contact of England, where the leads of these commitments are."""
    return sign_in(client, officer_of(InstitutionFactory(), "point_of_contact", username="boss"))


@pytest.fixture(name="administrator")
def signed_in_administrator(client):
    return sign_in(client, administrator())


def add(client, **answers):
    answers.setdefault("nations", [nation("eng").pk])
    page = client.get(address(Commitment, "add"))
    return client.post(address(Commitment, "add"), sent_from(page, **answers))


def lead(institution, number=0):
    return {
        "involvements-TOTAL_FORMS": str(number + 1),
        f"involvements-{number}-role": "lead",
        f"involvements-{number}-institution": str(institution.pk),
    }


def test_address_is_made_from_the_ogp_id_or_else_from_the_title(contact):
    add(contact, ogp_id="UK0200", title="Open everything")
    add(contact, title="Local openness")

    assert sorted(Commitment.objects.values_list("slug", flat=True)) == ["UK0200", "local-openness"]
    refused = add(contact, title="Local openness")
    assert errors_of(refused) == {
        "slug": ["Another commitment has this address, in these or other letters."]
    }
    assert errors_of(add(contact, title="…"))["slug"]


def test_contact_keeps_what_the_plan_and_ogps_page_print(contact):
    plan, earlier = PlanFactory(), CommitmentFactory()
    given = {"plan": plan.pk, "label": "1.1", "ogp_status": "inactive", "continues": earlier.slug}
    answer = add(contact, ogp_id="UK0201", title="One", **given)
    assert answer.status_code == 302, errors_of(answer)
    add(contact, ogp_id="UK0202", title="Two", plan=plan.pk, label="1.10")
    add(contact, ogp_id="UK0203", title="Three", plan=plan.pk, label="7")

    rows = plan.commitments.order_by("order").values_list("label", "order", "ogp_status")
    assert list(rows) == [("1.1", 1, "inactive"), ("1.10", 2, ""), ("7", 7, "")]
    one = Commitment.objects.get(slug="UK0201")
    assert list(one.continues.all()) == [earlier]
    draft = CommitmentFactory(draft=True, ogp_id="UK0300")
    for typed, said in (
        ("UK0202", "other plans"),
        (draft.slug, "“UK0300” cannot be found"),
    ):
        Commitment.objects.filter(slug="UK0202").update(published_on=today())
        assert said in errors_of(save(contact, one, continues=typed))["continues"][0]


def test_lead_and_unknown_lead_exclude_each_other(contact):
    draft = CommitmentFactory(draft=True, lead=False)

    refused = save(contact, draft, **lead(InstitutionFactory()))

    assert "Untick" in errors_of(refused)["involvements"][0]


def test_lead_of_a_public_commitment_cannot_be_taken_out(contact):
    commitment = CommitmentFactory()

    refused = save(contact, commitment, **{"involvements-0-DELETE": "on"})
    assert "A public commitment needs a lead" in errors_of(refused)["involvements"][0]

    part = commitment.involvements.get()
    for page in ("change", "delete"):
        answer = contact.post(address(Involvement, page, part.pk), {"post": "yes"})
        assert answer.status_code == 403
    assert commitment.involvements.filter(role="lead").exists()


def test_address_of_a_public_commitment_is_fixed(contact):
    commitment = CommitmentFactory()
    before = commitment.slug

    save(contact, commitment, slug="UK9999", ogp_id="UK9999", title="Mended title")

    assert (commitment.slug, commitment.ogp_id) == (before, before)
    assert commitment.title == "Mended title"


def test_public_commitment_cannot_be_deleted_not_even_after_it_was_withdrawn(contact):
    commitment = CommitmentFactory()

    def refused():
        chosen = {"action": "delete_selected", "_selected_action": [commitment.pk]}
        contact.post(address(Commitment, "changelist"), chosen | {"post": "yes"})
        answer = contact.post(address(Commitment, "delete", commitment.pk), {"post": "yes"})
        return answer.status_code == 403 and Commitment.objects.filter(pk=commitment.pk).exists()

    assert refused()
    services.unpublish(commitment, officer_of(lead_of(commitment), "point_of_contact"), "Wrong.")
    assert refused()


def test_draft_is_deleted_with_its_institutions(contact):
    draft = CommitmentFactory(draft=True)
    draft.policy_areas.add(PolicyAreaFactory())

    asked = contact.get(address(Commitment, "delete", draft.pk))
    assert "relationship" not in asked.text
    contact.post(address(Commitment, "delete", draft.pk), {"post": "yes"})

    assert not Commitment.objects.filter(pk=draft.pk).exists()
    assert not Involvement.objects.filter(commitment=draft.pk).exists()


def test_draft_that_is_assessed_stays_and_says_why_but_not_what_is_not_published(contact):
    draft = CommitmentFactory(draft=True)
    assessment = AssessmentFactory(commitment=draft)
    milestone = MilestoneFactory(commitment=draft)

    for chosen in (
        contact.post(address(Commitment, "delete", draft.pk), {"post": "yes"}),
        contact.post(
            address(Commitment, "changelist"),
            {"action": "delete_selected", "_selected_action": [draft.pk], "post": "yes"},
        ),
    ):
        assert "Assessments that you do not see" in chosen.text
        assert str(assessment) not in chosen.text
        assert address(Milestone, "change", milestone.pk) in chosen.text
    assert Commitment.objects.filter(pk=draft.pk).exists()


def test_every_change_is_kept_with_who_and_an_earlier_version_is_only_read(contact):
    commitment = CommitmentFactory(title="The first title")
    first = commitment.history.earliest()
    save(contact, commitment, title="The second title")
    assert commitment.history.latest().history_user.username == "boss"

    versions = contact.get(address(Commitment, "history", commitment.pk))
    assert "The second title" in versions.text
    old = address(Commitment, "simple_history", commitment.pk, first.pk)
    assert "The first title" in contact.get(old).text
    assert "Revert" not in contact.get(old).text


def test_saving_what_is_unchanged_adds_no_version(contact):
    commitment = CommitmentFactory()
    commitment.policy_areas.add(PolicyAreaFactory())
    versions = commitment.history.count()

    assert save(contact, commitment).status_code == 302

    assert commitment.history.count() == versions


def test_every_version_in_the_history_differs_from_the_one_before(contact):
    commitment = CommitmentFactory()
    before = commitment.history.latest().pk

    save(contact, commitment, nations=[Nation.objects.get(code="sct").pk])
    save(contact, commitment, title="Mended title")

    versions = list(commitment.history.order_by("history_id"))
    added = [number for number, version in enumerate(versions) if version.pk > before]
    assert added
    for number in added:
        assert versions[number].diff_against(versions[number - 1]).changed_fields


def test_addresses_of_plans_and_institutions_are_typed_once(administrator):
    plan, institution = PlanFactory(), InstitutionFactory()
    slugs = (plan.slug, institution.slug)

    save(administrator, plan, slug="other", title="Another title")
    save(administrator, institution, slug="other", name="Another name")

    assert (plan.slug, institution.slug) == slugs
    assert (plan.title, institution.name) == ("Another title", "Another name")


def test_plans_are_found_by_where_they_stand_today(administrator):
    plans = {
        "closed": PlanFactory(closed=True),
        "coming": PlanFactory(coming=True),
        "current": PlanFactory(),
        "unknown": PlanFactory(start_date=days_ago(5), end_date=None),
    }

    for state, plan in plans.items():
        assert plan.state(today()) == state
        page = administrator.get(address(ActionPlan, "changelist"), {"state": state})
        assert list(page.context["cl"].result_list) == [plan], state


def test_vocabulary_in_use_stays_and_unused_goes(administrator):
    used, unused = PolicyAreaFactory(), PolicyAreaFactory()
    CommitmentFactory().policy_areas.add(used)

    for area in (used, unused):
        administrator.post(address(PolicyArea, "delete", area.pk), {"post": "yes"})
    administrator.post(
        address(PolicyArea, "changelist"),
        {"action": "delete_selected", "_selected_action": [used.pk], "post": "yes"},
    )

    assert list(PolicyArea.objects.all()) == [used]


def test_institution_that_plays_a_part_stays_and_its_successor_is_found_by_typing(administrator):
    commitment = CommitmentFactory()
    institution = commitment.involvements.get().institution
    page = administrator.post(address(Institution, "delete", institution.pk), {"post": "yes"})
    assert "cannot be deleted while these rest on it" in page.text
    assert "Involvements that you do not see" in page.text
    assert Institution.objects.filter(pk=institution.pk).exists()

    save(administrator, institution, succeeded_by=str(institution.pk))
    refused = save(administrator, institution, succeeded_by=str(institution.pk))
    assert "cannot succeed itself" in errors_of(refused)["succeeded_by"][0]
