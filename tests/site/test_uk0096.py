"""UK0096, as far as its page does not show it all (`milestones/test_page_uk0096.py`)."""

from datetime import date

from django.test import TestCase

from commitments.models import Commitment, Nation
from irm.models import Report
from tests.world import load_real_rows

ALL_FOUR = ("eng", "sct", "wls", "nir")


class TestUK0096(TestCase):
    @classmethod
    def setUpTestData(cls):
        load_real_rows()

    def setUp(self):
        self.commitment = Commitment.objects.get(slug="UK0096")

    def test_reader_finds_its_plan_timeline_nations_and_values(self):
        commitment = self.commitment

        assert (commitment.plan.slug, commitment.ogp_status) == ("uk-2019-2021", "blank")
        numbers = commitment.assessments.values_list("number_in_report", flat=True)
        assert (commitment.label, {*numbers}) == ("", {"7", ""})  # the IRM's, not the plan's
        assert commitment.timeline_as_published == "Spring 2019 - Summer 2021"
        assert (commitment.start_date, commitment.end_date) == (date(2019, 3, 1), date(2021, 8, 31))
        assert set(commitment.nations.all()) == set(Nation.objects.all())
        assert {value.slug for value in commitment.values_claimed.all()} == {
            "public-accountability",
            "civic-participation",
        }

    def test_reader_finds_the_grid_that_the_published_updates_make(self):
        done, in_may = ("completed", date(2021, 5, 18)), ("completed", date(2021, 5, 31))
        not_held, silent = ("not_started", date(2021, 5, 31)), ("", None)
        only_scotland = dict.fromkeys(ALL_FOUR, silent)

        grid = {number: {} for number in (1, 2, 3, 4)}
        for row in self.commitment.nation_progress.select_related("milestone", "nation"):
            grid[row.milestone.number][row.nation.code] = (row.level, row.as_of)

        assert grid == {
            1: dict.fromkeys(ALL_FOUR, done),
            2: only_scotland | {"sct": in_may},
            3: only_scotland | {"sct": not_held},
            4: dict.fromkeys(ALL_FOUR, in_may),
        }

    def test_levels_are_our_reading_of_a_report_whose_finding_they_are_not_compared_with(self):
        report = Report.objects.get(slug="united-kingdom-transitional-results-report-2019-2021")
        updates = self.commitment.updates.order_by("milestone__number")

        for update in updates:
            assert (update.provenance, update.level_basis) == ("assessor_report", "read")
            assert (update.source_title, update.source_url) == (report.title, report.url)
            assert (update.institution, update.recorded_by, update.signed_off_by) == (None,) * 3
            assert not update.evidence.exists()
