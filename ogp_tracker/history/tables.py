"""What the pages of changes know of each table of which every edit is kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from commitments.models import Involvement
from milestones.models import NationProgress
from ogp_tracker.history.kinds import (
    Link,
    PageRow,
    assessment_links,
    finding_links,
    link_to,
    milestone_links,
)
from ogp_tracker.history.scopes import Paths


@dataclass(frozen=True)
class Edited:
    paths: Paths
    columns: tuple[str, ...]
    """The paths of what names a row."""
    things: Callable[[Any], tuple[Link, ...]]
    """The names of a row, from the whole to the part; it has nothing but `columns`."""


def as_row(model: type[Model], said: dict[str, Any], columns: Iterable[str]) -> Model:
    """A row made of what a version says, by the paths of `columns`; never saved."""
    row = model(pk=said["id"])
    for column in columns:
        *path, name = column.split("__")
        last: Any = row
        for step in path:
            field = last._meta.get_field(step)
            if not field.is_cached(last):
                setattr(last, step, field.related_model())
            last = getattr(last, step)
        setattr(last, name, said[column])
    return row


def only_link(row: PageRow) -> tuple[Link]:
    return (link_to(row),)


def involvement_links(row: Involvement) -> tuple[Link, ...]:
    page = link_to(row.commitment)
    return page, Link(_("Institutions and their roles"), f"{page.address}#institutions")


def nation_links(row: NationProgress) -> tuple[Link, ...]:
    if row.milestone is None:
        raise TypeError("Progress of a commitment as a whole is not edited.")
    return *milestone_links(row.milestone), Link(row.nation.label)


def below(path: str, columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{path}__{column}" for column in columns)


COMMITMENT = ("slug", "ogp_id", "title")
MILESTONE = ("number", "label", *below("commitment", COMMITMENT))
REPORT = ("slug", "title")

EDITED = {
    "institutions": Edited(Paths(nation="nation", institution="id"), ("slug", "name"), only_link),
    "plans": Edited(Paths(plan="id"), ("slug", "title"), only_link),
    "commitments": Edited(Paths(commitment="id", plan="plan"), COMMITMENT, only_link),
    "involvements": Edited(
        Paths.below("commitment", institution="institution"),
        below("commitment", COMMITMENT),
        involvement_links,
    ),
    "milestones": Edited(Paths.below("commitment", milestone="id"), MILESTONE, milestone_links),
    "nation_progress": Edited(
        Paths.below("commitment", milestone="milestone", nation="nation"),
        (*below("milestone", MILESTONE), "nation__label"),
        nation_links,
    ),
    "reports": Edited(Paths(plan="plan"), REPORT, only_link),
    "assessments": Edited(
        Paths.below("commitment"),
        (*below("commitment", COMMITMENT), *below("report", REPORT)),
        assessment_links,
    ),
    "findings": Edited(
        Paths.below("assessment__commitment", milestone="milestone"),
        (*below("milestone", MILESTONE), *below("assessment__report", REPORT)),
        lambda row: (*finding_links(row), link_to(row.assessment.report)),
    ),
}
