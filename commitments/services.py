"""Publishing a commitment and taking it off the public site: acts of today, here only."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.attribution import attributed_to
from commitments.models import ActionPlan, Commitment, FormerSlug, Involvement, Unpublication
from commitments.publication_rules import PublicationFacts, what_is_missing
from commitments.rights import rights_of
from ogp_tracker.common.bounds import NARRATIVE, too_long


class PublicationRefused(ValidationError):
    """The commitment cannot be published or taken off the site; says all that has to be done."""


def publish(commitment: Commitment, by: User) -> Commitment:
    """Publishing again writes nothing. Raises PublicationRefused with all that is missing."""
    with transaction.atomic():
        locked = _lock(commitment, by)
        if locked.published_on is not None:
            return locked
        if missing := missing_to_publish(locked):
            raise PublicationRefused(missing)
        return _save(locked, by, is_public=True)


def unpublish(commitment: Commitment, by: User, reason: str) -> Commitment:
    """Take it off the public site. Readers see the reason. Raises PublicationRefused."""
    with transaction.atomic():
        locked = _lock(commitment, by)
        if locked.published_on is None:
            raise PublicationRefused(_("It is not on the public site: somebody has taken it off."))
        reason = reason.strip()
        if problem := too_long(reason, NARRATIVE) if reason else _("Say why. Readers see it."):
            raise PublicationRefused(problem)
        institution, role = attributed_to(by, locked)
        Unpublication.objects.create(
            commitment=locked,
            name=str(locked),
            published_on=locked.published_on,
            reason=reason,
            institution=institution,
            role=role,
        )
        return _save(locked, by, is_public=False)


def keep_former_slug(commitment: Commitment, former: str) -> None:
    if former != commitment.slug:
        FormerSlug.objects.create(commitment=commitment, slug=former)


def place_in_plan(plan: ActionPlan, label: str) -> int:
    """The place of a new commitment: where its number says, or else the last one."""
    if label.isdecimal() and len(label) < 4:
        return int(label)
    return 1 + (plan.commitments.aggregate(most=Max("order"))["most"] or 0)


def missing_to_publish(commitment: Commitment, **typed: Any) -> list[str]:
    """A sentence for each thing. `typed`: facts that a form is about to save."""
    first = commitment.history.order_by("history_date", "history_id").first()
    facts = PublicationFacts(
        has_lead=commitment.involvements.filter(role=Involvement.Role.LEAD).exists(),
        lead_unknown=commitment.lead_unknown,
        has_nation=commitment.nations.exists(),
        country=commitment.plan.country if commitment.plan else None,
        is_from_document=first is None or first.history_user_id is None,
    )
    return what_is_missing(replace(facts, **typed))


def _lock(commitment: Commitment, by: User) -> Commitment:
    locked = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
    if not rights_of(by).may_edit(locked):
        raise PublicationRefused(_("Only its point of contact publishes it or takes it off."))
    return locked


def _save(locked: Commitment, by: User, *, is_public: bool) -> Commitment:
    locked.published_on = timezone.localdate() if is_public else None
    locked._history_user = by  # type: ignore[attr-defined]
    locked.save(update_fields=["published_on"])
    return locked
