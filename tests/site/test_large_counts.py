"""A count above 999 is written 23,800 wherever somebody reads it.

What is no count stays as it is: years, ids, numbers of footnotes, addresses, drawings.
"""

import re

import pytest
from django.core.paginator import Paginator
from django.template import base
from django.template.loader import get_template, render_to_string
from django.templatetags import i18n

from irm.spoken import Spoken, SpokenCounts
from milestones.levels import NOT_APPLICABLE, LevelCounts
from milestones.reminders.digest import count_in_words
from milestones.sections import OverdueSection
from milestones.work.parts import WorkList, due_in_words
from ogp_tracker.common.differences import differences, to_html
from ogp_tracker.following.calendars import left_out_words
from ogp_tracker.pages import PAGES
from ogp_tracker.search.finding import Hits
from ogp_tracker.search.views import how_many
from ogp_tracker.sharing.status import NationStatus
from tests.factories import days_ago
from tests.irm.test_verdict import cell, milestones, said
from tests.pages import Element, read
from tests.site.test_front_chart import drawn, plan
from tests.site.test_words import MODULES, ROOT, TEMPLATES, said_by_module
from tests.world import make_everything

LARGE = 23_800

COUNT = re.compile(r"(?:^|[._])(?:(?<!_page_)number|total|count|num_pages|totals\.\d)$")
"""What a count is called in templates."""
NO_COUNTS = {
    # A footnote, and a plan as its government numbers it.
    "note.number",
    "plan.number",
    # Part of an id; how many columns a cell covers.
    "formset.total_form_count",
    "series.rounds|length|add:1",
}


def nodes_in(nodes):
    for node in nodes:
        yield node
        for name in node.child_nodelists:
            yield from nodes_in(getattr(node, name, None) or ())


def shown_by(node):
    """The expressions that a node shows, such as `page.number|intcomma`."""
    if isinstance(node, base.VariableNode):
        yield str(node.filter_expression.token)
    elif isinstance(node, i18n.BlockTranslateNode):
        given = {name: str(value.token) for name, value in node.extra_context.items()}
        for part in [*node.singular, *(node.plural or ())]:
            if part.token_type == base.TokenType.VAR:
                yield given.get(part.contents, part.contents)


def lacks_separators(expression):
    name, *filters = expression.split("|")
    is_count = "length" in filters or COUNT.search(name)
    return is_count and "intcomma" not in filters and expression not in NO_COUNTS


@pytest.fixture(scope="module")
def templates():
    """The nodes of each template, by its name."""
    names = (str(path.relative_to(ROOT / "templates")) for path in TEMPLATES)
    return {name: list(nodes_in(get_template(name).template.nodelist)) for name in names}


def test_counts_of_templates_have_separators(templates):
    assert [
        (name, expression)
        for name, nodes in templates.items()
        for node in nodes
        for expression in shown_by(node)
        if lacks_separators(expression)
    ] == []


def test_number_that_chooses_the_plural_is_not_shown_itself(templates):
    """It has to be a number; the one that is shown is beside it, with separators."""
    assert [
        (name, node.countervar)
        for name, nodes in templates.items()
        for node in nodes
        if isinstance(node, i18n.BlockTranslateNode) and node.countervar in set(shown_by(node))
    ] == []


# A row or line of a sheet, the code of a character; what Django itself fills in.
PLACES = {"row", "line", "head", "code"}
BY_DJANGO = {"limit_value", "show_value", "max", "length", "num"}
A_NAME = "My passkey %(number)d"
PLAIN_NUMBER = re.compile(r"%(?:\((\w+)\))?0?d")


def test_messages_write_no_count_without_separators():
    """`%d` writes 23800. What is shown to operators, on a console, is not looked at."""
    assert [
        (path.name, text)
        for path in MODULES
        if "commands" not in path.parts
        for text in said_by_module(path.read_text())
        if text != A_NAME and {*PLAIN_NUMBER.findall(text)} - PLACES - BY_DJANGO
    ] == []


def test_reader_finds_the_page_number_with_separators_and_its_addresses_without(rf):
    page = Paginator(range(LARGE * 20), 20).page(1200)
    request = rf.get("/commitments/")
    html = render_to_string("components/pagination.html", {"page": page}, request)

    assert "Page 1,200 of 23,800" in html
    assert 'href="?page=1199"' in html
    assert 'href="?page=1201"' in html


