"""The house keeps its shape: who may import whom, how large things grow, what a base install pulls in."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from unsaid.models.inspect.adapter import INSPECT_CEILING, INSPECT_FLOOR

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "unsaid"
MODULES = sorted(SOURCE.rglob("*.py"))

#: The rooms of the house, from the ground up: each imports those before it, and none after it.
ROOMS = (
    "defaults",
    "errors",
    "stopping",
    "pace",
    "registry",
    "store",
    "statistics",
    "questions",
    "replies",
    "cues",
    "elicitation",
    "interventions",
    "records",
    "judges",
    "estimates",
    "report",
    "models",
    "asking",
    "protocols",
    "planning",
    "organisms",
    "runs",
    "labelling",
    "calibration",
    "integrations",
    "notebook",
    "cli",
)
INSPECT_ALLOWED = {
    "integrations/inspect_entry.py",
    "asking/answering.py",
    "asking/inspect_task.py",
    "questions/inspect_tasks.py",
    "records/from_logs.py",
    "runs/resume.py",
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
    room = relative.parts[0].removesuffix(".py")
    if room != "__init__":
        above = set(ROOMS[ROOMS.index(room) + 1 :])
        assert not {name.split(".")[1] for name in names if name.startswith("unsaid.")} & above
    uses_inspect = any(name.split(".")[0] == "inspect_ai" for name in names)
    if relative.parts[0] != "models" and relative.as_posix() not in INSPECT_ALLOWED:
        assert not uses_inspect, (
            "Inspect stays behind models/, the protocols' task and the reading of tasks and logs"
        )
    assert not any(re.match(r"inspect_ai\.(\w+\.)*_", name) for name in names), "public API of Inspect only"


def test_every_room_is_there_and_the_docs_name_them_in_this_order() -> None:
    there = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in MODULES} - {"__init__"}
    assert there == set(ROOMS)
    listed = ", ".join(f"`{room}`" for room in ROOMS)
    assert listed in " ".join((ROOT / "docs" / "concepts.md").read_text(encoding="utf-8").split())


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
