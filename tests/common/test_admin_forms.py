"""Forms of the admin say in this site's words what is missing, and list it above with links."""

import html
import re

import pytest
from django import forms
from django.contrib import admin
from django.core import validators
from django.db import connection
from django.forms import fields as form_fields
from django.forms import models as form_models
from django.forms.formsets import BaseFormSet
from django.test.utils import CaptureQueriesContext

from commitments.models import ActionPlan, Commitment, Institution, PolicyArea
from ogp_tracker.common.field_words import name_in_sentence, sentence_when_empty
from tests.admin_pages import address, errors_of, messages_of, sent_from
from tests.colleagues import Colleagues
from tests.factories import (
    CommitmentFactory,
    InstitutionFactory,
    InvolvementFactory,
    PlanFactory,
    PolicyAreaFactory,
)
from tests.world import make_everything

STOCK = {
    str(sentence)
    for module in (form_fields, form_models)
    for kind in vars(module).values()
    for sentence in getattr(kind, "default_error_messages", {}).values()
    if isinstance(kind, type)
} | {str(sentence) for sentence in BaseFormSet.default_error_messages.values()}
IN_A_PAGE = re.compile(
    r"This field|Please correct|Select a valid|Enter a valid|Ensure this|-----"
    r"|(added|changed|deleted) successfully|Save and |Select \w+ to change|a\.m\.|p\.m\."
)


@pytest.fixture
def everything(db):
    return make_everything()


@pytest.fixture
def colleagues(db):
    return Colleagues()


def forms_on(page):
    """The forms of a page, with an empty row of each group."""
    yield page.context["adminform"].form
    for group in page.context["inline_admin_formsets"]:
        yield from (*group.formset.forms, group.formset.empty_form)


def pages_with_forms(colleagues):
    for model in admin.site._registry:
        row = model._default_manager.order_by("pk").first()
        for path in (address(model, "add"), row and address(model, "change", row.pk)):
            page = path and colleagues.of(model).get(path)
            if page and page.status_code == 200 and "adminform" in (page.context or {}):
                yield model, path, page


def test_no_field_can_say_a_sentence_of_djangos(everything, colleagues):
    said, looked_at = [], 0
    for _model, path, page in pages_with_forms(colleagues):
        for form in forms_on(page):
            for bound in form:
                messages = bound.field.error_messages
                own = {code for code, words in messages.items() if str(words) not in STOCK}
                said += [(path, bound.name, code) for code in {*messages} - own]
                for check in bound.field.validators:
                    if type(check).__module__.startswith("django.") and check.code not in own:
                        said.append((path, bound.name, check.code))
                looked_at += 1
    assert said == []
    assert looked_at > 200


def test_no_group_of_rows_can_say_a_sentence_of_djangos(everything, colleagues):
    for _model, path, page in pages_with_forms(colleagues):
        for group in page.context["inline_admin_formsets"]:
            if not group.formset.max_num:
                continue
            said = {str(words) for words in group.formset.error_messages.values()}
            assert not (said - {""}) & STOCK, (path, group.formset.prefix)
            for field in ("id", group.formset.fk.name):
                assert "Please correct" not in group.formset.get_unique_error_message([field])


def test_form_sent_back_lists_its_errors_with_links_to_the_fields(everything, colleagues):
    refused = 0
    for model, path, page in pages_with_forms(colleagues):
        if not page.context["has_change_permission"] or "_save" not in page.text:
            continue
        sent = {
            name: "" for name in sent_from(page) if not re.search(r"_FORMS$|csrf|version", name)
        }
        answer = colleagues.of(model).post(path, sent_from(page) | sent)
        if answer.status_code != 200 or not (problems := answer.context.get("problems")):
            continue
        refused += 1
        assert "<title>Error: " in answer.text
        assert re.search(r'class="problems"[^>]*tabindex="-1"\s+autofocus', answer.text)
        for problem in problems:
            assert not problem.target or f'id="{problem.target}"' in answer.text, problem
            assert html.escape(str(problem.sentence)) in answer.text
        assert not IN_A_PAGE.search(answer.text), path
    assert refused >= 6


def test_pages_of_every_section_have_no_words_of_djangos(everything, colleagues):
    for model in admin.site._registry:
        client, row = colleagues.of(model), model._default_manager.order_by("pk").first()
        paths = [address(model, "changelist"), f"{address(model, 'changelist')}?q=nothing"]
        if row is not None:
            paths += [address(model, name, row.pk) for name in ("change", "history", "delete")]
        for path in paths:
            answer = client.get(path)
            found = IN_A_PAGE.search(answer.text) if answer.status_code == 200 else None
            assert not found, (path, found)


@pytest.mark.parametrize(
    ("field", "label", "sentence"),
    [
        (forms.CharField(), "Title", "Enter the title."),
        (forms.CharField(), "OGP id", "Enter the OGP id."),
        (forms.CharField(), "Your email address (optional)", "Enter your email address."),
        (forms.ChoiceField(), "Kind:", "Choose the kind."),
        (forms.CharField(), "What is wrong?", "Enter an answer."),
        (forms.ChoiceField(), "What it rests on", "Choose an answer."),
        (forms.CharField(), "Share in %", "Enter the share in %."),
    ],
)
def test_sentence_names_what_to_enter(field, label, sentence):
    assert sentence_when_empty(field, label) == sentence


