"""What must be true of what assessors found and cannot be said in SQL."""

from collections.abc import Iterator

from django.contrib.admin.utils import label_for_field
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from commitments.models import Involvement
from commitments.rights import with_predecessors
from irm.codebook import COMPLETION
from irm.completion_totals import problem_in
from irm.models import Assessment, MilestoneFinding, Reply, Report
from ogp_tracker.common.consistency import (
    ROWS_AT_ONCE,
    BrokenRule,
    Counter,
    Problem,
    ignore_progress,
    one_problem_each,
    watched,
)


def find_problems(count: Counter = ignore_progress) -> Iterator[Problem]:
    yield from _codes_out_of_place(count)
    for rows, rule, to_do in _broken_by_single_rows():
        yield from one_problem_each(rows, count, rule, to_do)
    yield from _replies_by_others(count)
    for report in watched(Report.objects.exclude(completion_totals="").order_by("pk"), count):
        if problem := problem_in(report.completion_totals):
            yield Problem(
                rule=_("Each line of a report's totals is a value of its own and a number."),
                where=f"{report}: {problem}",
                to_do=_("Open the report and save it with the lines corrected."),
            )


def _codes_out_of_place(count: Counter) -> Iterator[Problem]:
    rule = _("An assessment has only the codes that reports of its kind give.")
    to_do = _("Remove the code, or choose the report that gives it.")
    assessments = (
        Assessment.objects.select_related("report", "commitment")
        .defer("analysis", "footnotes", "commitment_as_reported")
        .order_by("pk")
    )
    for assessment in watched(assessments.iterator(ROWS_AT_ONCE), count):
        for name in assessment.codes_out_of_place():
            label = label_for_field(name, Assessment)
            yield Problem(rule, f"{assessment}: {label}", to_do)
    findings = (
        MilestoneFinding.objects.exclude(completion="")
        .select_related("assessment__report", "milestone__commitment")
        .order_by("pk")
    )
    for finding in watched(findings.iterator(ROWS_AT_ONCE), count):
        if not COMPLETION.takes(finding.completion, finding.assessment.report.kind):
            yield Problem(rule, f"{finding}: {COMPLETION.label}", to_do)


def _broken_by_single_rows() -> Iterator[BrokenRule]:
    yield (
        MilestoneFinding.objects.exclude(
            milestone__commitment=F("assessment__commitment")
        ).select_related("assessment__report", "milestone__commitment"),
        _("A finding is about a milestone of the assessed commitment."),
        _("Choose the milestone of the assessed commitment."),
    )
    yield (
        Assessment.objects.exclude(shares_text_with=None)
        .exclude(shares_text_with__report=F("report"), shares_text_with__shares_text_with=None)
        .select_related("report", "commitment")
        .defer("commitment_as_reported"),
        _("A shared text comes from an assessment in the same report that has its own text."),
        _("Choose the assessment that has the text, or none."),
    )
    yield (
        Assessment.objects.filter(is_recorded=False)
        .filter(Q(findings__isnull=False) | Q(relevant_values__isnull=False))
        .select_related("report", "commitment")
        .defer("commitment_as_reported")
        .distinct(),
        _("An assessment that is only covered has no OGP values and no findings."),
        _("Open it and tick “recorded here”."),
    )
    yield (
        _named(Reply.objects.exclude(finding=None).exclude(finding__assessment=F("assessment"))),
        _("A reply to a finding belongs to the finding's assessment."),
        _("Choose a finding of the same assessment."),
    )
    yield (
        _named(
            Reply.objects.filter(
                published_at__isnull=False,
                signed_off_by=F("recorded_by"),
                assessment__commitment__plan__needs_sign_off=True,
            )
        ),
        _("If the plan requires sign-off, nobody signs off their own reply."),
        _("Find out who agreed to it, and tell an administrator of this site."),
    )


def _replies_by_others(count: Counter) -> Iterator[Problem]:
    leads = Involvement.objects.filter(
        commitment=OuterRef("assessment__commitment"),
        institution=OuterRef("institution"),
        role=Involvement.Role.LEAD,
    )
    rows = _named(Reply.objects.exclude(Exists(leads)))
    heirs: dict[int, frozenset[int]] = {}
    for reply in watched(rows.iterator(ROWS_AT_ONCE), count):
        if reply.institution_id not in heirs:
            heirs[reply.institution_id] = with_predecessors([reply.institution_id])
        commitment = reply.assessment.commitment
        parts = commitment.involvements.all()
        leading = {part.institution_id for part in parts if part.role == Involvement.Role.LEAD}
        if not leading & heirs[reply.institution_id]:
            yield Problem(
                rule=_("Only an institution that leads the commitment replies to the assessor."),
                where=str(reply),
                to_do=_("Choose the institution that leads, or make this one a lead."),
            )


def _named(replies: QuerySet[Reply]) -> QuerySet[Reply]:
    return (
        replies.select_related("institution", "assessment__report", "assessment__commitment")
        .select_related("finding__milestone__commitment", "finding__assessment__report")
        .prefetch_related("assessment__commitment__involvements")
        .order_by("pk")
    )
