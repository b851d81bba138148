"""The note that every step of a report on its way to publication leaves."""

from datetime import datetime
from typing import Any

from milestones.models import ProgressUpdate, UpdateStep


def note(
    update: ProgressUpdate,
    kind: UpdateStep.Kind,
    *,
    by: Any,
    now: datetime,
    institution: Any = None,
    comment: str = "",
) -> UpdateStep:
    """Write down who took a step with the update, for which institution, and return the row."""
    return UpdateStep.objects.create(
        update=update,
        kind=kind,
        by=by,
        institution=institution or update.institution,
        comment=comment,
        at=now,
    )
