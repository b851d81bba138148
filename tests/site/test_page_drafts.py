"""Nothing unpublished reaches a public page: not its words, not its address, not its number.

The public site is read whole, then every kind of draft is added, then it is read again. Each
text column of a draft holds a word that occurs nowhere else.
"""

from urllib.parse import urlencode, urlsplit

import pytest
from django.db import transaction
from django.test import Client, TestCase

from commitments.models import Commitment
from irm.models import Assessment, Report
from milestones import services
from milestones.amendment_rules import AmendmentContent
from milestones.models import Evidence
from ogp_tracker.opendata.tables import TABLES
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    OGPValueFactory,
    PolicyAreaFactory,
    ReplyFactory,
    ReportFactory,
    days_ago,
    make_correction,
    make_update,
    move_due_date,
    nation,
    officer_of,
    publish_reply,
    publish_update,
)
from tests.fill import fill_in
from tests.pages import crawl, locations, read, sitemap_addresses

pytestmark = pytest.mark.slow

MARK = "zqhidden"
ADDRESS = "https://zqhidden.example/"

BESIDE = ("/feed/", *(f".{ending}" for ending in ("ics", "svg", "png", "bib", "ris", "jsonld")))

# A database rule allows these only where there is no plan.
WITHOUT_PLAN = {"plan_as_published", "member_as_published", "cycle_as_published"}


def fill_commitment(commitment, **given):
    name = f"{MARK}-{commitment.pk}"
    columns = dict.fromkeys(WITHOUT_PLAN, "") if commitment.plan else {}
    return fill_in(commitment, MARK, ADDRESS, ogp_id=name, slug=name, **columns, **given)


def fill(row):
    return fill_in(row, MARK, ADDRESS)


def published_with_marks(milestone, level="completed"):
    update = fill_update(make_update(milestone, level, publish=False))
    fill_evidence(update)
    return publish_update(update)


def fill_update(update):
    """Fill an unpublished update; its due date does not move."""
    whose = {"provenance": "published_elsewhere", "level_basis": "read"}
    return fill_in(update, MARK, ADDRESS, due_reason="", **whose)


def fill_evidence(update):
    """Fill the evidence of an unpublished update, a file included; return the update."""
    for piece in update.evidence.all():
        fill_in(piece, MARK, ADDRESS, size=1)
    return update


class World:
    """A public commitment with one of everything, and beside it, later, one of every draft."""

    def __init__(self):
        self.lead = InstitutionFactory(name="Lead", team_mailbox=f"{MARK}@example.org")
        self.helper = InstitutionFactory(name="Helper", nation=nation("sct"))
        self.area, self.value = PolicyAreaFactory(), OGPValueFactory()
        self.officer = officer_of(self.lead, username=MARK, first_name=MARK, last_name=MARK)
        self.public = CommitmentFactory(title="Public", lead=self.lead)
        self.plan = self.public.plan
        self.milestone = MilestoneFactory(commitment=self.public, due_on=days_ago(30))
        self.update = make_update(self.milestone, nations=["sct"], by=self.officer)
        self.report, self.other_report = ReportFactory.create_batch(2, plan=self.plan)
        self.assessment = AssessmentFactory(
            commitment=self.public, report=self.report, completion="limited"
        )
        self.finding = FindingFactory(assessment=self.assessment, milestone=self.milestone)

    def hide(self):
        self._hide_a_commitment()
        self.draft_report = fill(ReportFactory(draft=True, plan=self.plan))
        self.assessment_in_draft_report = self._assess(self.public, self.draft_report)
        self.draft_assessment = self._assess(self.public, self.other_report, draft=True)
        self.draft_amendment = services.save_amendment(
            self.milestone,
            AmendmentContent("text_revised", days_ago(1), MARK, text_to=MARK),
            institution=self.lead,
            by=None,
        )
        self.draft_update = fill_update(make_update(self.milestone, "completed", publish=False))
        fill_evidence(self.draft_update)
        self.draft_correction = fill_update(
            make_correction(self.update, "substantial", publish=False)
        )
        self.draft_replies = [
            ReplyFactory(assessment=self.assessment, finding=finding, draft=True, text=MARK)
            for finding in (None, self.finding)
        ]

    def _hide_a_commitment(self):
        shared = {"draft": True, "nations": ["sct", "wls"], "lead": self.lead}
        self.draft = fill_commitment(CommitmentFactory(plan=self.plan, **shared))
        self.without_plan = fill_commitment(CommitmentFactory(plan=None, **shared))
        self.draft.policy_areas.add(self.area)
        self.draft.values_claimed.add(self.value)
        InvolvementFactory(commitment=self.draft, institution=self.helper)
        self.draft_milestone = fill(MilestoneFactory(commitment=self.draft, due_on=days_ago(300)))
        move_due_date(self.draft_milestone, to=days_ago(100), reason=MARK)
        services.set_applicability(self.draft_milestone, nation("wls"), applies=False, reason=MARK)
        make_correction(published_with_marks(self.draft_milestone), narrative=MARK)
        self._assess(self.draft, self.report)

    def _assess(self, commitment, report, draft=False):
        row = fill(AssessmentFactory(commitment=commitment, report=report, draft=draft))
        row.relevant_values.add(self.value)
        milestone = commitment.milestones.get()
        finding = fill(FindingFactory(assessment=row, milestone=milestone))
        for replied in (None, finding):
            ReplyFactory(assessment=row, finding=replied, institution=self.lead, text=MARK)
        return row


