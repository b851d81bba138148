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
    lead_of,
    make_correction,
    make_document,
    make_report,
    make_update,
    nation,
    officer_of,
    publish_update,
    revise,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.core]

STEPS_STAY = "The steps of an update are never changed."


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
def institution(commitment):
    return lead_of(commitment)


@pytest.fixture
def rhona(institution):
    return officer_of(institution, username="rhona")


@pytest.fixture
def lena(institution):
    return officer_of(institution, "lead", username="lena")


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


def refusal_of(act, *args, **kwargs):
    """Return the fields, or the sentence, with which an act is refused."""
    with pytest.raises(UpdateRefused) as refused:
        act(*args, **kwargs)
    if hasattr(refused.value, "error_dict"):
        return list(refused.value.message_dict)
    return refused.value.messages[0]


# The straight way


def test_reporter_sends_lead_signs_off_and_every_step_is_kept(waiting, lena):
    now = timezone.now()

    published = services.publish_update(waiting, by=lena, now=now)

    published.refresh_from_db()
    assert (published.state, published.published_at) == ("published", now)
    assert published.signed_off_by == lena
    assert steps_of(published) == [("submitted", "rhona"), ("published", "lena")]
    assert published.steps.last().at == now
    assert NationProgress.objects.filter(update=published).count() == 4


def test_draft_that_was_not_sent_is_not_signed_off(milestone, lena):
    draft = make_update(milestone, publish=False)

    for act in (services.publish_update, services.agree_to_update):
        assert "its author is still writing it" in refusal_of(act, draft, by=lena)
    assert "still writing" in refusal_of(services.return_update, draft, by=lena, comment="No.")


@pytest.mark.parametrize(
    "who",
    [
        "author",
        "colleague",
        "lead of a partner",
        "point of contact",
        "civil society",
        "administrator",
        "superuser",
        "assessor",
        "nobody",
    ],
)
def test_nobody_but_a_lead_of_the_institution_signs_off(waiting, commitment, institution, who):
    account = {
        "author": lambda: waiting.recorded_by,
        "colleague": lambda: officer_of(institution),
        "lead of a partner": lambda: officer_of(
            InvolvementFactory(commitment=commitment).institution, "lead"
        ),
        "point of contact": lambda: contact_for(commitment),
        "civil society": lambda: civil_society_for(commitment),
        "administrator": lambda: officer_of(institution, "administrator"),
        "superuser": lambda: AccountFactory(superuser=True),
        "assessor": lambda: officer_of(institution, "irm_researcher"),
        "nobody": lambda: None,
    }[who]()

    assert "Only a lead" in refusal_of(services.publish_update, waiting, by=account)
    assert "Only people who can sign this off" in refusal_of(
        services.return_update, waiting, by=account, comment="No."
    )
    assert not is_published(waiting)


def test_lead_who_is_the_author_needs_another_lead(milestone, lena, institution):
    own = make_update(milestone, by=lena, publish=False)
    services.submit_update(own, by=lena)

    assert refusal_of(services.publish_update, own, by=lena) == ["signed_off_by"]
    assert services.publish_update(own, by=officer_of(institution, "lead")).recorded_by == lena


def test_lead_who_took_the_draft_over_needs_another_lead(milestone, rhona, lena, institution):
    draft = make_update(milestone, by=rhona, publish=False)
    services.submit_update(services.take_over(draft, by=lena), by=lena)

    assert refusal_of(services.publish_update, draft, by=lena) == ["signed_off_by"]
    assert services.publish_update(draft, by=officer_of(institution, "lead")).is_published


def test_lead_publishes_her_own_where_the_plan_asks_for_nobody_else(milestone, plan, lena):
    plan.needs_sign_off = False
    plan.save()
    own = make_update(milestone, by=lena, publish=False)
    services.submit_update(own, by=lena)

    assert services.publish_update(own, by=lena).signed_off_by == lena


def test_reporter_publishes_nothing_even_where_nobody_signs_off(waiting, plan, rhona):
    type(plan).objects.update(needs_sign_off=False)

    assert "Only a lead" in refusal_of(services.publish_update, waiting, by=rhona)


# Taken back and returned


def test_author_takes_back_what_she_sent_by_writing_on_it(waiting, rhona, lena, institution):
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
    assert "still writing" in refusal_of(services.publish_update, waiting, by=lena)


