"""A published update cannot be changed or deleted in the Admin section, whoever tries how."""

import pytest
from django.urls import reverse

from milestones.models import Evidence, NationProgress, ProgressUpdate
from tests.admin_pages import address, messages_of, sent_from
from tests.factories import (
    AccountFactory,
    MilestoneFactory,
    days_ago,
    make_correction,
    make_update,
    nation,
)

pytestmark = pytest.mark.django_db

EVERY_FIELD = {
    "milestone": "1",
    "nations": ["1"],
    "level": "not_started",
    "level_as_published": "Other words",
    "level_derived": "on",
    "as_of": str(days_ago(5)),
    "as_of_as_published": "Other words",
    "narrative": "Other words.",
    "obstacles": "Other words.",
    "institution": "",
    "recorded_by": "",
    "recorded_at": "2020-01-01",
    "state": "draft",
    "published_at": "",
    "signed_off_by": "",
    "co_signed_by": "",
    "corrects": "",
    "correction_reason": "Other words.",
    "source_title": "Other words",
    "source_url": "https://example.org/",
    "source_locator": "page 9",
    "evidence-TOTAL_FORMS": "1",
    "evidence-INITIAL_FORMS": "1",
    "evidence-0-title": "Other words",
    "evidence-0-DELETE": "on",
}


@pytest.fixture
def superuser(client):
    client.force_login(AccountFactory(superuser=True))
    return client


@pytest.fixture
def update():
    return make_update(MilestoneFactory(), "completed")


def state_of(update):
    """Return every value of the update with its nations and its evidence."""
    return (
        ProgressUpdate.objects.filter(pk=update.pk).values().get(),
        list(update.nations.values_list("code", flat=True)),
        list(Evidence.objects.filter(update=update).values()),
        list(NationProgress.objects.filter(update=update).order_by("pk").values()),
    )


def test_superuser_finds_nothing_to_fill_in(superuser, update):
    page = superuser.get(address(ProgressUpdate, "change", update.pk))

    assert "It is never changed or deleted" in page.text
    typed = {"csrfmiddlewaretoken", "evidence-0-id", "evidence-0-update"}
    assert {name for name in sent_from(page) if "_FORMS" not in name} <= typed
    assert 'name="_save"' not in page.text
    assert update.narrative in page.text


def test_superuser_who_posts_every_field_all_the_same_is_refused(superuser, update):
    before = state_of(update)

    for name, value in EVERY_FIELD.items():
        answer = superuser.post(address(ProgressUpdate, "change", update.pk), {name: value})
        assert answer.status_code == 403, name
    answer = superuser.post(address(ProgressUpdate, "change", update.pk), EVERY_FIELD)

    assert answer.status_code == 403
    assert state_of(update) == before


def test_superuser_cannot_publish_it_twice(superuser, update):
    before = state_of(update)

    answer = superuser.post(reverse("admin:milestones_progressupdate_publish", args=[update.pk]))

    assert answer.status_code == 403
    assert state_of(update) == before


def test_superuser_cannot_delete_it(superuser, update):
    for ask in (superuser.get, superuser.post):
        answer = ask(address(ProgressUpdate, "delete", update.pk), {"post": "yes"})
        assert answer.status_code == 403

    assert ProgressUpdate.objects.filter(pk=update.pk).exists()


def test_bulk_deletion_takes_the_drafts_and_leaves_what_is_published(superuser, update):
    draft = make_update(update.milestone, "limited", publish=False)
    chosen = {"action": "delete_selected", "_selected_action": [update.pk, draft.pk]}

    asked = superuser.post(address(ProgressUpdate, "changelist"), chosen)
    assert messages_of(asked) == [
        f"1 is not deleted, because it has been public or in use: {update}"
    ]
    assert list(asked.context["queryset"]) == [draft]
    superuser.post(address(ProgressUpdate, "changelist"), chosen | {"post": "yes"})

    assert list(ProgressUpdate.objects.all()) == [update]


def test_bulk_deletion_of_published_updates_only_deletes_nothing(superuser, update):
    chosen = {"action": "delete_selected", "_selected_action": [update.pk], "post": "yes"}

    superuser.post(address(ProgressUpdate, "changelist"), chosen)

    assert ProgressUpdate.objects.filter(pk=update.pk).exists()


