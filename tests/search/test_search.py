"""A reader finds the same, in the same order, whichever database answers."""

import pytest
from django.core.management import call_command
from django.test import TestCase

from commitments.models import ActionPlan, Commitment, Institution, Nation, PolicyArea
from irm.models import Report
from milestones.models import Milestone
from ogp_tracker.search import finding
from ogp_tracker.search.finding import Choices, find
from ogp_tracker.search.query import MOST_TERMS, STOP_WORDS, parse
from ogp_tracker.search.sources import SOURCES, Kind
from ogp_tracker.search.suggesting import suggestion
from tests.factories import CommitmentFactory, InstitutionFactory, MilestoneFactory, nation
from tests.hostile import TEXTS
from tests.search.found_rows import found, make_one_of_each, titles_found

pytestmark = pytest.mark.both_databases

TITLES = [
    "Publish the children's data",
    "Open-data for Colmcille’s island",
    "Data that is open and published by everybody",
    "Addysg yng Nghymru: ysgolion Ynys Môn",
    "Contracting by £5m and more (2019/21), see www.gov.uk/contracts",
    "Policies of organisations",
]
ASKED = {
    "published": [0, 2],
    "PUBLISHING": [0, 2],
    "children": [0],
    "childrens": [0],
    "open data": [1, 2],
    '"open data"': [1],
    "open-data": [1],
    "“data that is open”": [2],
    "Colmcille's": [1],
    "colmcille": [1],
    "Mon": [3],
    "Mo\u0302n ysgolion": [3],
    "5m": [4],
    "£5m": [4],
    "2019": [4],
    "gov.uk": [4],
    "contract": [4],
    "policy organisation": [5],
    "data": [0, 1, 2],
    "data -island": [0, 2],
    'data -"open data"': [0, 2],
    "-island data -children": [2],
    "data AND open": [1, 2],
    "data OR contracting": [],
    "data NEAR open": [],
    "title:data": [],
    "dat*": [],
    "the": [],
    "-data": [],
}


class TestWords(TestCase):
    @classmethod
    def setUpTestData(cls):
        for title in TITLES:
            CommitmentFactory(title=title)

    def test_reader_finds_words_in_all_their_forms_and_no_others(self):
        answers = {asked: sorted(titles_found(Commitment, asked)) for asked in ASKED}

        assert answers == {
            asked: sorted(TITLES[place] for place in places) for asked, places in ASKED.items()
        }

    def test_word_that_stands_in_nearly_every_text_is_never_in_the_way(self):
        words = sorted(STOP_WORDS)
        for start in range(0, len(words), MOST_TERMS):
            asked = f"policies {' '.join(words[start : start + MOST_TERMS])}"
            assert titles_found(Commitment, asked) == [TITLES[5]], asked

    def test_nothing_that_is_typed_is_an_error(self):
        for text in (
            *TEXTS,
            "\0",
            '"',
            '"" -',
            "-",
            "*",
            "🙂",
            "ł" * 300,
            "a:b & !c | (d)",
            "x'y\\",
        ):
            find(parse(text))

    def test_reader_who_mistypes_is_given_a_spelling_that_is_found(self):
        for typed, meant in {
            "cildren": "children",
            "opne data": "open data",
            "contarctting": "contracting",
            "Ysgolon -zebra": "ysgolion -zebra",
            '"open dta"': '"open data"',
            "everybodyy else": "",
            "xylophone": "",
            "data": "",
        }.items():
            assert suggestion(typed, parse(typed), Choices()) == meant, typed

    def test_no_spelling_is_suggested_that_finds_nothing_among_the_choices(self):
        commitments, plans = Choices((Kind.COMMITMENT,)), Choices((Kind.PLAN,))
        assert suggestion("cildren", parse("cildren"), commitments) == "children"
        assert suggestion("cildren", parse("cildren"), plans) == ""


@pytest.mark.django_db
class TestNames:
    """What is called by a theme, by initials or in another language."""

    @pytest.fixture(autouse=True)
    def vocabularies(self):
        call_command("loaddata", "vocabularies", verbosity=0)

    def test_nation_is_found_in_every_language_of_the_islands(self):
        for code, names in {
            "wls": ["Wales", "Cymru", "a' chuimrigh", "an bhreatain bheag"],
            "sct": ["Scotland", "Yr Alban", "Alba", "Albain"],
            "eng": ["England", "UK Government", "Lloegr", "Sasainn", "Sasana"],
            "nir": ["Tuaisceart Éireann", "Gogledd Iwerddon", "eirinn a tuath"],
        }.items():
            for name in names:
                assert found(name) == [(Nation, nation(code).pk)], name

    def test_nation_comes_before_what_else_has_its_name(self):
        CommitmentFactory(title="Open Wales", objective="Wales " * 9)
        InstitutionFactory(name="Natural Resources Wales")

        assert found("wales")[0] == (Nation, nation("wls").pk)

    def test_policy_area_is_found_by_each_of_its_words(self):
        area = PolicyArea.objects.get(slug="fiscal-openness")
        assert (PolicyArea, area.pk) in found("fiscal")
        assert found("fiscal openness")[0] == (PolicyArea, area.pk)
        assert suggestion("fisacl", parse("fisacl"), Choices()) == "fiscal"

    def test_institution_is_found_by_its_initials(self):
        council = InstitutionFactory(name="Convention of Authorities", other_names="COSLA")
        office = InstitutionFactory(name="Foreign Office", other_names="FCDO\nFCO")
        for typed, meant in (("cosla", council), ("FCDO", office), ("FCO", office)):
            assert found(typed) == [(Institution, meant.pk)]


