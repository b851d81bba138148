"""Tables of what is being delivered, in government's own words."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from commitments.models import AmendmentState, Commitment, Nation
from milestones.amendment_rules import AmendmentKind
from milestones.conditions import first_due_date, moves_of_due_date, state_by_amendment
from milestones.levels import ORDER, Level
from milestones.models import Amendment, Evidence, Milestone, NationProgress, ProgressUpdate
from milestones.models.evidence import CLOSED_TO_CHECKS, LinkState
from ogp_tracker.common.counting import count_of
from ogp_tracker.opendata.addresses import page_of
from ogp_tracker.opendata.columns import (
    Column,
    ListOf,
    Uid,
    date_column,
    list_column,
    number_column,
    text_column,
    time_column,
    yes_no_column,
)
from ogp_tracker.opendata.table import Table

LEVELS = tuple(str(level) for level in Level)
STATES = tuple(AmendmentState.values)

MILESTONE_KEY = ("commitment_id", "milestone_number")


def milestone_columns(path: str = "") -> tuple[Column, Column]:
    """The two columns that name a milestone; `path` leads to it."""
    return (
        text_column(
            "commitment_id", _("The commitment."), f"{path}commitment__slug", required=True
        ),
        number_column(
            "milestone_number", _("The number of the milestone."), f"{path}number", required=True
        ),
    )


def parts_of(milestone: str) -> QuerySet[NationProgress]:
    """Progress in the nations where the outer row's milestone applies."""
    return NationProgress.objects.in_scope().filter(milestone=OuterRef(milestone), applies=True)


def overall_level(milestone: str) -> Subquery:
    """The level of the least advanced nation that has reported, as in `levels.roll_up`."""
    rank = Case(*(When(level=level, then=Value(place)) for level, place in ORDER.items()))
    return Subquery(parts_of(milestone).exclude(level="").order_by(rank).values("level")[:1])


def in_scope(milestone: str, commitment: str) -> Any:
    """In how many nations the outer row's milestone is to be delivered."""
    nations = Nation.objects.filter(commitments=OuterRef(commitment))
    elsewhere = NationProgress.objects.in_scope().filter(
        milestone=OuterRef(milestone), applies=False
    )
    return count_of(nations, "commitments") - count_of(elsewhere, "milestone")


def reported(milestone: str) -> Any:
    """For how many nations a level has been reported for the outer row's milestone."""
    return count_of(parts_of(milestone).exclude(level=""), "milestone")


MILESTONES = Table(
    name="milestones",
    title=_("Milestones"),
    description=_(
        "The steps by which commitments are to be delivered, each with its overall level and what"
        " the clock says of it on the day on which the table is read."
    ),
    rows=lambda on: Milestone.objects.public().order_by("pk"),
    key=MILESTONE_KEY,
    refers_to={"commitments": ("commitment_id",)},
    columns=(
        *milestone_columns(),
        text_column("text", _("Its text, in the words of the plan."), required=True),
        text_column("due_as_published", _("When it is due, in the words of the plan.")),
        date_column("due_on", _("The due day as it stands now. Empty: the plan gives none.")),
        date_column("first_due_on", _("The due day before it ever moved."), first_due_date()),
        number_column(
            "due_day_moves",
            _("How often the due day has moved."),
            count_of(moves_of_due_date(), "milestone"),
        ),
        text_column(
            "amendment_state",
            _(
                "Whether it is on hold, withdrawn or merged, itself or with its commitment. Empty:"
                " it goes on."
            ),
            state_by_amendment(),
            codes=STATES,
        ),
        text_column(
            "government_level",
            _(
                "The level of the least advanced nation among those that have reported."
                " Empty: none has."
            ),
            overall_level("pk"),
            codes=LEVELS,
        ),
        number_column(
            "nations_in_scope",
            _("In how many nations it is to be delivered."),
            in_scope("pk", "commitment"),
        ),
        number_column(
            "nations_reported", _("How many of them have reported a level."), reported("pk")
        ),
        date_column(
            "last_as_of",
            _("The latest day of which a report speaks that still counts."),
            lambda on: ProgressUpdate.objects.public().latest_as_of("milestone"),
        ),
        yes_no_column(
            "overdue",
            _("Past its due day, plan running, not completed."),
            lambda on: _is_among(Milestone.objects.overdue(on)),
        ),
        yes_no_column(
            "stale",
            _("Plan running, not completed, and no report in six months."),
            lambda on: _is_among(Milestone.objects.stale(on)),
        ),
        yes_no_column(
            "not_completed_at_end",
            _("The plan has closed, and a part that was reported was short of Completed."),
            lambda on: _is_among(Milestone.objects.not_completed_at_end(on)),
        ),
        yes_no_column(
            "not_fully_reported_at_end",
            _(
                "The plan has closed, no part was short of Completed, but some nation never"
                " reported."
            ),
            lambda on: _is_among(Milestone.objects.not_fully_reported_at_end(on)),
        ),
        text_column(
            "url",
            _("Its page here."),
            page_of("commitments", "commitment__slug", "milestones/", "number"),
        ),
    ),
)


