"""Every role tries every address of the Admin section on every kind of row.

What each may do stands in tests/matrix_tables.py. A new address, section or action fails here until
somebody has judged it there.
"""

import re
from contextlib import contextmanager

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import reverse

from commitments.models import (
    ActionPlan,
    Commitment,
    Institution,
    Nation,
    OGPValue,
    PolicyArea,
)
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones import services
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate
from ogp_tracker.mistakes.models import Mistake
from tests.admin_pages import address, sent_from
from tests.matrix_tables import (
    AMENDS,
    MAY_PUBLISH_AMENDMENT,
    PUBLISHES,
    ROLES,
    SITE,
    STEPS,
    TABLES,
    check_gives_nothing_away,
    rows_with,
)
from tests.matrix_world import mark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_zeal")]

Account = get_user_model()

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.IGNORECASE)
TOUCHED = "Touched by somebody"
COLUMNS = {
    Account: "first_name",
    Nation: "label",
    PolicyArea: "name",
    OGPValue: "name",
    ActionPlan: "title",
    Institution: "name",
    Commitment: "title",
    Milestone: "text",
    NationProgress: "not_applicable_reason",
    ProgressUpdate: "narrative",
    Amendment: "reason",
    Report: "title",
    Assessment: "analysis",
    MilestoneFinding: "found",
    Reply: "text",
    Mistake: "note",
}
"""The column that everybody tries to write; what is missing has no form."""

CLOSED_BY_A_RULE = {
    (NationProgress, "own reported in eng"),
    (NationProgress, "neighbour reported in eng"),
}
"""Where a level has been published the milestone does apply."""

OF_EVERY_SECTION = {"add", "changelist", "change", "delete", "history"}
OF_THE_SITE = {
    "index",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "jsi18n",
    "view_on_site",
    "app_list",
    "help",
    "help_guide",
    "help_picture",
    "my_work_part",
    "plan_work",
    "plan_work_part",
    "import",
    "import_preview",
    "import_template",
    "plan_workbook",
    "plan_sheets",
    "empty_plan_workbook",
}
OF_THEIR_OWN = {
    "auth_user_invitation",
    "auth_user_left",
    "auth_user_request",
    "auth_user_two_steps",
    "milestones_milestone_report",
    "milestones_amendment_done",
    "milestones_amendment_publish",
    "milestones_progressupdate_done",
    "milestones_progressupdate_preview",
    "milestones_progressupdate_publish",
    "milestones_evidence_file",
    "irm_report_work",
    "irm_assessment_preview",
    "irm_reply_done",
    "irm_reply_preview",
    "irm_reply_publish",
    "commitments_actionplan_preview",
    "commitments_actionplan_publish",
    "commitments_commitment_copy",
    "commitments_commitment_preview",
    "commitments_commitment_unpublish",
}
WITH_VERSIONS = {Institution, ActionPlan, Commitment, Milestone, Report, Assessment}
WITH_VERSIONS |= {MilestoneFinding}

ACTIONS = {
    Account: {"delete_selected", "make_anonymous"},
    Milestone: {"delete_selected", "report_selected"},
    ProgressUpdate: {"delete_selected", "publish_selected"},
    Amendment: {"delete_selected", "publish_selected"},
}
"""Every section has the action that deletes; what there is beside it."""


@pytest.fixture(params=ROLES)
def role(request):
    return request.param


@pytest.fixture(params=TABLES, ids=lambda model: model.__name__)
def model(request):
    return request.param


def named(world, model, keys):
    names = {row.pk: name for name, row in world.rows[model].items()}
    return {names[int(key)] for key in keys}


# Nothing is forgotten


def patterns(addresses):
    for one in addresses:
        yield from patterns(one.url_patterns) if hasattr(one, "url_patterns") else [one]


def test_every_address_of_the_admin_section_has_been_judged():
    judged = {
        f"{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in TABLES
        for page in OF_EVERY_SECTION | ({"simple_history"} if model in WITH_VERSIONS else set())
    }
    found = {one.name for one in patterns(admin.site.urls[0]) if one.name}

    assert found == judged | OF_THE_SITE | OF_THEIR_OWN


def test_addresses_without_a_name_only_lead_to_others():
    nameless = [one for one in patterns(admin.site.urls[0]) if not one.name]

    assert {str(one.pattern) for one in nameless} == {"<path:object_id>/", "(?P<url>.*)$"}


