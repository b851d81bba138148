"""The steps from a draft to the public record."""

from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commitments.models import Institution
from ogp_tracker.common.bounds import NARRATIVE, text_bounds
from ogp_tracker.common.constraints import FieldRule
from ogp_tracker.common.fields import ProtectedKey
from ogp_tracker.common.visibility import PublicQuerySet, Visibility

from .amendment import Amendment
from .signed_off import SignedOff, Statement
from .update import ProgressUpdate


class UpdateStepQuerySet(PublicQuerySet["UpdateStep"]): ...


class StepKind(models.TextChoices):
    SUBMITTED = "submitted", _("Sent for sign-off")
    TAKEN_BACK = "taken_back", _("Taken back")
    TAKEN_OVER = "taken_over", _("Taken over from a colleague")
    RETURNED = "returned", _("Returned to its author")
    AGREED = "agreed", _("Agreed for civil society")
    PUBLISHED = "published", _("Signed off and published")


class Step(models.Model):
    """Who did what with something until it was published; never changed."""

    Kind = StepKind

    kind = models.CharField(_("step"), max_length=20, choices=StepKind)
    by = ProtectedKey(settings.AUTH_USER_MODEL, null=True, related_name="+", verbose_name=_("by"))
    institution = ProtectedKey(Institution, null=True, related_name="+", verbose_name=_("for"))
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        abstract = True
        ordering = ("at", "pk")
        verbose_name = _("step to publication")
        verbose_name_plural = _("steps to publication")

    def __str__(self) -> str:
        return f"{self.record}: {self.get_kind_display()}"

    @property
    def record(self) -> SignedOff:
        raise NotImplementedError


def step_rules(prefix: str) -> tuple[models.BaseConstraint, ...]:
    return (
        models.CheckConstraint(name=f"{prefix}_kind_known", condition=Q(kind__in=StepKind.values)),
        FieldRule(
            field="comment",
            name=f"{prefix}_return_has_comment",
            condition=~Q(kind="returned") | ~Q(comment=""),
            message=_("Say what has to change, so that your colleague knows what to do."),
        ),
        *text_bounds(prefix, NARRATIVE, "comment"),
    )


class UpdateStep(Step):
    """A step of an update or amendment."""

    update = ProtectedKey(ProgressUpdate, null=True, related_name="steps", verbose_name=_("update"))
    amendment = ProtectedKey(
        Amendment, null=True, related_name="steps", verbose_name=_("amendment")
    )

    # What passed between an author and who signs off is not public. The steps of an amendment are
    # read from the amendment.
    public_if = ProgressUpdate.public_if.behind("update") & Visibility(
        {"kind": (StepKind.AGREED, StepKind.PUBLISHED)}
    )
    objects = UpdateStepQuerySet.as_manager()

    class Meta(Step.Meta):
        constraints = (
            *step_rules("milestones_updatestep"),
            FieldRule(
                field="update",
                name="milestones_updatestep_of_one_thing",
                condition=Q(update__isnull=False, amendment=None)
                | Q(update=None, amendment__isnull=False),
                message=_("A step is of an update or of an amendment."),
            ),
        )

    @property
    def record(self) -> Statement:
        return cast(Statement, self.update or self.amendment)
