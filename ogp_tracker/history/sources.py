"""Changes that are rows of their own: updates, amendments, assessments, replies, commitments.

Edits of texts are not: see `ogp_tracker.history.edits`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from commitments.models import Commitment, Institution, Unpublication
from commitments.models.membership import Role
from irm.models import Assessment, Reply
from milestones.amendment_rules import AmendmentKind
from milestones.conditions import midnight
from milestones.models import Amendment, ProgressUpdate, UpdateStep
from milestones.targets import text_column
from ogp_tracker.common.visibility import PUBLISHED
from ogp_tracker.history.kinds import (
    ChangeKind,
    Difference,
    Link,
    PublicChange,
    assessment_links,
    finding_links,
    link_to,
    target_links,
)
from ogp_tracker.history.places import FoundChange, Position
from ogp_tracker.history.scopes import Paths, Scope
from ogp_tracker.history.showing import difference


@dataclass(frozen=True)
class ChangeSource:
    """Rows each of which is a change, with the time at which it was published."""

    name: str
    rows: Callable[[], QuerySet[Any]]
    """The public rows, with everything that is shown of them."""
    field: str
    """The field with the time, or the date, of publication."""
    paths: Paths
    things: Callable[[Any], tuple[Link, ...]]
    kind_of: Callable[[Any], ChangeKind]
    kinds: dict[ChangeKind, Q]
    who: Callable[[Any], tuple[Link | None, str]]
    has_date_only: bool = False
    differences: Callable[[Any], tuple[Difference, ...]] = lambda row: ()

    def newest(
        self,
        scope: Scope,
        kinds: Collection[ChangeKind],
        before: Position | None,
        size: int,
        since: datetime | None = None,
    ) -> list[FoundChange]:
        """Older than `before` and not older than `since`."""
        belongs = scope.narrow(self.paths)
        wanted = [condition for kind, condition in self.kinds.items() if kind in kinds]
        if belongs is None or (kinds and not wanted):
            return []
        rows = self.rows().filter(belongs, reduce(or_, wanted, Q()))
        if before is not None:
            rows = rows.filter(
                before.older(self.name, self.field, has_date_only=self.has_date_only)
            )
        if since is not None:
            at = timezone.localdate(since) if self.has_date_only else since
            rows = rows.filter(**{f"{self.field}__gte": at})
        return [self.found(row) for row in rows.order_by(f"-{self.field}", "-pk")[:size]]

    def found(self, row: Model) -> FoundChange:
        at = getattr(row, self.field)
        moment: datetime = midnight(at) if self.has_date_only else at
        return FoundChange(Position(moment, self.name, row.pk), partial(self.show, row, moment))

    def show(self, row: Model, moment: datetime) -> PublicChange:
        who, role = self.who(row)
        things, has_time = self.things(row), not self.has_date_only
        kind, differences = self.kind_of(row), self.differences(row)
        return PublicChange(kind, moment, has_time, things, who, role, row, differences)


def reply_links(reply: Reply) -> tuple[Link, ...]:
    if reply.finding is None:
        return assessment_links(reply.assessment)
    return *finding_links(reply.finding), Link(str(reply.assessment.report))


def institution_of(row: ProgressUpdate | Amendment | Unpublication) -> tuple[Link | None, str]:
    return (link_to(row.institution) if row.institution else None), ""


def who_published(row: Any) -> tuple[Link | None, str]:
    """If known; `row` is one of `with_who_published`."""
    who = Institution(slug=row.published_for, name=row.published_for_name)
    role = str(Role(row.published_as).label) if row.published_as else ""
    return (link_to(who) if row.published_for else None), role


def with_who_published(
    rows: QuerySet[Any], model: type[Model], key: str = "pk", **which: Any
) -> QuerySet[Any]:
    """From the first version with a date of publication, of those chosen by `which`."""
    versions = model.history.filter(  # type: ignore[attr-defined]
        PUBLISHED.condition(), id=OuterRef(key), **which
    ).order_by("history_date", "history_id")
    return rows.annotate(
        published_for=Subquery(versions.values("history_institution__slug")[:1]),
        published_for_name=Subquery(versions.values("history_institution__name")[:1]),
        published_as=Subquery(versions.values("history_role")[:1]),
    )


def updates() -> QuerySet[Any]:
    steps = UpdateStep.objects.public().filter(update=OuterRef("pk"))
    corrections = ProgressUpdate.objects.published().filter(corrects=OuterRef("pk"))
    kinds = UpdateStep.Kind
    return (
        ProgressUpdate.objects.public()
        .select_related("commitment", "milestone__commitment", "institution", "corrects")
        .defer("institution__team_mailbox", "narrative", "obstacles")
        .prefetch_related("nations")
        .annotate(
            is_corrected=Exists(corrections),
            agreed_for=Subquery(steps.filter(kind=kinds.AGREED).values("institution__name")[:1]),
            # Nobody signed off what a command imported.
            signed_for=Subquery(
                steps.filter(kind=kinds.PUBLISHED, by__isnull=False).values("institution__name")[:1]
            ),
        )
    )


def revised_text(row: Amendment) -> tuple[Difference, ...]:
    if row.kind != AmendmentKind.TEXT_REVISED:
        return ()
    field: Any = row.target._meta.get_field(text_column(row.target))
    return (difference(field, row.text_from, row.text_to),)


def assessments() -> QuerySet[Any]:
    rows = Assessment.objects.public().select_related("report", "commitment")
    return with_who_published(rows.defer("analysis", "footnotes"), Assessment)


def replies() -> QuerySet[Any]:
    paths = ("assessment__report", "assessment__commitment", "institution")
    rows = Reply.objects.public().select_related(*paths, "finding__milestone__commitment")
    return rows.defer("institution__team_mailbox", "assessment__analysis", "text")


def commitments() -> QuerySet[Any]:
    """Those that readers saw at any time, by the date on which they first did."""
    before = Unpublication.objects.filter(commitment=OuterRef("pk"))
    rows = Commitment.objects.annotate(
        # What its draft says meanwhile is not public.
        last_name=Subquery(before.values("name")[:1]),
        first_published_on=Coalesce(
            Subquery(before.order_by("unpublished_at").values("published_on")[:1]), "published_on"
        ),
    )
    return with_who_published(rows.filter(first_published_on__isnull=False), Commitment)


def unpublications() -> QuerySet[Any]:
    return Unpublication.objects.select_related("commitment", "institution").defer(
        "institution__team_mailbox"
    )


def republications() -> QuerySet[Any]:
    """Each by the act that it undid."""
    later = Unpublication.objects.filter(
        commitment=OuterRef("commitment"), unpublished_at__gt=OuterRef("unpublished_at")
    )
    rows = unpublications().annotate(
        republished_on=Coalesce(
            Subquery(later.order_by("unpublished_at").values("published_on")[:1]),
            "commitment__published_on",
        )
    )
    since = {"history_date__gt": OuterRef("unpublished_at")}
    found = rows.filter(republished_on__isnull=False)
    return with_who_published(found, Commitment, "commitment", **since)


def name_readers_saw(row: Any) -> tuple[Link, ...]:
    """`row` is a commitment or one of its unpublications."""
    is_act = isinstance(row, Unpublication)
    commitment = row.commitment if is_act else row
    if commitment.published_on:
        return (link_to(commitment),)
    return (Link(row.name if is_act else row.last_name, commitment.get_absolute_url()),)


def always(kind: ChangeKind) -> dict[str, Any]:
    return {"kind_of": lambda row: kind, "kinds": {kind: Q()}}


SOURCES = (
    ChangeSource(
        "report",
        updates,
        "published_at",
        Paths.below(
            "commitment", milestone="milestone", nation="nations", institution="institution"
        ),
        target_links,
        lambda row: ChangeKind.CORRECTION if row.corrects_id else ChangeKind.UPDATE,
        {ChangeKind.UPDATE: Q(corrects=None), ChangeKind.CORRECTION: Q(corrects__isnull=False)},
        institution_of,
    ),
    ChangeSource(
        "amendment",
        lambda: Amendment.objects.public().for_page(),
        "published_at",
        Paths.below("commitment", milestone="milestone", institution="institution"),
        target_links,
        lambda row: ChangeKind.DUE_DATE if row.due_to else ChangeKind.AMENDMENT,
        {ChangeKind.DUE_DATE: Q(due_to__isnull=False), ChangeKind.AMENDMENT: Q(due_to=None)},
        institution_of,
        differences=revised_text,
    ),
    ChangeSource(
        "reply",
        replies,
        "published_at",
        Paths.below(
            "assessment__commitment", milestone="finding__milestone", institution="institution"
        ),
        reply_links,
        who=lambda row: (link_to(row.institution), str(Role.LEAD.label)),
        **always(ChangeKind.REPLY),
    ),
    ChangeSource(
        "assessment",
        assessments,
        "published_on",
        Paths.below("commitment", milestone="findings__milestone"),
        assessment_links,
        lambda row: ChangeKind.ASSESSMENT if row.is_recorded else ChangeKind.COVERED,
        {ChangeKind.ASSESSMENT: Q(is_recorded=True), ChangeKind.COVERED: Q(is_recorded=False)},
        who_published,
        has_date_only=True,
    ),
    ChangeSource(
        "commitment",
        commitments,
        "first_published_on",
        Paths(commitment="pk", plan="plan"),
        name_readers_saw,
        who=who_published,
        has_date_only=True,
        **always(ChangeKind.COMMITMENT),
    ),
    ChangeSource(
        "unpublication",
        unpublications,
        "unpublished_at",
        Paths.below("commitment"),
        name_readers_saw,
        who=lambda row: (institution_of(row)[0], str(Role(row.role).label) if row.role else ""),
        **always(ChangeKind.UNPUBLISHED),
    ),
    ChangeSource(
        "republication",
        republications,
        "republished_on",
        Paths.below("commitment"),
        name_readers_saw,
        who=who_published,
        has_date_only=True,
        **always(ChangeKind.COMMITMENT),
    ),
)
