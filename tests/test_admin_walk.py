"""A superuser, and a colleague who may only look, walk through the whole Admin section."""

import re
from html import unescape

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milestones import services
from tests.admin_pages import address
from tests.factories import (
    AccountFactory,
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    OGPValueFactory,
    PolicyAreaFactory,
    ReplyFactory,
    days_ago,
    make_correction,
    make_update,
    nations,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OURS = ("commitments", "milestones", "irm")
MODELS = sorted(admin.site._registry, key=lambda model: model.__name__)


def fill(rows=1):
    """Make so many rows of every model, drafts and published ones."""
    nations()
    for _number in range(rows):
        commitment = CommitmentFactory()
        commitment.policy_areas.add(PolicyAreaFactory())
        commitment.values_claimed.add(OGPValueFactory())
        InvolvementFactory(commitment=commitment)
        milestone = MilestoneFactory(commitment=commitment)
        make_correction(make_update(milestone, "limited"), "completed")
        make_update(milestone, "substantial", publish=False)
        services.move_due_day(
            milestone,
            to=days_ago(-500),
            reason="It takes longer.",
            institution=None,
            by=AccountFactory(),
        )
        finding = FindingFactory(
            assessment=AssessmentFactory(commitment=commitment), milestone=milestone
        )
        ReplyFactory(assessment=finding.assessment, finding=finding)
        MembershipFactory()
        MilestoneFactory(commitment=CommitmentFactory(draft=True))


@pytest.fixture
def superuser(client):
    client.force_login(AccountFactory(superuser=True))
    return client


@pytest.fixture
def onlooker(client):
    """Sign in somebody who may look at everything of ours and change nothing."""
    account = AccountFactory(is_staff=True)
    account.user_permissions.set(
        Permission.objects.filter(codename__startswith="view_", content_type__app_label__in=OURS)
    )
    client.force_login(account)
    return client


def count_queries(ask):
    with CaptureQueriesContext(connection) as queries:
        assert ask().status_code == 200
    return len(queries)


def test_every_model_of_ours_has_its_section():
    ours = {model for label in OURS for model in apps.get_app_config(label).get_models()}

    without = {model.__name__ for model in ours - set(MODELS)}

    assert {name for name in without if not name.startswith("Historical")} == set()


def test_superuser_reads_every_page_of_every_row(superuser):
    fill()
    for model in MODELS:
        section = admin.site.get_model_admin(model)
        assert superuser.get(address(model, "changelist")).status_code == 200
        added = superuser.get(address(model, "add"))
        assert added.status_code == (
            200 if section.has_add_permission(added.wsgi_request) else 403
        ), model
        assert model._default_manager.exists()
        for row in model._default_manager.all():
            for page in ("change", "history"):
                answer = superuser.get(address(model, page, row.pk))
                assert answer.status_code == 200, (page, row)
            for version in row.history.all() if hasattr(model, "history") else ():
                old = address(model, "simple_history", row.pk, version.pk)
                assert superuser.get(old).status_code == 200, version
            answer = superuser.get(address(model, "delete", row.pk))
            may = section.has_delete_permission(answer.wsgi_request, row)
            assert answer.status_code == (200 if may else 403), row


def test_superuser_searches_and_uses_every_filter_of_every_list(superuser):
    fill()
    for model in MODELS:
        section = admin.site.get_model_admin(model)
        found = superuser.get(address(model, "changelist"), {"q": "no such words 98765"})
        assert found.context["cl"].result_count == 0, model
        page = superuser.get(address(model, "changelist"))
        changelist = page.context["cl"]
        queries = [
            choice["query_string"]
            for spec in changelist.filter_specs
            for choice in spec.choices(changelist)
        ]
        queries.append("?_facets=True")
        if section.date_hierarchy:
            queries += map(unescape, re.findall(r'href="(\?[^"]*__year=[^"]*)"', page.text))
        for query in queries:
            answer = superuser.get(address(model, "changelist") + query)
            assert answer.status_code == 200, (model, query)


def test_empty_list_says_so_and_how_to_begin(superuser):
    for model in MODELS:
        if model._meta.app_label == "auth":
            continue
        page = superuser.get(address(model, "changelist"))
        assert "There are no " in page.text, model

    searched = superuser.get(address(MODELS[0], "changelist"), {"q": "nothing"})
    assert "Nothing fits the search and the filters." in searched.text


def test_lists_ask_no_more_queries_for_many_rows_than_for_few(superuser):
    def counts():
        return {
            model: count_queries(lambda model=model: superuser.get(address(model, "changelist")))
            for model in MODELS
        }

    fill(2)
    counts()
    few = counts()
    fill(4)
    many = counts()

    assert many == few
    assert superuser.get(address(MODELS[1], "changelist")).context["cl"].result_count >= 6


def test_choosing_by_typing_asks_no_query_per_answer(superuser):
    fields = [
        (model._meta.app_label, model._meta.model_name, name)
        for model in MODELS
        for name in admin.site.get_model_admin(model).autocomplete_fields
    ]

    def ask(app_label, model_name, name):
        query = {"app_label": app_label, "model_name": model_name, "field_name": name}
        return count_queries(lambda: superuser.get(reverse("admin:autocomplete"), query))

    fill(2)
    few = {field: ask(*field) for field in fields}
    fill(4)
    many = {field: ask(*field) for field in fields}

    assert many == few
    assert ("milestones", "progressupdate", "corrects") in many


def test_onlooker_reads_everything_and_changes_nothing(onlooker):
    fill()
    for model in (model for model in MODELS if model._meta.app_label in OURS):
        assert onlooker.get(address(model, "changelist")).status_code == 200
        assert onlooker.get(address(model, "add")).status_code == 403
        for row in model._default_manager.all():
            assert onlooker.get(address(model, "change", row.pk)).status_code == 200
            for page in ("change", "delete"):
                answer = onlooker.post(address(model, page, row.pk), {"post": "yes"})
                assert answer.status_code == 403, (page, row)
    assert not LogEntry.objects.exists()


def test_index_lists_what_was_promised_first_and_leads_back_to_the_public_site(superuser):
    page = superuser.get(reverse("admin:index")).text

    order = ["What was promised", "What is being delivered", "What the assessor found", "Accounts"]
    places = [page.index(f">{name}</a>") for name in order]
    assert places == sorted(places)
    assert "Open Government Tracker" in page
    assert '<a href="/">' in page
