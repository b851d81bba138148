"""Nothing unpublished is public, whichever model one starts from."""

import pytest
from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone

from commitments.models import Commitment, Institution, Membership
from irm.models import Assessment, Report
from milestones import services
from milestones.evidence_files.store import keep_upload
from milestones.models import Amendment, Milestone, NationProgress, ProgressUpdate
from tests.evidence_samples import make, pdf
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    FormerSlugFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    OGPValueFactory,
    PolicyAreaFactory,
    ReminderFactory,
    ReplyFactory,
    ReportFactory,
    UnpublicationFactory,
    days_ago,
    make_update,
    nations,
    publish_update,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.core]

OF_COMMITMENT = {
    "commitments.Commitment",
    "commitments.FormerSlug",
    "commitments.Involvement",
    "milestones.Milestone",
    "milestones.NationProgress",
    "milestones.ProgressUpdate",
    "milestones.Evidence",
    "milestones.Amendment",
    "milestones.UpdateStep",
}
OF_ASSESSMENT = {"irm.Assessment", "irm.MilestoneFinding", "irm.Reply"}
NEVER = {"commitments.Membership", "milestones.EvidenceUpload", "milestones.Reminder"}


def our_models():
    """Return the models of the three apps, without the histories that simple_history keeps."""
    return {
        model._meta.label: model
        for app in ("commitments", "milestones", "irm")
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "history_type") and "Historical" not in model.__name__
    }


def write_the_world(*, commitment=None, report=None, assessment=None, reply=None, publish=True):
    """Write one row of every model; what is given makes a part of it unpublished."""
    promised = CommitmentFactory(nations=["sct"], **(commitment or {}))
    promised.policy_areas.add(PolicyAreaFactory())
    promised.values_claimed.add(OGPValueFactory())
    MembershipFactory(institution=promised.involvements.get().institution)
    UnpublicationFactory(commitment=promised)
    FormerSlugFactory(commitment=promised)
    milestone = MilestoneFactory(commitment=promised)
    update = make_update(milestone, "completed", publish=publish)
    keep_upload(make(pdf()), update.recorded_by)
    if not publish:
        services.submit_update(update, by=update.recorded_by)
    lead = promised.involvements.get().institution
    services.move_due_date(milestone, to=days_ago(1), reason="Late.", institution=lead, by=None)
    found = AssessmentFactory(
        commitment=promised, report=ReportFactory(**(report or {})), **(assessment or {})
    )
    finding = FindingFactory(assessment=found, milestone=milestone)
    ReplyFactory(assessment=found, finding=finding, **(reply or {}))
    ReminderFactory()


def public_labels():
    return {
        label
        for label, model in our_models().items()
        if label not in NEVER and model.objects.public().exists()
    }


def test_every_model_says_what_is_public_of_it():
    for label, model in our_models().items():
        assert hasattr(model.objects, "public") == (label not in NEVER), label


def test_everything_published_is_public():
    write_the_world()

    assert public_labels() == set(our_models()) - NEVER
    assert Membership.objects.exists()