def test_lead_returns_it_with_a_comment_and_the_author_sends_it_again(waiting, rhona, lena):
    returned = services.return_update(waiting, by=lena, comment="Say how many came.")

    assert returned.state == "returned"
    assert returned.is_in_the_making
    assert UpdateStep.objects.get(kind="returned").comment == "Say how many came."
    revise(waiting, narrative="Forty came.", by=rhona)
    waiting.refresh_from_db()
    assert waiting.state == "returned"
    services.submit_update(waiting, by=rhona)
    published = services.publish_update(waiting, by=lena)

    assert published.narrative == "Forty came."
    assert [kind for kind, _by in steps_of(published)] == [
        "submitted",
        "returned",
        "submitted",
        "published",
    ]


@pytest.mark.parametrize("comment", [" ", "x" * 20_001])
def test_nothing_is_returned_without_a_comment_or_with_one_without_end(waiting, lena, comment):
    assert refusal_of(services.return_update, waiting, by=lena, comment=comment) == ["comment"]

    waiting.refresh_from_db()
    assert waiting.state == "submitted"


# Agreed for civil society


def test_plan_that_asks_for_it_gets_the_agreement_before_it_is_published(
    waiting, society_plan, society, lena
):
    assert refusal_of(services.publish_update, waiting, by=lena) == ["co_signed_by"]

    services.agree_to_update(waiting, by=society)
    published = services.publish_update(waiting, by=lena)

    assert (published.co_signed_by, published.signed_off_by) == (society, lena)
    assert steps_of(published) == [
        ("submitted", "rhona"),
        ("agreed", "sorcha"),
        ("published", "lena"),
    ]
    assert published.steps.get(kind="agreed").institution == society.memberships.get().institution


def test_agreeing_twice_writes_nothing(waiting, society_plan, society):
    for _ in "12":
        services.agree_to_update(waiting, by=society)

    assert UpdateStep.objects.filter(kind="agreed").count() == 1


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


def test_agreement_is_lost_when_the_text_changes(waiting, society_plan, society, rhona, lena):
    services.agree_to_update(waiting, by=society)
    revise(waiting, narrative="Better than it was.", by=rhona)
    services.submit_update(waiting, by=rhona)

    assert refusal_of(services.publish_update, waiting, by=lena) == ["co_signed_by"]


def test_agreement_is_lost_when_it_is_returned(waiting, society_plan, society, rhona, lena):
    services.agree_to_update(waiting, by=society)
    services.return_update(waiting, by=lena, comment="Once more.")
    services.submit_update(waiting, by=rhona)

    assert refusal_of(services.publish_update, waiting, by=lena) == ["co_signed_by"]


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


def test_civil_society_of_another_plan_is_not_asked(waiting, society_plan):
    stranger = civil_society_for(CommitmentFactory())

    assert "Only a civil-society lead" in refusal_of(services.agree_to_update, waiting, by=stranger)


# What changes while a report waits


@pytest.mark.parametrize("how", ["switched off", "role taken away"])
def test_lead_who_left_does_not_sign_off(waiting, lena, how):
    if how == "switched off":
        type(lena).objects.filter(pk=lena.pk).update(is_active=False)
    else:
        lena.memberships.update(role="reporter")

    assert "Only a lead" in refusal_of(services.publish_update, waiting, by=lena)


def test_report_of_an_author_who_left_is_still_the_institutions(waiting, rhona, lena):
    rhona.memberships.all().delete()
    type(rhona).objects.filter(pk=rhona.pk).update(is_active=False)

    assert services.publish_update(waiting, by=lena).recorded_by == rhona


@pytest.mark.parametrize("how", ["switched off", "role taken away", "commitment in another plan"])
def test_agreement_counts_as_long_as_its_giver_may_give_it(
    waiting, society_plan, society, commitment, lena, how
):
    services.agree_to_update(waiting, by=society)
    if how == "switched off":
        type(society).objects.filter(pk=society.pk).update(is_active=False)
    elif how == "role taken away":
        society.memberships.all().delete()
    else:
        commitment.plan = PlanFactory(needs_civil_society_sign_off=True)
        commitment.save()

    assert refusal_of(services.publish_update, waiting, by=lena) == ["co_signed_by"]
    services.agree_to_update(waiting, by=civil_society_for(commitment))
    assert services.publish_update(waiting, by=lena).is_published


def test_plan_that_asks_for_more_meanwhile_gets_it(milestone, plan, lena, institution, society):
    type(plan).objects.update(needs_sign_off=False)
    own = make_update(milestone, by=lena, publish=False)
    services.submit_update(own, by=lena)
    type(plan).objects.update(needs_sign_off=True, needs_civil_society_sign_off=True)

    fields = refusal_of(services.publish_update, own, by=lena)

    assert fields == ["signed_off_by", "co_signed_by"]
    services.agree_to_update(own, by=society)
    assert services.publish_update(own, by=officer_of(institution, "lead")).is_published


