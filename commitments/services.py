"""Publishing commitments and taking them off the public site: acts of today, here only.

And copying a commitment, and adding and changing a plan.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from itertools import chain, count
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from commitments.attribution import attributed_to
from commitments.models import (
    ActionPlan,
    Commitment,
    FormerSlug,
    Involvement,
    Membership,
    Unpublication,
)
from commitments.models.membership import Role
from commitments.publication_rules import UNITED_KINGDOM, PublicationFacts, what_is_missing
from commitments.rights import Rights, rights_of
from ogp_tracker.common.bounds import NARRATIVE, too_long

SIGN_OFF_RULES = ("needs_sign_off", "needs_civil_society_sign_off")
"""The fields of a plan that only an administrator changes: a point of contact is bound by them."""


COPIED = (
    *("title", "objective", "problem", "contribution", "text_is_summary", "language"),
    *("values_as_published", "lead_unknown", "lead_as_published", "support_as_published"),
)
"""The columns of a commitment that its copy takes over. Ids, addresses and notes stay behind."""

DATES = ("timeline_as_published", "start_date", "end_date")
"""Taken over within one plan only: in another they would be those of the wrong one."""


class CopyRefused(ValidationError):
    """The commitment cannot be copied into the plan; says what to do."""


class PlanRefused(ValidationError):
    """The plan cannot be added or changed; says why, by field."""


class PublicationRefused(ValidationError):
    """A commitment cannot be published or taken off the site; says all that has to be done."""


def create_plan(plan: ActionPlan, by: User | None) -> ActionPlan:
    """A point of contact of its nation becomes that of the plan, and so edits its commitments.

    `by`: None for a command, which may write what it likes. Raises PlanRefused.
    """
    with transaction.atomic():
        _save_plan(plan, ActionPlan(), by)
        if by is not None:
            _give_role(by, plan)
    return plan


def plan_members(rights: Rights, plan: ActionPlan) -> list[str]:
    """The members that a point of contact may choose: those of their nations, or as it is."""
    stored = [plan.member] if plan.member else []
    return stored + [name for name in rights.plan_members() if name != plan.member]


def change_plan(plan: ActionPlan, by: User | None) -> ActionPlan:
    """`by`: as in `create_plan`. Raises PlanRefused."""
    with transaction.atomic():
        _save_plan(plan, ActionPlan.objects.select_for_update().get(pk=plan.pk), by)
    return plan


def publish(commitment: Commitment, by: User) -> Commitment:
    """Publishing again writes nothing. Raises PublicationRefused with all that is missing."""
    with transaction.atomic():
        locked = _lock(commitment, by)
        if locked.published_on is not None:
            return locked
        if missing := missing_to_publish(locked):
            raise PublicationRefused(missing)
        return _save(locked, by, timezone.localdate())


def publish_plan(
    plan: ActionPlan, by: User, only: Collection[int] | None = None
) -> list[Commitment]:
    """Publish all drafts of the plan that the account edits, or none of them.

    `only`: the keys of some of them. What readers see already is left alone. Raises
    PublicationRefused with all that is missing. Returns what it has published.
    """
    with transaction.atomic():
        rights = rights_of(by)
        if not rights.edits_within(plan):
            raise PublicationRefused(_("Only its point of contact publishes a plan."))
        rows = rights.edited_commitments().filter(plan=plan)
        if not set(only or ()) <= set(rows.values_list("pk", flat=True)):
            raise PublicationRefused(_("The plan has changed meanwhile. Look at this list again."))
        drafts = rows.filter(published_on=None)
        if only is not None:
            drafts = drafts.filter(pk__in=only)
        locked = list(drafts.select_for_update(of=("self",)).order_by("pk"))
        missing = missing_in(Commitment.objects.filter(pk__in=[row.pk for row in locked]))
        if any(missing.values()):
            raise PublicationRefused(
                [f"{row}: {sentence}" for row in locked for sentence in missing[row.pk]]
            )
        today = timezone.localdate()
        return [_save(row, by, today) for row in locked]


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
        return _save(locked, by, None)


def copy_commitment(original: Commitment, plan: ActionPlan, by: User) -> Commitment:
    """A draft in the plan, with nations, institutions, policy areas and values. Its milestones are
    copied by `milestones.services.copy_commitment`. Raises CopyRefused.
    """
    names = COPIED + (DATES if plan.pk == original.plan_id else ())
    with transaction.atomic():
        # Two copies at once get two addresses and two places.
        ActionPlan.objects.select_for_update().get(pk=plan.pk)
        copy = Commitment(plan=plan, **{name: getattr(original, name) for name in names})
        copy.slug, copy.order = _free_slug(copy.title), place_in_plan(plan, "")
        copy._history_user = by  # type: ignore[attr-defined]
        copy.save()
        copy.nations.add(*original.nations.all())
        copy.policy_areas.add(*original.policy_areas.all())
        copy.values_claimed.add(*original.values_claimed.all())
        for row in original.involvements.order_by("pk"):
            Involvement.objects.create(
                commitment=copy, institution_id=row.institution_id, role=row.role
            )
        rights = rights_of(by)
        sees = rights.seen_commitments().filter(pk=original.pk).exists()
        if not (sees and rights.may_edit(copy)):
            words = _("You cannot add this commitment to this plan. Choose a plan of your own.")
            raise CopyRefused({"plan": words})
    return copy


def _free_slug(title: str) -> str:
    """Made from the title, with the first number that makes it one of its own."""
    base = slugify(title)[:50].strip("-") or "commitment"
    taken = {
        slug.casefold()
        for rows in (Commitment.objects, FormerSlug.objects)
        for slug in rows.filter(slug__istartswith=base).values_list("slug", flat=True)
    }
    numbered = (f"{base}-{number}" for number in count(2))
    return next(one for one in chain([base], numbered) if one not in taken)


def has_been_public(row: Any) -> bool:
    """Whether readers can see the row, or could at any time that its history knows of."""
    return row.published_on is not None or row.history.exclude(published_on=None).exists()


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
    facts = _facts_of(Commitment.objects.filter(pk=commitment.pk))[commitment.pk]
    country = commitment.plan.country if commitment.plan else None
    given = {"lead_unknown": commitment.lead_unknown, "country": country, **typed}
    return what_is_missing(replace(facts, **given))


def missing_in(commitments: QuerySet[Commitment]) -> dict[int, list[str]]:
    """What `missing_to_publish` says, by key: one query for any number of commitments."""
    return {key: what_is_missing(facts) for key, facts in _facts_of(commitments).items()}


def _facts_of(commitments: QuerySet[Commitment]) -> dict[int, PublicationFacts]:
    leads = Involvement.objects.filter(commitment=OuterRef("pk"), role=Involvement.Role.LEAD)
    nations = Commitment.nations.through._default_manager.filter(commitment=OuterRef("pk"))
    versions = Commitment.history.filter(id=OuterRef("pk")).order_by("history_date", "history_id")
    rows = commitments.annotate(
        has_lead=Exists(leads),
        has_nation=Exists(nations),
        entered_by=Subquery(versions.values("history_user")[:1]),
    ).values_list("pk", "has_lead", "lead_unknown", "has_nation", "plan__country", "entered_by")
    return {
        key: PublicationFacts(has_lead, lead_unknown, has_nation, country, entered_by is None)
        for key, has_lead, lead_unknown, has_nation, country, entered_by in rows
    }


def _save_plan(plan: ActionPlan, was: ActionPlan, by: User | None) -> None:
    """`was`: as it is stored; a plan with the defaults if it is new."""
    rights = rights_of(by)
    may = rights.may_create_plan if was.pk is None else rights.may_edit_plan(was)
    if by is not None and not may:
        raise PlanRefused(_("Only its point of contact or an administrator changes a plan."))
    if by is not None and not rights.is_administrator:
        _check_of_contact(plan, was, plan_members(rights, was))
    plan._history_user = by  # type: ignore[attr-defined]
    plan.save()


def _check_of_contact(plan: ActionPlan, was: ActionPlan, members: list[str]) -> None:
    problems = {
        name: _("Only an administrator changes this. Leave it as it is.")
        for name in SIGN_OFF_RULES
        if getattr(plan, name) != getattr(was, name)
    }
    if plan.member not in members:
        problems["member"] = _("Choose a member whose plans you add: %s.") % " / ".join(members)
    if plan.country not in {was.country, UNITED_KINGDOM}:
        problems["country"] = _("Enter GB: the plan is one of the United Kingdom's.")
    if problems:
        raise PlanRefused(problems)


def _give_role(account: User, plan: ActionPlan) -> None:
    """To a point of contact of the nation, on behalf of the same institution."""
    role = Role.POINT_OF_CONTACT
    rows = Membership.objects.filter(account=account, role=role, plan=None).order_by("pk")
    for row in rows.select_related("institution__nation"):
        nation = row.institution and row.institution.nation
        if nation and nation.member == plan.member:
            given = Membership.objects.create(
                account=account, institution=row.institution, role=role, plan=plan
            )
            words = _("Given with the plan that this account added.")
            LogEntry.objects.log_actions(account.pk, [given], ADDITION, words, single_object=True)
            return


def _lock(commitment: Commitment, by: User) -> Commitment:
    locked = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
    if not rights_of(by).may_edit(locked):
        raise PublicationRefused(_("Only its point of contact publishes it or takes it off."))
    return locked


def _save(locked: Commitment, by: User, published_on: date | None) -> Commitment:
    locked.published_on = published_on
    locked._history_user = by  # type: ignore[attr-defined]
    locked.save(update_fields=["published_on"])
    return locked
