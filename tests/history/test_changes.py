"""Readers see every published change, newest first: what, when, for whom; and nothing else."""

from collections import Counter
from copy import copy
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urljoin

import pytest
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst

from commitments.models import Commitment, Institution, Involvement, Unpublication
from commitments.models.membership import Role
from irm.models import Assessment
from milestones import services
from milestones.amendment_rules import AmendmentContent
from ogp_tracker.history import scopes, views
from ogp_tracker.history.choices import ChangesFilter
from ogp_tracker.history.kinds import ChangeKind
from ogp_tracker.history.listing import find
from ogp_tracker.opendata.tables.record import RECORDED, edits
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    PlanFactory,
    ReplyFactory,
    ReportFactory,
    UnpublicationFactory,
    contact_for,
    days_ago,
    make_amendment,
    make_correction,
    make_document,
    make_update,
    move_due_date,
    nation,
    officer_of,
    today,
)
from tests.once import once
from tests.pages import queries_of, read

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ALL = 500
LONG = "The same words as ever. " * 200


def time_passes(**how_long):
    """Put all versions back in time: what is saved at once is one edit."""
    for recorded in RECORDED:
        versions = recorded.history.objects
        versions.update(history_date=F("history_date") - timedelta(**how_long or {"days": 1}))


def edit(row, by=None, **said):
    time_passes(hours=1)
    for name, value in said.items():
        setattr(row, name, value)
    row._history_user = by
    row.save()


def copy_of(row):
    return type(row).objects.get(pk=row.pk)


class World:
    def __init__(self):
        self.lead = InstitutionFactory(name="Lead Office", nation=nation("sct"))
        self.plan = PlanFactory(title="Plan")
        self.commitment = CommitmentFactory(
            ogp_id="UK5001",
            title="Old title",
            plan=self.plan,
            lead=self.lead,
            nations=["sct", "wls"],
        )
        UnpublicationFactory(commitment=self.commitment)
        self.milestone = MilestoneFactory(commitment=self.commitment, due_on=days_ago(20))
        self.report = ReportFactory(plan=self.plan)
        self.assessment = AssessmentFactory(commitment=self.commitment, report=self.report)
        AssessmentFactory(commitment=self.commitment, is_recorded=False, analysis="")
        self.finding = FindingFactory(assessment=self.assessment, milestone=self.milestone)
        self.contact = contact_for(self.commitment, username="zq-person", last_name="Zqperson")
        time_passes()
        self.act()
        self.edit()

    def act(self):
        officer = officer_of(self.lead, username="zq-officer")
        first = make_update(self.milestone, "limited", by=officer, nations=["sct"])
        make_correction(first, "substantial", by=officer, correction_reason="A slip of the pen.")
        move_due_date(self.milestone, to=days_ago(-10), reason="The regulator asked for time.")
        make_amendment(
            self.milestone,
            AmendmentContent("put_on_hold", days_ago(1), "The election."),
            institution=self.lead,
            by=None,
        )
        ReplyFactory(assessment=self.assessment, finding=self.finding)

    def edit(self):
        edit(self.commitment, self.contact, title="New title", objective=f"{LONG} One. {LONG}")
        edit(self.commitment, self.contact, objective=f"{LONG} <b>Two</b>. {LONG}")
        self.milestone.refresh_from_db()
        edit(self.milestone, text="Other words")
        edit(self.lead, name="Renamed Office")
        edit(self.plan, title="Plan, renamed")
        edit(self.report, tracker_note="A note.")
        edit(self.assessment, completion="limited")
        edit(self.finding, found="Found more.")
        time_passes(hours=1)
        InvolvementFactory(commitment=self.commitment, institution=InstitutionFactory(name="Help"))
        services.set_applicability(
            self.milestone, nation("wls"), applies=False, reason="Not devolved"
        )


changed = once(World)


def all_of(scope=scopes.WHOLE_SITE, **choices):
    found = find(scope, size=ALL, **choices)
    assert found.older is None
    return [one.show() for one in found.changes]


