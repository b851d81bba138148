"""UK0096: who promised what, the two voices about it, and what was derived by this tracker."""

from datetime import date

from django.test import TestCase

from commitments.models import Commitment, Nation
from irm.models import MilestoneFinding
from milestones.models import Evidence, Milestone, NationProgress, ProgressUpdate
from ogp_tracker.fixtures_order import FIXTURES

DEVOLVED = "representatives-of-all-spheres-of-government-in-devolved-administrations"
ALL_FOUR = ("eng", "sct", "wls", "nir")

CODES = {
    "united-kingdom-design-report-2019-2021": {"verifiable": "yes", "potential_impact": "minor"},
    "united-kingdom-transitional-results-report-2019-2021": {
        "completion": "substantial",
        "early_results": "no_irm_data",
    },
    "ogp-commitment-pages": {
        "verifiable": "yes",
        "relevance": "yes",
        "ambition": "low",
        "early_results": "no_irm_data",
    },
}


class TestUK0096(TestCase):
    fixtures = FIXTURES

    def setUp(self):
        self.commitment = Commitment.objects.get(slug="UK0096")

    def test_reader_finds_its_plan_timeline_nations_and_values(self):
        commitment = self.commitment

        assert (commitment.plan.slug, commitment.number) == ("uk-2019-2021", 7)
        assert commitment.timeline_as_published == "Spring 2019 - Summer 2021"
        assert (commitment.first_day, commitment.last_day) == (date(2019, 3, 1), date(2021, 8, 31))
        assert set(commitment.nations.all()) == set(Nation.objects.all())
        assert {value.slug for value in commitment.values_claimed.all()} == {
            "public-accountability",
            "civic-participation",
        }

    def test_reader_finds_who_is_involved(self):
        parts = set(self.commitment.involvements.values_list("role", "institution__slug"))

        assert parts == {
            ("lead", "scottish-government"),
            ("partner", "convention-of-scottish-local-authorities"),
            ("partner", "ogp-scotland-network"),
            ("support_government", DEVOLVED),
            ("support_others", "ogp-europe-support-unit"),
            ("support_others", "ogp-civil-society-networks"),
        }

    def test_reader_finds_no_due_day_that_nobody_published(self):
        due = Milestone.objects.values_list("number", "due_on", "due_as_published")

        assert sorted(due) == [(number, None, "") for number in (1, 2, 3, 4)]

    def test_reader_finds_the_codes_that_each_report_gave_and_no_other(self):
        given = {
            assessment.report.slug: {
                code.variable.name: code.value.code for code in assessment.codes() if code.value
            }
            for assessment in self.commitment.assessments.all()
        }

        assert given == CODES

    def test_reader_finds_the_value_that_the_design_report_names(self):
        named = self.commitment.assessments.exclude(relevant_values=None)

        assert named.values_list("report__kind", "relevant_values__slug").get() == (
            "design_report",
            "civic-participation",
        )

    def test_reader_finds_a_finding_without_code_for_each_milestone(self):
        findings = MilestoneFinding.objects.order_by("milestone__number").values_list(
            "milestone__number", "completion", "assessment__report__kind"
        )

        assert list(findings) == [
            (number, "", "transitional_results_report") for number in (1, 2, 3, 4)
        ]

    def test_reader_finds_the_grid_that_the_published_updates_make(self):
        done, in_may = ("completed", date(2021, 5, 18)), ("completed", date(2021, 5, 31))
        not_held, silent = ("not_started", date(2021, 5, 31)), ("", None)
        only_scotland = dict.fromkeys(ALL_FOUR, silent)

        grid = {number: {} for number in (1, 2, 3, 4)}
        for row in NationProgress.objects.select_related("milestone", "nation"):
            grid[row.milestone.number][row.nation.code] = (row.level, row.as_of)

        assert grid == {
            1: dict.fromkeys(ALL_FOUR, done),
            2: only_scotland | {"sct": in_may},
            3: only_scotland | {"sct": not_held},
            4: dict.fromkeys(ALL_FOUR, in_may),
        }

    def test_reader_is_told_that_the_levels_were_derived_and_from_what(self):
        updates = ProgressUpdate.objects.all()

        assert len(updates) == 4
        for update in updates:
            assert update.level_derived
            assert "which cites the draft self-assessment" in update.source_title
            assert "transitional-results-report-2019-2021" in update.source_url
            assert (update.institution, update.recorded_by, update.signed_off_by) == (None,) * 3
        assert "derived by this tracker" in self.commitment.tracker_note

    def test_reader_finds_only_the_evidence_that_the_text_gives(self):
        evidence = Evidence.objects.values_list("update__milestone__number", "url")

        assert evidence.get() == (
            4,
            "https://twitter.com/scotgovopen/status/1393124397146329091",
        )
