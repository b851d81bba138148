"""A researcher records what was found, apart from what government says."""

import pytest
from django.contrib import admin

from commitments.models import Commitment
from irm.codebook import VARIABLES, ReportKind, variables_of
from irm.models import Assessment, MilestoneFinding, Reply, Report
from milestones.models import Milestone, NationProgress, ProgressUpdate
from tests.admin_pages import address, errors_of, save, sent_from
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    InstitutionFactory,
    MilestoneFactory,
    OGPValueFactory,
    ReportFactory,
    officer_of,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def lead(client, institution):
    return sign_in(client, officer_of(institution, "lead", username="boss"))


@pytest.fixture
def commitment(institution):
    return CommitmentFactory(lead=institution)


def finding(number, milestone, assessment, **answers):
    given = {"milestone": str(milestone.pk), "found": "It was held.", "completion": ""}
    filled = {f"findings-{number}-{name}": value for name, value in (given | answers).items()}
    return {
        "findings-TOTAL_FORMS": str(number + 1),
        f"findings-{number}-assessment": str(assessment.pk),
        **filled,
    }


def test_researcher_chooses_report_and_commitment_and_comes_to_the_codes(researcher):
    report, commitment = ReportFactory(kind="design_report"), CommitmentFactory()
    page = researcher.get(address(Assessment, "add"))
    assert set(sent_from(page)) == {"csrfmiddlewaretoken", "report", "commitment"}
    assert page.text.count('type="submit" class="default"') == 1
    assert 'name="_addanother"' not in page.text

    answer = researcher.post(
        address(Assessment, "add"),
        sent_from(page, report=str(report.pk), commitment=str(commitment.pk), _save="Save"),
        follow=True,
    )

    assessment = Assessment.objects.get()
    assert answer.redirect_chain[-1][0] == address(Assessment, "change", assessment.pk)
    again = researcher.post(
        address(Assessment, "add"), {"report": str(report.pk), "commitment": str(commitment.pk)}
    )
    assert again.context["adminform"].form.errors


@pytest.mark.parametrize("kind", ReportKind.values)
def test_form_has_the_codes_that_the_kind_of_report_gives_and_no_others(researcher, kind):
    assessment = AssessmentFactory(report__kind=kind)

    page = researcher.get(address(Assessment, "change", assessment.pk))

    shown = {variable.name for variable in VARIABLES} & set(page.context["adminform"].form.fields)
    assert shown == {variable.name for variable in variables_of(kind)}


def test_values_are_chosen_where_a_report_names_them(researcher):
    assessment = AssessmentFactory(report__kind="design_report")
    value = OGPValueFactory()

    save(researcher, assessment, relevance="yes", relevant_values=[value.pk])

    assert list(assessment.relevant_values.all()) == [value]


def test_code_out_of_place_is_shown_so_that_it_can_be_emptied(researcher):
    assessment = AssessmentFactory(report__kind="results_report")
    Assessment.objects.filter(pk=assessment.pk).update(verifiable="yes")

    refused = save(researcher, assessment, analysis="More words.")
    assert errors_of(refused) == {
        "verifiable": ["A report of this kind does not give this code. Leave it empty."]
    }
    save(researcher, assessment, verifiable="")

    assert assessment.verifiable == ""


def test_kind_of_a_report_does_not_change_while_codes_would_be_lost(researcher):
    assessment = AssessmentFactory(
        report__kind="transitional_results_report", completion="substantial"
    )
    report = assessment.report

    refused = save(researcher, report, kind="design_report")
    assert errors_of(refused)["kind"] == [
        "Assessments of this report hold codes that such a report does not give: Completion."
        " Empty them there first."
    ]
    save(researcher, report, kind="results_report")

    assert report.kind == "results_report"


def test_only_milestones_of_the_assessed_commitment_can_be_chosen(researcher):
    assessment = AssessmentFactory(draft=True)
    own = MilestoneFactory(commitment=assessment.commitment)
    foreign = MilestoneFactory()
    page = researcher.get(address(Assessment, "change", assessment.pk))

    field = page.context["inline_admin_formsets"][0].formset.empty_form.fields["milestone"]
    assert list(field.queryset) == [own]
    refused = save(researcher, assessment, **finding(0, foreign, assessment))

    assert errors_of(refused)["findings-0-milestone"]
    assert not MilestoneFinding.objects.exists()


def test_findings_are_changed_but_stay_with_their_assessment(researcher):
    row, other = FindingFactory(), FindingFactory()

    save(researcher, row, found="Mended words.", milestone=str(other.milestone.pk))

    assert row.found == "Mended words."
    assert row.milestone != other.milestone
    assert researcher.get(address(MilestoneFinding, "add")).status_code == 403


def test_published_assessment_and_its_findings_cannot_be_deleted(researcher):
    row = FindingFactory()

    for one in (row, row.assessment, row.assessment.report):
        answer = researcher.post(address(type(one), "delete", one.pk), {"post": "yes"})
        assert answer.status_code == 403
        researcher.post(
            address(type(one), "changelist"),
            {"action": "delete_selected", "_selected_action": [one.pk], "post": "yes"},
        )
        assert type(one).objects.filter(pk=one.pk).exists()
    save(researcher, row.assessment, **{"findings-0-DELETE": "on"})
    assert MilestoneFinding.objects.filter(pk=row.pk).exists()


def test_draft_assessment_is_deleted_after_its_findings(researcher):
    row = FindingFactory(assessment=AssessmentFactory(draft=True))
    assessment = row.assessment

    kept = researcher.post(address(Assessment, "delete", assessment.pk), {"post": "yes"})
    assert address(MilestoneFinding, "change", row.pk) in kept.text
    save(researcher, assessment, **{"findings-0-DELETE": "on"})
    researcher.post(address(Assessment, "delete", assessment.pk), {"post": "yes"})

    assert not Assessment.objects.exists()


def test_no_page_of_the_assessors_section_writes_government_s_rows_nor_the_other_way():
    government = {Commitment, Milestone, NationProgress, ProgressUpdate, Reply}
    assessors = {Report, Assessment, MilestoneFinding}

    for own, others in ((government, assessors), (assessors, government)):
        for model in own:
            inlines = admin.site.get_model_admin(model).inlines
            assert not {inline.model for inline in inlines} & others, model


def test_draft_has_no_link_to_the_public_page_and_a_published_assessment_has(researcher):
    draft, public = AssessmentFactory(draft=True), AssessmentFactory()

    page = researcher.get(address(Assessment, "change", draft.pk))
    assert not page.context["has_absolute_url"]
    page = researcher.get(address(Assessment, "change", public.pk))
    assert page.context["absolute_url"] == (
        f"{public.commitment.get_absolute_url()}#{public.anchor}"
    )