def walk(size, **choices):
    met, before = [], None
    while True:
        page = find(scopes.WHOLE_SITE, size=size, before=before, **choices)
        met += [one.show() for one in page.changes]
        if page.older is None:
            return met
        assert before is None or page.older < before
        before = page.older


def test_reader_sees_each_kind_with_who_and_when_and_no_persons_name(client, changed):
    page = read(client, "/changes/")
    said = page.first("main").text()

    assert {change.kind for change in all_of()} == set(ChangeKind)
    assert "Reason: The regulator asked for time." in said
    assert "Reason: A slip of the pen." in said
    assert "Reason: The wrong text was published." in said
    moved = (date_format(days_ago(20)), date_format(days_ago(-10)))
    assert "From {} to {}.".format(*moved) in said
    assert "removed: Old (end)" in said
    assert "added: New (end)" in said
    # What has no institution of its own is signed with that of the person who saved it.
    signed = [line.text() for line in page.all("li") if "added: New" in line.text()]
    assert ["role: Point of contact" in line and "Central office" in line for line in signed] == [
        True
    ]
    assert "zq" not in page.html.lower()


def test_edits_listed_are_those_of_the_exported_record_but_for_moved_due_dates(changed):
    names = {recorded.table: recorded.model._meta for recorded in RECORDED}
    institutions = dict(Institution.objects.values_list("slug", "name"))
    recorded = Counter(
        (
            at,
            capfirst(str(names[table].get_field(field).verbose_name)),
            institutions.get(slug),
            Role(role).label if role else "",
        )
        for table, _key, at, field, _was, _has, slug, role in edits(None)
        if field != "due_on"
    )
    listed = Counter(
        (
            change.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            difference.field,
            change.who and change.who.name,
            change.role,
        )
        for change in all_of(kinds=[ChangeKind.EDIT])
        for difference in change.differences
    )

    assert listed == recorded
    assert len(recorded) >= 12


def test_reader_sees_a_due_date_that_moved_without_a_reason_among_the_edits(changed):
    edit(changed.milestone, due_on=days_ago(-99))

    newest = all_of(kinds=[ChangeKind.EDIT])[0]
    assert [difference.field for difference in newest.differences] == ["Due date"]


def test_reader_who_goes_on_page_by_page_meets_every_change_once(changed):
    CommitmentFactory.create_batch(3, plan=changed.plan)
    every = all_of()

    assert walk(2) == every
    assert [change.moment for change in every] == sorted(
        (change.moment for change in every), reverse=True
    )
    assert {kind: walk(3, kinds=[kind]) for kind in ChangeKind} == {
        kind: [change for change in every if change.kind == kind] for kind in ChangeKind
    }


def test_reader_follows_the_links_to_older_changes_to_the_end(client, changed, monkeypatch):
    monkeypatch.setattr(views, "CHANGES_PER_PAGE", 8)
    address, met, titles = "/changes/?kind=edit", 0, []
    while address:
        page = read(client, address)
        met += sum(len(day.inside_of("li")) for day in page.first("main").all("ol", css="log"))
        titles.append(page.title)
        (address,) = [
            urljoin(address, link.attrs["href"]) for link in page.all("a", rel="next")
        ] or [None]

    assert met == len(all_of(kinds=[ChangeKind.EDIT])) > 8
    assert len(set(titles)) == len(titles)


def test_reader_reaches_an_edit_behind_many_versions_in_which_nothing_was_edited(changed):
    edit(changed.lead, website="https://www.gov.uk/lead")
    every = all_of()
    kept, now = Institution.history.model, timezone.now()
    version = kept.objects.latest("history_date")
    copies = []
    for number in range(130):
        version.pk, version.history_date = None, now + timedelta(seconds=number + 2)
        copies.append(copy(version))
    kept.objects.bulk_create(copies)

    assert find(scopes.WHOLE_SITE, size=5).changes == []
    assert walk(5) == every


