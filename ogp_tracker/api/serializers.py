"""The shape of responses, for the description of the API: fields made of the columns of tables.

The name, meaning and values of a field are those of its column, so the API, the exports and the
codebook cannot disagree.
"""

from typing import Any

from rest_framework import serializers

from irm.codebook import ReportKind
from ogp_tracker.api.resources import RESOURCES, NestedTable
from ogp_tracker.opendata.columns import Column
from ogp_tracker.opendata.table import Table


def field_of(column: Column) -> serializers.Field[Any, Any, Any, Any]:
    words = {"help_text": column.description}
    if column.codes:
        return serializers.ChoiceField(column.codes, allow_blank=not column.required, **words)
    match column.kind:
        case "list":
            return serializers.ListField(child=serializers.CharField(), **words)
        case "boolean":
            return serializers.BooleanField(**words)
        case "integer":
            return serializers.IntegerField(allow_null=not column.required, **words)
        case "date":
            return serializers.DateField(allow_null=not column.required, **words)
        case "datetime":
            return serializers.DateTimeField(allow_null=not column.required, **words)
        case _:
            return serializers.CharField(allow_blank=not column.required, **words)


def row_serializer(
    row_name: str, table: Table, nested: tuple[NestedTable, ...] = ()
) -> type[serializers.Serializer[Any]]:
    """`row_name` is its name in the description of the API."""
    # Fields come in the order in which they are made.
    fields: dict[str, Any] = {column.name: field_of(column) for column in table.columns}
    for each in nested:
        rows = row_serializer(each.row_name, each.table)
        fields[each.name] = rows(many=True, help_text=each.description)
    about = {"__doc__": str(table.description)}
    return type(f"{row_name}Serializer", (serializers.Serializer,), about | fields)


def list_serializer(
    row_name: str, row: type[serializers.Serializer[Any]]
) -> type[serializers.Serializer[Any]]:
    return type(
        f"{row_name}ListSerializer",
        (serializers.Serializer,),
        {
            "__doc__": "One page of the list.",
            "next": serializers.URLField(
                allow_null=True,
                help_text="The address of the next page, or null on the last page.",
            ),
            "results": row(many=True, help_text="The rows of this page."),
        },
    )


ROWS: dict[str, type[serializers.Serializer[Any]]] = {
    one.name: row_serializer(one.row_name, one.table, one.nested) for one in RESOURCES
}
LISTS: dict[str, type[serializers.Serializer[Any]]] = {
    one.name: list_serializer(one.row_name, ROWS[one.name]) for one in RESOURCES
}


class CodeSerializer(serializers.Serializer[Any]):
    """One value of a variable."""

    code = serializers.CharField(help_text="The code in the data.")
    label = serializers.CharField(help_text="The name that OGP publishes.")
    definition = serializers.CharField(help_text="What it means, or that no definition was found.")


class VariableSerializer(serializers.Serializer[Any]):
    """A variable that assessors code: what it means and which values it takes."""

    variable = serializers.CharField(help_text="Its name, which is also a field of assessments.")
    label = serializers.CharField(help_text="Its name in words.")
    definition = serializers.CharField(help_text="What it means.")
    values = CodeSerializer(
        many=True, help_text="Its values, including OGP's kinds of missing answer."
    )
    is_complete = serializers.BooleanField(
        help_text="Whether the list of values is known to be complete."
    )
    given_in = serializers.ListField(
        child=serializers.ChoiceField(ReportKind.values),
        help_text="The kinds of report that give it.",
    )
    source = serializers.CharField(help_text="Where its definition comes from.")


VariableListSerializer = list_serializer("Variable", VariableSerializer)


class WrongParameterSerializer(serializers.Serializer[Any]):
    """What is wrong with one parameter."""

    parameter = serializers.CharField(help_text="Its name.")
    detail = serializers.CharField(help_text="What is wrong with it, and what to do.")


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong: problem details after RFC 9457."""

    type = serializers.URLField(help_text="The kind of problem; a page explains it.")
    title = serializers.CharField(help_text="The kind of problem in words.")
    status = serializers.IntegerField(help_text="The HTTP status.")
    detail = serializers.CharField(help_text="What is wrong, and what to do.")
    instance = serializers.CharField(help_text="The address of the request.")
    errors = WrongParameterSerializer(
        many=True, required=False, help_text="What is wrong with each parameter."
    )
