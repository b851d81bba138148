"""A citation and its three forms. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ogp_tracker.common.lines import one_line

SITE = "Open Government Tracker"
"""The author of every page; the package of the data names the same (CITATION.cff)."""

# A brace of a text is written by its name: BibTeX counts bare ones, even behind a backslash.
BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


@dataclass(frozen=True)
class Citation:
    """A page of this site as it was at the end of a date."""

    title: str
    page: str
    """Its own address, without the date."""
    as_at: date

    @property
    def address(self) -> str:
        return f"{self.page}?as_at={self.as_at.isoformat()}"

    @property
    def key(self) -> str:
        """The key by which a text cites it, without special characters."""
        path = re.sub(r"^\w+://[^/]*", "", self.page)
        parts = [part for part in re.split(r"[^0-9A-Za-z]+", path) if part]
        return "-".join(["open-government-tracker", *parts, self.as_at.isoformat()])

    @property
    def as_it_was(self) -> str:
        return _("As at the end of %(day)s") % {"day": date_format(self.as_at, "j F Y")}


def in_words(cited: Citation) -> str:
    return _("%(site)s: “%(title)s”. %(as_it_was)s. %(address)s") % {
        "site": SITE,
        "title": one_line(cited.title),
        "as_it_was": cited.as_it_was,
        "address": cited.address,
    }


def bibtex(cited: Citation) -> str:
    site = f"{{{in_bibtex(SITE)}}}"
    fields = {
        "author": site,
        # The inner braces keep capitals as they are.
        "title": f"{{{in_bibtex(cited.title)}}}",
        "year": str(cited.as_at.year),
        "month": str(cited.as_at.month),
        "howpublished": site,
        "note": in_bibtex(cited.as_it_was),
        "url": cited.address,
        "urldate": cited.as_at.isoformat(),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{cited.key},\n{lines}}}\n"


def ris(cited: Citation) -> str:
    day = f"{cited.as_at:%Y/%m/%d}"
    tags = (
        ("TY", "ELEC"),
        ("AU", SITE),
        ("TI", one_line(cited.title)),
        ("T2", SITE),
        ("PY", str(cited.as_at.year)),
        ("DA", day),
        ("Y2", day),
        ("N1", cited.as_it_was),
        ("UR", cited.address),
        ("ID", cited.key),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {value}\r\n" for tag, value in tags)


def in_bibtex(text: str) -> str:
    return "".join(BIBTEX.get(sign, sign) for sign in one_line(text))
