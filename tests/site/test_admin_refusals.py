"""Whatever goes wrong: the page says why and who can help, and keeps what was typed."""

import errno

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse

from commitments.admin.institutions import InstitutionAdmin
from milestones.evidence_files.upload_handler import BoundedFileUploadHandler
from tests.admin_pages import address, sent_from
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    administrator,
    contact_for,
    make_update,
    officer_of,
)
from tests.pages import read
from tests.signing_in import TrackerClient, sign_in

pytestmark = pytest.mark.django_db

ADD = "/admin/commitments/institution/add/"
HERE = {"HTTP_ORIGIN": "http://testserver"}
TYPED = {"name": "Office of all the records", "password": "s3cret"}


@pytest.fixture(autouse=True)
def contact(settings):
    settings.CONTACT_EMAIL = "help@example.org"


@pytest.fixture
def reporter(client):
    return sign_in(client, officer_of(InstitutionFactory()))


@pytest.fixture
def sender(client):
    client.raise_request_exception = False
    return sign_in(client, administrator())


def main_of(client, path, status):
    main = read(client, path, status=status).first("main")
    assert "Go to My work" in main.text()
    assert "help@example.org" in main.text()
    return main.text()


# Why, and who can help


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        (
            "/admin/commitments/actionplan/add/",
            "one of these roles: point of contact of a nation or administrator.",
        ),
        ("/admin/auth/user/", "this role: administrator."),
        ("/admin/irm/report/add/", "this role: IRM researcher."),
    ],
)
def test_officer_without_the_role_reads_which_one_it_needs(reporter, path, roles):
    words = main_of(reporter, path, 403)

    assert f"To do this you need {roles}" in words


def test_contact_of_another_plan_reads_that_the_role_is_not_for_this_one(client):
    sign_in(client, contact_for(CommitmentFactory()))
    plan = CommitmentFactory().plan

    words = main_of(client, reverse("admin:commitments_actionplan_publish", args=[plan.pk]), 403)

    assert "You have one, but not for this institution, plan or nation." in words


def test_what_has_been_public_is_not_deleted_and_the_page_says_so(client):
    commitment = CommitmentFactory()
    sign_in(client, contact_for(commitment))

    words = main_of(client, address(type(commitment), "delete", commitment.pk), 403)

    assert "What has been public or in use is not deleted" in words


def test_milestone_of_others_is_as_if_it_did_not_exist(reporter):
    milestone = MilestoneFactory()

    page = reporter.get(address(type(milestone), "change", milestone.pk), follow=True)

    assert page.redirect_chain == [("/admin/", 302)]
    assert "This milestone cannot be found: it may have been deleted, or none of" in page.text


def test_address_of_nothing_leads_back_to_my_work(reporter):
    assert "Page not found" in main_of(reporter, "/admin/nothing/", 404)


def test_record_of_an_update_names_people_without_leading_to_their_accounts(client):
    update = make_update(MilestoneFactory(), "limited")
    sign_in(client, update.recorded_by)

    page = client.get(address(type(update), "change", update.pk))

    assert update.recorded_by.username in page.text
    assert "/admin/auth/user/" not in page.text


# Nothing typed is lost


def fail_with(monkeypatch, error):
    def fails(*_given, **_named):
        raise error

    monkeypatch.setattr(InstitutionAdmin, "save_form", fails)
    monkeypatch.setattr(InstitutionAdmin, "has_add_permission", fails)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (ValueError("ours"), 500, "Something went wrong on this site"),
        (OSError(errno.ENOSPC, "no room"), 500, "This site has no room left to save anything"),
        (OSError(errno.EDQUOT, "quota"), 500, "This site has no room left to save anything"),
        (OperationalError("gone"), 503, "database is not answering"),
    ],
)
def test_words_are_on_the_page_that_says_what_failed_and_sent_again_with_one_press(
    sender, monkeypatch, error, status, words
):
    with monkeypatch.context() as patched:
        fail_with(patched, error)
        page = sender.post(ADD, TYPED | {"file": SimpleUploadedFile("a.pdf", b"%PDF")}, **HERE)
        foreign = sender.post(ADD, TYPED, HTTP_ORIGIN="https://evil.example")

    assert (page.status_code, words in page.text) == (status, True)
    assert "Office of all the records</blockquote>" in page.text
    assert "<li>a.pdf</li>" in page.text
    assert "s3cret" not in page.text
    assert 'href="/admin/"' in page.text
    assert "Office of all the records" not in foreign.text
    again = sender.post(ADD, sent_from(page), **HERE)
    assert (again.status_code, again.context["adminform"].form["name"].value()) == (
        200,
        "Office of all the records",
    )


@pytest.mark.parametrize("told", [{"sqlite_errorcode": 13}, {"sqlstate": "53100"}])
def test_full_database_is_called_full_and_not_away(sender, monkeypatch, told):
    full = OperationalError("database or disk is full")
    full.__cause__ = type("Full", (Exception,), told)()
    fail_with(monkeypatch, full)

    page = sender.post(ADD, TYPED, **HERE)

    assert (page.status_code, "has no room left" in page.text) == (500, True)


def test_upload_that_the_disk_has_no_room_for_loses_nothing_else(monkeypatch, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    # As everywhere but in tests, the form is read to look for its token.
    browser = TrackerClient(enforce_csrf_checks=True, raise_request_exception=False)
    token = sent_from(sign_in(browser, administrator()).get(ADD))["csrfmiddlewaretoken"]

    def full(*_given):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(BoundedFileUploadHandler.__mro__[1], "receive_data_chunk", full)
    # The file comes first, so that what follows it would be lost with it.
    file = SimpleUploadedFile("minutes.pdf", b"%PDF-1.7" * 10)

    page = browser.post(ADD, {"file": file, "csrfmiddlewaretoken": token, **TYPED}, **HERE)

    assert (page.status_code, "has no room left" in page.text) == (500, True)
    assert "<li>minutes.pdf</li>" in page.text
    assert sent_from(page)["name"] == ["Office of all the records"]


def test_form_that_is_refused_for_a_missing_role_gives_back_what_was_typed(reporter):
    page = reporter.post(ADD, TYPED, **HERE)

    assert (page.status_code, "Office of all the records</blockquote>" in page.text) == (403, True)


def test_what_is_too_large_is_called_so_and_is_still_in_the_form(sender, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    page = sender.post(ADD, TYPED, **HERE)

    assert page.status_code == 413
    assert "Go back in your browser: what you typed is still in the form." in page.text


def test_author_whose_draft_was_taken_over_reads_by_whom(client):
    milestone = MilestoneFactory()
    institution = milestone.commitment.involvements.get().institution
    author = officer_of(institution)
    lead = officer_of(institution, "lead", first_name="Lena", last_name="Lead")
    sign_in(client, author)
    new = f"{reverse('admin:milestones_progressupdate_add')}?milestone={milestone.pk}"
    client.post(new, sent_from(client.get(new), narrative="Begun.", _draft="1"))
    draft = milestone.updates.get()
    page = client.get(address(type(draft), "change", draft.pk))
    other = sign_in(type(client)(), lead)
    other.post(
        reverse("admin:milestones_progressupdate_publish", args=[draft.pk]), {"do": "take_over"}
    )

    refused = client.post(
        address(type(draft), "change", draft.pk), sent_from(page, narrative="Half done.")
    )

    assert "Lena Lead took over this " in refused.text
    assert "Half done." in refused.text
