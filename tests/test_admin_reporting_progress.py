"""An officer reports progress on a milestone in the Admin section."""

from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from commitments.models import ActionPlan
from milestones import services
from milestones.admin.report_form import ReportForm
from milestones.models import Evidence, ProgressUpdate
from tests.admin_pages import address, errors_of, messages_of, sent_from
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
    days_ago,
    lead_of,
    make_correction,
    make_update,
    nation,
    today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    account = AccountFactory(superuser=True, username="officer")
    client.force_login(account)
    return client


@pytest.fixture
def milestone():
    return MilestoneFactory(commitment=CommitmentFactory(nations=["sct", "wls"]))


def form_for(milestone, **more):
    query = "&".join(f"{name}={value}" for name, value in more.items())
    return f"{address(ProgressUpdate, 'add')}?milestone={milestone.pk}&{query}"


def report(page, **changes):
    """Return a complete report of limited progress, with some answers changed."""
    answers = {
        "nations": [nation("sct").pk],
        "as_of": str(today()),
        "level": "limited",
        "narrative": "Two workshops were held.",
        "obstacles": "The budget came late.",
    }
    return sent_from(page, **(answers | changes))


def evidence(number=0, **answers):
    filled = {"title": "Minutes", "url": "https://www.gov.scot/minutes", "locator": "page 3"}
    return {f"evidence-{number}-{name}": value for name, value in (filled | answers).items()}


def test_officer_is_first_asked_for_the_milestone(officer, milestone):
    page = officer.get(address(ProgressUpdate, "add"))

    assert "Which milestone is it about?" in page.text
    assert page.context["form"].errors == {}

    chosen = officer.get(address(ProgressUpdate, "add"), {"milestone": milestone.pk})
    assert milestone.text in chosen.text


def test_officer_who_names_a_milestone_that_does_not_exist_is_asked_again(officer):
    for wrong in ("0", "words", ""):
        page = officer.get(address(ProgressUpdate, "add"), {"milestone": wrong})

        assert "Which milestone is it about?" in page.text, wrong


def test_form_suggests_the_only_lead_and_offers_the_nations_in_scope(officer, milestone):
    page = officer.get(form_for(milestone))

    form = page.context["adminform"].form
    assert form.initial["institution"] == lead_of(milestone.commitment).pk
    assert [row.code for row in form.fields["nations"].queryset] == ["sct", "wls"]

    services.set_applicability(milestone, nation("wls"), applies=False, reason="Not devolved")
    form = officer.get(form_for(milestone)).context["adminform"].form
    assert [row.code for row in form.fields["nations"].queryset] == ["sct"]
    assert form.initial["nations"] == [nation("sct").pk]


def test_officer_reports_with_evidence_and_gets_a_draft_to_look_at(officer, milestone):
    page = officer.get(form_for(milestone))

    answer = officer.post(
        form_for(milestone),
        report(page, level="completed", obstacles="", _save="Save", **evidence()),
        follow=True,
    )

    update = ProgressUpdate.objects.get()
    assert update.state == ProgressUpdate.State.DRAFT
    assert (update.level, update.narrative) == ("completed", "Two workshops were held.")
    assert update.institution == lead_of(milestone.commitment)
    assert update.recorded_by.username == "officer"
    assert [row.code for row in update.nations.all()] == ["sct"]
    piece = update.evidence.get()
    assert (piece.title, piece.url, piece.locator) == (
        "Minutes",
        "https://www.gov.scot/minutes",
        "page 3",
    )
    assert answer.redirect_chain[-1][0] == reverse(
        "admin:milestones_progressupdate_publish", args=[update.pk]
    )


def test_report_that_breaks_every_rule_is_refused_beside_each_field(officer, milestone):
    page = officer.get(form_for(milestone))

    answer = officer.post(
        form_for(milestone),
        report(
            page,
            level="completed",
            nations=None,
            narrative="",
            as_of=str(days_ago(-1)),
            institution="",
        ),
    )

    assert answer.status_code == 200
    shown = errors_of(answer)
    assert set(shown) == {"nations", "narrative", "as_of", "institution", "evidence"}
    assert "at least one address" in shown["evidence"][0]
    assert all(len(sentences) == 1 for sentences in shown.values())
    for sentences in shown.values():
        assert sentences[0].replace("’", "&#x27;") in answer.text
    assert not ProgressUpdate.objects.exists()


