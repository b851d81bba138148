"""Spreadsheets of OpenDocument (ODS), as LibreOffice saves them, in the terms of Excel."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from odfdo import Document, Element

from .cells import EMPTY_ROWS_AT_THE_END, Area, SheetPage
from .sheet import MOST_COLUMNS, MOST_ROWS

# The library makes an object of each element that is asked for, so no more are asked for than can
# be taken. Rows can be in groups, and these in others. Drawings have tables of their own.
TABLES = "table:table[position() <= 200]"
CELLS = f"*[position() <= {MOST_COLUMNS + 1}]"
PARTS = "(descendant::table:table-%s[not(ancestor::table:shapes)])[position() <= %d]"
COLUMNS = PARTS % ("column", MOST_COLUMNS + 1)
ROWS = PARTS % ("row", MOST_ROWS + EMPTY_ROWS_AT_THE_END + 1)

# Whatever else is shown of a date (a week, a quarter) is not that of a month.
CODES = {"year": "yyyy", "month": "m", "hours": "h", "minutes": "m", "seconds": "s"}
CODES |= dict.fromkeys(("text", "currency-symbol", "am-pm", "text-content"), "")
LOGICAL = {"of:=TRUE()": True, "of:=FALSE()": False}


class OdsCell(NamedTuple):
    value: str | float | datetime | None = None
    data_type: str = "n"
    number_format: str = ""


def pages_of_ods(content: bytes) -> tuple[list[SheetPage], list[str]]:
    """And the names of the hidden sheets. `content` has been through `check_archive`."""
    document = Document(io.BytesIO(content))
    if document.body.get_element("//text:s[@text:c > 200]"):
        raise ValueError  # one element could stand for gigabytes of spaces
    formats, hidden_styles = _styles(document)
    pages, hidden = [], []
    for table in document.body.get_elements(TABLES):
        page = SheetPage(_said(table, "table:name"), (), has_escapes=False)
        page.rows = _rows(table, page, formats)
        if _said(table, "table:style-name") in hidden_styles:
            hidden.append(page.name)
        else:
            pages.append(page)
    return pages, hidden


def _rows(table: Element, page: SheetPage, formats: dict[str, str]) -> Iterator[list[OdsCell]]:
    styles: list[str] = []
    for column in table.get_elements(COLUMNS):
        first = len(styles) + 1
        style = _said(column, "table:default-cell-style-name")
        styles += [style] * min(_number(column, "columns-repeated"), MOST_COLUMNS)
        if _is_hidden(column):
            page.hidden_columns.update(range(first, len(styles) + 1))
    number = 1
    for row in table.get_elements(ROWS):
        cells = list(_cells(row, number, page, styles, formats))
        # A million empty rows come only as long as somebody asks for the next.
        for _again in range(_number(row, "rows-repeated")):
            if _is_hidden(row):
                page.hidden_rows.add(number)
            yield cells
            number += 1


def _cells(
    row: Element, number: int, page: SheetPage, styles: list[str], formats: dict[str, str]
) -> Iterator[OdsCell]:
    place = 0
    default = _said(row, "table:default-cell-style-name")
    for cell in row.get_elements(CELLS):
        style = _said(cell, "table:style-name") or default or "".join(styles[place : place + 1])
        if down := _number(cell, "rows-spanned") - 1:
            right = place + _number(cell, "columns-spanned")
            page.merged.append(Area(place + 1, number, right, number + down))
        repeated = min(_number(cell, "columns-repeated"), MOST_COLUMNS + 1 - place)
        yield from [_cell(cell, formats.get(style, ""))] * repeated
        place += repeated


def _cell(cell: Element, number_format: str) -> OdsCell:
    shown = "\n".join(part.inner_text for part in cell.get_elements("text:p"))
    if formula := _said(cell, "table:formula"):
        if formula in LOGICAL:
            return OdsCell(LOGICAL[formula], "b")
        return OdsCell(shown, "e") if formula.startswith("of:=#") else OdsCell("=", "f")
    match _said(cell, "office:value-type"):
        case "float" | "percentage" | "currency":
            return OdsCell(float(_said(cell, "office:value")), "n", number_format)
        case "date":
            value = datetime.fromisoformat(_said(cell, "office:date-value"))
            return OdsCell(value, "d", number_format)
        case "boolean":
            return OdsCell(_said(cell, "office:boolean-value") == "true", "b")
    return OdsCell(shown or _said(cell, "office:string-value") or None, "s")


def _styles(document: Document) -> tuple[dict[str, str], set[str]]:
    """The formats of cells in Excel's codes by the names of styles, and those of hidden sheets."""
    codes: dict[str, str] = {}
    formats: dict[str, str] = {}
    hidden = set()
    for part, where in ((document.styles, ""), (document.content, "|//office:automatic-styles/*")):
        for style in part.get_elements(f"//office:styles/*{where}"):
            name, family = _said(style, "style:name"), _said(style, "style:family")
            if style.tag.startswith("number:"):
                own = "".join(map(_code, style.get_elements("number:*")))
                own += "%" if style.tag == "number:percentage-style" else ""
                # Some have a format for most numbers and another for the others.
                most = style.get_element("style:map")
                codes[name] = codes.get(_said(most, "style:apply-style-name"), own) if most else own
            elif family == "table-cell":
                code = codes.get(_said(style, "style:data-style-name"))
                parent = formats.get(_said(style, "style:parent-style-name"), "")
                formats[name] = parent if code is None else code
            elif family == "table" and style.get_elements("*[@table:display='false']"):
                hidden.add(name)
    return formats, hidden


def _code(part: Element) -> str:
    if part.tag != "number:number":
        return CODES.get(part.tag.removeprefix("number:"), "d")
    decimals = part.get_attribute_integer("number:decimal-places") or 0
    is_fixed = part.get_attribute_integer("number:min-decimal-places") in {None, decimals}
    return "0." + "0" * decimals if decimals and is_fixed else "0"


def _said(element: Element, attribute: str) -> str:
    return element.get_attribute_string(attribute) or ""


def _number(element: Element, attribute: str) -> int:
    return element.get_attribute_integer(f"table:number-{attribute}") or 1


def _is_hidden(element: Element) -> bool:
    return _said(element, "table:visibility") in {"collapse", "filter"}
