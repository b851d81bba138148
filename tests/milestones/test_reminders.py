"""Reminders: who is told what, in words, and nobody twice, whatever happens in between."""

import re
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.utils import timezone

from commitments.models import Institution, Membership
from milestones import services
from milestones.models import Reminder
from milestones.reminders.digest import digest_for, week_of
from milestones.reminders.run import send_reminders
from milestones.reminders.sending import ReminderLog, SendOutcome
from tests.databases import filled
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    ReminderFactory,
    civil_society_for,
    contact_for,
    days_ago,
    make_update,
    move_due_date,
    officer_of,
    researcher,
    today,
)
from tests.mail_server import MailServer, assert_killed_at_each_mail_it_sends_none_twice
from tests.pages import queries_in
from tests.process import PATIENCE

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Role = Membership.Role


@pytest.fixture
def officer(office):
    return officer_of(office)


def overdue(office, days=5, **given):
    return MilestoneFactory(
        commitment=CommitmentFactory(lead=office), due_on=days_ago(days), **given
    )


def send(on=None):
    before = len(outbox.outbox)
    send_reminders(on=on or today(), tell=lambda email, outcome: None)
    sent = outbox.outbox[before:]
    # Emails at once: test_turn_emails.py.
    return [one for one in sent if one.extra_headers["List-Id"].startswith("<reminders.")]


def run(*arguments):
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


def html_of(message):
    ((body, kind),) = message.alternatives
    assert kind == "text/html"
    return body


# What is said ------------------------------------------------------------------------------------


def test_officer_is_told_what_is_overdue_and_where_to_report(office, officer):
    milestone = overdue(office, text="Publish the register")

    (mail,) = send()

    assert mail.to == [officer.email]
    assert mail.subject == "1 milestone is overdue"
    assert f"{milestone.commitment.slug}, Milestone 1: Publish the register" in mail.body
    assert "5 days overdue; no progress update yet" in mail.body
    address = "http://localhost/admin/milestones/progressupdate/add/?milestone="
    assert f"Report progress: {address}{milestone.pk}" in mail.body
    assert "Reporter, Office of Openness" in mail.body


def test_subject_says_the_most_pressing_things(office):
    lead = officer_of(office, Role.LEAD)
    for _place in range(3):
        overdue(office)
    colleague = officer_of(office)
    update = make_update(overdue(office, -90), by=colleague, publish=False)
    services.submit_update(update, by=colleague)

    mail = digest_for(lead, on=today())

    assert mail.title == (
        "1 progress update waits for your sign-off, 3 milestones are overdue, 1 milestone has not"
        " been updated for six months"
    )


def test_returned_report_comes_with_the_reason(office, officer):
    update = make_update(overdue(office), by=officer, publish=False)
    services.submit_update(update, by=officer)
    lead = officer_of(office, Role.LEAD)
    services.return_update(update, by=lead, comment="Say\nwhen.")

    (mail,) = [mail for mail in send() if mail.to == [officer.email]]

    assert "1 progress update was returned to you" in mail.subject
    assert "Why it came back: Say when." in mail.body


def test_civil_society_is_told_what_it_is_asked_to_agree_to(office, officer):
    milestone = overdue(office)
    milestone.commitment.plan.needs_civil_society_sign_off = True
    milestone.commitment.plan.save()
    friend = civil_society_for(milestone.commitment)
    services.submit_update(make_update(milestone, by=officer, publish=False), by=officer)

    (mail,) = [mail for mail in send() if mail.to == [friend.email]]

    assert mail.subject == "1 progress update waits for your agreement"


def test_text_and_html_say_the_same(office, officer):
    for _place in range(12):
        overdue(office, text="Publish <b>the</b> register & more")

    (mail,) = send()
    html = html_of(mail)

    addresses = re.findall(r"https?://\S+", mail.body)
    assert re.findall(r'href="(http[^"]+)"', html) == addresses
    assert all(address.startswith("http://localhost/") for address in addresses)
    assert mail.body.count("Publish <b>the</b> register & more") == 10
    assert html.count("Publish &lt;b&gt;the&lt;/b&gt; register &amp; more") == 10
    assert "All 12: http://localhost/admin/my-work/overdue/" in mail.body
    for line in mail.body.split("--\n")[1].splitlines():
        assert line in re.sub(r"<[^>]+>", " ", html).replace("  ", " ") or line in html


def test_email_says_that_a_machine_wrote_it(office, officer, settings):
    settings.CONTACT_EMAIL = "help@example.org"
    overdue(office)

    (mail,) = send()

    headers = mail.message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Id"] == "<reminders.localhost>"
    assert headers["Message-ID"] == f"<{Reminder.objects.get().mail}@localhost>"
    assert headers["Reply-To"] == "help@example.org"
    assert "write to help@example.org" in mail.body
    assert "help@example.org" in html_of(mail)


