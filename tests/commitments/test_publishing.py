"""A point of contact publishes a commitment, takes it off the site, and gives it its OGP id later.

What a reader has kept of it follows: the page, the feed, the calendar, the alert and the old link.
"""

import json
import re

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from commitments import services
from commitments.models import Commitment, Unpublication
from commitments.publication_rules import PublicationFacts, what_is_missing
from milestones.models import ProgressUpdate
from ogp_tracker.following.targets import Target, spelt_as, with_keys
from ogp_tracker.history.listing import find
from ogp_tracker.history.scopes import scope_of
from tests.admin_pages import address, errors_of, save, sent_from
from tests.factories import (
    CommitmentFactory,
    FormerSlugFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    contact_for,
    days_ago,
    nation,
    officer_of,
    today,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

LEAD, NATION = "A public commitment needs a lead", "Tick at least one nation, or nobody can report"


@pytest.fixture
def office():
    return InstitutionFactory(name="Office of Openness")


@pytest.fixture
def contact(client, office):
    return sign_in(client, officer_of(office, "point_of_contact", username="boss"))


def press(client, row, button, **answers):
    """Press a button of the commitment's form; return what is said on the next page."""
    page = client.get(address(Commitment, "change", row.pk))
    sent = sent_from(page, **answers) | {button: "on"}
    answer = client.post(address(Commitment, "change", row.pk), sent)
    row.refresh_from_db()
    return " ".join(str(one) for one in get_messages(answer.wsgi_request))


def take_off(client, row, reason):
    answer = client.post(address(Commitment, "unpublish", row.pk), {"reason": reason})
    row.refresh_from_db()
    return answer


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({}, []),
        ({"has_lead": False, "has_nation": False}, [LEAD, NATION]),
        ({"has_lead": False, "lead_unknown": True}, []),
        ({"has_nation": False, "country": ""}, [NATION]),
        ({"has_nation": False, "country": "KE"}, []),
        ({"has_nation": False, "country": None}, []),
        ({"has_nation": False, "is_from_document": True}, []),
    ],
)
def test_what_is_missing_is_said_at_once(changed, missing):
    whole = {"has_lead": True, "lead_unknown": False, "has_nation": True}
    whole |= {"country": "GB", "is_from_document": False}

    said = what_is_missing(PublicationFacts(**whole | changed))

    assert [begin in one for begin, one in zip(missing, said, strict=True)] == [True] * len(said)


def test_commitment_is_published_taken_off_and_published_again_and_its_readers_follow(client):
    plan = PlanFactory(country="GB")
    sign_in(client, contact_for(CommitmentFactory(plan=plan)))
    page = client.get(address(Commitment, "add"))
    client.post(
        address(Commitment, "add"), sent_from(page, title="Open the register", plan=plan.pk)
    )
    draft = Commitment.objects.get(slug="open-the-register")
    reader = Client()
    page = draft.get_absolute_url()

    # Everything that is missing, at once; the preview says the same, and nobody else sees it.
    said = press(client, draft, "_publish")
    assert LEAD in said
    assert NATION in said
    assert "not published yet" in said
    shown = client.get(address(Commitment, "preview", draft.pk))
    assert LEAD in shown.text
    assert NATION in shown.text
    assert "lead institution, nations, dates" in shown.text
    assert reader.get(page).status_code == 404
    draft.refresh_from_db()
    assert draft.published_on is None
    assert draft.history.exclude(published_on=None).count() == 0

    # Published today, whatever date is sent.
    given = {"nations": [nation("eng").pk], "lead_unknown": "on", "published_on": "2020-01-01"}
    assert "Published today" in press(client, draft, "_publish", **given)
    assert draft.published_on == today()
    MilestoneFactory(commitment=draft)
    assert reader.get(page).status_code == 200
    assert NATION in str(errors_of(save(client, draft, nations=[])))
    kept = Target(draft)
    feed_id = re.search("<id>.*?</id>", reader.get(kept.feed).text)[0]
    uid = re.search("UID:.*", reader.get(kept.calendar).text)[0]

    # Taken off, with a reason that readers see.
    assert "Say why" in take_off(client, draft, " ").text
    assert draft.published_on == today()
    take_off(client, draft, "The plan was not final.")
    save(client, draft, title="Secret new title")
    gone = reader.get(page)
    assert gone.status_code == 404
    assert "The plan was not final." in gone.text
    changes = reader.get("/changes/").text
    assert "Commitment removed from this site" in changes
    assert "The plan was not final." in changes
    assert "Open the register" in changes
    assert "Secret" not in changes + gone.text

    # Published again: both acts stay among the changes, and the feed has them as new entries.
    press(client, draft, "_publish")
    kinds = [one.show().kind for one in find(scope_of(draft), size=9).changes]
    assert sorted(kind for kind in kinds if kind != "edit") == [
        "commitment",
        "commitment",
        "unpublished",
    ]
    feed = reader.get(kept.feed).text
    assert len(set(re.findall("<id>(.*?)</id>", feed))) == len(re.findall("<id>", feed))

    # What is saved within a second is one edit; this comes later.
    draft.history.update(history_date=F("history_date") - timezone.timedelta(minutes=1))

    # Its OGP id comes: the page moves, and what readers have kept follows.
    press(client, draft, "_save", ogp_id="UK0300")
    assert (draft.slug, draft.ogp_id) == ("UK0300", "UK0300")
    for kept_address in (page, f"{page}changes/?kind=edit", f"{page}milestones/1/", f"{page}feed/"):
        moved = reader.get(kept_address)
        assert moved.status_code == 301, kept_address
        assert moved["Location"] == kept_address.replace("open-the-register", "UK0300")
        assert reader.get(moved["Location"]).status_code == 200
    below = ("milestones/", "calendar.ics", "card.svg", "embed/", "cite.bib", "about.jsonld")
    for end in (*below, "preview.png", "milestones/1/feed/"):
        assert reader.get(f"{page}{end}")["Location"] == f"/commitments/UK0300/{end}", end
    for api in ("commitments/{}/", "milestones/{}/1/", "assessments/any/{}/"):
        moved = reader.get("/api/v1/" + api.format("open-the-register"))
        assert moved["Location"] == "/api/v1/" + api.format("UK0300")
    assert feed_id in reader.get("/commitments/UK0300/feed/").text
    assert uid in reader.get("/commitments/UK0300/calendar.ics").text
    assert with_keys({("commitment", draft.pk)})[("commitment", draft.pk)].page.endswith("/UK0300/")
    assert spelt_as("commitment:open-the-register").row == draft
    row = json.loads(reader.get("/api/v1/commitments/UK0300/").text)
    assert row["former_ids"] == ["open-the-register"]
    assert "OGP id" in reader.get("/commitments/UK0300/changes/").text


