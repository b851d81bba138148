"""What a commitment's card says: as a drawing, in a frame and in one sentence.

Pure apart from reading what `for_card` or `for_page` have prefetched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import Commitment, Nation
from irm.models import Report
from irm.templatetags.findings import completion_of
from milestones.levels import LevelCounts, Sign
from milestones.models import Milestone, NationProgress
from ogp_tracker.common.addresses import absolute
from ogp_tracker.sharing.letters import clean


@dataclass(frozen=True)
class NationStatus:
    name: str
    counts: list[tuple[Sign, int]]
    """The levels with at least one milestone, the most advanced first."""

    @property
    def in_words(self) -> str:
        """For example "Wales: Completed 1, Not started 2"."""
        said = [f"{sign.word} {number}" for sign, number in self.counts]
        return f"{self.name}: {', '.join(said) or _('no milestone for it to deliver')}"


@dataclass(frozen=True)
class CommitmentStatus:
    commitment: Commitment
    nations: list[NationStatus]
    """In their fixed order; empty where nothing is recorded to report on."""
    unknown: str
    """Why there are no nations, or ""."""
    code: str
    """The completion code that the assessor gives, or ""."""
    no_code: str
    """Why there is no code, or ""."""
    report: Report | None
    """The assessor's report that gives the code."""
    latest: date | None
    """The latest as-of date of government's updates."""
    on: date

    @property
    def title(self) -> str:
        return clean(self.commitment.title)

    @property
    def name(self) -> str:
        return clean(str(self.commitment))

    @property
    def address(self) -> str:
        return absolute(self.commitment.get_absolute_url())

    @property
    def site(self) -> str:
        return ", ".join(filter(None, [_("Open Government Tracker"), settings.SITE_HOST]))

    @property
    def government(self) -> str:
        if self.unknown:
            return self.unknown
        said = "; ".join(nation.in_words for nation in self.nations)
        return _("Milestones at each level that government reports. %(said)s.") % {"said": said}

    @property
    def completion(self) -> str:
        return _("Completion: %(value)s") % {"value": self.code} if self.code else self.no_code

    @property
    def assessor(self) -> str:
        if self.report is None:
            return f"{self.no_code}."
        code = _("The assessor's code of completion: %(value)s.") % {"value": self.code}
        report = clean(str(self.report))
        if self.report.is_for_comment:
            report = f"{report} ({_('version for public comment, not final')})"
        return f"{code} {report}."

    @property
    def dates(self) -> str:
        as_at = _("As at %(day)s") % {"day": date_format(self.on)}
        if self.latest is None:
            return as_at
        latest = _("Latest report speaks of %(day)s") % {"day": date_format(self.latest)}
        return f"{latest}. {as_at}"

    @property
    def in_short(self) -> str:
        """In the fewest words, for a preview below the title."""
        return f"{self.government} {self.assessor}"

    @property
    def in_words(self) -> str:
        """For readers who cannot see the card."""
        return f"{self.in_short} {self.dates}."


def status_of(commitment: Commitment, on: date) -> CommitmentStatus:
    milestones = list(commitment.milestones.all())
    cells = [cell for milestone in milestones for cell in milestone.cells() if cell.applies]
    coded = completion_of(commitment.assessments.all())
    value = coded[1].value if coded else None
    nations = list(commitment.nations.all())
    return CommitmentStatus(
        commitment=commitment,
        nations=[_nation(row, cells) for row in nations] if milestones else [],
        unknown=_unknown(milestones, nations),
        code=str(value.label) if value else "",
        no_code="" if value else _no_code(commitment),
        report=coded[0].report if coded else None,
        latest=max((cell.as_of for cell in cells if cell.as_of), default=None),
        on=on,
    )


def _nation(nation: Nation, cells: Iterable[NationProgress]) -> NationStatus:
    counts = LevelCounts.of(
        cell.milestone.state or cell.level for cell in cells if cell.nation_id == nation.pk
    )
    return NationStatus(clean(str(nation)), [row for row in counts.rows() if row[1]])


def _unknown(milestones: list[Milestone], nations: list[Nation]) -> str:
    if not milestones:
        return _("This tracker does not have its milestones.")
    return "" if nations else _("The nations in which it is to be delivered are not recorded.")


def _no_code(commitment: Commitment) -> str:
    if commitment.assessments.all():
        return _("No completion code recorded")
    return _("No assessment recorded")
