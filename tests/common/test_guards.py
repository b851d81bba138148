"""Anyone who tries to change what was published, in any way, reads that they can correct it."""

from unittest import mock

import pytest
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from milestones import guards
from milestones.models import Evidence, ProgressUpdate
from ogp_tracker.common import triggers
from tests.factories import MilestoneFactory, make_update, nation, past_the_guards

CHANGED = "A published update is never changed; record a correction."
DELETED = "A published update is never deleted; record a correction."
EVIDENCE = "The evidence of a published update is never changed; record a correction."

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.core]


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def refused(sentence):
    return pytest.raises(IntegrityError, match=sentence)


@pytest.fixture
def published():
    return make_update(level="completed", nations=["sct", "wls"])


@pytest.fixture
def draft():
    return make_update(level="completed", nations=["sct", "wls"], publish=False)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("narrative", "All is well."),
        ("level", "substantial"),
        ("as_of", "2020-01-01"),
        ("recorded_at", "2020-01-01 00:00:00+00:00"),
        ("state", "draft"),
        ("published_at", None),
        ("uid", "0" * 32),
    ],
)
def test_sql_cannot_change_a_published_update(published, column, value):
    with refused(CHANGED), transaction.atomic():
        sql(
            f"UPDATE milestones_progressupdate SET {column} = %s WHERE id = %s", value, published.pk
        )

    before = ProgressUpdate.objects.filter(pk=published.pk).values().get()
    published.refresh_from_db()
    assert before["narrative"] == published.narrative


def test_shell_saves_a_published_update_as_it_is(published):
    published.save()

    assert ProgressUpdate.objects.filter(pk=published.pk).update(narrative=published.narrative) == 1


def test_shell_cannot_delete_a_published_update():
    update = make_update(level="limited")
    sql("UPDATE milestones_nationprogress SET level = '', as_of = NULL, update_id = NULL")
    with past_the_guards():
        update.nations.clear()
        update.steps.all().delete()

    with refused(DELETED), transaction.atomic():
        update.delete()
    with refused(DELETED), transaction.atomic():
        ProgressUpdate.objects.filter(pk=update.pk)._raw_delete("default")


def test_officer_changes_and_deletes_a_draft(draft):
    draft.narrative = "Better words."
    draft.save()
    draft.nations.set([nation("eng")])
    draft.evidence.update(title="Better title")
    draft.evidence.all().delete()
    draft.delete()

    assert not ProgressUpdate.objects.exists()


@pytest.mark.parametrize("change", ["add", "remove", "set", "clear", "update", "sql"])
def test_nobody_changes_the_nations_of_a_published_update(published, change):
    changes = {
        "add": lambda: published.nations.add(nation("eng")),
        "remove": lambda: published.nations.remove(nation("sct")),
        "set": lambda: published.nations.set([nation("nir")]),
        "clear": lambda: published.nations.clear(),
        "update": lambda: published.nations.through.objects.update(nation=nation("nir")),
        "sql": lambda: sql("DELETE FROM milestones_progressupdate_nations"),
    }

    with refused(CHANGED), transaction.atomic():
        changes[change]()

    assert {row.code for row in published.nations.all()} == {"sct", "wls"}


def test_nobody_moves_nations_from_a_draft_to_a_published_update(published, draft):
    with refused(CHANGED), transaction.atomic():
        draft.nations.through.objects.filter(progressupdate=draft).update(
            progressupdate=published, nation=nation("nir")
        )


def test_shell_sets_the_nations_that_a_published_update_already_has(published):
    published.nations.set([nation("sct"), nation("wls")])
    published.nations.add(nation("sct"))

    assert published.nations.count() == 2


@pytest.mark.parametrize("field", ["title", "url", "file", "locator"])
def test_nobody_changes_what_evidence_of_a_published_update_points_at(published, field):
    with refused(EVIDENCE), transaction.atomic():
        published.evidence.update(**{field: "https://www.gov.uk/other"})


