"""Officers of the lead institution answer assessors in the Admin section."""

import pytest
from django.test import Client
from django.urls import reverse

from irm.models import Assessment, MilestoneFinding, Reply, ReplyStep
from tests.admin_pages import address, errors_of, sent_from
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    InvolvementFactory,
    PlanFactory,
    ReplyFactory,
    contact_for,
    lead_of,
    officer_of,
    publish_reply,
    researcher,
)
from tests.pages import queries_of, read
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]


@pytest.fixture
def finding():
    return FindingFactory(found="Little was done.", assessment__analysis="All in all, too little.")


@pytest.fixture
def lead(finding):
    return lead_of(finding.assessment.commitment)


@pytest.fixture
def reporter(lead):
    return sign_in(Client(), officer_of(lead))


@pytest.fixture
def signer(lead):
    return sign_in(Client(), officer_of(lead, "lead"))


def answering(key):
    return f"{reverse('admin:irm_reply_add')}?answers={key}"


def written(client, finding, **answers):
    new = answering(f"finding-{finding.pk}")
    answers = {"text": "We disagree."} | (answers or {"_draft": "1"})
    return client.post(new, sent_from(client.get(new), **answers))


def submitted(client, finding):
    """Write a reply and send it; return the path of its page of sign-off."""
    answer = written(client, finding, _submit="1")
    assert answer.url == address(Reply, "done", Reply.objects.get().pk)
    return address(Reply, "publish", Reply.objects.get().pk)


def test_officer_comes_from_the_finding_to_its_reply_by_one_click(finding, reporter):
    page = reporter.get(address(MilestoneFinding, "change", finding.pk))
    assert page.context["reply"]["label"] == "Reply"

    form = reporter.get(page.context["reply"]["address"])

    assert "Little was done." in form.text
    assert f'href="{page.context["reply"]["address"]}"' in page.text
    assert set(sent_from(form)) == {"csrfmiddlewaretoken", "institution", "text"}


def test_officer_comes_from_the_assessment_to_its_reply_and_to_its_findings(finding, reporter):
    page = reporter.get(address(Assessment, "change", finding.assessment.pk))

    assert address(MilestoneFinding, "change", finding.pk) in page.text
    assert "All in all, too little." in reporter.get(page.context["reply"]["address"]).text


def test_reporter_drafts_and_is_told_that_readers_do_not_see_it(finding, reporter, lead):
    answer = written(reporter, finding)

    reply = Reply.objects.get()
    assert (reply.finding, reply.assessment) == (finding, finding.assessment)
    assert (reply.institution, reply.text, reply.state) == (lead, "We disagree.", "draft")
    page = reporter.get(answer.url).text
    assert "Saved as a draft" in page
    assert 'name="_submit"' in page
    assert "_addanother" not in page
    assert 'name="_publish"' not in page


def test_officer_reads_who_signs_and_the_lead_publishes_and_readers_see_who_answers(
    finding, reporter, signer, client
):
    sign_off = submitted(reporter, finding)
    reply = Reply.objects.get()
    name = signer.get("/admin/").context["user"].username

    done = read(reporter, address(Reply, "done", reply.pk)).text()
    assert f"Waits for {name} at {reply.institution} to sign it off." in done
    shown = read(signer, sign_off).text()
    assert "It is for you to sign it off." in shown
    assert all(words in shown for words in ("Little was done.", "We disagree.", "Written by"))
    refused = signer.post(sign_off, sent_from(signer.get(sign_off)) | {"do": "return"})
    assert "Say what has to change" in refused.text
    answer = signer.post(sign_off, sent_from(signer.get(sign_off)) | {"do": "publish"})
    assert "You have nothing more to do." in signer.get(answer.url).text

    reply.refresh_from_db()
    assert reply.signed_off_by_id == int(signer.session["_auth_user_id"])
    page = client.get(finding.milestone.get_absolute_url()).text
    assert f"{reply.institution}, signed by its lead on " in page
    assert reply.signed_off_by.username not in page
    assert reply.recorded_by.username not in page


