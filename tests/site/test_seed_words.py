"""To the words of OGP's page of UK0096 none is added; that none is lost, its page is asked."""

import re
from collections import Counter

import pytest

from commitments.models import Commitment
from irm.models import Assessment, MilestoneFinding
from milestones.models import Milestone, ProgressUpdate
from tests.once import once
from tests.seed import SEED, left_out, seed_sentences, words, words_of
from tests.world import load_real_rows

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@once
def commitment():
    load_real_rows()
    return Commitment.objects.get(slug="UK0096")


def plain(markdown):
    return words(re.sub(r"(?m)^(?:- |\d\. |\*\*)|\*\*$", "", markdown))


def test_reader_finds_no_sentence_in_the_rows_that_the_seed_does_not_have(commitment):
    seed = " ".join(words(sentence) for sentence in seed_sentences())
    texts = [commitment.objective, commitment.problem, commitment.contribution]
    texts += [commitment.editorial_note, commitment.values_as_published]
    texts += commitment.milestones.values_list("text", flat=True)
    for assessment in Assessment.objects.filter(commitment=commitment):
        texts += [assessment.title_in_report, assessment.heading_as_published, assessment.analysis]
        texts += re.sub(r"\*\*.+\*\*", "", assessment.commitment_as_reported).split("\n\n")
        texts += [re.sub(r"^\[\d+\] ", "", line) for line in assessment.footnotes.splitlines()]
        texts += assessment.findings.values_list("found", flat=True)

    texts = [text for text in texts if text]

    assert len(texts) > 20
    assert [text for text in texts if plain(text) not in seed] == []


def test_reader_finds_the_words_of_the_plan_both_in_the_plan_and_in_the_report(commitment):
    report = commitment.assessments.get(report__kind="design_report").commitment_as_reported
    texts = Milestone.objects.filter(commitment=commitment).values_list("text", flat=True)

    objective = f"Main Objective “{plain(commitment.objective)}”"
    milestones = f"Milestones {' '.join(f'{text}.' for text in texts)}"
    assert plain(report) == words(f"{objective} {milestones}")


def test_reader_finds_what_the_report_says_of_a_milestone_beside_the_milestone(commitment):
    findings = MilestoneFinding.objects.filter(assessment__commitment=commitment)
    found = {finding.milestone.number: words(finding.found) for finding in findings}

    about = [
        (int(number), sentence)
        for sentence in seed_sentences()
        for number in re.findall(r"Milestone (\d)", sentence)
    ]

    assert [number for number, _sentence in about] == [1, 2, 3, 4]
    for number, sentence in about:
        assert found[number].startswith(words(sentence))


def test_reader_finds_in_the_updates_only_what_the_seed_says(commitment):
    seed = " ".join(words(sentence) for sentence in seed_sentences())
    updates = ProgressUpdate.objects.filter(commitment=commitment)

    assert len(updates) == 4
    for update in updates:
        assert (update.narrative[0], update.narrative[-1]) == ("“", "”")
        assert words(update.narrative[1:-1]) in seed
        assert words(update.obstacles).rstrip(".") in seed
        assert words(update.words_as_published) in seed
        assert words(update.as_of_as_published) in seed


def test_no_word_of_the_seed_is_skipped_but_furniture_and_numbering():
    def count(texts):
        return Counter(re.findall(r"\w+", " ".join(texts)))

    skipped = count([SEED.read_text(encoding="utf-8")]) - count([*seed_sentences(), *left_out()])

    numbers_of_the_list = Counter(["1", "2", "3", "4"])
    names_in_the_reports = Counter(["7", "7", "Commitment"])
    numbers_of_footnotes = Counter(["31", "32", "33", "36"])
    assert skipped == numbers_of_the_list + names_in_the_reports + numbers_of_footnotes


def test_words_of_a_page_do_not_depend_on_its_tags():
    page = """<style>p { color: red }</style>
        <ul><li>raising the<br>profile</li><li>Of <b>open</b>
        government<sup>[<span class="visually-hidden">footnote <br></span>31]</sup></li></ul>
        <script>let hidden = "word"</script>"""

    assert words_of(page) == "raising the profile of open government [31]"
