"""The kinds of file that can be evidence; which of them are taken says the setting EVIDENCE_KINDS.

Read by `ogp_tracker/environment.py` before there are settings, so nothing here asks for one.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Kind:
    """One kind of file: its name in the settings, its media type, its endings and its word."""

    key: str
    media_type: str
    endings: tuple[str, ...]
    word: str | Promise


OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."

KINDS = {
    kind.key: kind
    for kind in (
        Kind("pdf", "application/pdf", (".pdf",), pgettext_lazy("kind of file", "PDF")),
        Kind("docx", f"{OFFICE}wordprocessingml.document", (".docx",), _("Word document")),
        Kind("xlsx", f"{OFFICE}spreadsheetml.sheet", (".xlsx",), _("Excel sheet")),
        Kind("pptx", f"{OFFICE}presentationml.presentation", (".pptx",), _("PowerPoint slides")),
        Kind("odt", f"{OPEN_DOCUMENT}text", (".odt",), _("OpenDocument text")),
        Kind("ods", f"{OPEN_DOCUMENT}spreadsheet", (".ods",), _("OpenDocument sheet")),
        Kind("odp", f"{OPEN_DOCUMENT}presentation", (".odp",), _("OpenDocument slides")),
        Kind("csv", "text/csv", (".csv",), pgettext_lazy("kind of file", "CSV")),
        Kind("txt", "text/plain", (".txt",), _("plain text")),
        Kind("png", "image/png", (".png",), _("PNG picture")),
        Kind("jpeg", "image/jpeg", (".jpg", ".jpeg"), _("JPEG picture")),
    )
}

BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS.values()}


def in_words(keys: list[str]) -> str:
    """Return the kinds of these keys as a reader knows them, with commas between."""
    return ", ".join(str(KINDS[key].word) for key in keys)