def test_nobody_deletes_adds_or_moves_evidence_of_a_published_update(published, draft):
    with refused(EVIDENCE), transaction.atomic():
        published.evidence.all().delete()
    with refused(EVIDENCE), transaction.atomic():
        Evidence.objects.create(update=published, title="Late", url="https://www.gov.uk/late")
    with refused(EVIDENCE), transaction.atomic():
        draft.evidence.update(update=published)
    with refused(EVIDENCE), transaction.atomic():
        published.evidence.update(update=draft)

    assert published.evidence.count() == 1


def test_link_checker_notes_the_answer_and_the_archived_copy(published):
    changed = published.evidence.update(
        archived_url="https://web.archive.org/page",
        last_checked_at=timezone.now(),
        last_answer="200 OK",
    )

    assert changed == 1


def test_loading_opens_the_door_for_new_nations_and_evidence_only(published):
    with guards.loading():
        published.nations.add(nation("eng"))
        Evidence.objects.create(update=published, title="New", url="https://www.gov.uk/new")
        with refused(CHANGED), transaction.atomic():
            published.nations.remove(nation("sct"))
        with refused(EVIDENCE), transaction.atomic():
            published.evidence.all().delete()

    with refused(CHANGED), transaction.atomic():
        published.nations.add(nation("nir"))


def test_loading_that_fails_leaves_the_door_shut(published):
    with pytest.raises(ZeroDivisionError), guards.loading():
        raise ZeroDivisionError

    with refused(CHANGED), transaction.atomic():
        published.nations.add(nation("nir"))


def test_missing_guard_is_named_and_put_back():
    assert triggers.missing() == []
    guard = triggers._guards(connection)[0]
    name = guard.name
    table = "" if connection.vendor == "sqlite" else f" ON {guard.table}"
    sql(f'DROP TRIGGER "{name}"{table}')

    assert triggers.missing() == [name]

    triggers.install()

    assert triggers.missing() == []


def test_guard_of_an_older_version_is_replaced(published, monkeypatch):
    current = triggers._installed(connection)
    with monkeypatch.context() as patch:
        patch.setattr(guards, "NEVER_CHANGED", "An older sentence.")
        triggers.install()
        assert triggers._installed(connection) != current
        with refused("An older sentence"), transaction.atomic():
            published.nations.clear()

    triggers.install()

    assert triggers._installed(connection) == current
    with refused(CHANGED), transaction.atomic():
        published.nations.clear()


@pytest.mark.django_db(transaction=True)
def test_guards_outlive_a_migration_that_remakes_their_tables(published):
    emit_pre_migrate_signal(0, False, "default", plan=[(mock.Mock(operations=[]), False)])
    assert triggers.missing()
    with connection.schema_editor() as editor:
        field = ProgressUpdate._meta.get_field("narrative")
        longer = type(field)(field.verbose_name, default="")
        longer.set_attributes_from_name("narrative")
        editor.alter_field(ProgressUpdate, field, longer, strict=True)
        editor.alter_field(ProgressUpdate, longer, field, strict=True)
    emit_post_migrate_signal(0, False, "default")

    assert triggers.missing() == []
    with refused(CHANGED), transaction.atomic():
        published.nations.clear()


@pytest.mark.django_db(transaction=True)
def test_migrate_with_nothing_to_do_leaves_the_guards_alone(monkeypatch):
    monkeypatch.setattr(triggers, "drop", lambda using: pytest.fail("dropped"))

    call_command("migrate", verbosity=0)

    assert triggers.missing() == []


@pytest.mark.django_db(transaction=True)
def test_operator_empties_the_database_and_the_guards_stand_again():
    make_update(MilestoneFactory(), "completed")

    call_command("flush", interactive=False, verbosity=0)

    assert not ProgressUpdate.objects.exists()
    assert triggers.missing() == []
