"""Files of evidence are kept whole, under random names, and only as long as a row needs them."""

import hashlib
import os
import re
import time
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from milestones import services
from milestones.consistency import find_problems
from milestones.evidence_files import store
from milestones.evidence_files.kinds import FileRefused
from milestones.evidence_files.store import keep_file, keep_upload
from milestones.facts import EvidenceFacts
from milestones.models import Evidence, EvidenceUpload
from milestones.progress_rules import UpdateRefused
from tests.evidence_samples import GOOD, kept, make, memory_below, office, pdf
from tests.factories import AccountFactory, MilestoneFactory, make_update, revise
from tests.process import ROOT, run_python

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "evidence"


def names_in(folder):
    return sorted(file.name for file in folder.iterdir())


def draft_with(*files):
    pieces = [EvidenceFacts(title=f"File {number}", file=file) for number, file in enumerate(files)]
    return make_update(level="completed", evidence=pieces, publish=False)


def test_file_is_kept_whole_under_a_random_name_that_says_nothing(folder):
    content = pdf(b"words" * 1000)

    file = keep_file(make(content, "../secret name.html"), "../secret name.html")

    (name,) = names_in(folder)
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert file.path == f"evidence/{name}"
    assert (folder / name).read_bytes() == content
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert (file.size, file.media_type) == (len(content), "application/pdf")
    assert file.name == "secret name.html.pdf"
    assert kept(content).path != file.path


def test_disk_that_is_full_leaves_no_half_file(folder):
    with (
        mock.patch.object(store.os, "fsync", side_effect=OSError("No space left on device")),
        pytest.raises(FileRefused, match="cannot save files at the moment"),
    ):
        kept()

    assert names_in(folder) == []


