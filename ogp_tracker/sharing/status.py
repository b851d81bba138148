"""What a commitment's card says, in a frame, as a drawing and in one sentence.

Pure apart from reading what `for_card` or `for_page` have prefetched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import Commitment
from irm.models import Report
from irm.templatetags.findings import completion_of
from milestones.levels import LevelCounts, Sign
from ogp_tracker.common.addresses import absolute
from ogp_tracker.sharing.letters import clean


@dataclass(frozen=True)
class NationStatus:
    """How many milestones stand at each level in one nation."""

    name: str
    counts: list[tuple[Sign, int]]
    """The levels with at least one milestone, the most advanced first."""

    @property
    def in_words(self) -> str:
        """Return the same as words: "Wales: Completed 1, Not started 2"."""
        said = [f"{sign.word} {number}" for sign, number in self.counts]
        return f"{self.name}: {', '.join(said) or _('no milestone for it to deliver')}"


@dataclass(frozen=True)
class Status:
    """What both voices say of a commitment on a day."""

    commitment: Commitment
    nations: list[NationStatus]
    """In their fixed order; empty where nothing is recorded to report on."""
    unknown: str
    """Why there are no nations, or ""."""
    code: str
    """The completion code that the assessor gives, or ""."""
    silence: str
    """What stands in place of a code, or ""."""
    report: Report | None
    """The assessor's report that gives the code."""
    latest: date | None
    """The latest day of which government speaks."""
    on: date

    @property
    def title(self) -> str:
        """Return the commitment's title, as one line."""
        return clean(self.commitment.title)

    @property
    def name(self) -> str:
        """Return its id and title."""
        return clean(str(self.commitment))

    @property
    def address(self) -> str:
        """Return the full address of the commitment's page."""
        return absolute(self.commitment.get_absolute_url())

    @property
    def site(self) -> str:
        """Return the name of this site, and its host where that is known."""
        return ", ".join(filter(None, [_("Open Government Tracker"), settings.SITE_HOST]))

    @property
    def government(self) -> str:
        """Return what government reports, in one sentence per nation."""
        if self.unknown:
            return self.unknown
        said = "; ".join(nation.in_words for nation in self.nations)
        return _("Milestones at each level that government reports. %(said)s.") % {"said": said}

    @property
    def completion(self) -> str:
        """Return the completion code as words, or that there is none."""
        return _("Completion: %(value)s") % {"value": self.code} if self.code else self.silence

    @property
    def assessor(self) -> str:
        """Return what the assessor finds, and in which report."""
        if self.report is None:
            return f"{self.silence}."
        code = _("The assessor's code of completion: %(value)s.") % {"value": self.code}
        report = clean(str(self.report))
        if self.report.is_for_comment:
            report = f"{report} ({_('version for public comment, not final')})"
        return f"{code} {report}."

    @property
    def days(self) -> str:
        """Return the days: of the latest report, and of this answer."""
        as_at = _("As at %(day)s") % {"day": date_format(self.on)}
        if self.latest is None:
            return as_at
        latest = _("Latest report speaks of %(day)s") % {"day": date_format(self.latest)}
        return f"{latest}. {as_at}"

    @property
    def in_short(self) -> str:
        """Return both voices in the fewest words, for a preview below the title."""
        return f"{self.government} {self.assessor}"

    @property
    def in_words(self) -> str:
        """Return all of it, for whoever hears a card and does not see it."""
        return f"{self.in_short} {self.days}."


def status_of(commitment: Commitment, on: date) -> Status:
    """Return what the commitment's card says on the day `on`."""
    milestones = list(commitment.milestones.all())
    cells = [cell for milestone in milestones for cell in milestone.cells() if cell.applies]
    coded: Any = completion_of(commitment.assessments.all())
    nations = list(commitment.nations.all())
    return Status(
        commitment=commitment,
        nations=[_nation(row, cells) for row in nations] if milestones else [],
        unknown=_unknown(milestones, nations),
        code=str(coded[1].value.label) if coded else "",
        silence="" if coded else _silence(commitment),
        report=coded[0].report if coded else None,
        latest=max((cell.as_of for cell in cells if cell.as_of), default=None),
        on=on,
    )


def _nation(nation: Any, cells: Iterable[Any]) -> NationStatus:
    counts = LevelCounts.of(cell.level for cell in cells if cell.nation_id == nation.pk)
    return NationStatus(clean(str(nation)), [row for row in counts.rows() if row[1]])


def _unknown(milestones: list[Any], nations: list[Any]) -> str:
    if not milestones:
        return _("This tracker does not have its milestones.")
    return "" if nations else _("The nations in which it is to be delivered are not recorded.")


def _silence(commitment: Any) -> str:
    if commitment.assessments.all():
        return _("No completion code recorded")
    return _("No assessment recorded")