def test_reader_finds_large_counts_of_milestones_with_separators():
    counts = LevelCounts(completed=LARGE, limited=1_200, read=1_000, told=999)
    rows = [row for row in counts.rows() if row[1]]
    coverage = {"commitment_count": 5_000, "covered_count": 4_000}
    html = render_to_string(
        "milestones/level_counts.html", {"counts": counts, "rows": rows, "coverage": coverage}
    )

    assert re.findall(r'class="number">([^<]*)<', html) == ["23,800", "1,200"]
    assert "Of these 25,000, 1,000 are our reading." in html
    assert "999 rest on the IRM’s report." in html
    assert "Milestones are recorded here for 4,000 of 5,000 commitments." in html


def test_reader_finds_large_counts_of_what_is_overdue_with_separators():
    section = OverdueSection.OVERDUE
    row = {"of": {"code": "sct"}, "numbers": [(section, LARGE)]}
    html = render_to_string(
        "milestones/overdue_counts.html",
        {"counted": [row], "columns": [section], "choice": "nation"},
    )

    assert "<span>23,800</span>" in html


def test_one_is_still_singular():
    html = render_to_string(
        "commitments/coverage.html", {"coverage": {"commitment_count": 1, "covered_count": 1}}
    )

    assert "for 1 of 1 commitment." in html


def test_reader_finds_the_number_of_a_large_plan_in_the_drawing_with_separators():
    counts = {1: SpokenCounts({Spoken.NOBODY: LARGE})}
    _lanes, drawing = drawn([plan(1, 2019, 2021)], counts)

    words = {text.words for text in drawing.texts}
    assert {"23,800", "2019–21"} <= words
    assert {"2,019", "23800"} & words == set()


def test_messages_and_emails_say_large_counts_with_separators():
    progress = said(milestones=milestones([cell("completed")]) * 1_200)
    text = "word " * 2_000

    assert "its 1,200 milestones are completed" in progress
    assert count_in_words(WorkList.OVERDUE, LARGE) == "23,800 milestones are overdue"
    assert due_in_words(days_ago(1_234), days_ago(0)) == "1,234 days overdue"
    assert due_in_words(days_ago(-1_234), days_ago(0)) == "Due in 1,234 days"
    assert left_out_words(1, LARGE).startswith("23,800 milestones are left out")
    assert how_many(Hits([1] * 1_000), []) == "1,000 results"
    assert how_many(Hits([1] * 1_000, is_more=True), []) == "More than 1,000 results"
    assert NationStatus("Wales", [(NOT_APPLICABLE, LARGE)]).in_words.endswith(" 23,800")
    assert re.search(r"Show 1,\d{3} unchanged words", to_html(differences(text, f"{text}end")))


OTHER_ADDRESSES = (
    *("/search/?q=open", "/search/?q=open&nation=sct", "/search/?q=open&plan=example-plan"),
    *("/commitments/?nation=sct", "/overdue/?nation=sct", "/overdue/?show=overdue"),
    *("/disagreements/?nation=sct", "/assessments/?nation=sct", "/follow/?what=nation:sct"),
    *("/plans/example-plan/", "/plans/example-plan/repository/", "/commitments/UK9001/"),
)


def mark_plain_numbers(monkeypatch):
    """Numbers that a template shows as they are have brackets from here on: ⟦7⟧."""
    render = base.render_value_in_context

    def marked(value, context):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return f"⟦{value}⟧" if is_number else render(value, context)

    for module in (base, i18n):
        monkeypatch.setattr(module, "render_value_in_context", marked)


def is_number_of_plan(element):
    term = element.inside_of("dt")
    return bool(term and term[0].text() == "Number of the plan")


def plain_numbers(element):
    """What is heard with such a number."""
    for part in element.inside:
        if not isinstance(part, Element):
            yield from [" ".join(part.split())] if "⟦" in part else []
        elif part.tag not in {"svg", "script", "style"} and not is_number_of_plan(part):
            yield from plain_numbers(part)


@pytest.mark.django_db
@pytest.mark.slow
def test_no_public_page_shows_a_count_as_it_is(client, monkeypatch):
    """The world is small; what a page shows through `intcomma` would have separators in a large."""
    make_everything()
    addresses = {*OTHER_ADDRESSES}
    # Statuses and limits of the API are for programs.
    for page in (one for one in PAGES if one.name != "api_docs"):
        rows = page.rows().order_by("pk") if page.rows else None
        some = {rows.first(), rows.last()} - {None} if page.rows else {None}
        addresses |= {page.address(row) for row in some}

    mark_plain_numbers(monkeypatch)
    found = {address: list(plain_numbers(read(client, address))) for address in addresses}

    assert {address: words for address, words in found.items() if words} == {}
