"""Every step of an update on its way to publication is recorded."""

from datetime import datetime

from django.contrib.auth.models import User

from commitments.models import Institution
from milestones.models import ProgressUpdate, UpdateStep


def record_step(
    update: ProgressUpdate,
    kind: UpdateStep.Kind,
    *,
    by: User | None,
    now: datetime,
    institution: Institution | None = None,
    comment: str = "",
) -> UpdateStep:
    return UpdateStep.objects.create(
        update=update,
        kind=kind,
        by=by,
        institution=institution or update.institution,
        comment=comment,
        at=now,
    )
