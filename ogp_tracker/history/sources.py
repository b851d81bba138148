"""Where changes come from that have rows of their own: reports, moved days, assessments, replies.

Edits of texts have none: see `ogp_tracker.history.edits`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from commitments.models import Commitment, Institution
from commitments.models.membership import Role
from irm.models import Assessment, Reply
from milestones.conditions import midnight
from milestones.models import DueDateChange, Milestone, ProgressUpdate, UpdateStep
from ogp_tracker.common.visibility import PUBLISHED
from ogp_tracker.history.kinds import Change, Kind, Link
from ogp_tracker.history.places import Found, Place
from ogp_tracker.history.scopes import Paths, Scope


@dataclass(frozen=True)
class Source:
    """Rows each of which is a change, with the time at which it came."""

    name: str
    rows: Callable[[], QuerySet[Any]]
    """Make the public rows, with all that is shown of them."""
    field: str
    """When a row became public: the name of its moment, or of its day."""
    paths: Paths
    things: Callable[[Any], tuple[Link, ...]]
    kind_of: Callable[[Any], Kind]
    kinds: dict[Kind, Q]
    """Which rows are of which kind."""
    who: Callable[[Any], tuple[Link | None, str]]
    is_day: bool = False

    def newest(
        self,
        scope: Scope,
        kind: Kind | None,
        before: Place | None,
        size: int,
        since: datetime | None = None,
    ) -> list[Any]:
        """Return so many changes at most, newest first, of those behind a place and since then."""
        belongs = scope.narrow(self.paths)
        if belongs is None or kind not in {None, *self.kinds}:
            return []
        rows = self.rows().filter(belongs)
        if kind is not None:
            rows = rows.filter(self.kinds[kind])
        if before is not None:
            rows = rows.filter(before.older(self.name, self.field, is_day=self.is_day))
        if since is not None:
            at = timezone.localdate(since) if self.is_day else since
            rows = rows.filter(**{f"{self.field}__gte": at})
        return [self.found(row) for row in rows.order_by(f"-{self.field}", "-pk")[:size]]

    def found(self, row: Any) -> Found:
        """Return a row with its place among the changes."""
        at = getattr(row, self.field)
        moment: datetime = midnight(at) if self.is_day else at
        return Found(Place(moment, self.name, row.pk), partial(self.show, row, moment))

    def show(self, row: Any, moment: datetime) -> Change:
        """Return a row as a page shows it."""
        who, role = self.who(row)
        things, has_time = self.things(row), not self.is_day
        return Change(self.kind_of(row), moment, has_time, things, who, role, row=row)


def link_to(row: Any) -> Link:
    """Return a row that has a page by its name."""
    return Link(str(row), row.get_absolute_url())


def milestone_links(milestone: Milestone, address: str = "") -> tuple[Link, ...]:
    """Return a milestone behind its commitment; `address`: of a part of its page."""
    own = Link(milestone.label, address or milestone.get_absolute_url())
    return link_to(milestone.commitment), own


def assessment_links(assessment: Assessment) -> tuple[Link, ...]:
    """Return an assessment behind the commitment that it is of."""
    page = link_to(assessment.commitment)
    return page, Link(str(assessment.report), f"{page.address}#{assessment.anchor}")


def reply_links(reply: Reply) -> tuple[Link, ...]:
    """Return what a reply answers: a finding of a milestone, or an assessment."""
    if reply.finding is None:
        return assessment_links(reply.assessment)
    page = reply.finding.milestone.get_absolute_url()
    found = milestone_links(reply.finding.milestone, f"{page}#{reply.finding.anchor}")
    return *found, Link(str(reply.assessment.report))


def institution_of(row: Any) -> tuple[Link | None, str]:
    """Return the institution in whose name a row came about."""
    return (link_to(row.institution) if row.institution else None), ""


def who_published(row: Any) -> tuple[Link | None, str]:
    """Return for which institution and in which role somebody first published a row, if known."""
    slug, name = row.published_for, row.published_for_name
    address = Institution(slug=slug).get_absolute_url() if slug else ""
    role = str(Role(row.published_as).label) if row.published_as else ""
    return (Link(name, address) if slug else None), role


def with_who_published(rows: QuerySet[Any], model: type[Model]) -> QuerySet[Any]:
    """Return rows with what their first version says that has a day of publication."""
    versions = model.history.filter(  # type: ignore[attr-defined]
        PUBLISHED.condition(), id=OuterRef("pk")
    ).order_by("history_date", "history_id")
    return rows.annotate(
        published_for=Subquery(versions.values("history_institution__slug")[:1]),
        published_for_name=Subquery(versions.values("history_institution__name")[:1]),
        published_as=Subquery(versions.values("history_role")[:1]),
    )


def updates() -> QuerySet[Any]:
    """Return reports of progress with who signed them off, and whether they still count."""
    steps = UpdateStep.objects.public().filter(update=OuterRef("pk"))
    corrections = ProgressUpdate.objects.published().filter(corrects=OuterRef("pk"))
    kinds = UpdateStep.Kind
    return (
        ProgressUpdate.objects.public()
        .select_related("milestone__commitment", "institution", "corrects")
        .defer("institution__team_mailbox", "narrative", "obstacles")
        .prefetch_related("nations")
        .annotate(
            is_corrected=Exists(corrections),
            agreed_for=Subquery(steps.filter(kind=kinds.AGREED).values("institution__name")[:1]),
            signed_for=Subquery(steps.filter(kind=kinds.PUBLISHED).values("institution__name")[:1]),
        )
    )


def due_date_changes() -> QuerySet[Any]:
    """Return due days that moved."""
    rows = DueDateChange.objects.public().select_related("milestone__commitment", "institution")
    return rows.defer("institution__team_mailbox")


def assessments() -> QuerySet[Any]:
    """Return assessments that were published, with who published them."""
    rows = Assessment.objects.public().select_related("report", "commitment")
    return with_who_published(rows.defer("analysis", "footnotes"), Assessment)


def replies() -> QuerySet[Any]:
    """Return replies of government with what they answer."""
    paths = ("assessment__report", "assessment__commitment", "institution")
    rows = Reply.objects.public().select_related(*paths, "finding__milestone__commitment")
    return rows.defer("institution__team_mailbox", "assessment__analysis", "text")


def commitments() -> QuerySet[Any]:
    """Return commitments that were published, with who published them."""
    return with_who_published(Commitment.objects.public(), Commitment)


def always(kind: Kind) -> dict[str, Any]:
    """Return what says of a source that all of its rows are of one kind."""
    return {"kind_of": lambda row: kind, "kinds": {kind: Q()}}


SOURCES = (
    Source(
        "report",
        updates,
        "published_at",
        Paths(
            commitment="milestone__commitment",
            milestone="milestone",
            plan="milestone__commitment__plan",
            nation="nations",
            institution="institution",
        ),
        lambda row: milestone_links(row.milestone, row.get_absolute_url()),
        lambda row: Kind.CORRECTION if row.corrects_id else Kind.REPORT,
        {Kind.REPORT: Q(corrects=None), Kind.CORRECTION: Q(corrects__isnull=False)},
        institution_of,
    ),
    Source(
        "due_day",
        due_date_changes,
        "moved_at",
        Paths(
            commitment="milestone__commitment",
            milestone="milestone",
            plan="milestone__commitment__plan",
            institution="institution",
        ),
        lambda row: milestone_links(row.milestone),
        who=institution_of,
        **always(Kind.DUE_DAY),
    ),
    Source(
        "reply",
        replies,
        "published_at",
        Paths(
            commitment="assessment__commitment",
            milestone="finding__milestone",
            plan="assessment__commitment__plan",
            institution="institution",
        ),
        reply_links,
        who=lambda row: (link_to(row.institution), str(Role.LEAD.label)),
        **always(Kind.REPLY),
    ),
    Source(
        "assessment",
        assessments,
        "published_on",
        Paths(commitment="commitment", milestone="findings__milestone", plan="commitment__plan"),
        assessment_links,
        who=who_published,
        is_day=True,
        **always(Kind.ASSESSMENT),
    ),
    Source(
        "commitment",
        commitments,
        "published_on",
        Paths(commitment="pk", plan="plan"),
        lambda row: (link_to(row),),
        who=who_published,
        is_day=True,
        **always(Kind.COMMITMENT),
    ),
)
