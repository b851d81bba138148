"""A page can be cited: in words, as BibTeX and as RIS, by an address at which it stays."""

import re
import unicodedata
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ogp_tracker.opendata.citing.citation import Citation, bibtex, in_words, ris
from tests.factories import CommitmentFactory, MilestoneFactory, days_ago
from tests.pages import read

DAY = date(2026, 5, 1)
PAGE = "https://tracker.example/commitments/UK0096/"
NAMES = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
}


def cited(title):
    return Citation(title, PAGE, DAY)


def read_bibtex(entry):
    key, *lines = entry.removesuffix("\n}\n").split("\n")
    fields = dict(re.fullmatch(r"  (\w+) = \{(.*)\},", line).groups() for line in lines)
    for value in fields.values():
        depth = 0
        for sign in value:
            depth += (sign == "{") - (sign == "}")
            assert depth >= 0
        assert depth == 0
    return key, fields


def in_print(latex):
    named = re.sub(r"\\(text\w+)\{\}", lambda found: NAMES[found[1]], latex)
    assert not re.search(r"(?<!\\)[&%$#_]", latex)
    return re.sub(r"\\([&%$#_])", r"\1", named)


def as_one_line(text):
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or is_text(c))
    return " ".join(kept.split())


def is_text(sign):
    """Tell whether XML 1.0 holds it and has a use for it (its sections 2.2 and 2.11)."""
    never = unicodedata.category(sign) == "Cc" or sign in "\ufffe\uffff"
    return not never and not "\ufdd0" <= sign <= "\ufdef"


TEXTS = st.text(
    st.one_of(
        st.sampled_from("\\{}~^&%$#_\r\n\t\x85\u2028\0😀\"'@"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)


@given(TEXTS)
def test_hostile_title_comes_out_of_bibtex_as_it_went_in(title):
    _key, fields = read_bibtex(bibtex(cited(title)))

    assert in_print(fields["title"][1:-1]) == as_one_line(title)
    assert fields["url"] == f"{PAGE}?as_at=2026-05-01"


@given(TEXTS)
def test_hostile_title_cannot_begin_a_line_of_ris(title):
    lines = ris(cited(f"{title}\nER  - \r\nTY  - BOOK")).split("\r\n")

    assert [line[:6] for line in lines[:-1]] == [
        f"{tag}  - " for tag in ("TY", "AU", "TI", "T2", "PY", "DA", "Y2", "N1", "UR", "ID", "ER")
    ]
    assert not [line for line in lines if len(line.splitlines()) > 1]


def test_citation_reads_like_one():
    assert in_words(cited("UK0096 Beneficial ownership")) == (
        "Open Government Tracker: “UK0096 Beneficial ownership”. As at the end of"
        " 1 May 2026. https://tracker.example/commitments/UK0096/?as_at=2026-05-01"
    )
    assert bibtex(cited("100% of {it}")).startswith(
        "@misc{open-government-tracker-commitments-UK0096-2026-05-01,\n"
        "  author = {{Open Government Tracker}},\n"
        r"  title = {{100\% of \textbraceleft{}it\textbraceright{}}},"
    )


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def milestone(self):
        row = MilestoneFactory(
            commitment=CommitmentFactory(ogp_id="UK7001"), text="First <text> & so on"
        )
        for one in (row, row.commitment, row.commitment.plan):
            one.history.update(history_date=timezone.now() - timedelta(days=9))
        row.text = "Second text"
        row.save()
        return row

    def test_reader_takes_the_citation_of_what_is_read_today(self, client, milestone):
        page = read(client, milestone.get_absolute_url())
        box = page.first("div", css="cite")
        files = {link.text(): client.get(link.attrs["href"]) for link in box.all("a")}

        address = f"http://localhost{milestone.get_absolute_url()}?as_at={days_ago(0)}"
        assert "“UK7001, Milestone 1: Second text”" in box.text()
        assert address in box.first("p", css="cited").text()
        assert files["BibTeX"]["Content-Type"] == "application/x-bibtex; charset=utf-8"
        assert files["BibTeX"].content.decode() == box.first("code").inside[0]
        assert files["RIS"]["Content-Type"] == (
            "application/x-research-info-systems; charset=utf-8"
        )
        assert f"UR  - {address}\r\n" in files["RIS"].content.decode()
        assert files["RIS"]["Content-Disposition"].startswith("attachment")

    def test_citation_of_a_past_day_names_that_day_and_the_words_of_it(self, client, milestone):
        query = f"?as_at={days_ago(5)}"
        box = read(client, milestone.get_absolute_url() + query).first("div", css="cite")

        for words in (
            box.first("p", css="cited").text(),
            client.get(f"{milestone.get_absolute_url()}cite.ris{query}").content.decode(),
        ):
            assert f"?as_at={days_ago(5)}" in words
            assert "First <text> & so on" in words

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("/cite.bib", 200),
            ("/commitments/UK7001/cite.bib", 200),
            ("/commitments/UK7001/cite.bib?as_at=yesterday", 400),
            ("/commitments/UK7001/cite.doc", 404),
            ("/commitments/UK7999/cite.ris", 404),
            ("/commitments/UK7001/cite.ris?as_at=2020-01-01", 400),
        ],
    )
    def test_reader_gets_a_citation_only_of_what_was_there(
        self, client, milestone, address, status
    ):
        assert client.get(address).status_code == status
