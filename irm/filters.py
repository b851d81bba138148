"""How readers narrow down the list of assessments; every choice stays in the address."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from commitments.models import ActionPlan
from irm.codebook import COMPLETION, ReportKind
from irm.models import Assessment


class AssessmentFilter(filters.FilterSet):
    """The filters of `/assessments/`. They combine: an assessment has to pass each of them."""

    plan = filters.ModelChoiceFilter(
        label=_("Action plan"),
        field_name="commitment__plan",
        queryset=ActionPlan.objects.public(),
        to_field_name="slug",
        empty_label=_("Any plan"),
    )
    kind = filters.ChoiceFilter(
        label=_("Kind of report"),
        field_name="report__kind",
        choices=ReportKind.choices,
        empty_label=_("Any kind"),
    )
    completion = filters.ChoiceFilter(
        label=_("Completion"),
        choices=COMPLETION.choices(),
        empty_label=_("Any finding"),
    )

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = ()
