"""What a commitment's card says: as a drawing, in a frame and in one sentence.

Pure apart from reading what `for_card` or `for_page` have prefetched.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from commitments.models import Commitment, Nation
from irm.models import Report
from irm.templatetags.findings import completion_of, no_completion
from milestones.levels import (
    OUR_READING,
    OVERALL_SIGNS,
    READ_SIGNS,
    STATE_SIGNS,
    Provenance,
    Sign,
    in_words,
    sign_of,
)
from milestones.models import Milestone, NationProgress
from milestones.presenters import said_of_whole
from milestones.templatetags.progress import account
from ogp_tracker.common.addresses import absolute
from ogp_tracker.sharing.letters import clean

ORDER = [
    sign
    for overall, given in reversed(OVERALL_SIGNS.items())
    for sign in (given, READ_SIGNS.get(overall))
    if sign
] + [*STATE_SIGNS.values()]


def word_of(sign: Sign) -> str:
    return f"{sign.word} ({OUR_READING.word})" if sign.is_read else str(sign.word)


@dataclass(frozen=True)
class NationStatus:
    name: str
    counts: list[tuple[Sign, int]]
    """The levels with at least one milestone, the most advanced first, our readings apart."""

    @property
    def in_words(self) -> str:
        """For example "Wales: Completed 1, Not started (our reading) 2"."""
        said = [f"{word_of(sign)} {intcomma(number)}" for sign, number in self.counts]
        return f"{self.name}: {', '.join(said) or _('no milestone applies')}"


@dataclass(frozen=True)
class CommitmentStatus:
    commitment: Commitment
    nations: list[NationStatus]
    """In their fixed order; empty where nothing is recorded to report on."""
    whole: list[str]
    """What is said of the commitment as a whole, a line for each nation."""
    whose: str
    """On whose word all this rests."""
    unknown: str
    """Why there are no nations, or ""."""
    code: str
    """The completion code that the assessor gives, or ""."""
    no_code: str
    """Why there is no code, or ""."""
    report: Report | None
    """The assessor's report that gives the code."""
    latest: NationProgress | None
    """What has the latest as-of date."""
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
    def progress(self) -> str:
        said = [f"{line}." for line in self.whole]
        if not self.unknown:
            of_nations = "; ".join(nation.in_words for nation in self.nations)
            said.append(_("Milestones at each level. %(said)s.") % {"said": of_nations})
        return " ".join(filter(None, [*said, self.unknown, self.whose]))

    @property
    def completion(self) -> str:
        return _("Completion: %(value)s") % {"value": self.code} if self.code else self.no_code

    @property
    def assessor(self) -> str:
        if self.report is None:
            return f"{self.no_code}."
        code = _("Assessor’s completion code: %(value)s.") % {"value": self.code}
        report = clean(str(self.report))
        if self.report.is_for_comment:
            report = f"{report} ({_('version for public comment, not final')})"
        return f"{code} {report}."

    @property
    def dates(self) -> str:
        as_at = _("As at %(day)s") % {"day": date_format(self.on)}
        update = self.latest and self.latest.update
        if not update:
            return as_at
        # A month stays a month.
        day = update.as_of_in_words
        latest = _("Latest progress update: %(day)s") % {"day": day}
        return f"{latest}. {as_at}"

    @property
    def in_short(self) -> str:
        """For a preview below the title, and for readers who cannot see the card."""
        return f"{self.progress} {self.assessor} {self.dates}."


def status_of(commitment: Commitment, on: date) -> CommitmentStatus:
    milestones = list(commitment.milestones.all())
    cells = [cell for milestone in milestones for cell in milestone.cells() if cell.applies]
    whole = said_of_whole(commitment)
    spoken = [cell for cell in (*whole, *cells) if cell.provenance]
    coded = completion_of(commitment.assessments.all())
    value = coded[1].value if coded else None
    nations = list(commitment.nations.all())
    return CommitmentStatus(
        commitment=commitment,
        nations=[_nation(row, cells) for row in nations] if milestones else [],
        whole=[_of_whole(cell) for cell in whole],
        whose=_whose(spoken) if spoken or milestones else "",
        unknown=_unknown(milestones, nations),
        code=str(value.label) if value else "",
        no_code="" if value else no_completion(commitment.assessments.all()),
        report=coded[0].report if coded else None,
        latest=max(spoken, key=lambda cell: cell.as_of or date.min, default=None),
        on=on,
    )


def _nation(nation: Nation, cells: Iterable[NationProgress]) -> NationStatus:
    counts = Counter(
        STATE_SIGNS.get(cell.milestone.state if cell.milestone else "") or sign_of(cell)
        for cell in cells
        if cell.nation_id == nation.pk
    )
    return NationStatus(
        clean(str(nation)), [(sign, counts[sign]) for sign in ORDER if counts[sign]]
    )


def _of_whole(cell: NationProgress) -> str:
    words = _("The whole commitment, in %(nation)s: %(said)s")
    return words % {"nation": clean(str(cell.nation)), "said": clean(in_words(cell))}


def _whose(spoken: list[NationProgress]) -> str:
    """No government has reported what only an assessor's report tells."""
    said = sorted({account(cell) for cell in spoken})
    if all(cell.provenance == Provenance.ASSESSOR_REPORT for cell in spoken):
        said.append(_("No government has reported"))
    return f"{'. '.join(said)}."


def _unknown(milestones: list[Milestone], nations: list[Nation]) -> str:
    if not milestones:
        return _("This site does not have its milestones.")
    return "" if nations else _("It is not recorded which nations deliver it.")