def _is_among(rows: QuerySet[Milestone]) -> Q:
    # Not `pk__in`: that works out the whole table for a page of twenty rows.
    return Q(Exists(rows.filter(pk=OuterRef("pk"))))


AMENDMENTS = Table(
    name="amendments",
    title=_("Amendments"),
    description=_(
        "Every change of the plan itself: of a commitment, or of one of its milestones. What is"
        " published stays; a further change is another row."
    ),
    rows=lambda on: Amendment.objects.public().order_by("pk"),
    key=("amendment_id",),
    refers_to={
        "commitments": ("commitment_id",),
        "institutions": ("institution_id",),
        "updates": ("update_id",),
    },
    columns=(
        text_column("amendment_id", _("Its permanent id."), Uid("uid"), required=True),
        text_column("commitment_id", _("The commitment."), "commitment__slug", required=True),
        number_column(
            "milestone_number",
            _("The number of the milestone. Empty: the commitment as a whole is amended."),
            "milestone__number",
        ),
        text_column("kind", _("What changed."), codes=tuple(AmendmentKind.values), required=True),
        date_column("effective_on", _("From when it is so. Empty: the source does not say.")),
        text_column("reason", _("Why, in government's words. Empty: the source does not say.")),
        date_column("due_from", _("The due date before.")),
        date_column("due_to", _("The due date after, if it moved.")),
        text_column("text_from", _("The text before.")),
        text_column("text_to", _("The text after, if it was revised.")),
        list_column(
            "merged_into_milestones",
            _("Addresses of the milestones that it was merged into or replaced by."),
            lambda on: ListOf(
                Milestone.objects.public()
                .filter(merged_from=OuterRef("pk"))
                .annotate(page=_page_of_milestone(on))
                .order_by("page"),
                "page",
            ),
        ),
        list_column(
            "merged_into_commitments",
            _("The commitments that it was merged into or replaced by."),
            ListOf(
                Commitment.objects.public().filter(merged_from=OuterRef("pk")).order_by("slug"),
                "slug",
            ),
        ),
        text_column(
            "institution_id",
            _("Who says so. Empty: not known, or a document does not say."),
            "institution__slug",
        ),
        text_column(
            "update_id", _("The update with which the due date moved."), Uid("update__uid")
        ),
        time_column("recorded_at", _("When it was written here."), required=True),
        time_column("published_at", _("When it was published here."), required=True),
        yes_no_column(
            "agreed_by_civil_society",
            _("Whether a civil-society lead agreed to it before it was published."),
            Q(co_signed_by__isnull=False),
        ),
        text_column(
            "source_title",
            _("The document that the words come from. Empty: it was written here."),
        ),
        text_column("source_url", _("The address of that document.")),
        text_column("source_locator", _("Where in it.")),
    ),
)


def _page_of_milestone(on: date) -> Any:
    return page_of("commitments", "commitment__slug", "milestones/", "number")(on)


DUE_DATE_CHANGES = Table(
    name="due_date_changes",
    title=_("Moved due dates"),
    description=_(
        "Every due date of a milestone that moved, with both dates and the reason: the amendments"
        " of that kind."
    ),
    rows=lambda on: Amendment.objects.public().moves().order_by("pk"),
    key=(*MILESTONE_KEY, "moved_at"),
    refers_to={"milestones": MILESTONE_KEY, "institutions": ("institution_id",)},
    columns=(
        *milestone_columns("milestone__"),
        time_column("moved_at", _("When it moved."), "published_at", required=True),
        date_column("moved_from", _("The due date before. Empty: there was none."), "due_from"),
        date_column("moved_to", _("The due date after."), "due_to", required=True),
        text_column("reason", _("Why it moved, in government's words.")),
        text_column("institution_id", _("Who moved it. Empty: not known."), "institution__slug"),
    ),
)


def parts(_on: date) -> QuerySet[Milestone]:
    return Milestone.objects.public().by_part().order_by("pk", "commitment__nations__position")


NATION_PROGRESS = Table(
    name="nation_progress",
    title=_("Progress in the nations"),
    description=_(
        "Where each milestone stands in each nation in which it is to be delivered: one row for"
        " each part, also where nobody has reported. It is what the published updates say."
    ),
    rows=parts,
    key=(*MILESTONE_KEY, "nation_code"),
    refers_to={"milestones": MILESTONE_KEY, "nations": ("nation_code",), "updates": ("update_id",)},
    columns=(
        *milestone_columns(),
        text_column("nation_code", _("The nation."), "commitment__nations__code", required=True),
        yes_no_column(
            "applies", _("Whether the milestone is for this nation to deliver."), F("part_applies")
        ),
        text_column(
            "not_applicable_reason", _("Why it does not apply."), "part__not_applicable_reason"
        ),
        text_column(
            "government_level",
            _("The level that government reports. Empty: not reported, or it does not apply."),
            "part__level",
            codes=LEVELS,
        ),
        date_column("as_of", _("The day on which that was true."), "part__as_of"),
        text_column("update_id", _("The update that says so."), Uid("part__update__uid")),
    ),
)


