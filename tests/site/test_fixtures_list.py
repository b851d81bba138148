"""The 32 commitments of the list `data/uk_commitments.csv`: every fact is there, and no other."""

import csv
from datetime import date
from pathlib import Path

from django.test import TestCase

from commitments.models import ActionPlan, Commitment, Institution, Involvement, Nation, OGPValue
from irm.models import Assessment, Report
from tests.world import load_real_rows

LIST = Path(__file__).parents[1] / "data" / "uk_commitments.csv"

# Column of the list, and the variable of the codebook that holds it.
CODES = {
    "early_results": "early_results",
    "verifiable": "verifiable",
    "relevant_to_ogp_values": "relevance",
    "ambition": "ambition",
    "completion": "completion",
}
# Where OGP's page names the values instead of a yes, the tracker names them too.
NAMED_VALUES = {
    "UK0077": {"access-to-information", "civic-participation", "technology-and-innovation"},
    "UK0092": {"civic-participation"},
}
# The list splits and rewords leads; "in partnership with" is a partner, as in UK0096.
LEADS_AS_PUBLISHED = {
    "UK0077": "Department of Finance",
    "UK0095": (
        "Department for Digital, Culture, Media and Sport (DCMS), in partnership with the Ministry"
        " of Housing, Communities & Local Government (MHCLG)"
    ),
    "UK0108": "Foreign, Commonwealth and Development Office (FCDO);"
    " Bond Transparency Working Group",
    "UK0110": "Foreign Commonwealth and Development Office (FCDO), Open Government Partnership and"
    " UNCAC Coalition",
}
PLAN_DAYS = {
    "scotland-2017": (None, None),
    "scotland-2018-2020": (date(2018, 1, 1), date(2020, 12, 31)),
    "uk-2013-2015": (date(2013, 1, 1), date(2015, 12, 31)),
    "uk-2016-2018": (date(2016, 1, 1), date(2018, 12, 31)),
    "uk-2019-2021": (date(2019, 1, 1), date(2021, 12, 31)),
    "uk-2021-2023": (date(2021, 1, 1), date(2023, 12, 31)),
    "uk-2023-2025": (date(2023, 1, 1), date(2025, 12, 31)),
}


def rows_of_list():
    with LIST.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def split(names):
    return sorted(name.strip() for name in names.split(";") if name.strip())


def expected(row):
    lists = ("lead_institutions", "policy_areas", "irm_reports")
    named = {"relevant_to_ogp_values": ""} if row["ogp_id"] in NAMED_VALUES else {}
    return {**row, **{name: split(row[name]) for name in lists}, **named}


def as_in_list(commitment):
    page = commitment.assessments.filter(report__kind="ogp_commitment_page").first()
    reports = commitment.assessments.exclude(report__kind="ogp_commitment_page")
    leads = commitment.involvements.filter(role__in=["lead", "partner"])
    return {
        "ogp_id": commitment.ogp_id,
        "title": commitment.title,
        "member": commitment.member,
        "action_plan": commitment.plan.title if commitment.plan else commitment.plan_as_published,
        "cycle": commitment.cycle,
        "lead_nation": ";".join(commitment.nations.values_list("code", flat=True)),
        "lead_institutions": sorted(leads.values_list("institution__name", flat=True)),
        "support_institutions_as_published": commitment.support_as_published,
        "policy_areas": sorted(commitment.policy_areas.values_list("name", flat=True)),
        "irm_reports": sorted(reports.values_list("report__title", flat=True)),
        "source": commitment.source_url,
        **{
            column: str(getattr(page, f"get_{name}_display")()) if page else ""
            for column, name in CODES.items()
        },
    }


