"""The data and commitments described in the vocabulary of schema.org, for other programs.

One description each, a tree of names and values. The page contains it as microdata, since we allow
no script element; a file beside the page gives the same as JSON-LD
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

SchemaObject = dict[str, Any]
"""An object: its "@type", and its properties. A value is a text, an object, or a list of them."""

GOVERNMENTAL = {Institution.Kind.DEPARTMENT, Institution.Kind.DEVOLVED, Institution.Kind.LOCAL}


def of_the_data() -> SchemaObject:
    release = Release.objects.first()
    period = ActionPlan.objects.public().aggregate(first=Min("start_date"), last=Max("end_date"))
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
            "temporalCoverage": _period(period["first"], period["last"]),
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


def of_commitment(commitment: Commitment) -> SchemaObject:
    """The commitment is a row of `for_page`."""
    plan = commitment.plan
    name = str(plan) if plan else commitment.plan_as_published
    leads = [
        involvement.institution
        for involvement in commitment.involvements.all()
        if involvement.role == Involvement.Role.LEAD
    ]
    return _without_nothing(
        {
            "@type": "CreativeWork",
            "name": clean(commitment.title),
            "identifier": commitment.ogp_id,
            "url": absolute(commitment.get_absolute_url()),
            "genre": _("Commitment of an open government action plan"),
            "abstract": clean(commitment.objective),
            "inLanguage": {"en": "en-GB"}.get(commitment.language, commitment.language),
            "isBasedOn": commitment.source_url,
            "isPartOf": name and {"@type": "CreativeWork", "name": clean(name)},
            "license": LICENCES["government"]["path"],
            "temporalCoverage": _period(commitment.start_date, commitment.end_date),
            "spatialCoverage": [_place(nation) for nation in commitment.nations.all()],
            "about": [clean(str(area)) for area in commitment.policy_areas.all()],
            "sourceOrganization": [_institution(row) for row in leads],
            "subjectOf": {"@type": "Dataset", "url": _full("data"), "name": _site()["name"]},
        }
    )


def as_microdata(schema_object: SchemaObject, name: str = "") -> SafeString:
    """As elements that are not shown; `name` is the property of another object."""
    inside = [
        _microdata(key, value)
        for key, values in schema_object.items()
        if key != "@type"
        for value in (values if isinstance(values, list) else [values])
    ]
    return format_html(
        '<div itemscope itemtype="https://schema.org/{}"{}>{}</div>',
        schema_object["@type"],
        format_html(' itemprop="{}"', name) if name else " hidden",
        format_html_join("", "{}", ((part,) for part in inside)),
    )


def _microdata(name: str, value: object) -> SafeString:
    if isinstance(value, dict):
        return as_microdata(value, name)
    if isinstance(value, bool):
        value = str(value).lower()
    return format_html('<meta itemprop="{}" content="{}">', name, value)


def _without_nothing(schema_object: SchemaObject) -> SchemaObject:
    return {name: value for name, value in schema_object.items() if value not in (None, "", [])}


def _site() -> SchemaObject:
    return {"@type": "Organization", "name": _("Open Government Tracker"), "url": absolute("/")}


def _institution(row: Institution) -> SchemaObject:
    kind = "GovernmentOrganization" if row.kind in GOVERNMENTAL else "Organization"
    return {"@type": kind, "name": clean(row.name), "url": absolute(row.get_absolute_url())}


def _place(nation: Nation) -> SchemaObject:
    return {"@type": "Place", "name": clean(nation.name), "identifier": nation.iso_code}


def _download(name: str, media_type: str, address: str, *table: str) -> SchemaObject:
    return {
        "@type": "DataDownload",
        "name": name,
        "encodingFormat": media_type.partition(";")[0],
        "contentUrl": _full(address, *table, *(FORMATS[0].ending for _name in table)),
    }


def _period(first: date | None, last: date | None) -> str | None:
    """As ISO 8601; None if a date is not known."""
    return f"{first.isoformat()}/{last.isoformat()}" if first and last else None


def _full(name: str, *args: str) -> str:
    return absolute(reverse(name, args=args))
