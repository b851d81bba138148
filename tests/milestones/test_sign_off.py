"""From a draft to the public record: sent, taken back, returned, agreed, signed off."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from commitments.models import Institution, Involvement
from commitments.rights import rights_of
from milestones import services
from milestones.models import NationProgress, ProgressUpdate, UpdateStep
from milestones.progress_rules import UpdateRefused
from tests.factories import (
    AccountFactory,
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
    administrator,
    civil_society_for,
    contact_for,
    days_ago,
    make_correction,
    make_document,
    make_report,
    make_update,
    nation,
    officer_of,
    publish_update,
    revise,
)
from tests.refusals import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.core]

STEPS_STAY = "The steps to publication are never changed."


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def society_plan(plan):
    plan.needs_civil_society_sign_off = True
    plan.save()
    return plan


@pytest.fixture
def milestone(plan):
    return MilestoneFactory(commitment=CommitmentFactory(plan=plan))


@pytest.fixture
def commitment(milestone):
    return milestone.commitment


@pytest.fixture
def society(commitment):
    return civil_society_for(commitment, username="sorcha")


@pytest.fixture
def waiting(milestone, rhona):
    return services.submit_update(make_update(milestone, by=rhona, publish=False), by=rhona)


def steps_of(update):
    return [
        (step.kind, step.by.username if step.by else None)
        for step in update.steps.select_related("by")
    ]


def is_published(update):
    return ProgressUpdate.objects.published().filter(pk=update.pk).exists()


# The straight way


def test_reporter_sends_lead_signs_off_and_every_step_is_kept(waiting, lead):
    now = timezone.now()

    published = services.publish_update(waiting, by=lead, now=now)

    published.refresh_from_db()
    assert (published.state, published.published_at) == ("published", now)
    assert published.signed_off_by == lead
    assert steps_of(published) == [("submitted", "rhona"), ("published", "lena")]
    assert published.steps.last().at == now
    assert NationProgress.objects.filter(update=published).count() == 4


def test_draft_that_was_not_sent_is_not_signed_off(milestone, lead):
    draft = make_update(milestone, publish=False)

    for act in (services.publish_update, services.agree_to_update):
        assert "its author is still writing it" in refusal_of(act, draft, by=lead)
    assert "still writing" in refusal_of(services.return_update, draft, by=lead, comment="No.")


EVERYBODY_ELSE = {
    "author": lambda update: update.recorded_by,
    "colleague": lambda update: officer_of(update.institution),
    "lead of a partner": lambda update: officer_of(
        InvolvementFactory(commitment=update.commitment).institution, "lead"
    ),
    "point of contact": lambda update: contact_for(update.commitment),
    "civil society": lambda update: civil_society_for(update.commitment),
    "administrator": lambda update: officer_of(update.institution, "administrator"),
    "superuser": lambda update: AccountFactory(superuser=True),
    "assessor": lambda update: officer_of(update.institution, "irm_researcher"),
    "nobody": lambda update: None,
}


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
def test_nobody_but_a_lead_of_the_institution_signs_off(waiting, who):
    account = EVERYBODY_ELSE[who](waiting)

    assert "Only a lead" in refusal_of(services.publish_update, waiting, by=account)
    assert "Only people who can sign this off" in refusal_of(
        services.return_update, waiting, by=account, comment="No."
    )
    assert not is_published(waiting)


@pytest.mark.parametrize("how", ["written", "taken over"])
def test_lead_who_is_the_author_needs_another_lead(milestone, rhona, lead, institution, how):
    own = make_update(milestone, by=lead if how == "written" else rhona, publish=False)
    services.submit_update(services.take_over(own, by=lead), by=lead)

    assert refusal_of(services.publish_update, own, by=lead) == ["signed_off_by"]
    assert services.publish_update(own, by=officer_of(institution, "lead")).recorded_by == lead


# Taken back and returned


def test_author_takes_back_what_she_sent_by_writing_on_it(waiting, rhona, lead, institution):
    services.save_draft(
        waiting.milestone,
        make_report(narrative="Other words."),
        institution=institution,
        by=rhona,
        update=waiting,
    )

    waiting.refresh_from_db()
    assert (waiting.state, waiting.narrative) == ("draft", "Other words.")
    assert steps_of(waiting) == [("submitted", "rhona"), ("taken_back", "rhona")]
    assert "still writing" in refusal_of(services.publish_update, waiting, by=lead)


def test_lead_returns_it_with_a_comment_and_the_author_sends_it_again(waiting, rhona, lead):
    returned = services.return_update(waiting, by=lead, comment="Say how many came.")

    assert returned.state == "returned"
    assert returned.is_in_the_making
    assert UpdateStep.objects.get(kind="returned").comment == "Say how many came."
    revise(waiting, narrative="Forty came.", by=rhona)
    waiting.refresh_from_db()
    assert waiting.state == "returned"
    services.submit_update(waiting, by=rhona)
    published = services.publish_update(waiting, by=lead)

    assert published.narrative == "Forty came."
    assert [kind for kind, _by in steps_of(published)] == [
        "submitted",
        "returned",
        "submitted",
        "published",
    ]


@pytest.mark.parametrize("comment", [" ", "x" * 20_001])
def test_nothing_is_returned_without_a_comment_or_with_one_without_end(waiting, lead, comment):
    assert refusal_of(services.return_update, waiting, by=lead, comment=comment) == ["comment"]

    waiting.refresh_from_db()
    assert waiting.state == "submitted"


# Agreed for civil society


def test_agreeing_twice_writes_nothing(waiting, society_plan, society):
    for _ in "12":
        services.agree_to_update(waiting, by=society)

    step = UpdateStep.objects.get(kind="agreed")
    assert (step.by, step.institution) == (society, society.memberships.get().institution)


@pytest.mark.parametrize("plan_asks", [True, False])
def test_civil_society_returns_a_report_only_if_it_is_asked(waiting, plan, society, plan_asks):
    type(plan).objects.update(needs_civil_society_sign_off=plan_asks)

    if not plan_asks:
        assert "Only people who can sign this off" in refusal_of(
            services.return_update, waiting, by=society, comment="We were not there."
        )
        assert "Only a civil-society lead" in refusal_of(
            services.agree_to_update, waiting, by=society
        )
        return
    services.return_update(waiting, by=society, comment="We were not there.")

    step = UpdateStep.objects.get(kind="returned")
    assert step.institution == society.memberships.get().institution
    assert step.by == society


@pytest.mark.parametrize("how", ["the text changes", "it is returned"])
def test_agreement_is_lost_when(waiting, society_plan, society, rhona, lead, how):
    services.agree_to_update(waiting, by=society)
    if how == "it is returned":
        services.return_update(waiting, by=lead, comment="Once more.")
    else:
        revise(waiting, narrative="Better than it was.", by=rhona)
    services.submit_update(waiting, by=rhona)

    assert refusal_of(services.publish_update, waiting, by=lead) == ["co_signed_by"]


@pytest.mark.parametrize("role", ["reporter", "lead"])
def test_officer_of_the_institution_does_not_agree_for_civil_society_too(
    waiting, society_plan, commitment, institution, role
):
    both = civil_society_for(commitment)
    MembershipFactory(account=both, institution=institution, role=role)

    assert "Only a civil-society lead" in refusal_of(services.agree_to_update, waiting, by=both)


def test_whoever_agreed_does_not_sign_off_as_well(waiting, society_plan, society, institution):
    services.agree_to_update(waiting, by=society)
    MembershipFactory(account=society, institution=institution, role="lead")

    assert refusal_of(services.publish_update, waiting, by=society) == ["co_signed_by"]


# What changes while a report waits


def test_report_of_an_author_who_left_is_still_the_institutions(waiting, rhona, lead):
    rhona.memberships.all().delete()
    type(rhona).objects.filter(pk=rhona.pk).update(is_active=False)

    assert services.publish_update(waiting, by=lead).recorded_by == rhona


@pytest.mark.parametrize("how", ["switched off", "role taken away", "commitment in another plan"])
def test_agreement_counts_as_long_as_its_giver_may_give_it(
    waiting, society_plan, society, commitment, lead, how
):
    services.agree_to_update(waiting, by=society)
    if how == "switched off":
        type(society).objects.filter(pk=society.pk).update(is_active=False)
    elif how == "role taken away":
        society.memberships.all().delete()
    else:
        commitment.plan = PlanFactory(needs_civil_society_sign_off=True)
        commitment.save()

    assert refusal_of(services.publish_update, waiting, by=lead) == ["co_signed_by"]
    services.agree_to_update(waiting, by=civil_society_for(commitment))
    assert services.publish_update(waiting, by=lead).is_published


def test_plan_that_asks_for_more_meanwhile_gets_it(milestone, plan, lead, institution, society):
    type(plan).objects.update(needs_sign_off=False)
    own = make_update(milestone, by=lead, publish=False)
    services.submit_update(own, by=lead)
    type(plan).objects.update(needs_sign_off=True, needs_civil_society_sign_off=True)

    fields = refusal_of(services.publish_update, own, by=lead)

    assert fields == ["signed_off_by", "co_signed_by"]
    services.agree_to_update(own, by=society)
    assert services.publish_update(own, by=officer_of(institution, "lead")).is_published


def test_plan_that_asks_for_less_meanwhile_waits_for_nobody(waiting, society_plan, lead):
    type(society_plan).objects.update(needs_civil_society_sign_off=False)

    assert services.publish_update(waiting, by=lead).co_signed_by is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda row: row.commitment.nations.set([nation("sct")]), "nations"),
        (
            lambda row: services.set_applicability(
                row, nation("nir"), applies=False, reason="Not devolved"
            ),
            "nations",
        ),
        (lambda row: Involvement.objects.update(institution=InstitutionFactory()), "institution"),
        (
            lambda row: Institution.objects.update(kind=Institution.Kind.CIVIL_SOCIETY),
            "institution",
        ),
        (
            lambda row: type(row.commitment.plan).objects.update(start_date=timezone.now().date()),
            None,
        ),
    ],
    ids=["scope", "not applicable", "takes no part", "no government", "plan begins today"],
)
def test_rules_are_asked_again_before_it_is_public(waiting, lead, change, field):
    change(waiting.milestone)

    if field is None:
        assert services.publish_update(waiting, by=lead).is_published
        return
    assert refusal_of(services.publish_update, waiting, by=lead) == [field]
    assert not is_published(waiting)
    assert services.return_update(waiting, by=lead, comment="See the scope.").state == "returned"


# Corrections


@pytest.fixture
def wrong(milestone):
    return make_update(milestone, "completed", nations=["sct"])


def test_successor_corrects_what_its_predecessor_reported(wrong, institution):
    successor = InstitutionFactory()
    Institution.objects.filter(pk=institution.pk).update(succeeded_by=successor)

    assert make_correction(wrong, "limited", institution=successor).is_published


def test_predecessor_does_not_correct_what_its_successor_reported(milestone, institution):
    old = InvolvementFactory(
        commitment=milestone.commitment, institution=InstitutionFactory(succeeded_by=institution)
    ).institution
    update = make_update(milestone, nations=["eng"])

    assert refusal_of(make_correction, update, "completed", institution=old) == ["corrects"]


def test_another_institution_does_not_correct_it(wrong, commitment):
    partner = InvolvementFactory(
        commitment=commitment, institution=InstitutionFactory(nation=nation("sct"))
    ).institution

    assert refusal_of(make_correction, wrong, "limited", institution=partner) == ["corrects"]


def test_document_without_institution_does_not_correct_what_an_officer_reported(wrong):
    report = make_report("limited", nations=["sct"], corrects=wrong, source=make_document())

    fields = refusal_of(services.record_update, wrong.milestone, report, institution=None, by=None)

    assert fields == ["corrects"]


@pytest.mark.parametrize("named", [True, False])
def test_document_is_corrected_by_who_knows_better(milestone, institution, named):
    document = make_update(milestone, "completed", source=make_document())
    if not named:
        document = services.record_update(
            milestone,
            make_report("completed", source=make_document("A report that names nobody")),
            institution=None,
            by=None,
        )
        publish_update(document)

    assert make_correction(document, "limited", institution=institution).is_published


def test_of_two_corrections_that_wait_the_second_is_told_to_correct_the_first(wrong, lead):
    first, second = (
        make_correction(wrong, level, publish=False) for level in ("limited", "substantial")
    )
    for draft in (first, second):
        services.submit_update(draft, by=draft.recorded_by)
    services.publish_update(first, by=lead)

    assert refusal_of(services.publish_update, second, by=lead) == ["corrects"]
    services.return_update(second, by=lead, comment="Correct the correction.")
    revise(second, "substantial", nations=["sct"], corrects=first)
    services.submit_update(second, by=second.recorded_by)
    assert services.publish_update(second, by=lead).corrects == first


# Words of documents


def entered(target, contact, *, title="Self-assessment", **given):
    source = make_document(title)
    draft = make_update(target, source=source, by=contact, publish=False, **given)
    return services.submit_update(draft, by=contact)


def test_somebody_else_signs_each_document_once(milestone, commitment, lead):
    """On the second day its author publishes from it alone, and from another document not."""
    contact, colleague = contact_for(commitment), contact_for(commitment)
    stranger = officer_of(InstitutionFactory(), "lead")
    first, second = (entered(milestone, contact, as_of=days_ago(ago)) for ago in (9, 3))
    other = entered(commitment, contact, title="Another report")

    assert "Only a lead" in refusal_of(services.publish_update, first, by=stranger)
    assert "signed_off_by" in refusal_of(services.publish_update, first, by=contact)
    services.publish_update(first, by=colleague)
    assert services.publish_update(second, by=contact).is_published
    assert "signed_off_by" in refusal_of(services.publish_update, other, by=contact)
    services.publish_update(other, by=lead)
    assert entered(milestone, colleague, as_of=days_ago(1)).state == "submitted"


def test_assessors_account_is_entered_and_corrected_by_administrators_alone(milestone, commitment):
    contact, keeper = contact_for(commitment), administrator()
    source = make_document("Results report", source_provenance="assessor_report")
    given = {"source": source, "publish": False}

    with pytest.raises(UpdateRefused, match="Only an administrator"):
        make_update(milestone, by=contact, **given)
    update = services.submit_update(make_update(milestone, by=keeper, **given), by=keeper)
    assert "Only a lead" in refusal_of(services.publish_update, update, by=contact)
    update = services.publish_update(update, by=keeper)
    assert [services.may_correct(rights_of(one), update) for one in (keeper, contact)] == [
        True,
        False,
    ]


def test_civil_society_is_not_asked_about_words_of_a_document(
    milestone, society_plan, society, commitment
):
    draft = entered(milestone, contact_for(commitment))

    assert "Only a civil-society lead" in refusal_of(services.agree_to_update, draft, by=society)
    assert services.publish_update(draft, by=contact_for(commitment)).is_published


# The steps stay


@pytest.fixture
def published(waiting, lead):
    return services.publish_update(waiting, by=lead)


def test_nobody_changes_a_step_not_even_of_a_draft(published, milestone, rhona):
    draft = make_update(milestone, nations=["wls"], by=rhona, publish=False)
    services.submit_update(draft, by=rhona)

    for update, other in ((published, draft), (draft, published)):
        for column, value in {
            "by": AccountFactory(),
            "kind": "agreed",
            "comment": "Well done.",
            "at": timezone.now(),
            "update": other,
            "institution": InstitutionFactory(),
        }.items():
            with pytest.raises(IntegrityError, match=STEPS_STAY), transaction.atomic():
                update.steps.update(**{column: value})


def test_nobody_adds_or_takes_away_a_step_after_publication(published, lead):
    with pytest.raises(IntegrityError, match=STEPS_STAY), transaction.atomic():
        published.steps.create(kind="agreed", by=lead, at=timezone.now())
    with pytest.raises(IntegrityError, match=STEPS_STAY), transaction.atomic():
        published.steps.all().delete()

    assert [kind for kind, _by in steps_of(published)] == ["submitted", "published"]


def test_nothing_more_happens_to_a_published_report(published, rhona, lead, society):
    for act in (
        lambda: services.submit_update(published, by=rhona),
        lambda: revise(published, by=rhona),
        lambda: services.return_update(published, by=lead, comment="No."),
        lambda: services.agree_to_update(published, by=society),
        lambda: services.take_over(published, by=lead),
        lambda: services.discard_update(published, by=rhona),
    ):
        assert "published meanwhile" in refusal_of(act)

    assert services.publish_update(published, by=lead) == published
    assert published.steps.count() == 2


def test_public_reads_who_agreed_and_signed_off_and_no_comment(published, milestone, lead, rhona):
    other = make_update(milestone, nations=["wls"], by=rhona, publish=False)
    services.submit_update(other, by=rhona)
    services.return_update(other, by=lead, comment="Not for the public.")

    assert [step.kind for step in UpdateStep.objects.public()] == ["published"]