class TestList(TestCase):
    @classmethod
    def setUpTestData(cls):
        load_real_rows()

    def test_reader_finds_every_fact_of_the_list(self):
        commitments = Commitment.objects.exclude(slug="UK0096").order_by("slug")

        found = [as_in_list(commitment) for commitment in commitments]

        assert len(found) == 32
        assert found == [expected(row) for row in rows_of_list()]

    def test_reader_finds_the_values_where_ogps_page_names_them(self):
        pages = Assessment.objects.filter(report__slug="ogp-commitment-pages")

        named = {
            assessment.commitment.slug: {value.slug for value in assessment.relevant_values.all()}
            for assessment in pages.exclude(relevant_values=None).distinct()
        }

        assert named == NAMED_VALUES

    def test_reader_finds_the_words_of_leads_that_the_list_rewords(self):
        worded = Commitment.objects.exclude(lead_as_published="").exclude(slug="UK0096")
        partners = Involvement.objects.filter(role="partner", commitment__in=worded)

        assert dict(worded.values_list("slug", "lead_as_published")) == LEADS_AS_PUBLISHED
        assert [str(row.commitment.slug) for row in partners] == ["UK0095"]

    def test_reader_finds_no_code_where_the_list_has_none(self):
        without = [row["ogp_id"] for row in rows_of_list() if not any(row[name] for name in CODES)]
        reports = Assessment.objects.exclude(report__kind="ogp_commitment_page")

        assert len(without) == 11
        assert not Assessment.objects.filter(commitment__slug__in=without).exists()
        assert not [one for one in reports.exclude(commitment__slug="UK0096") if one.has_codes]

    def test_reader_is_told_of_a_missing_lead_and_of_a_missing_plan(self):
        leads = Involvement.objects.filter(role="lead").values("commitment")
        unknown = Commitment.objects.filter(lead_unknown=True)
        no_plan = Commitment.objects.filter(plan=None).values_list("slug", "plan_as_published")

        assert unknown.count() == 16
        assert set(unknown) == set(Commitment.objects.exclude(pk__in=leads))
        assert dict(no_plan) == {"UK0067": "Not Attached", "UK0102": ""}

    def test_kinds_of_nothing_stay_apart(self):
        pages = Assessment.objects.filter(report__slug="ogp-commitment-pages")
        early = dict(pages.values_list("commitment__slug", "early_results"))
        completion = dict(pages.values_list("commitment__slug", "completion"))

        assert (early["UK0092"], early["UK0094"]) == ("pending_irm_review", "no_irm_data")
        assert (completion["UK0092"], completion["UK0094"]) == ("pending_irm_review", "")

    def test_reader_finds_plans_with_the_first_and_last_day_of_their_years(self):
        plans = ActionPlan.objects.values_list("slug", "start_date", "end_date")
        assert not ActionPlan.objects.exclude(start_date=None).exclude(dates_basis="title").exists()

        assert {slug: days for slug, *days in plans} == {
            slug: list(days) for slug, days in PLAN_DAYS.items()
        }

    def test_reader_finds_each_report_with_the_plan_of_its_years(self):
        without_plan = Report.objects.filter(plan=None).values_list("slug", flat=True)

        assert list(without_plan) == ["ogp-commitment-pages"]
        for report in Report.objects.exclude(plan=None):
            member, years = report.plan.slug.split("-", 1)
            assert report.title.endswith(years), report
            assert report.title.startswith({"uk": "United Kingdom", "scotland": "Scotland"}[member])

    def test_reader_finds_the_nation_that_an_institution_serves_where_it_is_known(self):
        served = dict(Institution.objects.values_list("slug", "nation__code"))

        assert served["department-of-finance-northern-ireland"] == "nir"
        assert served["welsh-government"] == "wls"
        assert served["scottish-government"] == "sct"
        assert served["cabinet-office"] == "eng"
        assert served["financial-conduct-authority"] is None

    def test_nobody_finds_an_invented_mailbox_website_successor_or_definition(self):
        assert not Institution.objects.exclude(team_mailbox="", website="").exists()
        assert not Institution.objects.exclude(succeeded_by=None).exists()
        assert not OGPValue.objects.exclude(definition="").exists()


# UK0096, as far as its page does not show it all (test_page_uk0096)


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
