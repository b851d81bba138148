"""The guides of `docs/` as pages of the admin, and which section of them helps on which page.

They are open to everyone: whoever cannot sign in needs them most.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.static import serve
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from commitments.admin.access import rights_in

DOCS = settings.BASE_DIR / "docs"
PICTURES = DOCS / "images"
GUIDES = {
    "officers": _("For officers"),
    "points_of_contact": _("For points of contact"),
    "researchers": _("For researchers"),
}

PLACES = {
    "officers#see-what-is-due": "",
    "officers#report-progress": "milestones_progressupdate milestones_evidence",
    "officers#sign-off": "milestones_progressupdate_publish milestones_progressupdate_done"
    " milestones_amendment_publish",
    "officers#report-on-several-milestones-at-once": "milestones_milestone_report",
    "officers#change-the-plan": "milestones_milestone milestones_nationprogress"
    " milestones_amendment",
    "officers#add-an-action-plan": "commitments_actionplan",
    "officers#publish-commitments": "commitments_actionplan_publish commitments_commitment",
    "officers#answer-a-finding": "irm_report irm_assessment irm_milestonefinding irm_reply",
    "officers#for-administrators": "auth_user auth_user_add",
    "points_of_contact#import-it-and-read-the-preview": "import import_preview",
}
"""By section of a guide the pages, or whole sections of the admin, on which Help opens it.

The first is for all other pages.
"""

OF_RESEARCHERS = {
    "researchers#the-work-list": "irm_report_work",
    "researchers#the-report-and-its-stages": "irm_report",
    "researchers#record-one-assessment": "irm_assessment irm_milestonefinding",
    "researchers#import-a-sheet": "import import_preview",
}


class Guide(NamedTuple):
    title: str
    html: SafeString
    sections: tuple[tuple[str, str], ...]
    """The id and the heading of each."""


def help_address(request: HttpRequest) -> str:
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    places = OF_RESEARCHERS if rights_in(request).is_assessor else PLACES
    by_name = {page: place for place, pages in places.items() for page in pages.split()}
    place = by_name.get(name) or by_name.get(name.rpartition("_")[0]) or next(iter(places))
    guide, _hash, section = place.partition("#")
    return f"{reverse('admin:help_guide', args=[guide])}#{section}"


def urls() -> list[URLPattern]:
    return [
        path("help/", guide_page, {"name": "officers"}, name="help"),
        path("help/<slug:name>/", guide_page, name="help_guide"),
        path("help/images/<str:path>", serve, {"document_root": PICTURES}, name="help_picture"),
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


@lru_cache
def guide_called(name: str) -> Guide:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((DOCS / f"{name}.md").read_text("utf-8"))
    # The page shows the title and the contents in its own way.
    title = tokens[1].content
    shown = [token for token in tokens[3:] if not token.content.startswith("**In this guide:**")]
    headings = []
    for token, inside in pairwise(shown):
        if token.type == "heading_open":
            token.attrSet("id", anchor_of(inside.content))
            headings.append((anchor_of(inside.content), inside.content, token.tag))
        for child in token.children or ():
            _point_into_the_site(child)
    html = markdown.renderer.render(shown, markdown.options, {})
    sections = tuple((one, heading) for one, heading, tag in headings if tag == "h2")
    return Guide(title, mark_safe(html), sections)  # noqa: S308 - from our own guides


def anchor_of(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _point_into_the_site(token: Token) -> None:
    if token.type == "image":
        file = DOCS / str(token.attrGet("src"))
        with Image.open(file) as picture:
            width, height = picture.size
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
