"""What an account may do: computed from its memberships, and from nothing else.

The admin, the services and imports all ask here. Nobody is exempt: a superuser is an
administrator, who looks after accounts, institutions and plans, and writes neither government's
reports nor assessments.

| role | may |
|---|---|
| reporter | draft and submit updates on behalf of its institution |
| lead | the same, and sign off, publish and reply for its institution |
| point of contact | edit commitments, milestones, due dates of its plan or nation; add plans |
| civil-society lead | agree to updates on its plan or nation |
| IRM researcher | write assessments |
| administrator | look after accounts, institutions, plans; enter levels told by the IRM |
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from commitments.models import ActionPlan, Commitment, Institution, Involvement, Membership, Nation
from commitments.models.institution import NOT_GOVERNMENT
from commitments.models.membership import REPORTING_ROLES, Role, is_on_both_sides
from ogp_tracker.common.relations import model_behind

REPORTING_INVOLVEMENTS = frozenset(
    {Involvement.Role.LEAD, Involvement.Role.PARTNER, Involvement.Role.SUPPORT_GOVERNMENT}
)
"""The roles in a commitment with which an institution may report on it."""


@dataclass(frozen=True)
class RoleScope:
    """The plans and nations that a role is for; keys."""

    plans: frozenset[int] = frozenset()
    nations: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.plans or self.nations)


@dataclass(frozen=True)
class Rights:
    """What one account may do. Institutions, plans and nations are given by their keys."""

    account: int | None = None
    reports_for: frozenset[int] = frozenset()
    """Institutions on behalf of which it drafts and submits."""
    carries_on: frozenset[int] = frozenset()
    """The same, and those whose work they carry on: it goes on writing their drafts."""
    signs_for: frozenset[int] = frozenset()
    """Institutions for which it signs off and publishes, and those whose work they carry on."""
    coordinates: RoleScope = field(default_factory=RoleScope)
    """The plans and nations of which it is the point of contact."""
    agrees: RoleScope = field(default_factory=RoleScope)
    """The plans and nations for which it is the civil-society lead."""
    is_assessor: bool = False
    is_administrator: bool = False

    @property
    def may_enter(self) -> bool:
        return self.is_government or self.is_assessor or self.is_administrator

    @property
    def is_government(self) -> bool:
        return bool(self.reports_for or self.coordinates or self.agrees)

    @property
    def can_publish(self) -> bool:
        """Or let others publish."""
        return bool(
            self.signs_for
            or self.coordinates
            or self.agrees
            or self.is_assessor
            or self.is_administrator
        )

    # Plans

    @property
    def may_create_plan(self) -> bool:
        return self.is_administrator or bool(self.coordinates.nations)

    def plan_members(self) -> list[str]:
        """The OGP members whose plans it adds as point of contact of their nations."""
        nations = Nation.objects.filter(pk__in=self.coordinates.nations).order_by("position")
        return [nation.member for nation in nations]

    def may_edit_plan(self, plan: ActionPlan) -> bool:
        """Being for the nation is not enough: others may look after the plan."""
        return self.is_administrator or plan.pk in self.coordinates.plans

    def edits_within(self, plan: ActionPlan) -> bool:
        """Whether it edits all commitments of the plan, or at least one."""
        is_contact = plan.pk in self.coordinates.plans
        return is_contact or self.edited_commitments().filter(plan=plan).exists()

    # Commitments

    def seen_commitments(self) -> QuerySet[Commitment]:
        """Drafts included; an assessor sees what the public sees."""
        seen = Q(pk__in=())
        if self.reports_for:
            seen |= reported_by(self.reports_for, self.carries_on)
            seen |= leads_a_milestone(self.carries_on)
        for scope in (self.coordinates, self.agrees):
            if scope:
                seen |= _within(scope) | _delivered_in(scope.nations)
        if self.is_assessor:
            seen |= Q(pk__in=Commitment.objects.public().values("pk"))
        return Commitment.objects.filter(seen)

    def edited_commitments(self) -> QuerySet[Commitment]:
        """As point of contact: those of its plan, and those led by an institution of its nation.

        Without a lead, those that are delivered in its nation.
        """
        return Commitment.objects.filter(_within(self.coordinates))

    def agreed_commitments(self) -> QuerySet[Commitment]:
        return Commitment.objects.filter(_within(self.agrees))

    def may_edit(self, commitment: Commitment) -> bool:
        return bool(self.coordinates) and _has(self.edited_commitments(), commitment)

    def may_agree(self, commitment: Commitment) -> bool:
        return bool(self.agrees) and _has(self.agreed_commitments(), commitment)

    # Reports

    def institutions_for(
        self, commitment: Commitment, lead: int | None = None
    ) -> list[Institution]:
        """`lead`: the own lead of the milestone that is asked about; a key."""
        prefetch_related_objects([commitment], "nations")
        own = Institution.objects.filter(pk__in=self.reports_for).select_related("nation")
        return [one for one in own if reportable_nations(one, commitment, lead=lead)]

    def may_report_for(self, institution: Institution | None) -> bool:
        return institution is not None and institution.pk in self.reports_for

    def may_carry_on_for(self, institution: Institution | None) -> bool:
        """For the institution or its successor."""
        return institution is not None and institution.pk in self.carries_on

    def may_sign_for(self, institution: Institution | None) -> bool:
        return institution is not None and institution.pk in self.signs_for


def rights_of(account: User | AnonymousUser | None) -> Rights:
    """What the account may do now; no account, or an inactive one, may do nothing.

    Whether it is active, and its roles, are read now: an account that was switched off since it was
    loaded has lost them. One query, and one more for a reporter or lead.
    """
    if not isinstance(account, User) or account.pk is None or not account.is_active:
        return Rights()
    rows = list(
        Membership.objects.filter(account=account, account__is_active=True).select_related(
            "institution"
        )
    )
    roles = {row.role for row in rows}
    is_administrator = account.is_superuser or Role.ADMINISTRATOR in roles
    if any(is_on_both_sides(role, roles) for role in roles):
        # Only a database without its guards has such rows: then it may write for neither side.
        return Rights(account=account.pk, is_administrator=is_administrator)
    reports_for, signs_for = _institutions(rows, REPORTING_ROLES), _institutions(rows, {Role.LEAD})
    carried_on = successors() if reports_for else {}
    return Rights(
        account=account.pk,
        reports_for=reports_for,
        carries_on=with_predecessors(reports_for, carried_on),
        signs_for=with_predecessors(signs_for, carried_on),
        coordinates=scope_of(rows, Role.POINT_OF_CONTACT),
        agrees=scope_of(rows, Role.CIVIL_SOCIETY_LEAD),
        is_assessor=Role.IRM_RESEARCHER in roles,
        is_administrator=is_administrator,
    )


def agrees_on_behalf_of(account: User | None, commitment: Commitment) -> Institution | None:
    """The body for which the account agrees to updates on the commitment; None if it does not."""
    rows = Membership.objects.filter(account=account, role=Role.CIVIL_SOCIETY_LEAD)
    for row in rows.select_related("institution").order_by("pk"):
        if Rights(agrees=scope_of([row], Role.CIVIL_SOCIETY_LEAD)).may_agree(commitment):
            return row.institution
    return None


def involvement_roles(
    institution: Institution, commitment: Commitment, lead: int | None = None
) -> frozenset[str]:
    """The roles of the institution, and of those whose work it carries on. Two queries.

    `lead`: the key of a milestone's own lead, which on that milestone is a lead like any other.
    """
    heirs = with_predecessors([institution.pk])
    # Forms and services ask again on purpose: not through the commitment, where it looks like a
    # page that asks once per row.
    rows = Involvement.objects.filter(commitment=commitment, institution__in=heirs)
    own = {Involvement.Role.LEAD} if lead in heirs else set()
    return frozenset(rows.values_list("role", flat=True)) | own


def reportable_nations(
    institution: Institution,
    commitment: Commitment,
    roles: frozenset[str] | None = None,
    lead: int | None = None,
) -> frozenset[str]:
    """The codes of the nations that the institution may report for, itself or as a successor.

    `roles`: its roles, if they have been looked up already. `lead`: see `involvement_roles`.
    """
    in_scope = frozenset(nation.code for nation in commitment.nations.all())
    roles = involvement_roles(institution, commitment, lead) if roles is None else roles
    own = institution.nation.code if institution.nation else None
    return nations_reported_for(roles, institution.kind, own, in_scope)


def nations_reported_for(
    roles: Collection[str], kind: str, own: str | None, in_scope: frozenset[str]
) -> frozenset[str]:
    """A lead reports for all nations in scope. Pure.

    Any other body of government that takes part, and the devolved government of a nation in
    scope, reports for its `own` nation only.
    """
    if kind in NOT_GOVERNMENT:
        return frozenset()
    if Involvement.Role.LEAD in roles:
        return in_scope
    takes_part = kind == Institution.Kind.DEVOLVED or not REPORTING_INVOLVEMENTS.isdisjoint(roles)
    return in_scope & {own} if own and takes_part else frozenset()


def institutions_on(commitment: Commitment, lead: int | None = None) -> list[Institution]:
    """Those that may report on the commitment, by name. Four queries.

    `lead`: see `involvement_roles`.
    """
    after = successors()
    roles: dict[int, set[str]] = defaultdict(set)
    for key in carried_on_by(lead, after) if lead else ():
        roles[key].add(Involvement.Role.LEAD)
    rows = Involvement.objects.filter(commitment=commitment).order_by()
    for named, role in rows.values_list("institution", "role"):
        for key in carried_on_by(named, after):
            roles[key].add(role)
    nations = {nation.pk: nation.code for nation in commitment.nations.all()}
    devolved = Q(kind=Institution.Kind.DEVOLVED, nation__in=nations)
    candidates = Institution.objects.filter(devolved | Q(pk__in=roles)).order_by("name")
    in_scope = frozenset(nations.values())
    return [
        one
        for one in candidates
        if nations_reported_for(roles[one.pk], one.kind, nations.get(one.nation_id or 0), in_scope)
    ]


def leads(institution: Institution, commitment: Commitment, lead: int | None = None) -> bool:
    """Itself, or as one that carries on the work of a lead. `lead`: see `involvement_roles`."""
    return Involvement.Role.LEAD in involvement_roles(institution, commitment, lead)


def reported_by(institutions: Iterable[int], heirs: frozenset[int] | None = None) -> Q:
    """The condition under which one of the institutions may report on a commitment.

    `heirs`: they and those whose work they carry on, if looked up already.
    """
    heirs = with_predecessors(institutions) if heirs is None else heirs
    takes_part = Involvement.objects.filter(institution__in=heirs, role__in=REPORTING_INVOLVEMENTS)
    devolved = Nation.objects.filter(
        institutions__in=list(institutions), institutions__kind=Institution.Kind.DEVOLVED
    )
    through = Commitment.nations.through._default_manager
    delivered = through.filter(nation__in=devolved.order_by().values("pk"))
    return Q(pk__in=_commitments_of(takes_part)) | Q(pk__in=_commitments_of(delivered))


def leads_a_milestone(heirs: frozenset[int]) -> Q:
    led = model_behind(Commitment, "milestones").objects.filter(lead__in=heirs)
    return Q(pk__in=_commitments_of(led))


def led_by(institutions: Iterable[int]) -> Q:
    """Whether one of the institutions leads a commitment, or carries on its lead's work."""
    heirs = with_predecessors(institutions)
    lead = Involvement.objects.filter(institution__in=heirs, role=Involvement.Role.LEAD)
    return Q(pk__in=_commitments_of(lead))


