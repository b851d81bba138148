"""Texts that several assessments of a report share, as they would be after a sheet.

The model judges one row beside what is stored. A sheet changes several at once, and a row may come
before the one whose text it shares: so what is asked here is the whole, with all its rows written.
"""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from irm.models import Assessment
from irm.models.assessment import TEXT_IN_ONE_PLACE

from .known import Known
from .resources import value_of
from .sheet import Refusal
from .targets import HOLDER

Key = tuple[str, ...]


def wrong_clusters(known: Known, rows: Mapping[Key, tuple[int, Assessment]]) -> Iterator[Refusal]:
    """`rows`: the number and the instance of each row."""
    after = {**known.assessments} | {key: instance for key, (_number, instance) in rows.items()}
    holders: dict[Key, Key] = {}
    for key, instance in after.items():
        if commitment := value_of(instance, HOLDER):
            holders[key] = (key[0], commitment)
    held = set(holders.values())
    for key, (number, instance) in rows.items():
        holder = holders.get(key)
        if holder and (refusal := _wrong(instance, key, holder, after, holders, held)):
            yield Refusal(refusal, number, HOLDER)


def _wrong(
    instance: Assessment,
    key: Key,
    holder: Key,
    after: Mapping[Key, Assessment],
    holders: Mapping[Key, Key],
    held: set[Key],
) -> str:
    if holder == key:
        return _("An assessment cannot share its text with itself.")
    if holder not in after:
        said = _("The report has no assessment of %s, neither stored nor in this sheet.")
        return said % holder[1]
    if holder in holders:
        return _("That one has no text of its own: name the assessment that holds the text.")
    if key in held:
        return _("Others share the text of this one. Let them share that of the other first.")
    return str(TEXT_IN_ONE_PLACE) if instance.analysis or instance.footnotes else ""
