"""What is wrong with a page, as far as a program can tell: WCAG 2.2 AA, best practice, its width.

    assert faults_of(page) == []

A page is opened once and then looked at wide and narrow, in light and in dark. What is dark differs
in its colours alone, so only the rules about colours are asked again there.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

WIDE, NARROW = 1280, 320
HEIGHT = 900
# What is clicked on the way is clicked where there is least room for it.
ON_A_PHONE = pytest.mark.browser_context_args(viewport={"width": NARROW, "height": HEIGHT})

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR_RULES = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}

# All that axe has to say of a page is some hundred times what is wrong with it, and to hand it over
# takes longer than to find it.
ASK = """options => axe.run(document, {...options, resultTypes: ["violations"]}).then(answer => ({
  passed: answer.passes.length,
  found: answer.violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}, ${html}`)),
}))"""


def faults_of(page, *, in_all_colours=False):
    """Return what is wrong with the open page; leave it light, and as wide as it was.

    It is looked at wide and light, and narrow and dark, by all rules. `in_all_colours` also asks
    the rules about colours wide and dark, and narrow and light.
    """
    size = page.viewport_size
    page.wait_for_load_state()
    page.evaluate(Axe().axe_script)
    found = []
    for width, scheme, other_scheme in ((WIDE, "light", "dark"), (NARROW, "dark", "light")):
        _show(page, width, scheme)
        if _scrolls_sideways(page):
            found.append(f"{page.url} scrolls sideways at {width}")
        found += _asked(page, RULES, f"{page.url} at {width}, {scheme}")
        if in_all_colours:
            _show(page, width, other_scheme)
            found += _asked(page, COLOUR_RULES, f"{page.url} at {width}, {other_scheme}")
    _show(page, size["width"])
    return found


def widths_that_scroll(page):
    """Return the widths at which the open page has to be scrolled sideways; leave it narrow."""
    return [width for width in (WIDE, NARROW) if _show(page, width) or _scrolls_sideways(page)]


def _show(page, width, scheme="light"):
    """Make the page so wide, and light or dark, and end what fades from one colour to the other."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.getAnimations().forEach(fading => fading.finish())")


def _scrolls_sideways(page):
    root = "document.documentElement"
    return page.evaluate(f"{root}.scrollWidth > {root}.clientWidth")


def _asked(page, rules, look):
    answer = page.evaluate(ASK, {"runOnly": rules})
    assert answer["passed"], f"axe looked at nothing: {look}"
    return [f"{look}: {fault}" for fault in answer["found"]]
