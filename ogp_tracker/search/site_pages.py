"""The site's own pages, found by their titles and a few words.

They are no rows, so they are not in the index; a small one in memory finds the same forms of words.
"""

import sqlite3
from contextlib import closing
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.texts import StrOrPromise
from ogp_tracker.search.finding import Choices
from ogp_tracker.search.marking import MAKE
from ogp_tracker.search.matching import to_fts5
from ogp_tracker.search.query import Query, words_of


class SitePage(NamedTuple):
    title: StrOrPromise
    description: StrOrPromise
    name: str  # of its address (`ogp_tracker.pages`)
    section: str = ""

    @property
    def address(self) -> str:
        return reverse(self.name) + (f"#{self.section}" if self.section else "")


SITE_PAGES = (
    SitePage(_("About this site"), _("What it shows, and who says so."), "about"),
    SitePage(_("Glossary"), _("Definitions: OGP, IRM, level, overdue."), "about", "things"),
    SitePage(_("Assessors’ codes"), _("What each IRM code means."), "about", "codes"),
    SitePage(_("Sources"), _("Where the data comes from."), "about", "sources"),
    SitePage(_("Licences"), _("Copyright, and how you can use the data."), "about", "licences"),
    SitePage(
        _("Nations"), _("England, Scotland, Wales and Northern Ireland, side by side."), "nations"
    ),
    SitePage(_("Action plans"), _("Their dates and commitments."), "plans"),
    SitePage(_("Institutions"), _("Departments, governments and other bodies."), "institutions"),
    SitePage(_("Commitments"), _("All commitments, by plan, with filters."), "commitments"),
    SitePage(_("Assessments"), _("IRM reports and their findings."), "assessments"),
    SitePage(
        _("Overdue and not updated"),
        _("Milestones past their due date, and those without an update for six months."),
        "overdue",
    ),
    SitePage(_("Disagreements"), _("Where government and the IRM differ."), "disagreements"),
    SitePage(_("Changes"), _("What has changed on this site, newest first."), "changes"),
    SitePage(
        _("Get updates"), _("Follow changes by email, feed reader (RSS) or calendar."), "follow"
    ),
    SitePage(_("Data"), _("Download tables as CSV, Excel (XLSX) or JSON."), "data"),
    SitePage(_("How to cite"), _("How to cite a page or the data."), "data", "cite"),
    SitePage(_("Releases"), _("Numbered copies of the data that you can cite."), "data_releases"),
    SitePage(_("API"), _("The data for programs and their developers."), "api_docs"),
    SitePage(_("Accessibility"), _("How accessible this site is (WCAG)."), "accessibility"),
    SitePage(_("Privacy"), _("Cookies and personal data."), "privacy"),
    SitePage(_("Report a mistake"), _("Tell us what is wrong on a page."), "mistake"),
)


def title_words() -> set[str]:
    return {word for page in SITE_PAGES for word in words_of(str(page.title))}


def site_pages_found(query: Query, choices: Choices | None = None) -> list[SitePage]:
    """The best three with everything wanted, titles first; none if there are filters."""
    if not query.wanted or choices not in (None, Choices()):
        return []
    rows = [
        (place, str(page.title), str(page.description)) for place, page in enumerate(SITE_PAGES)
    ]
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(MAKE)
        memory.executemany("INSERT INTO texts (rowid, head, body) VALUES (?, ?, ?)", rows)
        ask = (
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, 10, 1), rowid LIMIT 3"
        )
        found = memory.execute(ask, [to_fts5(query)]).fetchall()
    return [SITE_PAGES[place] for (place,) in found]
