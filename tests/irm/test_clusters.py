"""One text of a report can be about several commitments: written once, read with each of them."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from irm.models import Assessment
from tests.admin_pages import address, errors_of, save
from tests.factories import (
    AssessmentFactory,
    CommitmentFactory,
    FindingFactory,
    PlanFactory,
    ReportFactory,
    past_the_guards,
    researcher,
)
from tests.sheets import choose, csv_of, effects_of, refusals_of, write
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

WORDS = "All three were done in one programme.[1]"


@pytest.fixture
def report():
    return ReportFactory(plan=PlanFactory(), slug="results", kind="results_report")


@pytest.fixture
def cluster(report):
    commitments = [
        CommitmentFactory(ogp_id=f"UK009{number}", order=number, plan=report.plan)
        for number in (6, 7, 8)
    ]
    holder = AssessmentFactory(
        report=report, commitment=commitments[0], analysis=WORDS, footnotes="[1] See there."
    )
    return [holder, *(share(holder, one) for one in commitments[1:])]


def share(holder, commitment=None, **given):
    return AssessmentFactory(
        report=given.pop("report", holder.report),
        commitment=commitment or CommitmentFactory(plan=holder.report.plan),
        analysis=given.pop("analysis", ""),
        shares_text_with=holder,
        **given,
    )


def read(client, row):
    return client.get(row.commitment.get_absolute_url()).text


def test_each_page_shows_the_text_and_with_whom_it_is_shared(client, cluster):
    for row in cluster:
        page = read(client, row)
        assert "All three were done in one programme." in page
        assert "See there." in page
        others = {one.commitment.get_absolute_url() for one in cluster} - {
            row.commitment.get_absolute_url()
        }
        said = page.partition("in one text together with")[2].partition("</p>")[0]
        assert all(path in said for path in others)
        assert f">{row.commitment.slug}<" not in said


def test_codes_stay_with_each_commitment(client, cluster):
    for row, code in zip(cluster, ("limited", "complete", "not_started"), strict=True):
        row.completion = code
        row.save()

    assert "The assessor found it complete." in read(client, cluster[1])
    assert "The assessor found that it had not started." in read(client, cluster[2])


def test_page_of_the_report_has_the_text_once(client, report, cluster):
    page = client.get(report.get_absolute_url()).text

    assert page.count("All three were done in one programme.") == 1
    assert page.count("Read the analysis on the page of the commitment") == 2
    assert page.count("in one text together with") == 3


def test_finding_points_at_the_footnotes_of_the_shared_text(client, cluster):
    finding = FindingFactory(assessment=cluster[1], found="Not yet.[1]")

    assert "See there." in client.get(finding.milestone.get_absolute_url()).text


@pytest.mark.parametrize("hide", ["assessment", "commitment"])
def test_text_that_readers_cannot_see_is_not_shown_through_another(client, cluster, hide):
    holder = cluster[0]
    hidden = holder if hide == "assessment" else holder.commitment
    type(hidden).objects.filter(pk=hidden.pk).update(published_on=None)

    page = read(client, cluster[1])

    assert "one programme" not in page
    assert holder.commitment.slug not in page.partition("What assessors say")[2]
    assert "in one text together with" not in page


def test_draft_that_shares_a_text_is_not_named(client, cluster):
    Assessment.objects.filter(pk=cluster[2].pk).update(published_on=None)

    assert "UK0098" not in read(client, cluster[0]).partition("together with")[2][:200]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda cluster: (cluster[0], cluster[0]), "with itself"),
        (lambda cluster: (cluster[0], cluster[1]), "no text of its own"),
        (lambda cluster: (cluster[0], AssessmentFactory(report=cluster[0].report)), "Others share"),
        (lambda cluster: (cluster[1], AssessmentFactory()), "of the same report"),
    ],
)
def test_text_is_shared_within_a_report_without_chains_and_circles(cluster, make, said):
    row, other = make(cluster)
    row.shares_text_with, row.analysis, row.footnotes = other, "", ""

    with pytest.raises(ValidationError) as refused:
        row.full_clean()

    assert any(said in words for words in refused.value.message_dict["shares_text_with"])


def test_database_refuses_footnotes_beside_a_shared_text(cluster):
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=cluster[1].pk).update(footnotes="[1] Its own.")


def test_researcher_chooses_whose_text_it_is_and_is_told_what_does_not_fit(client, report, cluster):
    sign_in(client, researcher())
    own = AssessmentFactory(report=report, analysis="Its own words.")
    AssessmentFactory()
    page = client.get(address(Assessment, "change", own.pk))
    field = page.context["adminform"].form.fields["shares_text_with"]

    assert list(field.queryset) == [cluster[0]]
    refused = save(client, own, shares_text_with=str(cluster[0].pk))
    assert "Empty the analysis and the footnotes here." in errors_of(refused)["shares_text_with"][0]
    save(client, own, shares_text_with=str(cluster[0].pk), analysis="")

    assert own.text == cluster[0]
    assert own.history.first().shares_text_with == cluster[0]


def test_sheet_with_words_for_a_shared_text_is_refused_and_without_changes_nothing(client, cluster):
    sign_in(client, researcher())
    row = {"report_id": "results", "commitment_id": "UK0097"}

    assert effects_of(choose(client, csv_of(row | {"analysis": ""}))) == {
        "UK0097": ["nothing changes"]
    }
    (refusal,) = refusals_of(choose(client, csv_of(row | {"analysis": "Other words."})))
    assert "The shared text is in the other assessment." in refusal[2]


@pytest.mark.parametrize(
    ("commitment", "holder", "why"),
    [
        ("UK0097", "UK0097", "An assessment cannot share its text with itself."),
        ("UK0097", "UK0098", "That one has no text of its own"),
        ("UK0097", "UK0001", "The commitment “UK0001” cannot be found."),
        ("UK0096", "UK0099", "Others share the text of this one."),
        ("UK0099", "UK0096", "The shared text is in the other assessment."),
    ],
)
def test_sheet_that_shares_texts_wrongly_is_refused(client, cluster, commitment, holder, why):
    fourth = CommitmentFactory(ogp_id="UK0099", order=9, plan=cluster[0].report.plan)
    AssessmentFactory(report=cluster[0].report, commitment=fourth, analysis="Its own words.")
    sign_in(client, researcher())
    row = {"report_id": "results", "commitment_id": commitment, "shares_text_with": holder}
    if commitment == "UK0096":
        row |= {"analysis": "", "footnotes": ""}

    (refusal,) = refusals_of(choose(client, csv_of(row)))

    assert refusal[1] == "shares_text_with"
    assert why in refusal[2]


def test_sheet_moves_a_shared_text_to_another_assessment(client, cluster):
    sign_in(client, researcher())
    rows = [
        {"commitment_id": "UK0096", "shares_text_with": "UK0098", "analysis": "", "footnotes": ""},
        {"commitment_id": "UK0097", "shares_text_with": "UK0098", "analysis": "", "footnotes": ""},
        {"commitment_id": "UK0098", "shares_text_with": "", "analysis": WORDS, "footnotes": ""},
    ]

    page = choose(client, csv_of(*({"report_id": "results"} | row for row in rows)))
    said = effects_of(page)["UK0098"]
    assert "shares its text with changes from UK0096" in " ".join(said)
    write(client, page)

    first, second, third = (Assessment.objects.get(pk=row.pk) for row in cluster)
    assert (first.shares_text_with, second.shares_text_with) == (third, third)
    assert (third.shares_text_with, third.analysis) == (None, WORDS)


def test_consistency_check_finds_a_chain(cluster, capsys):
    other = AssessmentFactory(report=cluster[0].report, analysis="")
    with past_the_guards():
        Assessment.objects.filter(pk=other.pk).update(shares_text_with=cluster[1])

    with pytest.raises(SystemExit):
        call_command("check_consistency")

    assert "A shared text comes from an assessment in the same report" in capsys.readouterr().out
