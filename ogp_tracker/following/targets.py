"""What can be followed: the whole site, a nation, plan, institution, commitment or milestone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import ActionPlan, Commitment, Institution, Nation
from milestones.models import Milestone
from ogp_tracker.history import scopes
from ogp_tracker.history.scopes import Scope


class What(TextChoices):
    """The kinds of things that can be followed."""

    SITE = "site", gettext_lazy("Everything on this site")
    NATION = "nation", gettext_lazy("A nation")
    PLAN = "plan", gettext_lazy("An action plan")
    INSTITUTION = "institution", gettext_lazy("An institution")
    COMMITMENT = "commitment", gettext_lazy("A commitment")
    MILESTONE = "milestone", gettext_lazy("A milestone")


@dataclass(frozen=True)
class Kind:
    """How the rows of a kind are found, read for their names, and named in an address."""

    model: Any
    path: Callable[[Any], tuple[Any, ...]]
    """The parts of an address by which a row is known."""
    scope: Callable[[Any], Scope]
    look_up: Callable[..., dict[str, Any]]
    reads: tuple[str, ...] = ()

    def rows(self) -> QuerySet[Any]:
        """Return the public rows, with what their names are made of."""
        rows: QuerySet[Any] = self.model.objects.public()
        return rows.select_related(*self.reads) if self.reads else rows


KINDS = {
    What.NATION: Kind(
        Nation, lambda row: (row.code,), scopes.of_nation, lambda code: {"code": code}
    ),
    What.PLAN: Kind(
        ActionPlan, lambda row: (row.slug,), scopes.of_plan, lambda slug: {"slug": slug}
    ),
    What.INSTITUTION: Kind(
        Institution, lambda row: (row.slug,), scopes.of_institution, lambda slug: {"slug": slug}
    ),
    What.COMMITMENT: Kind(
        Commitment, lambda row: (row.slug,), scopes.of_commitment, lambda slug: {"slug": slug}
    ),
    What.MILESTONE: Kind(
        Milestone,
        lambda row: (row.commitment.slug, row.number),
        scopes.of_milestone,
        lambda slug, number: {"commitment__slug": slug, "number": number},
        ("commitment",),
    ),
}


@dataclass(frozen=True)
class Target:
    """The whole site or one public row, with the addresses below which it is followed."""

    what: What
    row: Any = None

    @property
    def key(self) -> int:
        """Return the number of the row, which stays when its texts and its address change."""
        return self.row.pk if self.row is not None else 0

    @property
    def name(self) -> str:
        """Return its name within a sentence or a title."""
        return str(self.row) if self.row is not None else _("Open Government Tracker")

    @property
    def scope(self) -> Scope:
        """Return where its changes come from."""
        return scopes.WHOLE_SITE if self.row is None else KINDS[self.what].scope(self.row)

    @property
    def spelt(self) -> str:
        """Return how the page for followers names it in its address."""
        return ":".join((self.what.value, *map(str, self._path)))

    @property
    def page(self) -> str:
        """Return the path of its page."""
        return str(self.row.get_absolute_url()) if self.row is not None else reverse("front")

    @property
    def changes(self) -> str:
        """Return the path of the page of its changes."""
        if self.row is None:
            return reverse("changes")
        return reverse(f"{self.what.value}_changes", args=self._path)

    @property
    def feed(self) -> str:
        """Return the path of its feed."""
        return reverse(f"{self.what.value}_feed", args=self._path)

    @property
    def calendar(self) -> str:
        """Return the path of its calendar."""
        return reverse(f"{self.what.value}_calendar", args=self._path)

    @property
    def _path(self) -> tuple[Any, ...]:
        return KINDS[self.what].path(self.row) if self.row is not None else ()


SITE = Target(What.SITE)


def target_of(row: Any) -> Target:
    """Return the target that a row is, or the whole site for none."""
    if not row:
        return SITE
    return Target(next(what for what, kind in KINDS.items() if isinstance(row, kind.model)), row)


def at_address(what: What, **parts: Any) -> Target:
    """Return the public row that an address names, in capitals or not. Raises Http404."""
    if what is What.SITE:
        return SITE
    kind = KINDS[what]
    wanted = {
        name if name == "number" else f"{name}__iexact": value
        for name, value in kind.look_up(**parts).items()
    }
    return Target(what, get_object_or_404(kind.rows(), **wanted))


def spelt_as(text: str) -> Target | None:
    """Return what the page for followers is asked for; None if that is nothing."""
    word, *parts = text.split(":")
    if word not in What.values or len(text) > 200:
        return None
    what = What(word)
    if what is What.SITE:
        return SITE if not parts else None
    names = ("slug", "number") if what is What.MILESTONE else ("slug",)
    if len(parts) != len(names) or "\0" in text:
        return None
    if what is What.MILESTONE and not (parts[1].isascii() and parts[1].isdecimal()):
        return None
    if what is What.NATION:
        names = ("code",)
    try:
        return at_address(what, **dict(zip(names, parts, strict=True)))
    except (Http404, OverflowError):
        return None


def with_keys(wanted: set[tuple[str, int]]) -> dict[tuple[str, int], Target]:
    """Return those of the targets that readers may see; one query for each kind at most."""
    found = {(What.SITE.value, 0): SITE}
    for what, kind in KINDS.items():
        keys = [key for word, key in wanted if word == what]
        if keys:
            for row in kind.rows().filter(pk__in=keys):
                found[what.value, row.pk] = Target(what, row)
    return found