def test_every_section_and_action_has_been_judged():
    assert set(admin.site._registry) == set(TABLES)
    assert list(admin.site._actions) == ["delete_selected"]
    for model, section in admin.site._registry.items():
        assert set(section.actions or ()) == ACTIONS.get(model, {"delete_selected"}), model


def test_every_row_of_the_world_has_been_judged(world):
    for model, table in TABLES.items():
        assert set(table) - {"section"} == set(world.rows[model]), model


# The door


@pytest.mark.parametrize("who", ["nobody", "switched off", "no role"])
def test_who_has_no_role_finds_every_address_closed(world, who):
    client = world.client(who)
    for path in addresses_of_everything(world):
        with written() as tables:
            read, sent = client.get(path), client.post(path, {"post": "yes", "_save": "Save"})
        assert tables == [], path
        if who == "no role":
            assert read.status_code == 403, path
        else:
            assert read.status_code == 302, path
            assert read["Location"].startswith("/accounts/login/"), path
        assert sent.status_code in {401, 403}, path
        for answer in (read, sent):
            assert "«" not in answer.text, path


def addresses_of_everything(world):
    for model, rows in world.rows.items():
        if model not in TABLES:
            continue
        yield address(model, "changelist")
        yield address(model, "add")
        first = next(iter(rows.values()))
        for page in ("change", "delete", "history"):
            yield address(model, page, first.pk)
    yield reverse("admin:index")
    yield reverse("admin:my_work_part", args=["drafts"])
    yield reverse("admin:milestones_milestone_report")
    yield address(Report, "work", next(iter(world.rows[Report].values())).pk)
    yield reverse("admin:import")
    yield reverse("admin:import_preview", args=["no-such-sheet"])
    update = next(iter(world.rows[ProgressUpdate].values()))
    yield address(ProgressUpdate, "preview", update.pk)
    yield address(ProgressUpdate, "publish", update.pk)


@contextmanager
def written():
    tables = []

    def watch(execute, sql, params, many, context):
        found = WRITES.match(sql)
        if found and found[1] not in {"django_session", "shared_cache"}:
            tables.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# Lists and choices


def test_list_shows_exactly_the_rows_that_the_role_sees(world, role, model):
    answer = world.client(role).get(address(model, "changelist"))

    if TABLES[model]["section"][role] == "-":
        assert answer.status_code == 403
        return
    shown = set(answer.context["cl"].queryset.values_list("pk", flat=True))
    assert named(world, model, shown) == rows_with(model, role, "prwd")
    check_gives_nothing_away(world, role, answer.text)


def test_choices_offer_exactly_the_rows_that_the_role_sees(world, role):
    request = world.client(role).get(reverse("admin:index")).wsgi_request
    for source, name in choices():
        field = source._meta.get_field(name)
        offered = admin.site.get_model_admin(source).get_field_queryset(None, field, request)
        found = named(world, field.related_model, [row.pk for row in offered])
        assert found == rows_with(field.related_model, role, "prwd"), (source, name)


def choices():
    for model in TABLES:
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if field.related_model in TABLES:
                yield model, field.name


@pytest.mark.parametrize("line", SITE)
def test_addresses_of_the_site_answer_whom_they_concern(world, role, line):
    name, _, argument = line.partition(" ")
    path = reverse(f"admin:{name}", args=[argument] if argument else [])

    answer = world.client(role).get(path)

    assert (answer.status_code == 200) == (SITE[line][role] == "y"), answer.status_code
    assert answer.status_code in {200, 403, 404}
    check_gives_nothing_away(world, role, answer.text)


# Every row at every address


@pytest.mark.slow
@pytest.mark.walk
def test_role_reads_what_it_sees_and_nothing_else(world, role, model):
    client, wrong = world.client(role), []
    for name, row in world.rows[model].items():
        letter = TABLES[model][name][role]
        for page, letters in (("change", "prwd"), ("history", "rwd"), ("delete", "d")):
            answer = client.get(address(model, page, row.pk))
            check_gives_nothing_away(world, role, answer.text)
            if is_shown(answer) != (letter in letters):
                wrong.append((page, name, letter, answer.status_code))
        for version in row.history.all() if model in WITH_VERSIONS else ():
            answer = client.get(address(model, "simple_history", row.pk, version.pk))
            if is_shown(answer) != (letter in "rwd"):
                wrong.append(("version", name, letter, answer.status_code))
    assert wrong == []


