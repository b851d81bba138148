"""Published words become HTML that keeps the words, and keeps out everything else."""

import re
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from ogp_tracker.common.prose import annotate, to_html, without_marks
from tests.pages import Page
from tests.seed import words_of

TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br"}
ATTRIBUTES = {("a", "href"), ("ol", "start")}

pieces = st.sampled_from(
    [
        *("<", ">", "</", "/>", "&", ";", '"', "'", "=", "`", "```", "~~~", "\\", "\n", "\n\n"),
        *("*", "**", "_", "__", "[", "]", "(", ")", "](", "![", "[1]", "[12]", "[999]", "[1]: "),
        *("- ", "1. ", "> ", "# ", "    ", "\t", "---", "===", "<!--", "-->", "<![CDATA[", "]]>"),
        *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>"),
        *("javascript:", "JaVa\tScript:", "data:text/html,", "vbscript:", "http://a.example/"),
        *("&#106;avascript:", "&lt;script&gt;", "&colon;", "onclick=", ' "title [1]"', "<a href="),
        *("\u202e", "\u2066", "\u200f", "\u2028", "😀", "𝒳", "é", "\x0b", "\x1b", "word"),
    ]
)
texts = st.lists(pieces | st.text(max_size=5), max_size=25).map("".join)


def parsed(html):
    """Return the HTML as a tree; fail if something is left open or closes the wrong thing."""
    return Page("/", str(html))


def scheme_is_harmless(address):
    return urlsplit(address).scheme in {"", "http", "https", "mailto"}


