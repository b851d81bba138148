"""Nothing gives hidden rows away: no search, filter, count, choice, link or history."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from commitments.models import ActionPlan, Commitment, Institution, Membership
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones.models import Milestone, ProgressUpdate
from tests.admin_pages import address, errors_of, messages_of, sent_from
from tests.matrix_tables import ROLES, TABLES, check_gives_nothing_away, rows_with
from tests.matrix_world import mark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_zeal")]

Account = get_user_model()
MAILBOX = "mailbox-of-home"


def results(answer):
    return answer.context["cl"].result_count


# Searches and filters


def test_assessor_cannot_find_out_mailboxes(world):
    client, home = world.client("irm"), world.rows[Institution]["home"]
    listed = address(Institution, "changelist")

    assert results(client.get(listed, {"q": MAILBOX})) == 0
    for lookup in ("team_mailbox__startswith", "team_mailbox", "succeeded_by__team_mailbox__gt"):
        assert client.get(listed, {lookup: MAILBOX}).status_code == 400, lookup
    assert client.get(listed, {"_to_field": "team_mailbox", "_popup": "1"}).status_code == 400
    assert MAILBOX not in admin.site.get_model_admin(Institution).names_of(home)
    page = client.get(address(Institution, "change", home.pk))
    assert page.status_code == 200
    assert MAILBOX not in page.text


def test_government_finds_an_institution_by_its_mailbox(world):
    for role in ("reporter", "civil", "admin"):
        listed = address(Institution, "changelist")
        assert results(world.client(role).get(listed, {"q": MAILBOX})) == 1
        narrowed = world.client(role).get(listed, {"team_mailbox__startswith": MAILBOX})
        assert results(narrowed) == 1


@pytest.mark.parametrize("role", ["reporter", "irm", "several"])
def test_list_is_not_narrowed_by_what_points_at_its_rows(world, role):
    """Whether a commitment has an assessment says that there is a draft of one."""
    client, asked = world.client(role), 0
    for model, table in TABLES.items():
        if table["section"][role] == "-":
            continue
        for relation in model._meta.related_objects:
            for lookup in (f"{relation.name}__isnull", relation.name, f"{relation.name}__pk__gt"):
                answer = client.get(address(model, "changelist"), {lookup: "1"})
                assert answer.status_code == 400, (model, lookup)
                asked += 1
    assert asked > 50


@pytest.mark.parametrize("lookup", ["recorded_by__email__startswith", "recorded_by__password__gt"])
def test_list_is_not_narrowed_by_secrets_of_accounts(world, lookup):
    for role in ("reporter", "nation"):
        answer = world.client(role).get(address(ProgressUpdate, "changelist"), {lookup: "a"})
        assert answer.status_code == 400
    mine = {lookup.removeprefix("recorded_by__"): "a"}
    if "password" in lookup:
        assert world.client("admin").get(address(Account, "changelist"), mine).status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_filters_and_their_counts_tell_of_no_hidden_row(world, role):
    client = world.client(role)
    for model, table in TABLES.items():
        if table["section"][role] == "-":
            continue
        page = client.get(address(model, "changelist"), {"_facets": "True"})
        check_gives_nothing_away(world, role, page.text)
        seen = len(rows_with(model, role, "prwd"))
        assert page.context["cl"].full_result_count == seen
        counts = re.findall(r"\((\d+)\)\s*</a>", page.text)
        assert all(int(count) <= seen for count in counts), model


@pytest.mark.parametrize(
    ("role", "model", "expected"),
    [
        ("reporter", Institution, {"home": 2, "neighbour": 0, "scottish": 1}),
        ("irm", Institution, {"home": 1, "neighbour": 1, "scottish": 3}),
        ("admin", Institution, {"home": 2, "neighbour": 2, "scottish": 4}),
        ("reporter", ActionPlan, {"own": 2, "neighbour": 0, "scottish": 1}),
        ("civil", ActionPlan, {"own": 0, "neighbour": 0, "scottish": 4}),
        ("irm", ActionPlan, {"own": 1, "neighbour": 1, "scottish": 3}),
        ("admin", ActionPlan, {"own": 2, "neighbour": 2, "scottish": 4}),
        ("reporter", Report, {"final": 3}),
        ("irm", Report, {"final": 5, "draft": 1}),
    ],
)
def test_counts_in_lists_count_what_the_role_sees(world, role, model, expected):
    page = world.client(role).get(address(model, "changelist"))

    column = "assessment_count" if model is Report else "commitment_count"
    counts = {row.pk: getattr(row, column) for row in page.context["cl"].result_list}
    assert {name: counts[world.rows[model][name].pk] for name in expected} == expected


# Choices


def refused_choice(client, model, field, **answers):
    page = client.get(address(model, "add"))
    answer = client.post(address(model, "add"), sent_from(page, **answers, _save="Save"))
    assert errors_of(answer)[field][0].endswith("Choose from the list.")
    assert "«" not in "".join(errors_of(answer)[field])


def test_forms_refuse_rows_that_are_not_offered(world):
    commitments, reports = world.rows[Commitment], world.rows[Report]
    irm, nation = world.client("irm"), world.client("nation")

    chosen = {"report": str(reports["final"].pk), "commitment": str(commitments["own draft"].pk)}
    refused_choice(irm, Assessment, "commitment", **chosen)
    chosen = {"commitment": str(commitments["scottish draft"].pk), "label": "9", "text": "Words"}
    refused_choice(nation, Milestone, "commitment", **chosen)


@pytest.mark.parametrize("name", ["own unpublished", "own in a draft report", "neighbour"])
def test_lead_cannot_answer_what_she_does_not_see(world, name):
    client, replies = world.client("lead"), Reply.objects.count()
    hidden = (world.rows[Assessment][name], world.rows[MilestoneFinding][name])
    for kind, row in zip(("assessment", "finding"), hidden, strict=True):
        path = f"{address(Reply, 'add')}?answers={kind}-{row.pk}"
        page = client.get(path)
        answer = client.post(path, {"text": "Words", "_save": "Save"})
        for one in (page, answer):
            check_gives_nothing_away(world, "lead", one.text)
            assert "adminform" not in (one.context or {})
    assert Reply.objects.count() == replies


def test_contact_adds_no_milestone_to_a_commitment_that_she_only_reads(world):
    client, joint = world.client("nation"), world.rows[Commitment]["joint"]
    page = client.get(address(Milestone, "add"))
    answers = {"commitment": str(joint.pk), "label": "9", "text": "Words"}

    answer = client.post(address(Milestone, "add"), sent_from(page, **answers))

    assert errors_of(answer)["commitment"] == ["Choose a commitment that you look after."]
    assert joint.milestones.count() == 1


def test_contact_gives_no_commitment_away_and_takes_none(world):
    client, own = world.client("plan"), world.rows[Commitment]["own"]
    page = client.get(address(Commitment, "change", own.pk))
    away = sent_from(page, plan=str(world.rows[ActionPlan]["neighbour"].pk))

    answer = client.post(address(Commitment, "change", own.pk), away)

    assert "would not be one that you look after" in answer.text
    own.refresh_from_db()
    assert own.plan == world.rows[ActionPlan]["own"]
    page = client.get(address(Commitment, "add"))
    new = {"title": "New", "plan": str(world.rows[ActionPlan]["neighbour"].pk)}
    answer = client.post(address(Commitment, "add"), sent_from(page, **new))
    assert "would not be one that you look after" in answer.text
    assert not Commitment.objects.filter(title="New").exists()


# Links to public pages


@pytest.mark.parametrize("role", ROLES)
def test_way_to_the_public_page_is_shown_only_for_what_is_public(world, role):
    client = world.client(role)
    for model in (Commitment, Milestone, ProgressUpdate, Report, Institution, ActionPlan):
        kind = ContentType.objects.get_for_model(model)
        for name, row in world.rows[model].items():
            public = not any(word in name for word in ("draft", "document", "submitted"))
            seen = TABLES[model][name][role] != "-"

            answer = client.get(reverse("admin:view_on_site", args=[kind.pk, row.pk]))

            assert answer.status_code == (302 if public and seen else 404), (model, name)
            if public and seen:
                assert answer["Location"] == row.get_absolute_url()


@pytest.mark.parametrize("kind", ["0", "999999", "nothing", "²"])
def test_way_to_the_public_page_of_nothing_leads_nowhere(world, kind):
    assert world.client("lead").get(f"/admin/r/{kind}/1/").status_code == 404


def test_way_to_the_public_page_of_what_has_none_leads_nowhere(world):
    for model in (Account, Membership, LogEntry, ContentType):
        kind = ContentType.objects.get_for_model(model)
        path = reverse("admin:view_on_site", args=[kind.pk, world.account("lead").pk])
        for role in ("lead", "admin"):
            assert world.client(role).get(path).status_code == 404


# The past


def test_page_leads_to_the_history_only_whom_it_is_for(world):
    for role, model, name in (
        ("irm", Commitment, "own"),
        ("irm", Milestone, "own"),
        ("irm", Institution, "home"),
        ("lead", Assessment, "own"),
        ("lead", Report, "final"),
    ):
        row = world.rows[model][name]
        page = world.client(role).get(address(model, "change", row.pk))
        assert page.status_code == 200
        assert "historylink" not in page.text, (role, model)
    for role, model, name in (("lead", Commitment, "own"), ("irm", Assessment, "own")):
        row = world.rows[model][name]
        page = world.client(role).get(address(model, "change", row.pk))
        assert address(model, "history", row.pk) in page.text


def test_assessor_reads_no_names_of_officers(world):
    reported = world.rows[Milestone]["own reported"]
    for role, reads in (("irm", False), ("lead", True)):
        page = world.client(role).get(address(Milestone, "change", reported.pk))
        assert mark(type(reported.amendments.first()), "own reported") in page.text
        assert (mark(Account, "nation") in page.text) == reads


def test_recent_actions_are_one_s_own(world):
    client, own = world.client("plan"), world.rows[Commitment]["own draft"]
    page = client.get(address(Commitment, "change", own.pk))
    client.post(address(Commitment, "change", own.pk), sent_from(page, label="77"))

    assert LogEntry.objects.filter(object_id=str(own.pk)).exists()
    for role in ("irm", "neighbour", "civil", "admin"):
        assert mark(Commitment, "own draft") not in world.client(role).get("/admin/").text


def test_unknown_row_and_hidden_row_are_answered_alike(world):
    client = world.client("plan")
    hidden = world.rows[Commitment]["neighbour draft"].pk
    for page in ("change", "delete", "history"):
        answers = [client.get(address(Commitment, page, pk)) for pk in (hidden, 987654)]
        assert len({answer.status_code for answer in answers}) == 1, page
        if answers[0].status_code == 302:
            said = [messages_of(client.get("/admin/")) for answer in answers]
            assert mark(Commitment, "neighbour draft") not in str(said)


# Roles that come and go


def test_role_that_moves_elsewhere_takes_its_rows_along(world):
    client = world.client("reporter")
    own, neighbour = world.rows[Commitment]["own"], world.rows[Commitment]["neighbour"]
    assert client.get(address(Commitment, "change", neighbour.pk)).status_code == 302

    row = Membership.objects.get(account=world.account("reporter"))
    row.institution = world.rows[Institution]["neighbour"]
    row.save()

    assert client.get(address(Commitment, "change", neighbour.pk)).status_code == 200
    assert client.get(address(Commitment, "change", own.pk)).status_code == 302
