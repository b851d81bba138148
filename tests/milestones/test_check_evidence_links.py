"""The command that checks addresses of evidence: which ones, what it keeps, what it says."""

from datetime import timedelta
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from milestones.facts import EvidenceFacts
from milestones.links import round as round_of_checks
from milestones.links.addresses import LinkAnswer
from milestones.management.commands import check_evidence_links
from milestones.models import Evidence
from tests.evidence_samples import kept
from tests.factories import CommitmentFactory, MilestoneFactory, make_update
from tests.milestones.web_server import WebServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server():
    with WebServer() as server:
        limits = mock.patch.object(
            check_evidence_links.Command, "limits", return_value=server.limits()
        )
        pause = mock.patch.object(check_evidence_links.check_all, "__kwdefaults__", {"pause": 0})
        with limits, pause:
            yield server


def evidence(url, *, publish=True, commitment=None, days_ago=None, **given):
    milestone = MilestoneFactory(commitment=commitment or CommitmentFactory())
    piece = EvidenceFacts(title="Minutes", url=url, **given)
    row = make_update(milestone, "completed", evidence=[piece], publish=publish).evidence.get()
    if days_ago is not None:
        Evidence.objects.filter(pk=row.pk).update(
            last_checked_at=timezone.now() - timedelta(days=days_ago), last_answer="200 OK"
        )
    return row


def run(**options):
    out = StringIO()
    call_command("check_evidence_links", stdout=out, **options)
    return out.getvalue().splitlines()


def test_answers_and_the_day_are_kept(server):
    good, bad = evidence(server.url("/ok")), evidence(server.url("/status/404"))
    before = timezone.now()

    said = run()

    for row in (good, bad):
        row.refresh_from_db()
        assert before <= row.last_checked_at <= timezone.now()
    assert (good.last_answer, good.last_alive_at) == ("200 OK", good.last_checked_at)
    assert (bad.last_answer, bad.last_alive_at) == ("404 Not Found", None)
    assert said[-1] == "2 addresses checked: 1 work, 1 do not."
    assert sorted(said[:-1])[0].startswith("1/2 ")
    assert any(line.endswith(f"404 Not Found: {bad.url}") for line in said)


def test_link_that_dies_keeps_the_day_on_which_it_was_last_seen(server):
    row = evidence(server.url("/status/410"), days_ago=30)
    alive = timezone.now() - timedelta(days=30)
    Evidence.objects.update(last_alive_at=alive)

    run()

    row.refresh_from_db()
    assert (row.last_answer, row.last_alive_at) == ("410 Gone", alive)
    assert row.link_state == "failing"


def test_only_what_readers_see_is_asked_for(server):
    evidence(server.url("/draft"), publish=False)
    evidence(server.url("/hidden"), commitment=CommitmentFactory(draft=True))
    evidence("", file=kept())
    evidence(server.url("/public"), archived_url=server.url("/archive"))

    run()

    assert [path for _command, path in server.asked] == ["/public"]


def test_longest_unchecked_comes_first_and_the_number_is_bounded(server):
    evidence(server.url("/week"), days_ago=8)
    evidence(server.url("/today"), days_ago=1)
    evidence(server.url("/year"), days_ago=365)
    evidence(server.url("/never"))

    run(most=2)
    assert [path for _command, path in server.asked] == ["/never", "/year"]

    assert run()[-1] == "1 address checked: 1 works, 0 does not."
    assert [path for _command, path in server.asked[2:]] == ["/week"]
    assert run() == ["0 addresses checked: 0 work, 0 do not."]
    assert run(days=0)[-1] == "4 addresses checked: 4 work, 0 do not."


def test_address_that_several_reports_give_is_asked_for_once(server):
    rows = [evidence(server.url(path)) for path in ("/a#page=1", "/a#page=2", "/a")]

    run()

    assert server.asked == [("HEAD", "/a")]
    assert all(Evidence.objects.get(pk=row.pk).last_answer == "200 OK" for row in rows)


def test_interrupted_run_keeps_what_it_has_and_goes_on_the_next_time(server, capsys):
    for number in range(5):
        evidence(server.url(f"/{number}"))
    show = check_evidence_links.Command.show

    def interrupted(command, address, answer):
        show(command, address, answer)
        if command.checked == 2:
            raise KeyboardInterrupt

    with mock.patch.object(check_evidence_links.Command, "show", interrupted):
        run()

    assert "Stopped. What was checked is kept" in capsys.readouterr().err
    assert Evidence.objects.filter(last_checked_at=None).count() == 3
    assert run()[-1] == "3 addresses checked: 3 work, 0 do not."


def test_machine_without_a_connection_calls_no_link_dead(server):
    for number in range(3):
        evidence(f"http://host-{number}.invalid/")
    silent = LinkAnswer("The name could not be found")

    with (
        mock.patch("milestones.links.round.check_address", return_value=silent),
        pytest.raises(CommandError, match="None of 3 hosts answered"),
    ):
        run()

    assert not Evidence.objects.exclude(last_checked_at=None).exists()


def test_terminal_shows_a_counter_and_no_lines(server):
    for number in range(3):
        evidence(server.url(f"/{number}"))
    out = StringIO()
    out.isatty = lambda: True

    call_command("check_evidence_links", stdout=out, no_color=True)

    assert "\r\x1b[K3 / 3" in out.getvalue()
    assert server.url("/1") not in out.getvalue()


def test_check_introduces_itself_with_the_site_and_its_contact(settings):
    settings.SITE_URL = "https://tracker.example.org"
    settings.CONTACT_EMAIL = "tracker@example.org"

    limits = check_evidence_links.Command().limits()

    assert limits.user_agent == (
        "OpenGovernmentTracker (checks links; +https://tracker.example.org/about/;"
        " tracker@example.org)"
    )
    assert set(limits.ports) == {80, 443}
    assert limits.may_ask("127.0.0.1") is False


def test_number_of_queries_to_choose_does_not_grow(django_assert_num_queries):
    for number in range(3):
        evidence(f"https://www.gov.uk/{number}")

    with django_assert_num_queries(1):
        assert len(round_of_checks.due_addresses(timezone.now(), 100)) == 3
