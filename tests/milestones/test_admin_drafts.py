"""An officer keeps a draft, goes on with it, starts from the last text, and loses nothing."""

import re

import pytest
from django.utils.formats import date_format

from milestones.models import ProgressUpdate
from tests.admin_pages import address, errors_of, messages_of, sent_from
from tests.factories import (
    InstitutionFactory,
    InvolvementFactory,
    days_ago,
    lead_of,
    make_update,
    nation,
    officer_of,
    today,
)
from tests.report_pages import evidence, form_for, send, send_off
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

State = ProgressUpdate.State


def changed(draft):
    return address(ProgressUpdate, "change", draft.pk)


def test_incomplete_draft_is_kept(officer, milestone, account):
    answer = send(
        officer,
        milestone,
        level=None,
        nations=None,
        as_of="",
        narrative="Half a ",
        obstacles="",
        _draft="1",
        follow=True,
    )

    draft = ProgressUpdate.objects.get()
    assert (draft.state, draft.level, draft.as_of) == (State.DRAFT, "", None)
    assert draft.narrative == "Half a"
    assert draft.recorded_by == account
    assert messages_of(answer)[0].startswith("Saved as a draft:")
    assert answer.redirect_chain[-1][0] == changed(draft)


def test_draft_is_what_the_enter_key_saves(officer, milestone):
    page = officer.get(form_for(milestone))

    first = re.search(r'name="(_\w+)"', page.text)
    assert first[1] == "_draft"
    send(officer, milestone, page)

    assert ProgressUpdate.objects.get().state == State.DRAFT


def test_officer_goes_on_with_a_draft_and_submits_it(officer, milestone, account):
    draft = make_update(milestone, "completed", nations=["sct"], by=account, publish=False)
    kept = draft.evidence.get()
    page = officer.get(changed(draft))
    assert "evidence-1-url" in sent_from(page), "one empty row, also without script"

    officer.post(changed(draft), sent_from(page, narrative="Mended words.", **evidence(1)))
    draft.refresh_from_db()
    assert (draft.state, draft.narrative) == (State.DRAFT, "Mended words.")
    assert sorted(draft.evidence.values_list("url", flat=True)) == sorted(
        [kept.url, "https://www.gov.scot/minutes"]
    )

    send_off(officer, changed(draft), sent_from(officer.get(changed(draft)), _submit="1"))
    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED


def test_draft_that_breaks_a_rule_is_kept_but_not_submitted(officer, milestone, account):
    draft = make_update(milestone, "limited", by=account, publish=False)
    page = officer.get(changed(draft))
    typed = sent_from(page, level="completed", narrative="New words.")

    refused = send_off(officer, changed(draft), typed | {"_submit": "1"})
    assert set(errors_of(refused)) == {"evidence"}
    draft.refresh_from_db()
    assert draft.narrative != "New words."

    officer.post(changed(draft), typed | {"_draft": "1"})
    draft.refresh_from_db()
    assert (draft.level, draft.narrative) == ("completed", "New words.")


def test_token_of_a_colleague_gets_at_nothing_of_hers(client, milestone, account):
    sign_in(client, account)
    page = client.get(form_for(milestone))
    send(client, milestone, page, narrative="Mine.")
    token = sent_from(page)["token"]
    sign_in(client, officer_of(lead_of(milestone.commitment)))

    answer = send(client, milestone, client.get(form_for(milestone)), token=token, narrative="X")

    assert answer.status_code == 200
    assert ProgressUpdate.objects.get().narrative == "Mine."


def test_officer_with_a_draft_is_offered_to_go_on_with_it(officer, milestone, account):
    draft = make_update(milestone, nations=["sct"], by=account, publish=False)
    colleague = officer_of(lead_of(milestone.commitment))
    foreign = make_update(milestone, nations=["wls"], by=colleague, publish=False)

    page = officer.get(form_for(milestone))

    assert "You have already started to report on this." in page.text
    assert changed(draft) in page.text
    assert changed(foreign) not in page.text
    another = officer.get(form_for(milestone, another=1))
    send(officer, milestone, another, nations=[nation("wls").pk])
    assert ProgressUpdate.objects.filter(recorded_by=account).count() == 2


