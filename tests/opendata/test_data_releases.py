"""A release is frozen under a number, for ever, and can prove that it has not changed."""

import hashlib
import io
import json
import zipfile
from errno import ENOSPC

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from ogp_tracker.opendata import releases
from ogp_tracker.opendata.models import Release
from tests.factories import CommitmentFactory, MilestoneFactory, make_update
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_RELEASES_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def milestone():
    return MilestoneFactory(commitment=CommitmentFactory(ogp_id="UK9001", title="First"))


def test_release_is_numbered_within_its_year(milestone):
    year = timezone.now().year

    assert [str(releases.make_release()) for _time in "12"] == [f"{year}.1", f"{year}.2"]


def test_reader_takes_the_same_bytes_for_ever(client, milestone):
    release = releases.make_release()
    address = f"{release.get_absolute_url()}tracker.zip"
    before = client.get(address).getvalue()
    milestone.commitment.title = "Second"
    milestone.commitment.save()
    make_update(milestone)

    answer = client.get(address)

    assert answer.getvalue() == before
    assert hashlib.sha256(before).hexdigest() == release.sha256
    assert "immutable" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(before)) as archive:
        assert b"First" in archive.read("commitments.csv")
        assert json.loads(archive.read("datapackage.json"))["version"] == release.number


def test_next_release_says_what_changed(client, milestone):
    releases.make_release()
    milestone.commitment.title = "Second"
    milestone.commitment.save()
    make_update(milestone)
    second = releases.make_release()

    assert second.changes["commitments"] == {"added": 0, "changed": 1, "removed": 0}
    assert second.changes["updates"] == {"added": 1, "changed": 0, "removed": 0}
    assert second.changes["nations"] == {"added": 0, "changed": 0, "removed": 0}
    page = read(client, second.get_absolute_url())
    assert second.sha256 in page.text()
    assert second.number in read(client, "/data/releases/").text()


def test_release_that_cannot_be_written_is_refused_and_leaves_nothing(folder, monkeypatch):
    def full(file, **_given):
        file.write(b"half")
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(releases.package, "write_package", full)

    with pytest.raises(CommandError, match=r"No release was made.*No space left.*Make room"):
        call_command("make_release")
    assert (list(folder.iterdir()), Release.objects.count()) == ([], 0)


@pytest.mark.both_databases
def test_database_refuses_to_change_or_delete_a_release(milestone):
    release = releases.make_release()

    for act in (lambda: Release.objects.update(sha256="0" * 64), release.delete):
        with (
            pytest.raises(IntegrityError, match="A release cannot be changed or deleted"),
            transaction.atomic(),
        ):
            act()


def test_command_proves_that_nothing_changed_and_says_what_did(milestone, capsys):
    release = releases.make_release()
    call_command("make_release", "--verify")
    assert "Checked 1 release: unchanged." in capsys.readouterr().out

    with releases.release_path(release).open("ab") as file:
        file.write(b"!")
    with pytest.raises(SystemExit):
        call_command("make_release")

    assert "has been changed" in capsys.readouterr().err
    assert Release.objects.count() == 1


def test_command_makes_one_and_says_what_is_in_it(milestone, capsys):
    call_command("make_release")

    said = capsys.readouterr().out
    assert "SHA-256" in said
    assert "commitments: 1 added" in said


def test_file_that_is_left_without_its_row_is_not_written_over(folder, milestone):
    year = timezone.now().year
    (folder / f"{year}.1.zip").write_bytes(b"cited")

    assert str(releases.make_release()) == f"{year}.2"
    assert (folder / f"{year}.1.zip").read_bytes() == b"cited"


def test_release_that_is_not_there_is_not_found(client):
    for address in ("/data/releases/2026.1/", "/data/releases/2026.1/tracker.zip"):
        assert client.get(address).status_code == 404
