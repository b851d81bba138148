"""At most three sentences on what became of a commitment, and never more than the rows know."""

from itertools import product
from types import SimpleNamespace

import pytest

from commitments.models.amended import AmendmentState
from irm.codebook import COMPLETION, NOTHINGS
from irm.verdict import CODES, STANDINGS, STATES, Assessed, VerdictFacts, VerdictMilestone, verdict
from irm.verdict_facts import assessed_by
from milestones.levels import Level, Overall


def cell(level="", words="", provenance="reported_here", basis="given"):
    return SimpleNamespace(
        level=level,
        level_basis=basis if level else "",
        words_as_published=words,
        schedule="",
        provenance=provenance if level or words else "",
    )


def read(level):
    return cell(level, "Was held", "assessor_report", "read")


NOTHING = cell()
TOLD_WORDS = cell("", "Not held", "assessor_report")
CELLS = {
    "nothing": NOTHING,
    "words": cell("", "In progress", "published_elsewhere"),
    "told words": TOLD_WORDS,
    "read by us": cell("limited", "Slow", "published_elsewhere", "read"),
    **{f"reported {level}": cell(level) for level in Level},
    **{f"read {level}": read(level) for level in Level},
}
ASSESSED = [*Assessed, *CODES]


def milestones(*rows):
    nations = ("England", "Scotland", "Wales")
    return [VerdictMilestone(dict(zip(nations, row, strict=False))) for row in rows]


def said(**facts):
    return " ".join(verdict(VerdictFacts(**facts)))


def test_every_code_state_and_standing_has_its_words():
    assert set(CODES) == {value.code for value in (*COMPLETION.values, *NOTHINGS)}
    assert set(STATES) == set(AmendmentState)
    unknown = {Overall.NOT_REPORTED, Overall.PARTLY_REPORTED}
    assert set(STANDINGS) == {*Overall, *AmendmentState} - unknown


def test_no_combination_gives_more_than_three_sentences_or_more_than_the_rows_know():
    levels = {str(STANDINGS[level]): level for level in Level}
    for assessed, is_final, state, (one, two), as_whole in product(
        ASSESSED, (True, False), ("", *AmendmentState), product(CELLS, CELLS), (True, False)
    ):
        cells = {"Scotland": CELLS[one], "Wales": CELLS[two]}
        given = {"whole": cells} if as_whole else {"milestones": [VerdictMilestone(cells)]}
        sentences = verdict(VerdictFacts(assessed, is_final, state, **given))

        case = (assessed, state, one, two, as_whole, sentences)
        assert 1 <= len(sentences) <= 3, case
        assert all(sentence.endswith(".") for sentence in sentences), case
        text = " ".join(sentences)
        progress = " ".join(one for one in sentences if " is " in one or "it is" in one)
        known = {each.level for each in cells.values()}
        for words, level in levels.items():
            if words == "completed":
                progress = progress.replace("completed to a limited extent", "limited")
            if f"is {words} " in progress or f"is {words}." in progress:
                assert level in known, case
        governments = {name for name in (one, two) if name.startswith(("reported", "words"))}
        assert ("In government’s updates" in text) is bool(governments), case
        if "is completed in all" in text or "it is completed." in text:
            assert known == {"completed"}, case
        assert (f"{STATES[state]}" in text) if state else True, case


@pytest.mark.parametrize(
    ("assessed", "sentence"),
    [
        ("substantial", "The assessor found substantial completion."),
        ("pending_irm_review", "For completion, OGP publishes “Pending IRM Review”."),
        (Assessed.WORDS, "The assessor describes the result in words and gives no code."),
        (Assessed.COVERED, "covers it; what it found is not recorded here."),
    ],
)
def test_reader_hears_the_assessor_first(assessed, sentence):
    assert f"{sentence} No progress is recorded here." in said(assessed=assessed)


def test_reader_is_told_that_a_finding_may_still_change():
    assert "completion, in a version for public comment that is not final." in said(
        assessed="limited", is_final=False
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([[NOTHING] * 3] * 2, "No progress is recorded here for any of its 2 milestones."),
        (
            [[read("completed")] * 3] * 2 + [[NOTHING, read(one), NOTHING] for one in Level],
            "No level from government is recorded here. As we read the assessor’s report, 2 of its"
            " 6 milestones are completed in all 3 nations; 4 are known for Scotland only"
            " (1 not started, 1 completed to a limited extent, 1 substantially completed,"
            " 1 completed).",
        ),
        (
            [[read("limited"), NOTHING], [NOTHING, read("limited")]],
            "2 of its 2 milestones are known for some nations only"
            " (2 completed to a limited extent).",
        ),
        ([[TOLD_WORDS]], "In the assessor’s report, its one milestone is described in words"),
        (
            [[cell("completed")], [cell("limited")], [CELLS["words"]], [NOTHING]],
            "In government’s updates, 1 of its 4 milestones is completed; 1 is completed to a"
            " limited extent; 1 is described in words without a level.",
        ),
        (
            [[cell("completed"), read("limited")]],
            "In government’s updates, its one milestone is known for England only (1 completed)."
            " As we read the assessor’s report, its one milestone is known for Scotland only",
        ),
        ([[CELLS["read by us"]]], "As we read the documents, its one milestone is completed to a"),
    ],
)
def test_reader_finds_milestones_counted_out_of_all(rows, sentence):
    assert sentence in said(milestones=milestones(*rows))


@pytest.mark.parametrize(
    ("whole", "sentence"),
    [
        ({"Wales": cell("completed")}, "In government’s updates, it is completed."),
        ({"Wales": CELLS["words"]}, "In government’s updates, it is “In progress”."),
        (
            {"England": cell("limited"), "Wales": CELLS["words"]},
            "it is completed to a limited extent in England and “In progress” in Wales.",
        ),
        (
            {"England": read("completed"), "Wales": NOTHING},
            "it is completed in England; nothing is recorded for Wales.",
        ),
    ],
)
def test_word_on_the_whole_comes_before_the_milestones(whole, sentence):
    text = said(whole=whole, milestones=milestones([cell("not_started")]))
    assert sentence in text
    if "government" in sentence:
        assert "milestone" not in text


def test_amended_milestones_are_counted_apart():
    amended = VerdictMilestone({"Wales": cell("completed")}, AmendmentState.WITHDRAWN)
    rows = [amended, *milestones([cell("completed")])]

    assert "1 of its 2 milestones is completed; 1 is withdrawn." in said(milestones=rows)


def row(completion="", kind="results_report", words="", is_final=True):
    report = SimpleNamespace(kind=kind, is_for_comment=not is_final)
    return SimpleNamespace(completion=completion), report, words


@pytest.mark.parametrize(
    ("rows", "assessed"),
    [
        ([], Assessed.NOTHING),
        ([row(kind="design_report", words="Good.")], Assessed.NOT_JUDGED),
        ([row()], Assessed.BLANK),
        ([row(), row(words="Done.")], Assessed.WORDS),
        ([row("pending_irm_review", "ogp_commitment_page"), row()], "pending_irm_review"),
        ([row("no_irm_data", "ogp_commitment_page"), row(words="Done.")], Assessed.WORDS),
        ([row("limited", "progress_report"), row("complete")], "complete"),
    ],
)
def test_of_several_reports_the_one_that_finds_most_is_told(rows, assessed):
    assert assessed_by(rows)[0] == assessed
    assert assessed_by([row("limited", is_final=False)]) == ("limited", False)
