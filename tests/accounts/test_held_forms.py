"""A form that arrives after the session has ended: nothing in it is lost, and nobody abuses it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from commitments.models import Institution
from tests.admin_pages import sent_from
from tests.factories import AccountFactory, administrator
from tests.signing_in import TrackerClient, sign_in_with_password, with_password

pytestmark = pytest.mark.django_db

ADD = "/admin/commitments/institution/add/"
HERE = {"HTTP_ORIGIN": "http://testserver"}
AWKWARD = [
    "First line.\r\n\r\n  Second, with <b>tags</b> & “quotes” \" ' ` {{ braces }}\r\n",
    "\r\nbegins with an empty line",
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "umlauts äöü, Gàidhlig, Cymraeg ŵŷ, \U0001f40b and \u202e turned",
    "",
]


@pytest.fixture(name="administrator")
def administrator_with_password():
    return with_password(administrator())


@pytest.fixture
def strict():
    return TrackerClient(enforce_csrf_checks=True)


def held_fields(page):
    sent = sent_from(page)
    beside = {"csrfmiddlewaretoken", "held", "held-files"}
    return {name: sent[name] for name in sent if name not in beside}


def test_signed_out_officer_finds_all_that_she_typed(client):
    typed = {"name": "A name", "narrative": AWKWARD, "nations": ["1", "3"]}

    page = client.post(f"{ADD}?_popup=1&kind=group", typed)

    assert page.status_code == 403
    assert "Your session has ended. Nothing is lost." in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert held_fields(page) == typed | {"name": ["A name"]}
    assert f'action="{ADD}?_popup=1&amp;kind=group"' in page.text
    assert 'href="/accounts/login/?next=/accounts/signed-in/" target="_blank"' in page.text


def test_words_on_the_button_are_not_shown_as_written_but_sent_again(client):
    typed = {"narrative": ["The register is open."], "_draft": ["Save as draft"]}

    page = client.post(ADD, typed)

    assert page.context["texts"] == ["The register is open."]
    assert held_fields(page) == typed


def test_thousands_of_fields_and_long_texts_are_held(client):
    words = "All that was done since spring. " * 8_000
    typed = {f"rows-{number}-text": [f"Row {number}"] for number in range(9_000)}

    page = client.post(ADD, typed | {"narrative": words})

    assert held_fields(page) == typed | {"narrative": [words]}


def test_nothing_that_was_typed_becomes_part_of_the_page(client):
    page = client.post(f'{ADD}?"><script>alert(2)</script>', {'"><script>': AWKWARD})

    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"].split("; ")


def test_passwords_are_never_given_back(client):
    typed = {"username": "eve", "password1": "s3cret-one", "password2": "s3cret-two"}

    page = client.post("/admin/auth/user/add/", typed)

    assert "s3cret" not in page.text
    assert "Passwords and codes are not kept." in page.text
    assert held_fields(page) == {"username": ["eve"]}


def test_files_are_named_to_be_chosen_again_however_often_it_is_sent(client):
    files = [SimpleUploadedFile(name, b"%PDF-1.7") for name in ("minutes.pdf", "<b>.pdf")]

    page = client.post(ADD, {"name": "A name", "file": files})
    again = client.post(ADD, sent_from(page))

    for answer in (page, again):
        assert answer.context["files"] == ["<b>.pdf", "minutes.pdf"]
        assert "Choose these again after sending" in answer.text
        assert "<li>minutes.pdf</li>" in answer.text
        assert "<b>.pdf" not in answer.text


@pytest.fixture(name="held")
def page_after_the_session_ended(strict, administrator):
    """And the officer has signed in again, in another tab, which makes a new token."""
    strict.force_login(administrator)
    form = strict.get(ADD)
    typed = sent_from(form, name="Archives of Nobody", slug="archives", kind="group")
    strict.session.flush()
    held = strict.post(ADD, typed, **HERE)
    assert "Your session has ended." in held.text
    strict.get("/accounts/login/")
    strict.cookies["csrftoken"] = "x" * 32
    strict.force_login(administrator)
    return held


def test_officer_signs_in_and_what_she_typed_is_saved_with_one_press(strict, held):
    saved = strict.post(ADD, sent_from(held), **HERE)

    assert saved.status_code == 302
    assert Institution.objects.filter(name="Archives of Nobody").exists()


def test_form_that_was_open_before_she_signed_in_again_is_shown_before_it_is_sent(strict, held):
    stale = strict.post(ADD, sent_from(held, held=None), **HERE)

    assert "Nothing is lost. Send it once more." in stale.text
    assert strict.post(ADD, sent_from(stale), **HERE).status_code == 302


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://evil.example"}])
def test_what_is_said_to_be_held_is_not_taken_from_another_site(strict, held, origin):
    page = strict.post(ADD, sent_from(held), **origin)

    assert (page.status_code, "Archives of Nobody" in page.text) == (403, False)
    assert not Institution.objects.filter(name="Archives of Nobody").exists()


@pytest.mark.parametrize(
    "origin",
    [
        {},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "http://testserver.evil.example"},
        {"HTTP_ORIGIN": "http://testserver:8000"},
        {"HTTP_ORIGIN": "https://testserver"},
    ],
)
def test_other_site_cannot_put_words_into_a_form_of_ours(strict, administrator, origin):
    for _ in range(2):
        page = strict.post(ADD, {"name": "Words of a stranger"}, **origin)

        assert page.status_code == 403
        assert "This form was not accepted" in page.text
        assert "Words of a stranger" not in page.text
        # Once as nobody, once as somebody who is signed in.
        strict.force_login(administrator)


def test_own_site_is_known_behind_a_proxy_by_its_public_address(strict, settings):
    settings.SITE_URL = "https://Tracker.example.org"

    page = strict.post(ADD, {"name": "A name"}, HTTP_ORIGIN="https://tracker.example.org")

    assert held_fields(page) == {"name": ["A name"]}


def test_only_forms_of_the_admin_section_are_held(strict):
    page = strict.post("/accounts/login/", {"login": "rhona", "password": "s3cret"}, **HERE)

    assert page.status_code == 403
    assert "rhona" not in page.text
    assert 'href="/accounts/login/">Open the page again' in page.text


def test_officer_whose_second_factor_was_taken_away_meanwhile_loses_nothing():
    browser = Client()
    sign_in_with_password(browser, with_password(AccountFactory(superuser=True)))

    page = browser.post(ADD, {"name": "A name"})

    assert "Set up two-step verification first. Nothing is lost." in page.text
    assert 'href="/accounts/second-factor/?next=/accounts/signed-in/"' in page.text
    assert held_fields(page) == {"name": ["A name"]}


def test_officer_whose_role_was_taken_away_meanwhile_can_copy_her_text(client):
    client.force_login(AccountFactory())

    page = client.post(ADD, {"name": "A name", "narrative": "All that was done since spring."})

    assert "Your account no longer has a role. Nothing is lost." in page.text
    assert "All that was done since spring.</blockquote>" in page.text
