"""Every step of an update or amendment on its way to publication is recorded."""

from datetime import datetime

from django.contrib.auth.models import User

from commitments.models import Institution
from milestones.models import Amendment, ProgressUpdate, UpdateStep


def record_step(
    record: ProgressUpdate | Amendment,
    kind: UpdateStep.Kind,
    *,
    by: User | None,
    now: datetime,
    institution: Institution | None = None,
    comment: str = "",
) -> UpdateStep:
    return record.steps.create(
        kind=kind,
        by=by,
        institution=institution or record.institution,
        comment=comment,
        at=now,
    )
