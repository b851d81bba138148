"""What changed from one text to another, word by word."""

import re
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ogp_tracker.common.differences import (
    TextRun,
    WordChange,
    differences,
    is_changed,
    new_side,
    old_side,
    to_html,
)

KEPT, REMOVED, ADDED = WordChange.KEPT, WordChange.REMOVED, WordChange.ADDED

WORDS = st.sampled_from(["the", "minister", "report", "2021", "ŵy", "e\u0301", "’", "\n", "\n\n"])
PROSE = st.lists(WORDS | st.sampled_from([".", ", ", " ", "\r\n", "\u2028", "**"])).map("".join)
TEXTS = st.text() | PROSE


def joined(runs):
    return "".join(run.text for run in runs)


def brief(old, new):
    signs = {KEPT: "=", REMOVED: "-", ADDED: "+"}
    return [(signs[run.change], run.text) for run in differences(old, new)]


@given(old=TEXTS, new=TEXTS)
@example(old="a" * 300, new="b" * 300)
@example(old="\n" * 300, new="x" + "\n" * 200)
def test_nothing_is_lost_of_either_text(old, new):
    runs = differences(old, new)

    assert joined(old_side(runs)) == old
    assert joined(new_side(runs)) == new


@given(old=TEXTS, new=TEXTS)
def test_runs_are_neither_empty_nor_split(old, new):
    runs = differences(old, new)

    assert all(run.text for run in runs)
    for one, next_one in pairwise(runs):
        assert (one.change, next_one.change) in {
            (KEPT, REMOVED),
            (KEPT, ADDED),
            (REMOVED, ADDED),
            (REMOVED, KEPT),
            (ADDED, KEPT),
        }
    for run in runs[1:-1]:
        assert run.change is not KEPT or any(sign.isalnum() for sign in run.text)


@given(text=TEXTS)
def test_the_same_text_is_one_kept_run(text):
    assert differences(text, text) == ([TextRun(KEPT, text)] if text else [])
    assert not is_changed(differences(text, text))


@given(words=st.lists(st.text("abcdefgh", min_size=1), unique=True, min_size=3), data=st.data())
def test_one_changed_word_is_the_only_change(words, data):
    place = data.draw(st.integers(0, len(words) - 1))
    new = [*words[:place], "OTHER", *words[place + 1 :]]

    runs = differences(" ".join(words), " ".join(new))

    assert [run for run in runs if run.change is not KEPT] == [
        TextRun(REMOVED, words[place]),
        TextRun(ADDED, "OTHER"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "New.", [("+", "New.")]),
        ("Old.", "", [("-", "Old.")]),
        (
            "Two workshops were held.",
            "Three workshops were held.",
            [("-", "Two"), ("+", "Three"), ("=", " workshops were held.")],
        ),
        # Words that only a space parts change together, and are heard together.
        (
            "The cat sat here.",
            "The big dog ran here.",
            [("=", "The "), ("-", "cat sat"), ("+", "big dog ran"), ("=", " here.")],
        ),
        # Numbers, contractions, hyphens and addresses are whole words.
        (
            "It cost 3.5m.",
            "It cost 3.6m.",
            [("=", "It cost "), ("-", "3.5m"), ("+", "3.6m"), ("=", ".")],
        ),
        ("We don’t.", "We won’t.", [("=", "We "), ("-", "don’t"), ("+", "won’t"), ("=", ".")]),
        ("co-design", "co-produce", [("-", "co-design"), ("+", "co-produce")]),
        ("See gov.uk", "See gov.scot", [("=", "See "), ("-", "gov.uk"), ("+", "gov.scot")]),
        # Punctuation, white space and paragraphs count.
        ("Done.", "Done!", [("=", "Done"), ("-", "."), ("+", "!")]),
        ("One. Two.", "One.\n\nTwo.", [("=", "One."), ("-", " "), ("+", "\n\n"), ("=", "Two.")]),
        # Markdown is text.
        ("*Done*", "**Done**", [("=", "*"), ("+", "*"), ("=", "Done"), ("+", "*"), ("=", "*")]),
        # A whole paragraph goes in between.
        (
            "One.\n\nThree.",
            "One.\n\nTwo.\n\nThree.",
            [("=", "One.\n\n"), ("+", "Two.\n\n"), ("=", "Three.")],
        ),
    ],
)
def test_differences_read_as_a_person_would_mark_them(old, new, expected):
    assert brief(old, new) == expected


