"""Counts of related rows beside each row of a query."""

from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce


def count_of(rows: QuerySet[Any], by: str) -> Coalesce:
    """Count the `rows` of the outer row, 0 if none; `by` is the column they have in common.

    A subquery: several counts beside one another as joins would multiply each other's rows.
    """
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())