def test_plan_that_asks_for_less_meanwhile_waits_for_nobody(waiting, society_plan, lena):
    type(society_plan).objects.update(needs_civil_society_sign_off=False)

    assert services.publish_update(waiting, by=lena).co_signed_by is None


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
def test_rules_are_asked_again_before_it_is_public(waiting, lena, change, field):
    change(waiting.milestone)

    if field is None:
        assert services.publish_update(waiting, by=lena).is_published
        return
    assert refusal_of(services.publish_update, waiting, by=lena) == [field]
    assert not is_published(waiting)
    assert services.return_update(waiting, by=lena, comment="See the scope.").state == "returned"


def test_lead_of_the_successor_signs_off_what_its_predecessor_sent(waiting, institution):
    successor = InstitutionFactory()
    Institution.objects.filter(pk=institution.pk).update(succeeded_by=successor)
    lead = officer_of(successor, "lead")

    assert waiting in ProgressUpdate.objects.seen_by(rights_of(lead))
    assert services.publish_update(waiting, by=lead).institution == institution


# Corrections


@pytest.fixture
def wrong(milestone):
    return make_update(milestone, "completed", nations=["sct"])


def test_institution_corrects_its_own_report(wrong):
    right = make_correction(wrong, "limited")

    assert right.corrects == wrong
    assert right.is_published


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


def test_of_two_corrections_that_wait_the_second_is_told_to_correct_the_first(wrong, lena):
    first, second = (
        make_correction(wrong, level, publish=False) for level in ("limited", "substantial")
    )
    for draft in (first, second):
        services.submit_update(draft, by=draft.recorded_by)
    services.publish_update(first, by=lena)

    assert refusal_of(services.publish_update, second, by=lena) == ["corrects"]
    services.return_update(second, by=lena, comment="Correct the correction.")
    revise(second, "substantial", nations=["sct"], corrects=first)
    services.submit_update(second, by=second.recorded_by)
    assert services.publish_update(second, by=lena).corrects == first


# Words of documents


def entered(target, contact, *, title="Self-assessment", **given):
    source = make_document(title)
    draft = make_update(target, source=source, by=contact, publish=False, **given)
    return services.submit_update(draft, by=contact)


@pytest.mark.both_databases
def test_somebody_else_signs_each_document_once(milestone, commitment, lena):
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
    services.publish_update(other, by=lena)
    assert entered(milestone, colleague, as_of=days_ago(1)).state == "submitted"


@pytest.mark.both_databases
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
def published(waiting, lena):
    return services.publish_update(waiting, by=lena)


@pytest.mark.parametrize("column", ["by", "kind", "comment", "at", "update", "institution"])
def test_nobody_changes_a_step_not_even_of_a_draft(waiting, published, milestone, rhona, column):
    draft = make_update(milestone, nations=["wls"], by=rhona, publish=False)
    services.submit_update(draft, by=rhona)
    value = {
        "by": AccountFactory(),
        "kind": "agreed",
        "comment": "Well done.",
        "at": timezone.now(),
        "update": draft,
        "institution": InstitutionFactory(),
    }[column]

    with pytest.raises(IntegrityError, match=STEPS_STAY), transaction.atomic():
        published.steps.update(**{column: value})
    other = published if column == "update" else value
    with pytest.raises(IntegrityError, match=STEPS_STAY), transaction.atomic():
        draft.steps.update(**{column: other})


def test_nobody_adds_or_takes_away_a_step_after_publication(published, lena):
    with pytest.raises(IntegrityError, match=STEPS_STAY), transaction.atomic():
        published.steps.create(kind="agreed", by=lena, at=timezone.now())
    with pytest.raises(IntegrityError, match=STEPS_STAY), transaction.atomic():
        published.steps.all().delete()

    assert [kind for kind, _by in steps_of(published)] == ["submitted", "published"]


def test_nothing_more_happens_to_a_published_report(published, rhona, lena, society):
    for act in (
        lambda: services.submit_update(published, by=rhona),
        lambda: services.return_update(published, by=lena, comment="No."),
        lambda: services.agree_to_update(published, by=society),
        lambda: services.take_over(published, by=lena),
        lambda: services.discard_update(published, by=rhona),
    ):
        assert "published meanwhile" in refusal_of(act)

    assert services.publish_update(published, by=lena) == published
    assert published.steps.count() == 2


def test_public_reads_who_agreed_and_signed_off_and_no_comment(published, milestone, lena, rhona):
    other = make_update(milestone, nations=["wls"], by=rhona, publish=False)
    services.submit_update(other, by=rhona)
    services.return_update(other, by=lena, comment="Not for the public.")

    assert [step.kind for step in UpdateStep.objects.public()] == ["published"]