def test_hostile_titles_stay_on_their_line_and_out_of_the_headers(office, officer):
    text = (
        "Publish\r\nBcc: everybody@example.org\n\n<script>x</script> Ünïcödé 開放 " + "long " * 500
    )
    overdue(office, text=text)

    (mail,) = send()

    headers = mail.message()
    assert headers["Bcc"] is None
    assert "\n" not in headers["Subject"]
    assert "\nBcc:" not in mail.body
    assert "Publish Bcc: everybody@example.org <script>x</script> Ünïcödé 開放" in mail.body
    assert max(map(len, mail.body.splitlines())) < 400
    assert "<script>" not in html_of(mail)


# Who is told -------------------------------------------------------------------------------------


def test_nobody_gets_an_email_without_anything_to_say(office, officer):
    make_update(overdue(office, -90), by=officer)

    assert send() == []
    assert Reminder.objects.exclude(kind=Reminder.Kind.TURN).count() == 0


def test_only_active_accounts_with_an_address_and_a_role_in_government_get_email(office):
    overdue(office)
    officer_of(office, is_active=False)
    officer_of(office, email="")
    researcher()
    AccountFactory(superuser=True)

    assert send() == []


def test_officer_of_two_institutions_gets_one_email(office, officer):
    other = InstitutionFactory()
    MembershipFactory(account=officer, institution=other)
    overdue(office)
    overdue(other)

    (mail,) = send()

    assert mail.subject == "2 milestones are overdue"


def test_team_mailbox_is_told_where_no_officer_can_report(office):
    office.team_mailbox = "team@example.org"
    office.save()
    milestone = overdue(office)

    (mail,) = send()

    assert mail.to == ["team@example.org"]
    assert mail.subject == "1 milestone is overdue"
    assert f"http://localhost{milestone.get_absolute_url()}" in mail.body
    assert "/admin/my-work" not in mail.body
    assert send() == []


def test_team_mailbox_is_left_alone_where_an_officer_is_told(office, officer):
    office.team_mailbox = "team@example.org"
    office.save()
    overdue(office)

    assert [mail.to for mail in send()] == [[officer.email]]


def test_team_mailbox_of_civil_society_gets_nothing():
    friend = InstitutionFactory(
        kind=Institution.Kind.CIVIL_SOCIETY, team_mailbox="team@example.org"
    )
    overdue(friend)

    assert send() == []


# Once --------------------------------------------------------------------------------------------


def test_digest_goes_out_once_a_week(office, officer):
    overdue(office, 1)
    monday = today() - timedelta(days=today().weekday()) + timedelta(days=7)

    sent = [len(send(monday + timedelta(days=day))) for day in range(9)]

    assert sent == [1, 0, 0, 0, 0, 0, 0, 1, 0]


def test_week_is_named_by_the_year_that_it_belongs_to():
    assert week_of(timezone.datetime(2027, 1, 1).date()) == "2026-W53"


def test_contact_is_told_once_of_what_is_overdue_for_long(office, settings):
    settings.REMINDER_ESCALATE_AFTER_DAYS = 14
    milestone = overdue(office, days=14)
    contact = contact_for(milestone.commitment)

    def escalations(on):
        return [mail for mail in send(on) if "for long" in mail.subject and mail.to]

    assert escalations(today() - timedelta(days=1)) == []
    (mail,) = escalations(today())
    assert mail.to == [contact.email]
    assert mail.subject == "1 milestone is overdue for long, and not completed"
    assert "14 days overdue" in mail.body
    assert "Office of Openness (no team mailbox)" in mail.body
    assert escalations(today()) == []
    assert escalations(today() + timedelta(days=30)) == []


def test_contact_is_told_again_if_a_moved_due_date_passes_as_well(office):
    milestone = overdue(office, days=40)
    contact_for(milestone.commitment)
    send()
    move_due_date(milestone, to=days_ago(20), reason="Late", institution=office, by=None)

    (mail,) = send()

    assert "20 days overdue" in mail.body


def test_contact_reads_in_the_digest_who_has_gone_silent(office):
    milestone = overdue(office, days=3)
    contact_for(milestone.commitment)

    (mail,) = send()

    assert mail.subject == (
        "1 milestone is overdue in your plan or nation, 1 institution has published no update for"
        " six months"
    )
    assert "Last progress update published: never; overdue: 1" in mail.body
    assert "Milestones are recorded for 1 of the 1 commitment you look after." in mail.body


# The command -------------------------------------------------------------------------------------


def test_dry_run_says_what_would_go_and_writes_nothing(office, officer):
    overdue(office)

    said = run("--dry-run")

    assert f"Would be sent to {officer.email}: 1 milestone is overdue" in said
    assert "Emails that would be sent: 1" in said
    assert outbox.outbox == []
    assert Reminder.objects.count() == 0


def test_number_of_queries_for_an_account_does_not_grow(office, officer):
    overdue(office)
    for_one = queries_in(lambda: digest_for(officer, on=today()))
    for _place in range(5):
        overdue(office)

    assert queries_in(lambda: digest_for(officer, on=today())) == for_one


