"""Whatever a constraint forbids, the database refuses and a form explains beside the field."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint
from django.utils import timezone

from commitments.models import (
    ActionPlan,
    Commitment,
    FormerSlug,
    Institution,
    Involvement,
    Membership,
    Unpublication,
)
from commitments.models.vocabulary import OGPValue
from irm.codebook import VARIABLES
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones import services
from milestones.evidence_files.store import keep_upload
from milestones.models import (
    Amendment,
    Evidence,
    EvidenceUpload,
    Milestone,
    NationProgress,
    ProgressUpdate,
    Reminder,
    UpdateStep,
)
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


# Constraint, how a row that obeys it is made, what breaks it (a function of the row for what
# depends on it), the field that is blamed and what is said there.
CASES = [
    ("commitments_institution_website_is_web", of(InstitutionFactory), {"website": NOT_WEB}, WEB),
    (
        "commitments_institution_not_its_own_successor",
        of(InstitutionFactory),
        lambda row: {"succeeded_by": row},
        "An institution cannot succeed itself.",
    ),
    (
        "commitments_membership_once",
        of(MembershipFactory),
        lambda row: {"institution": MembershipFactory(account=row.account).institution},
        "This account already has this role there.",
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
    (
        "commitments_membership_plan_for_whole_plans",
        of(MembershipFactory),
        lambda _row: {"plan": PlanFactory()},
        "Only a point of contact or a civil-society lead is for a plan.",
    ),
    ("commitments_membership_role_known", of(MembershipFactory), {"role": "queen"}, NO_CHOICE),
    (
        "commitments_membership_has_institution",
        of(MembershipFactory),
        {"institution": None},
        "Choose the institution that this account acts for.",
    ),
    ("commitments_actionplan_source_is_web", of(PlanFactory), {"source_url": NOT_WEB}, WEB),
    (
        "commitments_actionplan_dates_basis_known",
        of(PlanFactory, start_date=None, end_date=None),
        {"dates_basis": "title"},
        "Enter the dates first, or leave this empty.",
    ),
    (
        "commitments_actionplan_days_in_order",
        of(PlanFactory),
        lambda row: {"end_date": row.start_date - timedelta(days=1)},
        "The last day cannot be before the first day.",
    ),
    (
        "commitments_commitment_ogp_id_once",
        of(CommitmentFactory),
        lambda row: (taken := CommitmentFactory()) and {"ogp_id": taken.ogp_id, "slug": taken.slug},
        "Another commitment already has this OGP id.",
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
        "commitments_commitment_ogp_status_known",
        of(CommitmentFactory),
        {"ogp_status": "x"},
        NO_CHOICE,
    ),
    (
        "commitments_commitment_address_is_ogp_id",
        of(CommitmentFactory),
        {"slug": "another"},
        "The address must be the same as the OGP id.",
    ),
    (
        "commitments_commitment_plan_or_words",
        of(CommitmentFactory),
        {"plan_as_published": "Not Attached"},
        "Leave this empty",
    ),
    (
        "commitments_commitment_days_in_order",
        of(CommitmentFactory, start_date=today()),
        {"end_date": days_ago(1)},
        "The last day cannot be before the first day.",
    ),
    ("commitments_commitment_source_is_web", of(CommitmentFactory), {"source_url": NOT_WEB}, WEB),
    (
        "commitments_involvement_once",
        of(InvolvementFactory),
        lambda row: {"institution": InvolvementFactory(commitment=row.commitment).institution},
        "This institution already has this role here.",
    ),
    ("commitments_involvement_role_known", of(InvolvementFactory), {"role": "boss"}, NO_CHOICE),
    (
        "milestones_milestone_number_once",
        of(MilestoneFactory),
        lambda row: {"number": MilestoneFactory(commitment=row.commitment).number},
        "This commitment already has a milestone of this number.",
    ),
    (
        "milestones_milestone_number_from_one",
        of(MilestoneFactory),
        {"number": 0},
        "Milestones are numbered from 1.",
    ),
    ("milestones_milestone_has_label", of(MilestoneFactory), {"label": ""}, BLANK),
    ("milestones_milestone_has_text", of(MilestoneFactory), {"text": ""}, BLANK),
    (
        "milestones_milestone_amendment_state_known",
        of(MilestoneFactory),
        {"amendment_state": "lost"},
        "It goes on, is on hold",
    ),
    (
        "commitments_commitment_amendment_state_known",
        of(CommitmentFactory),
        {"amendment_state": "lost"},
        "It goes on, is on hold",
    ),
    ("milestones_milestone_has_text", of(MilestoneFactory), {"text": ""}, BLANK),
    ("milestones_amendment_kind_known", amendment, {"kind": "moved"}, NO_CHOICE),
    ("milestones_amendment_has_reason", amendment, {"reason": ""}, "Say why the plan changes."),
    ("milestones_amendment_has_its_date", amendment, {"effective_on": None}, "Enter the date"),
    ("milestones_amendment_moves_a_due_date", amendment, {"due_to": None}, "the new due date"),
    ("milestones_amendment_revises_a_text", amendment, {"text_to": "New."}, "the new text"),
    (
        "milestones_amendment_due_date_differs",
        amendment,
        lambda row: {"due_to": row.due_from},
        "This is already the due date.",
    ),
    (
        "milestones_amendment_is_attributed",
        amendment,
        lambda row: {"recorded_by": AccountFactory()},
        "Choose the institution that says so",
    ),
    (
        "milestones_amendment_published_has_time",
        amendment,
        {"published_at": timezone.now()},
        "Only what is published",
    ),
    ("milestones_amendment_source_is_web", amendment, {"source_url": NOT_WEB}, WEB),
    (
        "milestones_nationprogress_once",
        cell,
        lambda row: {"nation": row.milestone.nation_progress.exclude(pk=row.pk)[0].nation},
        "This milestone already has a row for this nation.",
    ),
    (
        "milestones_nationprogress_whole_once",
        cell_of_whole,
        lambda row: {"nation": row.commitment.nation_progress.filter(milestone=None)[1].nation},
        "This commitment already has a row for this nation.",
    ),
    ("milestones_nationprogress_level_known", reported_cell, {"level": "in_progress"}, NO_CHOICE),
    (
        "milestones_nationprogress_level_has_update",
        cell,
        {"level": "limited"},
        "A level comes from a published update and has its day.",
    ),
    (
        "milestones_nationprogress_says_why_not",
        cell,
        {"not_applicable_reason": "Not devolved"},
        "Give a reason if the milestone does not apply in this nation, and only then.",
    ),
    (
        "milestones_nationprogress_no_level_if_not_applicable",
        reported_cell,
        {"applies": False, "not_applicable_reason": "Not devolved"},
        "A level has been published for this nation: it does apply.",
    ),
    ("milestones_update_level_known", draft(), {"level": "in_progress"}, NO_CHOICE),
    (
        "milestones_update_level_has_basis",
        draft(),
        {"level_basis": ""},
        "A level is given by the source or our reading",
    ),
    ("milestones_update_schedule_known", draft(), {"schedule": "late"}, NO_CHOICE),
    (
        "milestones_update_published_has_time",
        draft(),
        {"published_at": timezone.now()},
        "Only what is published has its time of publication.",
    ),
    (
        "milestones_update_says_what_was_done",
        draft(),
        {"state": "submitted", "narrative": ""},
        "Say in a sentence or two what was done.",
    ),
    (
        "milestones_update_has_its_day",
        draft(),
        {"state": "submitted", "as_of": None},
        "Enter the day on which this was true.",
    ),
    (
        "milestones_update_says_why_the_due_date_moves",
        draft(),
        {"state": "submitted", "due_on_proposed": days_ago(-9)},
        "Say why the due date moves.",
    ),
    (
        "milestones_update_says_what_stands_in_the_way",
        draft(),
        {"state": "submitted", "schedule": "at_risk", "obstacles": ""},
        "Say what stands in the way",
    ),
    (
        "milestones_update_is_attributed",
        draft(),
        {"institution": None},
        "Choose the institution that reports, or name the source document.",
    ),
    (
        "milestones_update_not_its_own_correction",
        draft(),
        lambda row: {"corrects": row, "correction_reason": "Wrong."},
        "An update cannot correct itself.",
    ),
    (
        "milestones_update_correction_has_reason",
        draft(),
        lambda row: {"state": "submitted", "corrects": make_update(row.milestone)},
        "Say why the earlier report has to be corrected.",
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
    ("milestones_updatestep_kind_known", step, {"kind": "danced"}, NO_CHOICE),
    (
        "milestones_updatestep_of_one_thing",
        step,
        lambda row: {"amendment_id": amendment().pk},
        "A step is of an update or of an amendment.",
    ),
    (
        "milestones_updatestep_return_has_comment",
        step,
        {"kind": "returned"},
        "Say what has to change",
    ),
    ("milestones_update_source_is_web", draft(), {"source_url": NOT_WEB}, WEB),
    ("milestones_evidence_address_or_file", evidence, {"url": ""}, "Give an address or a file."),
    (
        "milestones_evidence_file_is_whole",
        evidence,
        {"file": "evidence/one"},
        "A file has its name, kind, size and checksum.",
    ),
    (
        "milestones_upload_file_is_whole",
        lambda: keep_upload(make(pdf()), AccountFactory()),
        {"sha256": ""},
        "A file has its name, kind, size and checksum.",
    ),
    (
        "milestones_evidence_once",
        evidence,
        lambda row: {
            "title": Evidence.objects.create(update=row.update, title="Film", url=row.url).title
        },
        "This report already gives this evidence.",
    ),
    ("milestones_evidence_address_is_web", evidence, {"url": NOT_WEB}, WEB),
    ("milestones_evidence_archive_is_web", evidence, {"archived_url": NOT_WEB}, WEB),
    ("irm_report_kind_known", of(ReportFactory), {"kind": "novel"}, NO_CHOICE),
    ("irm_report_stage_known", of(ReportFactory), {"stage": "lost"}, NO_CHOICE),
    (
        "irm_report_title_once",
        of(ReportFactory),
        lambda row: {"title": ReportFactory().title},
        "A report with this title and stage already exists.",
    ),
    ("irm_report_address_is_web", of(ReportFactory), {"url": NOT_WEB}, WEB),
    (
        "irm_assessment_once",
        of(AssessmentFactory),
        lambda row: {"commitment": AssessmentFactory(report=row.report).commitment},
        "This report already assesses this commitment.",
    ),
    (
        "irm_assessment_not_text_of_itself",
        of(AssessmentFactory, analysis=""),
        lambda row: {"shares_text_with": row},
        "An assessment cannot share its text with itself.",
    ),
    (
        "irm_assessment_text_in_one_place",
        of(AssessmentFactory, analysis=""),
        lambda row: {
            "shares_text_with": AssessmentFactory(report=row.report),
            "analysis": "A text of its own.",
        },
        "Empty the analysis and the footnotes here.",
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
    (
        "irm_milestonefinding_once",
        of(FindingFactory),
        lambda row: {"milestone": FindingFactory(assessment=row.assessment).milestone},
        "This assessment already has a finding for it.",
    ),
    (
        "irm_milestonefinding_completion_in_codebook",
        of(FindingFactory),
        {"completion": "splendid"},
        NO_CHOICE,
    ),
    ("irm_reply_has_text", of(ReplyFactory, draft=True), {"text": ""}, BLANK),
    (
        "irm_reply_once_per_finding",
        of(ReplyFactory, draft=True),
        lambda row: {"finding": answered_finding(row.assessment)},
        "This finding has already been answered.",
    ),
    (
        "irm_reply_once_per_assessment",
        of(ReplyFactory, draft=True),
        lambda row: {"assessment": ReplyFactory().assessment},
        "This assessment has already been answered.",
    ),
    (
        "milestones_reminder_once_per_account",
        of(ReminderFactory),
        lambda row: {"subject": ReminderFactory(account=row.account).subject},
        "This account has been reminded of this already.",
    ),
    (
        "milestones_reminder_once_per_mailbox",
        of(ReminderFactory, account=None),
        lambda row: {"subject": ReminderFactory(account=None, institution=row.institution).subject},
        "This team mailbox has been reminded of this already.",
    ),
    (
        "milestones_reminder_to_one",
        of(ReminderFactory),
        {"account": None},
        "A reminder goes to one account, or to one team mailbox.",
    ),
    ("milestones_reminder_kind_known", of(ReminderFactory), {"kind": "letter"}, NO_CHOICE),
    (
        "milestones_reminder_settled_has_time",
        of(ReminderFactory),
        lambda row: {"settled_at": timezone.now()},
        "What was handed over or refused has its time, and nothing else has.",
    ),
    (
        "irm_reply_published_means_signed",
        of(ReplyFactory, draft=True),
        lambda row: {"published_at": timezone.now()},
        "A reply is signed when it is published, and not before.",
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
    *bounded("milestones_milestone", of(MilestoneFactory), "text", 200_000),
    *bounded("milestones_amendment", amendment, "reason"),
    *bounded("milestones_amendment", revised_text, "text_from text_to", 200_000),
    *bounded("milestones_updatestep", step, "comment"),
    *bounded("milestones_reminder", of(ReminderFactory), "answer"),
    *bounded("milestones_update", draft(), "narrative obstacles due_reason correction_reason"),
    *bounded("irm_report", of(ReportFactory), "tracker_note"),
    *bounded(
        "irm_assessment",
        of(AssessmentFactory),
        "commitment_as_reported analysis footnotes",
        200_000,
    ),
    *bounded("irm_milestonefinding", of(FindingFactory), "found", 200_000),
    *bounded("irm_reply", of(ReplyFactory, draft=True), "text"),
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
    "irm_reply_published_means_signed": "signed_by",
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


MODELS = [
    ActionPlan,
    Assessment,
    Commitment,
    Amendment,
    Evidence,
    EvidenceUpload,
    FormerSlug,
    Institution,
    Involvement,
    Membership,
    Milestone,
    MilestoneFinding,
    NationProgress,
    OGPValue,
    ProgressUpdate,
    Reminder,
    Reply,
    Report,
    UpdateStep,
    Unpublication,
]
# Triggers keep what has been written of these: a row comes as it is, or not at all.
STAYS = {UpdateStep}
CONSTRAINTS = {rule.name: rule for model in MODELS for rule in model._meta.constraints}


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
    named = {
        rule.name
        for app in ("commitments", "milestones", "irm")
        for model in apps.get_app_config(app).get_models()
        for rule in model._meta.constraints
    }

    assert named == {name for name, *_rest in CASES} == set(CONSTRAINTS)


@cases
def test_database_refuses_what_a_constraint_forbids(name, broken, sentence):
    row, change = broken
    rule = CONSTRAINTS[name]
    # SQLite names the columns and not the constraint if it is about uniqueness.
    expected = name if isinstance(rule, CheckConstraint) else "(?i)unique"

    with pytest.raises(IntegrityError, match=expected), transaction.atomic():
        write(row, change)


@cases
def test_form_explains_a_constraint_beside_the_field(name, broken, sentence):
    row, change = broken
    for field, value in change.items():
        setattr(row, field, value)

    with pytest.raises(ValidationError) as refusal:
        row.full_clean()

    said = refusal.value.message_dict
    field = BLAMED.get(name, next(iter(change)))
    assert any(sentence in message for message in said.get(field, [])), said
    assert NON_FIELD_ERRORS not in said


@cases
def test_row_that_obeys_is_not_refused(name, broken, sentence):
    row, _change = broken

    type(row).objects.get(pk=row.pk).full_clean()
