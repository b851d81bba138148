"""A lead reads what a report changes before she signs it off."""

import pytest
from django.urls import reverse

from milestones.facts import EvidenceFacts
from milestones.models import NationProgress
from tests.factories import days_ago, make_update
from tests.milestones.sign_off.pages import heard, page_of, press, submitted
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_lead_reads_what_changed_since_the_published_report_word_by_word(signer, rhona, milestone):
    make_update(
        milestone,
        "limited",
        as_of=days_ago(40),
        narrative="Two workshops were held.",
        obstacles="The budget came late.",
    )
    update = submitted(
        milestone, "substantial", by=rhona, narrative="Three workshops were held.", obstacles=""
    )

    page = signer.get(page_of(update))

    assert "Changed: Level, As of, What was done, What stands in the way, Evidence" in heard(page)
    assert "removed: Two (end) workshops were held." in heard(page)
    assert "added: Three (end) workshops were held." in heard(page)
    assert "removed: Limited (end)" in heard(page)
    assert "added: Substantial (end)" in heard(page)
    assert "removed: The budget came late. (end)" in heard(page)
    assert "<del>" in page.text
    assert "<ins>" in page.text


def test_lead_reads_per_nation_what_stands_and_what_will_stand(signer, rhona, milestone):
    make_update(milestone, "limited", nations=["sct"], as_of=days_ago(3))
    update = submitted(milestone, "completed", by=rhona, as_of=days_ago(9))

    page = signer.get(page_of(update))

    shown = {one.nation.code: one for one in page.context["outlook"]}
    assert shown["sct"].now == shown["sct"].then
    assert shown["sct"].is_earlier
    assert (shown["wls"].now, shown["wls"].then.split(",")[0]) == ("Not reported", "Completed")
    assert "Readers go on seeing an update with a later date" in heard(page)


def test_what_will_stand_is_what_stands_after_publication(signer, rhona, milestone):
    wrong = make_update(milestone, "completed", as_of=days_ago(5))
    make_update(milestone, "limited", nations=["wls"], as_of=days_ago(20))
    update = submitted(
        milestone, "substantial", by=rhona, nations=["sct"], as_of=days_ago(5), corrects=wrong
    )

    foreseen = {one.nation.code: one.then for one in signer.get(page_of(update)).context["outlook"]}
    assert "no longer covers this nation" in heard(signer.get(page_of(update)))
    press(signer, update, "publish")

    stand = {
        cell.nation.code: cell.get_level_display()
        for cell in NationProgress.objects.filter(milestone=milestone).select_related("nation")
    }
    assert stand == {"sct": "Substantial", "wls": "Limited"}
    assert {code: words.split(",")[0] for code, words in foreseen.items()} == stand


def test_each_distinct_published_report_is_compared_once(signer, rhona, milestone):
    make_update(milestone, "limited", nations=["sct"], narrative="Of Scotland.")
    make_update(milestone, "limited", nations=["wls"], narrative="Of Wales.")
    update = submitted(milestone, by=rhona, narrative="Of both.")

    page = signer.get(page_of(update))

    compared = [
        (one.earlier.narrative, [nation.code for nation in one.nations])
        for one in page.context["comparisons"]
    ]
    assert compared == [("Of Scotland.", ["sct"]), ("Of Wales.", ["wls"])]


def test_nations_that_show_the_same_report_are_compared_together(signer, rhona, milestone):
    make_update(milestone, "limited")
    update = submitted(milestone, by=rhona)

    [one] = signer.get(page_of(update)).context["comparisons"]

    assert [nation.code for nation in one.nations] == ["sct", "wls"]


def test_first_report_has_nothing_to_compare_with(signer, update):
    page = signer.get(page_of(update))

    assert "This is the first update, so there is nothing to compare it with." in heard(page)
    assert update.narrative in page.text
    assert page.text.count("<ins>") == page.text.count("<del>") == 1  # the key to the marks


def test_correction_is_compared_with_what_it_corrects_and_gives_the_reason(
    signer, rhona, milestone
):
    wrong = make_update(milestone, "completed", as_of=days_ago(30), narrative="All was done.")
    make_update(milestone, "completed", as_of=days_ago(2), narrative="All is done now.")
    update = submitted(
        milestone,
        by=rhona,
        as_of=days_ago(30),
        narrative="Half was done.",
        corrects=wrong,
        correction_reason="A table was misread.",
    )

    page = signer.get(page_of(update))

    assert [(one.earlier.narrative, one.is_corrected) for one in page.context["comparisons"]] == [
        ("All is done now.", False),
        ("All was done.", True),
    ]
    assert "Why it corrects: A table was misread." in heard(page)


def test_lead_reads_the_evidence_that_comes_and_goes(client, lead, rhona, milestone):
    def piece(name):
        return EvidenceFacts(title=name, url=f"https://www.gov.scot/{name}")

    make_update(milestone, "completed", evidence=[piece("minutes"), piece("agenda")])
    update = submitted(
        milestone, "completed", by=rhona, evidence=[piece("minutes"), piece("report")]
    )

    words = heard(sign_in(client, lead).get(page_of(update)))

    assert "removed: agenda" in words
    assert "added: report" in words
    assert "removed: minutes" not in words
    assert "added: minutes" not in words


def test_lead_and_author_read_which_addresses_perhaps_only_an_office_can_open(
    signer, rhona, milestone
):
    minutes = EvidenceFacts(
        title="Minutes", url="https://gov.scot/a", archived_url="https://intranet.scot/b"
    )
    agenda = EvidenceFacts(title="Agenda", url="https://dept.sharepoint.com/c")
    pieces = [minutes, agenda]
    update = submitted(milestone, "completed", by=rhona, evidence=pieces)

    for page in (
        page_of(update),
        reverse("admin:milestones_progressupdate_preview", args=[update.pk]),
    ):
        said = heard(signer.get(page))
        assert "able to open https://intranet.scot/b. Open it in a private" in said
        assert "able to open https://dept.sharepoint.com/c. Open it in a private" in said
        assert "able to open https://gov.scot/a" not in said


def test_lead_reads_that_the_due_date_moves_and_why(signer, rhona, milestone):
    update = submitted(
        milestone, by=rhona, due_on_proposed=days_ago(-400), due_reason="The tender failed."
    )

    words = heard(signer.get(page_of(update)))

    assert "Why it moves: The tender failed." in words
    assert words.index("Due date") < words.index("Why it moves")


def test_line_ends_of_a_browser_are_no_change(signer, rhona, milestone):
    make_update(milestone, narrative="One.\n\nTwo.", as_of=days_ago(3))
    update = submitted(milestone, by=rhona, narrative="One.\r\n\r\nTwo.")

    [one] = signer.get(page_of(update)).context["comparisons"]

    assert "What was done" not in one.changed


def test_what_was_written_cannot_bring_a_script_onto_the_page(signer, rhona, milestone):
    hostile = "<script>alert(1)</script>"
    make_update(milestone, narrative=f"Old {hostile}", as_of=days_ago(3))
    update = submitted(milestone, by=rhona, narrative=f"New {hostile}", obstacles=hostile)

    page = signer.get(page_of(update))

    assert hostile not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
