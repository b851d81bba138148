"""Rows by the ids that sheets have, asked for once for each sheet."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet, Value
from django.db.models.functions import Lower, Replace

from milestones.models import Milestone

M = TypeVar("M", bound=Model)

AT_ONCE = 500
MOST_COMPARED = 2_000
MOST_NAMED_NEAR = 20


def folded(text: str) -> str:
    """An id however it is written: “UK 0057” and uk0057 are one."""
    return "".join(text.split()).casefold()


class Lookup(Generic[M]):
    """The rows of a model by slug, code or name; those that this import refused are known, too.

    They stay locked until the import ends.
    """

    def __init__(self, model: type[M], by: str = "slug", rows: QuerySet[M] | None = None) -> None:
        self.model, self.by = model, by
        self.queryset = model._default_manager.all() if rows is None else rows
        self.named_near = 0
        self.rows: dict[str, M | None] = {}
        self.refused: set[str] = set()

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name)

    def near(self, text: str) -> str:
        """The one that is written almost so; "" if there is none, or after many questions."""
        self.named_near += 1
        if self.named_near > MOST_NAMED_NEAR:
            return ""
        self.load(self.queryset.values_list(self.by, flat=True)[:MOST_COMPARED])
        known = {key: str(getattr(row, self.by)) for key, row in self.rows.items() if row}
        known |= {key: key for key in self.refused}
        found = get_close_matches(folded(text), known, n=1)
        return known[found[0]] if found else ""

    def load(self, texts: Iterable[str]) -> None:
        wanted = sorted({folded(text) for text in texts} - {""} - set(self.rows))
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            self.rows |= dict.fromkeys(some)
            named = Lower(Replace(self.by, Value(" "), Value("")))
            rows = self.queryset.alias(named=named).filter(named__in=some).order_by("pk")
            for row in rows.select_for_update(of=("self",), no_key=True):
                self.add(row)

    def add(self, row: M, text: str = "") -> None:
        self.rows[folded(text or getattr(row, self.by))] = row

    def get(self, text: str) -> M | None:
        self.load([text])
        return self.rows.get(folded(text))

    def refuse(self, text: str) -> None:
        """Rows that name it are then passed over: one mistake is said once."""
        self.refused.add(folded(text))


class MilestoneLookup:
    def __init__(self) -> None:
        self.numbers: dict[tuple[int, int], Milestone] = {}
        self.labels: dict[tuple[int, str], list[Milestone]] = {}
        self.loaded: set[int] = set()
        self.refused: set[tuple[int, str]] = set()

    def load(self, commitments: Iterable[int]) -> None:
        wanted = sorted(set(commitments) - self.loaded)
        self.loaded |= set(wanted)
        for start in range(0, len(wanted), AT_ONCE):
            some = Milestone.objects.select_related("lead").filter(
                commitment__in=wanted[start : start + AT_ONCE]
            )
            for row in some.order_by("pk").select_for_update(of=("self",), no_key=True):
                self.add(row)

    def add(self, row: Milestone) -> None:
        self.numbers[row.commitment_id, row.number] = row
        of_label = self.labels.setdefault((row.commitment_id, folded(row.label)), [])
        if row not in of_label:
            of_label.append(row)

    def get(self, commitment: int, number: str, label: str) -> Milestone | None:
        """By the number in its address, or else by its label. None if there is not exactly one."""
        self.load([commitment])
        if number:
            return self.numbers.get((commitment, int(number))) if number.isdecimal() else None
        found = self.labels.get((commitment, folded(label)), [])
        return found[0] if len(found) == 1 else None

    def has_several(self, commitment: int, label: str) -> bool:
        return len(self.labels.get((commitment, folded(label)), ())) > 1