@pytest.mark.core
def test_reader_sees_nothing_of_drafts_nor_of_what_was_withdrawn(changed):
    before = all_of()
    draft = CommitmentFactory(draft=True, plan=changed.plan, lead=changed.lead)
    step = MilestoneFactory(commitment=draft)
    make_update(step, source=make_document())
    move_due_date(step, to=days_ago(3), reason="Draft")
    edit(draft, title="A draft's new title")
    edit(step, text="A draft's new text")
    AssessmentFactory(commitment=draft)
    ReplyFactory(assessment=changed.assessment, draft=True)
    unpublished = AssessmentFactory(commitment=changed.commitment, draft=True)
    edit(unpublished, analysis="Not yet")
    published = changed.milestone.updates.latest("pk")
    make_correction(published, "completed", publish=False)
    withdrawn = CommitmentFactory(plan=changed.plan)
    edit(withdrawn, title="Said in public")
    edit(withdrawn, published_on=None)

    def without_moments(changes):
        return Counter((one.kind, one.things, one.differences) for one in changes)

    assert without_moments(all_of()) == without_moments(before)


@pytest.mark.core
def test_reader_never_learns_what_a_draft_said_before_it_was_published(client):
    draft = CommitmentFactory(ogp_id="UK5009", title="Secret title", draft=True)
    step = MilestoneFactory(commitment=draft, text="Secret text")
    report = ReportFactory(plan=draft.plan, tracker_note="Secret note", draft=True)
    assessment = AssessmentFactory(
        commitment=draft, report=report, analysis="Secret analysis", draft=True
    )
    finding = FindingFactory(assessment=assessment, milestone=step, found="Secret finding")
    edit(step, text="Open text")
    edit(finding, found="Open finding")
    edit(draft, title="Open title", published_on=days_ago(0))
    edit(report, tracker_note="Open note", stage=report.Stage.FINAL)
    edit(assessment, analysis="Open analysis", published_on=days_ago(0))
    edit(draft, title="Title of today")

    told = {
        address: client.get(address).getvalue().decode()
        for address in (
            "/data/history.csv",
            "/changes/",
            "/commitments/UK5009/changes/",
            "/feed/",
            "/commitments/UK5009/feed/",
        )
    }
    assert [address for address in told if "Title of today" not in told[address]] == []
    assert [address for address in told if "Secret" in told[address]] == []


def test_reader_sees_the_first_edit_of_a_milestone_since_its_commitment_was_published(changed):
    commitment = CommitmentFactory(draft=True, plan=changed.plan)
    milestone = MilestoneFactory(commitment=commitment)
    edit(milestone, text="A draft says so")
    edit(commitment, published_on=today())
    milestone.text = "What is published says so"
    milestone.save()
    edit(milestone, text="The edit says so")

    key = f"{commitment.slug}/{milestone.number}"
    said = [row[4:6] for row in edits(None) if row[:2] == ("milestones", key)]
    assert said == [("What is published says so", "The edit says so")]


def test_reader_learns_nothing_written_while_a_commitment_was_withdrawn_for_seconds(changed):
    milestone = copy_of(changed.milestone)
    commitment = copy_of(changed.commitment)
    edit(commitment, published_on=None)
    for published_on, text in ((None, "Secret text"), (today(), milestone.text)):
        commitment.published_on, milestone.text = published_on, text
        commitment.save()
        milestone.save()
        time_passes(seconds=20)

    shown = [difference.shown for change in all_of() for difference in change.differences]
    exported = [cell for row in edits(None) for cell in row]
    assert "Other words" in exported
    assert [text for text in (*shown, *exported) if "Secret" in text] == []