@pytest.mark.slow
@pytest.mark.walk
def test_role_changes_what_it_may_and_nothing_else(world, role, model):
    client, wrong = world.client(role), []
    for name, row in world.rows[model].items():
        letter, sent = TABLES[model][name][role], changes_of(world, model, name, role)
        with written() as tables, undone():
            answer = client.post(address(model, "change", row.pk), sent)
            has_changed = value_of(model, row) != value_of(model, row, fresh=False)
        if (model, name) in CLOSED_BY_A_RULE and letter == "w":
            assert answer.context["adminform"].form.errors
        elif has_changed != (letter in "wd") or (bool(tables) and letter not in "wd"):
            wrong.append((name, letter, answer.status_code, tables))
        if letter not in "wd" and answer.status_code == 200:
            wrong.append((name, letter, "answered"))
    assert wrong == []


@pytest.mark.slow
@pytest.mark.walk
def test_role_deletes_what_it_may_and_nothing_else(world, role, model):
    """One by one; then by the action of the list, each together with all that has to stay."""
    client, wrong = world.client(role), []
    stay = [world.rows[model][name].pk for name in rows_with(model, role, "-prw")]
    for name, row in world.rows[model].items():
        may = TABLES[model][name][role] == "d"
        chosen = {"action": "delete_selected", "_selected_action": [row.pk, *stay] if may else stay}
        for path, sent in (
            (address(model, "delete", row.pk), {}),
            (address(model, "changelist"), chosen),
        ):
            with written() as tables, undone():
                answer = client.post(path, sent | {"post": "yes"})
                left = set(model._base_manager.values_list("pk", flat=True))
            if may and not rests_on_it(answer) and row.pk in left:
                wrong.append((path, name, answer.status_code))
            if not left.issuperset(stay) or (bool(tables) and not may):
                wrong.append((path, name, tables))
    assert wrong == []


@pytest.mark.slow
@pytest.mark.walk
def test_role_adds_where_it_may_and_nowhere_else(world, role, model):
    client = world.client(role)
    page = client.get(address(model, "add"))

    check_gives_nothing_away(world, role, page.text)
    letter = TABLES[model]["section"][role]
    assert (page.status_code == 200) == (letter == "a")
    if page.status_code != 200:
        # An amendment begins at what it changes: who may make one is told so.
        assert page.status_code == (302 if (model, letter) == (Amendment, "l") else 403)
        with written() as tables:
            assert client.post(address(model, "add"), {"_save": "Save"}).status_code == 403
        assert tables == []


@pytest.mark.slow
@pytest.mark.walk
def test_old_versions_are_never_put_back(world, role):
    client = world.client(role)
    with written() as tables:
        for model in WITH_VERSIONS:
            for row in world.rows[model].values():
                path = address(model, "simple_history", row.pk, row.history.first().pk)
                assert client.post(path, {"_save": "Save"}).status_code == 403
    assert tables == []


def is_shown(answer):
    """Return whether the answer is the page; a refusal is one of those that say nothing more."""
    if answer.status_code == 302:
        assert answer["Location"] == reverse("admin:index")
    else:
        assert answer.status_code in {200, 403, 404}
    return answer.status_code == 200


def rests_on_it(answer):
    return answer.status_code == 200 and bool(answer.context.get("protected"))


def value_of(model, row, fresh=True):
    if model not in COLUMNS:
        return None
    if not fresh:
        return row.serializable_value(COLUMNS[model])
    return model._base_manager.values_list(COLUMNS[model], flat=True).get(pk=row.pk)


def changes_of(world, model, name, role):
    """Return what a form would send that writes the column that everybody tries to write.

    From the page of the role itself, or of somebody who may, so that the row is written if
    nothing else stops it.
    """
    letters = TABLES[model][name]
    may = [one for one in (role, *ROLES) if letters[one] in "wd"]
    if model not in COLUMNS:
        return {"_save": "Save"}
    changes = {COLUMNS[model]: TOUCHED, "_save": "Save"}
    if not may:
        return changes
    if (model, name, may[0]) not in world.sent:
        page = world.client(may[0]).get(address(model, "change", world.rows[model][name].pk))
        # A cell that does not apply says why: only so can its reason be written.
        without = {"applies": None} if model is NationProgress else {}
        world.sent[model, name, may[0]] = sent_from(page, **changes, **without)
    return world.sent[model, name, may[0]]


# Addresses of their own


