"""Tables of what is being delivered, as governments report it or others tell of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Concat
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from commitments.models import AmendmentState, Commitment, Nation
from commitments.models.amended import GOES_ON
from irm.disagreements.rows import Places
from irm.disagreements.rule import Unit
from milestones.amendment_rules import AmendmentKind
from milestones.conditions import amended_or, first_due_date, moves_of_due_date, timing_is
from milestones.days import Timing
from milestones.levels import LEVEL_VALUES, LevelBasis, Overall, Provenance, Schedule
from milestones.models import Amendment, Evidence, Milestone, NationProgress, ProgressUpdate
from milestones.models.evidence import CLOSED_TO_CHECKS, LinkState
from milestones.models.nation_progress import NOTHING
from ogp_tracker.common.counting import count_of
from ogp_tracker.common.texts import StrOrPromise
from ogp_tracker.opendata.addresses import page_of, page_of_target
from ogp_tracker.opendata.columns import (
    Column,
    Expr,
    ListOf,
    Uid,
    code_column,
    date_column,
    list_column,
    number_column,
    text_column,
    time_column,
    yes_no_column,
)
from ogp_tracker.opendata.table import Table

LABEL_IS_OURS = _("Whether this site gave that number, because the plan does not print one.")
TEXT_IS_SUMMARY = _("Whether the text is a summary by this site instead of the plan's words.")
LANGUAGE = _("The language of its texts (BCP 47), such as en or cy.")

PAGE_OF_MILESTONE = page_of("commitments", "commitment__slug", "milestones/", "number")

MILESTONE_KEY = ("commitment_id", "milestone_number")


def milestone_columns(path: str = "") -> tuple[Column, Column]:
    """The two columns that name a milestone; `path` leads to it."""
    return (
        text_column(
            "commitment_id", _("The commitment."), f"{path}commitment__slug", required=True
        ),
        number_column(
            "milestone_number",
            _("The number in the milestone's address."),
            f"{path}number",
            required=True,
        ),
    )


def target_columns(commitment: str, milestone: str, *more: Column) -> tuple[Column, ...]:
    """The columns that name a milestone or a commitment as a whole, by the paths to the values."""
    return (
        text_column("commitment_id", _("The commitment."), commitment, required=True),
        number_column(
            "milestone_number",
            _("The number of the milestone. Empty: it is about the commitment as a whole."),
            milestone,
        ),
        *more,
        unit_column(milestone),
    )


def label_column(milestone: str, *, required: bool = False) -> Column:
    return text_column(
        "milestone_label",
        _("The number of the milestone as printed in the plan, such as 2.1a."),
        f"{milestone}label",
        required=required,
    )


def unit_column(milestone: str) -> Column:
    return code_column(
        "unit",
        _("What it is about. Never add counts of commitments to counts of milestones."),
        Unit,
        Case(When(**{milestone: None}, then=Value(Unit.WHOLE)), default=Value(Unit.PART)),
        required=True,
    )


SAID: dict[str, tuple[Any, list[str]]] = {
    "level": (_("How far it is said to be. Empty: not reported, or no level given."), LEVEL_VALUES),
    "level_basis": (
        _("Whether the source gives the level or it is our reading. Empty: no level."),
        LevelBasis.values,
    ),
    "schedule": (
        _("Whether it is on schedule, as the source says. Empty: the source does not say."),
        Schedule.values,
    ),
    "words_as_published": (_("The source's own words about progress."), []),
    "provenance": (
        _("Who says so: government here, government elsewhere, or an assessor's report."),
        Provenance.values,
    ),
}
"""What an update says of how it stands: what each column means, and its codes."""


def said_columns(path: str = "") -> Iterator[Column]:
    """What one update, or the current copy of one, says; `path` leads to it."""
    for name, (meaning, codes) in SAID.items():
        yield text_column(name, meaning, f"{path}{name}", codes=tuple(codes))


def list_columns(value: Callable[[str], Expr], *names: str) -> Iterator[Column]:
    """What several nations say; `value` gives a column's value by its name."""
    for name in names or SAID:
        meaning, codes = SAID[name]
        column = list_column if codes else text_column
        each_once = _("If several nations differ, each answer once, separated by semicolons.")
        yield column(name, format_lazy("{} {}", meaning, each_once), value(name))


PUBLICATION = (
    time_column("recorded_at", _("When it was recorded here."), required=True),
    time_column("published_at", _("When it was published here."), required=True),
    yes_no_column(
        "agreed_by_civil_society",
        _("Whether a civil-society lead agreed to it before it was published."),
        Q(co_signed_by__isnull=False),
    ),
)


