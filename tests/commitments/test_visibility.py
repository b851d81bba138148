"""Nothing unpublished is public, whichever model one starts from."""

import pytest
from django.apps import apps

from commitments.models import Institution, Membership
from milestones import services
from milestones.evidence_files.store import keep_upload
from milestones.models import NationProgress
from tests.evidence_samples import make, pdf
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MembershipFactory,
    MilestoneFactory,
    OGPValueFactory,
    PolicyAreaFactory,
    ReminderFactory,
    ReplyFactory,
    ReportFactory,
    days_ago,
    make_update,
    move_due_date,
    nations,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.core]

OF_COMMITMENT = {
    "commitments.Commitment",
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
    milestone = MilestoneFactory(commitment=promised)
    update = make_update(milestone, "completed", publish=publish)
    keep_upload(make(pdf()), update.recorded_by)
    if not publish:
        services.submit_update(update, by=update.recorded_by)
    move_due_date(milestone, to=days_ago(1), reason="Late.")
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
