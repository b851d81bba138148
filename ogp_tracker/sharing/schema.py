"""What the data and a commitment are, in the words of schema.org, for programs that look for data.

One description each, a tree of names and values. The page carries it as microdata, since nothing
of ours may be in an element of script; a file beside the page gives the same as JSON-LD
(docs/decisions/0021-sharing.md).
"""

from datetime import date
from typing import Any

from django.db.models import Max, Min
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commitments.models import ActionPlan, Commitment, Institution, Involvement, Nation
from ogp_tracker.common.addresses import absolute
from ogp_tracker.opendata import version
from ogp_tracker.opendata.formats import FORMATS
from ogp_tracker.opendata.models import Release
from ogp_tracker.opendata.package import DESCRIPTION, LICENCES, TITLE
from ogp_tracker.opendata.tables import TABLES
from ogp_tracker.sharing.letters import clean

Thing = dict[str, Any]
"""A thing: its "@type", and its properties. A value is a text, a thing, or a list of such."""

GOVERNMENTAL = {
    Institution.Kind.DEPARTMENT,
    Institution.Kind.DEVOLVED,
    Institution.Kind.LOCAL,
}


def of_the_data() -> Thing:
    """Return the description of the public data. Four queries."""
    release = Release.objects.first()
    days = ActionPlan.objects.public().aggregate(first=Min("first_day"), last=Max("last_day"))
    return _without_nothing(
        {
            "@type": "Dataset",
            "name": str(TITLE),
            "description": str(DESCRIPTION),
            "url": _full("data"),
            "inLanguage": "en-GB",
            "isAccessibleForFree": True,
            "license": [licence["path"] for licence in LICENCES.values()],
            "publisher": _site(),
            "version": release.number if release else None,
            "dateModified": version.current().moved_at.date().isoformat(),
            "temporalCoverage": _period(days["first"], days["last"]),
            "spatialCoverage": [_place(nation) for nation in Nation.objects.public()],
            "distribution": [
                _download(_("All tables in one package"), "application/zip", "data_package"),
                *(
                    _download(str(table.title), FORMATS[0].media_type, "data_table", table.name)
                    for table in TABLES
                ),
            ],
        }
    )


def of_commitment(commitment: Commitment) -> Thing:
    """Return the description of a commitment with all that its page has prefetched."""
    plan = commitment.plan
    name = str(plan) if plan else commitment.plan_as_published
    leads = [
        part.institution
        for part in commitment.involvements.all()
        if part.role == Involvement.Role.LEAD
    ]
    return _without_nothing(
        {
            "@type": "CreativeWork",
            "name": clean(commitment.title),
            "identifier": commitment.ogp_id,
            "url": absolute(commitment.get_absolute_url()),
            "genre": _("Commitment of an open government action plan"),
            "abstract": clean(commitment.objective),
            "inLanguage": "en-GB",
            "isBasedOn": commitment.source_url,
            "isPartOf": name and {"@type": "CreativeWork", "name": clean(name)},
            "license": LICENCES["government"]["path"],
            "temporalCoverage": _period(commitment.first_day, commitment.last_day),
            "spatialCoverage": [_place(nation) for nation in commitment.nations.all()],
            "about": [clean(str(area)) for area in commitment.policy_areas.all()],
            "sourceOrganization": [_institution(row) for row in leads],
            "subjectOf": {"@type": "Dataset", "url": _full("data"), "name": _site()["name"]},
        }
    )


def as_microdata(thing: Thing, name: str = "") -> SafeString:
    """Return a description as elements that are not shown; `name` is what it is to another."""
    inside = [
        _microdata(key, value)
        for key, values in thing.items()
        if key != "@type"
        for value in (values if isinstance(values, list) else [values])
    ]
    return format_html(
        '<div itemscope itemtype="https://schema.org/{}"{}>{}</div>',
        thing["@type"],
        format_html(' itemprop="{}"', name) if name else " hidden",
        format_html_join("", "{}", ((part,) for part in inside)),
    )


def as_json_ld(thing: Thing) -> Thing:
    """Return a description as JSON-LD has it."""
    return {"@context": "https://schema.org", "@id": thing["url"], **thing}


def _microdata(name: str, value: Any) -> SafeString:
    if isinstance(value, dict):
        return as_microdata(value, name)
    if isinstance(value, bool):
        value = str(value).lower()
    return format_html('<meta itemprop="{}" content="{}">', name, value)


def _without_nothing(thing: Thing) -> Thing:
    return {name: value for name, value in thing.items() if value not in (None, "", [])}


def _site() -> Thing:
    return {
        "@type": "Organization",
        "name": _("Open Government Tracker"),
        "url": absolute("/"),
    }


def _institution(row: Institution) -> Thing:
    kind = "GovernmentOrganization" if row.kind in GOVERNMENTAL else "Organization"
    address = absolute(row.get_absolute_url())
    return {"@type": kind, "name": clean(row.name), "url": address}


def _place(nation: Nation) -> Thing:
    return {"@type": "Place", "name": clean(nation.name), "identifier": nation.iso_code}


def _download(name: str, media_type: str, address: str, *table: str) -> Thing:
    return {
        "@type": "DataDownload",
        "name": name,
        "encodingFormat": media_type.partition(";")[0],
        "contentUrl": _full(address, *table, *(FORMATS[0].ending for _name in table)),
    }


def _period(first: date | None, last: date | None) -> str | None:
    """Return a period as ISO 8601 has it, or None if a day is not known."""
    return f"{first.isoformat()}/{last.isoformat()}" if first and last else None


def _full(name: str, *given: str) -> str:
    return absolute(reverse(name, args=given))
