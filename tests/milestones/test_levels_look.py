"""One word, one shape and one colour per level, and every text readable on every ground.

Contrast as WCAG 2.2 defines it (relative luminance, success criterion 1.4.3).
"""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings

from milestones.levels import NOT_APPLICABLE, READ_SIGNS, SIGNS, STATE_SIGNS
from milestones.templatetags.progress import shapes, sign, signs

CSS = Path(settings.BASE_DIR) / "static" / "css"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
ALL_SIGNS = [*SIGNS.values(), NOT_APPLICABLE]
LEVELS = [f"level-{shown.css}" for shown in ALL_SIGNS]
VOICES = ["government", "assessor"]
TEXTS = ["ink", "ink-soft", "link", "ours", *VOICES, *LEVELS, "warning"]
GROUNDS = ["paper", "surface", "sunk", "ours-paper"]
SCHEMES = ["light", "dark"]


def tokens(scheme):
    light, _, dark = (CSS / "tokens.css").read_text().partition("(prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    in_dark = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))
    return found if scheme == "light" else in_dark


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, light = sorted(luminance(colour) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def too_faint(scheme, names, least):
    colours = tokens(scheme)
    found = {
        (name, ground): round(contrast(colours[name], colours[ground]), 2)
        for name in names
        for ground in GROUNDS
    }
    return {pair: value for pair, value in found.items() if value < least}


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ffffff", "#ffffff") == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_reader_can_read_every_text_on_every_ground(scheme):
    assert too_faint(scheme, TEXTS, 4.5) == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_reader_can_see_where_the_keyboard_is_and_where_a_field_ends(scheme):
    assert too_faint(scheme, ["focus", "rule-strong"], 3) == {}


def test_reader_gets_no_colour_in_the_dark_that_was_forgotten():
    assert set(tokens("dark")) == set(tokens("light"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_reader_can_tell_the_two_voices_and_the_levels_apart_by_colour_too(scheme):
    colours = tokens(scheme)
    # Not reported and does not apply are both grey: neither is a level.
    levels = {colours[name] for name in LEVELS} - {colours["level-not-applicable"]}

    assert colours["level-not-applicable"] == colours["level-not-reported"]
    assert len(levels) == 4
    assert len({colours[name] for name in VOICES}) == 2


def test_reader_gets_the_colour_of_every_sign_from_its_token_and_from_nowhere_else():
    rules = (CSS / "marks.css").read_text()
    tones = dict(re.findall(r"\.level--([\w-]+) {\s*--tone: var\(--([\w-]+)\);\s*}", rules))

    expected = {shown.css: f"level-{shown.css}" for shown in ALL_SIGNS}
    assert tones == {**expected, "partly-reported": "level-not-reported"}


PUBLIC_SHEETS = sorted(
    set(re.findall(r"css/([a-z]+\.css)", (TEMPLATES / "base.html").read_text()))
    - {"tokens.css", "print.css"}
)


@pytest.mark.parametrize("sheet", PUBLIC_SHEETS)
def test_colours_are_written_down_in_the_tokens_only(sheet):
    text = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(), flags=re.DOTALL)

    assert re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(", text, flags=re.IGNORECASE) == []


def test_style_sheets_use_no_token_that_does_not_exist():
    given, used = set(), set()
    for sheet in CSS.glob("*.css"):
        text = sheet.read_text()
        given |= set(re.findall(r"--([\w-]+):", text))
        used |= set(re.findall(r"var\(--([\w-]+)", text))

    assert used - given == set()


@pytest.mark.parametrize("part", ["word", "definition", "css", "shape"])
def test_every_sign_differs_from_every_other(part):
    times = Counter(str(getattr(shown, part)) for shown in signs())

    assert len(times) == 12
    assert set(times.values()) == {1}
    drawn = (*signs(), *READ_SIGNS.values(), *STATE_SIGNS.values())
    shapes_of_all = {shown.shape for shown in drawn}
    assert len(shapes_of_all) == 19


def test_reader_finds_word_and_shape_in_every_sign():
    drawn = shapes()
    for shown in ALL_SIGNS:
        html = ElementTree.fromstring(sign(shown))
        assert html.text is None
        assert html[0].tail == shown.word
        assert html[0].attrib["aria-hidden"] == "true"
        assert f'<symbol id="shape-{shown.css}"' in drawn
        assert html[0][0].attrib["href"] == f"#shape-{shown.css}"
    for shown in READ_SIGNS.values():
        html = ElementTree.fromstring(sign(shown))
        assert (html[0].tail.strip(), html[1].text) == (shown.word, "our reading")
        assert f'<symbol id="shape-{shown.symbol}"' in drawn


def test_shapes_are_drawn_in_the_colour_of_their_text():
    for shown in (*signs(), *READ_SIGNS.values()):
        parts = ElementTree.fromstring(f"<svg>{shown.shape}</svg>")
        painted = [part.get(name) for part in parts for name in ("fill", "stroke")]
        assert set(painted) <= {"currentColor", "none", None}
        assert "currentColor" in painted
