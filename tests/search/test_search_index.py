"""The index follows every write, whatever its door, and never decides what readers see."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from commitments.models import ActionPlan, Commitment, Institution, Nation, PolicyArea
from irm.models import Assessment, Reply, Report
from milestones import services
from milestones.models import Amendment, Evidence, Milestone, ProgressUpdate
from ogp_tracker.search import consistency
from ogp_tracker.search.models import Searchable
from ogp_tracker.search.sources import SOURCES
from tests.factories import (
    InstitutionFactory,
    make_update,
    past_the_guards,
    publish_reply,
    publish_update,
)
from tests.search.found_rows import found, make_one_of_each
from tests.sheets import imported

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def rows():
    return make_one_of_each("zebra", hidden=["update", "reply"])


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def wrong():
    return [problem.where for problem in consistency.find_problems()]


def test_index_has_the_words_of_every_column_that_is_searched(rows):
    for source in SOURCES:
        row = rows[source.model]
        for place, column in enumerate((*source.head, *source.body)):
            word = f"gnu{place}"
            # A rule of the database wants the id of a commitment to be its address, too.
            also = {"slug": word} if column == "ogp_id" else {}
            # Another wants an update with a source to be of one.
            if source.model is ProgressUpdate and column == "source_title":
                also |= {"provenance": "published_elsewhere"}
            source.model.objects.filter(pk=row.pk).update(**{column: word}, **also)
            entry = Searchable.objects.get(key=source.first_key + row.pk)
            assert word in (entry.head if column in source.head else entry.body).split()
    assert wrong() == []


def write_without_triggers(rows):
    with past_the_guards():
        Commitment.objects.update(title="gnu")
        InstitutionFactory(name="gnu")
        Evidence.objects.all().delete()
        assert len(wrong()) == 3


DOORS = {
    "save": lambda rows: rows[Milestone].save(),
    "bulk creation": lambda rows: Commitment.objects.bulk_create(
        [Commitment(slug=name, title=name) for name in ("gnu", "yak")]
    ),
    "bulk update": lambda rows: Commitment.objects.update(title="gnu", objective=F("slug")),
    "SQL": lambda rows: sql("UPDATE irm_assessment SET analysis = 'gnu', footnotes = ''"),
    "another key": lambda rows: sql("UPDATE milestones_evidence SET id = id + 1000"),
    "deletion": lambda rows: Evidence.objects.all().delete(),
    "service": lambda rows: make_update(rows[Milestone], "limited", narrative="gnu"),
    "import": lambda rows: imported({"institution_id": "gnu", "name": "gnu"}, table="institutions"),
    "migrate": write_without_triggers,
}
if connection.vendor == "postgresql":
    DOORS["TRUNCATE"] = lambda rows: sql(
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE commitments_institution CASCADE"
    )


@pytest.mark.parametrize("door", DOORS)
def test_index_is_equal_to_the_texts_after_a_write_through_every_door(rows, door):
    DOORS[door](rows)

    assert wrong() == []


def test_check_finds_what_the_index_has_wrong_and_puts_it_right(rows):
    Searchable.objects.filter(head__contains="zebra").update(head="gnu")
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("check_consistency", stdout=out)
    assert "The search index matches the text of every row" in out.getvalue()

    call_command("check_consistency", "--rebuild", stdout=out)
    assert "No problems found." in out.getvalue()


@pytest.mark.core
@pytest.mark.parametrize("hidden", ["commitment", "update", "report", "assessment", "reply"])
def test_reader_finds_exactly_what_is_public_of_every_kind(hidden):
    """The search asks in joins what the verbs ask by keys; here both say the same."""
    make_one_of_each("zebra")
    rows = make_one_of_each("zebra", hidden=[hidden])
    Nation.objects.update(other_names="zebra")

    there = found("zebra")
    for source in SOURCES:
        public = set(source.model.objects.public().values_list("pk", flat=True))
        assert {pk for model, pk in there if model is source.model} == public
    assert not {(model, row.pk) for model, row in rows.items()} <= set(there)


def test_reader_finds_a_row_as_soon_as_it_is_published_and_no_longer(rows):
    update, reply, report = rows[ProgressUpdate], rows[Reply], rows[Report]
    hidden = {ProgressUpdate, Amendment, Evidence, Reply}
    assert not hidden & {model for model, _pk in found("zebra")}

    publish_update(update)
    services.publish_update(services.submit_update(rows[Amendment], by=None), by=None)
    publish_reply(reply)
    assert set(found("zebra")) == {(model, row.pk) for model, row in rows.items()}

    Report.objects.filter(pk=report.pk).update(stage="draft")
    assert not {Report, Assessment, Reply} & {model for model, _pk in found("zebra")}
    Commitment.objects.update(published_on=None)
    always = {ActionPlan, Institution, Nation, PolicyArea}
    assert {model for model, _pk in found("zebra")} == always
