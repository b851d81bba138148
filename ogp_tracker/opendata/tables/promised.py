"""Tables of what was promised, and by whom."""

from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from commitments.filters import CommitmentFilter
from commitments.models import (
    ActionPlan,
    AmendmentState,
    Commitment,
    FormerSlug,
    Institution,
    Involvement,
    Nation,
    OGPValue,
    PolicyArea,
)
from commitments.models.commitment import OGPStatus
from commitments.models.plan import DatesBasis
from ogp_tracker.common.texts import StrOrPromise
from ogp_tracker.opendata.addresses import page_of
from ogp_tracker.opendata.columns import (
    Column,
    ListOf,
    code_column,
    date_column,
    list_column,
    number_column,
    text_column,
    yes_no_column,
)
from ogp_tracker.opendata.table import Table

from .delivered import LABEL_IS_OURS, LANGUAGE, TEXT_IS_SUMMARY, nations_of, whole_columns

NATIONS = Table(
    name="nations",
    title=_("Nations"),
    description=_(
        "The four nations of the United Kingdom in a fixed order, which is not a ranking."
    ),
    rows=lambda on: Nation.objects.public().order_by("position"),
    key=("nation_code",),
    authors=("tracker",),
    columns=(
        text_column("nation_code", _("eng, sct, wls or nir."), "code", required=True),
        text_column("name", _("Its name."), required=True),
        text_column(
            "label",
            _("Its name on the pages: England is served by the UK Government, and says so."),
        ),
        text_column("other_names", _("Its names in other languages, one on each line.")),
        text_column("iso_3166_2", _("Its code in ISO 3166-2."), "iso_code"),
        text_column("ons_code", _("Its code of the Office for National Statistics."), "ons_code"),
        text_column("url", _("Its page here."), page_of("nations", "code")),
    ),
)

INSTITUTIONS = Table(
    name="institutions",
    title=_("Institutions"),
    description=_("Bodies that lead or support commitments, or assess them."),
    rows=lambda on: Institution.objects.order_by("pk"),
    key=("institution_id",),
    refers_to={"nations": ("nation_code",), "institutions": ("succeeded_by",)},
    authors=("tracker",),
    columns=(
        text_column(
            "institution_id", _("The last part of its address here."), "slug", required=True
        ),
        text_column("name", _("Its name."), required=True),
        text_column("other_names", _("Initials and other names, one on each line.")),
        code_column(
            "kind", _("What kind of body it is. Empty: not recorded here."), Institution.Kind
        ),
        text_column(
            "nation_code", _("The nation that it serves. Empty: none, or several."), "nation__code"
        ),
        text_column("website", _("The address of its own site.")),
        text_column(
            "succeeded_by",
            _("The institution that continues its work, if it was renamed or abolished."),
            "succeeded_by__slug",
        ),
        text_column("url", _("Its page here."), page_of("institutions", "slug")),
    ),
)

PLANS = Table(
    name="plans",
    title=_("Action plans"),
    description=_("The commitments that members of OGP make for some years."),
    rows=lambda on: ActionPlan.objects.public().order_by("pk"),
    key=("plan_id",),
    columns=(
        text_column("plan_id", _("The last part of its address here."), "slug", required=True),
        text_column(
            "member",
            _("The OGP member, as OGP names it."),
            required=True,
            ogp_name="Country/Locality",
        ),
        text_column("country", _("The member's country in ISO 3166-1. Empty: not recorded here.")),
        number_column(
            "number",
            _("Its number, such as 4 for the member's fourth plan. Empty: not recorded here."),
        ),
        text_column("title", _("Its title, as OGP publishes it."), required=True),
        text_column(
            "other_title", _("The title under which government publishes it, if it differs.")
        ),
        text_column(
            "cycle", _("The year of its cycle, as OGP gives it."), ogp_name="Year Of Submission"
        ),
        date_column(
            "start_date", _("The first date on which it can have begun. Empty: not known.")
        ),
        date_column("end_date", _("The last date on which it can have ended. Empty: not known.")),
        code_column(
            "dates_basis",
            _(
                "Whether these dates were published or taken from its title. Empty: not recorded"
                " here."
            ),
            DatesBasis,
        ),
        yes_no_column(
            "needs_sign_off", _("Whether a second person signs off each progress update here.")
        ),
        yes_no_column(
            "needs_civil_society_sign_off",
            _("Whether civil society agrees each progress update here."),
        ),
        text_column("source_url", _("The address where it is published.")),
        text_column("url", _("Its page here."), page_of("plans", "slug")),
    ),
)


def involved_column(name: str, role: str, description: StrOrPromise) -> Column:
    rows = Involvement.objects.filter(commitment=OuterRef("pk"), role=role)
    institutions = ListOf(rows.order_by("institution__slug"), "institution__slug")
    return list_column(name, description, institutions)


