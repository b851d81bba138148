"""A reporter reports progress on a milestone for her institution and sends it for sign-off."""

import re
from unittest import mock

import pytest
from django.utils.formats import date_format

from commitments.models import ActionPlan
from milestones.admin.report_form import UpdateForm
from milestones.models import ProgressUpdate
from tests.admin_pages import address, errors_of, messages_of, sent_from
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    days_ago,
    lead_of,
    make_update,
    nation,
    officer_of,
    today,
)
from tests.report_pages import evidence, form_for, form_on, report, send, send_off
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

State = ProgressUpdate.State


def test_officer_is_first_asked_for_the_milestone_and_offered_only_hers(officer, milestone):
    other = MilestoneFactory(text="Somebody else's to do")

    page = officer.get(address(ProgressUpdate, "add"))

    assert "Which milestone is it about?" in page.text
    assert list(page.context["rows"]) == [milestone]
    assert f"?milestone={milestone.pk}" in page.text
    assert other.text not in page.text
    assert milestone.text in officer.get(form_for(milestone)).text


def test_officer_finds_a_milestone_by_words_and_number_without_script(officer, milestone):
    second = MilestoneFactory(commitment=milestone.commitment, text="Publish the minutes")
    slug = milestone.commitment.slug

    for words, found in (
        (f"{slug} 2", [second]),
        ("MINUTES publish", [second]),
        ("minutes nowhere", []),
        ("\0 %_ '", []),
    ):
        page = officer.get(address(ProgressUpdate, "add"), {"q": words})
        assert list(page.context["rows"]) == found, words


def test_officer_who_names_a_milestone_that_does_not_exist_is_asked_again(officer):
    hidden = MilestoneFactory(commitment=CommitmentFactory(draft=True))
    for wrong in ("0", "words", "", "9" * 40, hidden.pk):
        page = officer.get(address(ProgressUpdate, "add"), {"milestone": wrong})

        assert "Which milestone is it about?" in page.text, wrong


def test_officer_submits_a_report_with_evidence(officer, milestone, account):
    answer = send(
        officer, milestone, level="completed", obstacles="", _submit="1", **evidence(), follow=True
    )

    update = ProgressUpdate.objects.get()
    assert update.state == State.SUBMITTED
    assert (update.level, update.narrative) == ("completed", "Two workshops were held.")
    assert update.institution == lead_of(milestone.commitment)
    assert update.recorded_by == account
    assert [row.code for row in update.nations.all()] == ["sct"]
    piece = update.evidence.get()
    assert (piece.title, piece.url, piece.locator) == (
        "Minutes",
        "https://www.gov.scot/minutes",
        "page 3",
    )
    assert answer.redirect_chain[-1][0] == address(ProgressUpdate, "done", update.pk)
    assert "Sent for sign-off:" in answer.text
    assert [step.by for step in update.steps.all()] == [account]


def test_report_that_breaks_every_rule_is_refused_beside_each_field(officer, milestone):
    answer = send(
        officer,
        milestone,
        level="completed",
        nations=None,
        narrative="",
        as_of=str(days_ago(-1)),
        due_reason="It takes longer.",
        _submit="1",
    )

    shown = errors_of(answer)
    assert set(shown) == {"nations", "narrative", "as_of", "evidence", "due_on_proposed"}
    assert all(len(sentences) == 1 for sentences in shown.values())
    assert not ProgressUpdate.objects.exists()
    said = {(problem.target, problem.sentence) for problem in answer.context["problems"]}
    assert said == {
        ("id_nations_0", *shown["nations"]),
        ("id_as_of", *shown["as_of"]),
        ("id_narrative", *shown["narrative"]),
        ("evidence-group", *shown["evidence"]),
        ("id_due_on_proposed", *shown["due_on_proposed"]),
    }
    for target, sentence in said:
        assert answer.text.count(f'id="{target}"') == 1, target
        assert answer.text.count(sentence) == 2, sentence


def test_each_error_is_said_once_and_tied_to_its_field(officer, milestone):
    answer = send(officer, milestone, level=None, as_of="31/2/2026", _submit="1")

    assert errors_of(answer) == {
        "as_of": ["This date does not exist. Check the day and the month."],
        "level": ["Choose one of the four levels."],
    }
    assert 'aria-describedby="id_as_of_helptext id_as_of_error"' in answer.text
    assert 'id="id_as_of_error"' in answer.text
    assert re.search(
        r'class="form-row choice field-level errors"\s+aria-describedby="id_level_error">',
        answer.text,
    )
    assert 'id="id_level_error"' in answer.text