def test_missing_obstacles_are_refused_and_nothing_typed_is_lost(officer, milestone):
    page = officer.get(form_for(milestone))
    typed = report(page, obstacles="", **evidence(title="A title that was typed"))

    answer = officer.post(form_for(milestone), typed)

    assert errors_of(answer) == {
        "obstacles": ["Say what stands in the way: the levels Not started and Limited need it."]
    }
    again = sent_from(answer)
    kept = {name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"}
    for name, value in kept.items():
        expected = [str(one) for one in value] if isinstance(value, list) else [value]
        assert again[name] == expected, name


def test_error_of_a_field_is_not_said_twice(officer, milestone):
    page = officer.get(form_for(milestone))

    answer = officer.post(form_for(milestone), report(page, as_of="the third of May", level=None))

    assert errors_of(answer) == {
        "as_of": ["Enter a valid date."],
        "level": ["Choose one of the four levels."],
    }


def test_evidence_without_its_address_is_refused_in_its_row(officer, milestone):
    page = officer.get(form_for(milestone))

    answer = officer.post(form_for(milestone), report(page, level="completed", **evidence(url="")))

    assert errors_of(answer)["evidence-0-url"] == ["Enter the address of the evidence."]
    assert not ProgressUpdate.objects.exists()


def test_the_same_evidence_twice_is_refused_and_nothing_is_half_written(officer, milestone):
    page = officer.get(form_for(milestone))

    answer = officer.post(
        form_for(milestone),
        report(
            page, level="completed", **evidence(), **evidence(1), **{"evidence-TOTAL_FORMS": "2"}
        ),
    )

    assert answer.status_code == 200
    assert errors_of(answer)["evidence"]
    assert not ProgressUpdate.objects.exists()
    assert not Evidence.objects.exists()


def test_institution_of_one_nation_cannot_speak_for_another(officer, milestone):
    welsh = InstitutionFactory(nation=nation("wls"))
    page = officer.get(form_for(milestone))

    answer = officer.post(form_for(milestone), report(page, institution=str(welsh.pk)))

    assert "own nation only" in errors_of(answer)["nations"][0]


def test_what_is_said_of_a_source_without_its_name_is_refused(officer, milestone):
    page = officer.get(form_for(milestone))

    answer = officer.post(form_for(milestone), report(page, level_as_published="In progress"))

    assert "Name the document" in errors_of(answer)["source_title"][0]


def test_words_of_a_document_need_no_evidence_and_keep_its_own_word(officer, milestone):
    page = officer.get(form_for(milestone))

    officer.post(
        form_for(milestone),
        report(
            page,
            level="substantial",
            institution="",
            source_title="Self-assessment report",
            level_as_published="In progress",
            level_derived="on",
        ),
    )

    update = ProgressUpdate.objects.get()
    assert (update.source_title, update.level_as_published) == (
        "Self-assessment report",
        "In progress",
    )
    assert update.level_derived
    assert update.institution is None


def test_service_asks_the_rules_again_and_its_refusal_comes_back_on_the_form(officer, milestone):
    page = officer.get(form_for(milestone))
    typed = report(page, as_of=str(days_ago(-1)), level="completed")

    with mock.patch.object(ReportForm, "_ask_the_rules"):
        answer = officer.post(form_for(milestone), typed)

    assert set(errors_of(answer)) == {"as_of", "evidence"}
    assert sent_from(answer)["narrative"] == ["Two workshops were held."]
    assert not ProgressUpdate.objects.exists()


def test_officer_changes_a_draft(officer, milestone):
    draft = make_update(milestone, "completed", nations=["sct"], publish=False)
    kept = draft.evidence.get()
    page = officer.get(address(ProgressUpdate, "change", draft.pk))

    officer.post(
        address(ProgressUpdate, "change", draft.pk),
        sent_from(
            page,
            narrative="Mended words.",
            **evidence(1),
            **{"evidence-TOTAL_FORMS": "2", "evidence-1-update": str(draft.pk)},
        ),
    )

    draft.refresh_from_db()
    assert draft.narrative == "Mended words."
    assert draft.recorded_by.username == "officer"
    assert sorted(draft.evidence.values_list("url", flat=True)) == sorted(
        [kept.url, "https://www.gov.scot/minutes"]
    )


def test_file_that_a_draft_has_from_elsewhere_stays_with_it(officer, milestone, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    draft = make_update(milestone, "completed", publish=False)
    piece = draft.evidence.get()
    piece.url = ""
    piece.file.save("minutes.pdf", ContentFile(b"What was said."))
    page = officer.get(address(ProgressUpdate, "change", draft.pk))

    officer.post(
        address(ProgressUpdate, "change", draft.pk), sent_from(page, narrative="Mended words.")
    )

    draft.refresh_from_db()
    assert draft.narrative == "Mended words."
    assert draft.evidence.get().file.read() == b"What was said."


def test_officer_takes_the_only_evidence_out_of_a_draft_and_is_refused(officer, milestone):
    draft = make_update(milestone, "completed", publish=False)
    page = officer.get(address(ProgressUpdate, "change", draft.pk))

    answer = officer.post(
        address(ProgressUpdate, "change", draft.pk), sent_from(page, **{"evidence-0-DELETE": "on"})
    )

    assert "Add evidence" in errors_of(answer)["evidence"][0]
    assert draft.evidence.count() == 1


def test_draft_that_breaks_a_rule_stays_as_it_was(officer, milestone):
    draft = make_update(milestone, "limited", publish=False)
    page = officer.get(address(ProgressUpdate, "change", draft.pk))

    answer = officer.post(
        address(ProgressUpdate, "change", draft.pk),
        sent_from(page, level="completed", narrative="Not to be kept."),
    )

    assert set(errors_of(answer)) == {"evidence"}
    draft.refresh_from_db()
    assert draft.narrative != "Not to be kept."


def test_officer_corrects_a_published_report(officer, milestone):
    wrong = make_update(milestone, "completed", nations=["sct"])
    shown = officer.get(address(ProgressUpdate, "change", wrong.pk)).text
    assert f"?milestone={milestone.pk}&amp;corrects={wrong.pk}" in shown
    page = officer.get(form_for(milestone, corrects=wrong.pk))
    assert sent_from(page)["corrects"] == [str(wrong.pk)]

    answer = officer.post(form_for(milestone), report(page))
    assert errors_of(answer) == {
        "correction_reason": ["Say why the earlier report has to be corrected."]
    }
    officer.post(form_for(milestone), report(page, correction_reason="It was not done."))

    assert wrong.corrections.get().correction_reason == "It was not done."


def test_only_published_uncorrected_reports_of_the_milestone_can_be_chosen_to_correct(
    officer, milestone
):
    make_update(milestone, "limited", publish=False)
    corrected = make_update(milestone, "limited")
    current = make_correction(corrected, "not_started")
    elsewhere = make_update(level="limited")
    widget = officer.get(form_for(milestone)).context["adminform"].form.fields["corrects"].widget

    answer = officer.get(
        f"{widget.widget.get_url()}&app_label=milestones&model_name=progressupdate"
        "&field_name=corrects"
    )

    assert [row["id"] for row in answer.json()["results"]] == [str(current.pk)]
    page = officer.get(form_for(milestone))
    refused = officer.post(
        form_for(milestone),
        report(page, corrects=str(elsewhere.pk), correction_reason="It was wrong."),
    )
    assert errors_of(refused)["corrects"] == ["Choose a published report of this milestone."]


def test_officer_publishes_a_document_that_names_no_institution(officer, milestone):
    page = officer.get(form_for(milestone))
    officer.post(
        form_for(milestone), report(page, institution="", source_title="Self-assessment report")
    )
    update = ProgressUpdate.objects.get()

    answer = officer.post(
        reverse("admin:milestones_progressupdate_publish", args=[update.pk]), follow=True
    )

    update.refresh_from_db()
    assert update.is_published
    assert any(message.startswith("Published:") for message in messages_of(answer))
    assert milestone.nation_progress.get(nation__code="sct").level == "limited"


def test_officer_cannot_publish_his_own_words_where_a_second_person_signs_off(officer, milestone):
    page = officer.get(form_for(milestone))
    officer.post(form_for(milestone), report(page))
    update = ProgressUpdate.objects.get()
    publish = reverse("admin:milestones_progressupdate_publish", args=[update.pk])

    answer = officer.post(publish)

    assert "This plan needs a second person to sign off" in answer.text
    update.refresh_from_db()
    assert not update.is_published

    officer.force_login(AccountFactory(superuser=True, username="colleague"))
    officer.post(publish)
    update.refresh_from_db()
    assert update.signed_off_by.username == "colleague"


def test_plan_with_civil_society_asks_who_agrees(officer):
    lead = MembershipFactory(role="civil_society_lead").account
    plan = PlanFactory(needs_civil_society_sign_off=True)
    milestone = MilestoneFactory(commitment=CommitmentFactory(plan=plan))
    update = make_update(milestone, "limited", publish=False)
    publish = reverse("admin:milestones_progressupdate_publish", args=[update.pk])

    refused = officer.post(publish)
    assert refused.context["form"].errors["co_signed_by"]
    officer.post(publish, {"co_signed_by": lead.pk})

    update.refresh_from_db()
    assert update.co_signed_by == lead


def test_bulk_action_publishes_what_it_can_and_says_why_not_the_rest(officer, milestone):
    good = make_update(milestone, "limited", nations=["sct"], publish=False)
    twin = make_update(
        milestone,
        "limited",
        nations=["sct"],
        narrative=good.narrative,
        obstacles=good.obstacles,
        publish=False,
    )

    answer = officer.post(
        address(ProgressUpdate, "changelist"),
        {"action": "publish_selected", "_selected_action": [good.pk, twin.pk]},
        follow=True,
    )

    said = messages_of(answer)
    assert said[0].startswith("Published:")
    assert said[1].startswith("Not published:")
    assert "Nothing new" in said[1]
    assert list(ProgressUpdate.objects.published()) == [good]


def test_officer_of_a_commitment_without_nations_reads_what_to_do(officer):
    milestone = MilestoneFactory(commitment=CommitmentFactory(nations=[]))

    page = officer.get(form_for(milestone))

    assert "say on the page of the commitment in which nations" in page.text


def test_plan_days_reach_the_form(officer, milestone):
    ActionPlan.objects.update(first_day=days_ago(10))
    page = officer.get(form_for(milestone))

    answer = officer.post(form_for(milestone), report(page, as_of=str(days_ago(11))))

    assert "The plan began on" in errors_of(answer)["as_of"][0]