def test_author_reads_why_a_reply_was_returned(finding, reporter, signer):
    sign_off = submitted(reporter, finding)
    sent = sent_from(signer.get(sign_off)) | {"do": "return", "comment": "Say why."}
    assert "Returned to its author" in signer.get(signer.post(sign_off, sent).url).text

    work, form = reporter.get("/admin/"), reporter.get(sign_off.replace("publish", "change"))

    assert "Say why." in form.text
    assert "Say why." in work.text
    assert "Replies to assessors" in work.text


def test_nobody_can_sign_and_the_pages_say_so(finding, signer):
    sign_off = submitted(signer, finding)

    for page in (sign_off, sign_off.replace("publish", "done")):
        assert "Nobody can sign this off. Ask an administrator" in signer.get(page).text


@pytest.mark.parametrize("of", ["finding", "assessment"])
def test_preview_is_the_public_page_with_the_reply_and_shows_readers_nothing(
    finding, reporter, client, of
):
    row = finding if of == "finding" else finding.assessment
    new = answering(f"{of}-{row.pk}")
    sent = sent_from(reporter.get(new), text="We disagree.", _preview="1")
    page = reporter.post(new, sent, follow=True).text

    assert "Preview: readers do not see this yet" in page
    assert "We disagree." in page
    assert "signed by its lead on" in page
    assert "Back to the draft" in page
    where = finding.milestone if of == "finding" else finding.assessment.commitment
    assert "We disagree." not in client.get(where.get_absolute_url()).text


def test_lead_answers_an_assessment_as_a_whole_and_publishes_at_once_where_one_person_may(client):
    assessment = AssessmentFactory(
        commitment=CommitmentFactory(plan=PlanFactory(needs_sign_off=False))
    )
    signer = sign_in(Client(), officer_of(lead_of(assessment.commitment), "lead"))
    new = answering(f"assessment-{assessment.pk}")

    signer.post(new, sent_from(signer.get(new), text="To all of it.", _publish="1"))

    reply = Reply.objects.get()
    assert (reply.finding, reply.recorded_by) == (None, reply.signed_off_by)
    for page in (assessment.commitment.get_absolute_url(), assessment.report.get_absolute_url()):
        shown = client.get(page).text
        assert "To all of it." in shown
        assert f"{reply.institution}, signed by its lead on " in shown


def test_lead_does_not_sign_words_of_her_own_where_the_plan_asks_for_two(finding, signer):
    refused = written(signer, finding, _publish="1")

    assert "needs" in str(errors_of(refused))
    assert sent_from(refused)["text"] == ["We disagree."]
    assert not Reply.objects.exists()


def test_published_reply_is_closed(finding, reporter, signer):
    written(reporter, finding)
    sent = sent_from(reporter.get(address(Reply, "change", Reply.objects.get().pk)))
    reply = publish_reply(Reply.objects.get())

    for page in ("change", "delete"):
        answer = reporter.post(address(Reply, page, reply.pk), sent | {"post": "yes"})
        assert answer.status_code == 403
    shown = signer.get(address(Reply, "change", reply.pk))
    assert shown.context["absolute_url"].endswith(f"#{finding.anchor}")
    assert 'name="text"' not in shown.text


def test_only_what_waits_for_a_reply_is_offered(finding, reporter, lead):
    ReplyFactory(assessment=finding.assessment, draft=True)
    hidden = AssessmentFactory(draft=True, commitment=finding.assessment.commitment)
    foreign = FindingFactory()

    page = reporter.get(reverse("admin:irm_reply_add"))

    assert [one.key for one in page.context["rows"]] == [f"finding-{finding.pk}"]
    for key in (
        f"assessment-{hidden.pk}",
        f"finding-{foreign.pk}",
        "finding-x",
        "finding-" + "9" * 18,
    ):
        assert "rows" in reporter.get(answering(key)).context


