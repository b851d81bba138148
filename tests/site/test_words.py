"""The words of the interface: one name for each thing, and templates that can be read."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("commitments", "milestones", "irm", "ogp_tracker")
LONGEST_LINE = 120
TEMPLATE_ENDINGS = (".html", ".txt", ".svg", ".md")
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*") if path.suffix in TEMPLATE_ENDINGS
)
GUIDES = [
    ROOT / "docs" / f"{name}.md"
    for name in ("officers", "points_of_contact", "researchers", "data")
]
MODULES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)

BETTER = {
    r"e[-‑]mail": "email",
    r"mails?(?! server)|(?<!team )mailbox(es)?": "email",
    r"whoever": "anyone who, or the people who",
    r"in whose name|in (the|your|their) name( of)?": "on behalf of, or as",
    r"tak(e|es|en|ing) ((the|this|other|it|second|role|list) )*away": "download, remove or reset",
    r"silen(t|ce)": "not updated for six months",
    # Completed late, by so many days, is not overdue.
    r"(?<!completed )(?<!time or )(?<!time nor )(?<!days )(?<!day )late": "overdue",
    r"second factors?": "two-step verification",
    r"as (it|they) (was|were)": "as at",
    r"(another|due|possible) days?(?! ago)|on this day|day of publication": "date",
    r"sp(eak|eaks|oke) (of|for)": "is about",
    r"(is|are|be|been) told": "gets an email, reads, or finds",
    r"is no (day|date|level|code|ranking)": "is not a …",
    r"there (is|are) no such": "cannot be found",
    r"(this|the) tracker('s|’s)?": "this site",
    r"codes? of completion": "completion code",
    r"reports? of progress": "progress update",
    r"front page": "home page",
    r"anew": "again",
    r"stands? (at|there|here|below|beside|still|with|as)": "is, or is shown",
}
"""What is not written, as a regular expression of whole words, and what is written instead."""

WRONG = {re.compile(rf"(?<![\w/#.-])(?:{old})(?![\w=-])", re.I): new for old, new in BETTER.items()}
MARKS_TEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext_lazy"}


def said_by_template(text: str) -> str:
    """What a reader sees of a template, without tags of Django and of HTML."""
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"{% translate (?:\"([^\"]*)\"|'([^']*)').*?%}", r"\1\2", text)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", "", text).split())


def said_by_module(text: str) -> Iterator[str]:
    """The texts of a module that are translated."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS_TEXT:
            texts = (one for one in node.args if isinstance(one, ast.Constant))
            yield from (str(one.value) for one in texts)


def complaints(text: str) -> list[str]:
    return [
        f"“…{text[max(found.start() - 30, 0) : found.end() + 30]}…”: write {better}"
        for wrong, better in WRONG.items()
        for found in wrong.finditer(text)
    ]


def complained(files: Iterable[tuple[Path, Iterable[str]]]) -> Iterator[str]:
    for path, texts in files:
        for text in texts:
            yield from (f"{path.relative_to(ROOT)}: {one}" for one in complaints(text))


def test_reader_finds_plain_words_in_templates():
    assert (
        list(complained((path, [said_by_template(path.read_text())]) for path in TEMPLATES)) == []
    )


def test_reader_finds_plain_words_in_messages():
    assert list(complained((path, said_by_module(path.read_text())) for path in MODULES)) == []


def test_reader_finds_plain_words_in_guides():
    assert list(complained((path, [path.read_text()]) for path in GUIDES)) == []


def test_template_has_short_lines():
    lines = (
        (path, *line) for path in TEMPLATES for line in enumerate(path.read_text().split("\n"), 1)
    )
    long = [(path, number) for path, number, line in lines if len(line) > LONGEST_LINE]

    assert [f"{path.relative_to(ROOT)}:{number}" for path, number in long] == []


def test_complaint_says_what_to_write():
    assert complaints("Look into your mailbox.") == ["“…Look into your mailbox.…”: write email"]
    assert complaints("The mail server answers later; 3 days late-night.") == []
