"""The guides of `docs/` as pages of the admin, and which section of them helps on which page.

They are open to everyone: whoever cannot sign in needs them most.
"""

import re
import struct
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView
from markdown_it import MarkdownIt
from markdown_it.token import Token

from commitments.admin.access import rights_in

DOCS = settings.BASE_DIR / "docs"
GUIDES = {
    "officers": _("For officers"),
    "points_of_contact": _("For points of contact"),
    "researchers": _("For researchers"),
}

PLACES = {
    "index": "officers#see-what-is-due",
    "my_work_part": "officers#see-what-is-due",
    "plan_work": "officers#see-what-is-due",
    "plan_work_part": "officers#see-what-is-due",
    "milestones_progressupdate": "officers#report-progress",
    "milestones_progressupdate_publish": "officers#sign-off",
    "milestones_progressupdate_done": "officers#sign-off",
    "milestones_evidence": "officers#report-progress",
    "milestones_milestone": "officers#change-the-plan",
    "milestones_milestone_report": "officers#report-on-several-milestones-at-once",
    "milestones_nationprogress": "officers#change-the-plan",
    "milestones_amendment": "officers#change-the-plan",
    "milestones_amendment_publish": "officers#sign-off",
    "commitments_actionplan": "officers#add-an-action-plan",
    "commitments_actionplan_publish": "officers#publish-commitments",
    "commitments_commitment": "officers#publish-commitments",
    "irm_report": "officers#answer-a-finding",
    "irm_assessment": "officers#answer-a-finding",
    "irm_milestonefinding": "officers#answer-a-finding",
    "irm_reply": "officers#answer-a-finding",
    "import": "points_of_contact#import-it-and-read-the-preview",
    "import_preview": "points_of_contact#import-it-and-read-the-preview",
}
"""By the name of a page, or of the section it belongs to: the guide and its section."""

OF_RESEARCHERS = {
    "index": "researchers#the-work-list",
    "irm_report": "researchers#the-report-and-its-stages",
    "irm_report_work": "researchers#the-work-list",
    "irm_assessment": "researchers#record-one-assessment",
    "irm_milestonefinding": "researchers#record-one-assessment",
    "import": "researchers#import-a-sheet",
    "import_preview": "researchers#import-a-sheet",
}


class Guide(NamedTuple):
    title: str
    html: SafeString
    sections: tuple[tuple[str, str], ...]
    """The id and the heading of each."""


def help_address(request: HttpRequest) -> str:
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    for_researchers = rights_in(request).is_assessor
    places = PLACES | (OF_RESEARCHERS if for_researchers else {})
    place = places.get(name) or places.get(name.rpartition("_")[0])
    guide, _hash, section = (place or ("researchers" if for_researchers else "officers")).partition(
        "#"
    )
    return reverse("admin:help_guide", args=[guide]) + (f"#{section}" if section else "")


def urls() -> list[URLPattern]:
    first = RedirectView.as_view(url="officers/")
    return [
        path("help/", first, name="help"),
        path("help/<slug:name>/", guide_page, name="help_guide"),
        path("help/images/<str:name>", picture, name="help_picture"),
    ]


def guide_page(request: HttpRequest, name: str) -> HttpResponse:
    if name not in GUIDES:
        raise Http404
    guide = guide_called(name)
    context = {
        **admin.site.each_context(request),
        "title": guide.title,
        "guide": guide,
        "guides": [(one, label, one == name) for one, label in GUIDES.items()],
    }
    return TemplateResponse(request, "admin/help.html", context)


def picture(_request: HttpRequest, name: str) -> FileResponse:
    if name not in {one.name for one in (DOCS / "images").glob("*.png")}:
        raise Http404
    return FileResponse(
        (DOCS / "images" / name).open("rb"), headers={"Cache-Control": "max-age=3600"}
    )


@lru_cache
def guide_called(name: str) -> Guide:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((DOCS / f"{name}.md").read_text("utf-8"))
    headings: list[tuple[str, str]] = []
    shown: list[Token] = []
    title = ""
    for number, token in enumerate(tokens):
        text = tokens[min(number + 1, len(tokens) - 1)].content
        if token.type == "heading_open" and token.tag != "h1":
            token.attrSet("id", anchor_of(text))
            if token.tag == "h2":
                headings.append((anchor_of(text), text))
        for child in token.children or ():
            _point_into_the_site(child)
        # The page shows the title and the contents in its own way.
        if token.content.startswith("**In this guide:**"):
            token.children = []
        shown.append(token)
        if token.type == "heading_close" and token.tag == "h1":
            title = tokens[number - 1].content
            shown.clear()
    html = markdown.renderer.render(shown, markdown.options, {})
    return Guide(title, mark_safe(html), tuple(headings))  # noqa: S308 - from our own guides


def anchor_of(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _point_into_the_site(token: Token) -> None:
    if token.type == "image":
        file = DOCS / str(token.attrGet("src"))
        width, height = size_of(file)
        # With its size, so that a page that opens at a section stays there while pictures come.
        token.attrs |= {
            "src": reverse("admin:help_picture", args=[file.name]),
            "width": width,
            "height": height,
            "loading": "lazy",
        }
    elif token.type == "link_open":
        guide, hash_, section = str(token.attrGet("href")).partition("#")
        if guide.removesuffix(".md") in GUIDES:
            address = reverse("admin:help_guide", args=[guide.removesuffix(".md")])
            token.attrSet("href", address + hash_ + section)


def size_of(png: Path) -> tuple[int, int]:
    with png.open("rb") as file:
        width, height = struct.unpack(">16x2I", file.read(24))
    return width, height