def test_reader_of_a_row_sees_its_own_changes_and_no_others(changed):
    other = CommitmentFactory(ogp_id="UK5002", nations=["eng"])
    step = MilestoneFactory(commitment=other)
    second = MilestoneFactory(commitment=changed.commitment)
    make_update(step, "limited")
    make_update(second, "limited")
    time_passes()
    edit(step, text="Elsewhere")
    edit(second, text="Beside it")
    own = f"{changed.milestone.get_absolute_url()}"

    def addresses(scope):
        return {thing.address.split("#")[0] for one in all_of(scope) for thing in one.things}

    def kinds(scope):
        return {one.kind for one in all_of(scope)}

    for scope in (
        scopes.scope_of(changed.commitment),
        scopes.scope_of(changed.plan),
        scopes.scope_of(nation("sct")),
        scopes.scope_of(changed.lead),
    ):
        assert kinds(scope) == set(ChangeKind), scope.own
        assert {own, second.get_absolute_url()} <= addresses(scope), scope.own
        assert not [found for found in addresses(scope) if "UK5002" in found], scope.own
    milestone = scopes.scope_of(changed.milestone)
    never = {ChangeKind.COMMITMENT, ChangeKind.COVERED, ChangeKind.UNPUBLISHED}
    assert kinds(milestone) == set(ChangeKind) - never
    assert second.get_absolute_url() not in addresses(milestone)
    assert changed.plan.get_absolute_url() in addresses(scopes.scope_of(changed.plan))
    assert changed.lead.get_absolute_url() in addresses(scopes.scope_of(changed.lead))
    assert all_of(scopes.scope_of(nation("nir"))) == []


def test_institution_that_left_a_commitment_keeps_its_leaving_among_its_changes(changed):
    helper = InstitutionFactory()
    part = InvolvementFactory(commitment=changed.commitment, institution=helper)
    time_passes()
    part.delete()

    (left,) = all_of(scopes.scope_of(helper), kinds=[ChangeKind.EDIT])[:1]
    assert [difference.field for difference in left.differences] == ["Institution", "Role"]
    assert all("<ins>" not in difference.shown for difference in left.differences)
    assert not Involvement.objects.filter(institution=helper).exists()


def test_reader_is_led_from_an_old_edit_to_where_the_row_is_today(client, changed):
    for row in (changed.plan, changed.lead, changed.report):
        edit(copy_of(row), slug=f"moved-{row.slug}")
    edit(copy_of(changed.commitment), slug="UK5002", ogp_id="UK5002")

    edited = [
        *all_of(scopes.scope_of(changed.commitment), kinds=[ChangeKind.EDIT]),
        *all_of(scopes.scope_of(changed.plan), kinds=[ChangeKind.EDIT]),
        *all_of(scopes.scope_of(changed.lead), kinds=[ChangeKind.EDIT]),
    ]
    addresses = {link.address.partition("#")[0] for one in edited for link in one.things} - {""}

    assert "/commitments/UK5002/" in addresses
    for address in addresses:
        read(client, address)


def test_page_asks_no_more_for_many_changes_than_for_few(client, changed):
    addresses = [
        "/changes/",
        *(
            f"{row.get_absolute_url()}changes/"
            for row in (
                *(changed.commitment, changed.milestone, changed.plan, changed.lead),
                nation("sct"),
            )
        ),
    ]
    few = {address: queries_of(client, address) for address in addresses}
    for number in range(2):
        edit(changed.commitment, title=f"Title {number}")
        edit(changed.assessment, analysis=f"Analysis {number}")
        step = MilestoneFactory(commitment=changed.commitment)
        make_correction(make_update(step, "limited"), "substantial")
        edit(step, text="Others")
    many = {address: queries_of(client, address) for address in addresses}

    assert many == few
    assert max(many.values()) <= 15


@pytest.mark.parametrize(
    "before",
    ["yesterday", "00010101T000000.000000Z~report~1", "20261301T000000.000000Z~report~1", "\0"],
)
def test_reader_with_a_broken_link_to_older_changes_is_told_and_gets_the_newest(
    client, changed, before
):
    page = read(client, f"/commitments/UK5001/changes/?before={before}&kind=edit&page=x")

    assert "is incomplete or was altered" in page.first("p", css="note").text()
    assert len(page.first("main").all("ol", css="log")) >= 1


