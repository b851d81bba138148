"""An officer chooses files as evidence in the form, and no refusal loses one."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from milestones import services
from milestones.facts import EvidenceFacts
from milestones.models import Evidence, EvidenceUpload, ProgressUpdate
from tests.admin_pages import address, errors_of, sent_from
from tests.evidence_samples import GOOD, kept, make, office, pdf
from tests.factories import MilestoneFactory, lead_of, make_update, officer_of, today
from tests.pages import Page
from tests.report_pages import form_for, send_off
from tests.report_pages import send as send_report

pytestmark = pytest.mark.django_db

NO_DAY = "the third of May"
"""What even a draft is refused for."""


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    # The form asks for whom the institution speaks, and the service once more: two for any report.
    twice = {"model": "commitments.Commitment", "field": "involvements"}
    settings.ZEAL_ALLOWLIST = [*settings.ZEAL_ALLOWLIST, twice]
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "evidence"


def send(client, milestone, page=None, **changes):
    completed = {"level": "completed", "evidence-0-title": "Minutes"}
    return send_report(client, milestone, page, **(completed | changes))


def kept_on(answer, row=0):
    page = Page("", answer.text)
    (hidden,) = page.all("input", name=f"evidence-{row}-upload-kept")
    (said,) = page.all("p", "kept")
    return said.text(), hidden.attrs["value"]


def test_file_that_cannot_be_saved_is_refused_beside_its_field(officer, milestone, folder):
    page = officer.get(form_for(milestone))
    folder.write_bytes(b"a file in the place of the folder")

    answer = send(officer, milestone, page, **{"evidence-0-upload": make(pdf())})

    assert "This site cannot save files at the moment." in str(errors_of(answer))
    assert "Two workshops were held." in answer.text
    assert not EvidenceUpload.objects.exists()


def test_officer_gives_a_file_instead_of_an_address(officer, milestone, folder):
    page = officer.get(form_for(milestone))
    assert 'enctype="multipart/form-data"' in page.text
    assert "PDF, Word document, Excel sheet" in page.text
    assert "at most 20.0\xa0MB" in page.text

    send(officer, milestone, page, **{"evidence-0-upload": make(pdf(), "Minutes of May.pdf")})

    piece = Evidence.objects.get()
    assert (piece.title, piece.url, piece.file_name) == ("Minutes", "", "Minutes of May.pdf")
    assert piece.file.read() == pdf()
    assert not EvidenceUpload.objects.exists()
    assert len(list(folder.iterdir())) == 1


def test_officer_gives_an_address_and_a_copy_of_it(officer, milestone):
    address_given = {"evidence-0-url": "https://www.gov.scot/minutes"}

    send(officer, milestone, **address_given, **{"evidence-0-upload": make(pdf())})

    piece = Evidence.objects.get()
    assert (piece.url, piece.file_name) == ("https://www.gov.scot/minutes", "report.pdf")


@pytest.mark.parametrize("name", ["evidence-0-url", "evidence-0-archived_url"])
def test_address_that_carries_a_mailbox_is_refused_beside_its_field(officer, milestone, name):
    wrapped = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.gov.scot%2Fc"
    answer = send(officer, milestone, **{name: f"{wrapped}&data=officer.name%40gov.example"})

    assert errors_of(answer)[name][0].endswith("this address instead: https://www.gov.scot/c")
    assert not ProgressUpdate.objects.exists()


def test_officer_is_warned_of_evidence_that_only_an_office_can_open(officer, milestone):
    send(officer, milestone, **{"evidence-0-url": "https://gov.sharepoint.com/\u200bminutes"})

    draft = ProgressUpdate.objects.get()
    assert draft.evidence.get().url == "https://gov.sharepoint.com/minutes"
    page = officer.get(address(ProgressUpdate, "change", draft.pk))
    assert "may not be able to open https://gov.sharepoint.com/minutes" in page.text


def test_file_that_is_refused_loses_nothing_else(officer, milestone, folder):
    answer = send(
        officer,
        milestone,
        **{
            "evidence-0-upload": make(b"<html><script>", "report.pdf"),
            "evidence-0-locator": "page 3",
        },
    )

    errors = errors_of(answer)
    assert list(errors) == ["evidence-0-upload"]
    assert "This is a web page" in errors["evidence-0-upload"][0]
    again = sent_from(answer)
    assert again["narrative"] == ["Two workshops were held."]
    assert again["evidence-0-title"] == ["Minutes"]
    assert again["evidence-0-locator"] == ["page 3"]
    assert "evidence-0-upload-kept" not in again
    assert not folder.exists()


def test_form_that_is_refused_for_another_reason_keeps_the_file(
    officer, account, milestone, folder
):
    answer = send(
        officer, milestone, as_of=NO_DAY, **{"evidence-0-upload": make(pdf(), "report.pdf")}
    )

    assert list(errors_of(answer)) == ["as_of"]
    for _time in range(2):
        answer = officer.post(form_for(milestone), sent_from(answer))
    said, uid = kept_on(answer)
    assert said.startswith("Kept: report.pdf (PDF, 66 bytes). Choose another to replace it.")
    upload = EvidenceUpload.objects.get()
    assert (str(upload.uid), upload.account) == (uid, account)
    assert len(list(folder.iterdir())) == 1

    officer.post(form_for(milestone), sent_from(answer, as_of=str(today())))

    assert Evidence.objects.get().file.read() == pdf()
    assert not EvidenceUpload.objects.exists()


def test_another_file_takes_the_place_of_the_kept_one(officer, milestone):
    answer = send(officer, milestone, as_of=NO_DAY, **{"evidence-0-upload": make(pdf())})

    answer = officer.post(
        form_for(milestone), sent_from(answer, **{"evidence-0-upload": make(office(), "b.docx")})
    )
    assert kept_on(answer)[0].startswith("Kept: b.docx (Word document")
    officer.post(form_for(milestone), sent_from(answer, as_of=str(today())))

    assert Evidence.objects.get().file_name == "b.docx"


def test_kept_file_stays_when_its_replacement_is_refused(officer, milestone):
    answer = send(officer, milestone, as_of=NO_DAY, **{"evidence-0-upload": make(pdf())})

    answer = officer.post(
        form_for(milestone), sent_from(answer, **{"evidence-0-upload": make(b"", "empty.pdf")})
    )

    assert "This file is empty" in errors_of(answer)["evidence-0-upload"][0]
    assert kept_on(answer)[0].startswith("Kept: report.pdf")


def test_officer_changes_her_mind_about_a_kept_file(officer, milestone):
    answer = send(officer, milestone, as_of=NO_DAY, **{"evidence-0-upload": make(pdf())})

    answer = officer.post(
        form_for(milestone),
        sent_from(
            answer,
            as_of=str(today()),
            **{"evidence-0-upload-without": "on", "evidence-0-url": "https://www.gov.scot/a"},
        ),
    )

    piece = Evidence.objects.get()
    assert (piece.url, piece.stored) == ("https://www.gov.scot/a", None)


@pytest.mark.parametrize("whose", ["colleague's", "draft's", "published", "used", "no"])
def test_kept_file_that_is_not_hers_is_not_to_be_had(officer, milestone, whose):
    if whose == "colleague's":
        colleague = officer_of(lead_of(milestone.commitment))
        upload = EvidenceUpload.objects.create(
            account=colleague, uploaded_at="2026-01-01T00:00Z", **kept().columns()
        )
        uid = upload.uid
    elif whose in {"draft's", "published"}:
        pieces = [EvidenceFacts("Minutes", file=kept())]
        publish = whose == "published"
        elsewhere = make_update(MilestoneFactory(), "completed", publish=publish, evidence=pieces)
        uid = elsewhere.evidence.get().uid
    else:
        uid = "3d594650-3436-4b2c-9b2e-0a1d3a3d3f6b" if whose == "used" else "../../etc/passwd"

    for button in ({}, {"_submit": "1"}):
        answer = send(officer, milestone, **{"evidence-0-upload-kept": str(uid)}, **button)

        assert errors_of(answer)["evidence-0-upload"] == [
            "The file is not kept any longer. Choose it again."
        ]
        assert not ProgressUpdate.objects.filter(milestone=milestone).exists()


def test_refusal_by_the_service_keeps_the_file_once(officer, milestone, folder):
    page = officer.get(form_for(milestone))
    twice = {
        "evidence-TOTAL_FORMS": "2",
        "evidence-0-upload": make(pdf(), "one.pdf"),
        "evidence-1-title": "Minutes",
        "evidence-1-upload": make(pdf(), "two.pdf"),
    }

    answer = send(officer, milestone, page, **twice)

    assert "This report already gives this evidence." in answer.text
    assert len(list(folder.iterdir())) == EvidenceUpload.objects.count() == 2
    officer.post(form_for(milestone), sent_from(answer, **{"evidence-1-title": "Others"}))
    assert sorted(Evidence.objects.values_list("title", "file_name")) == [
        ("Minutes", "one.pdf"),
        ("Others", "two.pdf"),
    ]


def with_file(milestone, **given):
    piece = EvidenceFacts(title="Minutes", file=kept())
    return make_update(milestone, "completed", nations=["sct"], evidence=[piece], **given)


def change(client, draft, **changes):
    page = client.get(address(ProgressUpdate, "change", draft.pk))
    return client.post(address(ProgressUpdate, "change", draft.pk), sent_from(page, **changes))


def test_file_of_a_draft_stays_while_the_rest_is_changed(officer, account, milestone):
    draft = with_file(milestone, by=account, publish=False)
    before = draft.evidence.get()
    page = officer.get(address(ProgressUpdate, "change", draft.pk))
    assert "Kept: <bdi>report.pdf</bdi>" in page.text
    assert f'href="/admin/milestones/evidence/{before.pk}/file/"' in page.text

    change(officer, draft, narrative="Mended words.", **{"evidence-0-title": "Better title"})

    after = draft.evidence.get()
    assert (after.title, after.stored) == ("Better title", before.stored)
    assert after.file.read() == pdf()


def test_file_of_a_draft_is_replaced_or_taken_out(
    officer, account, milestone, django_capture_on_commit_callbacks
):
    draft = with_file(milestone, by=account, publish=False)
    first = draft.evidence.get().file.name

    with django_capture_on_commit_callbacks(execute=True):
        change(officer, draft, **{"evidence-0-upload": make(GOOD["png"], "map.png")})
    second = draft.evidence.get()
    assert second.file_name == "map.png"
    assert not default_storage.exists(first)

    without = {"evidence-0-upload-without": "on"}
    refused = change(officer, draft, **without)
    assert errors_of(refused)["evidence-0-url"] == ["Enter an address, or choose a file."]
    with django_capture_on_commit_callbacks(execute=True):
        change(officer, draft, **without, **{"evidence-0-url": "https://www.gov.scot/a"})
    assert draft.evidence.get().stored is None
    assert not default_storage.exists(second.file.name)


def test_published_report_shows_its_file_and_offers_no_choice_of_another(officer, milestone):
    update = with_file(milestone)
    row = update.evidence.get()

    page = officer.get(address(ProgressUpdate, "change", update.pk)).text

    assert 'type="file"' not in page
    assert f'href="/admin/milestones/evidence/{row.pk}/file/"' in page
    assert "<bdi>report.pdf</bdi></a> (PDF, " in page
    page = officer.get(address(Evidence, "change", row.pk)).text
    assert row.sha256 in page
    assert str(row.uid) in page
    assert Path(row.file.name).name not in page


def test_discarding_a_draft_in_the_admin_removes_its_file(
    officer, account, milestone, django_capture_on_commit_callbacks
):
    draft = with_file(milestone, by=account, publish=False)
    path = draft.evidence.get().file.name

    with django_capture_on_commit_callbacks(execute=True):
        officer.post(address(ProgressUpdate, "delete", draft.pk), {"post": "yes"})

    assert not ProgressUpdate.objects.exists()
    assert not default_storage.exists(path)


def test_correction_starts_with_all_evidence_of_what_it_corrects(officer, account, milestone):
    pieces = [
        EvidenceFacts(title="Minutes", file=kept(), locator="page 3"),
        EvidenceFacts(title="Page", url="https://www.gov.scot/x/", archived_url="https://a.org/x/"),
    ]
    wrong = make_update(milestone, "completed", nations=["sct"], evidence=pieces)
    at = form_for(milestone, corrects=wrong.pk)
    page = officer.get(at)
    assert "Kept: <bdi>" in page.text
    refused = officer.post(at, sent_from(page, _submit="1"))
    assert list(errors_of(refused)) == ["correction_reason"]

    answers = sent_from(refused, correction_reason="The day was wrong.", _submit="1")
    send_off(officer, at, answers)

    correction = wrong.corrections.get()
    columns = ("title", "url", "locator", "archived_url", "file", "file_name", "sha256")
    taken, given = (
        list(update.evidence.order_by("pk").values_list(*columns)) for update in (correction, wrong)
    )
    assert taken == given
    services.discard_update(correction, by=account)
    assert default_storage.exists(wrong.evidence.exclude(file="").get().file.name)
