"""One page for one assessment: codes explained, a finding per milestone, government beside it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from irm.models import Assessment, MilestoneFinding, Report
from tests.admin_pages import address, errors_of, messages_of, sent_from
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    MilestoneFactory,
    days_ago,
    make_correction,
    make_document,
    make_update,
    officer_of,
    today,
)
from tests.pages import queries_of
from tests.signing_in import TrackerClient, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment():
    return AssessmentFactory(
        commitment=CommitmentFactory(), report__kind="transitional_results_report", draft=True
    )


@pytest.fixture
def milestones(assessment):
    return [MilestoneFactory(commitment=assessment.commitment) for _number in range(3)]


def open_page(client, assessment):
    return client.get(address(Assessment, "change", assessment.pk))


def press(client, assessment, button, follow=True, **changes):
    page = open_page(client, assessment)
    sent = sent_from(page, **changes) | {button: "x"}
    answer = client.post(address(Assessment, "change", assessment.pk), sent, follow=follow)
    assessment.refresh_from_db()
    return answer


def said_of(page, number):
    for form in page.context["inline_admin_formsets"][0].formset.forms:
        if form.said is not None and form.said.milestone.number == number:
            return [one.narrative for one in form.said.updates], form.said.later
    raise AssertionError(number)


# Codes


def test_every_value_and_every_kind_of_nothing_is_a_choice_with_what_it_means(
    researcher, assessment
):
    page = open_page(researcher, assessment)

    for words in (
        "The report says nothing under this heading.",
        "The assessor has not yet published a finding.",
        "The assessor&#x27;s data has no finding under this heading.",
        "A finding: the assessor looked and found no evidence to judge by.",
    ):
        assert words in page.text
    assert "Not Attached" in page.text
    for code in ("", "pending_irm_review", "no_irm_data", "no_evidence_available", "limited"):
        assert f'name="completion" value="{code}"' in page.text


def test_code_for_milestones_is_asked_only_where_the_kind_of_report_gives_one(
    researcher, milestones, assessment
):
    assert 'name="findings-0-completion"' in open_page(researcher, assessment).text
    Report.objects.update(kind="action_plan_review")

    assert 'name="findings-0-completion"' not in open_page(researcher, assessment).text


# Findings


def test_each_milestone_has_a_row_and_only_those_with_words_become_findings(
    researcher, milestones, assessment
):
    FindingFactory(assessment=assessment, milestone=milestones[1], found="It was held.")

    press(researcher, assessment, "_draft", **{"findings-1-found": "Not yet."})

    found = MilestoneFinding.objects.order_by("milestone__number")
    assert list(found.values_list("milestone__number", "found")) == [
        (1, "Not yet."),
        (2, "It was held."),
    ]


def test_code_without_words_is_kept_and_a_finding_emptied_in_a_draft_is_taken_away(
    researcher, milestones, assessment, client
):
    press(researcher, assessment, "_publish", **{"findings-2-completion": "limited"})
    (finding,) = MilestoneFinding.objects.all()
    page = client.get(finding.milestone.get_absolute_url()).text
    assert (finding.completion, finding.found) == ("limited", "")
    assert "The report gives a code and no words." in page

    emptied = {"findings-0-completion": "", "findings-0-found": ""}
    answer = press(researcher, assessment, "_save", **emptied)
    assert errors_of(answer) == {"findings-0-found": ["Choose a code, or write what was found."]}
    draft = FindingFactory(assessment=AssessmentFactory(draft=True)).assessment
    too_long = press(researcher, draft, "_draft", **{"findings-0-found": "x" * 200_001})
    assert list(errors_of(too_long)) == ["findings-0-found"]
    assert messages_of(press(researcher, draft, "_draft", **emptied)) == ["The draft is kept."]
    assert not draft.findings.exists()


@pytest.mark.parametrize(
    "entered",
    [{"completion": "limited"}, {"analysis": "Words."}, {"findings-0-found": "It was held."}],
)
def test_what_is_entered_makes_a_covered_assessment_recorded(
    researcher, assessment, milestones, entered
):
    Assessment.objects.update(is_recorded=False, analysis="", published_on=today())

    press(researcher, assessment, "_save")
    assert not assessment.is_recorded
    press(researcher, assessment, "_save", **entered)
    assert assessment.is_recorded


def test_older_report_offers_withdrawn_and_a_value_that_the_codebook_does_not_know(researcher):
    older = AssessmentFactory(report__kind="end_of_term_report", draft=True)
    newer = AssessmentFactory(report__kind="results_report")
    entered = {"completion": "withdrawn", "specificity_as_published": "Low"}

    assert 'value="withdrawn"' not in open_page(researcher, newer).text
    press(researcher, older, "_publish", **entered)
    assert (older.completion, older.specificity_as_published) == ("withdrawn", "Low")
    for words in ("High", "=1+1"):
        refused = press(researcher, older, "_save", specificity_as_published=words)
        assert list(errors_of(refused)) == ["specificity_as_published"]
    page = researcher.get(older.commitment.get_absolute_url()).text
    assert "The assessor recorded it as withdrawn." in page
    assert "“Low”" in page


# Buttons


def test_draft_is_kept_and_stays_one_whatever_day_was_typed(researcher, assessment):
    answer = press(researcher, assessment, "_draft", analysis="Begun.", published_on=str(today()))

    assert messages_of(answer) == ["The draft is kept."]
    assert (assessment.analysis, assessment.published_on) == ("Begun.", None)


def test_publishing_sets_today_and_leads_back_to_the_work_list(researcher, assessment):
    answer = press(researcher, assessment, "_publish")

    assert assessment.published_on == today()
    assert answer.request["PATH_INFO"] == address(Report, "work", assessment.report_id)
    assert f"The assessment of {assessment.commitment.slug} is published." in messages_of(answer)


def test_publishing_says_if_readers_do_not_see_it_yet(researcher, assessment):
    Report.objects.update(stage="draft")

    answer = press(researcher, assessment, "_publish")

    assert "readers do not see it before its report" in messages_of(answer)[0]


def test_earlier_day_of_publication_is_kept(researcher, assessment):
    press(researcher, assessment, "_publish", published_on=str(days_ago(5)))

    assert assessment.published_on == days_ago(5)


def test_what_is_refused_keeps_every_word_and_stays_a_draft(researcher, assessment, milestones):
    answer = press(
        researcher,
        assessment,
        "_publish",
        analysis="Long words.",
        footnotes="without its number",
        **{"findings-0-found": "It was held."},
    )

    assert errors_of(answer) == {
        "footnotes": ["Begin the first footnote with its number, such as [1]."]
    }
    assert "Long words." in answer.text
    assert "It was held." in answer.text
    assert 'name="_publish"' in answer.text
    assert assessment.published_on is None


def test_published_assessment_has_no_draft_and_says_that_changes_are_seen_at_once(researcher):
    page = open_page(researcher, AssessmentFactory())

    assert 'name="_draft"' not in page.text
    assert "what you change here, readers see at once" in page.text


def test_preview_keeps_the_draft_and_shows_what_readers_would_see(
    researcher, assessment, milestones
):
    answer = press(
        researcher,
        assessment,
        "_preview",
        completion="limited",
        analysis="Half of it.[1]",
        footnotes="[1] See there.",
        **{"findings-0-found": "It was held."},
    )

    for words in ("Preview: readers do not see this yet", "Half of it.", "It was held.", "Limited"):
        assert words in answer.text
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    kept = press(researcher, assessment, "_draft", footnotes="without its number")
    assert messages_of(kept) == ["The draft is kept."]
    assert assessment.published_on is None
    assert "Half of it." not in researcher.get(assessment.commitment.get_absolute_url()).text


def test_published_assessment_has_no_preview(researcher):
    row = AssessmentFactory()

    answer = researcher.get(address(Assessment, "preview", row.pk))

    assert answer["Location"] == address(Assessment, "change", row.pk)


# Government beside it


def test_what_came_after_the_day_of_the_evidence_is_counted_and_not_shown(
    researcher, assessment, milestones
):
    Report.objects.update(evidence_cut_off=days_ago(10))
    first = milestones[0]
    make_update(first, narrative="In time.", as_of=days_ago(40), now=days_ago_at(30))
    make_update(first, narrative="Said later of an earlier day.", as_of=days_ago(20))
    make_update(
        first,
        narrative="A document of then, taken over now.",
        as_of=days_ago(15),
        source=make_document(),
    )
    make_update(first, narrative="Of a later day.", as_of=days_ago(2), source=make_document())
    make_update(milestones[1], narrative="A secret draft.", publish=False)

    page = open_page(researcher, assessment)

    assert said_of(page, 1) == (["A document of then, taken over now.", "In time."], 2)
    assert said_of(page, 2) == ([], 0)
    assert "2 reports came later and are not shown." in page.text
    assert "A secret draft." not in page.text
    assert "Of a later day." not in page.text


def test_report_without_a_day_shows_everything_but_what_was_corrected(
    researcher, assessment, milestones
):
    wrong = make_update(milestones[0], narrative="Wrong.")
    make_correction(wrong, narrative="Mended.")

    assert said_of(open_page(researcher, assessment), 1) == (["Mended."], 0)


def test_correction_that_came_later_does_not_take_back_what_was_said_then(
    researcher, assessment, milestones
):
    Report.objects.update(evidence_cut_off=days_ago(10))
    early = make_update(
        milestones[0], narrative="As it was.", as_of=days_ago(40), now=days_ago_at(30)
    )
    make_correction(early, narrative="Mended.")

    assert said_of(open_page(researcher, assessment), 1) == (["As it was."], 1)


def test_government_reads_the_page_and_its_own_words_and_writes_nothing(milestones, assessment):
    Assessment.objects.update(published_on=today())
    FindingFactory(assessment=assessment, milestone=milestones[0], found="It was held.")
    lead = assessment.commitment.involvements.get().institution
    officer = sign_in(TrackerClient(), officer_of(lead, "lead"))

    page = open_page(officer, assessment)

    assert "It was held." in page.text
    assert 'name="_publish"' not in page.text
    assert "Work list" not in page.text
    sent = {"analysis": "Ours.", "_publish": "x"}
    assert officer.post(address(Assessment, "change", assessment.pk), sent).status_code == 403


def test_queries_do_not_grow_with_milestones_and_reports(researcher, assessment):
    def queries():
        return queries_of(researcher, address(Assessment, "change", assessment.pk))

    def more(number):
        for one in range(number):
            milestone = MilestoneFactory(commitment=assessment.commitment)
            make_update(milestone, "completed")
            make_update(milestone, "limited", nations=["sct"])
            if one % 2:
                FindingFactory(assessment=assessment, milestone=milestone)

    more(2)
    queries()
    few = queries()
    more(8)
    assert queries() == few


def days_ago_at(number):
    return timezone.now() - timedelta(days=number)