@pytest.mark.django_db
class TestOrder:
    def test_commitment_of_the_id_comes_first_however_it_is_typed(self):
        for number in range(3):
            CommitmentFactory(title=f"UK5999 and UK5999, part {number}")
        meant = CommitmentFactory(ogp_id="UK5999", title="Of quite another name than all the rest")
        MilestoneFactory(commitment=meant, text="UK5999")

        for typed in ("UK5999", "uk5999", " UK-5999", "UK 5999", "uk 05999"):
            rows = found(typed)
            assert rows[0] == (Commitment, meant.pk), typed
            assert len(rows) == 5

    def test_number_of_an_id_may_be_typed_without_its_zeros(self):
        meant = CommitmentFactory(ogp_id="UK0096", title="Spread open government")
        CommitmentFactory(ogp_id="UK0099", draft=True)

        for typed in ("UK 96", "uk96", "uk0096", "UK-096", "0096"):
            assert found(typed) == [(Commitment, meant.pk)], typed
        assert found("UK 99") == found("0099") == []

    def test_number_alone_means_an_id_only_if_one_commitment_has_it(self):
        CommitmentFactory(ogp_id="UK0096")
        CommitmentFactory(ogp_id="SCO0096")

        assert found("0096") == []

    def test_word_in_the_title_counts_more_than_many_in_the_text(self):
        CommitmentFactory(title="First", objective="Zebra zebra zebra, and zebra again.")
        CommitmentFactory(title="A zebra in a title that is not short", objective="Other " * 50)

        assert titles_found(Commitment, "zebra") == [
            "A zebra in a title that is not short",
            "First",
        ]

    def test_reader_of_more_than_is_shown_gets_titles_first_and_is_told(self, monkeypatch):
        monkeypatch.setattr(finding, "MOST", 3)
        for title in ("First", "Second", "Third", "Fourth", "The zebra", "The zebra again"):
            CommitmentFactory(title=title, objective="A zebra.")
        MilestoneFactory(commitment=CommitmentFactory(title="Fifth"), text="No zebra")

        answer = find(parse("zebra"))
        assert (len(answer.keys), answer.is_more, answer.by_kind) == (3, True, None)
        assert set(titles_found(Commitment, "zebra")[:2]) == {"The zebra", "The zebra again"}
        assert len(found("zebra", kinds=(Kind.MILESTONE,))) == 1


@pytest.mark.django_db
class TestChoices:
    def test_reader_finds_rows_of_every_kind_and_how_many(self):
        rows = make_one_of_each("zebras")

        answer = find(parse("zebra"))
        assert {source.model for source in SOURCES} == set(rows)
        assert set(found("zebra")) == {(model, row.pk) for model, row in rows.items()}
        assert not answer.is_more
        assert answer.by_kind == {
            Kind.COMMITMENT: 1,
            Kind.PLAN: 1,
            Kind.INSTITUTION: 1,
            Kind.MILESTONE: 1,
            Kind.PROGRESS: 4,
            Kind.ASSESSMENT: 3,
            Kind.NATION: 1,
            Kind.POLICY_AREA: 1,
        }

    def test_reader_narrows_down_what_is_found(self):
        here, there = (make_one_of_each("zebra", nations=[code]) for code in ("sct", "wls"))
        plan, scotland, wales = here[ActionPlan], nation("sct"), nation("wls")
        of_no_nation = {ActionPlan, Institution, Report, PolicyArea}
        of_no_plan = {Institution, Nation, PolicyArea}

        def of(rows, *, but):
            return {(model, row.pk) for model, row in rows.items() if model not in but}

        assert set(found("zebra", nations=(scotland,))) == of(here, but=of_no_nation)
        assert set(found("zebra", nations=(wales,))) == of(there, but=of_no_nation)
        assert set(found("zebra", plans=(plan,))) == of(here, but=of_no_plan)
        assert found("zebra", plans=(plan,), nations=(wales,)) == []
        milestones, plans = (Kind.MILESTONE,), (Kind.PLAN,)
        only = [(Milestone, here[Milestone].pk)]
        assert found("zebra", plans=(plan,), kinds=milestones) == only
        assert find(parse("zebra"), Choices(plans, plans=(plan,))).by_kind[Kind.MILESTONE] == 1
        both = found("zebra", nations=(scotland, wales), kinds=(*milestones, *plans))
        assert set(both) == {(Milestone, one[Milestone].pk) for one in (here, there)}
