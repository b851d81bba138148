"""Whatever a constraint forbids, the database refuses and a form explains beside the field."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint
from django.utils import timezone

from commitments.models.vocabulary import OGPValue
from irm.codebook import OPEN_VARIABLES, VARIABLES
from irm.models import ReplyStep
from milestones import services
from milestones.evidence_files.store import keep_upload
from milestones.models import Amendment, Evidence, UpdateStep
from tests.evidence_samples import make, pdf
from tests.factories import (
    AccountFactory,
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    FormerSlugFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    NationFactory,
    PlanFactory,
    ReminderFactory,
    ReplyFactory,
    ReportFactory,
    UnpublicationFactory,
    days_ago,
    make_update,
    today,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

WEB = "Enter a web address that starts with https:// or http://."
NO_CHOICE = "is not a valid choice."
NOT_WEB = "ftp://example.org/file"  # a form's own check of addresses lets it pass
BLANK = "This field cannot be blank."


def of(factory, **given):
    return lambda: factory(**given)


def draft(level="limited", **given):
    return lambda: make_update(level=level, publish=False, **given)


def amendment(**given):
    milestone = MilestoneFactory()
    return Amendment.objects.create(
        **{
            "commitment": milestone.commitment,
            "milestone": milestone,
            "kind": "due_date_moved",
            "due_from": days_ago(5),
            "due_to": days_ago(1),
            "effective_on": days_ago(1),
            "reason": "The pandemic.",
            "recorded_at": timezone.now(),
            "state": "submitted",
        }
        | given
    )


def revised_text():
    return amendment(kind="text_revised", due_from=None, due_to=None, text_from="A", text_to="B")


def step():
    update = make_update(publish=False)
    return services.submit_update(update, by=update.recorded_by).steps.get()


def reply_step():
    reply = ReplyFactory(draft=True)
    return services.submit_update(reply, by=reply.recorded_by).steps.get()


def point_of_contact():
    return MembershipFactory(role="point_of_contact", plan=PlanFactory())


def evidence():
    return make_update(level="completed", publish=False).evidence.get()


def cell():
    return MilestoneFactory().nation_progress.first()


def cell_of_whole():
    return make_update(CommitmentFactory()).current_in.first()


def reported_cell():
    return make_update(nations=["sct"]).current_in.get()


def second_correction():
    first = make_update(nations=["sct"])
    make_update(first.milestone, corrects=first, nations=["sct"])
    update = make_update(first.milestone, publish=False, nations=["wls"])
    update.corrects_to_be = first
    return update


def bounded(prefix, make, fields, most=20_000):
    """A text that is one character too long, in each of the fields."""
    said = f"Shorten this to {most:,} characters; it has {most + 1:,}."
    return [
        (f"{prefix}_{name}_bounded", make, {name: "[1] ".ljust(most + 1, "é")}, said)
        for name in fields.split()
    ]


def rules(prefix, make, *cases):
    """Several constraints of one model, which rows of one make obey: what breaks each of them."""
    return [(f"{prefix}_{name}", make, change, said) for name, change, said in cases]


# Constraint, how a row that obeys it is made, what breaks it (a function of the row for what
# depends on it), the field that is blamed and what is said there.
CASES = [
    *rules(
        "commitments_institution",
        of(InstitutionFactory),
        ("website_is_web", {"website": NOT_WEB}, WEB),
        (
            "not_its_own_successor",
            lambda row: {"succeeded_by": row},
            "An institution cannot succeed itself.",
        ),
    ),
    *rules(
        "commitments_membership",
        of(MembershipFactory),
        (
            "once",
            lambda row: {"institution": MembershipFactory(account=row.account).institution},
            "This account already has this role there.",
        ),
        (
            "plan_for_whole_plans",
            lambda _row: {"plan": PlanFactory()},
            "Only a point of contact or a civil-society lead is for a plan.",
        ),
        ("role_known", {"role": "queen"}, NO_CHOICE),
        (
            "has_institution",
            {"institution": None},
            "Choose the institution that this account acts for.",
        ),
    ),
    (
        "commitments_membership_once_per_plan",
        point_of_contact,
        lambda row: {
            "institution": MembershipFactory(
                account=row.account, role=row.role, plan=row.plan
            ).institution
        },
        "This account already has this role for this plan.",
    ),
    *rules(
        "commitments_actionplan",
        of(PlanFactory),
        ("source_is_web", {"source_url": NOT_WEB}, WEB),
        (
            "days_in_order",
            lambda row: {"end_date": row.start_date - timedelta(days=1)},
            "The last day cannot be before the first day.",
        ),
    ),
    (
        "commitments_actionplan_dates_basis_known",
        of(PlanFactory, start_date=None, end_date=None),
        {"dates_basis": "title"},
        "Enter the dates first, or leave this empty.",
    ),
    *rules(
        "commitments_commitment",
        of(CommitmentFactory),
        (
            "ogp_id_once",
            lambda row: (
                (taken := CommitmentFactory()) and {"ogp_id": taken.ogp_id, "slug": taken.slug}
            ),
            "Another commitment already has this OGP id.",
        ),
        ("ogp_status_known", {"ogp_status": "x"}, NO_CHOICE),
        ("address_is_ogp_id", {"slug": "another"}, "The address must be the same as the OGP id."),
        ("plan_or_words", {"plan_as_published": "Not Attached"}, "Leave this empty"),
        ("source_is_web", {"source_url": NOT_WEB}, WEB),
        ("amendment_state_known", {"amendment_state": "lost"}, "It goes on, is on hold"),
    ),
    (
        "commitments_commitment_address_once",
        of(CommitmentFactory, ogp_id="", slug="another-place"),
        lambda row: CommitmentFactory(ogp_id="", slug="a-place") and {"slug": "A-Place"},
        "Another commitment has this address, in these or other letters.",
    ),
    (
        "commitments_commitment_label_once_in_plan",
        of(CommitmentFactory, label="1.1"),
        lambda row: {"label": CommitmentFactory(plan=row.plan, label="1.10").label},
        "Another commitment already has this number in this plan.",
    ),
    (
        "commitments_commitment_days_in_order",
        of(CommitmentFactory, start_date=today()),
        {"end_date": days_ago(1)},
        "The last day cannot be before the first day.",
    ),
    *rules(
        "commitments_involvement",
        of(InvolvementFactory),
        (
            "once",
            lambda row: {"institution": InvolvementFactory(commitment=row.commitment).institution},
            "This institution already has this role here.",
        ),
        ("role_known", {"role": "boss"}, NO_CHOICE),
    ),
    *rules(
        "milestones_milestone",
        of(MilestoneFactory),
        (
            "number_once",
            lambda row: {"number": MilestoneFactory(commitment=row.commitment).number},
            "This commitment already has a milestone of this number.",
        ),
        ("number_from_one", {"number": 0}, "Milestones are numbered from 1."),
        ("has_label", {"label": ""}, BLANK),
        ("has_text", {"text": ""}, BLANK),
        ("source_is_web", {"source_url": NOT_WEB}, WEB),
        ("amendment_state_known", {"amendment_state": "lost"}, "It goes on, is on hold"),
    ),
    *rules(
        "milestones_amendment",
        amendment,
        ("kind_known", {"kind": "moved"}, NO_CHOICE),
        ("has_reason", {"reason": ""}, "Say why the plan changes."),
        ("has_its_date", {"effective_on": None}, "Enter the date"),
        ("moves_a_due_date", {"due_to": None}, "the new due date"),
        ("revises_a_text", {"text_to": "New."}, "the new text"),
        ("due_date_differs", lambda row: {"due_to": row.due_from}, "This is already the due date."),
        (
            "is_attributed",
            lambda row: {"recorded_by": AccountFactory()},
            "Choose the institution that says so",
        ),
        ("published_has_time", {"published_at": timezone.now()}, "Only what is published"),
        ("source_is_web", {"source_url": NOT_WEB}, WEB),
    ),
    *rules(
        "milestones_nationprogress",
        cell,
        (
            "once",
            lambda row: {"nation": row.milestone.nation_progress.exclude(pk=row.pk)[0].nation},
            "This milestone already has a row for this nation.",
        ),
        (
            "level_has_update",
            {"level": "limited"},
            "A level comes from a published update and has its date.",
        ),
        (
            "says_why_not",
            {"not_applicable_reason": "Not devolved"},
            "Give a reason if the milestone does not apply in this nation, and only then.",
        ),
    ),
    (
        "milestones_nationprogress_whole_once",
        cell_of_whole,
        lambda row: {"nation": row.commitment.nation_progress.filter(milestone=None)[1].nation},
        "This commitment already has a row for this nation.",
    ),
    *rules(
        "milestones_nationprogress",
        reported_cell,
        ("level_known", {"level": "in_progress"}, NO_CHOICE),
        (
            "no_level_if_not_applicable",
            {"applies": False, "not_applicable_reason": "Not devolved"},
            "A level has been published for this nation: it does apply.",
        ),
    ),
    *rules(
        "milestones_update",
        draft(),
        ("level_known", {"level": "in_progress"}, NO_CHOICE),
        ("level_has_basis", {"level_basis": ""}, "A level is given by the source or our reading"),
        ("schedule_known", {"schedule": "late"}, NO_CHOICE),
        (
            "published_has_time",
            {"published_at": timezone.now()},
            "Only what is published has its time of publication.",
        ),
        (
            "says_what_was_done",
            {"state": "submitted", "narrative": ""},
            "Say in a sentence or two what was done.",
        ),
        (
            "has_its_day",
            {"state": "submitted", "as_of": None},
            "Enter the date on which this was true.",
        ),
        (
            "says_why_the_due_date_moves",
            {"state": "submitted", "due_on_proposed": days_ago(-9)},
            "Say why the due date moves.",
        ),
        (
            "says_what_stands_in_the_way",
            {"state": "submitted", "schedule": "at_risk", "obstacles": ""},
            "Say what stands in the way",
        ),
        (
            "is_attributed",
            {"institution": None},
            "Choose the institution that reports, or name the source document.",
        ),
        (
            "not_its_own_correction",
            lambda row: {"corrects": row, "correction_reason": "Wrong."},
            "An update cannot correct itself.",
        ),
        (
            "correction_has_reason",
            lambda row: {"state": "submitted", "corrects": make_update(row.milestone)},
            "Say why the earlier update has to be corrected.",
        ),
        ("source_is_web", {"source_url": NOT_WEB}, WEB),
    ),
    (
        "milestones_update_corrected_once",
        second_correction,
        lambda row: {
            "corrects": row.corrects_to_be,
            "correction_reason": "Wrong.",
            "state": "published",
            "published_at": timezone.now(),
        },
        "This update has already been corrected.",
    ),
    *rules(
        "milestones_updatestep",
        step,
        ("kind_known", {"kind": "danced"}, NO_CHOICE),
        (
            "of_one_thing",
            lambda row: {"amendment_id": amendment().pk},
            "A step is of an update or of an amendment.",
        ),
        ("return_has_comment", {"kind": "returned"}, "Say what has to change"),
    ),
    *rules(
        "milestones_evidence",
        evidence,
        ("address_or_file", {"url": ""}, "Give an address or a file."),
        (
            "file_is_whole",
            {"file": "evidence/one"},
            "A file has its name, kind, size and checksum.",
        ),
        (
            "once",
            lambda row: {
                "title": Evidence.objects.create(update=row.update, title="Film", url=row.url).title
            },
            "This report already gives this evidence.",
        ),
        ("address_is_web", {"url": NOT_WEB}, WEB),
        ("archive_is_web", {"archived_url": NOT_WEB}, WEB),
    ),
    (
        "milestones_upload_file_is_whole",
        lambda: keep_upload(make(pdf()), AccountFactory()),
        {"sha256": ""},
        "A file has its name, kind, size and checksum.",
    ),
    *rules(
        "irm_report",
        of(ReportFactory),
        ("kind_known", {"kind": "novel"}, NO_CHOICE),
        ("stage_known", {"stage": "lost"}, NO_CHOICE),
        (
            "title_once",
            lambda row: {"title": ReportFactory().title},
            "A report with this title and stage already exists.",
        ),
        ("address_is_web", {"url": NOT_WEB}, WEB),
        (
            "totals_are_of_a_plan",
            {"plan": None, "completion_totals": "Limited: 1"},
            "Choose the plan whose commitments the report counts.",
        ),
    ),
    (
        "irm_assessment_once",
        of(AssessmentFactory),
        lambda row: {"commitment": AssessmentFactory(report=row.report).commitment},
        "This report already assesses this commitment.",
    ),
    *rules(
        "irm_assessment",
        of(AssessmentFactory, analysis=""),
        (
            "not_text_of_itself",
            lambda row: {"shares_text_with": row},
            "An assessment cannot share its text with itself.",
        ),
        (
            "text_in_one_place",
            lambda row: {
                "shares_text_with": AssessmentFactory(report=row.report),
                "analysis": "A text of its own.",
            },
            "Empty the analysis and the footnotes here.",
        ),
    ),
    (
        "irm_assessment_covered_holds_nothing",
        of(AssessmentFactory, is_recorded=False, analysis=""),
        {"analysis": "Words."},
        "A code or a text is recorded here. Tick this.",
    ),
    *(
        (
            f"irm_assessment_{variable.words_name}",
            of(AssessmentFactory),
            {variable.words_name: words, variable.name: code},
            "Choose a code, or give the report's own word",
        )
        for variable, words, code in zip(
            OPEN_VARIABLES, ("=1+1", "@Low", "None"), ("", "", "no_irm_data"), strict=True
        )
    ),
    *(
        (
            f"irm_assessment_{variable.name}_in_codebook",
            of(AssessmentFactory),
            {variable.name: "splendid"},
            NO_CHOICE,
        )
        for variable in VARIABLES
    ),
    *rules(
        "irm_milestonefinding",
        of(FindingFactory),
        (
            "once",
            lambda row: {"milestone": FindingFactory(assessment=row.assessment).milestone},
            "This assessment already has a finding for it.",
        ),
        ("completion_in_codebook", {"completion": "splendid"}, NO_CHOICE),
        ("code_or_words", {"found": ""}, "Choose a code, or write what was found."),
    ),
    *rules(
        "irm_reply",
        of(ReplyFactory, draft=True),
        ("has_text", {"text": ""}, BLANK),
        (
            "once_per_finding",
            lambda row: {"finding": answered_finding(row.assessment)},
            "This finding has already been answered.",
        ),
        (
            "once_per_assessment",
            lambda row: {"assessment": ReplyFactory().assessment},
            "This assessment has already been answered.",
        ),
        (
            "published_means_signed",
            lambda row: {"signed_off_by": row.recorded_by},
            "A reply is signed when it is published, and not before.",
        ),
        (
            "published_has_time",
            {"state": "published"},
            "Only what is published has its time of publication.",
        ),
    ),
    *rules(
        "irm_replystep",
        reply_step,
        ("kind_known", {"kind": "danced"}, NO_CHOICE),
        ("return_has_comment", {"kind": "returned"}, "Say what has to change"),
    ),
    *rules(
        "milestones_reminder",
        of(ReminderFactory),
        (
            "once_per_account",
            lambda row: {"subject": ReminderFactory(account=row.account).subject},
            "This account has been reminded of this already.",
        ),
        ("to_one", {"account": None}, "A reminder goes to one account, or to one team mailbox."),
        ("kind_known", {"kind": "letter"}, NO_CHOICE),
        (
            "settled_has_time",
            lambda row: {"settled_at": timezone.now()},
            "What was handed over or refused has its time, and nothing else has.",
        ),
    ),
    (
        "milestones_reminder_once_per_mailbox",
        of(ReminderFactory, account=None),
        lambda row: {"subject": ReminderFactory(account=None, institution=row.institution).subject},
        "This team mailbox has been reminded of this already.",
    ),
    *bounded(
        "commitments_commitment",
        of(CommitmentFactory),
        "objective problem contribution lead_as_published support_as_published editorial_note"
        " tracker_note",
        200_000,
    ),
    *bounded(
        "commitments_ogpvalue",
        lambda: OGPValue.objects.create(slug="open", name="Open"),
        "definition",
    ),
    *bounded("commitments_unpublication", of(UnpublicationFactory), "reason"),
    ("commitments_unpublication_has_reason", of(UnpublicationFactory), {"reason": ""}, BLANK),
    (
        "commitments_formerslug_once",
        of(FormerSlugFactory),
        lambda row: {"slug": FormerSlugFactory(commitment=row.commitment).slug.upper()},
        "already a former address",
    ),
    *bounded("commitments_institution", of(InstitutionFactory), "other_names"),
    *bounded("commitments_nation", of(NationFactory), "other_names"),
    *bounded("milestones_milestone", of(MilestoneFactory), "text", 200_000),
    *bounded("milestones_amendment", amendment, "reason"),
    *bounded("milestones_amendment", revised_text, "text_from text_to", 200_000),
    *bounded("milestones_updatestep", step, "comment"),
    *bounded("milestones_reminder", of(ReminderFactory), "answer"),
    *bounded("milestones_update", draft(), "narrative obstacles due_reason correction_reason"),
    *bounded("irm_report", of(ReportFactory), "tracker_note"),
    *bounded("irm_report", of(ReportFactory), "completion_totals", 1_000),
    *bounded(
        "irm_assessment",
        of(AssessmentFactory),
        "commitment_as_reported analysis footnotes",
        200_000,
    ),
    *bounded("irm_milestonefinding", of(FindingFactory), "found", 200_000),
    *bounded("irm_reply", of(ReplyFactory, draft=True), "text"),
    *bounded("irm_replystep", reply_step, "comment"),
]

# The field that is blamed, where it is not the first one of the change.
BLAMED = {
    "commitments_membership_once_per_plan": "plan",
    "milestones_update_says_what_was_done": "narrative",
    "milestones_update_has_its_day": "as_of",
    "milestones_update_says_why_the_due_date_moves": "due_reason",
    "milestones_update_says_what_stands_in_the_way": "obstacles",
    "milestones_update_correction_has_reason": "correction_reason",
    "milestones_updatestep_return_has_comment": "comment",
    "milestones_updatestep_of_one_thing": "update",
    "milestones_amendment_is_attributed": "institution",
    "milestones_amendment_has_reason": "reason",
    "milestones_evidence_address_or_file": "url",
    "irm_reply_published_has_time": "published_at",
    "irm_replystep_return_has_comment": "comment",
    "irm_assessment_covered_holds_nothing": "is_recorded",
}


def answered_finding(assessment):
    finding = FindingFactory(assessment=assessment)
    ReplyFactory(assessment=assessment, finding=finding)
    return finding


@pytest.fixture
def broken(request):
    make, change = request.param
    row = make()
    return row, change(row) if callable(change) else change


# Triggers keep what has been written of these: a row comes as it is, or not at all.
STAYS = {UpdateStep, ReplyStep}
CONSTRAINTS = {
    rule.name: rule
    for app in ("commitments", "milestones", "irm")
    for model in apps.get_app_config(app).get_models()
    for rule in model._meta.constraints
}


def write(row, change):
    """Write the change into the row past its form; if it may not change, write it anew."""
    rows = type(row).objects
    if type(row) not in STAYS:
        return rows.filter(pk=row.pk).update(**change)
    values = {field.attname: getattr(row, field.attname) for field in row._meta.fields}
    return rows.create(**values | {"id": None} | change)


cases = pytest.mark.parametrize(
    ("name", "broken", "sentence"),
    [
        pytest.param(name, (make, change), sentence, id=name)
        for name, make, change, sentence in CASES
    ],
    indirect=["broken"],
)


def test_every_constraint_of_ours_is_tested_here():
    assert set(CONSTRAINTS) == {name for name, *_rest in CASES}


@cases
def test_database_refuses_what_a_constraint_forbids(name, broken, sentence):
    row, change = broken
    rule = CONSTRAINTS[name]
    # SQLite names the columns and not the constraint if it is about uniqueness.
    expected = name if isinstance(rule, CheckConstraint) else "(?i)unique"

    with pytest.raises(IntegrityError, match=expected), transaction.atomic():
        write(row, change)


@cases
def test_form_takes_a_row_that_obeys_and_explains_a_constraint_beside_the_field(
    name, broken, sentence
):
    row, change = broken
    type(row).objects.get(pk=row.pk).full_clean()
    for field, value in change.items():
        setattr(row, field, value)

    with pytest.raises(ValidationError) as refusal:
        row.full_clean()

    said = refusal.value.message_dict
    field = BLAMED.get(name, next(iter(change)))
    assert any(sentence in message for message in said.get(field, [])), said
    assert NON_FIELD_ERRORS not in said
