"""Who has said what became of a commitment: government, the assessor, both, or nobody.

Government has, once it has reported or published an update on the commitment as a whole or on one
of its milestones. The assessor has, once a public report finds something about its completion. What
an assessor's report tells of progress is our reading: it is no word of government.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from commitments.models import Commitment, Nation
from irm.codebook import COMPLETION
from irm.models import Assessment
from milestones.levels import Provenance
from milestones.models import ProgressUpdate


class Spoken(TextChoices):
    """Exactly one is true of each commitment."""

    BOTH = "both", _("Government and the assessor")
    GOVERNMENT = "government", _("Government only")
    ASSESSOR = "assessor", _("Assessor only")
    ASSESSOR_AND_READ = "assessor_and_read", _("Assessor, and our reading of progress")
    READ = "read", _("Our reading of progress only")
    NOBODY = "nobody", _("Nothing recorded")


COLUMNS: dict[Spoken, tuple[str, bool]] = {
    Spoken.BOTH: ("government", True),
    Spoken.GOVERNMENT: ("government", False),
    Spoken.ASSESSOR: ("", True),
    Spoken.ASSESSOR_AND_READ: ("read", True),
    Spoken.READ: ("read", False),
    Spoken.NOBODY: ("", False),
}
"""What `with_spoken` says of each kind: `progress_by` and `is_found`."""

_KINDS = {columns: kind for kind, columns in COLUMNS.items()}

SENTENCES = {
    Spoken.BOTH: ngettext_lazy(
        "has a word from government on how far it got, and the assessor’s finding on completion",
        "have a word from government on how far they got, and the assessor’s finding on completion",
        "number",
    ),
    Spoken.GOVERNMENT: ngettext_lazy(
        "has a word from government on how far it got",
        "have a word from government on how far they got",
        "number",
    ),
    Spoken.ASSESSOR: ngettext_lazy(
        "has the assessor’s finding on completion, and nothing on progress recorded here",
        "have the assessor’s finding on completion, and nothing on progress recorded here",
        "number",
    ),
    Spoken.ASSESSOR_AND_READ: ngettext_lazy(
        "has the assessor’s finding on completion; its progress is our reading",
        "have the assessor’s finding on completion; their progress is our reading",
        "number",
    ),
    Spoken.READ: ngettext_lazy(
        "has no word from government or finding; its progress is our reading of a report",
        "have no word from government or finding; their progress is our reading of a report",
        "number",
    ),
    Spoken.NOBODY: ngettext_lazy(
        "has nothing on progress recorded here",
        "have nothing on progress recorded here",
        "number",
    ),
}
"""What is true of so many of them."""

HEARD_OF_GOVERNMENT = (Spoken.BOTH, Spoken.GOVERNMENT)
HEARD_OF_ASSESSOR = (Spoken.BOTH, Spoken.ASSESSOR, Spoken.ASSESSOR_AND_READ)
OUR_READING = (Spoken.ASSESSOR_AND_READ, Spoken.READ)
PROGRESS_KNOWN = (*HEARD_OF_GOVERNMENT, *OUR_READING)

SpokenCounts = Counter[Spoken]
"""How many commitments are of each kind; of one without commitments 0. `total()` is how many."""

SpokenByPlan = list[tuple[int | None, set[int], SpokenCounts]]


def _conditions() -> tuple[Exists, Exists, Exists]:
    """Whether government has spoken, a report tells of progress, the assessor finds something."""
    updates = ProgressUpdate.objects.published().standing().filter(commitment=OuterRef("pk"))
    findings = Assessment.objects.public().filter(
        commitment=OuterRef("pk"), completion__in=[value.code for value in COMPLETION.values]
    )
    told = updates.filter(provenance=Provenance.ASSESSOR_REPORT)
    return Exists(updates.of_government()), Exists(told), Exists(findings)


def of_kind(commitments: QuerySet[Commitment], kind: Spoken) -> QuerySet[Commitment]:
    government, told, found = _conditions()
    progress_by, is_found = COLUMNS[kind]
    progress = {
        "government": Q(government),
        "read": Q(~government, told),
        "": Q(~government, ~told),
    }
    return commitments.filter(progress[progress_by], found if is_found else ~found)


def with_spoken(commitments: QuerySet[Commitment]) -> QuerySet[Any]:
    """Add `progress_by` and `is_found`, as in `COLUMNS`."""
    government, told, found = _conditions()
    return commitments.annotate(
        progress_by=Case(
            When(government, then=Value("government")),
            When(told, then=Value("read")),
            default=Value(""),
        ),
        is_found=Case(When(found, then=True), default=False, output_field=BooleanField()),
    )


def spoken_counts(
    commitments: QuerySet[Commitment], *by: str
) -> defaultdict[tuple[int | None, ...], SpokenCounts]:
    """Count `commitments`, such as `Commitment.objects.public()`, by who has spoken. One query.

    `by` groups them: "plan", "nations", or both. Keys are tuples of primary keys in that order, ()
    without any; None is for those without a plan or nation. One delivered in several nations counts
    in each: `spoken_counts(rows)[()]` is the whole, `spoken_counts(rows, "nations")[nation.pk,]` a
    nation's. A key that is missing has no commitments.
    """
    counts: defaultdict[tuple[int | None, ...], SpokenCounts] = defaultdict(Counter)
    rows = with_spoken(commitments).order_by()
    for *key, progress_by, is_found, number in rows.values_list(
        *by, "progress_by", "is_found"
    ).annotate(Count("pk")):
        counts[tuple(key)][_KINDS[progress_by, bool(is_found)]] += number
    return counts


def spoken_by_plan(commitments: QuerySet[Commitment], nations: Iterable[Nation]) -> SpokenByPlan:
    """Count them by plan and the set of nations in which they are delivered, as primary keys.

    Each commitment is in one row only, so that sums by plan, by nation and of all come from one
    query: who has spoken takes longest to find out.
    """
    bits = {nation.pk: 1 << place for place, nation in enumerate(nations)}
    bit = Case(*(When(nation=key, then=Value(bit)) for key, bit in bits.items()), default=Value(0))
    delivered: Any = Commitment.nations.through._default_manager.filter(commitment=OuterRef("pk"))
    in_nations = delivered.order_by().values("commitment").annotate(sum=Sum(bit)).values("sum")
    rows = with_spoken(commitments).annotate(in_nations=Subquery(in_nations)).order_by()
    found: defaultdict[tuple[int | None, int], SpokenCounts] = defaultdict(Counter)
    columns = ("plan", "in_nations", "progress_by", "is_found")
    for plan, mask, progress_by, is_found, number in rows.values_list(*columns).annotate(
        n=Count("pk")
    ):
        found[plan, mask or 0][_KINDS[progress_by, bool(is_found)]] += number
    return [
        (plan, {key for key, bit in bits.items() if mask & bit}, counts)
        for (plan, mask), counts in found.items()
    ]
