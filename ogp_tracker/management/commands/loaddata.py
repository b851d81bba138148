"""Loading fixtures, with the progress and the history that follow from them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializedObject
from django.db.models import Model
from django.utils import timezone

from commitments.models import Commitment
from irm.models import Assessment
from milestones import guards
from milestones.models import Amendment, Evidence, Milestone, NationProgress, ProgressUpdate
from milestones.services import chunks, rebuild_progress, rebuild_states
from milestones.targets import Target, said_of_as_a_whole
from ogp_tracker.common.loaded_history import keeps_history, record_as_loaded

# How to find the milestones whose progress may follow from a row of the fixture, and the
# commitments of which something is said as a whole.
TOUCHES: dict[type[Model], tuple[str, str]] = {
    Commitment: ("commitment__in", "pk__in"),
    Milestone: ("pk__in", ""),
    NationProgress: ("nation_progress__in", "nation_progress__in"),
    ProgressUpdate: ("updates__in", "updates__in"),
}
PUBLICATION: dict[type[Model], tuple[str, ...]] = {
    Commitment: ("published_on",),
    Assessment: ("published_on",),
    ProgressUpdate: ("published_at", "recorded_at", "state"),
}
"""What publishes a row; the first of them says since when."""


class Command(loaddata.Command):
    """Afterwards the current copy equals the published updates.

    A fixture may bring updates without the progress that follows from them, or progress older than
    what officers have published since. Both are corrected in the transaction that loads it, for
    what it touches. Its changes are kept in the history, like every other edit.

    What a fixture brings without a date of publication is a draft, or stays as public as it was;
    `--publish` publishes it today. A backup keeps its own dates.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        words = "publish today what the fixtures bring without a date of publication"
        parser.add_argument("--publish", action="store_true", help=words)

    def handle(self, *fixture_labels: Any, publish: bool = False, **options: Any) -> None:
        self.now = timezone.now()
        self.publishes = publish
        super().handle(*fixture_labels, **options)

    def loaddata(self, fixture_labels: Sequence[str]) -> None:
        self.touched: dict[type[Model], list[Any]] = defaultdict(list)
        self.with_history: dict[type[Model], set[Any]] = defaultdict(set)
        with guards.loading(self.using):
            super().loaddata(fixture_labels)
        targets = list(self._touched())
        rebuild_progress(targets)
        of_milestones = {one.commitment_id for one in targets if isinstance(one, Milestone)}
        rebuild_states(of_milestones.union(self.touched[Commitment]))
        for model, keys in self.with_history.items():
            for chunk in chunks(sorted(keys)):
                record_as_loaded(model._default_manager.filter(pk__in=chunk))

    def save_obj(self, obj: DeserializedObject) -> bool:
        if isinstance(obj.object, Evidence) and obj.object.pk:
            # A fixture that does not name the permanent id would bring a new one each time.
            obj.object.uid = Evidence.objects.values_list("uid", flat=True).get(pk=obj.object.pk)
        if type(obj.object) in PUBLICATION:
            self.set_publication(obj.object)
        if keeps_history(obj.object):
            obj.object.skip_history_when_saving = True  # type: ignore[attr-defined]
        saved: bool = super().save_obj(obj)
        if saved and keeps_history(obj.object):
            self.with_history[type(obj.object)].add(obj.object.pk)
        if isinstance(obj.object, Amendment):
            target = obj.object.target
            self.touched[type(target)].append(target.pk)
            self.with_history[type(target)].add(target.pk)
        if saved and type(obj.object) in TOUCHES:
            self.touched[type(obj.object)].append(obj.object.pk)
        return saved

    def set_publication(self, row: Any) -> None:
        """As it was before, or as of now."""
        names = PUBLICATION[type(row)]
        first = names[0]
        if getattr(row, first) is not None:
            return
        said = type(row)._default_manager.filter(pk=row.pk).values(*names).first()
        if self.publishes and (said is None or said[first] is None):
            today = timezone.localdate(self.now)
            given = {"published_on": today, "state": ProgressUpdate.State.PUBLISHED}
            said = {name: given.get(name, self.now) for name in names}
        elif said is None and first == "published_at":
            said = {"recorded_at": row.recorded_at or self.now}
        for name, value in (said or {}).items():
            setattr(row, name, value)

    def _touched(self) -> set[Target]:
        found: set[Target] = set()
        whole = said_of_as_a_whole()
        for model, keys in self.touched.items():
            milestones, commitments = TOUCHES[model]
            for chunk in chunks(keys):
                found.update(Milestone.objects.filter(**{milestones: chunk}))
                if commitments:
                    found.update(whole.filter(**{commitments: chunk}))
        return found