def test_it_is_not_deleted_with_its_milestone_commitment_or_institution(superuser, update):
    rows = (
        update.milestone,
        update.milestone.commitment,
        update.institution,
        update.milestone.commitment.plan,
        nation("sct"),
        update.recorded_by,
    )
    for row in rows:
        superuser.post(address(type(row), "delete", row.pk), {"post": "yes"})
        superuser.post(
            address(type(row), "changelist"),
            {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
        )

        assert type(row).objects.filter(pk=row.pk).exists(), row
    assert ProgressUpdate.objects.filter(pk=update.pk).exists()


def test_institution_that_reported_says_readably_why_it_stays(superuser, update):
    page = superuser.get(address(type(update.institution), "delete", update.institution.pk))

    assert "cannot be deleted while these rest on it" in page.text
    assert str(update) in page.text
    assert address(ProgressUpdate, "change", update.pk) in page.text


def test_its_evidence_cannot_be_changed_or_deleted(superuser, update):
    piece = update.evidence.get()
    before = state_of(update)

    for page in ("change", "delete"):
        answer = superuser.post(
            address(Evidence, page, piece.pk), {"title": "Other words", "post": "yes"}
        )
        assert answer.status_code == 403
    superuser.post(
        address(Evidence, "changelist"),
        {"action": "delete_selected", "_selected_action": [piece.pk], "post": "yes"},
    )

    assert state_of(update) == before


def test_superuser_deletes_a_draft_with_its_evidence(superuser, update):
    draft = make_update(update.milestone, "completed", narrative="Not so.", publish=False)
    piece = draft.evidence.get()

    asked = superuser.get(address(ProgressUpdate, "delete", draft.pk))
    assert str(piece) in asked.text
    superuser.post(address(ProgressUpdate, "delete", draft.pk), {"post": "yes"})

    assert not ProgressUpdate.objects.filter(pk=draft.pk).exists()
    assert not Evidence.objects.filter(pk=piece.pk).exists()


def test_corrected_update_stays_readable_and_leads_to_the_public_page(superuser, update):
    make_correction(update, "limited")

    page = superuser.get(address(ProgressUpdate, "change", update.pk))

    assert page.context["absolute_url"] == update.get_absolute_url()
    assert update.narrative in page.text


def test_levels_are_read_only(superuser, update):
    cell = NationProgress.objects.get(update=update, nation__code="sct")
    page = superuser.get(address(NationProgress, "change", cell.pk))
    assert {"level", "as_of", "update", "milestone", "nation"}.isdisjoint(sent_from(page))

    superuser.post(
        address(NationProgress, "change", cell.pk),
        sent_from(page, level="limited", as_of="2020-01-01", update="", nation="1"),
    )

    assert NationProgress.objects.filter(pk=cell.pk).values().get() == {
        "id": cell.pk,
        "milestone_id": update.milestone_id,
        "nation_id": nation("sct").pk,
        "applies": True,
        "not_applicable_reason": "",
        "level": "completed",
        "as_of": update.as_of,
        "update_id": update.pk,
    }


def test_levels_are_neither_added_nor_deleted(superuser, update):
    cell = NationProgress.objects.filter(update=update).first()

    assert superuser.get(address(NationProgress, "add")).status_code == 403
    deleted = superuser.post(address(NationProgress, "delete", cell.pk), {"post": "yes"})
    assert deleted.status_code == 403
    assert NationProgress.objects.filter(pk=cell.pk).exists()


def test_superuser_says_that_a_milestone_does_not_apply_in_a_nation(superuser):
    milestone = make_update(nations=["sct"]).milestone
    cell = milestone.nation_progress.get(nation__code="wls")
    page = superuser.get(address(NationProgress, "change", cell.pk))

    refused = superuser.post(
        address(NationProgress, "change", cell.pk), sent_from(page, applies=None)
    )
    assert "reason" in refused.context["adminform"].form.errors["not_applicable_reason"][0]
    superuser.post(
        address(NationProgress, "change", cell.pk),
        sent_from(page, applies=None, not_applicable_reason="Not devolved"),
    )

    cell.refresh_from_db()
    assert (cell.applies, cell.not_applicable_reason) == (False, "Not devolved")


def test_milestone_with_a_published_level_cannot_be_said_not_to_apply(superuser, update):
    cell = NationProgress.objects.get(update=update, nation__code="sct")
    page = superuser.get(address(NationProgress, "change", cell.pk))

    refused = superuser.post(
        address(NationProgress, "change", cell.pk),
        sent_from(page, applies=None, not_applicable_reason="Not devolved"),
    )

    assert refused.context["adminform"].form.errors["applies"] == [
        "A level has been published for this nation: it does apply."
    ]
    cell.refresh_from_db()
    assert cell.applies
