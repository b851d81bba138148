"""A reader reports a mistake, an administrator answers it, and after a year it is forgotten."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from ogp_tracker.mistakes.models import Mistake
from ogp_tracker.opendata.version import read_version
from tests.admin_pages import address, sent_from
from tests.factories import CommitmentFactory, administrator
from tests.pages import read
from tests.signing_in import TrackerClient, sign_in

pytestmark = [pytest.mark.django_db]

# Emails go after the commit.
commits = pytest.mark.django_db(transaction=True)

PAGE = "/commitments/UK5001/"
WRONG = "Zqwrong: the date is a year off."
ANNA = "anna@example.org"
FORM = f"/mistake/?page={PAGE}"
GIVEN = {"text": WRONG, "email": ANNA}
State = Mistake.State


@pytest.fixture(autouse=True)
def commitment():
    cache.clear()
    return CommitmentFactory(ogp_id="UK5001")


@pytest.fixture
def reader():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def mistake():
    return Mistake.objects.create(page=PAGE, **GIVEN)


@pytest.fixture
def answer(mistake):
    """Fill in the form of the admin, and return the page that follows."""
    boss = sign_in(TrackerClient(), administrator())

    def save(**given):
        path = address(Mistake, "change", mistake.pk)
        response = boss.post(path, sent_from(boss.get(path), **given, _save="Save"))
        page = boss.get(response["Location"]) if response.status_code == 302 else response
        mistake.refresh_from_db()
        return page.text

    return save


@pytest.mark.both_databases
def test_reader_reports_a_mistake_from_the_foot_of_a_page_once_and_gets_no_cookie(reader):
    link = read(reader, f"{PAGE}?a=b").first("footer").first("a", rel="nofollow")
    assert read(reader, link.attrs["href"]).title.startswith(f"Report a mistake: {PAGE}?a=b")
    for _time in range(2):
        assert reader.post(FORM, GIVEN)["Location"] == "/mistake/sent/"
    assert "deleted after a year" in read(reader, "/mistake/sent/").first("main").text()

    kept = Mistake.objects.get()
    assert (kept.page, kept.text, kept.email, kept.state) == (PAGE, WRONG, ANNA, State.OPEN)
    assert not reader.cookies
    assert "127.0.0.1" not in vars(kept).values()

    Mistake.objects.update(state=State.SENT)
    reader.post(FORM, GIVEN)
    assert Mistake.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": " "}, "Say what is wrong."),
        ({"text": "x" * 5_001}, "Shorten this to 5,000 characters; it has 5,001."),
        ({"text": "www.a.example http://b.example " * 2}, "at most 3 web addresses; this has 4."),
        ({"email": "anna"}, "Enter an email address, like name@example.org"),
    ],
)
def test_reader_who_errs_is_told_beside_the_field_what_to_do_and_keeps_the_text(
    reader, given, said
):
    response = reader.post(FORM, GIVEN | given)

    assert said in response.text
    assert "(not sent yet)" in response.text
    assert (given.get("text") or WRONG).strip() in response.text
    assert not Mistake.objects.exists()


def test_only_addresses_of_public_pages_are_handed_on_and_taken(reader):
    for path in ("/follow/mine/secret:token/", "/accounts/login/", "/mistake/"):
        assert "?page=" not in reader.get(path).text
    pages = ("https://a.example/", "//a.example/plans/", "/admin/", "/?\0", "/?" + "x" * 500)
    for text, page in enumerate(pages):
        reader.post(f"/mistake/?{urlencode({'page': page})}", {"text": text})
    assert list(Mistake.objects.values_list("page", flat=True)) == [""] * 5


def test_network_that_sends_too_many_is_stopped_and_another_site_cannot_send(reader):
    statuses = [reader.post(FORM, {"text": number}).status_code for number in range(11)]
    assert statuses == [302] * 10 + [429]
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert reader.post("/mistake/", GIVEN, headers=elsewhere).status_code == 403
    assert Mistake.objects.count() == 10


@commits
def test_administrator_notes_something_and_then_answers_once(answer, mistake):
    answer(note="Asked the department.")
    assert (mistake.state, outbox.outbox) == (State.OPEN, [])

    answer(answer="Zqanswer: corrected.", close="on")
    answer(note="Done.", close="on", answer="Another")

    (email,) = outbox.outbox
    assert (email.to, email.alternatives) == ([ANNA], [])
    assert email.body.startswith("Zqanswer: corrected.")
    assert f"http://localhost{PAGE}" in email.body
    assert (mistake.answer, mistake.note) == ("Zqanswer: corrected.", "Done.")
    assert mistake.state == State.SENT


@commits
def test_report_without_an_address_is_closed_without_an_email(answer, mistake):
    Mistake.objects.update(email="")
    answer(answer="Corrected.", close="on")
    assert (mistake.state, outbox.outbox) == (State.CLOSED, [])


@pytest.mark.parametrize(
    ("server", "said", "state"),
    [
        ({"refuses": {ANNA: "550 No such mailbox"}}, "address refused", "refused"),
        ({"refuses": {ANNA: "451 Later"}}, "stays open", "open"),
        ({"refuses_sender": "550 Not you"}, "stays open", "open"),
        ({"hangs_up": True}, "may or may not have been sent", "begun"),
    ],
)
@commits
def test_mail_server_that_takes_no_answer_loses_none_and_sends_none_twice(
    answer, mistake, served, server, said, state
):
    with served(**server):
        assert said in answer(answer="Corrected.", close="on")
    assert (mistake.state, mistake.answer) == (state, "Corrected.")


def test_nothing_of_it_is_public_and_readers_keep_their_pages(client, mistake):
    before = read_version()
    Mistake.objects.create(digest="other", text="Zqother", note="Zqnote", answer="Zqanswer")
    assert read_version() == before

    paths = ("/", PAGE, "/mistake/", "/changes/", "/feed/", "/search/?q=wrong+year+off")
    for path in (*paths, "/data/history.csv", "/data/institutions.jsonl", "/api/v1/commitments/"):
        response = client.get(path)
        assert (response.status_code, b"Zq" in b"".join(response)) == (200, False), path


def test_after_a_year_it_is_gone(mistake, capsys):
    kept = Mistake.objects.create(text="Later.", digest="other")
    Mistake.objects.filter(pk=mistake.pk).update(received_at=timezone.now() - timedelta(days=366))
    call_command("clear_mistakes")
    assert list(Mistake.objects.all()) == [kept]
    assert "Mistakes deleted: 1" in capsys.readouterr().out


def test_foot_of_the_page_says_who_runs_the_site_or_that_nobody_has_said(client, settings):
    footer = read(client, "/about/").first("footer").text()
    assert "This site does not say who runs it." in footer

    settings.RUN_BY, settings.RUN_BY_LINK = "Open Records Society", "https://example.org/contact"
    footer = read(client, "/about/").first("footer")
    assert "This site is run by Open Records Society." in footer.text()
    assert footer.all("a", href="https://example.org/contact")