def test_old_and_new_address_lead_to_the_page_as_it_was(client):
    commitment = CommitmentFactory(ogp_id="", slug="open-data")
    commitment.history.update(history_date=timezone.now() - timezone.timedelta(days=9))
    commitment.slug = commitment.ogp_id = "UK0301"
    commitment.save()
    services.keep_former_slug(commitment, "open-data")
    then = str(days_ago(5))

    assert client.get("/commitments/open-data/", {"as_at": then}).status_code == 200
    moved = client.get("/commitments/UK0301/", {"as_at": then})
    assert (moved.status_code, moved["Location"]) == (302, f"/commitments/open-data/?as_at={then}")
    moved = client.get("/commitments/open-data/", {"as_at": str(today())})
    assert moved["Location"] == f"/commitments/UK0301/?as_at={today()}"


def test_address_of_another_commitment_is_never_used_again(contact):
    FormerSlugFactory(slug="open-data")
    waiting = CommitmentFactory(ogp_id="", slug="waiting")

    for typed in ("open-data", CommitmentFactory(ogp_id="", slug="taken").slug, "UK 1"):
        assert errors_of(save(contact, waiting, ogp_id=typed))["ogp_id"]
    page = contact.get(address(Commitment, "add"))
    refused = contact.post(address(Commitment, "add"), sent_from(page, title="Open data"))
    assert "still leads there" in errors_of(refused)["slug"][0]
    for wrong in (
        lambda: CommitmentFactory(ogp_id="", slug="OPEN-data"),
        lambda: FormerSlugFactory(slug=waiting.slug),
    ):
        with pytest.raises(IntegrityError, match="address of another"), transaction.atomic():
            wrong()


def test_only_its_point_of_contact_publishes_and_takes_off_and_nobody_twice(contact, office):
    draft, public = CommitmentFactory(draft=True), CommitmentFactory()
    boss = officer_of(office, "point_of_contact")
    for act in (
        lambda by: services.publish(draft, by),
        lambda by: services.unpublish(public, by, "Why"),
    ):
        with pytest.raises(services.PublicationRefused, match="Only its point of contact"):
            act(officer_of(office, "lead"))
    services.publish(draft, boss)
    versions = draft.history.count()
    services.publish(draft, boss)
    assert draft.history.count() == versions
    services.unpublish(public, boss, "Why")
    with pytest.raises(services.PublicationRefused, match="not on the public site"):
        services.unpublish(public, boss, "Why")
    assert Unpublication.objects.get().institution == office


def test_officer_of_a_commitment_without_nation_reads_why_and_who_can_mend_it(client, office):
    milestone = MilestoneFactory(commitment=CommitmentFactory(nations=[], lead=office))
    officer_of(office, "point_of_contact", first_name="Ada", last_name="Byron")
    sign_in(client, officer_of(office))

    page = client.get(address(ProgressUpdate, "add"), {"milestone": milestone.pk})

    assert page.status_code == 403
    assert "does not name any nation yet" in page.text
    assert "Ada Byron" in page.text
    public = client.get(milestone.commitment.get_absolute_url())
    assert re.search(r"Not recorded here</dt>\s*<dd[^>]*>[^<]*nations", public.text)