def test_missing_obstacles_are_refused_and_nothing_typed_is_lost(officer, milestone):
    page = officer.get(form_for(milestone))
    late = {"schedule": "behind_schedule", "obstacles": ""}
    typed = report(page, **late, **evidence(title="A title that was typed"))

    answer = send_off(officer, form_for(milestone), typed | {"_submit": "1"})

    assert errors_of(answer) == {
        "obstacles": ["Say what stands in the way: at risk and behind schedule need it."]
    }
    again = sent_from(answer)
    kept = {name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"}
    for name, value in kept.items():
        expected = [str(one) for one in value] if isinstance(value, list) else [value]
        assert again[name] == expected, name


def test_service_asks_the_rules_again_and_its_refusal_comes_back(officer, milestone):
    page = officer.get(form_for(milestone))
    typed = report(page, as_of=str(days_ago(-1)), level="completed", _submit="1")

    with mock.patch.object(UpdateForm, "check_rules"):
        answer = send_off(officer, form_for(milestone), typed)

    assert "This date is in the future." in answer.text
    assert "Add evidence" in answer.text
    assert ProgressUpdate.objects.get().state == State.DRAFT


def test_form_says_the_first_and_the_last_possible_day(officer, milestone):
    ActionPlan.objects.update(start_date=days_ago(10))
    page = officer.get(form_for(milestone))

    assert ", when the plan began, to today, " in str(form_on(page).fields["as_of"].help_text)
    assert sent_from(page)["as_of"] == [date_format(today(), "j F Y")]

    answer = send(officer, milestone, page, as_of=str(days_ago(11)), _submit="1")
    assert "The plan began on" in errors_of(answer)["as_of"][0]


def test_each_level_stands_beside_its_definition_and_what_it_needs(officer, milestone):
    page = officer.get(form_for(milestone))

    words = [str(label) for _value, label in form_on(page).fields["level"].choices]
    assert len(words) == 4
    assert "It has been done. Needs evidence." in words[3]
    words = [str(label) for _value, label in form_on(page).fields["schedule"].choices]
    assert len(words) == 3
    assert "later than planned. Say what stands in the way." in words[2]


def test_officer_takes_the_only_evidence_out_and_cannot_submit(officer, milestone, account):
    draft = make_update(milestone, "completed", by=account, publish=False)
    change = address(ProgressUpdate, "change", draft.pk)
    page = officer.get(change)

    answer = send_off(officer, change, sent_from(page, _submit="1", **{"evidence-0-DELETE": "on"}))

    assert "Add evidence" in errors_of(answer)["evidence"][0]
    assert draft.evidence.count() == 1
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_reporter_is_not_offered_to_publish(officer, milestone):
    ActionPlan.objects.update(needs_sign_off=False)
    page = officer.get(form_for(milestone))
    assert 'value="publish"' not in send(officer, milestone, page, _preview="1", follow=True).text

    answer = send(officer, milestone, page, _publish="1")

    assert "Only a lead of the institution can publish it." in answer.text
    assert ProgressUpdate.objects.get().state == State.DRAFT


def test_lead_publishes_at_once_only_where_the_plan_asks_for_nobody_else(client, milestone):
    lead = officer_of(lead_of(milestone.commitment), "lead")
    sign_in(client, lead)
    page = client.get(form_for(milestone))
    refused = send(client, milestone, page, _publish="1")
    assert "This needs a second person to sign off." in refused.text
    draft = ProgressUpdate.objects.get()
    assert draft.state == State.DRAFT
    preview = address(ProgressUpdate, "preview", draft.pk)
    assert 'value="publish"' not in client.get(preview).text

    ActionPlan.objects.update(needs_sign_off=False, needs_civil_society_sign_off=True)
    assert 'value="publish"' not in client.get(preview).text

    ActionPlan.objects.update(needs_civil_society_sign_off=False)
    assert 'value="publish"' in client.get(preview).text
    answer = send(client, milestone, page, _publish="1", follow=True)

    assert "Published:" in answer.text
    update = ProgressUpdate.objects.get()
    assert update.is_published
    assert update.signed_off_by == lead
    assert milestone.nation_progress.get(nation__code="sct").level == "limited"


def test_report_moves_the_due_date_only_once_it_is_published(client, milestone):
    ActionPlan.objects.update(needs_sign_off=False)
    sign_in(client, officer_of(lead_of(milestone.commitment), "lead"))
    before = milestone.due_on
    moved = {"due_on_proposed": str(days_ago(-250)), "due_reason": "The election came first."}

    send(client, milestone, _submit="1", **moved)
    milestone.refresh_from_db()
    assert milestone.due_on == before

    update = ProgressUpdate.objects.get()
    sign_off = address(ProgressUpdate, "publish", update.pk)
    client.post(sign_off, sent_from(client.get(sign_off), do="publish"))
    milestone.refresh_from_db()
    assert milestone.due_on == days_ago(-250)
    assert milestone.amendments.get().due_from == before


def test_long_and_strange_words_come_back_as_they_were_typed(officer, milestone):
    # Right to left, beyond the first plane, joined.
    strange = "شكرا abc 👩‍👩‍👧 𝔾𝕠 é ​"
    long = ("Workshops were held. " * 1000)[:20_000].strip()
    send(officer, milestone, narrative=long, obstacles=strange.strip(), _submit="1")

    update = ProgressUpdate.objects.get()
    assert update.narrative == long
    assert update.obstacles == strange.strip()
    again = sent_from(officer.get(address(ProgressUpdate, "change", update.pk)))
    assert again["narrative"] == [long]
    assert again["obstacles"] == [strange.strip()]


@pytest.mark.parametrize("button", ["_draft", "_submit"])
def test_too_long_a_text_is_refused_beside_its_field_and_stays_in_the_form(
    officer, milestone, button
):
    page, long = officer.get(form_for(milestone)), "x" * 20_345

    answer = send(officer, milestone, page, narrative=long, **{button: "1"})

    said = "Shorten this to 20,000 characters; it has 20,345."
    assert errors_of(answer) == {"narrative": [said]}
    assert sent_from(answer)["narrative"] == [long]
    assert not ProgressUpdate.objects.exists()


def test_null_character_is_refused_in_words(officer, milestone):
    answer = send(officer, milestone, narrative="Two\0words", _draft="1")

    assert "character that cannot be saved" in errors_of(answer)["narrative"][0]
    assert not ProgressUpdate.objects.exists()


def test_fifty_pieces_of_evidence_are_kept(officer, milestone):
    rows = {"evidence-TOTAL_FORMS": "50"}
    for number in range(50):
        rows |= evidence(number, title=f"Paper {number}")

    send(officer, milestone, level="completed", _submit="1", **rows)

    update = ProgressUpdate.objects.get()
    assert update.evidence.count() == 50
    assert officer.get(address(ProgressUpdate, "change", update.pk)).status_code == 200


def test_what_is_too_long_to_be_sent_is_refused_in_words(officer, milestone, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    answer = send(officer, milestone, narrative="word " * 5000)

    assert answer.status_code == 413
    assert "too large" in answer.text
    assert "Go back" in answer.text


def test_folded_groups_stand_open_only_while_they_hold_something(officer, milestone):
    page = officer.get(form_for(milestone))
    assert re.search(r"<details>\s*<summary>\s*If the due date moves", page.text)

    typed = report(page, due_reason="It takes longer.", _submit="1")
    refused = send_off(officer, form_for(milestone), typed)

    assert re.search(r"<details open>\s*<summary>\s*If the due date moves", refused.text)


def test_nation_of_another_government_cannot_be_ticked(client, milestone):
    welsh = InstitutionFactory(nation=nation("wls"), kind="devolved_government")
    sign_in(client, officer_of(welsh))
    answer = send(client, milestone, _draft="1")

    assert errors_of(answer)["nations"] == ["Choose from the nations listed here."]
    assert not ProgressUpdate.objects.exists()


def test_pasted_words_keep_their_bullets_and_lose_what_turns_their_direction(officer, milestone):
    pasted = "Held:\r\n• one\r\n• two \u202erebmun"
    answer = send(officer, milestone, narrative=pasted, follow=True)

    assert ProgressUpdate.objects.get().narrative == "Held:\n\n- one\n- two rebmun"
    taken_out = "characters that change the direction of writing out of “What was done”."
    assert any(taken_out in said for said in messages_of(answer))


def test_questionable_due_date_is_asked_about_and_completed_work_keeps_no_schedule(
    officer, milestone
):
    page = officer.get(form_for(milestone))
    moved = {"due_on_proposed": "1 January 2099", "due_reason": "The election came first."}
    completed = {"level": "completed", "schedule": "at_risk", **evidence(), **moved}

    asked = send(officer, milestone, page, _submit="1", **completed)

    assert "Change it, or tick" in errors_of(asked)["due_on_proposed"][0]
    send(officer, milestone, page, _submit="1", **completed, due_date_is_meant="on")
    update = ProgressUpdate.objects.get()
    assert (update.state, update.schedule) == (State.SUBMITTED, "")
