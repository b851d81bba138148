"""All tables in one file: a Data Package (Frictionless, version 1) that explains itself.

It contains the tables as CSV, what their columns mean (`datapackage.json`, the codebook), the
licences, how to cite it, and the SHA-256 of every file. All tables come from one snapshot.
"""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import orjson
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from ogp_tracker.opendata import codebook
from ogp_tracker.opendata.as_csv import to_csv
from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.formats import through_a_file
from ogp_tracker.opendata.rows import Block, in_blocks, snapshot
from ogp_tracker.opendata.table import Author, Table
from ogp_tracker.opendata.tables import BY_NAME, TABLES

TYPES = {"list": "string"}
"""Kinds of column that a Data Package calls by another name."""

LICENCES: dict[Author, dict[str, str]] = {
    "government": {
        "name": "OGL-UK-3.0",
        "title": "Open Government Licence v3.0",
        "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    },
    "assessor": {
        "name": "CC-BY",
        "title": "Creative Commons Attribution",
        "path": "https://creativecommons.org/licenses/by/",
    },
}

TITLE = gettext_lazy("Open Government Tracker: commitments, progress and assessments")
DESCRIPTION = gettext_lazy(
    "What members of the Open Government Partnership in the United Kingdom promised, how far it is"
    " in each nation and who says so, and what assessors found."
)


@dataclass(frozen=True)
class PackageFile:
    name: str
    size: int
    sha256: str
    rows: int | None = None
    """None for a file that is no table."""


def write_package(to: IO[bytes], *, name: str, at: datetime) -> list[PackageFile]:
    """Write the package into an open file; return what is in it.

    `name` is its version, `at` the time for which its data are read.
    """
    on = timezone.localdate(at)
    with translation.override("en-gb"), zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        with snapshot():
            tables = [_write_table(archive, table, on, at) for table in TABLES]
        words = {
            "name": name,
            "moment": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "on": on.isoformat(),
            "site": settings.SITE_URL,
        }
        texts = {"codebook.md": codebook.as_markdown()}
        for file in ("README.md", "LICENCES.md", "CITATION.cff"):
            texts[file] = render_to_string(f"opendata/package/{file}", words)
        codes = to_csv(list(codebook.CodebookRow._fields), in_blocks(codebook.rows()))
        files = [*tables, _write(archive, "codebook.csv", codes, at)]
        files += [_write(archive, file, [text.encode()], at) for file, text in texts.items()]
        described = orjson.dumps(_descriptor(name, at, files), option=orjson.OPT_INDENT_2)
        files.append(_write(archive, "datapackage.json", [described], at))
        sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
        _write(archive, "SHA256SUMS", [sums.encode()], at)
    return files


def pieces() -> Iterator[bytes]:
    now = timezone.now()

    def write(path: Path) -> None:
        with path.open("wb") as to:
            write_package(to, name=now.strftime("%Y-%m-%dT%H:%M:%SZ"), at=now)

    return through_a_file(".zip", write)


def _write_table(archive: zipfile.ZipFile, table: Table, on: date, at: datetime) -> PackageFile:
    number = 0

    def counted() -> Iterator[Block]:
        nonlocal number
        for block in table.blocks(on):
            number += len(block)
            yield block

    file = _write(archive, f"{table.name}.csv", to_csv(table.names, counted()), at)
    return replace(file, rows=number)


def _write(
    archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], at: datetime
) -> PackageFile:
    digest, size = sha256(), 0
    with archive.open(_entry(name, at), "w", force_zip64=True) as file:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    return PackageFile(name, size, digest.hexdigest())


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    """The file's time is that of the package, so that the same data give the same bytes."""
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


# What describes it --------------------------------------------------------------------------------


def _descriptor(name: str, at: datetime, files: list[PackageFile]) -> dict[str, Any]:
    """`datapackage.json`, after specs.frictionlessdata.io (version 1)."""
    by_name = {file.name: file for file in files}
    return {
        "profile": "tabular-data-package",
        "name": "open-government-tracker",
        "title": str(TITLE),
        "description": str(DESCRIPTION),
        "version": name,
        "created": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "homepage": f"{settings.SITE_URL}/data/",
        "licenses": list(LICENCES.values()),
        "resources": [_resource(table, by_name[f"{table.name}.csv"]) for table in TABLES],
    }


def _resource(table: Table, file: PackageFile) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name.replace("_", "-"),
        "title": str(table.title),
        "description": str(table.description),
        "path": file.name,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "rows": file.rows,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "licenses": [LICENCES[words] for words in table.authors if words in LICENCES],
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "schema": {
            "fields": [_field(column, table.key) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": list(_foreign_keys(table)),
            "missingValues": [""],
        },
    }


def _field(column: Column, key: tuple[str, ...]) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.codes:
        constraints["enum"] = list(column.codes)
    if key == (column.name,):
        constraints["unique"] = True
    field: dict[str, Any] = {
        "name": column.name,
        "type": TYPES.get(column.kind, column.kind),
        "description": str(column.description),
    }
    if column.kind == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    return field | ({"constraints": constraints} if constraints else {})


def _foreign_keys(table: Table) -> Iterator[dict[str, Any]]:
    for other, columns in table.refers_to.items():
        yield {
            "fields": list(columns),
            "reference": {
                "resource": "" if other == table.name else other.replace("_", "-"),
                "fields": list(BY_NAME[other].key),
            },
        }
