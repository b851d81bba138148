"""What the pages of changes know of each table of which every edit is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from irm.models import Assessment, MilestoneFinding, Report
from milestones.models.milestone import named
from ogp_tracker.history.kinds import Link
from ogp_tracker.history.scopes import Paths

Said = dict[str, Any]
"""What a version says, by the paths of `columns`."""


@dataclass(frozen=True)
class Edited:
    paths: Paths
    columns: tuple[str, ...]
    """The paths of what names a row."""
    things: Callable[[Said], tuple[Link, ...]]
    """Make the name of a row, from the whole to the part."""


def commitment(said: Said, path: str = "", place: str = "") -> Link:
    """At the end of a path; `place`: the part of its page."""
    slug, title = said[f"{path}slug"], said[f"{path}title"]
    name = f"{slug} {title}" if said[f"{path}ogp_id"] else title
    return Link(name, reverse("commitment", args=[slug]) + place)


def milestone(said: Said, path: str = "", place: str = "") -> tuple[Link, Link]:
    number, slug = int(said[f"{path}number"]), said[f"{path}commitment__slug"]
    address = reverse("milestone", args=[slug, number]) + place
    return commitment(said, f"{path}commitment__"), Link(named(said[f"{path}label"]), address)


def assessment(said: Said) -> tuple[Link, Link]:
    page = commitment(said, "commitment__")
    anchor = Assessment(report=Report(slug=said["report__slug"])).anchor
    return page, Link(said["report__title"], f"{page.address}#{anchor}")


def finding(said: Said) -> tuple[Link, ...]:
    anchor = MilestoneFinding(pk=int(said["id"])).anchor
    return *milestone(said, "milestone__", f"#{anchor}"), report(said, "assessment__report__")


def report(said: Said, path: str = "") -> Link:
    return Link(said[f"{path}title"], reverse("report", args=[said[f"{path}slug"]]))


def nation_progress(said: Said) -> tuple[Link, ...]:
    return *milestone(said, "milestone__"), Link(said["nation__label"])


def names_of_commitment(path: str = "") -> tuple[str, ...]:
    return tuple(f"{path}{name}" for name in ("slug", "ogp_id", "title"))


def names_of_milestone(path: str = "") -> tuple[str, ...]:
    return f"{path}number", f"{path}label", *names_of_commitment(f"{path}commitment__")


def names_of_report(path: str = "") -> tuple[str, ...]:
    return f"{path}slug", f"{path}title"


EDITED = {
    "institutions": Edited(
        Paths(nation="nation", institution="id"),
        ("slug", "name"),
        lambda said: (Link(said["name"], reverse("institution", args=[said["slug"]])),),
    ),
    "plans": Edited(
        Paths(plan="id"),
        ("slug", "title"),
        lambda said: (Link(said["title"], reverse("plan", args=[said["slug"]])),),
    ),
    "commitments": Edited(
        Paths(commitment="id", plan="plan"), names_of_commitment(), lambda said: (commitment(said),)
    ),
    "involvements": Edited(
        Paths.below("commitment", institution="institution"),
        names_of_commitment("commitment__"),
        lambda said: (
            commitment(said, "commitment__"),
            Link(
                _("Institutions and their roles"),
                commitment(said, "commitment__", "#institutions").address,
            ),
        ),
    ),
    "milestones": Edited(
        Paths.below("commitment", milestone="id"), names_of_milestone(), milestone
    ),
    "nation_progress": Edited(
        Paths.below("commitment", milestone="milestone", nation="nation"),
        (*names_of_milestone("milestone__"), "nation__label"),
        nation_progress,
    ),
    "reports": Edited(Paths(plan="plan"), names_of_report(), lambda said: (report(said),)),
    "assessments": Edited(
        Paths.below("commitment"),
        (*names_of_commitment("commitment__"), *names_of_report("report__")),
        assessment,
    ),
    "findings": Edited(
        Paths.below("assessment__commitment", milestone="milestone"),
        (*names_of_milestone("milestone__"), *names_of_report("assessment__report__")),
        finding,
    ),
}
