"""A large tracker, written past the services: every milestone belongs to a plan that runs.

Half of the milestones are past their due date and a third of the progress is “completed”: more to
look through than any real tracker has.
"""

import random
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice, product
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, models
from django.db.models.fields.related_descriptors import ManyToManyDescriptor
from django.utils import timezone

from commitments.models import ActionPlan, Commitment, Institution, Involvement, Membership, Nation
from irm.models import Assessment, MilestoneFinding, Report
from milestones import known, levels_in
from milestones.levels import roll_up
from milestones.models import Amendment, Evidence, Milestone, NationProgress, ProgressUpdate
from milestones.settled import is_settled, text_of
from ogp_tracker.common import triggers

NATIONS = ("eng", "sct", "wls", "nir")
PLANS = 40
INSTITUTIONS = 400
MILESTONES_EACH = 10
AT_ONCE = 5000
LEVELS = ["", "not_started", "limited", "substantial", "completed", "completed"]
COMPLETIONS = ["not_started", "limited", "substantial", "complete", "no_evidence_available"]


class LargeTracker:
    """Rows for `milestones` milestones in four nations each, and who works on them.

    `everywhere` is an institution that leads every commitment beside its own lead: no account can
    have more to look after than its officers.
    """

    def __init__(self, milestones: int) -> None:
        self.number = milestones
        self.today = timezone.localdate()
        self.now = timezone.now()
        self.dice = random.Random(1)

    def make(self) -> None:
        with writing_without_triggers():
            self.make_bodies()
            self.make_commitments()
            self.make_milestones()
            self.make_updates()
            self.make_amendments()
            self.make_findings()

    def make_bodies(self) -> None:
        self.nations = list(Nation.objects.order_by("position")) or Nation.objects.bulk_create(
            Nation(code=code, name=code, label=code, iso_code=code, ons_code=code, position=place)
            for place, code in enumerate(NATIONS, 1)
        )
        self.plans = ActionPlan.objects.bulk_create(
            ActionPlan(
                slug=f"plan-{place}",
                member="United Kingdom",
                title=f"Plan {place}",
                start_date=self.today - timedelta(days=500),
                end_date=self.today + timedelta(days=500),
                needs_sign_off=True,
            )
            for place in range(PLANS)
        )
        self.institutions = Institution.objects.bulk_create(
            Institution(
                slug=f"institution-{place}",
                name=f"Institution {place}",
                kind="government_department",
                nation=self.nations[place % len(self.nations)],
                team_mailbox=f"team-{place}@example.org",
            )
            for place in range(INSTITUTIONS + 1)
        )
        self.everywhere = self.institutions[-1]
        Institution.objects.filter(pk=self.everywhere.pk).update(nation=None)

    def make_commitments(self) -> None:
        """Each with a lead, a partner and the lead of everything."""
        self.commitments = Commitment.objects.bulk_create(
            Commitment(
                slug=f"UK{place}",
                ogp_id=f"UK{place}",
                plan=self.plans[place % PLANS],
                title=f"Commitment {place} to do what a title of the usual length says",
                published_on=self.today,
            )
            for place in range(self.number // MILESTONES_EACH)
        )
        in_every_nation(Commitment.nations, (row.pk for row in self.commitments))
        in_batches(
            Involvement,
            (
                Involvement(commitment=row, institution=institution, role=role)
                for place, row in enumerate(self.commitments)
                for institution, role in (
                    (self.institutions[place % INSTITUTIONS], "lead"),
                    (self.everywhere, "lead"),
                    (self.institutions[(place * 7 + 1) % INSTITUTIONS], "partner"),
                )
            ),
        )

    def make_milestones(self) -> None:
        """Due from a year ago to a year from now, and reported on in the year before today."""
        places = list(product(self.commitments, range(1, MILESTONES_EACH + 1)))
        self.levels = [{code: self.dice.choice(LEVELS) for code in NATIONS} for _place in places]
        self.ages = [timedelta(days=self.dice.randint(0, 365)) for _place in places]
        in_batches(
            Milestone,
            (
                Milestone(
                    commitment=row,
                    number=number,
                    label=str(number),
                    order=number,
                    text="Do what a milestone of the usual length says, and tell what came of it.",
                    due_on=self.today + timedelta(days=self.dice.randint(-365, 365)),
                    last_reported_on=timezone.localdate(self.now - age),
                    overall=whole.overall,
                    is_completed=whole.is_completed,
                    known_in=known.text_of(
                        {code: known.known_in(cell) for code, cell in cells.items()}
                    ),
                    levels_in=levels_in.text_of(cells),
                    settled_in=text_of(
                        code for code, level in levels.items() if is_settled(True, level)
                    ),
                )
                for (row, number), levels, age in zip(places, self.levels, self.ages, strict=True)
                for cells in ({code: NationProgress(level=one) for code, one in levels.items()},)
                for whole in (roll_up(cells.values()),)
            ),
        )
        rows = Milestone.objects.filter(commitment__plan__in=self.plans)
        rows = rows.order_by("pk").values_list("pk", "commitment")
        self.commitment_of = dict(rows)
        self.keys = list(self.commitment_of)

    def make_updates(self) -> None:
        """One published update per milestone with its progress, and some that wait for sign-off."""
        author = User.objects.create(username="author")
        in_batches(
            ProgressUpdate,
            (
                self.update(key, place, author, age)
                for place, (key, age) in enumerate(zip(self.keys, self.ages, strict=True))
            ),
        )
        written = ProgressUpdate.objects.filter(recorded_by=author)
        updates = dict(written.values_list("milestone", "pk"))
        in_every_nation(ProgressUpdate.nations, updates.values())
        in_batches(
            NationProgress,
            (
                NationProgress(
                    commitment_id=self.commitment_of[key],
                    milestone_id=key,
                    nation=nation,
                    level=level,
                    level_basis="given" if level else "",
                    provenance="reported_here" if level else "",
                    update_id=updates[key] if level else None,
                    as_of=self.today if level else None,
                )
                for key, levels in zip(self.keys, self.levels, strict=True)
                for nation in self.nations
                for level in (levels[nation.code],)
            ),
        )
        waiting = enumerate(self.keys[:: MILESTONES_EACH * 2])
        in_batches(
            ProgressUpdate, (self.update(key, place, author, None) for place, key in waiting)
        )

        in_batches(
            Evidence,
            (
                Evidence(update_id=key, title="A document", url="https://example.org/document")
                for key in list(updates.values())[::2]
            ),
        )

    def make_amendments(self) -> None:
        """A twentieth of the due dates moved, by a quarter of a year."""
        moved = list(Milestone.objects.filter(pk__in=self.keys[::20]))
        in_batches(
            Amendment,
            (
                Amendment(
                    commitment_id=row.commitment_id,
                    milestone=row,
                    kind=Amendment.Kind.DUE_DATE_MOVED,
                    due_from=row.due_on - timedelta(days=90),
                    due_to=row.due_on,
                    effective_on=self.today - timedelta(days=30),
                    reason="The reason, in a sentence of the usual length.",
                    institution=self.institutions[0],
                    recorded_at=self.now,
                    state="published",
                    published_at=self.now,
                )
                for row in moved
                if row.due_on
            ),
        )

    def make_findings(self) -> None:
        """A report of each plan assesses each commitment, and each second milestone."""
        reports = Report.objects.bulk_create(
            Report(
                slug=f"report-of-{plan.slug}",
                title=f"Report {plan.title}",
                kind="implementation_report",
                plan=plan,
                stage="final",
                evidence_cut_off=self.today - timedelta(days=200),
                released_on=self.today - timedelta(days=100),
            )
            for plan in self.plans
        )
        in_batches(
            Assessment,
            (
                Assessment(
                    report=reports[place % PLANS],
                    commitment=row,
                    is_recorded=True,
                    completion=self.dice.choice(COMPLETIONS),
                    analysis="What the report says of it, in a sentence of the usual length. " * 9,
                    published_on=self.today,
                )
                for place, row in enumerate(self.commitments)
            ),
        )
        assessments = dict(
            Assessment.objects.filter(report__in=reports).values_list("commitment", "pk")
        )
        in_batches(
            MilestoneFinding,
            (
                MilestoneFinding(
                    milestone_id=key,
                    assessment_id=assessments[self.commitment_of[key]],
                    completion=self.dice.choice(COMPLETIONS),
                )
                for key in self.keys[::2]
            ),
        )

    def update(
        self, milestone: int, place: int, author: User, ago: timedelta | None
    ) -> ProgressUpdate:
        """An update published so long `ago`, or one that waits for sign-off."""
        at = self.now - (ago or timedelta())
        return ProgressUpdate(
            commitment_id=self.commitment_of[milestone],
            milestone_id=milestone,
            level="limited",
            level_basis="given",
            as_of=timezone.localdate(at),
            narrative="What was done, in a sentence of the usual length.",
            obstacles="What stood in the way.",
            institution=self.institutions[(place // MILESTONES_EACH) % INSTITUTIONS],
            recorded_by=author,
            recorded_at=at,
            state="submitted" if ago is None else "published",
            published_at=None if ago is None else at,
        )


def officer(institution: Institution | None, role: str, *plans: ActionPlan) -> User:
    account = User.objects.create(
        username=f"{role}-{institution}-{len(plans)}", is_staff=True, email="officer@example.org"
    )
    for plan in plans or (None,):
        Membership.objects.create(account=account, institution=institution, role=role, plan=plan)
    return account


@contextmanager
def writing_without_triggers() -> Iterator[None]:
    """Drop the triggers while rows are written; at the end they bring index and version up."""
    triggers.drop("default")
    yield
    started = time.perf_counter()
    triggers.install("default")
    if connection.vendor == "postgresql":
        # As its autovacuum does after a while. SQLite never does it by itself.
        connection.cursor().execute("VACUUM ANALYZE")
    print(f"Triggers and search index: {time.perf_counter() - started:.0f} s", file=sys.stderr)


def in_every_nation(field: "ManyToManyDescriptor[Any, Any]", keys: Iterable[int]) -> None:
    name = f"{field.field.m2m_field_name()}_id"
    nations = list(Nation.objects.values_list("pk", flat=True))
    in_batches(
        field.through,
        (field.through(**{name: key, "nation_id": nation}) for key in keys for nation in nations),
    )


def in_batches(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    waiting = iter(rows)
    written = 0
    while batch := list(islice(waiting, AT_ONCE)):
        model._default_manager.bulk_create(batch)
        written += len(batch)
        sys.stderr.write(f"\r\x1b[K{model._meta.verbose_name_plural}: {written:,}")
        sys.stderr.flush()
    sys.stderr.write("\n")
