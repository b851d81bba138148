"""Alerts by mail: confirmed by link, told once, ended with one click, and forgotten."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.core.mail import get_connection
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from ogp_tracker.following import alerts, subscribing
from ogp_tracker.following.emails import confirm_link, mine_link
from ogp_tracker.following.models import Follower, SeenChange, Subscription
from ogp_tracker.following.targets import SITE, Target
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    days_ago,
    make_update,
    nation,
    officer_of,
)
from tests.pages import queries_in, read

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HowOften = Subscription.HowOften
ANNA = "anna@example.org"


@pytest.fixture(autouse=True)
def _no_limits_from_other_tests():
    cache.clear()


@pytest.fixture
def milestone():
    lead = InstitutionFactory(name="Office of Openness", nation=nation("sct"))
    commitment = CommitmentFactory(ogp_id="UK5001", title="A register", lead=lead)
    return MilestoneFactory(commitment=commitment)


@pytest.fixture
def officer(milestone):
    return officer_of(milestone.commitment.involvements.get().institution, last_name="Zqperson")


@pytest.fixture
def report(milestone, officer):
    levels = iter(["not_started", "limited", "substantial"])
    now = timezone.now() - timedelta(seconds=30)
    return lambda **given: make_update(
        milestone, next(levels), by=officer, nations=["sct"], now=now, **given
    )


def followed(row=None, address=ANNA, how_often=HowOften.AT_ONCE):
    if not SeenChange.objects.exists():
        alerts.number_new_changes(timezone.now())
    subscribing.ask(address, Target(row) if row else SITE, how_often)
    subscription = Subscription.objects.latest("pk")
    subscribing.confirm(subscription)
    Subscription.objects.filter(pk=subscription.pk).update(last_sent=alerts.last_number())
    subscription.refresh_from_db()
    return subscription


def run(now=None, **given):
    before = len(outbox.outbox)
    alerts.send_alerts(now=now or timezone.now(), report=lambda mail, outcome: None, **given)
    return outbox.outbox[before:]


def post(client, page, **given):
    return client.post(page, given)


def path_in(text):
    return re.search(r"http://localhost(/follow/(?:confirm|mine)/\S+)", text)[1]


# From the form to the first mail, and out again --------------------------------------------------


@pytest.mark.core
def test_reader_follows_by_email_and_is_forgotten_with_one_click_without_any_cookie(
    milestone, report, served
):
    reader = Client(enforce_csrf_checks=True)
    page = read(reader, "/follow/?what=commitment:UK5001")
    assert page.title.startswith("Get updates: UK5001 A register")
    with served() as server:
        what = {"what": "commitment:UK5001", "how_often": "at_once", "address": ANNA}
        assert post(reader, "/follow/", **what)["Location"] == "/follow/asked/"
        (asked,) = server.mails_to(ANNA)
        link = path_in(asked.get_body(("plain",)).get_content())

        opened = read(reader, link)
        assert "Confirm that you want these emails" in opened.title
        assert not Subscription.objects.filter(confirmed_at__isnull=False)
        assert "You will get emails about UK5001" in post(reader, link).content.decode()

        run()
        report()
        run()
        run()
        (_asked, told) = server.mails_to(ANNA)

    assert (
        told["Subject"]
        == "Open Government Tracker: progress update, UK5001 A register, Milestone 1"
    )
    text, html = (told.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for body in (text, html):
        assert "Scotland: Not started, on schedule, as at " in body
        assert "Office of Openness" in body
        assert "Zqperson" not in body
        assert "http://localhost/commitments/UK5001/milestones/1/#update-" in body
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = told["List-Unsubscribe"].strip(" <>").removeprefix("http://localhost")
    answer = reader.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not Follower.objects.exists()
    assert not Subscription.objects.exists()
    assert post(reader, address, **{"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not reader.cookies


def test_stranger_cannot_tell_from_the_answer_whether_an_address_is_known(client, milestone):
    followed(milestone.commitment)
    what = {"what": "commitment:UK5001", "how_often": "weekly"}

    answers = [
        post(client, "/follow/", **what, address=address)
        for address in (ANNA.upper(), "new@example.org")
    ]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, "/follow/asked/")
    ] * 2
    known, new = outbox.outbox[-2:]
    assert "You already follow UK5001" in known.subject
    assert "/follow/mine/" in known.body
    assert "/follow/confirm/" in new.body
    assert Subscription.objects.get(follower__address=ANNA).how_often == HowOften.AT_ONCE


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"address": "anna"}, "Enter an email address, like name@example.org."),
        ({"address": ""}, "Enter your email address"),
        ({"what": "commitment:UK9999"}, "not any more"),
        ({"what": "milestone:UK5001:\u0661"}, "not any more"),
        ({"how_often": "hourly"}, "Choose from the list."),
    ],
)
def test_reader_who_errs_is_told_beside_the_field_and_nothing_is_kept(
    client, milestone, given, said
):
    what = {"what": "site", "how_often": "weekly", "address": ANNA} | given

    answer = post(client, "/follow/", **what)

    assert said in answer.content.decode()
    assert not Follower.objects.exists()
    assert not outbox.outbox


@pytest.mark.parametrize(
    "what", ["commitment:UK5009", "nation:zz", "x", "site:1", "plan:a:b", "\0"]
)
def test_reader_with_a_bad_or_hidden_address_is_told_so_and_can_follow_the_site(client, what):
    CommitmentFactory(ogp_id="UK5009", published_on=None)

    page = read(client, f"/follow/?what={what}")

    assert "What this address leads to cannot be found" in page.first("main").text()


def test_address_gets_three_emails_an_hour_and_a_network_is_stopped(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"follow": "5/h/key"}
    what = {"what": "site", "how_often": "weekly"}
    answers = [post(client, "/follow/", **what, address=ANNA).status_code for _time in range(4)]
    assert (answers, len(outbox.outbox)) == ([302] * 4, 3)

    others = [
        post(client, "/follow/", **what, address=f"a{number}@example.org") for number in range(2)
    ]
    assert [answer.status_code for answer in others] == [302, 429]
    assert others[-1]["Retry-After"] == "3600"


def test_form_that_another_site_sends_is_refused(client):
    answer = client.post(
        "/follow/",
        {"what": "site", "how_often": "weekly", "address": ANNA},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert (answer.status_code, len(outbox.outbox)) == (403, 0)


def test_links_that_were_altered_or_are_old_do_nothing_and_say_what_to_do(client, monkeypatch):
    subscribing.ask(ANNA, SITE, HowOften.WEEKLY)
    subscription = Subscription.objects.get()
    link = confirm_link(subscription).removeprefix("http://localhost")
    mine = mine_link(subscription.follower).removeprefix("http://localhost")
    swapped = link.replace("confirm", "mine"), mine.replace("mine", "confirm")

    for address in (*swapped, link[:-3] + "/", "/follow/mine/x/", "/follow/confirm/%00:a:b/"):
        assert post(client, address).status_code == 404
    monkeypatch.setattr("django.core.signing.time.time", lambda: 4102444800)
    assert "To get a new link, ask again" in read(client, link, status=404).first("main").text()
    assert not Subscription.objects.filter(confirmed_at__isnull=False)


def test_follower_chooses_anew_stops_one_thing_and_then_the_last(client, milestone):
    first, second = followed(milestone.commitment), followed(nation("sct"))
    address = mine_link(first.follower).removeprefix("http://localhost")
    answer = client.get(address)
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "UK5001 A register" in answer.content.decode()

    post(client, address, which=first.uid, do="weekly")
    first.refresh_from_db()
    assert first.how_often == HowOften.WEEKLY
    post(client, address, which=second.uid, do="stop")
    assert Subscription.objects.get() == first
    assert post(client, address, which="nonsense", do="stop").status_code == 200
    assert "deleted" in post(client, address, which=first.uid, do="stop").content.decode()
    assert not Follower.objects.exists()


# What is told, when, and once --------------------------------------------------------------------


def test_one_email_puts_all_that_is_followed_together_and_tells_each_change_once(milestone, report):
    for row in (milestone, milestone.commitment, nation("sct"), None):
        followed(row)
    report()
    report()

    (mail,) = run()

    assert mail.subject == "Open Government Tracker: 2 changes to UK5001, Milestone 1"
    assert mail.body.count("* Progress update") == 2
    assert mail.alternatives[0].content.count("<li>") == 2


def test_follower_of_something_else_is_told_nothing(milestone, report):
    followed(nation("wls"))
    report()

    assert run() == []


def test_what_readers_see_late_is_told_though_its_day_is_long_past(milestone, report):
    followed(milestone.commitment)
    draft = AssessmentFactory(commitment=milestone.commitment, published_on=None)
    report()
    run()

    draft.published_on = days_ago(20)
    draft.save()

    (mail,) = run()
    assert mail.subject.startswith("Open Government Tracker: assessment published, UK5001")


def test_weekly_follower_gets_one_email_a_week(milestone, report):
    followed(milestone.commitment, how_often=HowOften.WEEKLY)
    report()
    week = timedelta(days=7)

    assert run() == []
    (mail,) = run(timezone.now() + week)
    report()
    assert run(timezone.now() + week) == []
    (again,) = run(timezone.now() + 2 * week)
    assert mail.body.count("Scotland: Not started") == 1
    assert "Scotland: from Not started" in again.body


@pytest.mark.core
def test_nothing_is_sent_before_it_is_confirmed_and_it_is_deleted_after_a_week(milestone, report):
    subscribing.ask(ANNA, Target(milestone.commitment), HowOften.AT_ONCE)
    run()
    outbox.outbox.clear()
    report()

    assert run() == []
    assert Follower.objects.exists()
    run(timezone.now() + timedelta(days=7, minutes=1))
    assert not Follower.objects.exists()


@pytest.mark.core
def test_draft_is_never_told(milestone):
    followed(None)
    hidden = CommitmentFactory(ogp_id="UK5009", published_on=None)
    make_update(MilestoneFactory(commitment=hidden), "limited")

    assert run() == []
    assert not SeenChange.objects.filter(source="commitment", key=hidden.pk)


# Nobody twice, whatever happens in between --------------------------------------------------------


@pytest.mark.core
def test_email_is_not_sent_again_after_a_crash_and_the_next_one_says_so(
    milestone, report, monkeypatch
):
    followed(milestone.commitment)
    report()
    backend = type(get_connection())
    send = backend.send_messages

    def crash(self, messages):
        send(self, messages)
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(backend, "send_messages", crash)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert run() == []
    assert "1 email was begun by a run that was cut off" in said_by("send_alerts")

    report()
    (mail,) = run()
    assert "An earlier email may not have reached you" in mail.body
    assert mail.body.count("* Progress update") == 1
    assert alerts.unsettled() == 0


def said_by(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_address_that_fails_does_not_stop_the_others_and_is_deleted_after_three_refusals(
    milestone, report, served
):
    for address in ("gone@example.org", "busy@example.org", ANNA):
        followed(milestone.commitment, address)
    refuses = {"gone@example.org": "550 No such mailbox", "busy@example.org": "450 Later"}
    with served(refuses=refuses) as server:
        for _time in range(3):
            report()
            run()
        assert len(server.mails_to(ANNA)) == 3
        assert not Follower.objects.filter(address="gone@example.org")
        del refuses["busy@example.org"]
        run()
        (late,) = server.mails_to("busy@example.org")
    assert late["Subject"] == "Open Government Tracker: 3 changes to UK5001 A register"


@pytest.mark.core
def test_two_runs_at_once_send_an_email_once(milestone, report):
    followed(milestone.commitment)
    report()
    alerts.number_new_changes(timezone.now())
    (first,), (second,) = (list(alerts.alerts(now=timezone.now())) for _run in range(2))

    assert alerts.AlertLog().claim(first)
    assert not alerts.AlertLog().claim(second)


def test_command_stops_with_a_sentence_when_the_server_is_away_and_goes_on_later(
    milestone, report, served
):
    followed(milestone.commitment)
    report()
    dry = said_by("send_alerts", "--dry-run")
    assert "Would be sent to follower" in dry
    assert ANNA not in dry
    with served():
        pass
    with pytest.raises(CommandError, match="The mail server cannot be used"):
        call_command("send_alerts")
    with served():
        assert "Sent: 1. Refused: 0." in said_by("send_alerts")


def test_run_asks_no_more_for_many_followers_of_one_thing(milestone, report):
    followed(milestone.commitment)
    report()
    few = queries_in(run)
    for number in range(5):
        followed(milestone.commitment, f"a{number}@example.org")
    outbox.outbox.clear()
    report()
    many = queries_in(run)

    assert len(outbox.outbox) == 6
    # Each mail is claimed and settled in transactions of its own.
    assert many - few <= 5 * 8


def test_administrator_counts_followers_without_addresses_and_deletes_one(milestone):
    followed(milestone.commitment)
    followed(None, "other@example.org")

    counted = said_by("followers")
    assert "Addresses: 2" in counted
    assert "commitment: 1" in counted
    assert "@" not in counted
    assert "Addresses deleted: 1" in said_by("followers", "--forget", ANNA.upper())
    assert Follower.objects.get().address == "other@example.org"
