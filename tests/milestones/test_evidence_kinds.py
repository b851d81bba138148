"""A file is what its content says, and one that is not taken is refused in words that help."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.evidence_files.content import kind_of
from milestones.evidence_files.kinds import KINDS, FileRefused
from tests.evidence_samples import (
    GOOD,
    archive,
    chunk,
    jpeg,
    make,
    memory_below,
    office,
    open_document,
    pdf,
    png,
)

MEGABYTE = 1024**2


def judged(content, name="file", allowed=tuple(KINDS), largest=20 * MEGABYTE):
    return kind_of(make(content, name), name, allowed=list(allowed), largest=largest).key


def refusal_of(content, name="file", **given):
    with pytest.raises(FileRefused) as refused:
        judged(content, name, **given)
    (sentence,) = refused.value.messages
    return sentence


@pytest.mark.parametrize("key", KINDS)
def test_officer_gives_a_file_of_each_kind(key):
    assert judged(GOOD[key], f"report.{key}") == key


@pytest.mark.parametrize("key", sorted(set(KINDS) - {"csv", "txt"}))
def test_name_of_a_file_does_not_matter(key):
    assert judged(GOOD[key], "report.html") == key
    assert judged(GOOD[key], "x") == key


def test_only_the_name_tells_a_table_from_a_text():
    assert judged(GOOD["csv"], "LEVELS.CSV") == "csv"
    assert judged(GOOD["csv"], "levels.exe") == "txt"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_table_from_a_spreadsheet_is_taken_in_the_encodings_that_spreadsheets_write(encoding):
    assert judged("Größe;Höhe – “1”\r\n".encode(encoding), "sheet.csv") == "csv"


def test_letter_that_falls_between_two_parts_that_are_read_is_no_fault():
    assert judged(b"x" * (64 * 1024 - 1) + "ŵ".encode() * 10, "a.txt") == "txt"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\t ", "no text"),
        (b"\xef\xbb\xbf \n", "no text"),
        (b"<!DOCTYPE html><p>Hello", "a web page"),
        (b"  \n<html>", "a web page"),
        (b"\xef\xbb\xbf<svg xmlns=''><script>alert(1)</script></svg>", "a web page"),
        ("<script>".encode("utf-16"), "a web page"),
        (b"<?xml version='1.0'?><a/>", "a web page"),
        (b"<?php echo 1;", "a web page"),
        (b"Dear reader,<script>alert(1)</script>", "a web page"),
        (b"#!/bin/sh\nrm -rf /\n", "a script"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "a stored web page"),
        (b"{\\rtf1 words}", "an RTF document"),
        (b"%!PS-Adobe-3.0", "a PostScript file"),
        (b"MZ\x90\x00\x03\x00", "a program"),
        (b"\x7fELF\x02\x01\x01\x00", "a program"),
        (b"GIF89a\x01\x00\x01\x00\x00", "a picture of another form"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "HEIC"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00", "a film"),
        (b"\x1f\x8b\x08\x00", "a packed archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "locked by a password, or of a kind"),
        (b"\x00\x01\x02\x03", "unknown kind"),
        (b"words and then \x00", "unknown kind"),
        (b"words \x1b[31m", "unknown kind"),
    ],
)
def test_what_is_not_taken_is_named_and_what_to_do_is_said(content, said):
    sentence = refusal_of(content, "innocent.txt")

    assert said in sentence
    assert sentence.endswith(".")
    assert "one." in sentence or "Save it as one of these and choose that: PDF," in sentence


@pytest.mark.parametrize("word", ["BMJ", "MZ is a code", "Rar!", "BZhang", "GIF8"])
def test_text_that_begins_like_something_else_stays_a_text(word):
    assert judged(word.encode(), "a.txt") == "txt"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pdf(end=b""), "cut off"),
        (pdf()[:40], "cut off"),
        (pdf(b"<</Encrypt 12 0 R>>"), "locked"),
        (pdf(b"<</Encrypt<</Filter/Standard>>>>"), "locked"),
    ],
)
def test_pdf_that_readers_could_not_open_is_refused(content, said):
    assert said in refusal_of(content)


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbf", b"\n", b"x", b"\x1b%-12345X@PJL\r\n", b"\n%\xe2\xe3\x00", b" " * 1019],
)
def test_pdf_with_bytes_before_its_header_is_a_pdf(before):
    assert judged(before + pdf(b"stream\x00\x9d"), "a.pdf") == "pdf"
    assert judged(before + pdf(), "a") == "pdf"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"words", "only plain text in it"),
        (b" " * 1020 + pdf(), "only plain text in it"),
        (b"\xef\xbb\xbf<p><script>" + pdf(), "a web page"),
        (b"MZ\x00" + pdf(), "a program"),
        (b"x" + pdf(end=b""), "cut off"),
    ],
)
def test_no_other_file_is_taken_by_the_name_of_a_pdf(content, said):
    assert said in refusal_of(content, "Minutes.PDF")
    assert judged(b"A PDF begins with %PDF-1.7", "about.txt") == "txt"


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"Hello", "letter.EML"),
        (OLD_OFFICE, "letter.msg"),
        (OLD_OFFICE + "__properties_version1.0".encode("utf-16-le"), "letter.doc"),
        (b"Received: by mx.gov.example\r\n\r\nHello", "letter.txt"),
        (b"Subject: Minutes\r\n of May\r\nFrom: Ann <ann@gov.example>\r\n\r\nHello", "letter.txt"),
    ],
)
def test_stored_email_is_refused_because_of_the_addresses_in_it(content, name):
    assert "carries the email addresses" in refusal_of(content, name)
    assert judged(b"From: the secretariat\nTo: all members\n", "memo.txt") == "txt"


def test_lock_of_a_pdf_is_found_where_two_parts_that_are_read_meet():
    mark = b"/Encrypt 12 0 R"
    before = b"x" * (64 * 1024 - len(pdf().split(b"\ntrailer")[0]) - len(mark) // 2)

    assert "locked" in refusal_of(pdf(before + mark))
    assert judged(pdf(before + b"/Encryption 12 0 R")) == "pdf"


MACROS = [("word/vbaProject.bin", b"\x00")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (office(more=MACROS), "macros"),
        (office(more=[("word/VBAPROJECT.BIN", b"\x00")]), "macros"),
        (office(media_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        (office("xlsx", more=[("xl/macrosheets/sheet1.xml", "<x/>")]), "macros"),
        (office(more=[("word/activeX/activeX1.bin", b"\x00")]), "macros"),
        (open_document(more=[("Basic/Standard/Module1.xml", "<x/>")]), "macros"),
        (open_document(more=[("Scripts/python/a.py", "print()")]), "macros"),
        (open_document(manifest="<manifest:encryption-data/>"), "locked by a password"),
        (office(more=[("../../a.xml", "")]), "leads out of its folder"),
        (office(more=[("word/..\\a.xml", "")]), "leads out of its folder"),
        (office(more=[("/etc/a", "")]), "leads out of its folder"),
        (office()[:-30], "damaged or cut off"),
        (office()[: len(office()) // 2], "damaged or cut off"),
        (office() + b"<script>", "damaged or cut off"),
        (archive([("a.txt", "words")]), "an archive and no document"),
        (archive([("mimetype", "application/epub+zip")]), "an archive and no document"),
        (office(media_type="application/x-other"), "an archive and no document"),
        (archive([("mimetype", "application/vnd.oasis.opendocument.text-web")]), "no document"),
        (b"PK\x05\x06" + b"\x00" * 18, "an empty or split archive"),
    ],
)
def test_document_that_could_harm_or_cannot_be_opened_is_refused(content, said):
    assert said in refusal_of(content, "letter.docx")


def test_locked_member_of_an_archive_is_found_in_its_table_of_contents():
    content = bytearray(office())
    table = content.rindex(b"PK\x01\x02")
    content[table + 8] |= 1

    assert "locked by a password" in refusal_of(bytes(content))


def test_archive_that_unpacks_to_a_thousand_times_its_size_is_refused_without_unpacking_it():
    bomb = office(
        more=[(f"word/media/{number}.xml", b"\x00" * 64 * MEGABYTE) for number in range(3)]
    )
    assert len(bomb) < MEGABYTE
    content = bytearray(bomb)
    # The table of contents may say anything; here it owns up to four gigabytes.
    table = content.rindex(b"PK\x01\x02")
    content[table + 24 : table + 28] = struct.pack("<I", 0xFFFFFFFE)

    with memory_below(8 * MEGABYTE):
        assert judged(bomb) == "docx"
        assert "far more than a document needs" in refusal_of(bytes(content))


def test_declaration_that_unpacks_without_end_is_read_only_so_far():
    bomb = archive([("[Content_Types].xml", b" " * 100 * MEGABYTE)])
    with memory_below(8 * MEGABYTE):
        assert "no document" in refusal_of(bomb)


def test_archive_with_an_endless_table_of_contents_is_refused_before_it_is_read():
    members = [(f"word/{number:060}.xml", b"") for number in range(12_000)]

    assert "far more than a document needs" in refusal_of(office(more=members))


def test_large_form_of_an_archive_is_not_taken():
    content = office()
    end = content.rindex(b"PK\x05\x06")
    locator = b"PK\x06\x07" + b"\x00" * 16

    assert "far more" in refusal_of(content[:end] + locator + content[end:])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png()[:-8], "damaged or cut off"),
        (png()[:20], "damaged or cut off"),
        (png(width=0), "damaged or cut off"),
        (png(width=100_000), "larger than 30,000 pixels"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "damaged or cut off"),
        (jpeg(end=b""), "damaged or cut off"),
        (jpeg(height=0), "damaged or cut off"),
        (jpeg(width=60_000), "larger than 30,000 pixels"),
        (b"\xff\xd8\xff\xd9", "damaged or cut off"),
        (b"\xff\xd8\xff\xe0\x00\x00\xff\xd9", "damaged or cut off"),
        (b"\xff\xd8\xff\xff\xff\xff\xd9", "damaged or cut off"),
    ],
)
def test_picture_that_cannot_be_shown_is_refused(content, said):
    assert said in refusal_of(content, "map.png")


def test_file_that_is_too_large_is_refused_with_both_sizes():
    sentence = refusal_of(b"x" * (MEGABYTE + 1), largest=MEGABYTE)

    assert sentence.startswith("This file has 1.0\xa0MB; at most 1.0\xa0MB are taken.")
    assert judged(b"x" * MEGABYTE, largest=MEGABYTE) == "txt"


def test_kind_that_the_settings_leave_out_is_refused_with_those_they_name():
    sentence = refusal_of(office(), allowed=("pdf", "csv"))

    assert sentence == (
        "This kind of file (Word document) is not taken here. Save it as one of these and choose"
        " that: PDF, CSV."
    )


def test_text_is_read_in_constant_memory():
    upload = make(b"nation,level\n" * 1_500_000, "a.csv")
    with memory_below(2 * MEGABYTE):
        assert kind_of(upload, "a.csv", allowed=list(KINDS), largest=20 * MEGABYTE).key == "csv"


STARTS = (b"", b"%PDF-", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xfe")


def is_taken_or_refused(content):
    """Judge the content; anything but a kind or a refusal is raised."""
    try:
        return judged(content) in KINDS
    except FileRefused as refused:
        return bool(refused.messages)


@given(st.sampled_from(STARTS), st.binary(max_size=400), st.sampled_from([b"", *GOOD.values()]))
def test_no_file_whatever_is_in_it_does_worse_than_be_refused(start, middle, end):
    assert is_taken_or_refused(start + middle + end)


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_no_file_however_it_is_damaged_does_worse_than_be_refused(key, data):
    content = bytearray(GOOD[key])
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))

    assert is_taken_or_refused(bytes(content[: data.draw(st.integers(0, len(content)))]))
