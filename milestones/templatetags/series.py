"""Template tag for milestones by reporting round."""

from typing import Any

from django import template

from commitments.models import ActionPlan, Nation
from milestones.series import series_in, series_of_plan

register = template.Library()


@register.inclusion_tag("milestones/series.html")
def series(*, plan: ActionPlan | None = None, nation: Nation | None = None) -> dict[str, Any]:
    """Of a plan, or of the newest plan of which government has reported in a nation."""
    found = series_of_plan(plan) if plan else series_in(nation) if nation else None
    return {"series": found, "nation": nation}