def test_new_report_starts_from_the_last_text(officer, milestone, account):
    last = make_update(
        milestone, "limited", nations=["wls"], narrative="What was said last.", as_of=days_ago(9)
    )
    page = officer.get(form_for(milestone))
    assert f'name="_start" value="{last.uid}"' in page.text

    untouched = sent_from(page, _start=str(last.uid))
    page = officer.post(form_for(milestone), untouched, follow=True)

    sent = sent_from(page)
    assert sent["narrative"] == ["What was said last."]
    assert sent["obstacles"] == [last.obstacles]
    assert sent["level"] == ["limited"]
    assert sent["as_of"] == [date_format(today(), "j F Y")]


def test_last_text_is_added_below_what_is_typed_and_takes_the_place_of_nothing(officer, milestone):
    last = make_update(milestone, "limited", nations=["sct"], narrative="What was said last.")
    typed = {"level": "not_started", "narrative": "My own words."}

    page = send(officer, milestone, **typed, _start=str(last.uid), follow=True)

    draft = ProgressUpdate.objects.get(published_at=None)
    both = "My own words.\n\nWhat was said last."
    assert (draft.narrative, draft.level) == (both, "not_started")
    assert messages_of(page) == ["Your draft is saved. The last text is below what you had typed."]
    officer.post(changed(draft), sent_from(page, _start=str(last.uid)))
    draft.refresh_from_db()
    assert draft.narrative == both, "it is not added twice"


def test_words_of_another_institution_or_milestone_are_no_beginning(client, milestone):
    partner = InstitutionFactory(nation=nation("sct"))
    InvolvementFactory(commitment=milestone.commitment, institution=partner)
    foreign = make_update(milestone, nations=["sct"], narrative="What the lead said.")
    elsewhere = make_update(institution=None, nations=["sct"], narrative="Said elsewhere.")
    sign_in(client, officer_of(partner))

    page = client.get(form_for(milestone))
    for uid in (foreign.uid, elsewhere.uid, "no-such"):
        assert f'value="{uid}"' not in page.text
        begun = send(client, milestone, page, narrative="Mine.", _start=uid, follow=True)
        assert sent_from(begun)["narrative"] == ["Mine."]


def test_officer_corrects_her_published_report_from_its_own_words(officer, milestone):
    wrong = make_update(milestone, "limited", nations=["sct"], as_of=days_ago(3))
    shown = officer.get(changed(wrong)).text
    assert f"?milestone={milestone.pk}&amp;corrects={wrong.pk}" in shown
    page = officer.get(form_for(milestone, corrects=wrong.pk))
    assert page.context["title"] == "Correct a progress update"
    sent = sent_from(page)
    assert sent["corrects"] == [str(wrong.pk)]
    assert sent["narrative"] == [wrong.narrative]
    assert sent["as_of"] == [date_format(days_ago(3), "j F Y")]

    refused = send_off(officer, form_for(milestone), sent | {"_submit": "1"})
    assert errors_of(refused) == {
        "correction_reason": ["Say why the earlier update has to be corrected."]
    }
    send_off(
        officer,
        form_for(milestone),
        sent | {"_submit": "1", "correction_reason": "It was not done.", "level": "not_started"},
    )

    correction = wrong.corrections.get()
    assert (correction.state, correction.level) == (State.SUBMITTED, "not_started")


def test_list_shows_what_is_unfinished_first_and_can_be_narrowed_to_ones_own(
    officer, milestone, account
):
    published = make_update(milestone, nations=["sct"])
    draft = make_update(milestone, nations=["wls"], as_of=days_ago(99), by=account, publish=False)
    listed = address(ProgressUpdate, "changelist")

    assert list(officer.get(listed).context["cl"].result_list) == [draft, published]
    mine = officer.get(listed, {"author": "me"})
    assert list(mine.context["cl"].result_list) == [draft]
    by_state = officer.get(listed, {"state__exact": "published"})
    assert list(by_state.context["cl"].result_list) == [published]
