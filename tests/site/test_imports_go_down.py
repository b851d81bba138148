"""The tracker's parts stand on each other in one order, and imports go down only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"commitments", "milestones", "irm", "ogp_tracker", "tests"}
MAY_IMPORT = {
    "commitments": set(),
    "milestones": {"commitments"},
    "irm": {"commitments", "milestones"},
    "ogp_tracker": {"commitments", "milestones", "irm"},
}


def modules_named(source):
    """Yield the modules that a file imports, also inside functions and by name at run time."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
        elif (
            isinstance(node, ast.Call)
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module"
        ):
            yield node.args[0].value


def ours_among(modules):
    return {module.split(".")[0] for module in modules} & OURS


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_app_imports_only_what_it_stands_on(app):
    files = [file for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]
    assert files

    wrong = {
        str(file.relative_to(ROOT)): sorted(up)
        for file in files
        if (up := ours_among(modules_named(file.read_text())) - MAY_IMPORT[app] - {app})
    }

    assert wrong == {}


def test_no_relative_import_leaves_its_app():
    """`from .. import` is counted from the app, so it cannot reach above it unseen."""
    for app in MAY_IMPORT:
        for file in (ROOT / app).rglob("*.py"):
            depth = len(file.relative_to(ROOT / app).parts)
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
    ],
)
def test_imports_are_seen_wherever_they_stand(source, found):
    assert ours_among(modules_named(source)) == found