COMMITMENTS = Table(
    name="commitments",
    title=_("Commitments"),
    description=_(
        "What governments promised, in the words they published, and the progress of each"
        " commitment as a whole."
    ),
    rows=lambda on: Commitment.objects.public().order_by("pk"),
    key=("commitment_id",),
    refers_to={"plans": ("plan_id",)},
    authors=("government", "tracker"),
    filters=CommitmentFilter,
    columns=(
        text_column(
            "commitment_id",
            _("The last part of its address here: the OGP id where there is one."),
            "slug",
            required=True,
        ),
        text_column(
            "ogp_id",
            _("The id that OGP gave it. Empty: not known."),
            ogp_name="Commitment Unique Identifier",
        ),
        list_column(
            "former_ids",
            _("Earlier values of its commitment_id. Addresses with them redirect to its page."),
            ListOf(FormerSlug.objects.filter(commitment=OuterRef("pk")).order_by("slug"), "slug"),
        ),
        text_column(
            "plan_id", _("Its action plan. Empty: the source does not name one."), "plan__slug"
        ),
        text_column(
            "plan_as_published", _("What the source says in place of a plan, such as Not Attached.")
        ),
        text_column(
            "member_as_published", _("The OGP member whose commitment it is, if it has no plan.")
        ),
        text_column("cycle_as_published", _("Its cycle, if it has no plan.")),
        text_column(
            "label",
            _("Its number as printed in the plan: 1.10 is not 1.1. Empty: not known."),
            ogp_name="Commitment Number",
        ),
        yes_no_column("label_is_ours", LABEL_IS_OURS),
        number_column("order", _("Its position in the plan. Empty: not known.")),
        text_column("title", _("Its title."), required=True, ogp_name="Commitment Title"),
        text_column("objective", _("What it aims to achieve."), ogp_name="Full Text"),
        text_column("problem", _("The public problem that it addresses.")),
        text_column("contribution", _("How it will help solve the problem.")),
        yes_no_column("text_is_summary", TEXT_IS_SUMMARY),
        text_column("language", LANGUAGE, required=True),
        text_column(
            "timeline_as_published", _("When it is to be delivered, in the words of the plan.")
        ),
        date_column("start_date", _("The first possible start date.")),
        date_column("end_date", _("The last possible end date.")),
        list_column(
            "policy_areas",
            _("The policy areas that OGP gives it."),
            ListOf(PolicyArea.objects.filter(commitments=OuterRef("pk")).order_by("name"), "name"),
            ogp_name="Theme",
        ),
        list_column(
            "values_claimed",
            _("The OGP values that government claims for it."),
            ListOf(OGPValue.objects.filter(commitments=OuterRef("pk")).order_by("name"), "name"),
        ),
        text_column("values_as_published", _("Those values in the source's order and spelling.")),
        list_column("nation_codes", _("The nations in which it is delivered."), nations_of("pk")),
        involved_column("lead_ids", Involvement.Role.LEAD, _("The institutions that lead it.")),
        involved_column(
            "partner_ids", Involvement.Role.PARTNER, _("The institutions that are its partners.")
        ),
        involved_column(
            "support_government_ids",
            Involvement.Role.SUPPORT_GOVERNMENT,
            _("The institutions of government that support it."),
        ),
        involved_column(
            "support_others_ids",
            Involvement.Role.SUPPORT_OTHERS,
            _("The civil society organisations and others that support it."),
        ),
        yes_no_column("lead_unknown", _("Whether the source was read and does not name a lead.")),
        text_column(
            "lead_as_published",
            _("The lead institutions in the words of the source, if these are more than names."),
            ogp_name="Lead Institution",
        ),
        text_column(
            "support_as_published",
            _("The supporting institutions in the words of the source."),
            ogp_name="Supporting Institution(s)",
        ),
        list_column(
            "continues",
            _("The earlier commitments that it continues, by their commitment_id."),
            ListOf(
                Commitment.objects.public().filter(continued_by=OuterRef("pk")).order_by("slug"),
                "slug",
            ),
        ),
        text_column("editorial_note", _("The editorial note, as published.")),
        text_column("tracker_note", _("A note by this site about the record.")),
        code_column(
            "ogp_status",
            _(
                "The status on OGP's page: active, inactive, blank (the line is there and empty)"
                " or no_line (the page has no such line). Empty: not recorded here."
            ),
            OGPStatus,
        ),
        text_column("source_url", _("The address of the source."), ogp_name="URL"),
        *whole_columns("pk"),
        code_column(
            "amendment_state",
            _("Whether it is on hold, withdrawn or merged. Empty: none of these."),
            AmendmentState,
        ),
        date_column("published_on", _("The date on which it was published here."), required=True),
        text_column("url", _("Its page here."), page_of("commitments", "slug")),
    ),
)

INVOLVEMENTS = Table(
    name="involvements",
    title=_("Involvements"),
    description=_("The institutions in each commitment and their roles: one row for each role."),
    rows=lambda on: Involvement.objects.public().order_by("commitment_id", "role", "pk"),
    key=("commitment_id", "institution_id", "role"),
    refers_to={"commitments": ("commitment_id",), "institutions": ("institution_id",)},
    columns=(
        text_column("commitment_id", _("The commitment."), "commitment__slug", required=True),
        text_column("institution_id", _("The institution."), "institution__slug", required=True),
        code_column("role", _("Its role."), Involvement.Role, required=True),
    ),
)
