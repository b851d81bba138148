"""Government's replies to what assessors found: their own section, closed to assessors."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.base import RefusableForm, TrackerAdmin
from commitments.admin.filters import PublicationFilter
from commitments.models import Involvement
from irm.models import Assessment, Reply


class ReplyForm(RefusableForm):
    """A reply by an institution that leads the assessed commitment."""

    publish = forms.BooleanField(
        label=gettext_lazy("Publish now"),
        required=False,
        help_text=gettext_lazy("Once published, a reply cannot be changed or deleted."),
    )

    def clean(self) -> dict[str, Any] | None:
        """Refuse who does not lead, a finding from elsewhere, publishing before the assessment."""
        cleaned = super().clean()
        assessment = self.cleaned_data.get("assessment")
        if assessment is None:
            return cleaned
        finding = self.cleaned_data.get("finding")
        if finding is not None and finding.assessment_id != assessment.pk:
            self.add_error("finding", _("Choose a finding of the assessment above, or none."))
        institution = self.cleaned_data.get("institution")
        leads = assessment.commitment.involvements.filter(role=Involvement.Role.LEAD)
        if institution and not leads.filter(institution=institution).exists():
            self.add_error(
                "institution",
                _("Only an institution that leads the commitment replies. Choose a lead."),
            )
        public = Assessment.objects.public().filter(pk=assessment.pk)
        if self.cleaned_data.get("publish") and not public.exists():
            self.add_error(
                "publish", _("Readers cannot see the assessment yet. Publish the reply after it.")
            )
        return cleaned


class ReplyPublicationFilter(PublicationFilter):
    """Public or draft, for replies."""

    path = "published_at"


@admin.register(Reply)
class ReplyAdmin(TrackerAdmin):
    """Replies: drafts can be changed, published replies stay as they are."""

    form = ReplyForm
    list_display = ("about", "institution", "published_at")
    list_of_all_related = (
        "assessment__report",
        "assessment__commitment",
        "finding__milestone__commitment",
        "finding__assessment__report",
        "institution",
    )
    list_filter = (
        ReplyPublicationFilter,
        ("institution", admin.RelatedOnlyFieldListFilter),
        "assessment__report",
    )
    search_fields = ("assessment__commitment__slug", "institution__name", "text")
    date_hierarchy = "published_at"
    autocomplete_fields = ("assessment", "finding", "institution")
    readonly_fields = ("recorded_by", "published_at")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the groups of fields; a published reply has nothing left to publish."""
        publish = () if obj is not None and obj.published_at else ("publish",)
        record = ("recorded_by", "published_at") if obj is not None else ()
        return [
            (_("What it answers"), {"fields": ("assessment", "finding")}),
            (_("The reply"), {"fields": ("institution", "text", *publish, *record)}),
        ]

    @admin.display(description=gettext_lazy("what it answers"), ordering="assessment")
    def about(self, obj: Reply) -> str:
        """Return the finding or the assessment that is answered."""
        return str(obj.finding or obj.assessment)

    def is_public(self, obj: Reply) -> bool:
        """Return whether readers can see the reply."""
        return Reply.objects.public().filter(pk=obj.pk).exists()

    def view_on_site(self, obj: Reply) -> str | None:
        """Return the address of the public page on which the reply stands."""
        if not self.is_public(obj):
            return None
        if obj.finding is not None:
            return obj.finding.milestone.get_absolute_url()
        return f"{obj.assessment.commitment.get_absolute_url()}#{obj.assessment.anchor}"

    def is_settled(self, obj: Reply) -> bool:
        """A published reply stays."""
        return obj.published_at is not None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A published reply is read-only."""
        published = isinstance(obj, Reply) and obj.published_at is not None
        return not published and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the reply with its author, and with the time if it is published now."""
        if not change:
            obj.recorded_by = request.user
        if form.cleaned_data["publish"]:
            obj.published_at = timezone.now()
        super().save_model(request, obj, form, change)
