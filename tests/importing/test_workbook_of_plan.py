"""A plan as a workbook: what the exports say, cell by cell, to read, to change and to fill in."""

import io
import json
import shutil
import zipfile
from datetime import date

import pandas
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from ogp_tracker.importing import new_workbook
from ogp_tracker.importing.workbook_of_plan import EXAMPLE, SHEETS, empty, filled
from ogp_tracker.opendata.tables import BY_NAME
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    MilestoneFactory,
    PlanFactory,
    administrator,
    contact_for,
    make_document,
    make_update,
    researcher,
    today,
)
from tests.hostile import TEXTS, as_in_a_workbook
from tests.opendata.test_data_programs import CSV_OF_LIBREOFFICE, cells_of, run
from tests.pages import queries_of
from tests.sheets import lists_of

pytestmark = pytest.mark.django_db

HELD = [text for text in TEXTS if not {"\x1f", "_"} & {*text} and len(text) < 32_767]
"""What a workbook can hold unchanged."""


def plan_of(texts):
    plan = PlanFactory(slug="hostile", title="A plan")
    for number, text in enumerate(texts):
        commitment = CommitmentFactory(plan=plan, label=f"1.{number}0", title=text, objective=text)
        milestone = MilestoneFactory(commitment=commitment, label=f"1.{number}0", text=text)
        InvolvementFactory(commitment=commitment, role="partner")
        make_update(milestone, "limited", source=make_document(), narrative=text, nations=["eng"])
    return plan


@pytest.fixture
def plan():
    return plan_of(HELD[:2])


def exported(name):
    """The rows of the whole export, only the columns of the sheet."""
    table = BY_NAME[SHEETS[name].name]
    for block in table.blocks(today()):
        for row in block:
            cells = dict(zip(table.names, (cell.decode() for cell in row), strict=True))
            yield [as_in_a_workbook(cells[one]) for one in SHEETS[name].names]


def opened(content):
    return load_workbook(io.BytesIO(content))


def rows_of(book, name):
    """The cells of a sheet below its head, empty ones as the empty text."""
    return [[cell or "" for cell in row] for row in book[name].iter_rows(2, values_only=True)]


def everything_in(content):
    book = opened(content)
    return json.dumps([list(page.values) for page in book])


@pytest.mark.both_databases
def test_every_cell_is_that_of_the_export_for_openpyxl_and_pandas():
    content = filled(plan_of(HELD), drafts=False)
    book = load_workbook(content)

    for name, frame in pandas.read_excel(
        content, sheet_name=[*SHEETS], dtype=str, keep_default_na=False
    ).items():
        assert [cell.value for cell in book[name][1]] == list(frame) == SHEETS[name].names
        assert (
            sorted(frame.values.tolist()) == sorted(rows_of(book, name)) == sorted(exported(name))
        )
        filled_in = [cell for row in book[name].rows for cell in row if cell.value]
        assert {(cell.number_format, cell.data_type) for cell in filled_in} == {("@", "s")}


def test_institutions_are_those_that_the_plan_names(plan):
    CommitmentFactory()
    alone = MilestoneFactory(commitment=plan.commitments.first(), lead=InstitutionFactory()).lead
    named = {row[0] for row in rows_of(load_workbook(filled(plan, drafts=False)), "institutions")}

    involved = plan.commitments.values_list("involvements__institution__slug", flat=True)
    assert named == {*involved, alone.slug}


@pytest.mark.core
def test_drafts_are_only_in_the_workbook_of_those_who_see_them_all(client):
    draft = CommitmentFactory(plan=PlanFactory(slug="new"), title="Secret", published_on=None)
    make_update(MilestoneFactory(commitment=draft, text="Secret step"), source=make_document())
    address = reverse("admin:plan_workbook", args=[draft.plan.pk])
    public = client.get(reverse("plan_workbook", args=["new"]))
    assert "Secret" not in everything_in(public.content)

    elsewhere = CommitmentFactory()
    for account in (researcher(), administrator(), contact_for(elsewhere)):
        client.force_login(account)
        content = client.get(address).content
        assert "published rows only" in everything_in(content)
        assert "Secret" not in everything_in(content)
    client.force_login(contact_for(draft))
    content = client.get(address).content
    assert all(words in everything_in(content) for words in ('"Secret"', '"Secret step"'))
    assert [len(rows_of(opened(content), name)) for name in SHEETS] == [1, 1, 1, 1, 1]


def test_reader_gets_it_anew_only_if_the_data_have_changed_and_never_of_the_past(client, plan):
    address = reverse("plan_workbook", args=[plan.slug])
    assert address == "/plans/hostile/workbook.xlsx"
    assert address in client.get(plan.get_absolute_url()).text
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    plan.commitments.update(objective="Another.")
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200

    past = client.get(address, {"as_at": today().isoformat()})
    assert (past.status_code, "/data/" in past.text) == (400, True)
    assert client.get("/plans/none/workbook.xlsx").status_code == 404


def test_codes_can_be_chosen_and_lists_typed_beside_them(plan):
    book = load_workbook(filled(plan, drafts=False))

    offered = lists_of(book, "progress")
    for column in SHEETS["progress"].columns:
        assert offered.get(column.name, []) == list(column.codes) or column.name == "nation_codes"
    assert lists_of(book, "commitments")["lead_unknown"] == ["true", "false"]
    assert lists_of(book, "institutions")["nation_code"] == ["eng", "sct", "wls", "nir"]
    refuses = {
        one.errorTitle: one.showErrorMessage
        for one in book["progress"].data_validations.dataValidation
    }
    assert (refuses["level"], refuses["nation_codes"]) == (True, False)
    assert book["lists"].sheet_state == "hidden"