@pytest.mark.parametrize("name", AMENDS)
def test_only_the_point_of_contact_and_the_leading_institution_change_the_plan(world, role, name):
    milestone = world.rows[Milestone][name]
    path = f"{address(Amendment, 'add')}?milestone={milestone.pk}"
    client, may = world.client(role), AMENDS[name][role] == "y"
    assert (client.get(path).status_code == 200) == may
    sent = {
        "kind": "due_date_moved",
        "due_to": "1/2/2099",
        "effective_on": "1/2/2020",
        "reason": "It takes longer.",
        "institution": str(milestone.commitment.involvements.get(role="lead").institution_id),
        "_draft": "yes",
    }
    with written() as tables:
        answer = client.post(path, sent)

    assert may == milestone.amendments.filter(reason=sent["reason"]).exists() == bool(tables)
    assert may or answer.status_code in {403, 404}


def test_amendment_is_published_only_by_a_lead_or_the_point_of_contact(world, role):
    row = world.rows[Amendment]["own proposed"]
    sent = {"do": "publish", "read": services.fingerprint(row)}

    with undone():
        world.client(role).post(address(Amendment, "publish", row.pk), sent)
        has_done = Amendment.objects.get(pk=row.pk).is_published

    assert has_done == (role in MAY_PUBLISH_AMENDMENT)


@pytest.mark.parametrize("page", ["invitation", "left", "two_steps", "request"])
def test_only_an_administrator_comes_to_the_pages_of_an_account(world, role, page):
    path = address(Account, page, world.account("reporter").pk)
    may = TABLES[Account]["reporter"][role] == "w"

    with written() as tables, undone():
        read, sent = world.client(role).get(path), world.client(role).post(path)

    assert (read.status_code in {200, 302}) == (sent.status_code == 302) == may
    assert may or tables == []


def test_only_who_reports_comes_to_the_page_for_several_milestones(world, role):
    """And finds there only the milestones that she reports on."""
    every = ",".join(str(row.pk) for row in world.rows[Milestone].values())
    path = reverse("admin:milestones_milestone_report")
    mine = {"reporter": "own", "lead": "own", "several": "scottish"}

    answer = world.client(role).get(path, {"milestones": every})

    if role not in mine:
        assert answer.status_code == 403
        return
    offered = {row.pk for row in answer.context["form"].fields["milestones"].queryset}
    expected = {"own", "own reported", "own draft", "led"}
    if role == "several":
        expected = {"scottish", "scottish reported", "scottish draft", "joint", "led"}
    assert named(world, Milestone, offered) == expected


@pytest.mark.parametrize("step", STEPS)
def test_steps_of_a_report_are_taken_by_whom_they_are_for(world, role, step):
    client, wrong = world.client(role), []
    for name, update in world.rows[ProgressUpdate].items():
        sent = {"do": step, "comment": "Say more.", "read": services.fingerprint(update)}
        may, by = role in STEPS[step].get(name, ()), world.account(role)
        if step == "take_over" and update.recorded_by == by:
            continue
        with written() as tables, undone():
            answer = client.post(address(ProgressUpdate, "publish", update.pk), sent)
            after = ProgressUpdate.objects.get(pk=update.pk)
            has_done = STEP_DONE[step](after, by) and not update.is_published
        if has_done != may or (tables and not may):
            wrong.append((name, answer.status_code, tables))
    assert wrong == []


STEP_DONE = {
    "publish": lambda update, by: update.signed_off_by == by,
    "agree": lambda update, by: update.co_signed_by == by and not update.is_published,
    "return": lambda update, by: update.state == "returned",
    "take_over": lambda update, by: update.recorded_by == by,
}


def test_reports_are_signed_off_together_only_by_whom_they_wait_for(world, role):
    rows = world.rows[ProgressUpdate]
    before = set(ProgressUpdate.objects.published().values_list("pk", flat=True))
    sent = {"action": "publish_selected", "_selected_action": [row.pk for row in rows.values()]}

    world.client(role).post(address(ProgressUpdate, "changelist"), sent)

    published = set(ProgressUpdate.objects.published().values_list("pk", flat=True)) - before
    expected = {name for name, roles in STEPS["publish"].items() if role in roles}
    assert named(world, ProgressUpdate, published) == expected


