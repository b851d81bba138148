"""The real data of `fixtures/` loads by the importer, and every row obeys the tracker's rules."""

import json

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils.formats import date_format
from django.utils.timezone import localdate

from commitments.models import Commitment
from irm.models import Assessment, MilestoneFinding, Report
from milestones.models import Milestone, NationProgress, ProgressUpdate
from ogp_tracker.importing.real_data import load_real_data
from ogp_tracker.importing.tables import TABLES
from ogp_tracker.opendata.as_at import first_day
from tests.factories import today
from tests.once import once

pytestmark = pytest.mark.slow

FOLDER = settings.BASE_DIR / "fixtures"


@once
def loaded():
    return load_real_data()


@pytest.mark.django_db
def test_every_line_of_the_files_is_a_row_and_every_new_row_has_one_version(loaded):
    assert {kind.name: number for kind, number in loaded.counts if number} == {
        "NEW": sum(table.model.objects.count() for table in TABLES)
    }
    for model in (Commitment, Milestone, Report, Assessment):
        kinds = model.history.values_list("history_type", flat=True)
        assert list(kinds) == ["+"] * model.objects.count()
    assert Commitment.objects.get(slug="UK0096").history.get().nations.count() == 4


@pytest.mark.django_db
def test_operator_loads_it_again_and_nothing_changes(loaded):
    assert not load_real_data().does_anything


@pytest.mark.django_db
def test_every_row_obeys_the_rules_of_its_form(loaded):
    vocabularies = [
        apps.get_model("commitments", name) for name in ("nation", "policyarea", "ogpvalue")
    ]
    for model in (*vocabularies, NationProgress, *(table.model for table in TABLES)):
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
    for model in (Commitment, Milestone, ProgressUpdate, Report, Assessment, MilestoneFinding):
        assert model.objects.public().count() == model.objects.count() > 0, model


@pytest.mark.django_db
def test_check_consistency_finds_nothing_wrong(loaded):
    call_command("check_consistency")


def test_reader_of_the_vocabularies_finds_names_instead_of_row_numbers():
    text = (FOLDER / "vocabularies.json").read_text("utf-8")
    rows = json.loads(text)

    assert not [row for row in rows if "pk" in row]
    assert text == json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
