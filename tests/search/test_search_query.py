"""Whatever a reader types is understood somehow, and never as anything but words."""

import re
import sqlite3
import time
from contextlib import closing
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogp_tracker.search.marking import MAKE, highlight
from ogp_tracker.search.matching import to_fts5
from ogp_tracker.search.query import MOST_TERMS, parse
from ogp_tracker.search.suggesting import pairs_of_slips, slips
from tests.pages import Page

TYPED = st.text() | st.text(alphabet='"-*()^:+{}\\\0 aAéÉ\u0301ßo\u2019“”ORNEAD')


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("", [], []),
        ("open data", ["open", "data"], []),
        ("Open DATA open", ["open", "data"], []),
        ('"open data" wales', ["open data", "wales"], []),
        ("“open data” wales", ["open data", "wales"], []),
        ('"open data', ["open data"], []),
        ("open -data", ["open"], ["data"]),
        ('open -"big data"', ["open"], ["big data"]),
        ("open-data - x", ["open data", "x"], []),
        ("-data", [], ["data"]),
        ("the and OR not", [], []),
        ("freedom of information", ["freedom", "information"], []),
        ('"the freedom of the press"', ["freedom of the press"], []),
        ("Colmcille's", ["colmcille"], []),
        ("Gàidhlig Ga\u0300idhlig", ["gaidhlig"], []),
        ("£5m, 2019/21", ["5m", "2019 21"], []),
        ("* \0 🙂 --", [], []),
    ],
)
def test_reader_asks_in_plain_language(text, wanted, unwanted):
    query = parse(text)

    assert [" ".join(term) for term in query.wanted] == wanted
    assert [" ".join(term) for term in query.unwanted] == unwanted
    assert not query.is_cut


@pytest.mark.parametrize("text", ["x " * 100_000, " ".join(map(str, range(MOST_TERMS + 1)))])
def test_reader_who_types_more_than_can_be_searched_is_told(text):
    assert parse(text).is_cut


@pytest.mark.parametrize(
    ("text", "ogp_id"),
    [("UK0096", "uk0096"), ("uk-0096", "uk0096"), ("UK 0096", "uk0096"), ("open 2", "open2")]
    + [("0096", "0096")]
    + [(text, "") for text in ("96", "uk", "UK0096 -x", "UK0096 two words", "UK0096 UK0097")],
)
def test_id_is_known_however_it_is_typed(text, ogp_id):
    assert parse(text).like_an_id == ogp_id


@given(TYPED)
def test_nothing_that_is_typed_is_a_mistake(text):
    query = parse(text)

    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(MAKE)
        memory.execute("INSERT INTO texts VALUES ('a heading', 'a text')")
        for in_head in (False, True):
            if query.wanted:
                memory.execute(
                    "SELECT * FROM texts WHERE texts MATCH ?", [to_fts5(query, in_head=in_head)]
                ).fetchall()


@given(TYPED, TYPED)
def test_marked_text_has_no_tag_but_the_mark_whatever_it_says(asked, text):
    query = parse(asked)
    if query.wanted:
        (marked,) = highlight(query, [(f"<b>{text}", f"{text}</i>&lt;{asked}")])

        for part in list(Page("", marked.heading + marked.passage).walk())[1:]:
            assert (part.tag, part.attrs) == ("mark", {})
        heading = str(marked.heading).replace("<mark>", "").replace("</mark>", "")
        assert unescape(heading).startswith("<b>")


def marked_in(asked, text):
    (marked,) = highlight(parse(asked), [("", text)])
    words = re.findall("<mark>(.*?)</mark>", marked.passage)
    return words, re.sub("</?mark>", "", marked.passage)


@pytest.mark.parametrize(
    ("asked", "text", "words"),
    [
        ("publish", "It is Published; publishing goes on.", ["Published", "publishing"]),
        ("gaidhlig", "An Gàidhlig, Ga\u0300idhlig.", ["Gàidhlig", "Ga\u0300idhlig"]),
        ('"open data"', "Data, open: **open**-data.", ["open-data"]),
        ("open -data", "Open data.", ["Open"]),
        ("link", "A [link](https://a.example/link) and a note. [12]", ["link"]),
        ("none", "Nothing of it.", []),
    ],
)
def test_words_are_marked_in_all_their_forms(asked, text, words):
    assert marked_in(asked, text)[0] == words


def test_passage_is_where_most_of_the_words_are():
    text = "open " + "filler " * 200 + "about open and data " + "filler " * 200

    words, passage = marked_in("open data", text)

    assert words == ["open", "data"]
    assert "about open and data" in passage
    assert passage.startswith("… ")
    assert passage.endswith(" …")
    assert len(passage) < 400


def test_passage_of_endless_words_and_hits_is_short_and_quick():
    assert len(marked_in("data", "Z" * 100_000 + " data" * 20_000)[1]) < 500


@pytest.mark.parametrize("piece", ["Word and more. ", "[a](", " ", "[", "*", "\n[1", "word"])
def test_words_are_marked_in_texts_without_end_as_quickly_as_in_long_ones(piece):
    started = time.process_time()

    marked_in("word", "a word " + piece * (6_000_000 // len(piece)))

    assert time.process_time() - started < 1


def test_slip_of_the_keyboard_leads_to_the_word_that_was_meant():
    for typed, meant in (("goverment", "government"), ("opne", "open"), ("uk0069", "uk0096")):
        assert meant in slips(typed)
        assert typed not in slips(typed)
    assert "commitment" in pairs_of_slips("comittment")
    assert len(slips("x" * 20)) + len(pairs_of_slips("abcdefghij" * 2)) < 5000