@pytest.mark.parametrize(
    ("of", "which"),
    [
        *((ProgressUpdate, page) for page in ("preview", "publish")),
        *((Commitment, page) for page in ("preview", "unpublish")),
    ],
)
def test_pages_of_a_row_are_closed_to_who_does_not_see_it(world, role, of, which):
    client = world.client(role)
    with written() as tables:
        for name in rows_with(of, role, "-"):
            path = address(of, which, world.rows[of][name].pk)
            for answer in (client.get(path), client.post(path, {})):
                assert answer.status_code in {403, 404, 405}, name
    assert tables == []


@pytest.mark.parametrize("name", PUBLISHES)
def test_only_points_of_contact_preview_and_publish_the_drafts_of_a_plan(world, role, name):
    plan, drafts = world.rows[ActionPlan][name], PUBLISHES[name].get(role, set())
    client = world.client(role)
    every = [row.pk for row in world.rows[Commitment].values()]
    with written() as tables:
        shown = client.get(address(ActionPlan, "publish", plan.pk))
        refused = client.post(address(ActionPlan, "publish", plan.pk), {"commitment": every})
    preview = client.get(address(ActionPlan, "preview", plan.pk))

    assert {page.status_code for page in (shown, refused, preview)} == {200 if drafts else 403}
    assert tables == []
    if drafts:
        listed = {row["commitment"].title for row in shown.context["rows"]}
        assert listed == {mark(Commitment, one) for one in drafts}
    for page in (shown, refused, preview):
        check_gives_nothing_away(world, role, page.text)


def test_drafts_of_assessments_are_previewed_by_assessors_only(world, role):
    client = world.client(role)
    for name, row in world.rows[Assessment].items():
        with written() as tables:
            answer = client.get(address(Assessment, "preview", row.pk))
            assert client.post(address(Assessment, "preview", row.pk)).status_code != 500
        check_gives_nothing_away(world, role, answer.text)
        is_draft = name in {"own unpublished", "of a draft"}
        assert (answer.status_code == 200) == (role == "irm" and is_draft), name
        assert tables == []


@pytest.mark.parametrize("name", ["final", "draft"])
def test_only_assessors_work_a_report_off(world, role, name):
    """Who starts an assessment there writes that and nothing else."""
    path, may = address(Report, "work", world.rows[Report][name].pk), role == "irm"
    client = world.client(role)
    page = client.get(path)
    with written() as tables, undone():
        sent = client.post(path, {"commitment": world.rows[Commitment]["own"].pk})

    assert (page.status_code, sent.status_code) == ((200, 302) if may else (403, 403))
    check_gives_nothing_away(world, role, page.text)
    assert set(tables) <= {"irm_assessment", "irm_historicalassessment", "opendata_publicversion"}
    assert may or not tables


def test_only_assessors_import_assessments_and_only_what_is_theirs(world, role):
    """Nothing of government's is written, nor does a refusal say what is a draft."""
    from tests.sheets import choose, csv_of, write

    client, may = world.client(role), role == "irm"
    report = world.rows[Report]["draft"]
    rows = [
        {"report_id": report.slug, "commitment_id": row.slug, "analysis": TOUCHED}
        for name, row in world.rows[Commitment].items()
        if "draft" not in name
    ]
    with written() as tables, undone():
        page = choose(client, csv_of(*rows))
        assert (page.status_code == 200) == (SITE["import"][role] == "y")
        assert "shared_cache" not in tables
        if may:
            write(client, page)
        elif page.status_code == 200:
            assert len(page.context["refusals"]) == len(rows)
        template = client.get(reverse("admin:import_template", args=[report.pk, "assessments"]))
        assert (template.status_code == 200) == may
    assert bool(tables) == may
    assert set(tables) <= {"irm_assessment", "irm_historicalassessment", "opendata_publicversion"}
    if may:
        hidden = csv_of(
            *(
                {**rows[0], "commitment_id": row.slug}
                for name, row in world.rows[Commitment].items()
                if "draft" in name
            )
        )
        said = choose(client, hidden).context["refusals"]
        assert len(said) == 3
        assert all("cannot be found" in one.sentence for one in said)


def test_names_are_forgotten_by_administrators_only(world, role):
    chosen = [world.account("lead").pk, world.account("civil").pk]
    sent = {"action": "make_anonymous", "_selected_action": chosen, "post": "yes"}

    world.client(role).post(address(Account, "changelist"), sent)

    left = 0 if role in {"admin", "super", "several"} else 2
    assert Account.objects.filter(pk__in=chosen, is_active=True).count() == left