def test_letters_keep_their_accents():
    decomposed = [unicodedata.normalize("NFD", word) for word in ("tŷ gŵyl", "tŷ gwyl")]

    assert brief(*decomposed) == [
        ("=", unicodedata.normalize("NFD", "tŷ ")),
        ("-", unicodedata.normalize("NFD", "gŵyl")),
        ("+", "gwyl"),
    ]


def long_texts():
    words = [f"word{number % 700}" for number in range(17_000)]
    edited = [("other" if number % 5 == 0 else word) for number, word in enumerate(words)]
    yield "every fifth word of one paragraph", " ".join(words), " ".join(edited)
    yield "no word in common", "one " * 25_000, "two " * 25_000
    yield "one word again and again", "one " * 25_000, "one " * 12_000 + "two " + "one " * 12_000
    yield "the other way round", " ".join(words), " ".join(reversed(words))
    yield "empty lines", "\n" * 100_000, "\n" * 50_000 + "x" + "\n" * 49_000
    yield "signs", "?!" * 50_000, "!?;" * 33_000
    yield "short lines", "a\nb\n" * 25_000, "b\nb\na\n" * 16_000


@pytest.mark.parametrize(
    ("old", "new"), [pytest.param(*texts, id=name) for name, *texts in long_texts()]
)
def test_texts_of_100_000_signs_are_compared_at_once(old, new):
    """Quadratic time would be minutes here; the bound leaves room for a slow machine."""
    began = time.process_time()

    runs = differences(old, new)

    assert time.process_time() - began < 5
    assert joined(old_side(runs)) == old
    assert joined(new_side(runs)) == new


# As HTML


def test_html_says_in_words_what_was_removed_and_added():
    html = to_html(differences("Two workshops.", "Three workshops."))

    assert html == (
        '<del><span class="visually-hidden">removed: </span>Two'
        '<span class="visually-hidden"> (end) </span></del>'
        '<ins><span class="visually-hidden">added: </span>Three'
        '<span class="visually-hidden"> (end) </span></ins> workshops.'
    )


def test_html_escapes_whatever_is_written():
    hostile = "<script>alert(1)</script> & <b>"

    html = to_html(differences(f"{hostile} old {hostile}", f"{hostile} new {hostile}"))
    html += to_html(differences(hostile, "")) + to_html(differences("", hostile))

    assert "<script>" not in html
    assert "<b>" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;") == 4


def test_html_names_a_line_break_that_nobody_could_see():
    html = to_html(differences("One. Two.", "One.\n\nTwo."))

    assert "removed: white space" in html
    assert "added: line break" in html
    assert "¶\n¶\n" in html


@pytest.fixture
def long_passage():
    return " ".join(f"word{number}" for number in range(400))


def folded(html):
    return re.findall(r"<details><summary>(.*?)</summary>(.*?)</details>", html, re.DOTALL)


def test_html_folds_a_long_unchanged_passage_but_for_the_words_beside_a_change(long_passage):
    html = to_html(differences(f"Old {long_passage} old", f"New {long_passage} new"))

    [(summary, inside)] = folded(html)
    assert summary == f"Show {len(inside.split())} unchanged words"
    assert 300 < len(inside.split()) < 400
    before, after = html.split("<details>")[0], html.split("</details>")[1]
    assert "word0 word1" in before
    assert "word398 word399" in after
    # No word is cut, and none is lost.
    assert re.sub(r"<(del|ins)>.*?</\1>|<summary>.*?</summary>|</?details>", "", html) == (
        f" {long_passage} "
    )


def test_html_of_what_is_unchanged_begins_to_be_read(long_passage):
    html = to_html(differences(long_passage, long_passage))

    assert html.startswith("word0 word1")
    assert len(folded(html)) == 1


def test_html_of_a_change_at_the_end_folds_what_comes_before(long_passage):
    html = to_html(differences(f"{long_passage} old", f"{long_passage} new"))

    assert html.startswith("<details>")
    assert "word399 <del>" in html