# A real mail server ------------------------------------------------------------------------------


def test_email_arrives_as_it_was_written(office, officer, served):
    overdue(office, text="Öffnen – 開放 – " + "a" * 1500)
    with served() as server:
        assert "Sent: 1." in run()

    (mail,) = server.mails_to(officer.email)
    assert mail["Subject"] == "1 milestone is overdue"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert "Öffnen – 開放 – aaa" in mail.get_body(("plain",)).get_content()
    assert "Öffnen – 開放 – aaa" in mail.get_body(("html",)).get_content()
    assert Reminder.objects.get().state == "sent"


def test_refused_address_is_kept_with_the_answer_and_stops_nobody_else(office, served):
    gone, there = officer_of(office, username="a"), officer_of(office, username="b")
    overdue(office)
    with served(refuses={gone.email: "550 5.1.1 No such mailbox"}) as server:
        said = run()
        again = run()

    assert f"Refused: {gone.email}." in said
    assert "Sent: 1. Refused: 1." in said
    assert "Sent: 0. Refused: 0." in again
    assert len(server.mails_to(there.email)) == 1
    kept = Reminder.objects.get(account=gone)
    assert (kept.state, kept.answer) == ("refused", "550 5.1.1 No such mailbox")


def test_answer_without_end_is_kept_up_to_its_bound():
    reminder = ReminderFactory(state="claimed", settled_at=None)

    ReminderLog().settle(SimpleNamespace(key=reminder.mail), SendOutcome.REFUSED, "5" * 20_001)

    reminder.refresh_from_db()
    assert (reminder.state, len(reminder.answer)) == ("refused", 20_000)


def test_address_that_cannot_be_one_stops_nobody_else(office, served):
    broken, there = officer_of(office, username="a"), officer_of(office, username="b")
    broken.email = "x@example.org\nBcc: everybody@example.org"
    broken.save()
    overdue(office)
    with served() as server:
        said = run()

    assert "Sent: 1. Refused: 1." in said
    assert [recipient for recipient, _mail in server.received] == [there.email]
    assert Reminder.objects.get(account=broken).state == "refused"


def test_email_that_is_put_off_is_tried_again(office, officer, served):
    overdue(office)
    with served(refuses={officer.email: "451 4.7.1 Try again later"}):
        assert "To try again at the next run: 1." in run()
    assert Reminder.objects.count() == 0

    with served() as server:
        run()

    assert len(server.mails_to(officer.email)) == 1


def test_command_stops_and_claims_nothing_without_a_mail_server_that_takes_email(
    office, officer, served
):
    overdue(office)
    server = served(refuses_sender="553 5.7.1 Not your address")
    with server, pytest.raises(CommandError, match="Not your address"):
        run()
    # The server has ended.
    with pytest.raises(CommandError, match="Check EMAIL_URL"):
        run()

    assert Reminder.objects.count() == 0


def test_email_of_which_nobody_knows_is_not_sent_again(office, officer, served):
    overdue(office)
    with served(hangs_up=True) as rude, pytest.raises(CommandError):
        run()
    assert len(rude.mails) == 1
    assert Reminder.objects.get().state == "claimed"

    with served() as server:
        said = run()

    assert server.mails == []
    assert "1 email was begun by a run that was cut off" in said


def test_emails_go_through_one_connection_and_a_new_one_if_that_is_gone(office, served):
    for _place in range(3):
        officer_of(office)
    overdue(office)
    with served() as server:
        run()
    assert len(server.mails) == 3
    assert server.connections == 1


# Other processes ---------------------------------------------------------------------------------

FILL = """
from tests.factories import *
office = InstitutionFactory(name="Office of Openness")
for name in ("ada", "bea", "cleo"):
    officer_of(office, username=name)
MilestoneFactory(commitment=CommitmentFactory(lead=office), due_on=days_ago(5))
"""

OFFICERS = [f"{name}@example.org" for name in ("ada", "bea", "cleo")]


@pytest.fixture
def database(empty_sqlite, tmp_path):
    return filled(empty_sqlite, tmp_path / "tracker.sqlite3", FILL)


@pytest.mark.slow
@pytest.mark.own_database
def test_process_that_is_killed_while_it_sends_leads_to_no_second_email(database):
    assert_killed_at_each_mail_it_sends_none_twice("send_reminders", database, OFFICERS)


@pytest.mark.slow
@pytest.mark.own_database
def test_two_runs_at_once_remind_nobody_twice(database):
    with MailServer() as server:
        runs = [server.process_that("send_reminders", database) for _run in range(3)]
        said = [run.communicate(timeout=PATIENCE) for run in runs]

    assert [run.returncode for run in runs] == [0, 0, 0], said
    assert sorted(recipient for recipient, _mail in server.received) == OFFICERS