def choices(client, address):
    form = read(client, address).first("form", "filters")
    return [
        f"{address}?{urlencode({select.attrs['name']: option.attrs['value']})}"
        for select in form.all("select")
        for option in select.all("option")
        if option.attrs["value"]
    ]


def whole_site(client):
    lists = [*choices(client, "/commitments/"), *choices(client, "/assessments/")]
    pages = crawl(client, ["/", *sitemap_addresses(client), *lists])
    site = {address: page.html for address, page in pages.items()}
    maps = ["/sitemap.xml", *locations(client, "/sitemap.xml"), "/robots.txt"]
    others = [*maps, *beside(pages.values()), *tables()]
    for address in others:
        answer = client.get(address)
        assert answer.status_code == 200, address
        # A picture is no text; so read, it is compared byte by byte.
        site[address] = answer.getvalue().decode("latin-1")
    return site


def beside(pages):
    """Return the addresses of what belongs to pages without being one: feeds, calendars, cards,
    pictures, citations, descriptions; and of the pages that know days, as they are read today.
    """
    found = set()
    for page in pages:
        named = [
            link.attrs.get(name) or ""
            for link in page.walk()
            for name in ("href", "src", "content")
            if link.tag in {"a", "link", "img", "meta"}
        ]
        paths = {urlsplit(address).path for address in named}
        found |= {path for path in paths if path.startswith("/") and path.endswith(BESIDE)}
        today = days_ago(0)
        if any(part.attrs.get("id") == "another-day" for part in page.walk()):
            found |= {f"{urlsplit(page.address).path}?as_at={today}"}
            found |= {f"{path}?until={today}" for path in paths if path.endswith("/changes/")}
    return sorted(found)


def tables():
    for table in TABLES:
        for ending in ("csv", "jsonl"):
            address = f"/data/{table.name}.{ending}"
            yield from (address, f"{address}?as_at={days_ago(0)}")


class TestDrafts(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.world = World()
        cls.before = whole_site(Client())
        cls.world.hide()

    def test_site_is_the_same_to_the_letter_whatever_is_hidden_behind_it(self):
        after = whole_site(self.client)

        assert set(after) == set(self.before)
        assert len(after) > 40
        assert [address for address in after if after[address] != self.before[address]] == []
        assert [address for address in after if MARK in after[address].casefold()] == []

    def test_reader_who_knows_the_address_of_a_draft_gets_nothing(self):
        world = self.world
        rows = (world.draft, world.without_plan, world.draft_milestone, world.draft_report)
        addresses = [row.get_absolute_url() for row in rows]
        addresses += [f"/commitments/{world.draft.slug.upper()}/"]
        addresses += [f"/commitments/{world.draft.slug}/milestones/"]
        files = Evidence.objects.exclude(file="")
        addresses += [piece.file_address for piece in files]
        assert {piece.update.is_published for piece in files} == {True, False}

        for address in addresses:
            response = self.client.get(address)
            assert response.status_code == 404, address
            assert MARK not in response.text.casefold(), address

    def test_reader_who_searches_for_words_of_drafts_finds_none_and_is_suggested_none(self):
        typed = [MARK, f"{MARK} lead", "zqhiden", "zqhidedn"]

        for words in typed:
            page = read(self.client, f"/search/?{urlencode({'q': words})}")
            assert not page.all(css="results"), words
            assert not page.all(css="did-you-mean"), words

    def assert_shows(self, publish, *rows):
        """Prove that the pages of the rows show the marker once `publish` was called; undo it."""
        with transaction.atomic():
            for row in rows:
                assert MARK not in self.client.get(row.get_absolute_url()).text
            publish()
            for row in rows:
                assert MARK in read(self.client, row.get_absolute_url()).html
            transaction.set_rollback(True)

    def test_reader_gets_a_commitment_with_all_that_belongs_to_it_once_it_is_published(self):
        world = self.world
        Commitment.objects.filter(pk=world.draft.pk).update(published_on=days_ago(0))

        rows = (world.draft, world.draft_milestone, world.report, world.plan, world.helper)
        for row in (*rows, nation("wls")):
            assert MARK in read(self.client, row.get_absolute_url()).html
        assert read(self.client, f"/search/?q={MARK}").all(css="results")
        assert MARK in read(self.client, "/search/?q=zqhiden").first(css="did-you-mean").text()

    def test_reader_gets_each_other_draft_once_it_is_published(self):
        world = self.world
        assessment = Assessment.objects.filter(pk=world.draft_assessment.pk)
        report = Report.objects.filter(pk=world.draft_report.pk)
        amendment = services.submit_update(world.draft_amendment, by=None)
        to_assessment, to_finding = world.draft_replies
        both = (world.milestone, world.public)
        for publish, *rows in (
            (lambda: assessment.update(published_on=days_ago(0)), *both, world.other_report),
            (lambda: report.update(stage="final"), *both, world.draft_report, world.plan),
            (lambda: publish_update(world.draft_update), *both),
            (lambda: services.publish_update(amendment, by=None), *both),
            (lambda: publish_update(world.draft_correction), *both),
            (lambda: publish_reply(to_assessment), world.public),
            (lambda: publish_reply(to_finding), world.milestone),
        ):
            self.assert_shows(publish, *rows)

    def test_reader_never_learns_who_wrote_a_report_or_where_to_write_to_a_team(self):
        for address, text in self.before.items():
            assert MARK not in text.casefold(), address
