"""The fixtures load in their order, again and again, and every row obeys the tracker's rules."""

import json

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils.formats import date_format
from django.utils.timezone import localdate

from commitments.models import Commitment
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Milestone, ProgressUpdate
from ogp_tracker.fixtures_order import FIXTURES
from ogp_tracker.opendata.as_at import first_day
from tests.factories import today
from tests.once import once

pytestmark = pytest.mark.slow

FOLDER = settings.BASE_DIR / "fixtures"

COUNTS = {
    "commitments.nation": 4,
    "commitments.policyarea": 29,
    "commitments.ogpvalue": 4,
    "commitments.institution": 25,
    "commitments.actionplan": 7,
    "commitments.commitment": 33,
    "commitments.involvement": 34,
    "milestones.milestone": 4,
    "milestones.nationprogress": 16,
    "milestones.progressupdate": 4,
    "irm.report": 11,
    "irm.assessment": 57,
    "irm.milestonefinding": 4,
}


def load(*names, **how):
    call_command("loaddata", *names, verbosity=0, **how)


def models():
    return [apps.get_model(label) for label in COUNTS]


def counts():
    return {label: apps.get_model(label).objects.count() for label in COUNTS}


def everything():
    columns = {model: list(model.objects.order_by("pk").values()) for model in models()}
    joins = {
        field: sorted(field.remote_field.through.objects.values_list())
        for model in models()
        for field in model._meta.many_to_many
    }
    return columns, joins


@pytest.mark.django_db
def test_operator_loads_one_file_after_the_other_and_each_of_them_twice():
    for name in FIXTURES:
        load(name)
        load(name)

    assert counts() == COUNTS


@pytest.mark.django_db
def test_fixtures_carry_no_date_and_are_drafts_until_they_are_published():
    load(*FIXTURES)
    for model in (Commitment, ProgressUpdate, Assessment):
        assert not model.objects.public().exists(), model


@once
def loaded():
    load(*FIXTURES, publish=True)


@pytest.mark.django_db
def test_operator_loads_the_fixtures_in_one_call_and_again_and_nothing_changes(loaded):
    assert counts() == COUNTS

    before = everything()
    load(*FIXTURES)

    assert everything() == before


@pytest.mark.django_db
def test_every_row_obeys_the_rules_of_its_form(loaded):
    for model in models():
        for row in model.objects.all():
            row.clean_fields()
            row.validate_unique()
            row.validate_constraints()


@pytest.mark.django_db
def test_everything_is_published_on_the_day_on_which_it_is_loaded(loaded, client):
    assert {*Commitment.objects.values_list("published_on", flat=True)} == {today()}
    assert first_day() == today()
    page = client.get("/commitments/UK0096/", {"as_at": str(today())})
    assert f"Published here on {date_format(today())}" in page.text
    assert {localdate(row.recorded_at) for row in ProgressUpdate.objects.all()} == {today()}


@pytest.mark.django_db
def test_no_row_is_a_draft(loaded):
    mine = (Commitment, Milestone, ProgressUpdate, Report, Assessment, MilestoneFinding)
    for model in mine:
        assert model.objects.public().count() == model.objects.count() > 0, model


@pytest.mark.django_db
def test_check_consistency_finds_nothing_wrong(loaded):
    call_command("check_consistency")


def test_operator_finds_every_file_in_the_order():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(FIXTURES)


def test_reader_of_the_files_finds_names_instead_of_row_numbers():
    for path in FOLDER.glob("*.json"):
        text = path.read_text("utf-8")
        rows = json.loads(text)

        assert not [row for row in rows if "pk" in row]
        assert text == json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
