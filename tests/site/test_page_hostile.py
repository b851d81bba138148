"""Whatever stands in a column, a page stays whole and does nothing that a page should not do."""

import time
from urllib.parse import urlsplit

import pytest

from commitments.models import Nation
from milestones.evidence_files.kinds import KINDS
from milestones.evidence_files.stored import clean_name
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    OGPValueFactory,
    PlanFactory,
    PolicyAreaFactory,
    ReplyFactory,
    make_correction,
    make_update,
    publish_update,
)
from tests.fill import fill_in
from tests.pages import crawl, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOSTILE = [
    "\"'><script>alert(1)</script>",
    "</title></p><img src=x onerror=alert(1)>",
    "[a](javascript:alert(1)) [1]",
    "{{ 7|add:77000 }}{% debug %}%(name)s",
    "\u202e\u2066 😀𝒳",
    "]]>--><!--&lt;&#60;",
]
ADDRESS = 'https://a.example/"onclick="x"><script>'


def fill_everything(words):
    def fill(row, **given):
        return fill_in(row, words, ADDRESS, **given)

    lead = fill(InstitutionFactory(), slug="lead")
    fill(InstitutionFactory(succeeded_by=lead), slug="old")
    plan = fill(PlanFactory(), slug="plan")
    without = {"plan_as_published": "", "member_as_published": "", "cycle_as_published": ""}
    commitment = CommitmentFactory(plan=plan, lead=lead)
    fill(commitment, slug="UK1", ogp_id="UK1", **without)
    fill(CommitmentFactory(plan=None, lead=False), slug="no-id", ogp_id="")
    InvolvementFactory(commitment=commitment, institution=lead)
    commitment.policy_areas.add(fill(PolicyAreaFactory(), slug="area"))
    commitment.values_claimed.add(fill(OGPValueFactory(), slug="value"))
    milestone = fill(MilestoneFactory(commitment=commitment))
    make_correction(_publish(fill, milestone), correction_reason=words, narrative=words)
    _publish(fill, milestone)
    report = AssessmentFactory(commitment=commitment, completion="limited").report
    assessment = fill(commitment.assessments.get(), footnotes=f"[1] {words}")
    fill(report, slug="report")
    finding = fill(FindingFactory(assessment=assessment, milestone=milestone))
    ReplyFactory(assessment=assessment, text=words)
    ReplyFactory(assessment=assessment, finding=finding, institution=lead, text=words)
    for nation in Nation.objects.all():
        Nation.objects.filter(pk=nation.pk).update(label=f"{words} {nation.pk}"[-80:])
    return commitment


def _publish(fill, milestone):
    update = fill(
        make_update(milestone, "completed", publish=False), due_reason="", source_title=""
    )
    for piece in update.evidence.all():
        # Such a name is all that is left of it when the file is kept.
        fill(piece, file_name=clean_name(update.narrative, KINDS["pdf"]), size=1)
    return publish_update(update)


@pytest.mark.parametrize("words", [" ".join(HOSTILE[at : at + 2]) for at in (0, 2, 4)])
def test_reader_of_hostile_words_reads_words(client, words):
    fill_everything(words)

    pages = crawl(client)  # reading a page fails if a tag in it does not fit

    assert len(pages) > 15
    for address, page in pages.items():
        assert not page.scripts + page.all("img") + page.all("style"), address
        assert not [part for part in page.walk() if any(name[:2] == "on" for name in part.attrs)]
        for link in page.all("a"):
            assert urlsplit(link.attrs["href"]).scheme in {"", "https"}, address
        assert page.html.count("<h1") == 1
        assert len(page.ids) == len(set(page.ids)), address
        assert "77007" not in page.html


def test_reader_of_100000_letters_in_every_text_gets_the_page_at_once(client):
    commitment = CommitmentFactory(objective="Words of a plan. [1]\n\n- one\n" * 3700)
    milestone = MilestoneFactory(commitment=commitment, text="word " * 20_000)
    make_update(milestone, narrative="a *b* " * 3_000, obstacles="No.")
    AssessmentFactory(commitment=commitment, analysis="[1] " * 25_000, footnotes="[1] x\n" * 16_000)

    for row in (commitment, milestone):
        started = time.process_time()
        page_of(client, row)
        assert time.process_time() - started < 20
