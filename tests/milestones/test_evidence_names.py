"""Strange names of files are normal: they are made safe to show and to save."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.evidence_files.kinds import KINDS
from milestones.evidence_files.stored import LONGEST, clean_name


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("report.pdf", "report.pdf"),
        ("Report 2026 (final).PDF", "Report 2026 (final).pdf"),
        ("Cofnodion – ŵythnos 3.pdf", "Cofnodion – ŵythnos 3.pdf"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        ("报告.pdf", "报告.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Eve\\report.pdf", "report.pdf"),
        ("x.html", "x.html.pdf"),
        ("x.pdf.exe", "x.pdf.exe.pdf"),
        ("annual\u202efdp.exe", "annualfdp.exe.pdf"),
        ("a\u200b\u2066b\ufeff.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ('"; filename="evil.pdf', "_; filename=_evil.pdf"),
        ("<script>.pdf", "_script_.pdf"),
        ("\x00\x1b[31m.pdf", "[31m.pdf"),
        (".pdf", "pdf.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("\u202e", "file.pdf"),
        ("a" * 300 + ".pdf", "a" * (LONGEST - 4) + ".pdf"),
        ("a\ud800b.pdf", "ab.pdf"),
    ],
)
def test_name_of_a_pdf_becomes_one_that_is_safe(name, clean):
    assert clean_name(name, KINDS["pdf"]) == clean


def test_picture_keeps_either_of_its_usual_endings():
    assert clean_name("a.JPG", KINDS["jpeg"]) == "a.jpg"
    assert clean_name("a.jpeg", KINDS["jpeg"]) == "a.jpeg"
    assert clean_name("a.png", KINDS["jpeg"]) == "a.png.jpg"


@given(st.text(max_size=300), st.sampled_from(sorted(KINDS)))
def test_every_name_becomes_safe_and_stays_as_it_is_then(name, key):
    clean = clean_name(name, KINDS[key])

    assert 1 < len(clean) <= LONGEST
    assert clean.endswith(KINDS[key].endings)
    assert not set(clean) & set('/\\<>:"|?*%')
    assert not any(unicodedata.category(letter)[0] == "C" for letter in clean)
    assert not clean.startswith((".", " "))
    assert clean_name(clean, KINDS[key]) == clean
