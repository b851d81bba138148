"""Who has said what became of a commitment: government, the assessor, both, or nobody.

Government has, once it has reported or published an update on the commitment as a whole or on one
of its milestones. The assessor has, once a public report finds something about its completion. What
an assessor's report tells of progress is our reading: it is no word of government.
"""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypedDict

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    OuterRef,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from commitments.models import Commitment
from irm.codebook import COMPLETION
from irm.models import Assessment
from milestones.levels import Provenance
from milestones.models import ProgressUpdate

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class SpokenColumns(TypedDict):
        progress_by: str
        is_found: bool

    CommitmentSpoken = WithAnnotations[Commitment, SpokenColumns]


class Spoken(TextChoices):
    """Exactly one is true of each commitment."""

    BOTH = "both", _("Government and the assessor")
    GOVERNMENT = "government", _("Government only")
    ASSESSOR = "assessor", _("Assessor only")
    ASSESSOR_AND_READ = "assessor_and_read", _("Assessor, and our reading of progress")
    READ = "read", _("Our reading of progress only")
    NOBODY = "nobody", _("Nothing recorded")

    @classmethod
    def of(cls, progress_by: str, *, is_found: bool) -> "Spoken":
        """`progress_by` is "government", "read" or "", as `with_spoken` says it."""
        return {
            ("government", True): cls.BOTH,
            ("government", False): cls.GOVERNMENT,
            ("read", True): cls.ASSESSOR_AND_READ,
            ("read", False): cls.READ,
            ("", True): cls.ASSESSOR,
            ("", False): cls.NOBODY,
        }[progress_by, is_found]


HEARD_OF_GOVERNMENT = (Spoken.BOTH, Spoken.GOVERNMENT)
HEARD_OF_ASSESSOR = (Spoken.BOTH, Spoken.ASSESSOR, Spoken.ASSESSOR_AND_READ)
PROGRESS_KNOWN = (*HEARD_OF_GOVERNMENT, Spoken.ASSESSOR_AND_READ, Spoken.READ)

SpokenCounts = Counter[Spoken]
"""How many commitments are of each kind; of one without commitments 0. `total()` is how many."""


def with_spoken(commitments: QuerySet[Commitment]) -> "QuerySet[CommitmentSpoken]":
    """Add `progress_by` and `is_found`, of which `Spoken.of` makes who has spoken."""
    updates = ProgressUpdate.objects.published().standing().filter(commitment=OuterRef("pk"))
    findings = Assessment.objects.public().filter(
        commitment=OuterRef("pk"), completion__in=[value.code for value in COMPLETION.values]
    )
    told = updates.filter(provenance=Provenance.ASSESSOR_REPORT)
    return commitments.annotate(
        progress_by=Case(
            When(Exists(updates.of_government()), then=Value("government")),
            When(Exists(told), then=Value("read")),
            default=Value(""),
        ),
        is_found=Case(
            When(Exists(findings), then=True), default=False, output_field=BooleanField()
        ),
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
        counts[tuple(key)][Spoken.of(progress_by, is_found=bool(is_found))] += number
    return counts
