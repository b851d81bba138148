"""Nothing unpublished is public, whichever model one starts from."""

import pytest
from django.apps import apps
from django.utils import timezone

from commitments.models import Commitment, Institution, Membership
from irm.models import Assessment, Report
from milestones import services
from milestones.evidence_files.store import keep_upload
from milestones.models import NationProgress, ProgressUpdate
from tests.evidence_samples import make, pdf
from tests.factories import (
    FormerSlugFactory,
    InstitutionFactory,
    MembershipFactory,
    OGPValueFactory,
    PolicyAreaFactory,
    ReminderFactory,
    ReplyFactory,
    UnpublicationFactory,
    make_update,
    nations,
)
from tests.search.found_rows import make_one_of_each

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
NEVER = {
    "commitments.Membership",
    "irm.ReplyStep",
    "milestones.EvidenceUpload",
    "milestones.Reminder",
}


def our_models():
    return {
        model._meta.label: model
        for app in ("commitments", "milestones", "irm")
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "history_type") and "Historical" not in model.__name__
    }


def write_the_world(*hidden):
    """Write a row of every model; what `hidden` names is not published (make_one_of_each)."""
    rows = make_one_of_each("it", hidden=hidden, nations=["sct"])
    rows[Commitment].policy_areas.add(PolicyAreaFactory())
    rows[Commitment].values_claimed.add(OGPValueFactory())
    MembershipFactory(institution=rows[Institution])
    update = rows[ProgressUpdate]
    UnpublicationFactory(commitment=rows[Commitment])
    FormerSlugFactory(commitment=rows[Commitment])
    keep_upload(make(pdf()), update.recorded_by)
    if "update" in hidden:
        services.submit_update(update, by=update.recorded_by)
    ReminderFactory()
    reply = ReplyFactory(assessment=rows[Assessment], draft=True)
    reply.steps.create(kind="submitted", at=timezone.now())
    return rows


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
        ("commitment", OF_COMMITMENT | OF_ASSESSMENT),
        ("report", {"irm.Report"} | OF_ASSESSMENT),
        ("assessment", OF_ASSESSMENT),
        ("reply", {"irm.Reply"}),
        (
            "update",
            {
                "milestones.ProgressUpdate",
                "milestones.Evidence",
                "milestones.UpdateStep",
                "milestones.Amendment",
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_belongs_to_a_draft_is_hidden_and_nothing_else(unpublished, hidden):
    write_the_world(unpublished)
    everything = {label for label, model in our_models().items() if model.objects.exists()}
    assert everything == set(our_models())

    assert everything - NEVER - public_labels() == hidden


def test_check_in_python_says_the_same_of_every_row_as_the_condition_in_sql():
    write_the_world()
    write_the_world("commitment")
    write_the_world("report")
    for_comment = write_the_world("reply")[Report]
    Report.objects.filter(pk=for_comment.pk).update(stage="public_comment")
    write_the_world("assessment", "update")

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
