"""The form for one level on several milestones: what is common to all of them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.forms import CheckboxSelectMultiple, DateInput, RadioSelect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Institution, Nation
from commitments.rights import Rights
from milestones import progress_rules
from milestones.facts import UpdateContent, facts_of_content
from milestones.models import Milestone
from milestones.progress_rules import UpdateRefused
from milestones.work.duties import Duties
from milestones.work.scope import answered_in
from ogp_tracker.common.admin.forms import small_text

from .drafting import set_messages
from .evidence import EvidenceFormSet
from .report_form import EVIDENCE, set_date_limits, set_level, set_schedule
from .standing import level_in_words


class MilestonesField(forms.ModelMultipleChoiceField):
    """The milestones that were chosen in the list; any of them can be left out again."""

    widget = CheckboxSelectMultiple

    def label_from_instance(self, obj: Milestone) -> str:
        due = _(", due on %(day)s") % {"day": date_format(obj.due_on)} if obj.due_on else ""
        return f"{obj}: {Truncator(obj.text).chars(120)} ({level_in_words(obj)}{due})"


class BulkForm(forms.Form):
    """What is reported of all chosen milestones alike; the service checks the rules for each."""

    milestones = MilestonesField(
        label=gettext_lazy("Milestones"),
        queryset=Milestone.objects.none(),
        error_messages={"required": gettext_lazy("Choose at least one milestone.")},
    )
    institution = forms.ModelChoiceField(
        label=gettext_lazy("Institution"),
        queryset=Institution.objects.none(),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("In whose name you report."),
        error_messages={
            "required": gettext_lazy("Choose the institution in whose name you report.")
        },
    )
    nations = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Nations"),
        queryset=Nation.objects.none(),
        widget=CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Each report speaks for those of them for which your institution may report."
        ),
    )
    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        required=False,
        widget=DateInput(attrs={"size": 12, "autocomplete": "off"}),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        required=False,
        widget=RadioSelect(attrs={"class": "radiolist"}),
    )
    schedule = forms.ChoiceField(
        label=gettext_lazy("Schedule"),
        required=False,
        widget=RadioSelect(attrs={"class": "radiolist"}),
    )
    narrative = forms.CharField(
        label=gettext_lazy("What was done"), required=False, widget=small_text(6)
    )
    obstacles = forms.CharField(
        label=gettext_lazy("What stands in the way"),
        required=False,
        widget=small_text(4),
        help_text=gettext_lazy("Needed for what is at risk or behind schedule."),
    )

    def __init__(
        self,
        *args: Any,
        milestones: list[Milestone],
        rights: Rights,
        evidence: EvidenceFormSet,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.evidence = evidence
        fields: dict[str, Any] = self.fields
        set_messages(fields.values())
        own = list(Institution.objects.filter(pk__in=rights.reports_for).select_related("nation"))
        self.only = own[0] if len(own) == 1 else None
        fields["institution"].queryset = Institution.objects.filter(pk__in=rights.reports_for)
        if self.only:
            del fields["institution"]
        keys = [milestone.pk for milestone in milestones]
        fields["milestones"].queryset = (
            Milestone.objects.filter(pk__in=keys)
            .for_list()
            .order_by("commitment__slug", "order", "number")
        )
        nations = offered_nations(milestones, own)
        fields["nations"].queryset = Nation.objects.filter(pk__in=nations)
        set_level(fields["level"])
        self.due_dates = [one.due_on for one in milestones if one.due_on]
        set_schedule(fields["schedule"], may_be_unsaid=not self.due_dates)
        set_date_limits(fields["as_of"], None, timezone.localdate())
        mine = [one.nation_id for one in own if one.nation_id in nations]
        self.initial = {
            "milestones": keys,
            "as_of": timezone.localdate(),
            "nations": list(nations) if len(nations) == 1 else mine,
        }

    @property
    def acting_for(self) -> Institution:
        return self.only or cast(Institution, self.cleaned_data["institution"])

    def clean(self) -> dict[str, Any] | None:
        """Check the rules for what is common to all; each refusal goes beside its field."""
        cleaned = super().clean()
        chosen = list(self.cleaned_data.get("nations") or ())
        codes = frozenset(nation.code for nation in chosen)
        given = progress_rules.Circumstances(
            on=timezone.localdate(),
            in_scope=codes,
            reportable_nations=codes,
            due_on=max(self.due_dates, default=None),
        )
        acting_for = self.only or self.cleaned_data.get("institution")
        try:
            progress_rules.check_update(
                facts_of_content(self.content_for(chosen), acting_for), given
            )
        except UpdateRefused as refusal:
            self._show(refusal)
        return cleaned

    def _show(self, refusal: UpdateRefused) -> None:
        for name, sentences in refusal.message_dict.items():
            if name == EVIDENCE:
                self.evidence.non_form_errors().extend(sentences)
            elif name in self.fields and name not in self.errors:
                self.add_error(name, sentences)

    def content_for(self, nations: Iterable[Nation]) -> UpdateContent:
        given = self.cleaned_data
        return UpdateContent(
            nations=list(nations),
            level=given.get("level", ""),
            as_of=given.get("as_of"),
            narrative=given.get("narrative", ""),
            obstacles=given.get("obstacles", ""),
            schedule=given.get("schedule", ""),
            evidence=self.evidence.pieces(),
        )


def offered_nations(milestones: list[Milestone], own: list[Institution]) -> dict[int, Nation]:
    """Those that one of them may report for on one of the milestones. Two queries in all."""
    in_scope = [
        (milestone, nation)
        for milestone in milestones
        for nation in milestone.commitment.nations.all()
    ]
    scope: dict[int, frozenset[str]] = defaultdict(frozenset)
    for milestone, nation in in_scope:
        scope[milestone.commitment_id] |= {nation.code}
    duties = Duties(answered_in(scope, (one.pk for one in own)), timezone.localdate())
    return {
        nation.pk: nation
        for milestone, nation in in_scope
        if nation.code in duties.nations_in(milestone)
    }
