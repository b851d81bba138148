"""What a lead has read is what she publishes, though others act at the same time."""

import pytest

from milestones import services
from milestones.facts import EvidenceFacts
from tests.admin_pages import messages_of, sent_from
from tests.factories import contact_for, days_ago, make_document, make_report, officer_of, revise
from tests.milestones.sign_off.pages import heard, page_of, press

pytestmark = pytest.mark.django_db


def test_lead_does_not_publish_what_its_author_has_changed_meanwhile(
    signer, rhona, update, milestone
):
    old = sent_from(signer.get(page_of(update)))["read"][0]
    changed = revise(update, narrative="Something else.", nations=["sct", "wls"], by=rhona)
    services.submit_update(changed, by=rhona)

    for button in ("publish", "return"):
        page = signer.post(page_of(update), {"do": button, "read": old, "comment": "Why?"})
        assert "Its author has changed this since you opened the page." in heard(page)
        assert "Something else." in page.text
        assert sent_from(page)["read"][0] != old
    update.refresh_from_db()
    assert update.state == "submitted"
    press(signer, update, "publish")
    update.refresh_from_db()
    assert update.is_published


def test_nothing_is_decided_without_saying_what_was_read(signer, update):
    page = signer.post(page_of(update), {"do": "publish"})

    assert "Its author has changed this" in heard(page)
    update.refresh_from_db()
    assert update.state == "submitted"


def test_second_lead_who_presses_the_button_too_is_told_that_it_is_published(
    signer, institution, update
):
    read = sent_from(signer.get(page_of(update)))["read"][0]
    other = officer_of(institution, "lead")
    services.publish_update(update, by=other)

    page = signer.post(page_of(update), {"do": "publish", "read": read}, follow=True)

    assert messages_of(page) == [f"It had already been published: {update}."]
    update.refresh_from_db()
    assert update.signed_off_by == other
    assert update.steps.filter(kind="published").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"narrative": "What!"},
        {"obstacles": "Why not."},
        {"level": "not_started"},
        {"as_of": days_ago(90)},
        {"nations": ["wls"]},
        {"evidence": [EvidenceFacts(title="One", url="https://www.gov.scot/")]},
        {"due_on_proposed": days_ago(-500), "due_reason": "Late."},
        {"source": make_document()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_fingerprint_is_another_one_as_soon_as_anything_differs(
    milestone, institution, rhona, change
):
    contact = contact_for(milestone.commitment)

    def fingerprint(**change):
        given = {
            "narrative": "What.",
            "obstacles": "Why.",
            "as_of": days_ago(3),
            "nations": ["sct"],
        }
        by = contact if "source" in change else rhona
        report = make_report(**(given | change))
        update = services.record_update(milestone, report, institution=institution, by=by)
        return services.fingerprint(update)

    assert fingerprint() == fingerprint()
    assert fingerprint() != fingerprint(**change)
