"""Public pages as a reader gets them: read, searched, and followed from link to link.

page = read(client, "/commitments/UK0096/")           # fails unless the answer is 200
page.first("h1").text()                               # what is heard, without hidden labels
page.all("a", "level")                                # elements by tag and class
pages = crawl(client)                                 # every page that a link leads to
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit
from xml.etree import ElementTree

from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

# What belongs to the site and is no page: officers' pages, files and answers for programs.
NO_PAGES = re.compile(r"/(admin|static|media|evidence)/|/api/v1/(?!docs/)|.*/feed/|/feed/")
FILES = (
    *(".csv", ".xlsx", ".json", ".jsonl", ".jsonld", ".zip"),
    *(".svg", ".bib", ".ics", ".ris"),
)


@dataclass(eq=False)
class Element:
    """An element of a page, with the elements and the words inside it; equal to no other."""

    tag: str
    attrs: dict = field(default_factory=dict)
    inside: list = field(default_factory=list)

    @property
    def classes(self):
        return (self.attrs.get("class") or "").split()

    def walk(self):
        yield self
        for part in self.inside:
            if isinstance(part, Element):
                yield from part.walk()

    def all(self, tag=None, css=None, **attrs):
        return [
            found
            for found in self.walk()
            if tag in (None, found.tag)
            and (css is None or css in found.classes)
            and all(found.attrs.get(name) == value for name, value in attrs.items())
        ]

    def first(self, tag=None, css=None, **attrs):
        """Return the first such element; fail if there is none."""
        found = self.all(tag, css, **attrs)
        assert found, f"no {tag or 'element'} of class {css} with {attrs} in <{self.tag}>"
        return found[0]

    def text(self):
        words = re.sub(r"\s+", " ", " ".join(self._words())).strip()
        return re.sub(r"(?<=[(“\[]) | (?=[.,;:!?)”\]])", "", words)

    def facts(self):
        return {
            pair.inside_of("dt")[0].text(): pair.inside_of("dd")
            for pair in self.all("div")
            if pair.inside_of("dt")
        }

    def pairs(self):
        """Return what the list of terms inside says, by term; one that has no groups."""
        (found,) = self.all("dl")
        names = [term.text() for term in found.inside_of("dt")]
        return dict(zip(names, found.inside_of("dd"), strict=True))

    def inside_of(self, tag):
        return [part for part in self.inside if isinstance(part, Element) and part.tag == tag]

    def _words(self) -> Iterator[str]:
        unheard = self.attrs.get("aria-hidden") == "true" or "cell-label" in self.classes
        if not unheard and self.tag not in {"script", "style"}:
            for part in self.inside:
                yield from part._words() if isinstance(part, Element) else [part]


class Page(Element):
    def __init__(self, address, html, cookies=()):
        super().__init__("page")
        self.address, self.html, self.cookies = address, html, cookies
        builder = _Builder(self)
        builder.feed(html)
        builder.close()
        assert len(builder.open) == 1, f"{address}: left open {builder.open[-1].tag}"

    @property
    def title(self):
        return self.first("title").text()

    @property
    def described(self):
        """What the page says about itself to other programs."""
        (block,) = self.all("script", type="application/ld+json")
        return json.loads("".join(block.inside))

    @property
    def scripts(self):
        """Those that a browser would run."""
        scripts = self.all("script")
        return [one for one in scripts if one.attrs.get("type") != "application/ld+json"]

    @property
    def description(self):
        return self.first("meta", name="description").attrs["content"].strip()

    @property
    def ids(self):
        return [found.attrs["id"] for found in self.walk() if "id" in found.attrs]

    def section(self, heading_id):
        """Return the section with that heading, or what has the id itself, such as a fold."""
        found = self.all("section", **{"aria-labelledby": heading_id})
        return found[0] if found else self.first(id=heading_id)

    def links(self):
        for link in self.all("a"):
            address, fragment = urldefrag(urljoin(self.address, link.attrs.get("href", "")))
            parts = urlsplit(address)
            is_page = not NO_PAGES.match(parts.path) and not parts.path.endswith(FILES)
            if is_page and not parts.netloc:
                yield address, fragment

    def stylesheets(self):
        names = [link.attrs["href"] for link in self.all("link", rel="stylesheet")]
        return [finders.find(name.removeprefix("/static/")) for name in names]


class _Builder(HTMLParser):
    """Builds the tree; a tag that closes another one than the last opened is a fault."""

    def __init__(self, page):
        super().__init__()
        self.open = [page]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {self.get_starttag_text()}"
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(self.open[-1].inside[-1])

    def handle_startendtag(self, tag, attrs):
        self.open[-1].inside.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>: {self.getpos()}"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].inside.append(data)


def read(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, f"{address}: {response.status_code}"
    return Page(address, response.content.decode(), response.cookies)


def crawl(client, start=("/",), limit=2000, follow: Callable = lambda address: True):
    """Return the pages that links lead to, by address; each of them has to answer.

    Of the choices of a page (`?nation=sct`, `?nation=wls` …) two are followed.
    """
    pages, ahead = {}, [(address, "the start") for address in start]
    chosen = Counter()
    while ahead:
        address, found_on = ahead.pop(0)
        if address in pages:
            continue
        if "?" in address and found_on != "the start":
            # What the page is about comes before the colon: /follow/?what=commitment:UK0096
            choice = re.sub(r"(=\w+:|=)[^&]*", r"\1", address)
            chosen[choice] += 1
            if chosen[choice] > 2:
                continue
        assert len(pages) < limit, "the site never ends"
        response = client.get(address)
        assert response.status_code == 200, f"{address} on {found_on}: {response.status_code}"
        pages[address] = Page(address, response.content.decode(), response.cookies)
        links = pages[address].links()
        ahead += [(link, address) for link, _fragment in links if follow(link)]
    return pages


def sitemap_addresses(client):
    return [
        urlsplit(address).path
        for section in locations(client, "/sitemap.xml")
        for address in locations(client, urlsplit(section).path)
    ]


def locations(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return [found.text for found in ElementTree.fromstring(response.content).iter(f"{SITEMAP}loc")]


def queries_in(ask):
    with CaptureQueriesContext(connection) as queries:
        ask()
    return len(queries)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


def page_of(client, row):
    return read(client, row.get_absolute_url())


def fact(element, term):
    (said,) = element.facts()[term]
    return said


def lines_on(page):
    """The lines of a list of commitments: rows of a table, or items where little is known."""
    found = []
    for part in page.walk():
        if part.tag == "table" and "lines" in part.classes:
            found += [row for row in part.all("tr") if row.all("td")]
        elif "compact" in part.classes:
            found += part.all("li")
    return found


def line_of(client, commitment, address="/commitments/?sort=id"):
    lines = lines_on(read(client, address))
    own = commitment.get_absolute_url()
    (found,) = [line for line in lines if line.first("a").attrs["href"] == own]
    return found


def page_with(client, **choices):
    return read(client, f"/commitments/?{urlencode(choices, doseq=True)}")


def ids_on(page):
    return [line.first("a").attrs["href"].split("/")[2] for line in lines_on(page)]


def listed(client, **choices):
    return ids_on(page_with(client, **choices))
