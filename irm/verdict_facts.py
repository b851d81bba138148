"""From the rows of a page to what `verdict` is asked about; nothing here queries."""

from collections.abc import Sequence

from commitments.models import Commitment
from irm.codebook import COMPLETION
from irm.disagreements.rule import weight_of
from irm.models import Assessment, MilestoneFinding, Report
from irm.verdict import Assessed, Cells, VerdictFacts, VerdictMilestone
from milestones.models import Milestone, NationProgress
from milestones.presenters import said_of_whole


def facts_of_milestone(milestone: Milestone) -> VerdictFacts:
    findings = [(row, row.assessment.report, row.found) for row in milestone.findings.all()]
    return VerdictFacts(*assessed_by(findings), milestone.state, _cells(milestone))


def facts_of_commitment(commitment: Commitment) -> VerdictFacts:
    said = {cell.nation_id: cell for cell in said_of_whole(commitment)}
    nations = commitment.nations.all() if said else ()
    assessments = commitment.assessments.all()
    recorded = [(row, row.report, row.text.analysis) for row in assessments if row.is_recorded]
    assessed, is_final = assessed_by(recorded)
    return VerdictFacts(
        Assessed.COVERED if assessments and not recorded else assessed,
        is_final,
        commitment.amendment_state,
        {str(nation): said.get(nation.pk) or NationProgress() for nation in nations},
        [
            VerdictMilestone(_cells(milestone), milestone.amendment_state)
            for milestone in commitment.milestones.all()
        ],
    )


def _cells(milestone: Milestone) -> Cells:
    return {str(cell.nation): cell for cell in milestone.cells() if cell.applies}


def assessed_by(
    rows: Sequence[tuple[Assessment | MilestoneFinding, Report, str]],
) -> tuple[Assessed | str, bool]:
    """The assessor's code of completion, or why there is none; and whether its report is final.

    Each row comes with its report and its words.
    """

    def weight(judged: tuple[Assessment | MilestoneFinding, Report, str]) -> tuple[int, int]:
        row, report, words = judged
        # Words come before the kinds of nothing, and these before what is blank.
        return weight_of(row.completion, report.kind) if row.completion or words else (0, -2)

    if not rows:
        return Assessed.NOTHING, True
    judging = [one for one in rows if one[1].kind in COMPLETION.given_in]
    if not judging:
        return Assessed.NOT_JUDGED, True
    row, report, words = max(judging, key=weight)
    no_code = Assessed.WORDS if words else Assessed.BLANK
    return row.completion or no_code, not report.is_for_comment