def correction_of(_on: date) -> Subquery:
    rows = ProgressUpdate.objects.published().filter(corrects=OuterRef("pk"))
    return Subquery(rows.values(text=Uid("uid"))[:1])


UPDATES = Table(
    name="updates",
    title=_("Progress updates"),
    description=_(
        "Everything that government has reported, in its own words. What is published stays: a"
        " mistake is corrected by another update, and both stand here."
    ),
    rows=lambda on: ProgressUpdate.objects.public().order_by("pk"),
    key=("update_id",),
    refers_to={
        "milestones": MILESTONE_KEY,
        "institutions": ("institution_id",),
        "updates": ("corrects_update_id",),
    },
    columns=(
        text_column("update_id", _("Its permanent id."), Uid("uid"), required=True),
        *milestone_columns("milestone__"),
        list_column(
            "nation_codes",
            _("The nations for which it speaks."),
            ListOf(Nation.objects.filter(updates=OuterRef("pk")).order_by("position"), "code"),
        ),
        text_column("government_level", _("The level."), "level", codes=LEVELS, required=True),
        text_column(
            "level_as_published", _("The word of the source, if it differs from the four levels.")
        ),
        yes_no_column(
            "level_derived",
            _("Whether this tracker took the level from the text, because the source gives none."),
        ),
        date_column("as_of", _("The day on which it was true."), required=True),
        text_column(
            "as_of_as_published",
            _("That day in the words of the source, if it gives no exact one."),
        ),
        text_column("narrative", _("What was done."), required=True),
        text_column("obstacles", _("What stands in the way.")),
        text_column(
            "institution_id",
            _("Who reports. Empty: a document does not say who wrote it."),
            "institution__slug",
        ),
        time_column("recorded_at", _("When it was written here."), required=True),
        time_column("published_at", _("When it was published here."), required=True),
        yes_no_column(
            "agreed_by_civil_society",
            _("Whether a civil-society lead agreed to it before it was published."),
            Q(co_signed_by__isnull=False),
        ),
        yes_no_column(
            "still_counts",
            _("Whether no published update corrects it."),
            lambda on: (
                ~Q(Exists(ProgressUpdate.objects.published().filter(corrects=OuterRef("pk"))))
            ),
        ),
        text_column("corrects_update_id", _("The update that it corrects."), Uid("corrects__uid")),
        text_column("correction_reason", _("Why it corrects it.")),
        text_column("corrected_by_update_id", _("The update that corrects it."), correction_of),
        text_column(
            "source_title",
            _("The document that the words come from. Empty: an officer wrote them here."),
        ),
        text_column("source_url", _("The address of that document.")),
        text_column("source_locator", _("Where in it.")),
        text_column(
            "url", _("Its place on the page of the milestone."), lambda on: _place_of_update(on)
        ),
    ),
)


def _place_of_update(on: date) -> Concat:
    page = page_of("commitments", "milestone__commitment__slug", "milestones/", "milestone__number")
    return Concat(page(on), Value("#update-"), Uid("uid"), output_field=TextField())


def link_state(_on: date) -> Case:
    """What is known of the address: `Evidence.link_state` in SQL."""
    closed = Q()
    for start in CLOSED_TO_CHECKS:
        closed |= Q(last_answer__startswith=start)
    return Case(
        When(url="", then=Value(LinkState.NONE)),
        When(last_checked_at=None, then=Value(LinkState.UNCHECKED)),
        When(last_alive_at__gte=F("last_checked_at"), then=Value(LinkState.ALIVE)),
        When(closed, then=Value(LinkState.CLOSED_TO_CHECKS)),
        default=Value(LinkState.FAILING),
        output_field=CharField(),
    )


EVIDENCE = Table(
    name="evidence",
    title=_("Evidence"),
    description=_("What published updates point at, so that anybody can check them."),
    rows=lambda on: Evidence.objects.public().order_by("pk"),
    key=("evidence_id",),
    refers_to={"updates": ("update_id",)},
    columns=(
        text_column("evidence_id", _("Its permanent id."), Uid("uid"), required=True),
        text_column("update_id", _("The update that gives it."), Uid("update__uid"), required=True),
        text_column("title", _("Its title."), required=True),
        text_column("evidence_url", _("Its address. Empty: it is a file."), "url"),
        text_column("locator", _("The page or paragraph to look at.")),
        text_column("archived_url", _("An archived copy of the address.")),
        text_column("file_url", _("Where its file can be had here."), lambda on: _file_address()),
        text_column("file_name", _("The name of its file.")),
        text_column("file_sha256", _("The SHA-256 checksum of its file."), "sha256"),
        time_column("last_checked_at", _("When this tracker last asked for the address.")),
        time_column("last_alive_at", _("When it last worked.")),
        text_column(
            "link_state",
            _("What is known of the address."),
            link_state,
            codes=tuple(LinkState.values),
        ),
    ),
)


def _file_address() -> Case:
    address = Concat(
        Value(f"{settings.SITE_URL}/evidence/"),
        Uid("uid"),
        Value("/"),
        F("file_name"),
        output_field=TextField(),
    )
    return Case(When(file="", then=Value("")), default=address, output_field=TextField())
