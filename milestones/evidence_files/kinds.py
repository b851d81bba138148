"""The kinds of file that can be evidence; the setting EVIDENCE_KINDS says which are accepted.

Read by `ogp_tracker/environment.py` before there are settings, so nothing here reads one.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class EvidenceKind:
    key: str
    media_type: str
    endings: tuple[str, ...]
    word: str | Promise


OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."

KINDS = {
    kind.key: kind
    for kind in (
        EvidenceKind("pdf", "application/pdf", (".pdf",), pgettext_lazy("kind of file", "PDF")),
        EvidenceKind("docx", f"{OFFICE}wordprocessingml.document", (".docx",), _("Word document")),
        EvidenceKind("xlsx", f"{OFFICE}spreadsheetml.sheet", (".xlsx",), _("Excel sheet")),
        EvidenceKind(
            "pptx", f"{OFFICE}presentationml.presentation", (".pptx",), _("PowerPoint slides")
        ),
        EvidenceKind("odt", f"{OPEN_DOCUMENT}text", (".odt",), _("OpenDocument text")),
        EvidenceKind("ods", f"{OPEN_DOCUMENT}spreadsheet", (".ods",), _("OpenDocument sheet")),
        EvidenceKind("odp", f"{OPEN_DOCUMENT}presentation", (".odp",), _("OpenDocument slides")),
        EvidenceKind("csv", "text/csv", (".csv",), pgettext_lazy("kind of file", "CSV")),
        EvidenceKind("txt", "text/plain", (".txt",), _("plain text")),
        EvidenceKind("png", "image/png", (".png",), _("PNG picture")),
        EvidenceKind("jpeg", "image/jpeg", (".jpg", ".jpeg"), _("JPEG picture")),
    )
}

BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS.values()}


class FileRefused(ValidationError):
    """A file is not taken as evidence; the message says what is wrong, and what to do."""


def in_words(keys: list[str]) -> str:
    return ", ".join(str(KINDS[key].word) for key in keys)
