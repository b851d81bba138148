"""The UK's plan of 2013-15: 21 commitments, of each of which government's table says one word.

Numbers and words are those of the end-of-term self-assessment of 14 October 2016, as the UK Open
Government Network gives them; one was withdrawn, which is no level.
"""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import call_command

from commitments.models import Commitment
from milestones import services
from milestones.models import NationProgress
from milestones.published_words import reading_of
from tests.factories import CommitmentFactory, PlanFactory, contact_for
from tests.pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SAID = {
    "Completed": (1, 3, 4, 6, 7, 13, 14, 16, 17, 18, 19, 20),
    "Substantial": (5, 10, 11, 12, 15, 21),
    "Limited": (8, 9),
    "Withdrawn": (2,),
}
TABLE = services.SourceDocument(
    title="Open Government Partnership National Action Plan 2013-15: end-of-term self-assessment",
    url="https://opengovernment.org.uk/2016/10/18/"
    "government-reports-on-its-implementation-of-2013-15-open-government-action-plan/",
)


@pytest.fixture
def plan():
    made = PlanFactory(
        title="United Kingdom Action Plan 2013-2015",
        first_day=date(2013, 10, 31),
        last_day=date(2015, 12, 31),
    )
    for word, numbers in SAID.items():
        for number in numbers:
            nations = ["sct" if number == 13 else "eng"]
            CommitmentFactory(ogp_id="", plan=made, title=f"{number} ({word})", nations=nations)
    enter(made)
    return made


def enter(plan):
    """The first word of the table is signed off by a colleague; those after need nobody."""
    commitments = list(Commitment.objects.filter(plan=plan))
    contact = contact_for(commitments[0])
    signer = contact_for(commitments[0])
    for commitment in commitments:
        word = commitment.title.partition("(")[2].rstrip(")")
        content = services.UpdateContent(
            nations=list(commitment.nations.all()),
            level=reading_of(word).level,
            as_of=date(2016, 10, 14),
            narrative="",
            source=replace(TABLE, words_as_published=word),
        )
        update = services.record_update(commitment, content, institution=None, by=contact)
        services.submit_update(update, by=contact)
        services.publish_update(update, by=signer)
        signer = contact


def counts_on(page):
    return [row.text() for row in page.first("ul", "counts").all("li")]


def test_reader_of_the_plan_finds_governments_words_counted_by_commitments(client, plan):
    page = page_of(client, plan)

    head = page.first("div", "head-grid").text()
    assert counts_on(page) == ["Completed 12", "Substantial 6", "Limited 2", "Level not given 1"]
    assert "Something is said of 21 of the 21 commitments" in head
    assert "Milestones not recorded here" in head


def test_levels_are_given_by_the_source_and_the_withdrawn_one_has_none(plan):
    rows = NationProgress.objects.filter(commitment__plan=plan)

    assert len(rows) == 21
    assert {row.provenance for row in rows} == {"published_elsewhere"}
    assert {row.level_basis for row in rows if row.level} == {"given"}
    (withdrawn,) = (row for row in rows if not row.level)
    assert (withdrawn.words_as_published, withdrawn.schedule) == ("Withdrawn", "")
    assert not call_command("check_consistency", verbosity=0)


def test_reader_finds_the_word_on_the_page_of_a_commitment_and_in_the_table(client, plan):
    shown = Commitment.objects.get(plan=plan, title__startswith="9 ")
    rows = json.loads(client.get("/data/updates.json").getvalue())

    main = page_of(client, shown).first("main")
    assert "Limited" in main.text()
    assert "Published by government" in main.text()
    assert Counter(row["words_as_published"] for row in rows) == {
        word: len(numbers) for word, numbers in SAID.items()
    }
    assert {row["milestone_number"] for row in rows} == {None}
