"""A large tracker, made in a moment past the services: every milestone is of a plan that runs.

Half of the milestones are past their due day, and a third of the parts is completed: more to look
through than any real tracker has.
"""

import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from commitments.models import (
    ActionPlan,
    Commitment,
    Institution,
    Involvement,
    Membership,
    Nation,
)
from milestones.models import Milestone, NationProgress, ProgressUpdate
from milestones.settled import is_settled, text_of
from ogp_tracker.common import triggers

NATIONS = ("eng", "sct", "wls", "nir")
PLANS = 40
INSTITUTIONS = 400
MILESTONES_EACH = 20
AT_ONCE = 5000

Account = get_user_model()
Role = Membership.Role
LEVELS = ["", "not_started", "limited", "substantial", "completed", "completed"]


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
        """Write everything into an empty database, saying how far it is."""
        triggers.drop("default")
        self.make_bodies()
        self.make_commitments()
        self.make_milestones()
        self.make_updates()
        triggers.install("default")

    def make_bodies(self) -> None:
        """Write nations, plans and institutions."""
        self.nations = Nation.objects.bulk_create(
            Nation(code=code, name=code, label=code, iso_code=code, ons_code=code, position=place)
            for place, code in enumerate(NATIONS, 1)
        )
        self.plans = ActionPlan.objects.bulk_create(
            ActionPlan(
                slug=f"plan-{place}",
                member="United Kingdom",
                title=f"Plan {place}",
                first_day=self.today - timedelta(days=500),
                last_day=self.today + timedelta(days=500),
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
        """Write the commitments, each with a lead, a partner and the lead of everything."""
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
        through = Commitment.nations.through
        in_batches(
            through,
            (
                through(commitment_id=row.pk, nation_id=nation.pk)
                for row in self.commitments
                for nation in self.nations
            ),
        )
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
        """Write the milestones, due from a year ago to a year from now."""
        self.levels = [
            {code: self.dice.choice(LEVELS) for code in NATIONS}
            for _place in range(self.number // MILESTONES_EACH * MILESTONES_EACH)
        ]
        levels = iter(self.levels)
        in_batches(
            Milestone,
            (
                Milestone(
                    commitment=row,
                    number=number,
                    text="Do what a milestone of the usual length says, and tell what came of it.",
                    due_on=self.today + timedelta(days=self.dice.randint(-365, 365)),
                    settled_in=text_of(
                        code for code, level in next(levels).items() if is_settled(True, level)
                    ),
                )
                for row in self.commitments
                for number in range(1, MILESTONES_EACH + 1)
            ),
        )
        self.keys = list(Milestone.objects.order_by("pk").values_list("pk", flat=True))

    def make_updates(self) -> None:
        """Write one published update per milestone with its parts, and some that wait."""
        author = Account.objects.create(username="author")
        in_batches(
            ProgressUpdate,
            (
                self.update(key, place, author, timedelta(days=self.dice.randint(0, 365)))
                for place, key in enumerate(self.keys)
            ),
        )
        updates, days = {}, defaultdict(list)
        for key, pk, at in ProgressUpdate.objects.values_list("milestone", "pk", "published_at"):
            updates[key] = pk
            days[timezone.localdate(at)].append(key)
        for day, keys in days.items():
            for start in range(0, len(keys), AT_ONCE):
                rows = Milestone.objects.filter(pk__in=keys[start : start + AT_ONCE])
                rows.update(last_reported_on=day)
        through = ProgressUpdate.nations.through
        in_batches(
            through,
            (
                through(progressupdate_id=pk, nation_id=nation.pk)
                for pk in updates.values()
                for nation in self.nations
            ),
        )
        in_batches(
            NationProgress,
            (
                self.part(key, nation, updates[key], levels[nation.code])
                for key, levels in zip(self.keys, self.levels, strict=True)
                for nation in self.nations
            ),
        )
        waiting = [
            self.update(key, place, author, None)
            for place, key in enumerate(self.keys[:: MILESTONES_EACH * 2])
        ]
        in_batches(ProgressUpdate, waiting)

    def update(
        self, milestone: int, place: int, author: Any, ago: timedelta | None
    ) -> ProgressUpdate:
        """Return an update published so long `ago`, or one that waits for sign-off."""
        at = self.now - (ago or timedelta())
        return ProgressUpdate(
            milestone_id=milestone,
            level="limited",
            as_of=timezone.localdate(at),
            narrative="What was done, in a sentence of the usual length.",
            obstacles="What stood in the way.",
            institution=self.institutions[(place // MILESTONES_EACH) % INSTITUTIONS],
            recorded_by=author,
            recorded_at=at,
            state="submitted" if ago is None else "published",
            published_at=None if ago is None else at,
        )

    def part(self, milestone: int, nation: Nation, update: int, level: str) -> NationProgress:
        """Return where a milestone stands in a nation."""
        reported = {"update_id": update, "as_of": self.today} if level else {}
        return NationProgress(milestone_id=milestone, nation=nation, level=level, **reported)


def officer(institution: Institution | None, role: str, *plans: ActionPlan) -> Any:
    """Return a new account that acts in this role."""
    account = Account.objects.create(
        username=f"{role}-{institution}-{len(plans)}", is_staff=True, email="officer@example.org"
    )
    for plan in plans or (None,):
        Membership.objects.create(account=account, institution=institution, role=role, plan=plan)
    return account


def in_batches(model: type[models.Model], rows: Iterable[Any]) -> None:
    """Write the rows, so many at once, and say how many there are by now."""
    waiting: Iterator[Any] = iter(rows)
    written = 0
    while batch := list(islice(waiting, AT_ONCE)):
        model._default_manager.bulk_create(batch)
        written += len(batch)
        sys.stderr.write(f"\r\x1b[K{model._meta.verbose_name_plural}: {written:,}")
        sys.stderr.flush()
    sys.stderr.write("\n")