def test_reader_who_asks_for_a_kind_that_is_not_there_is_told_that_it_is_not_applied(
    client, changed
):
    page = read(client, "/changes/?kind=gossip")

    assert "This filter is not applied." in page.first("ul", css="error").text()
    assert page.all("ol", css="log")


def test_reader_of_two_kinds_of_change_sees_both(client, changed):
    kinds = [ChangeKind.EDIT, ChangeKind.DUE_DATE]

    assert all_of(kinds=kinds) == [one for one in all_of() if one.kind in kinds]
    page = read(client, "/changes/?kind=edit&kind=due_date&until=2026-01-01&until=2026-01-02")
    assert f"({kinds[0].label} or {kinds[1].label})" in page.title
    assert "Choose only one." in page.first("ul", css="error").text()


def test_reader_of_a_long_text_sees_the_words_that_changed_and_a_little_around_them(changed):
    (change,) = [
        one
        for one in all_of(scopes.scope_of(changed.commitment), kinds=[ChangeKind.EDIT])
        if [difference.field for difference in one.differences] == ["Objective"]
    ]
    shown = change.differences[0].shown

    assert "[…]" in shown
    assert len(shown) < 1500
    assert "One" in shown
    assert "&lt;b&gt;Two&lt;/b&gt;" in shown


def test_assessment_and_commitment_stand_at_the_beginning_of_their_day(changed):
    days = [
        (change.has_time, timezone.localtime(change.moment).strftime("%H:%M"))
        for change in all_of()
        if change.kind in {ChangeKind.ASSESSMENT, ChangeKind.COVERED, ChangeKind.COMMITMENT}
    ]

    published = Commitment.objects.count() + Unpublication.objects.count()
    assert days == [(False, "00:00")] * (Assessment.objects.count() + published)
    assert datetime.now(UTC) > all_of()[-1].moment


def test_reader_of_two_days_gets_what_changed_between_their_ends(client, changed):
    """In a copy of the record that is put back in time, day by day."""
    step = changed.milestone
    make_update(step, "completed", nations=["sct"], as_of=days_ago(0))
    time_passes(days=3)
    edit(copy_of(changed.commitment), title="Newest title")
    address = f"{changed.commitment.get_absolute_url()}changes/"

    def between(first, last):
        scope, chosen = scopes.scope_of(changed.commitment), {"from": first, "until": last}
        filters = ChangesFilter(QueryDict(urlencode(chosen)))
        chosen = filters.is_valid() and filters.choice()
        return {
            difference.shown
            for one in find(
                scope, size=ALL, before=chosen.older_than(None), since=chosen.since
            ).changes
            for difference in one.show().differences
        }

    newest = [shown for shown in between(days_ago(1), days_ago(0)) if "Newest" in shown]
    older = between(days_ago(6), days_ago(1))
    assert len(newest) == 1
    assert not older & set(newest)
    assert {*older, *newest} == between(days_ago(6), days_ago(0))
    page = read(client, f"{address}?from={days_ago(1)}&until={days_ago(0)}")
    links = {link.attrs["href"] for link in page.all("a")}
    own = changed.commitment.get_absolute_url()
    assert {f"{own}?as_at={days_ago(1)}", f"{own}?as_at={days_ago(0)}"} <= links
    rows = [[cell.text() for cell in row.all("td")] for row in page.section("levels").all("tr")]
    assert ["Scotland", "Not reported", "Completed Reported here"] in rows


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (lambda: {"from": "yesterday"}, "Enter a date, like 27 March 2026."),
        (lambda: {"until": str(days_ago(-1))}, "is in the future."),
        (lambda: {"from": str(days_ago(1)), "until": str(days_ago(2))}, "Swap the two."),
    ],
)
def test_reader_who_gives_impossible_days_is_told_beside_the_field(choice, said):
    filters = ChangesFilter(QueryDict(urlencode(choice())))

    (error,) = [str(one) for field in filters for one in field.errors]
    assert said in error
    assert filters.choice().first is None
