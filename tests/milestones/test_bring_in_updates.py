"""A table of a document is brought in at once: as if each update had been entered by itself."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from milestones import services
from milestones.consistency import find_problems
from milestones.models import Milestone, NationProgress, ProgressUpdate, UpdateStep
from milestones.progress_rules import UpdateRefused
from milestones.services import IncomingUpdate, bring_in_updates
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    administrator,
    contact_for,
    days_ago,
    lead_of,
    make_document,
    make_report,
    make_update,
    officer_of,
)
from tests.pages import queries_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NOW = timezone.now()


@pytest.fixture
def commitment():
    return CommitmentFactory(nations=["sct", "wls"])


def said(target, words="Completed", level="completed", *, document=None, **given):
    report = {"evidence": [], "nations": list(target_nations(target)), "narrative": ""}
    own = {name: given.pop(name) for name in IncomingUpdate.__dataclass_fields__ if name in given}
    source = make_document(**(document or {}), words_as_published=words)
    return IncomingUpdate(target, make_report(level, source=source, **report | given), **own)


def target_nations(target):
    return getattr(target, "commitment", target).nations.all()


def one_by_one(incoming, by):
    refusals = {}
    for place, one in enumerate(incoming):
        try:
            row = services.record_update(
                one.target, one.content, institution=one.institution, by=by, now=NOW
            )
            row = services.submit_update(row, by=by, now=NOW)
            if by is None or not services.what_is_missing(row, by=by, now=NOW):
                services.publish_update(row, by=by, now=NOW)
        except UpdateRefused as refusal:
            refusals[place] = refusal.by_field()
    return refusals


def written():
    """All that was written, by what it is about, without keys and permanent ids."""
    columns = [
        one.attname
        for one in ProgressUpdate._meta.concrete_fields
        if one.name not in {"id", "uid", "commitment", "milestone"}
    ]
    rows = ProgressUpdate.objects.order_by("pk")
    cells = NationProgress.objects.order_by("milestone__number", "nation")
    steps = UpdateStep.objects.order_by("pk").values_list("kind", "by", "at", "institution")
    return (
        list(rows.values_list("milestone__number", *columns)),
        [list(row.nations.values_list("code", flat=True)) for row in rows],
        list(steps.order_by("update", "pk")),
        list(cells.values_list("milestone__number", "nation", "level", "applies", "as_of")),
        list(Milestone.objects.order_by("number").values_list("number", "overall", "settled_in")),
    )


@pytest.mark.parametrize("who", ["command", "contact", "contact of a signed document", "admin"])
def test_many_at_once_are_the_rows_that_one_by_one_would_have_written(commitment, who):
    first, second = MilestoneFactory.create_batch(2, commitment=commitment)
    contact = contact_for(commitment)
    account = {"command": None, "admin": administrator()}.get(who, contact)
    if who == "contact of a signed document":
        row = services.record_update(
            commitment,
            said(commitment, "Limited", "limited", as_of=days_ago(99)).content,
            institution=None,
            by=contact_for(commitment),
            now=NOW - timedelta(days=1),
        )
        row = services.submit_update(row, by=row.recorded_by, now=NOW - timedelta(days=1))
        services.publish_update(row, by=contact, now=NOW - timedelta(days=1))
        account = contact_for(commitment)
    more = {"source_provenance": "assessor_report"} if who == "admin" else {}
    scotland = [target_nations(first)[0]]
    incoming = [
        said(first, "Behind schedule", "", schedule="behind_schedule", as_of=days_ago(60), **more),
        said(first, as_of=days_ago(3), **more),
        said(first, "Limited", "limited", nations=scotland, as_of=days_ago(30), **more),
        said(second, "Nearly there", "substantial", institution=lead_of(commitment), **more),
        said(commitment, "Closed", "", as_of_as_published="May 2021", **more),
    ]
    before = ProgressUpdate.objects.count()
    with transaction.atomic():
        assert one_by_one(incoming, account) == {}
        expected = written()
        transaction.set_rollback(True)

    found = bring_in_updates(incoming, by=account, now=NOW)

    assert found.refusals == {}
    assert written() == expected
    assert list(found.updates) == [0, 1, 2, 3, 4]
    published = ProgressUpdate.objects.published().count() - before
    assert published == (0 if who == "contact" else 5)
    assert list(find_problems()) == []


@pytest.mark.parametrize("who", ["command", "contact", "reporter"])
def test_what_is_refused_is_refused_in_the_same_words_and_nothing_is_written(commitment, who):
    milestone = MilestoneFactory(commitment=commitment)
    stranger = InstitutionFactory()
    published = make_update(milestone, "completed", source=make_document(), as_of=days_ago(50))
    account = {"contact": contact_for, "reporter": lambda one: officer_of(lead_of(one))}.get(
        who, lambda _one: None
    )(commitment)
    incoming = [
        said(milestone, as_of=days_ago(3)),
        said(milestone, level="limited"),
        said(milestone, as_of=days_ago(-3)),
        said(milestone, as_of=days_ago(4000), institution=stranger),
        said(milestone, nations=[]),
    ]
    with transaction.atomic():
        expected = one_by_one(incoming, account)
        transaction.set_rollback(True)

    refusals = bring_in_updates(incoming, by=account, now=NOW).refusals

    found = {place: refusal.by_field() for place, refusal in refusals.items()}
    if who == "reporter":
        assert all("source_title" in one for one in found.values())
    else:
        assert found == expected
        assert list(found) == [1, 2, 3, 4]
    assert list(ProgressUpdate.objects.all()) == [published]


def test_the_same_statement_twice_is_nothing_new_and_a_correction_may_follow(commitment):
    first = said(commitment, uid=uuid4())
    again = replace(said(commitment), content=first.content)
    correcting = replace(
        said(commitment, "Limited", "limited", correction_reason="Misread."), corrects=first.uid
    )
    twice = replace(correcting, uid=uuid4())

    found = bring_in_updates([first, again, correcting, twice], by=None, now=NOW)

    assert {place: list(one.by_field()) for place, one in found.refusals.items()} == {
        1: ["level"],
        3: ["corrects"],
    }
    assert bring_in_updates([first, correcting], by=None, now=NOW).refusals == {}
    (earlier, later) = ProgressUpdate.objects.order_by("pk")
    assert (earlier.uid, later.corrects) == (first.uid, earlier)
    assert {cell.update for cell in NationProgress.objects.all()} == {later}


def test_a_command_brings_back_what_was_reported_here_with_its_dates(commitment):
    milestone = MilestoneFactory(commitment=commitment)
    content = make_report("limited", nations=commitment.nations.all(), as_of=days_ago(9))
    reported = IncomingUpdate(
        milestone,
        content,
        lead_of(commitment),
        recorded_at=NOW - timedelta(days=8),
        published_at=NOW - timedelta(days=7),
    )
    early = replace(reported, recorded_at=NOW, published_at=NOW - timedelta(days=1))
    late = replace(reported, recorded_at=NOW - timedelta(days=10))

    found = bring_in_updates([early, late], by=None, now=NOW).refusals
    assert [list(one.by_field()) for one in found.values()] == [["published_at"], ["as_of"]]
    (row,) = bring_in_updates([reported], by=None, now=NOW).updates.values()
    row.refresh_from_db()
    assert (row.recorded_at, row.published_at) == (reported.recorded_at, reported.published_at)
    (refusal,) = bring_in_updates(
        [reported], by=officer_of(lead_of(commitment)), now=NOW
    ).refusals.values()
    assert list(refusal.by_field()) == ["level", "source_title"]


def test_the_queries_do_not_grow_with_the_updates(commitment):
    account = contact_for(commitment)
    milestones = MilestoneFactory.create_batch(30, commitment=commitment)

    few = [said(milestones[0], as_of=days_ago(90))]
    many = [said(one, as_of=days_ago(days)) for one in milestones for days in (60, 30, 3)]

    asked = [
        queries_in(lambda: bring_in_updates(some, by=account, now=NOW, rebuild=False))  # noqa: B023
        for some in (few, many)
    ]

    # SQLite takes some thirty rows at once, PostgreSQL five hundred.
    assert ProgressUpdate.objects.count() == 91
    assert asked[1] <= asked[0] + 6
