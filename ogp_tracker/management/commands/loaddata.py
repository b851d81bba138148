"""Loading vocabularies and backups, with the progress and the history that follow from them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializedObject
from django.db.models import Model

from milestones import guards
from milestones.models import Amendment, ProgressUpdate
from milestones.services import chunks, rebuild_progress, rebuild_states
from ogp_tracker.common.loaded_history import keeps_history, record_as_loaded


class Command(loaddata.Command):
    """Afterwards the current copy equals the published updates.

    A file may bring updates without the progress that follows from them, or progress older than
    what officers have published since. Both are corrected in the transaction that loads it. Its
    changes are kept in the history, like every other edit.
    """

    def loaddata(self, fixture_labels: Sequence[str]) -> None:
        self.loaded: dict[type[Model], set[Any]] = defaultdict(set)
        with guards.loading(self.using):
            super().loaddata(fixture_labels)
        with_history = {model: keys for model, keys in self.loaded.items() if keeps_history(model)}
        if with_history or ProgressUpdate in self.loaded:
            rebuild_progress()
            rebuild_states()
        for model, keys in with_history.items():
            for chunk in chunks(sorted(keys)):
                record_as_loaded(model._default_manager.filter(pk__in=chunk))

    def save_obj(self, obj: DeserializedObject) -> bool:
        row = obj.object
        if keeps_history(row):
            row.skip_history_when_saving = True  # type: ignore[attr-defined]
        saved: bool = super().save_obj(obj)
        if saved:
            self.loaded[type(row)].add(row.pk)
            if isinstance(row, Amendment):
                self.loaded[type(row.target)].add(row.target.pk)
        return saved
