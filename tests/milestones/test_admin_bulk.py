"""An officer reports one level on several milestones at once, each by the service's rules."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from milestones.admin.bulk import AT_ONCE
from milestones.models import Milestone, ProgressUpdate
from tests.admin_pages import address, messages_of, sent_from
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    days_ago,
    nation,
    officer_of,
)
from tests.pages import queries_of
from tests.report_pages import evidence, report
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]


@pytest.fixture
def scottish():
    return InstitutionFactory(kind="devolved_government", nation=nation("sct"))


@pytest.fixture
def account(scottish):
    return officer_of(scottish)


@pytest.fixture
def milestones():
    return [
        MilestoneFactory(commitment=CommitmentFactory(nations=["sct", "wls"])) for _ in range(3)
    ]


def bulk_page(milestones):
    keys = ",".join(str(milestone.pk) for milestone in milestones)
    return f"{reverse('admin:milestones_milestone_report')}?milestones={keys}"


def send_all(client, milestones, page=None, /, **changes):
    page = page or client.get(bulk_page(milestones))
    return client.post(bulk_page(milestones), report(page, **changes))


def said(answer):
    return [(result.milestone, bool(result.update)) for result in answer.context["results"]]


def errors_on(answer):
    shown = {name: list(errors) for name, errors in answer.context["form"].errors.items()}
    if common := answer.context["formset"].non_form_errors():
        shown["evidence"] = list(common)
    return shown


def test_action_of_the_list_leads_to_the_page_with_what_was_chosen(officer, milestones):
    answer = officer.post(
        address(Milestone, "changelist"),
        {"action": "report_selected", "_selected_action": [row.pk for row in milestones[:2]]},
        follow=True,
    )

    assert answer.redirect_chain[-1][0] == bulk_page(milestones[:2])
    form = answer.context["form"]
    assert list(form.fields["milestones"].queryset) == milestones[:2]
    assert [row.code for row in form.fields["nations"].queryset] == ["sct"]
    assert form.initial["nations"] == [nation("sct").pk]


def test_officer_reports_on_all_at_once_with_common_evidence(officer, milestones, account):
    answer = send_all(officer, milestones, level="completed", obstacles="", **evidence())

    assert said(answer) == [(milestone, True) for milestone in milestones]
    assert "3 progress updates wait for sign-off." in answer.text
    for update in ProgressUpdate.objects.all():
        assert (update.state, update.level) == ("submitted", "completed")
        assert update.recorded_by == account
        assert [row.code for row in update.nations.all()] == ["sct"]
        assert update.evidence.get().url == "https://www.gov.scot/minutes"
        assert address(ProgressUpdate, "change", update.pk) in answer.text


def test_what_is_refused_says_why_and_stops_no_other(officer, milestones):
    late = MilestoneFactory(
        commitment=CommitmentFactory(
            nations=["sct"], plan__start_date=days_ago(2), plan__title="Later plan"
        )
    )
    answer = send_all(officer, [*milestones, late], as_of=str(days_ago(5)))

    assert said(answer) == [*((row, True) for row in milestones), (late, False)]
    assert "The plan began on" in answer.context["results"][-1].words
    assert "1 could not be sent. The table says why." in answer.text
    assert not ProgressUpdate.objects.filter(milestone=late).exists()


def test_sending_again_after_it_broke_off_writes_only_the_rest(officer, milestones, monkeypatch):
    from milestones.admin import bulk

    page = officer.get(bulk_page(milestones))
    whole = bulk.report_on

    def breaks(milestone, *rest):
        if milestone == milestones[1]:
            raise KeyboardInterrupt
        return whole(milestone, *rest)

    monkeypatch.setattr(bulk, "report_on", breaks)
    with pytest.raises(KeyboardInterrupt):
        send_all(officer, milestones, page)
    monkeypatch.undo()
    assert ProgressUpdate.objects.count() == 1

    answer = send_all(officer, milestones, page)

    assert said(answer) == [(milestone, True) for milestone in milestones]
    assert answer.text.count("You have already sent this. It was not sent again.") == 1
    assert ProgressUpdate.objects.count() == 3


def test_sending_again_after_back_is_recognised(officer, milestones):
    given = {"level": "limited", "narrative": "One workshop."} | evidence()
    send_all(officer, milestones, **given)
    # The browser asks for the page anew, with another token, and fills in what was typed.
    again = send_all(officer, milestones, **given)

    assert ProgressUpdate.objects.count() == len(milestones)
    assert {result.words for result in again.context["results"]} == {
        "You have already sent this. It was not sent again."
    }
    other = send_all(officer, milestones, **given | {"narrative": "Two workshops."})
    assert ProgressUpdate.objects.count() == 2 * len(milestones)
    waits = "A progress update for Scotland already waits for sign-off."
    assert all(result.words.endswith(waits) for result in other.context["results"])
    assert officer.get(bulk_page(milestones)).text.count(waits) == len(milestones)


def test_pasted_text_is_cleaned_and_the_page_says_so(officer, milestones):
    answer = send_all(officer, milestones, narrative="Held:\r\n• one\r\n• two \u202erebmun")

    assert {one.narrative for one in ProgressUpdate.objects.all()} == {
        "Held:\n\n- one\n- two rebmun"
    }
    assert "characters that change the direction of writing" in messages_of(answer)[0]


def test_each_update_is_about_nations_of_its_institution(client, milestones, scottish):
    lead = InstitutionFactory(nation=nation("eng"))
    led = MilestoneFactory(commitment=CommitmentFactory(nations=["eng", "sct"], lead=lead))
    joined = MilestoneFactory(commitment=CommitmentFactory(nations=["eng", "wls"]))
    InvolvementFactory(commitment=joined.commitment, institution=lead)
    sign_in(client, officer_of(lead))
    page = client.get(bulk_page([led, joined]))
    everywhere = [row.pk for row in page.context["form"].fields["nations"].queryset]
    assert len(everywhere) == 2

    send_all(client, [led, joined], page, nations=everywhere)

    reported = {
        update.milestone: {row.code for row in update.nations.all()}
        for update in ProgressUpdate.objects.all()
    }
    assert reported == {led: {"eng", "sct"}, joined: {"eng"}}


def test_common_faults_are_refused_beside_their_fields_before_anything_is_written(
    officer, milestones
):
    wrong = {"narrative": "", "as_of": "31/2/2026", "nations": None}
    untold = {"milestones": None} | evidence(title="Typed", url="")

    answer = send_all(officer, milestones, level="completed", **wrong, **untold)

    assert set(errors_on(answer)) == {"narrative", "as_of", "nations", "milestones"}
    targets = {problem.target for problem in answer.context["problems"]}
    assert {"id_narrative", "id_as_of", "id_evidence-0-url"} <= targets
    again = sent_from(answer)
    assert again["evidence-0-title"] == ["Typed"]
    assert again["as_of"] == ["31/2/2026"]
    assert not ProgressUpdate.objects.exists()


def test_missing_evidence_is_refused_for_all(officer, milestones):
    answer = send_all(officer, milestones, level="completed")

    assert list(errors_on(answer)) == ["evidence"]
    assert not ProgressUpdate.objects.exists()


def test_milestone_that_is_unticked_is_left_out(officer, milestones):
    answer = send_all(officer, milestones, milestones=[milestones[2].pk])

    assert said(answer) == [(milestones[2], True)]


def test_foreign_milestones_are_neither_shown_nor_reported_on(officer, milestones):
    foreign = MilestoneFactory(commitment=CommitmentFactory(nations=["nir"]))
    page = officer.get(bulk_page([*milestones, foreign]))
    assert list(page.context["form"].fields["milestones"].queryset) == milestones

    answer = send_all(officer, [*milestones, foreign], page, milestones=[foreign.pk])

    assert "milestones" in errors_on(answer)
    assert not ProgressUpdate.objects.exists()


def test_officer_of_two_institutions_says_for_which(officer, milestones, account):
    MembershipFactory(account=account)
    refused = send_all(officer, milestones)

    assert errors_on(refused) == {
        "institution": ["Choose the institution you report on behalf of."]
    }


def test_nothing_chosen_leads_back_to_the_list(officer, milestones):
    for wrong in ([], "?milestones=words,-1,99999999999999999999999"):
        target = bulk_page([]) if wrong == [] else bulk_page([]).partition("?")[0] + wrong
        answer = officer.get(target, follow=True)
        assert answer.redirect_chain[-1][0] == address(Milestone, "changelist")
        assert messages_of(answer) == [
            "Tick the milestones that you want to report on in this list."
        ]


def test_too_many_at_once_are_refused_in_words(officer, milestones, monkeypatch):
    from milestones.admin import bulk

    assert AT_ONCE == 200
    monkeypatch.setattr(bulk, "AT_ONCE", 2)

    answer = officer.post(
        address(Milestone, "changelist"),
        {"action": "report_selected", "_selected_action": [row.pk for row in milestones]},
        follow=True,
    )

    assert messages_of(answer) == ["Choose at most 2 milestones at once."]


def queries_for(client, milestones):
    page = client.get(bulk_page(milestones))
    with CaptureQueriesContext(connection) as sent:
        answer = send_all(client, milestones, page)
    assert all(result.update for result in answer.context["results"])
    return queries_of(client, bulk_page(milestones)), len(sent)


@pytest.mark.slow
def test_fifty_milestones_ask_few_queries_each_and_the_page_no_more_than_for_two(officer):
    commitment = CommitmentFactory(nations=["sct"])
    rows = [MilestoneFactory(commitment=commitment) for _ in range(10)]
    rows += [MilestoneFactory(commitment=CommitmentFactory(nations=["sct"])) for _ in range(40)]

    shown_two, sent_two = queries_for(officer, rows[:2])
    shown_all, sent_all = queries_for(officer, rows[2:])

    assert shown_all <= shown_two
    per_row = (sent_all - sent_two) / (len(rows) - 4)
    assert per_row < 45, per_row
