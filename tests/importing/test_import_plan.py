"""A point of contact, or an operator, brings in a plan: shown in words, written all or nothing."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from commitments.models import Commitment
from milestones.models import Milestone
from ogp_tracker.importing import imports
from tests.admin_pages import messages_of
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    MilestoneFactory,
    PlanFactory,
    contact_for,
    lead_of,
    make_update,
)
from tests.sheets import choose, effects_of, write, xlsx_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def public():
    """A commitment of the plan that readers see, with one milestone."""
    plan = PlanFactory(slug="uk-2026", start_date=date(2026, 1, 1), end_date=date(2027, 12, 31))
    given = {"title": "Open records", "nations": ["eng", "sct"]}
    row = CommitmentFactory(ogp_id="UK0101", plan=plan, **given)
    MilestoneFactory(commitment=row, label="1.1", text="Publish them", due_on=date(2026, 12, 31))
    return row


@pytest.fixture
def contact(client, public):
    return sign_in(client, contact_for(public))


def brought(client, **sheets):
    return choose(client, xlsx_of(**sheets), "plan.xlsx", plan="uk-2026")


def cells_refused(page):
    return {(one.sheet, one.cell): one.sentence for one in page.context["refusals"]}


OFFICE = {"name": "Office for Records", "kind": "Government department"}
REGISTERS = {"label": "2", "title": "Registers for all", "nation_codes": "eng"}
REGISTERS |= {"lead_ids": "office-for-records", "commitment_id": ""}
FIRST = {"commitment_id": "Registers-for-ALL", "label": "2.1", "text": "Open the first"}
FIRST |= {"due_on": "Spring 2027", "due_as_published": ""}
NEW = {"institutions": [OFFICE], "commitments": [REGISTERS], "milestones": [FIRST]}


def test_contact_sees_new_changed_and_unchanged_rows_in_words_and_writes_them(contact, public):
    changed = {"commitment_id": "uk 0101", "title": "Open records in each office", "label": ""}
    changed |= {"nation_codes": "SCT; eng", "lead_ids": lead_of(public).slug.upper()}
    same = {"commitment_id": "uk0101", "label": "1.1", "text": "Publish them"}
    milestones = [FIRST, same | {"due_on": "31 December 2026"}]
    sheets = {"commitments": [REGISTERS, changed], "milestones": milestones}

    page = brought(contact, **NEW | sheets)

    said = effects_of(page)
    assert said["Registers for all"][0] == "new commitment, kept as a draft"
    assert "Lead: Office for Records" in said["Registers for all"]
    assert said["UK0101 Open records in each office"] == [
        "title changes from “Open records” to “Open records in each office”"
    ]
    assert [number for _kind, number in page.context["preview"].counts] == [3, 1, 1]
    assert Commitment.objects.count() == 1

    answer = write(contact, page)
    assert messages_of(answer)[0] == "4 rows of plan.xlsx are written."
    new = Commitment.objects.get(title="Registers for all")
    assert (new.slug, new.plan, new.published_on) == ("registers-for-all", public.plan, None)
    assert list(new.nations.values_list("code", flat=True)) == ["eng"]
    step = new.milestones.get()
    assert (step.due_on, step.due_as_published) == (date(2027, 5, 31), "Spring 2027")
    assert new.nation_progress.count() == 1
    assert "nothing changes" in str(effects_of(brought(contact, milestones=milestones)))


def test_everything_that_is_wrong_in_any_sheet_is_said_at_once_by_its_cell(contact, public):
    lead = lead_of(public).slug
    page = brought(
        contact,
        institutions=[{"name": "A", "kind": "ministry"}],
        commitments=[
            {"title": "One", "lead_ids": f"{lead}x", "nation_codes": "", "end_date": ""},
            {"title": "Two", "lead_ids": lead, "nation_codes": "enl", "end_date": "31/02/2027"},
            {"title": "two", "lead_ids": lead},
        ],
        milestones=[
            {"commitment_id": "UK0404", "label": "1", "text": "Nowhere"},
            {"commitment_id": "UK0101", "label": "3", "text": ""},
            # Its commitment is refused already, which is said once.
            {"commitment_id": "one", "label": "1", "text": "Passed over"},
        ],
    )

    said = cells_refused(page)
    assert {sheet: sorted(cell for one, cell in said if one == sheet) for sheet, _ in said} == {
        "institutions": ["B2"],
        "commitments": ["", "B2", "C3", "D3"],
        "milestones": ["A2", "C3"],
    }
    assert f"Did you mean “{lead}”?" in said["commitments", "B2"]
    assert "“ministry” is not one of the values" in said["institutions", "B2"]
    assert not Commitment.objects.filter(title="One").exists()


def test_spreadsheet_that_rounded_a_label_is_asked_about(contact, public):
    MilestoneFactory(commitment=public, label="1.10", text="The tenth")
    milestones = [{"commitment_id": "UK0101", "label": 1.1, "text": "The tenth"}]

    page = brought(contact, milestones=milestones)
    (question,) = page.context["preview"].questions
    assert [question.answer, *dict(question.choices)] == ["1.1", "1.1", "1.10"]
    assert "text changes" in effects_of(page)["UK0101, Milestone 1.1"][0]

    answers = {f"answer-{question.key}": "1.10", "again": "yes"}
    again = contact.post(page.request["PATH_INFO"], answers, follow=True)
    assert effects_of(again) == {"UK0101, Milestone 1.10": ["nothing changes"]}


@pytest.mark.core
def test_middle_of_a_long_text_that_a_colleague_changed_is_not_written_over(contact, public):
    before, theirs, mine = (f"{'Words. ' * 30}{one}{' More.' * 30}" for one in "ABC")
    Commitment.objects.update(objective=before)
    page = brought(contact, commitments=[{"commitment_id": "UK0101", "objective": mine}])
    Commitment.objects.update(objective=theirs)

    answer = write(contact, page)

    assert "what is stored, has changed" in messages_of(answer)[0]
    assert Commitment.objects.get().objective == theirs


def test_answer_that_was_changed_with_the_press_of_write_is_shown_first(contact, public):
    page = brought(contact, milestones=[{"commitment_id": "UK0101", "label": 3.1, "text": "New"}])
    (question,) = page.context["preview"].questions

    answer = write(contact, page, **{f"answer-{question.key}": "3.10"})

    assert "an answer, or what is stored, has changed" in messages_of(answer)[0]
    assert "UK0101, Milestone 3.10" in effects_of(answer)
    write(contact, answer)
    assert [row.label for row in public.milestones.order_by("number")] == ["1.1", "3.10"]


def test_more_questions_than_anybody_answers_are_one_sentence(contact, public, monkeypatch):
    monkeypatch.setattr(imports, "MOST_QUESTIONS", 1)
    rows = [{"commitment_id": "UK0101", "label": one, "text": "New"} for one in (3.1, 3.2)]

    (refusal,) = brought(contact, milestones=rows).context["refusals"]

    assert refusal.sentence.startswith("There are 2 numbers that may have lost a zero")


def test_two_rows_of_one_label_are_not_one_milestone_and_two_milestones_of_it_are_asked_apart(
    contact, public
):
    row = {"commitment_id": "UK0101", "label": "2", "text": "First"}
    said = cells_refused(brought(contact, milestones=[row, row | {"text": "Second"}]))
    assert said == {("milestones", ""): "Row 2 is about the same thing. Keep one of the two."}

    MilestoneFactory(commitment=public, label="1.1", text="Another")
    row = {"commitment_id": "UK0101", "label": "1.1", "text": "Which?"}
    said = cells_refused(brought(contact, milestones=[row]))
    assert "several milestones “1.1”" in said["milestones", "B2"]
    page = brought(contact, milestones=[row | {"milestone_number": "1"}])
    assert "text changes" in effects_of(page)["UK0101, Milestone 1.1"][0]


def test_what_was_typed_beside_the_file_is_still_there_when_the_file_is_refused(contact, public):
    typed = {"document_title": "Progress to May", "document_date": "May 2026"}
    typed |= {"document_url": "https://example.org/may"}
    wrong = {"commitment_id": "UK0404", "words_as_published": "Completed", "as_of": "May 2026"}

    page = choose(contact, xlsx_of(progress=[wrong]), "p.xlsx", plan="uk-2026", **typed)

    assert page.context["refusals"]
    form = page.context["form"]
    assert [form[name].value() for name in ("plan", "document_title", "document_url")] == [
        *("uk-2026", "Progress to May", "https://example.org/may")
    ]
    assert form["document_date"].value() == date(2026, 5, 31)


def test_what_readers_know_is_not_moved_by_a_sheet(contact, public):
    make_update(public.milestones.get(), "limited", nations=["sct"])
    page = brought(
        contact,
        commitments=[{"commitment_id": "UK0101", "nation_codes": "eng", "ogp_id": "UK0102"}],
        milestones=[{"commitment_id": "UK0101", "label": "1.1", "due_on": "2027-01-31"}],
    )

    said = cells_refused(page)
    assert set(said) == {("commitments", "B2"), ("commitments", "C2"), ("milestones", "C2")}
    assert said["commitments", "B2"].startswith("Scotland stays: a level has been published")
    assert "“Change the plan”" in said["milestones", "C2"]


def test_contact_touches_only_what_is_theirs(contact, public):
    other, lead = CommitmentFactory(ogp_id="UK0201"), InstitutionFactory(name="Office")
    page = brought(
        contact,
        plan=[
            {"plan_id": "uk-2026", "title": "Our plan", "needs_sign_off": "false"},
            {"plan_id": other.plan.slug, "title": "Our plan", "needs_sign_off": "true"},
            {"plan_id": "uk-2028", "title": "New plan", "needs_sign_off": "true"},
        ],
        institutions=[{"institution_id": lead.slug, "name": "Renamed"}],
        commitments=[{"commitment_id": "UK0201", "title": "Mine now"}],
    )
    said = {(one.sheet, one.row) for one in page.context["refusals"]}
    assert said == {("commitments", 2), ("institutions", 2), *(("plan", row) for row in (2, 3, 4))}
    step = [{"commitment_id": "UK0201", "label": "1", "text": "Mine now"}]
    (unseen,) = brought(contact, milestones=step).context["refusals"]
    assert unseen.sentence.startswith("The commitment “UK0201” cannot be found.")
    theirs = [{"title": "Theirs", "plan_id": other.plan.slug}]
    (strange,) = brought(contact, commitments=theirs).context["refusals"]
    assert strange.sentence.startswith("Theirs would not be a commitment that you look after.")


def test_columns_that_the_tracker_has_no_place_for_are_named(contact, public):
    rows = [{"commitment_id": "UK0101", "title": "Open records", "Budget": "5m", "Risk owner": "x"}]
    page = brought(contact, commitments=rows, notes=[{"Anything": "else"}])

    notes = str(page.context["preview"].notes)
    assert "not part of the table and are not read: Budget, Risk owner." in notes
    assert "These sheets are not read: notes" in notes


@pytest.fixture
def run(tmp_path):
    """`manage.py import_plan` with a workbook; what it says on both channels."""

    def run(*options, **sheets):
        file, out, err = tmp_path / "plan.xlsx", StringIO(), StringIO()
        file.write_bytes(xlsx_of(**sheets))
        try:
            call_command("import_plan", str(file), *options, stdout=out, stderr=err, no_color=True)
        except CommandError as error:
            err.write(str(error))
        return out.getvalue(), err.getvalue()

    return run


def test_operator_previews_is_asked_and_writes(run, public, monkeypatch):
    given = ("--plan", "uk-2026", "--publish")
    out, _err = run("--preview", *given, **NEW)
    assert "commitments, row 2: Registers for all: new commitment, which readers see at once" in out
    assert "New: 3; Changed: 0; Nothing changes: 0" in out
    assert "Add --no-input to write without asking." in run(*given, **NEW)[1]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _words: "n")
    assert "Nothing was written." in run(*given, **NEW)[0]
    assert Commitment.objects.count() == 1

    monkeypatch.setattr("builtins.input", lambda _words: "y")
    assert "3 rows are written." in run(*given, **NEW)[0]
    assert Commitment.objects.public().filter(title="Registers for all").exists()
    assert "No changes." in run("--no-input", *given, **NEW)[0]


def test_operator_reads_what_is_wrong_by_cell_and_answers_what_is_asked(run, public):
    label = {"commitment_id": "UK0101", "label": 1.1, "text": "Publish them"}
    said = run("--preview", milestones=[label])[0]
    assert "To change it: --answer milestones-2-label=..." in said
    said = run("--no-input", "--answer", "milestones-2-label=1.10", milestones=[label])[0]
    assert "1 row is written." in said
    assert Milestone.objects.filter(label="1.10").exists()

    _out, err = run(plan=[{"plan_id": "uk-2026", "start_date": "some day"}])
    assert "plan, B2, start_date: " in err
    assert "Nothing was written. Correct the sheets and start again." in err
    with pytest.raises(CommandError, match=r"missing\.csv cannot be read: No such file"):
        call_command("import_plan", "missing.csv")