def test_own_sentence_of_a_field_stays_and_others_are_by_kind():
    class Form(forms.Form):
        name = forms.CharField(max_length=3, error_messages={"required": "Say who."})
        code = forms.CharField(validators=[validators.RegexValidator("^a", "Begin with a.")])
        day = forms.DateField()
        link = forms.URLField(assume_scheme="https")

    assert dict(Form({"code": "b", "day": "x", "link": "x y"}).errors) == {
        "name": ["Say who."],
        "code": ["Begin with a."],
        "day": ["Enter a date, like 27 March 2026."],
        "link": ["Enter a web address, like https://www.gov.uk/government/publications."],
    }
    assert Form({"name": "four"}).errors["name"] == ["Use 3 characters or fewer. You have used 4."]
    assert name_in_sentence("URL") == "URL"


def test_only_what_may_be_left_empty_is_called_optional(colleagues):
    page = colleagues.of(Institution).get(address(Institution, "add"))

    assert re.search(r'<label for="id_website">Website <span class="optional">', page.text)
    assert re.search(r'<label for="id_name">Name\s*</label>', page.text)
    assert 'class="required"' not in page.text


def test_saving_says_what_was_saved_and_offers_the_next_one(colleagues):
    client, path = colleagues.of(PolicyArea), address(PolicyArea, "add")
    page = client.get(path)
    assert page.text.count('<input type="submit"') == 1
    assert 'value="Add policy area"' in page.text

    answer = client.post(path, sent_from(page, name="Rivers", slug="rivers"), follow=True)
    area = PolicyArea.objects.get(name="Rivers")
    assert messages_of(answer) == [
        f'Saved: policy area <a href="{address(PolicyArea, "change", area.pk)}">Rivers</a>.'
        f' <a href="{path}">Add another</a>'
    ]
    assert answer.context["title"] == "Policy areas"

    answer = client.post(address(PolicyArea, "delete", area.pk), {"post": "yes"}, follow=True)
    assert messages_of(answer) == ["Deleted: policy area Rivers."]


def test_list_asks_again_for_what_was_not_chosen(colleagues):
    client, path = colleagues.of(PolicyArea), address(PolicyArea, "changelist")
    area = PolicyAreaFactory()

    none_ticked = client.post(path, {"index": "0", "action": "delete_selected"}, follow=True)
    none_chosen = client.post(path, {"index": "0", "_selected_action": area.pk}, follow=True)

    assert messages_of(none_ticked) == ["Tick the rows first, then choose what to do."]
    assert messages_of(none_chosen) == ["Choose what to do with the ticked rows."]


def test_choices_are_plain_lists_that_need_no_script(colleagues):
    plan, lead = PlanFactory(), InstitutionFactory()
    client, path = colleagues.of(Commitment), address(Commitment, "add")

    page = client.get(path).text
    assert f'<option value="{plan.pk}">{plan}</option>' in page
    assert f'<option value="{lead.pk}">{lead}</option>' in page


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr("ogp_tracker.common.admin.access.MOST_LISTED", 1)
    names = ("Cabinet Office", "Cabinet Office Archive", "Home Office")
    return [InstitutionFactory(name=name, other_names=name[0] + "O") for name in names]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cabinet  OFFICE ", "Cabinet Office"),
        ("HO", "Home Office"),
        ("archi", "Cabinet Office Archive"),
        (
            "Office",
            "Several institutions match “Office”: Cabinet Office, Cabinet Office Archive, Home"
            " Office. Enter the whole name.",
        ),
        (
            "Office of <X>",
            "No institution is called “Office of <X>”. Check the spelling. If it is missing here,"
            " ask an administrator.",
        ),
    ],
)
def test_name_is_typed_where_a_list_would_be_too_long(colleagues, many, typed, found):
    old = InstitutionFactory(name="Board of Trade")
    client, path = colleagues.of(Institution), address(Institution, "change", old.pk)
    page = client.get(path)
    assert '<label for="id_succeeded_by">' in page.text
    assert '<option value="Cabinet Office">' in page.text

    answer = client.post(path, sent_from(page, succeeded_by=typed))

    if answer.status_code == 200:
        assert errors_of(answer)["succeeded_by"] == [found]
        assert f'value="{html.escape(typed)}"' in answer.text
    else:
        old.refresh_from_db()
        assert old.succeeded_by.name == found
        assert f'name="succeeded_by" value="{found}"' in client.get(path).text


def test_rows_with_typed_names_ask_no_query_each(colleagues, many):
    commitment, client = CommitmentFactory(), colleagues.of(Commitment)
    path = address(Commitment, "change", commitment.pk)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            page = client.get(path).text
        assert page.count('<datalist id="names-institution">') == 1
        return len(asked)

    queries()
    few = queries()
    for institution in many:
        InvolvementFactory(commitment=commitment, institution=institution, role="partner")
    assert queries() == few


def test_row_that_cannot_be_found_is_said_so(colleagues):
    answer = colleagues.of(ActionPlan).get(address(ActionPlan, "change", 999999), follow=True)

    (said,) = messages_of(answer)
    assert said.startswith("This action plan cannot be found: it may have been deleted, or none")


def test_change_page_is_called_as_its_row(colleagues):
    commitment = CommitmentFactory()
    page = colleagues.of(Commitment).get(address(Commitment, "history", commitment.pk))
    assert page.context["title"] == f"History: {commitment}"
    page = colleagues.of(Commitment).get(address(Commitment, "change", commitment.pk))
    assert (page.context["title"], page.context["subtitle"]) == (str(commitment), None)
