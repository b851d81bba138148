"""The tracker's parts stand on each other in one order, and imports go down only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMISED, DELIVERED, FOUND = "commitments", "milestones", "irm"
COMMON, PAGES = "ogp_tracker.common", "ogp_tracker.pages"
APPS = {COMMON, PROMISED, DELIVERED, FOUND}
MAY_IMPORT = {
    COMMON: set(),
    PROMISED: {COMMON},
    DELIVERED: {COMMON, PROMISED},
    FOUND: {COMMON, PROMISED, DELIVERED},
    PAGES: APPS,
    "ogp_tracker.accounts": {COMMON, PROMISED},
    "ogp_tracker.opendata": {*APPS, PAGES},
    "ogp_tracker.search": APPS,
    "ogp_tracker.history": {*APPS, PAGES, "ogp_tracker.opendata"},
    "ogp_tracker.api": {*APPS, "ogp_tracker.opendata"},
    "ogp_tracker.importing": {*APPS, "ogp_tracker.opendata"},
    "ogp_tracker.sharing": {*APPS, PAGES, "ogp_tracker.opendata"},
    "ogp_tracker.following": {*APPS, PAGES, "ogp_tracker.opendata", "ogp_tracker.history"},
    "ogp_tracker.mistakes": {COMMON, DELIVERED, PAGES},
}
"""The picture in docs/architecture.md; what is left of `ogp_tracker` is above all of them."""


def modules_named(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            # What is named may be a module itself.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif (
            isinstance(node, ast.Call)
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module"
        ):
            yield node.args[0].value


def layers_among(modules):
    """Return the layers that the modules belong to; of the tests and the project, their names."""
    found = set()
    for module in modules:
        top, *rest = module.split(".")
        layer = f"{top}.{rest[0]}" if top == "ogp_tracker" and rest else top
        if layer in MAY_IMPORT:
            found.add(layer)
        elif top in {"ogp_tracker", "tests"}:
            found.add(top)
    return found


def files_of(layer):
    path = ROOT / layer.replace(".", "/")
    return path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_layer_imports_only_what_it_stands_on(layer):
    files = [file for file in files_of(layer) if "migrations" not in file.parts]
    assert files

    wrong = {
        str(file.relative_to(ROOT)): sorted(up)
        for file in files
        if (up := layers_among(modules_named(file.read_text())) - MAY_IMPORT[layer] - {layer})
    }

    assert wrong == {}


def test_no_relative_import_leaves_its_layer():
    """`from .. import` is counted from the layer, so it cannot reach above it unseen."""
    for layer in MAY_IMPORT:
        folder = ROOT / layer.replace(".", "/")
        for file in files_of(layer):
            depth = len(file.relative_to(folder.parent).parts) - 1
            levels = [
                node.level
                for node in ast.walk(ast.parse(file.read_text()))
                if isinstance(node, ast.ImportFrom)
            ]
            assert max(levels, default=0) <= depth, file


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import irm.models", {"irm"}),
        ("import os, milestones", {"milestones"}),
        ("from irm import codebook", {"irm"}),
        ("from irm.models import Report", {"irm"}),
        ("def late():\n    from irm.models import Report", {"irm"}),
        ("from importlib import import_module\nimport_module('irm.models')", {"irm"}),
        ("from .models import Report", set()),
        ("import irmgard", set()),
        ("from ogp_tracker import search", {"ogp_tracker.search"}),
        ("from ogp_tracker.common.lines import one_line", {"ogp_tracker.common"}),
        ("from ogp_tracker import settings", {"ogp_tracker"}),
    ],
)
def test_imports_are_seen_wherever_they_stand(source, found):
    assert layers_among(modules_named(source)) == found