def spoken(**target: OuterRef | None) -> QuerySet[NationProgress]:
    """The nations where the target applies and something is said of it."""
    return NationProgress.objects.in_scope().filter(~NOTHING, applies=True, **target)


def listed(cells: QuerySet[NationProgress], name: str) -> ListOf:
    """What the nations say in one column, each different value once."""
    return ListOf(cells.exclude(**{name: ""}).order_by(name).distinct(), name)


def nations_of(commitment: str) -> ListOf:
    return ListOf(
        Nation.objects.filter(commitments=OuterRef(commitment)).order_by("position"), "code"
    )


def whole_columns(commitment: str) -> Iterator[Column]:
    """What is said of a commitment as a whole; `commitment` leads to it."""
    cells = spoken(milestone=None, commitment=OuterRef(commitment))
    return list_columns(lambda name: listed(cells, name))


def overall_columns(milestone: str, path: str = "") -> Iterator[Column]:
    """What the nations make of a milestone together; `path` leads to its columns."""
    cells = spoken(milestone=OuterRef(milestone))
    nations = Nation.objects.filter(commitments=OuterRef(f"{path}commitment"))
    elsewhere = NationProgress.objects.in_scope().filter(
        milestone=OuterRef(milestone), applies=False
    )
    yield code_column(
        "overall",
        _("The level for all nations in scope together: the least advanced, if each has one."),
        Overall,
        f"{path}overall",
        required=True,
    )
    yield yes_no_column(
        "overall_is_read",
        _("Whether that level is our reading in at least one nation."),
        F(f"{path}overall_is_read"),
    )
    yield number_column(
        "nations_in_scope",
        _("The number of nations in which it is to be delivered."),
        count_of(nations, "commitments") - count_of(elsewhere, "milestone"),
    )
    yield number_column(
        "nations_heard",
        _("For how many of these nations a level or words are recorded."),
        count_of(cells, "milestone"),
    )
    besides = ("schedule", "words_as_published", "provenance")
    yield from list_columns(lambda name: listed(cells, name), *besides)


def timing_column(timing: Timing, description: StrOrPromise) -> Column:
    return yes_no_column(timing.value, description, partial(timing_is, timing))


MILESTONES = Table(
    name="milestones",
    title=_("Milestones"),
    description=_(
        "The steps in delivering commitments, each with its overall level, and whether it is"
        " overdue or not updated on the date on which you read the table."
    ),
    rows=lambda on: Milestone.objects.public().order_by("pk"),
    key=MILESTONE_KEY,
    refers_to={"commitments": ("commitment_id",), "institutions": ("lead_id",)},
    columns=(
        *milestone_columns(),
        text_column(
            "label",
            _("Its number as printed in the plan, such as 2.1a: 1.10 is not 1.1."),
            required=True,
        ),
        yes_no_column("label_is_ours", LABEL_IS_OURS),
        number_column("order", _("Its position in the commitment."), required=True),
        text_column("text", _("Its text, in the words of the plan."), required=True),
        yes_no_column("text_is_summary", TEXT_IS_SUMMARY),
        text_column("language", LANGUAGE, required=True),
        text_column(
            "lead_id",
            _("Who leads it, if not the institutions that lead the commitment."),
            "lead__slug",
        ),
        text_column("start_as_published", _("When it starts, in the words of the plan.")),
        date_column("start_on", _("The first possible start date. Empty: not recorded here.")),
        text_column("due_as_published", _("When it is due, in the words of the plan.")),
        date_column("due_on", _("The current due date. Empty: not recorded here.")),
        date_column("first_due_on", _("The original due date."), first_due_date()),
        number_column(
            "due_date_moves",
            _("How often the due date has moved."),
            count_of(moves_of_due_date(), "milestone"),
        ),
        code_column(
            "amendment_state",
            _(
                "Whether it or its commitment is on hold, withdrawn or merged. Empty: none of"
                " these."
            ),
            AmendmentState,
            amended_or(Value(GOES_ON)),
        ),
        *overall_columns("pk"),
        yes_no_column("is_completed", _("Whether its overall level is Completed.")),
        date_column(
            "last_as_of",
            _("The latest as-of date of an update that still counts."),
            lambda on: ProgressUpdate.objects.public().latest_as_of("milestone"),
        ),
        timing_column(
            Timing.OVERDUE,
            _(
                "The plan is running, the due date has passed, and it is known not to be completed"
                " in at least one nation."
            ),
        ),
        timing_column(
            Timing.PAST_DUE,
            _(
                "The plan is running and the due date has passed, but no level says whether it was"
                " completed."
            ),
        ),
        timing_column(
            Timing.STALE,
            _(
                "The plan is running and it is not completed. Six months have passed since the"
                " plan began, since it was published here and since government's last update."
            ),
        ),
        timing_column(
            Timing.NOT_COMPLETED_AT_END,
            _(
                "The plan has closed, and some nation last had a level short of Completed, or was"
                " still at work after the plan's end."
            ),
        ),
        timing_column(
            Timing.BEHIND_AT_END,
            _(
                "The plan has closed, and some nation was at risk or behind schedule when last"
                " heard of; none was known to be unfinished."
            ),
        ),
        timing_column(
            Timing.UNKNOWN_AT_END,
            _(
                "The plan has closed, and it is not completed: but nothing recorded here says"
                " whether it was unfinished, behind schedule or at risk."
            ),
        ),
        text_column(
            "source_url",
            _("The address where the plan has it, if it differs from the commitment's."),
        ),
        text_column("url", _("Its page here."), PAGE_OF_MILESTONE),
    ),
)