@pytest.mark.parametrize(
    ("unpublished", "hidden"),
    [
        ({"commitment": {"draft": True}}, OF_COMMITMENT | OF_ASSESSMENT),
        ({"report": {"draft": True}}, {"irm.Report"} | OF_ASSESSMENT),
        ({"assessment": {"draft": True}}, OF_ASSESSMENT),
        ({"reply": {"draft": True}}, {"irm.Reply"}),
        (
            {"publish": False},
            {"milestones.ProgressUpdate", "milestones.Evidence", "milestones.UpdateStep"},
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_belongs_to_a_draft_is_hidden_and_nothing_else(unpublished, hidden):
    write_the_world(**unpublished)
    everything = {label for label, model in our_models().items() if model.objects.exists()}
    assert everything == set(our_models())

    assert everything - NEVER - public_labels() == hidden


@pytest.mark.parametrize("stage", ["public_comment", "final"])
def test_version_for_public_comment_is_public_and_says_so(stage):
    report = ReportFactory(stage=stage)

    assert Report.objects.public().get() == report
    assert report.is_for_comment is (stage == "public_comment")


def test_check_in_python_says_the_same_of_every_row_as_the_condition_in_sql():
    hidden = {"draft": True}
    write_the_world()
    write_the_world(commitment=hidden)
    write_the_world(report=hidden)
    write_the_world(report={"stage": "public_comment"}, reply=hidden)
    write_the_world(assessment=hidden, publish=False)

    for label, model in our_models().items():
        for verb in {"public", "citable"} & {*dir(model.objects)}:
            rule = getattr(model, f"{verb}_if")
            rows = model.objects.values("pk", *rule.columns)
            seen = {row["pk"] for row in rows if rule.holds(row)}
            assert seen == {row.pk for row in getattr(model.objects, verb)()}, (label, verb)
            assert len(seen) < len(rows) or not rule.columns, label


def test_published_rows_stay_public_beside_hidden_ones():
    write_the_world()
    write_the_world(commitment={"draft": True})
    write_the_world(assessment={"draft": True}, publish=False)

    assert Commitment.objects.public().count() == 2
    assert ProgressUpdate.objects.public().count() == 1
    assert Assessment.objects.public().count() == 1
    assert Amendment.objects.public().count() == 2


def test_draft_report_shows_no_level():
    draft = make_update(level="completed", publish=False)

    assert {cell.level for cell in draft.milestone.cells()} == {""}
    publish_update(draft)
    assert {cell.level for cell in Milestone.objects.get().cells()} == {"completed"}


def test_update_published_before_its_commitment_waits_for_it():
    commitment = CommitmentFactory(draft=True)
    make_update(MilestoneFactory(commitment=commitment))
    assert ProgressUpdate.objects.published().exists()
    assert not ProgressUpdate.objects.public().exists()

    Commitment.objects.update(published_on=timezone.localdate())

    assert ProgressUpdate.objects.public().exists()


def test_level_of_a_nation_that_left_the_scope_is_not_public():
    milestone = make_update(nations=["sct", "wls"]).milestone
    milestone.commitment.nations.set(nations(["sct"]))

    assert milestone.nation_progress.filter(level="limited").count() == 2
    assert [row.nation.code for row in NationProgress.objects.public()] == ["sct"]


@pytest.mark.parametrize("shape", ["for_list", "for_page"])
def test_mailbox_of_a_team_is_not_read_for_a_page(shape):
    InstitutionFactory(team_mailbox="team@example.org")

    institution = getattr(Institution.objects, shape)().get()

    assert "team_mailbox" in institution.get_deferred_fields()


def test_commitment_page_reads_nothing_unpublished():
    commitment = CommitmentFactory()
    milestone = MilestoneFactory(commitment=commitment)
    shown = make_update(milestone, "limited")
    make_update(milestone, "completed", publish=False)
    published = AssessmentFactory(commitment=commitment)
    draft = AssessmentFactory(commitment=commitment, draft=True)
    of_draft_report = AssessmentFactory(commitment=commitment, report=ReportFactory(draft=True))
    finding = FindingFactory(assessment=published, milestone=milestone)
    for hidden in (draft, of_draft_report):
        FindingFactory(assessment=hidden, milestone=milestone)
    ReplyFactory(assessment=published, draft=True)

    page = Commitment.objects.public().for_page().get()

    assert list(page.assessments.all()) == [published]
    assert list(page.assessments.all()[0].replies.all()) == []
    row = page.milestones.all()[0]
    assert list(row.updates.all()) == [shown]
    assert list(row.findings.all()) == [finding]


def test_milestone_page_reads_nothing_unpublished():
    milestone = MilestoneFactory()
    shown = make_update(milestone, "limited")
    make_update(milestone, "completed", publish=False)
    finding = FindingFactory(
        assessment=AssessmentFactory(commitment=milestone.commitment), milestone=milestone
    )
    ReplyFactory(assessment=finding.assessment, finding=finding, draft=True)
    hidden = AssessmentFactory(commitment=milestone.commitment, draft=True)
    FindingFactory(assessment=hidden, milestone=milestone)

    page = Milestone.objects.public().for_page().get()

    assert list(page.updates.all()) == [shown]
    assert list(page.findings.all()) == [finding]
    assert list(page.findings.all()[0].replies.all()) == []


def test_report_page_reads_nothing_unpublished():
    report = ReportFactory()
    shown = AssessmentFactory(report=report)
    AssessmentFactory(report=report, draft=True)
    AssessmentFactory(report=report, commitment=CommitmentFactory(draft=True))

    assert list(Assessment.objects.public().filter(report=report).for_report_page()) == [shown]
    assert Report.objects.for_list().get().assessment_count == 1


def test_counts_in_lists_leave_drafts_out():
    commitment = CommitmentFactory(nations=["sct"])
    plan, lead = commitment.plan, commitment.involvements.get().institution
    CommitmentFactory(plan=plan, nations=["sct"], lead=lead, draft=True)

    assert type(plan).objects.for_list().get().commitment_count == 1
    assert Institution.objects.for_list().get(pk=lead.pk).lead_count == 1
    assert commitment.nations.model.objects.for_list().get(code="sct").commitment_count == 1


def test_public_verbs_can_be_joined_with_any_filter():
    """`public()` is a verb of the queryset, so it holds after a filter as before."""
    write_the_world(commitment={"draft": True})

    for label, model in our_models().items():
        if label in OF_COMMITMENT | OF_ASSESSMENT:
            rows = model.objects.filter(pk__gt=0).public()
            assert isinstance(rows, QuerySet)
            assert not rows.exists(), label
