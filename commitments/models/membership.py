"""For which institution an account acts; its rights follow from it (`commitments/rights.py`)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ogp_tracker.common.constraints import FieldRule, FieldUnique
from ogp_tracker.common.fields import ProtectedKey
from ogp_tracker.common.texts import StrOrPromise

from .institution import NOT_GOVERNMENT, Institution
from .plan import ActionPlan


class Role(models.TextChoices):
    REPORTER = "reporter", _("Reporter")
    LEAD = "lead", _("Lead")
    POINT_OF_CONTACT = "point_of_contact", _("Point of contact")
    CIVIL_SOCIETY_LEAD = "civil_society_lead", _("Civil-society lead")
    IRM_RESEARCHER = "irm_researcher", _("IRM researcher")
    ADMINISTRATOR = "administrator", _("Administrator")


GOVERNMENT_ROLES = frozenset(
    {Role.REPORTER, Role.LEAD, Role.POINT_OF_CONTACT, Role.CIVIL_SOCIETY_LEAD}
)
"""The roles that write what government says. A civil-society lead does not act for government, but
agrees to its updates: that, too, is not for the assessor."""

ASSESSOR_ROLES = frozenset({Role.IRM_RESEARCHER})

REPORTING_ROLES = frozenset({Role.REPORTER, Role.LEAD})
"""The roles in which an account writes on behalf of its institution."""

SCOPED_ROLES = frozenset({Role.POINT_OF_CONTACT, Role.CIVIL_SOCIETY_LEAD})
"""The roles that are for a plan or a nation."""

BOTH_SIDES = _(
    "No account writes both government's word and the assessor's. Remove the other role first, or"
    " give the person a second account."
)

NOT_CIVIL_SOCIETY = frozenset(
    {Institution.Kind.DEPARTMENT, Institution.Kind.DEVOLVED, Institution.Kind.LOCAL}
)


class Membership(models.Model):
    Role = Role

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("account"),
    )
    institution = ProtectedKey(
        Institution,
        null=True,
        related_name="memberships",
        verbose_name=_("institution"),
        help_text=_("Only an administrator acts for no institution."),
    )
    role = models.CharField(_("role"), max_length=30, choices=Role)
    plan = ProtectedKey(
        ActionPlan,
        null=True,
        related_name="memberships",
        verbose_name=_("plan"),
        help_text=_(
            "For a point of contact or a civil-society lead of one plan. Without it the role is"
            " for the nation of the institution."
        ),
    )

    class Meta:
        ordering = ("account", "institution", "role")
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = (
            FieldUnique(
                field="institution",
                fields=("account", "institution", "role"),
                condition=Q(plan=None),
                name="commitments_membership_once",
                message=_("This account already has this role there."),
            ),
            FieldUnique(
                field="plan",
                fields=("account", "institution", "role", "plan"),
                condition=Q(plan__isnull=False),
                name="commitments_membership_once_per_plan",
                message=_("This account already has this role for this plan."),
            ),
            models.CheckConstraint(
                name="commitments_membership_role_known",
                condition=Q(role__in=[str(value) for value in Role.values]),
            ),
            FieldRule(
                field="institution",
                name="commitments_membership_has_institution",
                condition=Q(role="administrator") | Q(institution__isnull=False),
                message=_("Choose the institution that this account acts for."),
            ),
            FieldRule(
                field="plan",
                name="commitments_membership_plan_for_whole_plans",
                condition=Q(plan=None) | Q(role__in=sorted(str(role) for role in SCOPED_ROLES)),
                message=_(
                    "Only a point of contact or a civil-society lead is for a plan. Leave it empty."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.account}: {self.get_role_display()} ({self.institution or '–'})"

    def clean(self) -> None:
        problems: dict[str, StrOrPromise] = {}
        institution = self.institution
        if institution and self.role in REPORTING_ROLES and institution.kind in NOT_GOVERNMENT:
            problems["institution"] = _(
                "Only for a body of government can an account report. Choose another institution"
                " or another role."
            )
        agrees = self.role == Role.CIVIL_SOCIETY_LEAD
        if institution and agrees and institution.kind in NOT_CIVIL_SOCIETY:
            problems["institution"] = _(
                "Government does not agree to its own reports for civil society. Choose another"
                " institution or another role."
            )
        has_scope = self.plan_id is not None or (institution and institution.nation_id is not None)
        if institution is not None and self.role in SCOPED_ROLES and not has_scope:
            problems["plan"] = _(
                "Choose the plan: this institution serves no single nation that the role could be"
                " for."
            )
        others = Membership.objects.filter(account=self.account_id).exclude(pk=self.pk)
        if self.account_id and is_on_both_sides(
            self.role, set(others.values_list("role", flat=True))
        ):
            problems["role"] = BOTH_SIDES
        if problems:
            raise ValidationError(problems)


def is_on_both_sides(role: str, others: set[str]) -> bool:
    return bool(
        (role in GOVERNMENT_ROLES and others & ASSESSOR_ROLES)
        or (role in ASSESSOR_ROLES and others & GOVERNMENT_ROLES)
    )