def with_predecessors(
    institutions: Iterable[int], after: Mapping[int, int] | None = None
) -> frozenset[int]:
    """With all those whose work they carry on. One query, unless `after` has been looked up."""
    after = successors() if after is None else after
    found = set(institutions)
    while more := {one for one, successor in after.items() if successor in found} - found:
        found |= more
    return frozenset(found)


def carried_on_by(institution: int, successors: Mapping[int, int]) -> list[int]:
    """Itself, and who carries on its work, one after the other."""
    chain = [institution]
    while (after := successors.get(chain[-1])) is not None and after not in chain:
        chain.append(after)
    return chain


def successors() -> dict[int, int]:
    """By institution, the one that carries on its work."""
    ended = Institution.objects.filter(succeeded_by__isnull=False).order_by()
    rows = ended.values_list("pk", "succeeded_by")
    return {before: after for before, after in rows if after is not None}


def _institutions(rows: list[Membership], roles: Iterable[str]) -> frozenset[int]:
    return frozenset(
        row.institution_id for row in rows if row.role in set(roles) and row.institution_id
    )


def scope_of(rows: list[Membership], role: str) -> RoleScope:
    mine = [row for row in rows if row.role == role]
    return RoleScope(
        plans=frozenset(row.plan_id for row in mine if row.plan_id),
        nations=frozenset(
            row.institution.nation_id
            for row in mine
            if row.plan_id is None and row.institution and row.institution.nation_id
        ),
    )


def _within(scope: RoleScope) -> Q:
    its_leads = Involvement.objects.filter(commitment=OuterRef("pk"), role=Involvement.Role.LEAD)
    by_nation = Q(Exists(its_leads.filter(institution__nation__in=scope.nations))) | (
        ~Q(Exists(its_leads)) & _delivered_in(scope.nations)
    )
    return Q(plan__in=scope.plans) | by_nation


def _commitments_of(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The keys of the commitments of few rows, from which the databases can begin."""
    return rows.order_by().values("commitment")


def _delivered_in(nations: Collection[int]) -> Q:
    through = Commitment.nations.through._default_manager
    return Q(Exists(through.filter(commitment=OuterRef("pk"), nation__in=nations)))


def _has(commitments: QuerySet[Commitment], commitment: Commitment) -> bool:
    return commitments.filter(pk=commitment.pk).exists()
