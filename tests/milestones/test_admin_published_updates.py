"""A published update cannot be changed or deleted in the admin, by anyone in any way."""

import pytest

from milestones.models import Evidence, NationProgress, ProgressUpdate, UpdateStep
from tests.admin_pages import address, messages_of, sent_from
from tests.factories import (
    AccountFactory,
    InstitutionFactory,
    MilestoneFactory,
    administrator,
    civil_society_for,
    contact_for,
    make_correction,
    make_update,
    officer_of,
    researcher,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def update():
    return make_update(MilestoneFactory(), "completed")


@pytest.fixture
def lead(client, update):
    """Sign a lead of the institution that reported in: who could do most to it."""
    return sign_in(client, officer_of(update.institution, "lead"))


@pytest.fixture
def everybody(update):
    commitment = update.milestone.commitment
    return {
        "author": update.recorded_by,
        "who signed it off": update.signed_off_by,
        "colleague": officer_of(update.institution),
        "lead elsewhere": officer_of(InstitutionFactory(), "lead"),
        "point of contact": contact_for(commitment),
        "civil society": civil_society_for(commitment),
        "researcher": researcher(),
        "administrator": administrator(),
        "superuser": AccountFactory(superuser=True),
    }


def state_of(update):
    return (
        ProgressUpdate.objects.filter(pk=update.pk).values().get(),
        list(update.nations.values_list("code", flat=True)),
        list(Evidence.objects.filter(update=update).values()),
        list(NationProgress.objects.filter(update=update).order_by("pk").values()),
        list(UpdateStep.objects.filter(update=update).order_by("pk").values()),
    )


def test_lead_finds_nothing_to_fill_in(lead, update):
    page = lead.get(address(ProgressUpdate, "change", update.pk))

    assert "Nobody can change or delete it." in page.text
    typed = {"csrfmiddlewaretoken", "evidence-0-id", "evidence-0-update"}
    assert {name for name in sent_from(page) if "_FORMS" not in name} <= typed
    assert 'name="_draft"' not in page.text
    assert 'name="_submit"' not in page.text
    assert update.narrative in page.text


def delete(client, row):
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(address(type(row), "changelist"), chosen)
    page = address(type(row), "delete", row.pk)
    return client.get(page), client.post(page, {"post": "yes"})


def test_nobody_changes_or_deletes_it_or_its_evidence_all_the_same(client, update, everybody):
    before, piece = state_of(update), update.evidence.get()
    author = everybody["author"]
    draft = make_update(update.milestone, "completed", by=author, publish=False)
    page = sign_in(client, author).get(address(ProgressUpdate, "change", draft.pk))
    # What a draft's page would send, and what none offers.
    never = {"state": "draft", "recorded_by": "", "recorded_at": "2020-01-01", "published_at": ""}
    never |= {"signed_off_by": "", "co_signed_by": "", "milestone": "1", "evidence-0-DELETE": "on"}
    every_field = sent_from(page, narrative="Other words.", **never)

    for who, account in everybody.items():
        sign_in(client, account)
        for row, sent in (
            (update, every_field),
            (update, every_field | {"_submit": "Submit"}),
            (update, {"narrative": "Other."}),
            (piece, {"title": "Other words"}),
        ):
            answer = client.post(address(type(row), "change", row.pk), sent)
            assert answer.status_code in {302, 403, 404}, who
        for answer in (*delete(client, update), *delete(client, piece)):
            assert answer.status_code in {302, 403, 404}, who
        assert state_of(update) == before, who


def test_bulk_deletion_takes_the_drafts_and_leaves_what_is_published(client, update):
    author = update.recorded_by
    draft = make_update(update.milestone, "limited", by=author, publish=False)
    chosen = {"action": "delete_selected", "_selected_action": [update.pk, draft.pk]}
    sign_in(client, author)

    asked = client.post(address(ProgressUpdate, "changelist"), chosen)
    assert messages_of(asked) == [
        f"1 is not deleted, because it has been public or in use: {update}"
    ]
    assert list(asked.context["queryset"]) == [draft]
    client.post(address(ProgressUpdate, "changelist"), chosen | {"post": "yes"})

    assert list(ProgressUpdate.objects.all()) == [update]


def test_corrected_update_stays_readable_and_leads_to_the_public_page(lead, update):
    make_correction(update, "limited")

    page = lead.get(address(ProgressUpdate, "change", update.pk))

    assert page.context["absolute_url"] == update.get_absolute_url()
    assert update.narrative in page.text
