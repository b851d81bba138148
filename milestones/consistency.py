"""What must be true of what is being delivered and cannot be said in SQL."""

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.models import Commitment, Nation
from milestones import progress_rules, services
from milestones.amendment_rules import AmendmentKind
from milestones.conditions import moves_of_due_date
from milestones.evidence_files.upkeep import damaged_files
from milestones.facts import expected_cells, facts_of_update, says, summary_of
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate, UpdateStep
from milestones.targets import Target, commitment_of, for_cells, said_of_as_a_whole
from ogp_tracker.common import triggers
from ogp_tracker.common.consistency import (
    ROWS_AT_ONCE,
    Counter,
    Problem,
    ignore_progress,
    one_problem_each,
    watched,
)

NAMED = ("commitment", "milestone__commitment")
"""What the names of rows of a milestone read."""


def find_problems(count: Counter = ignore_progress) -> Iterator[Problem]:
    yield from chain(
        _missing_guards(),
        _progress_that_differs(count),
        _rows_of_two_commitments(count),
        _levels_out_of_scope(count),
        _updates_against_the_rules(count),
        _updates_out_of_scope(count),
        _corrections_of_something_else(count),
        _broken_chains_of_due_dates(count),
        _due_dates_moved_by_another_update(count),
        _states_that_differ(count),
        _updates_whose_steps_do_not_end_in_publication(count),
        _agreements_that_nobody_gave(count),
        damaged_files(count),
    )


def _missing_guards() -> Iterator[Problem]:
    for name in triggers.missing():
        yield Problem(
            rule=_("The database has all its triggers."),
            where=_("The trigger %(name)s is missing.") % {"name": name},
            to_do=_("Run “python manage.py migrate”, which puts it back."),
        )


def _progress_that_differs(count: Counter) -> Iterator[Problem]:
    every: tuple[QuerySet[Any], ...] = (
        for_cells(said_of_as_a_whole()),
        Milestone.objects.for_cells(),
    )
    for rows in every:
        for target in watched(rows.order_by("pk").iterator(ROWS_AT_ONCE), count):
            if _is_summed_up(target) and not _differences(target):
                continue
            # An update may have been published between the queries: look again under the lock.
            with transaction.atomic():
                again = rows.select_for_update(of=("self",)).get(pk=target.pk)
                differences, is_summed_up = _differences(again), _is_summed_up(again)
            to_do = _("Run “python manage.py check_consistency --rebuild”.")
            if not is_summed_up:
                rule = _("A milestone records its overall level and when it was last updated.")
                yield Problem(rule=rule, where=str(target), to_do=to_do)
            rule = _("Progress in a nation matches the published updates.")
            for nation in differences:
                yield Problem(rule=rule, where=f"{target}, {nation}", to_do=to_do)


def _differences(target: Target) -> list[Nation]:
    nations = {nation.pk: nation for nation in commitment_of(target).nations.all()}
    stored = {row.nation_id: row for row in target.nation_progress.all()}
    nations |= {row.nation_id: row.nation for row in stored.values()}
    # Of a commitment as a whole there is a row only where something is said of it.
    is_whole = isinstance(target, Commitment)
    return [
        nations[key]
        for key, update in expected_cells(target).items()
        if not (says(stored[key], update) if key in stored else is_whole and update is None)
    ]


def _is_summed_up(target: Target) -> bool:
    return isinstance(target, Commitment) or all(
        getattr(target, name) == value for name, value in summary_of(target).items()
    )


def _rows_of_two_commitments(count: Counter) -> Iterator[Problem]:
    rule = _("What names a milestone names its commitment beside it.")
    to_do = _("Compare both with the plan, and record it again.")
    for model in (ProgressUpdate, NationProgress, Amendment):
        rows: QuerySet[Any] = model._default_manager.filter(milestone__isnull=False)
        strays = rows.filter(~Q(milestone__commitment=F("commitment"))).select_related(*NAMED)
        yield from one_problem_each(strays, count, rule, to_do)


def _levels_out_of_scope(count: Counter) -> Iterator[Problem]:
    # Not `exclude(pk__in=…)`: PostgreSQL would go through a long list of keys for every row.
    in_scope = NationProgress.objects.in_scope().filter(pk=OuterRef("pk"))
    rows = NationProgress.objects.filter(~Exists(in_scope), update__isnull=False)
    rule = _("A level is shown only for nations in which the commitment is delivered.")
    to_do = _("Add the nation to the commitment again, or correct the update.")
    return one_problem_each(rows.select_related(*NAMED, "nation"), count, rule, to_do)


def _updates_against_the_rules(count: Counter) -> Iterator[Problem]:
    rows = (
        ProgressUpdate.objects.published()
        .select_related("commitment__plan", "milestone__commitment")
        .prefetch_related("nations", "evidence")
        .order_by("pk")
    )
    for update in watched(rows.iterator(ROWS_AT_ONCE), count):
        for sentence in _refusals(update):
            yield Problem(
                rule=_("A published update follows the rules that applied when it was recorded."),
                where=f"{update}: {sentence}",
                to_do=_("Record a correction that follows them."),
            )