AMENDMENTS = Table(
    name="amendments",
    title=_("Amendments"),
    description=_(
        "Every change to the plan itself: to a commitment or to one of its milestones. Published"
        " rows stay; a further change is another row."
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
        code_column("kind", _("What changed."), AmendmentKind, required=True),
        date_column(
            "effective_on", _("The date from which it applies. Empty: the source does not say.")
        ),
        text_column(
            "reason", _("The reason in government's words. Empty: the source does not say.")
        ),
        date_column("due_from", _("The due date before.")),
        date_column("due_to", _("The due date after, if it moved.")),
        text_column("text_from", _("The text before.")),
        text_column("text_to", _("The text after, if it was revised.")),
        list_column(
            "merged_into_milestones",
            _("The addresses of the milestones that it was merged into or replaced by."),
            lambda on: ListOf(
                Milestone.objects.public()
                .filter(merged_from=OuterRef("pk"))
                .annotate(page=PAGE_OF_MILESTONE(on))
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
            _("The institution that says so. Empty: not known."),
            "institution__slug",
        ),
        text_column(
            "update_id", _("The update with which the due date moved."), Uid("update__uid")
        ),
        *PUBLICATION,
        text_column(
            "source_title", _("The document that this comes from. Empty: it was written here.")
        ),
        text_column("source_url", _("The address of the document.")),
        text_column("source_locator", _("The page or paragraph in the document.")),
    ),
)


DUE_DATE_CHANGES = Table(
    name="due_date_changes",
    title=_("Moved due dates"),
    description=_(
        "Every time the due date of a milestone moved, with both dates and the reason. These are"
        " also among the amendments."
    ),
    rows=lambda on: Amendment.objects.public().moves().order_by("pk"),
    key=(*MILESTONE_KEY, "moved_at"),
    refers_to={"milestones": MILESTONE_KEY, "institutions": ("institution_id",)},
    columns=(
        *milestone_columns("milestone__"),
        time_column("moved_at", _("When it moved."), "published_at", required=True),
        date_column("moved_from", _("The due date before. Empty: none was given."), "due_from"),
        date_column("moved_to", _("The due date after."), "due_to", required=True),
        text_column("reason", _("The reason in government's words.")),
        text_column(
            "institution_id",
            _("The institution that moved it. Empty: not known."),
            "institution__slug",
        ),
    ),
)


def progress_of_milestones(_on: date) -> QuerySet[Milestone]:
    """Every milestone in every nation in scope, reported or not."""
    rows = Milestone.objects.public().by_part()
    return rows.annotate(
        cell_commitment=F("commitment__slug"),
        cell_milestone=F("number"),
        cell_nation=F("commitment__nations__code"),
    ).order_by("pk", "commitment__nations__position")


def progress_as_a_whole(_on: date) -> QuerySet[Commitment]:
    """Commitments in the nations in which something is said of them as a whole."""
    here = Q(nation_progress__milestone=None, nation_progress__nation=F("nations"))
    return (
        Commitment.objects.public()
        .filter(nations__isnull=False)
        .annotate(
            part=FilteredRelation("nation_progress", condition=here),
            cell_commitment=F("slug"),
            cell_milestone=Value(None, output_field=IntegerField()),
            cell_nation=F("nations__code"),
            part_applies=F("part__applies"),
            part_update=F("part__update"),
        )
        .filter(part_update__isnull=False)
        .order_by("pk", "nations__position")
    )


NATION_PROGRESS = Table(
    name="nation_progress",
    title=_("Progress in the nations"),
    description=_(
        "The progress of each commitment as a whole, if there is an update about it, and then of"
        " each milestone in each nation in which it is to be delivered, even if nobody has"
        " reported. All of it follows from the published updates."
    ),
    rows=lambda on: Places(progress_as_a_whole(on), progress_of_milestones(on)),
    key=(*MILESTONE_KEY, "nation_code"),
    refers_to={
        "commitments": ("commitment_id",),
        "nations": ("nation_code",),
        "updates": ("update_id",),
    },
    authors=("government", "assessor"),
    columns=(
        *target_columns("cell_commitment", "cell_milestone"),
        text_column("nation_code", _("The nation."), "cell_nation", required=True),
        yes_no_column("applies", _("Whether this nation is to deliver it."), F("part_applies")),
        text_column(
            "not_applicable_reason", _("Why it does not apply."), "part__not_applicable_reason"
        ),
        *said_columns("part__"),
        date_column("as_of", _("The date on which this was true."), "part__as_of"),
        text_column("update_id", _("The update that this comes from."), Uid("part__update__uid")),
    ),
)
OF_MILESTONES = replace(NATION_PROGRESS, rows=progress_of_milestones)
AS_A_WHOLE = replace(NATION_PROGRESS, rows=progress_as_a_whole)
"""The same for one kind of row only."""


CORRECTIONS = ProgressUpdate.objects.published().filter(corrects=OuterRef("pk"))


def place_of_update(on: date) -> Concat:
    page = page_of_target("commitment__slug", "milestone__number")
    return Concat(page(on), Value("#update-"), Uid("uid"), output_field=TextField())


UPDATES = Table(
    name="updates",
    title=_("Progress updates"),
    description=_(
        "Everything that was said about progress: reported here by government, published by"
        " government elsewhere, or described in an assessor's report. A mistake is corrected by"
        " another update, and both stay in this table."
    ),
    rows=lambda on: ProgressUpdate.objects.public().order_by("pk"),
    key=("update_id",),
    refers_to={
        "commitments": ("commitment_id",),
        "institutions": ("institution_id",),
        "updates": ("corrects_update_id",),
    },
    authors=("government", "assessor"),
    columns=(
        text_column("update_id", _("Its permanent id."), Uid("uid"), required=True),
        *target_columns("commitment__slug", "milestone__number", label_column("milestone__")),
        list_column(
            "nation_codes",
            _("The nations that it is about."),
            ListOf(Nation.objects.filter(updates=OuterRef("pk")).order_by("position"), "code"),
        ),
        *said_columns(),
        date_column("as_of", _("The date on which it was true."), required=True),
        text_column(
            "as_of_as_published",
            _("That date in the words of the source, if it is not exact."),
        ),
        text_column("narrative", _("What was done.")),
        text_column("obstacles", _("What stands in the way.")),
        text_column(
            "institution_id",
            _(
                "The institution that reports. Empty: the document does not say, or an assessor"
                " wrote it."
            ),
            "institution__slug",
        ),
        *PUBLICATION,
        yes_no_column(
            "still_counts",
            _("Whether it still counts: no published update corrects it."),
            ~Q(Exists(CORRECTIONS)),
        ),
        text_column("corrects_update_id", _("The update that it corrects."), Uid("corrects__uid")),
        text_column("correction_reason", _("The reason for the correction.")),
        text_column(
            "corrected_by_update_id",
            _("The update that corrects it."),
            Subquery(CORRECTIONS.values(text=Uid("uid"))[:1]),
        ),
        text_column(
            "source_title",
            _("The document that this comes from. Empty: an officer wrote it here."),
        ),
        text_column("source_url", _("The address of the document.")),
        text_column("source_locator", _("The page or paragraph in the document.")),
        text_column(
            "url", _("Its address on the page of the milestone or commitment."), place_of_update
        ),
    ),
)


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


def file_address(_on: date) -> Case:
    address = Concat(
        Value(f"{settings.SITE_URL}/evidence/"),
        Uid("uid"),
        Value("/"),
        F("file_name"),
        output_field=TextField(),
    )
    return Case(When(file="", then=Value("")), default=address, output_field=TextField())


EVIDENCE = Table(
    name="evidence",
    title=_("Evidence"),
    description=_("The evidence that published updates give, so that anyone can check them."),
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
        text_column("file_url", _("The address of its file on this site."), file_address),
        text_column("file_name", _("The name of its file.")),
        text_column("file_sha256", _("The SHA-256 checksum of its file."), "sha256"),
        time_column("last_checked_at", _("When this site last checked the address.")),
        time_column("last_alive_at", _("When it last worked.")),
        code_column(
            "link_state", _("Whether the address worked when last checked."), LinkState, link_state
        ),
    ),
)