class TestWords:
    def test_reader_gets_paragraphs_lists_emphasis_and_links(self):
        html = to_html(
            "One *two* **three**.\n\n- a\n- b\n\n3. c\n4. [d](https://d.example/)\n\n> e"
        )

        assert re.sub(r"\n", "", html) == (
            "<p>One <em>two</em> <strong>three</strong>.</p><ul><li>a</li><li>b</li></ul>"
            '<ol start="3"><li>c</li><li><a href="https://d.example/">d</a></li></ol>'
            "<blockquote><p>e</p></blockquote>"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "# 1 priority of government",
            "The plan\n---\nand what follows",
            "The plan\n===",
            "***",
            "We said `soon`.",
            "```\nOne code\n```",
            "    Set in by four spaces",
            "[31]: https://example.org/ is a note",
            "5 < 6 & 7 > 6",
            "<details>open</details>",
            "a [link] to nowhere",
        ],
    )
    def test_reader_gets_words_that_only_look_like_more_than_that_unchanged(self, text):
        html = to_html(text)

        assert {part.tag for part in parsed(html).walk()} == {"page", "p"}
        assert words_of(html) == " ".join(text.casefold().split())

    def test_reader_finds_the_words_of_a_picture_that_is_not_shown(self):
        page = parsed(to_html("Before ![the graph](https://a.example/graph.png) after"))

        assert not page.all("img")
        assert page.first("a").text() == "the graph"

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<b onclick='alert(1)'>bold</b>",
            "<!-- hidden -->",
        ],
    )
    def test_reader_sees_raw_html_as_the_text_that_it_is(self, text):
        assert to_html(text) == f"<p>{escape(text).replace('&#x27;', chr(39))}</p>\n"

    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "&#106;avascript:alert(1)",
            "java&Tab;script:alert(1)",
            "vbscript:x",
            "data:text/html,<script>alert(1)</script>",
            "file:///etc/passwd",
        ],
    )
    def test_reader_gets_no_link_that_does_more_than_lead_away(self, address):
        for text in (f"[word]({address})", f"[word](<{address}>)", f"<{address}>"):
            page = parsed(to_html(text))
            links = [link.attrs.get("href", "") for link in page.all("a")]
            assert all(scheme_is_harmless(link) for link in links), text
            assert "javascript" not in "".join(links).casefold()

    @given(texts)
    def test_nobody_can_bring_in_any_other_tag_or_attribute(self, text):
        for html in (to_html(text), without_marks(text)):
            for part in list(parsed(html).walk())[1:]:
                assert part.tag in TAGS
                assert {(part.tag, name) for name in part.attrs} <= ATTRIBUTES
                assert scheme_is_harmless(part.attrs.get("href", ""))

    @pytest.mark.parametrize("text", ["a\u202eb\u2066c\u200f", "😀 𝒳 𠮷", "é e\u0301"])
    def test_reader_gets_letters_of_every_script_as_they_were_written(self, text):
        assert to_html(text) == f"<p>{text}</p>\n"

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "piece",
        [*(" ", "word ", "para\n\n", "[", "![", "[a](", "<", "**a", "*_", ">", "- ", "[1] ", "`")],
    )
    def test_reader_of_100000_letters_does_not_wait(self, piece):
        text = piece * (100_000 // len(piece))
        started = time.process_time()

        annotate(text, "", "p")
        without_marks(text)

        assert time.process_time() - started < 10


class TestFootnotes:
    def test_reader_follows_a_mark_to_its_note_and_back(self):
        annotated = annotate("Said once. [31] And again.[32]", "[31] A talk.\n[32] A letter.", "x")

        marks = parsed(annotated.html).all("a")
        assert [mark.text() for mark in marks] == ["[31]", "[32]"]
        assert [mark.attrs["href"] for mark in marks] == ["#x-note-31", "#x-note-32"]
        notes = annotated.footnotes
        assert [(note.number, str(note.words), note.is_missing) for note in notes] == [
            ("31", "A talk.", False),
            ("32", "A letter.", False),
        ]
        assert [f"#{note.anchor}" for note in notes] == [mark.attrs["href"] for mark in marks]
        assert [note.mark_anchor for note in notes] == [mark.attrs["id"] for mark in marks]

    def test_reader_who_hears_the_page_is_told_that_a_mark_is_a_footnote(self):
        mark = parsed(annotate("Said. [31]", "", "x").html).first("a")

        assert "ootnote" in mark.attrs.get("aria-label", "") + mark.text()

    def test_reader_follows_two_marks_to_one_note_and_comes_back_to_the_first(self):
        annotated = annotate("One [5] and two [5].", "[5] The note.", "x")

        ids = [mark.attrs.get("id") for mark in parsed(annotated.html).all("a")]
        assert ids == ["x-mark-5", None]
        assert [note.mark_anchor for note in annotated.footnotes] == ["x-mark-5"]

    def test_reader_is_told_that_a_note_is_missing(self):
        (note,) = annotate("Said. [35]", "[36] Another.", "x", only_marked=True).footnotes

        assert note.is_missing
        assert note.words == "This footnote is not in this site’s copy of the page."
        assert note.anchor == "x-note-35"

    def test_reader_finds_notes_that_no_mark_leads_to_without_a_way_back(self):
        notes = annotate("Said. [1]", "[1] One.\n[2] Two.", "x").footnotes

        assert [(note.number, note.mark_anchor) for note in notes] == [("1", "x-mark-1"), ("2", "")]

    def test_reader_of_a_part_finds_only_the_notes_that_it_marks(self):
        notes = annotate("Said. [1]", "[1] One.\n[2] Two.", "x", only_marked=True).footnotes

        assert [note.number for note in notes] == ["1"]

    def test_reader_loses_no_line_of_a_note(self):
        notes = annotate("[1]", "[1] One,\nof two lines.\n\n[2] Two.\n[1] Again.", "x").footnotes

        assert [str(note.words) for note in notes] == ["One, of two lines. Again.", "Two."]

    def test_reader_finds_the_address_in_a_note_as_a_link_and_its_html_as_text(self):
        (note,) = annotate("[1]", "[1] https://a.example/?b=1&c=2 <script>", "x").footnotes

        assert note.words == (
            '<a href="https://a.example/?b=1&amp;c=2">https://a.example/?b=1&amp;c=2</a>'
            " &lt;script&gt;"
        )

    def test_reader_elsewhere_gets_the_words_without_marks(self):
        assert without_marks("Said once. [31] And again [32].") == "<p>Said once. And again.</p>\n"

    @pytest.mark.parametrize("text", ["In [2019] it was", "a[1234]", "[x]", "[]"])
    def test_reader_finds_a_year_in_brackets_as_it_is(self, text):
        assert annotate(text, "", "x").footnotes == []
        assert words_of(without_marks(text)) == words_of(text)

    @pytest.mark.parametrize(
        "text",
        [
            "[see [31] there](https://a.example/)",
            "<https://a.example/[31]>",
            '[x](https://a.example/ "a title [31]")',
            "[31](https://a.example/)",
        ],
    )
    def test_reader_finds_no_mark_inside_a_link(self, text):
        (link,) = parsed(annotate(text, "", "x").html).all("a")

        assert link.attrs["href"].startswith("https://a.example/")

    @given(texts, st.lists(texts, max_size=4).map("\n".join), st.booleans())
    def test_every_mark_and_note_find_each_other_whatever_the_text(self, text, notes, only_marked):
        annotated = annotate(text, notes, "x", only_marked=only_marked)
        page = parsed(annotated.html)
        ids = page.ids + [note.anchor for note in annotated.footnotes]

        assert max(Counter(ids).values(), default=1) == 1
        leads = [part.attrs["href"] for part in page.all("a") if part.attrs["href"][:1] == "#"]
        backs = [f"#{note.mark_anchor}" for note in annotated.footnotes if note.mark_anchor]
        assert {lead for lead in leads if lead.startswith("#x-")} <= {f"#{name}" for name in ids}
        assert set(backs) <= {f"#{name}" for name in page.ids}
        assert not [link for link in page.all("a") if len(link.all("a")) > 1]
        for note in annotated.footnotes:
            assert {part.tag for part in parsed(note.words).walk()} <= {"page", "a"}
