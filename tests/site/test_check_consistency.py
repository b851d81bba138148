"""`check_consistency` finds what SQL cannot refuse, and says where it is and what to do."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

import commitments.consistency
import irm.consistency
import milestones.consistency
from commitments.models import Commitment, Institution, Involvement
from irm.models import Assessment, MilestoneFinding, Reply
from milestones import guards, services
from milestones.amendment_rules import AmendmentContent
from milestones.facts import copies_of
from milestones.models import (
    Amendment,
    Evidence,
    Milestone,
    NationProgress,
    ProgressUpdate,
    UpdateStep,
)
from ogp_tracker.common import triggers
from tests.factories import (
    AccountFactory,
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    InvolvementFactory,
    MembershipFactory,
    MilestoneFactory,
    PlanFactory,
    ReplyFactory,
    ReportFactory,
    days_ago,
    lead_of,
    make_amendment,
    make_correction,
    make_document,
    make_update,
    move_due_date,
    nation,
    nations,
    officer_of,
    past_the_guards,
    today,
)
from tests.pages import queries_in

pytestmark = pytest.mark.django_db

APPS = (commitments.consistency, milestones.consistency, irm.consistency)


def check(*switches):
    out = StringIO()
    try:
        call_command("check_consistency", *switches, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def problems():
    return [(problem.rule, problem.where) for app in APPS for problem in app.find_problems()]


def assert_found(rule, *rows):
    assert problems() == [(rule, str(row)) for row in rows]


def smuggle(milestone, codes=("sct",), evidence=True, **values):
    now = timezone.now()
    given = {
        "level": "completed",
        "level_basis": "given",
        "as_of": timezone.localdate(),
        "narrative": "It was smuggled in.",
        "institution": lead_of(milestone.commitment),
        "recorded_at": now,
        "published_at": now,
        "state": "published",
    }
    with guards.loading():
        update = ProgressUpdate.objects.create(
            commitment=milestone.commitment, milestone=milestone, **given | values
        )
        update.nations.set(nations(codes))
        if evidence:
            Evidence.objects.create(update=update, title="Minutes", url="https://www.gov.uk/")
    services.rebuild_progress([milestone])
    return update


@pytest.fixture
def milestone():
    return MilestoneFactory()


@pytest.fixture
def world():
    commitment = CommitmentFactory()
    first, second = (MilestoneFactory(commitment=commitment) for _ in "12")
    make_correction(make_update(first, "completed", nations=["sct", "wls"]), "limited")
    make_update(first, "not_started", source=make_document(), obstacles="", as_of=days_ago(9))
    make_update(first, "substantial", publish=False)
    services.set_applicability(second, nation("nir"), applies=False, reason="Not devolved")
    for days in (5, 3):
        move_due_date(second, to=days_ago(days), reason="Late.")
    assessment = AssessmentFactory(commitment=commitment, completion="substantial")
    finding = FindingFactory(assessment=assessment, milestone=first, completion="limited")
    ReplyFactory(assessment=assessment)
    ReplyFactory(assessment=assessment, finding=finding)
    CommitmentFactory(lead=False)
    CommitmentFactory(draft=True, lead=False, plan=None)
    MembershipFactory(account=MembershipFactory(role="lead").account)
    MembershipFactory(role="irm_researcher")
    InstitutionFactory(succeeded_by=InstitutionFactory(succeeded_by=InstitutionFactory()))


def test_operator_of_a_sound_tracker_reads_one_sentence(world):
    assert check() == (0, "No problems found.\n")


def test_operator_of_an_empty_tracker_reads_one_sentence():
    assert check() == (0, "No problems found.\n")


def test_operator_reads_each_rule_once_with_where_and_what_to_do():
    for _ in "12":
        CommitmentFactory(lead=False)
    Commitment.objects.update(lead_unknown=False)
    update = make_update()
    NationProgress.objects.filter(nation__code="sct").update(level="completed")

    status, said = check()

    assert status == 1
    assert said.count("A published commitment needs a lead, or a note") == 1
    assert said.count("Add the lead institution") == 2
    assert f"{update.milestone}, Scotland" in said
    assert said.endswith("3 problems found.\n")


def test_operator_has_the_current_copy_put_right():
    make_update(level="substantial")
    NationProgress.objects.filter(nation__code="sct").update(level="completed")
    NationProgress.objects.filter(nation__code="wls").delete()
    assert check()[0] == 1

    assert check("--rebuild") == (0, "2 rows corrected.\nNo problems found.\n")
    assert NationProgress.objects.get(nation__code="sct").level == "substantial"


def test_numbers_of_rows_are_shown_on_a_terminal_only(world, monkeypatch):
    class Terminal(StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("ogp_tracker.common.consistency.ROWS_AT_ONCE", 1)
    on_terminal, in_file = Terminal(), StringIO()
    for stderr in (on_terminal, in_file):
        call_command("check_consistency", stdout=StringIO(), stderr=stderr)

    assert "2 rows" in on_terminal.getvalue()
    assert in_file.getvalue() == ""


# What was promised


def test_published_commitment_without_lead_is_found():
    without = CommitmentFactory()
    without.involvements.all().delete()
    InvolvementFactory(commitment=without)
    CommitmentFactory(draft=True).involvements.all().delete()

    assert_found(
        "A published commitment needs a lead, or a note that its source names none.", without
    )


@pytest.mark.parametrize("draft", [True, False])
def test_lead_of_a_commitment_whose_lead_is_unknown_is_found(draft):
    commitment = CommitmentFactory(draft=draft, lead_unknown=True)

    assert_found("A commitment has a lead although it says that its source names none.", commitment)


def test_circle_of_successors_is_found_once():
    first, second, third, before = (InstitutionFactory(name=name) for name in "CBAX")
    for one, other in ((first, second), (second, third), (third, first), (before, first)):
        Institution.objects.filter(pk=one.pk).update(succeeded_by=other)

    assert_found("These institutions succeed each other in a circle.", "A, B, C")


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9)))
def test_circles_are_found_wherever_one_starts(successor):
    found = list(commitments.consistency.circles(successor))

    def comes_back(start):
        here = start
        for _ in range(11):
            here = successor.get(here)
            if here == start:
                return True
        return False

    members = [member for circle in found for member in circle]
    assert sorted(members) == sorted(key for key in successor if comes_back(key))


@pytest.mark.parametrize("role", ["reporter", "lead", "point_of_contact", "civil_society_lead"])
def test_account_with_both_voices_is_found(role):
    account = AccountFactory()
    MembershipFactory(account=account, role="irm_researcher")
    MembershipFactory(account=account, role="administrator")
    with past_the_guards():
        of_government = MembershipFactory(
            account=account, role=role, institution=InstitutionFactory(kind="group")
        )

    assert_found("An account may not act both for government and for the assessor.", of_government)


@pytest.mark.parametrize(
    ("role", "kind"), [("reporter", "civil_society"), ("civil_society_lead", "devolved_government")]
)
def test_role_for_the_wrong_body_is_found(role, kind):
    wrong = MembershipFactory(role=role, institution=InstitutionFactory(kind=kind))

    assert_found(
        "A reporter or lead acts for a body of government; a civil-society lead does not.", wrong
    )


@pytest.mark.parametrize("role", ["point_of_contact", "civil_society_lead"])
def test_role_for_no_plan_and_no_nation_is_found(role):
    nowhere = InstitutionFactory(kind="group", nation=None)
    wrong = MembershipFactory(role=role, institution=nowhere)
    MembershipFactory(role=role, institution=nowhere, plan=PlanFactory())

    assert_found("A point of contact or a civil-society lead needs a plan or a nation.", wrong)


# What is being delivered

EQUALS = "Progress in a nation matches the published updates."
OBEYS = "A published update follows the rules that applied when it was recorded."


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(level="completed"),
        lambda rows: rows.update(as_of=days_ago(77)),
        lambda rows: rows.update(update=smuggle(MilestoneFactory(), ("sct",))),
        lambda rows: rows.update(level="", as_of=None, update=None),
        lambda rows: rows.delete(),
    ],
    ids=["level", "as-of day", "update", "not reported", "no row"],
)
def test_progress_that_differs_from_the_updates_is_found(change):
    update = make_update(level="limited", as_of=days_ago(1))
    change(NationProgress.objects.filter(milestone=update.milestone, nation__code="wls"))

    assert_found(EQUALS, f"{update.milestone}, Wales")


def test_level_that_nobody_reported_is_found(milestone):
    update = make_update(milestone, "limited", nations=["sct"])
    NationProgress.objects.filter(milestone=milestone, nation__code="nir").update(
        **copies_of(update)
    )

    assert_found(EQUALS, f"{milestone}, Northern Ireland")


def test_what_is_wrong_of_a_commitment_as_a_whole_is_found_and_put_right(milestone):
    commitment = milestone.commitment
    make_update(commitment, "limited", nations=["sct"])
    assert problems() == []
    whole = NationProgress.objects.filter(milestone=None)
    whole.update(level="completed", words_as_published="Done", schedule="at_risk")

    assert_found(EQUALS, f"{commitment}, Scotland")
    check("--rebuild")
    assert problems() == []
    assert (whole.get().level, whole.get().schedule) == ("limited", "")


def test_milestone_of_another_commitment_is_refused_and_found(milestone):
    update = make_update(milestone, publish=False)
    other = ProgressUpdate.objects.filter(pk=update.pk)
    with pytest.raises(IntegrityError, match="named beside it"), transaction.atomic():
        other.update(commitment=CommitmentFactory())
    with pytest.raises(IntegrityError, match="never changes its commitment"), transaction.atomic():
        Milestone.objects.update(commitment=CommitmentFactory())
    with past_the_guards():
        other.update(commitment=CommitmentFactory())

    rule = "What names a milestone names its commitment beside it."
    assert rule in {said for said, _where in problems()}


@pytest.mark.parametrize(
    "wrong",
    [
        {"settled_in": "eng sct"},
        {"last_reported_on": days_ago(1)},
        {"overall": "completed"},
        {"overall_is_read": True},
        {"is_completed": True},
    ],
)
def test_milestone_that_says_wrongly_how_it_stands_is_found_and_put_right(milestone, wrong):
    make_update(milestone, "completed", nations=["sct"])
    services.set_applicability(milestone, nation("nir"), applies=False, reason="Not devolved")
    assert problems() == []
    Milestone.objects.update(**wrong)

    assert_found("A milestone records its overall level and when it was last updated.", milestone)
    check("--rebuild")
    right = Milestone.objects.get()
    assert (right.settled_in, right.last_reported_on) == ("nir sct", today())
    assert (right.overall, right.is_completed) == ("partly_reported", False)


def test_update_for_no_nation_in_scope_is_found(milestone):
    update = make_update(milestone, nations=["wls"])
    milestone.commitment.nations.set(nations(["sct"]))

    assert (
        "A published update is about a nation in which the commitment is delivered.",
        str(update),
    ) in problems()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"evidence": False}, "Add evidence"),
        ({"schedule": "at_risk"}, "Say what stands in the way"),
        ({"narrative": " "}, "Say in a sentence or two what was done."),
        ({"as_of": days_ago(-9)}, "This date is in the future."),
        ({"as_of": days_ago(5000)}, "The plan began on"),
        ({"codes": []}, "Choose at least one nation"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_published_update_against_the_rules_is_found(milestone, values, sentence):
    if "schedule" in values:
        values = values | {"obstacles": " "}
    update = smuggle(milestone, **values)

    found = [where for rule, where in problems() if rule == OBEYS]
    assert len(found) == 1
    assert found[0].startswith(f"{update}: {sentence}")


def test_update_is_judged_on_the_day_it_was_recorded_on(milestone):
    """What was in the future then is not excused by having passed since."""
    recorded = timezone.now() - timedelta(days=30)
    smuggle(milestone, recorded_at=recorded, as_of=days_ago(20))

    assert [rule for rule, _where in problems()] == [OBEYS]


def test_update_from_a_document_may_lack_what_the_document_lacks(milestone):
    source = {"source_title": "Self-assessment", "provenance": "published_elsewhere"}
    smuggle(milestone, evidence=False, level_basis="read", institution=None, **source)

    assert problems() == []


def test_what_changed_since_is_not_held_against_an_update(milestone):
    """Officers moved on, and the same was said twice: neither is a fault of the record."""
    partner = InvolvementFactory(
        commitment=milestone.commitment, institution=InstitutionFactory(nation=nation("wls"))
    ).institution
    make_update(milestone, nations=["wls"], institution=partner)
    Institution.objects.filter(pk=partner.pk).update(nation=nation("eng"))
    Involvement.objects.filter(commitment=milestone.commitment).update(
        institution=InstitutionFactory()
    )
    for _ in "12":
        smuggle(milestone, narrative="Twice the same.")

    assert problems() == []


def test_correction_of_another_milestone_of_a_draft_or_of_later_words_is_found(milestone):
    elsewhere = make_update(MilestoneFactory(commitment=milestone.commitment))
    draft = make_update(milestone, publish=False)
    later = make_update(milestone)
    whole = make_update(milestone.commitment)
    wrong = [
        smuggle(milestone, corrects=whole, correction_reason="Wrong."),
        smuggle(milestone, corrects=elsewhere, correction_reason="Wrong."),
        smuggle(milestone, corrects=draft, correction_reason="Wrong."),
        smuggle(
            milestone,
            corrects=later,
            correction_reason="Wrong.",
            recorded_at=timezone.now() - timedelta(hours=1),
            as_of=days_ago(5),
        ),
    ]

    rule = "A correction corrects an earlier published update about the same thing."
    found = [where for said, where in problems() if said == rule]
    assert found == [str(update) for update in wrong]


@pytest.mark.parametrize("fault", ["gap", "end", "edited"])
def test_broken_chain_of_due_dates_is_found(milestone, fault):
    for days in (5, 3, 1):
        move_due_date(milestone, to=days_ago(days), reason="Late.")
    _first, second, third = Amendment.objects.order_by("pk")
    with past_the_guards():
        if fault == "gap":
            second.steps.all().delete()
            second.delete()
        elif fault == "end":
            third.steps.all().delete()
            third.delete()
        else:
            Milestone.objects.update(due_on=date(2020, 1, 1))

    assert_found(
        "The changes of a due date follow from each other, up to the current due date.", milestone
    )


def test_state_that_no_amendment_gives_is_found_and_put_right(milestone):
    make_amendment(
        milestone.commitment,
        AmendmentContent("withdrawn", days_ago(1), "Dropped."),
        institution=None,
        by=None,
    )
    Milestone.objects.update(amendment_state="on_hold")
    Commitment.objects.update(amendment_state="")

    rule = "What is on hold, withdrawn or merged is what the published amendments say."
    found = [where for said, where in problems() if said == rule]
    assert found == [str(milestone.commitment), str(milestone)]

    call_command("check_consistency", rebuild=True)
    assert problems() == []


@pytest.mark.parametrize("fault", ["another milestone", "not published", "another day"])
def test_due_date_that_did_not_move_as_its_report_says_is_found(milestone, fault):
    proposed = {"due_on_proposed": days_ago(-9), "due_reason": "Late."}
    update = make_update(milestone, **proposed)
    change = Amendment.objects.get()
    assert problems() == []
    other = MilestoneFactory() if fault == "another milestone" else milestone
    if fault != "another day":
        update = make_update(other, publish=fault == "another milestone")
    else:
        update = make_update(other, **proposed | {"due_on_proposed": days_ago(-8)})

    with past_the_guards():
        Amendment.objects.filter(pk=change.pk).update(update=update)

    assert (
        "A due date that moved with an update moved to the date in that published update.",
        str(change),
    ) in problems()


@pytest.mark.parametrize(
    "steps",
    [
        lambda rows: rows.filter(kind="published").delete(),
        lambda rows: rows.filter(kind="published").update(by=AccountFactory()),
        lambda rows: rows.filter(kind="published").update(by=None),
        lambda rows: rows.filter(kind="published").update(at=timezone.now() - timedelta(days=1)),
    ],
    ids=["no publication", "by another", "by nobody", "at another time"],
)
def test_published_update_whose_steps_say_otherwise_is_found(milestone, steps):
    update = make_update(milestone)
    with past_the_guards():
        steps(UpdateStep.objects.filter(update=update))

    assert_found(
        "The last step of an update is its publication by the person who signed it off.", update
    )


@pytest.mark.parametrize("fault", ["nobody agreed", "another agreed", "sent again", "the author"])
def test_agreement_that_was_not_given_is_found(fault):
    plan = PlanFactory(needs_civil_society_sign_off=True)
    update = make_update(MilestoneFactory(commitment=CommitmentFactory(plan=plan)))
    agreed = UpdateStep.objects.filter(update=update, kind="agreed")
    with past_the_guards():
        if fault == "nobody agreed":
            agreed.delete()
        elif fault == "another agreed":
            agreed.update(by=AccountFactory())
        elif fault == "the author":
            ProgressUpdate.objects.update(recorded_by=update.co_signed_by)
        else:
            after = agreed.get().pk + 1
            agreed.update(id=after + 100)
            UpdateStep.objects.filter(kind="submitted").update(id=after + 101)
            UpdateStep.objects.filter(kind="published").update(id=after + 102)

    assert_found(
        "Civil society agreed after the update was last submitted, and not through its author.",
        update,
    )


def test_what_the_plan_asks_for_since_is_not_held_against_an_update(milestone):
    """Nor against what waits: the rules are asked again when it is published."""
    plan = milestone.commitment.plan
    plan.needs_sign_off = False
    plan.save()
    lead = officer_of(lead_of(milestone.commitment), "lead")
    drafts = [make_update(milestone, by=lead, publish=False, as_of=days_ago(n)) for n in (1, 2)]
    for draft in drafts:
        services.submit_update(draft, by=lead)
    services.publish_update(drafts[0], by=lead)

    type(plan).objects.update(needs_sign_off=True, needs_civil_society_sign_off=True)
    milestone.commitment.nations.set(nations(["sct"]))
    services.rebuild_progress([milestone])

    rules = {rule for rule, _where in problems()}
    assert rules == {"A level is shown only for nations in which the commitment is delivered."}


def test_missing_guard_is_found():
    names = triggers._installed(connection)
    triggers.drop()

    found = problems()

    assert {rule for rule, _where in found} == {"The database has all its triggers."}
    assert names
    assert {where for _rule, where in found} == {
        f"The trigger {name} is missing." for name in names
    }


# What assessors found


def test_code_that_the_report_does_not_give_is_found():
    design = ReportFactory(kind="design_report")
    wrong = AssessmentFactory(report=design, verifiable="yes", early_results="no_irm_data")
    finding = FindingFactory(assessment=AssessmentFactory(report=design), completion="limited")
    withdrawn = FindingFactory(completion="withdrawn")
    low = AssessmentFactory(report=design, specificity_as_published="Low")

    rule = "An assessment has only the codes that reports of its kind give."
    assert_found(
        rule,
        f"{wrong}: Early results",
        f"{low}: Specificity, as published",
        f"{finding}: Completion",
        f"{withdrawn}: Completion",
    )


def test_finding_of_what_is_only_covered_is_found():
    covered = AssessmentFactory(is_recorded=False, analysis="")
    FindingFactory(assessment=covered)

    rule = "An assessment that is only covered has no OGP values and no findings."
    assert_found(rule, str(covered))


def test_finding_of_another_commitment_is_found():
    finding = FindingFactory()
    MilestoneFinding.objects.update(milestone=MilestoneFactory())
    finding.refresh_from_db()

    assert_found("A finding is about a milestone of the assessed commitment.", finding)


def test_reply_to_a_finding_of_another_assessment_is_found():
    reply = ReplyFactory()
    with past_the_guards():
        Reply.objects.update(finding=FindingFactory())
    reply.refresh_from_db()

    assert_found("A reply to a finding belongs to the finding's assessment.", reply)


def test_reply_by_an_institution_that_does_not_lead_is_found():
    reply = ReplyFactory()
    partner = InvolvementFactory(commitment=reply.assessment.commitment, role="partner")
    with past_the_guards():
        Reply.objects.update(institution=partner.institution)
    reply.refresh_from_db()

    assert_found("Only an institution that leads the commitment replies to the assessor.", reply)


def test_reply_by_the_successor_of_the_lead_is_sound():
    reply = ReplyFactory()
    heir = InstitutionFactory()
    institution = lead_of(reply.assessment.commitment)
    institution.succeeded_by = heir
    institution.save()
    ReplyFactory(assessment=AssessmentFactory(commitment__lead=institution), institution=heir)

    assert problems() == []


def test_reply_that_its_author_signed_is_found_where_the_plan_asks_for_two():
    reply = ReplyFactory()
    own = ReplyFactory(recorded_by=reply.signed_off_by, signed_off_by=reply.signed_off_by)
    plan = own.assessment.commitment.plan

    assert_found("If the plan requires sign-off, nobody signs off their own reply.", own)
    plan.needs_sign_off = False
    plan.save()
    assert problems() == []


# Long tables


def test_number_of_queries_does_not_grow_with_the_rows():
    def write():
        commitment = CommitmentFactory()
        milestone = MilestoneFactory(commitment=commitment)
        make_correction(make_update(milestone, "completed"), "limited")
        move_due_date(milestone, to=days_ago(1), reason="Late.")
        assessment = AssessmentFactory(commitment=commitment)
        FindingFactory(assessment=assessment, milestone=milestone)
        ReplyFactory(assessment=assessment)

    write()
    with_one = queries_in(check)
    for _ in range(4):
        write()

    assert Assessment.objects.count() == 5
    assert queries_in(check) == with_one
    assert check()[0] == 0
