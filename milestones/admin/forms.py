"""The form of a milestone; the services decide and write."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from milestones.models import Milestone
from ogp_tracker.common.admin.forms import RefusableForm


class MilestoneForm(RefusableForm):
    """A milestone; once it is saved, its due date moves on a page of its own."""

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        others = Milestone.objects.exclude(pk=self.instance.pk).filter(
            commitment=self.instance.commitment_id, number=number
        )
        if self.instance.pk and others.exists():
            raise ValidationError(_("This commitment already has a milestone of this number."))
        return number
