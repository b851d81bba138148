"""The data and commitments described in the vocabulary of schema.org, for other programs.

One description each, a tree of names and values: in the page, where search engines look for it, and
in a file beside the page (docs/decisions/0021-sharing.md).
"""

from datetime import date
from typing import Any

import orjson
from django.db.models import Max, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from commitments.models import ActionPlan, Commitment, Institution, Involvement, Nation
from irm.codebook import VARIABLES
from milestones.levels import Level, LevelBasis, Schedule
from ogp_tracker.common.addresses import absolute
from ogp_tracker.opendata import version
from ogp_tracker.opendata.citing.citation import Citation, in_words
from ogp_tracker.opendata.formats import FORMATS
from ogp_tracker.opendata.models import Release
from ogp_tracker.opendata.package import DESCRIPTION, LICENCES, TITLE
from ogp_tracker.opendata.tables import TABLES
from ogp_tracker.sharing.letters import clean

SchemaObject = dict[str, Any]
"""An object: its "@type", and its properties. A value is a text, an object, or a list of them."""

NEVER_IN_HTML = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}

LONGEST_ABSTRACT = 600

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
            "creator": _site(),
            "publisher": _site(),
            "identifier": _full("data"),
            "citation": _citation(str(TITLE), _full("data")),
            "variableMeasured": _variables(),
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
            "identifier": commitment.ogp_id or commitment.slug,
            "url": absolute(commitment.get_absolute_url()),
            "creator": [_institution(row) for row in leads],
            "publisher": _site(),
            "citation": _citation(str(commitment), absolute(commitment.get_absolute_url())),
            "genre": _("Commitment of an open government action plan"),
            "abstract": Truncator(clean(commitment.objective)).chars(LONGEST_ABSTRACT),
            "inLanguage": {"en": "en-GB"}.get(commitment.language, commitment.language),
            "isBasedOn": commitment.source_url,
            "isPartOf": name and {"@type": "CreativeWork", "name": clean(name)},
            "license": LICENCES["government"]["path"],
            "temporalCoverage": _period(commitment.start_date, commitment.end_date),
            "spatialCoverage": [_place(nation) for nation in commitment.nations.all()],
            "about": [clean(str(area)) for area in commitment.policy_areas.all()],
            "subjectOf": {
                "@type": "Dataset",
                "url": _full("data"),
                "name": str(TITLE),
                "variableMeasured": [variable["name"] for variable in _variables()],
            },
        }
    )


def as_json_ld(schema_object: SchemaObject, option: int = orjson.OPT_INDENT_2) -> bytes:
    described = {"@context": "https://schema.org", "@id": schema_object["url"], **schema_object}
    return orjson.dumps(described, option=option)


def as_data_block(schema_object: SchemaObject) -> SafeString:
    """As an element that no browser runs, so that the content security policy allows it.

    No text can end it, and none is a tag or a line break of a script.
    """
    escaped = as_json_ld(schema_object, 0).decode().translate(NEVER_IN_HTML)
    return mark_safe(f'<script type="application/ld+json">{escaped}</script>')  # noqa: S308


def _without_nothing(schema_object: SchemaObject) -> SchemaObject:
    return {name: value for name, value in schema_object.items() if value not in (None, "", [])}


def _site() -> SchemaObject:
    return {"@type": "Organization", "name": _("Open Government Tracker"), "url": absolute("/")}


def _citation(title: str, page: str) -> str:
    return in_words(Citation(title, page, timezone.localdate()))


def _variables() -> list[SchemaObject]:
    of_progress = {
        "level": (_("Level of progress"), Level.labels),
        "level_basis": (_("Basis of the level"), LevelBasis.labels),
        "schedule": (_("Schedule"), Schedule.labels),
    }
    rows = [(name, label, "; ".join(map(str, n))) for name, (label, n) in of_progress.items()]
    rows += [(one.name, str(one.label), str(one.definition)) for one in VARIABLES]
    return [
        {"@type": "PropertyValue", "propertyID": name, "name": label, "description": said}
        for name, label, said in rows
    ]


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