def test_officer_who_has_nothing_to_answer_reads_so():
    reporter = sign_in(Client(), officer_of(InstitutionFactory()))

    assert "There is nothing to answer" in reporter.get(reverse("admin:irm_reply_add")).text


def test_words_written_while_another_lead_answered_are_not_lost(finding, reporter):
    other = InvolvementFactory(commitment=finding.assessment.commitment, role="lead").institution
    new = answering(f"finding-{finding.pk}")
    sent = sent_from(reporter.get(new), text="We disagree.")
    ReplyFactory(assessment=finding.assessment, finding=finding, institution=other, draft=True)

    refused = reporter.post(new, sent | {"_draft": "1"})

    assert "This has already been answered." in errors_of(refused)["__all__"][0]
    assert sent_from(refused)["text"] == ["We disagree."]


def test_words_written_while_the_assessment_was_withdrawn_are_not_lost(finding, reporter):
    new = answering(f"finding-{finding.pk}")
    sent = sent_from(reporter.get(new), text="We disagree.")
    Assessment.objects.update(published_on=None)

    answer = reporter.post(new, sent)

    assert answer.status_code == 404
    assert answer.context["typed"] == [("Reply", "We disagree.")]
    assert "Little was done." not in answer.text


def test_form_that_is_sent_twice_is_one_reply(finding, reporter):
    new = answering(f"finding-{finding.pk}")
    sent = sent_from(reporter.get(new), text="We disagree.")

    answers = [reporter.post(new, sent | {"_submit": "1"}) for _ in "12"]
    change = address(Reply, "change", Reply.objects.get().pk)
    reporter.post(change, sent_from(reporter.get(change), _submit="1"))

    assert answers[1].url == address(Reply, "done", Reply.objects.get().pk)
    assert ReplyStep.objects.count() == 1


def test_begun_reply_is_gone_on_with_from_the_finding(finding, reporter):
    written(reporter, finding)

    page = reporter.get(address(MilestoneFinding, "change", finding.pk))

    assert page.context["reply"] == {
        "label": "Go on with the reply",
        "address": address(Reply, "change", Reply.objects.get().pk),
    }
    assert reporter.get(answering(f"finding-{finding.pk}")).status_code == 302


def test_officer_of_two_leads_says_for_which_one_she_answers(finding, lead):
    other = InvolvementFactory(commitment=finding.assessment.commitment, role="lead").institution
    account = officer_of(lead)
    account.memberships.create(institution=other, role="reporter")
    client = sign_in(Client(), account)

    unsaid = written(client, finding, institution="")
    assert list(errors_of(unsaid)) == ["institution"]
    written(client, finding, institution=str(other.pk))

    assert Reply.objects.get().institution == other


@pytest.mark.parametrize("text", ["", "  "])
def test_empty_reply_is_refused_beside_its_field(finding, reporter, text):
    assert list(errors_of(written(reporter, finding, text=text))) == ["text"]


def test_draft_is_kept_after_an_error_without_being_called_changed(finding, reporter):
    written(reporter, finding)
    change = address(Reply, "change", Reply.objects.get().pk)
    refused = reporter.post(change, sent_from(reporter.get(change), text="", _submit="1"))

    answer = reporter.post(change, sent_from(refused, text="Better words.", _draft="1"))

    assert (answer.status_code, Reply.objects.get().text) == (302, "Better words.")


def test_who_does_not_write_replies_is_offered_none(finding):
    commitment = finding.assessment.commitment
    for account in (contact_for(commitment), researcher()):
        client = sign_in(Client(), account)
        page = client.get(address(MilestoneFinding, "change", finding.pk))
        assert page.status_code == 200
        assert page.context["reply"] is None
        assert client.get(answering(f"finding-{finding.pk}")).status_code == 403


def test_page_to_choose_asks_no_query_per_finding(finding, reporter):
    page = reverse("admin:irm_reply_add")
    queries_of(reporter, page)
    few = queries_of(reporter, page)
    for _ in range(4):
        FindingFactory(assessment=finding.assessment)

    assert queries_of(reporter, page) == few
