"""An officer records progress, all of it or nothing; signed off, readers see it, and it stays."""

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones import services
from milestones.facts import EvidenceFacts, expected_cells
from milestones.models import Evidence, Milestone, NationProgress, ProgressUpdate
from milestones.progress_rules import UpdateRefused
from tests.factories import (
    NATIONS,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    contact_for,
    days_ago,
    lead_of,
    make_correction,
    make_document,
    make_report,
    make_update,
    nation,
    officer_of,
    today,
)
from tests.pages import queries_in
from tests.refusals import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def milestone():
    return MilestoneFactory()


@pytest.fixture
def officer(milestone):
    return officer_of(lead_of(milestone.commitment))


def record(milestone, level="limited", *, institution=None, **report):
    institution = institution or lead_of(milestone.commitment)
    of_document = report.get("source")
    return services.record_update(
        milestone,
        make_report(level, **report),
        institution=institution,
        by=contact_for(milestone.commitment) if of_document else officer_of(institution),
    )


def test_words_of_a_document_are_kept_with_their_source(milestone):
    source = make_document(
        source_locator="page 12",
        words_as_published="All but done, behind schedule",
        as_of_as_published="May 2021",
    )

    update = services.record_update(
        milestone, make_report("completed", evidence=[], source=source), institution=None, by=None
    )

    update.refresh_from_db()
    assert update.is_from_document
    assert (update.institution, update.recorded_by) == (None, None)
    assert [update.source_title, update.source_url] == list(source.values())[:2]
    assert update.source_locator == "page 12"
    assert (update.words_as_published, update.level_basis) == (
        "All but done, behind schedule",
        "read",
    )
    assert update.as_of_as_published == "May 2021"


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ({"level": "completed", "evidence": []}, "evidence"),
        ({"schedule": "at_risk", "obstacles": ""}, "obstacles"),
        ({"as_of": days_ago(5000)}, "as_of"),
        ({"evidence": [EvidenceFacts("Nothing")]}, "evidence"),
        ({"evidence": [EvidenceFacts("", "https://www.gov.uk/")]}, "evidence"),
        ({"evidence": [EvidenceFacts("Script", "javascript:alert(1)")]}, "evidence"),
        ({"evidence": [EvidenceFacts("Twice", "https://www.gov.uk/")] * 2}, "evidence"),
        ({"source": make_document(source_locator="x" * 201)}, "source_locator"),
    ],
)
def test_officer_whose_report_is_refused_has_written_nothing(milestone, report, field):
    assert refusal_of(record, milestone, **report) == [field]
    assert not ProgressUpdate.objects.exists()
    assert not Evidence.objects.exists()


@pytest.mark.core
def test_nobody_records_for_an_institution_that_is_not_theirs(milestone):
    given = {"institution": lead_of(milestone.commitment), "by": officer_of(InstitutionFactory())}

    assert refusal_of(services.record_update, milestone, make_report(), **given) == ["institution"]
    assert not ProgressUpdate.objects.exists()


@pytest.mark.parametrize("source", [None, {"source_url": "https://www.gov.uk/"}])
def test_report_without_institution_and_name_of_a_document_is_refused(milestone, source):
    report = make_report(source=source)

    fields = refusal_of(services.record_update, milestone, report, institution=None, by=None)

    assert "institution" in fields


def test_officer_reports_on_a_commitment_without_a_plan():
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=None))

    assert record(milestone, as_of=days_ago(5000)).pk


def test_officer_who_repeats_what_is_published_writes_nothing(milestone):
    first = make_update(milestone, "completed", nations=["sct"], narrative="It is done.")
    same = {
        "nations": ["sct"],
        "narrative": "It is done.",
        "as_of": first.as_of,
        "evidence": [EvidenceFacts(row.title, row.url) for row in first.evidence.all()],
    }

    with pytest.raises(UpdateRefused, match="Nothing new"):
        record(milestone, "completed", **same)
    assert ProgressUpdate.objects.get() == first
    assert record(milestone, "completed", **same | {"nations": ["wls"]}).pk


def test_officer_corrects_only_a_current_update_of_the_same_milestone(milestone):
    draft = make_update(milestone, publish=False)
    elsewhere = make_update(MilestoneFactory(commitment=milestone.commitment))
    corrected = make_update(milestone)
    latest = make_update(milestone, corrects=corrected)

    for wrong in (draft, elsewhere, corrected):
        assert refusal_of(record, milestone, corrects=wrong) == ["corrects"]
    assert record(milestone, corrects=latest).pk


# Published


def shown(milestone):
    rows = NationProgress.objects.filter(milestone=milestone)
    return {row.nation.code: row.level for row in rows if row.level}


def submitted(milestone, plan, role="reporter"):
    commitment = milestone.commitment
    commitment.plan = plan
    commitment.save()
    author = officer_of(lead_of(commitment), role)
    draft = make_update(milestone, by=author, publish=False)
    return services.submit_update(draft, by=author)


