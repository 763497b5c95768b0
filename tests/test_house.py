"""The house keeps its shape: who may import whom, how large things grow, what a base install pulls in."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from unsaid.models.adapter import INSPECT_CEILING, INSPECT_FLOOR

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "unsaid"
MODULES = sorted(SOURCE.rglob("*.py"))

#: Rooms that a room must not import from: everything above it.
ABOVE = {
    "store": {
        "questions",
        "cues",
        "elicitation",
        "models",
        "judges",
        "protocols",
        "records",
        "estimates",
        "planning",
        "labelling",
        "organisms",
        "report",
        "cli",
    },
    "questions": {
        "replies",
        "cues",
        "elicitation",
        "models",
        "judges",
        "protocols",
        "records",
        "estimates",
        "report",
        "cli",
    },
    "replies": {
        "cues",
        "elicitation",
        "models",
        "judges",
        "protocols",
        "records",
        "estimates",
        "report",
        "cli",
    },
    "cues": {"elicitation", "models", "judges", "protocols", "records", "estimates", "report", "cli"},
    "elicitation": {"models", "judges", "protocols", "records", "estimates", "report", "cli"},
    "estimates": {"models", "judges", "protocols", "organisms", "report", "cli"},
    "records": {"report", "cli"},
    "judges": {"models", "protocols", "estimates", "report", "cli"},
    "models": {"protocols", "report", "cli"},
    "protocols": {"cli"},
    "planning": {"report", "cli"},
    "labelling": {"models", "protocols", "organisms", "cli"},
    "report": {"models", "judges", "protocols", "organisms", "cli"},
}
INSPECT_ALLOWED = {
    "_inspect.py",
    "asking/answering.py",
    "asking/inspect_task.py",
    "records/from_logs.py",
    "records/mending.py",
}


def imported(path: Path) -> set[str]:
    """Dotted names of everything a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_room_imports_nothing_above_it(path: Path) -> None:
    relative = path.relative_to(SOURCE)
    names = imported(path)
    rooms = {name.split(".")[1] for name in names if name.startswith("unsaid.")}
    assert not rooms & ABOVE.get(relative.parts[0], set())
    uses_inspect = any(name.split(".")[0] == "inspect_ai" for name in names)
    if relative.parts[0] != "models" and relative.as_posix() not in INSPECT_ALLOWED:
        assert not uses_inspect, "Inspect stays behind models/, the protocols' task and the reading of logs"
    assert not any(re.match(r"inspect_ai\.(\w+\.)*_", name) for name in names), "public API of Inspect only"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 350, "two ideas, perhaps"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno <= 72, f"{node.name} does not fit on a screen"
        if isinstance(node, ast.ExceptHandler):
            assert not all(isinstance(line, ast.Pass) for line in node.body), "an exception is swallowed"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_public_list_is_sorted_and_complete(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = {getattr(node, "name", "") for node in tree.body}
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            getattr(name, "id", "") == "__all__" for name in node.targets
        ):
            listed = ast.literal_eval(node.value)
            assert len(set(listed)) == len(listed)
            public = {name for name in defined if name and not name.startswith("_")}
            assert public <= set(listed), f"not listed: {public - set(listed)}"


def test_the_base_needs_no_pytorch_and_the_command_line_starts_light() -> None:
    check = "import sys, unsaid.cli; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout
    for heavy in ("torch", "transformers", "datasets", "inspect_ai", "matplotlib", "textual"):
        assert f"'{heavy}'" not in loaded


def test_the_tested_versions_of_inspect_are_the_pinned_ones() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"inspect_ai>={INSPECT_FLOOR}" in project["dependencies"], "the oldest tested, and no ceiling"
    assert f"inspect_ai=={INSPECT_CEILING}" in (ROOT / "constraints.txt").read_text()


def test_no_file_names_a_registry_host() -> None:
    for name in ("constraints.txt", "pyproject.toml", "Makefile", ".ci/run", "README.md", "CONTRIBUTING.md"):
        assert "://" not in (ROOT / name).read_text() or name == "README.md"
