"""The section of commitments: what `commitments` says of it, and the milestones of each."""

from collections.abc import Iterable

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, TextField
from django.forms import BaseFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from commitments.admin.commitments import CommitmentAdmin, CommitmentForm
from commitments.admin.rows import Cards
from commitments.models import Commitment, Nation
from milestones import services
from milestones.models import Milestone
from ogp_tracker.common.admin.forms import small_text

from .amendment import LeadsToForms
from .copying import CopiesCommitments
from .pasting import START, MilestoneFormSet, MilestoneRowForm, PastesMilestones


class CommitmentWithMilestonesForm(CommitmentForm):
    """A commitment whose nations cannot be taken out once they have a published level."""

    def clean_nations(self) -> QuerySet[Nation]:
        """The milestones stay locked until the commitment is saved.

        No update for a nation that is taken out can then be published in between.
        """
        chosen: QuerySet[Nation] = self.cleaned_data["nations"]
        if self.instance.pk is None:
            return chosen
        if sentences := services.nations_that_stay(self.instance, chosen):
            raise ValidationError(sentences)
        return chosen


class MilestoneInline(Cards[Milestone]):
    """The milestones of a commitment: new ones are added here, each changes on its own page."""

    model = Milestone
    form = MilestoneRowForm
    formset = MilestoneFormSet
    template = "admin/milestones/milestone/rows.html"
    fields = ("label", "lead", "text", "due_as_published", "due_on", *START)
    choice_fields = typed_fields = ("lead",)
    formfield_overrides = {TextField: {"widget": small_text()}}
    can_delete = False
    show_change_link = True
    verbose_name_plural = gettext_lazy("milestones")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Milestone]:
        return (
            super().get_queryset(request).select_related("commitment").order_by("order", "number")
        )

    def has_change_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        """On its own page a milestone's due date moves with a reason."""
        return False


@admin.register(Commitment)
class CommitmentWithMilestonesAdmin(
    PastesMilestones, CopiesCommitments, LeadsToForms[Commitment], CommitmentAdmin
):
    form = CommitmentWithMilestonesForm
    own_pages = (*CommitmentAdmin.own_pages, "copy")
    inlines = (*CommitmentAdmin.inlines, MilestoneInline)

    def save_related(
        self,
        request: HttpRequest,
        form: CommitmentForm,
        formsets: Iterable[BaseFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        services.rebuild_progress([*form.instance.milestones.all(), form.instance])
