"""Which accounts may do something: `commitments/rights.py` the other way round."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import Q, QuerySet

from commitments.models import Commitment, Institution, Involvement, Membership, Nation
from commitments.models.membership import REPORTING_ROLES, Role
from commitments.rights import carried_on_by, institutions_on, successors

Account = get_user_model()


def approvers(institution: Institution) -> QuerySet[AbstractUser]:
    """The accounts that sign off for the institution, or for the one that carries on its work."""
    return _accounts(Q(role=Role.LEAD, institution__in=carried_on_by(institution.pk, successors())))


def reporters(institution: Institution) -> QuerySet[AbstractUser]:
    """The accounts that report for the institution, or carry on its work; its leads too."""
    carry_on = carried_on_by(institution.pk, successors())
    return _accounts(Q(role__in=REPORTING_ROLES, institution__in=carry_on))


def civil_society_approvers(commitment: Commitment) -> QuerySet[AbstractUser]:
    return _accounts(Q(role=Role.CIVIL_SOCIETY_LEAD) & _scope_with(commitment))


def points_of_contact(commitment: Commitment) -> QuerySet[AbstractUser]:
    return _accounts(Q(role=Role.POINT_OF_CONTACT) & _scope_with(commitment))


def officers_of_nation(
    commitment: Commitment, nation: Nation, lead: int | None = None
) -> QuerySet[AbstractUser]:
    """The accounts that report on the commitment for institutions of the nation, and its points
    of contact for all plans or this one.

    `lead`: the key of a milestone's own lead.
    """
    bodies = [one for one in institutions_on(commitment, lead) if one.nation_id == nation.pk]
    contact = Q(role=Role.POINT_OF_CONTACT, institution__nation=nation)
    of_plan = Q(plan=None) | Q(plan=commitment.plan_id)
    return _accounts(Q(role__in=REPORTING_ROLES, institution__in=bodies) | (contact & of_plan))


def administrators() -> QuerySet[AbstractUser]:
    return _accounts(Q(role=Role.ADMINISTRATOR)) | Account.objects.filter(
        is_superuser=True, is_active=True
    )


def account_name(account: AbstractUser | None) -> str:
    return str(account.get_full_name() or account.get_username()) if account else ""


def _scope_with(commitment: Commitment) -> Q:
    """By plan or nations: those of its leads, or without a lead those in which it is delivered."""
    leads = commitment.involvements.filter(role=Involvement.Role.LEAD)
    of_leads = Nation.objects.filter(
        institutions__in=Institution.objects.filter(pk__in=leads.values("institution"))
    )
    nations = of_leads.values("pk") if leads.exists() else commitment.nations.values("pk")
    of_plan = Q(plan=commitment.plan_id) if commitment.plan_id else Q(pk__in=())
    return of_plan | Q(plan=None, institution__nation__in=nations)


def _accounts(which: Q) -> QuerySet[AbstractUser]:
    holders = Membership.objects.filter(which).values("account")
    found = Account.objects.filter(pk__in=holders, is_active=True)
    return found.order_by("last_name", "first_name", "username")
