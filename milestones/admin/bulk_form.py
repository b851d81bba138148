"""The form for one level on several milestones: what is common to all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.admin.access import rights_in
from commitments.models import Institution, Nation
from milestones import progress_rules
from milestones.facts import facts_of_content
from milestones.models import Milestone, ProgressUpdate
from milestones.work.duties import Duties
from milestones.work.scope import answered_in
from ogp_tracker.common.admin.forms import small_text

from .drafting import clean_texts, prepare
from .report_form import SaysProgress
from .standing import level_in_words


class MilestonesField(forms.ModelMultipleChoiceField):
    """The milestones that were chosen in the list; any of them can be left out again."""

    widget = CheckboxSelectMultiple
    waiting: Mapping[int, Sequence[str]] = {}
    """Per milestone the nations for which an update of the institution waits for sign-off."""

    def label_from_instance(self, obj: Milestone) -> str:
        due = _(", due on %(day)s") % {"day": date_format(obj.due_on)} if obj.due_on else ""
        told = f"{obj}: {Truncator(obj.text).chars(120)} ({level_in_words(obj)}{due})."
        return f"{told} {waits_already(self.waiting.get(obj.pk, ()))}".strip()


def waits_already(nations: Sequence[str]) -> str:
    if not nations:
        return ""
    words = _("A progress update for %(nations)s already waits for sign-off.")
    return words % {"nations": ", ".join(nations)}


class BulkForm(SaysProgress):
    milestones = MilestonesField(
        label=gettext_lazy("Milestones"),
        queryset=Milestone.objects.none(),
        error_messages={"required": gettext_lazy("Choose at least one milestone.")},
    )

    class Meta:
        model = ProgressUpdate
        fields = (
            "milestones",
            "institution",
            "nations",
            "as_of",
            "level",
            "schedule",
            "narrative",
            "obstacles",
        )
        widgets = {
            "nations": CheckboxSelectMultiple,
            "level": RadioSelect(attrs={"class": "radiolist"}),
            "schedule": RadioSelect(attrs={"class": "radiolist"}),
            "narrative": small_text(6),
            "obstacles": small_text(4),
        }

    def __init__(
        self,
        *args: Any,
        milestones: list[Milestone],
        waiting: Mapping[int, Sequence[str]],
        request: HttpRequest,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.waiting = request, waiting
        reports_for = rights_in(request).reports_for
        fields: dict[str, Any] = self.fields
        prepare(fields)
        own = list(Institution.objects.filter(pk__in=reports_for).select_related("nation"))
        self.only = own[0] if len(own) == 1 else None
        if self.only:
            del fields["institution"]
        else:
            field = fields["institution"]
            field.queryset = Institution.objects.filter(pk__in=reports_for)
            field.empty_label, field.required = _("Choose"), True
            field.help_text = _("The institution you report on behalf of.")
            words = _("Choose the institution you report on behalf of.")
            field.error_messages["required"] = words
        keys = [milestone.pk for milestone in milestones]
        fields["milestones"].waiting = waiting
        fields["milestones"].queryset = (
            Milestone.objects.filter(pk__in=keys)
            .for_list()
            .order_by("commitment__slug", "order", "number")
        )
        nations = offered_nations(milestones, own)
        fields["nations"].queryset = Nation.objects.filter(pk__in=nations)
        fields["nations"].required = False
        fields["nations"].help_text = _(
            "Each progress update is for those of these nations that your institution reports for."
        )
        self.due_dates = [one.due_on for one in milestones if one.due_on]
        self.explain(may_be_unsaid=not self.due_dates)
        mine = [one.nation_id for one in own if one.nation_id in nations]
        self.initial = {
            "milestones": keys,
            "as_of": timezone.localdate(),
            "nations": list(nations) if len(nations) == 1 else mine,
        }

    def clean(self) -> dict[str, Any] | None:
        clean_texts(self, self.request)
        return super().clean()

    @property
    def acting_for(self) -> Institution:
        return self.only or cast(Institution, self.cleaned_data["institution"])

    def check_rules(self) -> None:
        chosen = list(self.cleaned_data.get("nations") or ())
        codes = frozenset(nation.code for nation in chosen)
        given = progress_rules.Circumstances(
            on=timezone.localdate(),
            in_scope=codes,
            reportable_nations=codes,
            due_on=max(self.due_dates, default=None),
        )
        acting_for = self.only or self.cleaned_data.get("institution")
        facts = facts_of_content(self.content_for(chosen), acting_for)
        progress_rules.check_update(facts, given)


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