def test_reader_sees_the_level_in_the_nations_that_the_update_is_about(milestone):
    update = make_update(milestone, "substantial", nations=["sct", "wls"], as_of=days_ago(3))

    rows = {row.nation.code: row for row in milestone.nation_progress.all()}
    assert set(rows) == set(NATIONS)
    for code in ("sct", "wls"):
        row = rows[code]
        assert (row.level, row.as_of, row.update) == ("substantial", days_ago(3), update)
    for code in ("eng", "nir"):
        row = rows[code]
        assert (row.level, row.as_of, row.update) == ("", None, None)


@pytest.mark.core
def test_correction_takes_the_place_of_what_it_corrects_and_both_stay(milestone):
    wrong = make_update(milestone, "completed", nations=["sct"], as_of=days_ago(1))

    right = make_correction(wrong, "limited", as_of=days_ago(5))

    assert shown(milestone) == {"sct": "limited"}
    assert {row.pk for row in ProgressUpdate.objects.public()} == {wrong.pk, right.pk}
    wrong.refresh_from_db()
    assert (wrong.level, list(wrong.corrections.all())) == ("completed", [right])


@pytest.mark.core
def test_draft_correction_changes_nothing(milestone):
    wrong = make_update(milestone, "completed", nations=["sct"])

    make_correction(wrong, "limited", publish=False)

    assert shown(milestone) == {"sct": "completed"}


@pytest.mark.parametrize("plan", [None, {"needs_sign_off": False}], ids=["no plan", "no need"])
def test_author_publishes_where_no_plan_asks_for_a_second_person(plan):
    draft = submitted(MilestoneFactory(), plan and PlanFactory(**plan), role="lead")

    assert services.publish_update(draft, by=draft.recorded_by).is_published


def test_number_of_queries_does_not_grow_with_the_history(milestone):
    def queries():
        draft = submitted(milestone, milestone.commitment.plan)
        lead = officer_of(draft.institution, "lead")
        return queries_in(lambda: services.publish_update(draft, by=lead))

    queries()
    with_one = queries()
    for _ in range(5):
        make_update(milestone, nations=["sct"])

    assert queries() == with_one


@pytest.mark.parametrize("applies", [True, False])
def test_administrator_says_where_a_milestone_does_not_apply(milestone, applies):
    services.set_applicability(milestone, nation("nir"), applies=False, reason="Not devolved")
    if applies:
        services.set_applicability(milestone, nation("nir"), applies=True, reason="ignored")

    row = milestone.nation_progress.get(nation__code="nir")
    assert (row.applies, row.not_applicable_reason) == (applies, "" if applies else "Not devolved")


def test_administrator_cannot_say_so_without_reason_or_against_a_report(milestone):
    make_update(milestone, nations=["sct"])

    def refusal(code, reason):
        given = {"applies": False, "reason": reason}
        return refusal_of(services.set_applicability, milestone, nation(code), **given)

    assert refusal("nir", " ") == ["not_applicable_reason"]
    assert refusal("sct", "No") == ["applies"]


def test_report_against_a_row_that_does_not_apply_is_not_swallowed(milestone):
    """Such rows contradict each other: the person who brings them in has to know."""
    make_update(milestone, nations=["sct"])
    milestone.nation_progress.update(level="", as_of=None, update=None)
    milestone.nation_progress.update(applies=False, not_applicable_reason="Not devolved")

    with pytest.raises(IntegrityError, match="no_level_if_not_applicable"):
        services.rebuild_progress([milestone])


steps = st.lists(
    st.tuples(
        st.sampled_from(["limited", "substantial", "completed"]),
        st.sets(st.sampled_from(list(NATIONS)), min_size=1),
        st.integers(0, 3),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.core
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_current_copy_always_equals_what_published_updates_say(steps):
    milestone = MilestoneFactory()
    latest = None
    for level, codes, days, corrects in steps:
        report = {"nations": sorted(codes), "as_of": days_ago(days)}
        correct = latest if corrects else None
        latest = make_update(milestone, level, corrects=correct, **report)

        stored = {row.nation_id: row.update for row in milestone.nation_progress.all()}
        fresh = type(milestone).objects.for_cells().get(pk=milestone.pk)
        assert stored == expected_cells(fresh)
        assert all(
            row.level == (row.update.level if row.update else "")
            for row in fresh.nation_progress.all()
        )
    assert services.rebuild_progress([milestone]) == 0


def test_milestone_read_before_a_report_and_saved_after_it_takes_nothing_back(milestone):
    read_before = Milestone.objects.get(pk=milestone.pk)
    make_update(milestone, "completed", nations=["sct"])

    read_before.text = "In other words."
    read_before.save()

    milestone.refresh_from_db()
    assert (milestone.text, milestone.settled_in) == ("In other words.", "sct")
    assert milestone.last_reported_on == today()


def test_rebuild_of_nothing_touches_nothing(milestone):
    """An empty list is not the same as no list."""
    NationProgress.objects.all().delete()

    assert services.rebuild_progress([]) == 0
    assert not NationProgress.objects.exists()