def test_definitions_say_of_every_column_what_it_means_and_what_nobody_has_to_fill_in():
    lines = list(load_workbook(empty())["definitions"].iter_rows(values_only=True))
    defined = {line[:2]: line[2:] for line in lines if line[1]}

    for name, table in SHEETS.items():
        for column in table.columns:
            assert defined[name, column.name][1] == str(column.description)
    assert defined["milestones", "text"][0] == "yes"
    for name in ("milestone_number", "order", "label_is_ours", "language"):
        assert defined["milestones", name][0].startswith("no: this site")
    assert "2027-03-31" in lines[1][0]


def test_empty_workbook_has_heads_only_and_an_example_beside_them():
    book = load_workbook(empty())

    for name, table in SHEETS.items():
        assert [cell.value for cell in book[name][1]] == table.names
        assert (book[name].max_row, book[name].column_dimensions["A"].number_format) == (1, "@")
        assert book[name].freeze_panes
        for row, said in zip(
            rows_of(book, f"example {name}"), json.loads(EXAMPLE.read_text())[name], strict=True
        ):
            cells = {one.name: cell for one, cell in zip(table.columns, row, strict=True) if cell}
            assert cells == said
            for column in (one for one in table.columns if one.name in cells):
                assert not column.codes or cells[column.name] in column.codes
                assert column.kind != "date" or date.fromisoformat(cells[column.name])
    assert [len(rows_of(book, f"example {name}")) for name in SHEETS] == [1, 2, 2, 4, 2]
    (level,) = (
        one for one in book["progress"].data_validations.dataValidation if one.errorTitle == "level"
    )
    assert str(level.sqref).endswith("301")


def test_what_no_workbook_can_hold_is_left_out_and_said(plan):
    for text in ("x" * 40_000, "a\x1fb", "see_x0020_there"):
        CommitmentFactory(plan=plan, ogp_id=f"XX{len(text)}", objective=text)

    book = load_workbook(filled(plan, drafts=False))

    assert len(rows_of(book, "commitments")) == 2
    said = " ".join(cell.value or "" for cell in book["definitions"]["A"])
    assert all(f"commitments: the row XX{n} is left out" in said for n in (40_000, 3, 15))


def test_too_large_a_plan_is_refused_in_words(client, plan, monkeypatch):
    monkeypatch.setattr(new_workbook, "MOST_ROWS", 1)
    said = "are too many for a workbook."

    answer = client.get(reverse("plan_workbook", args=[plan.slug]))
    assert (answer.status_code, said in answer.text) == (400, True)
    assert "<h1>This file cannot be made</h1>" in answer.text


def test_admin_offers_the_workbook_of_a_plan_and_an_empty_one(client, plan):
    client.force_login(contact_for(plan.commitments.first()))
    empty_one = reverse("admin:empty_plan_workbook")

    assert empty_one in client.get(reverse("admin:commitments_actionplan_changelist")).text
    form = client.get(reverse("admin:commitments_actionplan_change", args=[plan.pk])).text
    assert reverse("admin:plan_workbook", args=[plan.pk]) in form
    assert "example plan" in opened(client.get(empty_one).content).sheetnames


def test_number_of_queries_does_not_grow_with_the_rows(client, plan):
    small = PlanFactory()
    MilestoneFactory(commitment=CommitmentFactory(plan=small))

    few, many = (
        queries_of(client, reverse("plan_workbook", args=[one.slug])) for one in (small, plan)
    )

    assert few == many


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_gets_every_cell(tmp_path):
    (tmp_path / "plan.xlsx").write_bytes(filled(plan_of(HELD), drafts=False).getvalue())

    to = ("--convert-to", CSV_OF_LIBREOFFICE, "--outdir", "read")
    run("soffice", "--headless", *to, "plan.xlsx", folder=tmp_path)

    for name in ("commitments", "milestones", "progress"):
        names, *rows = cells_of(tmp_path / "read" / f"plan-{name}.csv")
        assert names == SHEETS[name].names
        assert sorted(rows) == sorted(exported(name))


@pytest.mark.core
@pytest.mark.both_databases
def test_what_nobody_changed_changes_nothing_as_a_workbook_and_as_csv_files(client):
    plan = plan_of(HELD)
    client.force_login(contact_for(plan.commitments.first()))
    archive = zipfile.ZipFile(
        io.BytesIO(client.get(reverse("plan_sheets", args=[plan.slug])).content)
    )
    csv_files = {f"{name}.csv": archive.read(f"{name}.csv") for name in SHEETS}
    workbook = {"plan.xlsx": filled(plan, drafts=True).getvalue()}

    for files in (csv_files, workbook):
        sent = [SimpleUploadedFile(name, content) for name, content in files.items()]
        page = client.post(reverse("admin:import"), {"sheet": sent}, follow=True)
        assert "preview" in page.context, page.context["refusals"]
        assert "No changes" in page.text
        assert len(page.context["preview"].effects) > 4 * len(plan.commitments.all())