KILLED = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[1]
from milestones.evidence_files import store
from tests.evidence_samples import make, pdf
os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)
store.keep_file(make(pdf(b"x" * 1000000)), "report.pdf")
"""


@pytest.mark.slow
@pytest.mark.own_database
def test_process_killed_while_it_writes_leaves_nothing_under_a_name_that_counts(folder, tmp_path):
    result = run_python(
        "-c",
        KILLED,
        str(tmp_path),
        DJANGO_SETTINGS_MODULE="ogp_tracker.settings",
        SECRET_KEY="x" * 50,
        SITE_URL="http://localhost",
        DATABASE_URL="sqlite://:memory:",
        PYTHONPATH=str(ROOT),
    )

    assert result.returncode == -9, result.stderr
    (name,) = names_in(folder)
    assert name.startswith(".unfinished-")


def test_nothing_is_ever_overwritten(folder):
    with mock.patch.object(store.secrets, "token_hex", return_value="a" * 32):
        first, second = kept(pdf(b"one")), kept(pdf(b"two"))

    assert first.path != second.path
    assert (folder / Path(first.path).name).read_bytes() == pdf(b"one")
    assert (folder / Path(second.path).name).read_bytes() == pdf(b"two")


def test_large_file_is_kept_in_constant_memory():
    upload = TemporaryUploadedFile("large.txt", "text/plain", 0, None)
    for _part in range(150):
        upload.write(b"words and more words\n" * 5000)
    upload.size = upload.file.tell()
    assert upload.size > 15 * 1024**2

    with memory_below(3 * 1024**2):
        assert keep_file(upload, "large.txt").size == upload.size


def test_setting_bounds_the_size_and_the_kinds(settings):
    settings.EVIDENCE_MAX_MEGABYTES = 1
    settings.EVIDENCE_KINDS = ["pdf"]

    with pytest.raises(FileRefused, match="at most"):
        kept(pdf(b"x" * 1024**2))
    with pytest.raises(FileRefused, match="choose that: PDF"):
        kept(office())


def test_upload_belongs_to_who_chose_it_until_a_report_takes_it(folder):
    account = AccountFactory()
    upload = keep_upload(make(pdf()), account)
    assert (upload.account, upload.stored.name) == (account, "report.pdf")

    draft = draft_with(upload.stored)

    assert not EvidenceUpload.objects.exists()
    assert draft.evidence.get().stored == upload.stored
    assert len(names_in(folder)) == 1


def test_row_with_half_of_what_is_known_of_a_file_is_refused_by_the_database():
    draft = draft_with(kept())
    without = {"file": "", "url": "https://www.gov.uk/"}
    for column in ({"sha256": ""}, {"size": None}, {"media_type": ""}, {"file_name": ""}, without):
        with pytest.raises(IntegrityError), transaction.atomic():
            draft.evidence.update(**column)


def test_file_that_a_draft_no_longer_gives_goes_once_that_is_settled(
    folder, django_capture_on_commit_callbacks
):
    draft = draft_with(kept(pdf(b"one")), kept(pdf(b"two")))
    stays, goes = (piece.stored for piece in draft.evidence.all())

    with django_capture_on_commit_callbacks(execute=True):
        revise(draft, "completed", evidence=[EvidenceFacts(title="Stays", file=stays)])
        assert len(names_in(folder)) == 2

    assert names_in(folder) == [Path(stays.path).name]
    assert not default_storage.exists(goes.path)


def test_draft_that_is_refused_keeps_its_files_and_words(
    folder, django_capture_on_commit_callbacks
):
    draft = draft_with(kept())

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(UpdateRefused):
        revise(draft, "completed", evidence=[], narrative="Not to be kept.")

    assert draft.evidence.get().file.read() == pdf()
    draft.refresh_from_db()
    assert draft.narrative != "Not to be kept."


def test_discarded_draft_takes_its_files_with_it_and_leaves_those_of_published_updates(
    folder, django_capture_on_commit_callbacks
):
    published = make_update(
        level="completed", evidence=[EvidenceFacts(title="Public", file=kept())]
    )
    draft = draft_with(kept(pdf(b"draft")), published.evidence.get().stored)

    with django_capture_on_commit_callbacks(execute=True):
        services.discard_update(draft)

    assert names_in(folder) == [Path(published.evidence.get().file.name).name]


def test_report_that_gives_only_the_same_file_again_says_nothing_new():
    milestone = MilestoneFactory()

    def report(content):
        piece = EvidenceFacts(title="Minutes", file=kept(content))
        return make_update(milestone, "completed", evidence=[piece], narrative="It is done.")

    report(pdf())
    with pytest.raises(UpdateRefused, match="Nothing new"):
        report(pdf())
    assert report(pdf(b"more")).is_published


# Receiving --------------------------------------------------------------------------------------


def test_upload_that_is_too_large_fills_no_disk_and_keeps_its_true_size(settings, rf):
    settings.EVIDENCE_MAX_MEGABYTES = 1
    request = rf.post("/", {"words": "kept", "file": make(b"x" * 4 * 1024**2, "large.txt")})

    upload = request.FILES["file"]

    assert request.POST["words"] == "kept"
    assert upload.size == 4 * 1024**2
    assert os.path.getsize(upload.temporary_file_path()) == 1024**2 + 1
    with pytest.raises(FileRefused, match="at most"):
        keep_file(upload, upload.name)


def test_several_uploads_each_have_their_own_room(settings, rf):
    settings.EVIDENCE_MAX_MEGABYTES = 2
    content = b"words " * 300_000
    request = rf.post("/", {"one": make(content, "1.txt"), "two": make(content, "2.txt")})

    assert [request.FILES[name].read() == content for name in ("one", "two")] == [True, True]


# Upkeep -----------------------------------------------------------------------------------------


def problems():
    return [(problem.rule, problem.where) for problem in find_problems()]


def test_missing_and_changed_files_are_found(folder):
    good, missing, changed = kept(), kept(GOOD["png"]), kept(GOOD["csv"], "a.csv")
    draft_with(good, missing, changed)
    assert problems() == []

    default_storage.delete(missing.path)
    (folder / Path(changed.path).name).write_bytes(b"Other words.")

    assert problems() == [
        ("Every file of evidence can be read.", f"File 1 ({missing.path}, {missing.name})"),
        ("Every file of evidence is unchanged.", f"File 2 ({changed.path}, {changed.name})"),
    ]


def grow_old(file, days=20):
    then = time.time() - days * 24 * 3600
    os.utime(file, (then, then))


def test_clearing_away_removes_what_is_old_and_belongs_to_nothing(folder, capsys):
    account = AccountFactory()
    draft = draft_with(kept())
    old, young = (keep_upload(make(pdf(words)), account) for words in (b"old", b"young"))
    EvidenceUpload.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(days=15))
    lost, half, fresh = (folder / name for name in ("a" * 32, ".unfinished-1", "b" * 32))
    for file in (lost, half, fresh):
        file.write_bytes(b"x")
    for file in folder.iterdir():
        if file != fresh and file.name != Path(young.file.name).name:
            grow_old(file)

    call_command("clear_uploads")

    assert capsys.readouterr().out == "1 kept uploads forgotten, 3 files removed.\n"
    assert list(EvidenceUpload.objects.all()) == [young]
    assert set(names_in(folder)) == {
        fresh.name,
        Path(young.file.name).name,
        Path(draft.evidence.get().file.name).name,
    }


def test_clearing_away_never_takes_what_was_chosen_today(folder):
    keep_upload(make(pdf()), AccountFactory())

    call_command("clear_uploads", days=0)

    assert EvidenceUpload.objects.exists()
    assert len(names_in(folder)) == 1


def test_clearing_away_on_a_site_without_files_does_nothing(folder, capsys):
    call_command("clear_uploads")

    assert capsys.readouterr().out.startswith("0 kept uploads")
    assert not Evidence.objects.exists()
