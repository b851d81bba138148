"""Texts that break what is not made with care, and rows that hold them."""

import re

from ogp_tracker.common.bounds import NARRATIVE
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    ReportFactory,
    make_update,
)

TEXTS = (
    'She said "yes", and “no”.',
    "Two lines\r\nand a third\n\nand a tab\tin it",
    '=HYPERLINK("https://evil.example"; "click")',
    "+44 20 7946 0000",
    "-1 is not a formula, nor is\n=this",
    "@SUM(A1:A9)",
    "'=already quoted",
    "\u202eright to left\u2066 and back",
    "Astral: 😀𝒳🏴󠁧󠁢󠁳󠁣󠁴󠁿, combined: e\u0301",
    "Separators: \x1e\x1f, a semicolon; and a comma,",
    "What other programs leave: _x000D_ and _x0041_",
    "<r>What XlsxWriter takes for its own & passes on</r>",
    " A <tag> & an &amp;, with spaces at its ends ",
    "Old ends\rof\n\rlines",
    "None",
    "NA",
    "null",
    "NaN",
    "TRUE",
    "007",
    "1e5",
    "2026-11-25",
    "Z" * 100_000,
)


def as_in_a_workbook(text):
    """With the line breaks of a spreadsheet, and without characters that XML cannot hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\x1e", "").replace("\x1f", "")


def as_pandas_reads(text):
    """As in a workbook, with the escapes that openpyxl hands through."""
    return re.sub("(_x[0-9A-F]{4}_)", r"_x005F\1", as_in_a_workbook(text))


def make_hostile_rows():
    """Write a commitment and an assessment with each of the texts; return the texts.

    The first and the longest are an update and a finding, too. The kinds of nothing are among the
    codes.
    """
    nothings = ("", "pending_irm_review", "no_irm_data", "no_evidence_available", "complete")
    lead = InstitutionFactory()
    for place, text in enumerate(TEXTS):
        commitment = CommitmentFactory(title=text[:500], objective=text, plan=None, lead=lead)
        assessment = AssessmentFactory(
            commitment=commitment,
            report=ReportFactory(kind="results_report"),
            completion=nothings[place % len(nothings)],
            analysis=text,
        )
        if text in {TEXTS[0], TEXTS[-1]}:
            milestone = MilestoneFactory(commitment=commitment, text=text)
            make_update(milestone, "completed", narrative=text[:NARRATIVE])
            FindingFactory(assessment=assessment, milestone=milestone, found=text)
    return TEXTS