def _refusals(update: ProgressUpdate) -> list[str]:
    """As far as rows can tell: scope and rights of then are taken as they must have been.

    Nor does anything count as "nothing new", since what was current then is not kept.
    """
    facts = facts_of_update(update)
    plan = update.commitment.plan
    then = progress_rules.Circumstances(
        on=timezone.localdate(update.recorded_at),
        in_scope=facts.nations,
        reportable_nations=facts.nations,
        plan_first_day=plan.start_date if plan else None,
        corrects=update.corrects_id is not None,
    )
    try:
        progress_rules.check_update(facts, then)
    except progress_rules.UpdateRefused as refusal:
        return list(refusal.messages)
    return []


def _updates_out_of_scope(count: Counter) -> Iterator[Problem]:
    in_scope = ProgressUpdate.objects.filter(pk=OuterRef("pk"), nations=F("commitment__nations"))
    rows = ProgressUpdate.objects.published().filter(~Exists(in_scope))
    rule = _("A published update is about a nation in which the commitment is delivered.")
    to_do = _("Add the nation to the commitment again, or correct the update.")
    return one_problem_each(rows.select_related(*NAMED), count, rule, to_do)


def _corrections_of_something_else(count: Counter) -> Iterator[Problem]:
    same = Q(corrects__milestone=F("milestone")) | Q(corrects__milestone=None, milestone=None)
    right = ProgressUpdate.objects.filter(
        same,
        pk=OuterRef("pk"),
        corrects__commitment=F("commitment"),
        corrects__published_at__isnull=False,
        corrects__recorded_at__lte=F("recorded_at"),
    )
    rows = ProgressUpdate.objects.published().filter(~Exists(right), corrects__isnull=False)
    rule = _("A correction corrects an earlier published update about the same thing.")
    to_do = _("Record a correction of the right update.")
    return one_problem_each(rows.select_related(*NAMED), count, rule, to_do)


def _broken_chains_of_due_dates(count: Counter) -> Iterator[Problem]:
    rows = (
        Milestone.objects.filter(Exists(moves_of_due_date()))
        .prefetch_related(Prefetch("commitment__amendments", Amendment.objects.published()))
        .order_by("pk")
    )
    for milestone in watched(rows.iterator(ROWS_AT_ONCE), count):
        moves = milestone.due_date_changes
        broken = any(after.due_from != before.due_to for before, after in pairwise(moves))
        if broken or moves[-1].due_to != milestone.due_on:
            yield Problem(
                rule=_(
                    "The changes of a due date follow from each other, up to the current due date."
                ),
                where=str(milestone),
                to_do=_("Move the due date by an amendment; its history shows the dates."),
            )


def _due_dates_moved_by_another_update(count: Counter) -> Iterator[Problem]:
    rows = Amendment.objects.filter(update__isnull=False).exclude(
        kind=AmendmentKind.DUE_DATE_MOVED,
        update__milestone=F("milestone"),
        update__published_at__isnull=False,
        update__due_on_proposed=F("due_to"),
    )
    rule = _("A due date that moved with an update moved to the date in that published update.")
    to_do = _("Move the due date by an amendment, and give the reason.")
    return one_problem_each(rows.select_related(*NAMED), count, rule, to_do)


def _states_that_differ(count: Counter) -> Iterator[Problem]:
    rule = _("What is on hold, withdrawn or merged is what the published amendments say.")
    to_do = _("Run “python manage.py check_consistency --rebuild”.")
    for model in (Commitment, Milestone):
        keys = [key for key, _state in services.differing_states(model)]
        rows: QuerySet[Any] = model._default_manager.filter(pk__in=keys)
        if model is Milestone:
            rows = rows.select_related("commitment")
        yield from one_problem_each(rows, count, rule, to_do)


def _updates_whose_steps_do_not_end_in_publication(count: Counter) -> Iterator[Problem]:
    """Only updates that were published here: those from a fixture have no steps."""
    steps = UpdateStep.objects.filter(update=OuterRef("pk"))
    later = UpdateStep.objects.filter(update=OuterRef("update"), pk__gt=OuterRef("pk"))
    publication = steps.filter(
        ~Exists(later),
        Q(by=F("update__signed_off_by")) | Q(by=None, update__signed_off_by=None),
        kind=UpdateStep.Kind.PUBLISHED,
        at=F("update__published_at"),
    )
    rows = ProgressUpdate.objects.published().filter(Exists(steps), ~Exists(publication))
    rule = _("The last step of an update is its publication by the person who signed it off.")
    to_do = _("Compare the update with its steps, and record a correction if it is needed.")
    return one_problem_each(rows.select_related(*NAMED), count, rule, to_do)


def _agreements_that_nobody_gave(count: Counter) -> Iterator[Problem]:
    """Only where steps were recorded here; what the plan asked for may have changed since."""
    steps = UpdateStep.objects.filter(update=OuterRef("pk"))
    sent_again = UpdateStep.objects.filter(
        update=OuterRef("update"), pk__gt=OuterRef("pk"), kind=UpdateStep.Kind.SUBMITTED
    )
    given = steps.filter(~Exists(sent_again), kind=UpdateStep.Kind.AGREED)
    rows = ProgressUpdate.objects.filter(
        Exists(steps),
        ~Exists(given.filter(by=OuterRef("co_signed_by"))) | Q(co_signed_by=F("recorded_by")),
        co_signed_by__isnull=False,
    )
    rule = _(
        "Civil society agreed after the update was last submitted, and not through its author."
    )
    to_do = _("Ask for the agreement again, or record a correction.")
    return one_problem_each(rows.select_related(*NAMED), count, rule, to_do)
