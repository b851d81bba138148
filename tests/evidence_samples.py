"""Files as officers choose them, good and hostile, made here and not taken from anywhere.

make(pdf(), "report.pdf")            # an uploaded file
docx(macros=True)                    # the bytes of one
"""

import io
import struct
import tracemalloc
import zipfile
import zlib
from contextlib import contextmanager

from django.core.files.uploadedfile import SimpleUploadedFile

from milestones.evidence_files.kinds import KINDS
from milestones.evidence_files.store import keep_file


def make(content, name="report.pdf"):
    return SimpleUploadedFile(name, content)


def kept(content=None, name="report.pdf"):
    return keep_file(make(pdf() if content is None else content, name), name)


@contextmanager
def memory_below(most):
    tracemalloc.start()
    try:
        yield
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < most


def pdf(inside=b"", end=b"%%EOF\n"):
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n" + inside + b"\ntrailer<</Size 2>>\n" + end


def archive(members, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as target:
        for name, content in members:
            target.writestr(name, content)
    return buffer.getvalue()


PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def office(key="docx", *, media_type="", more=()):
    declared = media_type or f"{KINDS[key].media_type}.main+xml"
    types = (
        '<?xml version="1.0"?><Types><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{PARTS[key]}" ContentType="{declared}"/></Types>'
    )
    return archive([("[Content_Types].xml", types), (PARTS[key], "<w/>"), *more])


def open_document(key="odt", *, manifest="<manifest/>", more=()):
    members = [("mimetype", KINDS[key].media_type), ("META-INF/manifest.xml", manifest)]
    return archive([*members, ("content.xml", "<office/>"), *more])


def chunk(kind, content):
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(width=4, height=3):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 16)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def jpeg(width=4, height=3, end=b"\xff\xd9"):
    notes = b"\xff\xe1\x00\x10Exif\x00\x00something"[:18]
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + notes + frame + b"\xff\xda\x00\x02" + b"\x12\x34" * 50 + end


GOOD = {
    "pdf": pdf(),
    "docx": office("docx"),
    "xlsx": office("xlsx"),
    "pptx": office("pptx"),
    "odt": open_document("odt"),
    "ods": open_document("ods"),
    "odp": open_document("odp"),
    "csv": "nation,level\nScotland,Limited – for now\n".encode(),
    "txt": "Cofnodion y cyfarfod: ŵŷ\n".encode(),
    "png": png(),
    "jpeg": jpeg(),
}
