"""The house keeps its shape: who may import whom, how large things grow, what a base install pulls in."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from source_code import nodes, tree
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
    "training",
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
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def strays(path: Path) -> Iterator[str]:
    """Yield what a module imports against the order of the rooms, or of Inspect where it may not."""
    relative = path.relative_to(SOURCE)
    names = imported(path)
    room = relative.parts[0].removesuffix(".py")
    if room != "__init__":
        above = set(ROOMS[ROOMS.index(room) + 1 :])
        for name in {name.split(".")[1] for name in names if name.startswith("unsaid.")} & above:
            yield f"{name} is a room above it"
    uses_inspect = any(name.split(".")[0] == "inspect_ai" for name in names)
    if relative.parts[0] != "models" and relative.as_posix() not in INSPECT_ALLOWED and uses_inspect:
        yield "Inspect stays behind models/, the protocols' task and the reading of tasks and logs"
    if any(re.match(r"inspect_ai\.(\w+\.)*_", name) for name in names):
        yield "public API of Inspect only"


def too_large(path: Path) -> Iterator[str]:
    """Yield what has outgrown a module or a function, and every exception that is swallowed."""
    if path.read_text(encoding="utf-8").count("\n") > 350:
        yield "more than 350 lines: two ideas, perhaps"
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            if node.end_lineno - node.lineno > 72:
                yield f"{node.name} does not fit on a screen"
        if isinstance(node, ast.ExceptHandler) and all(isinstance(line, ast.Pass) for line in node.body):
            yield f"line {node.lineno}: an exception is swallowed"


def unlisted(path: Path) -> Iterator[str]:
    """Yield what is wrong with a module's `__all__`."""
    defined = {getattr(node, "name", "") for node in tree(path).body}
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and any(
            getattr(name, "id", "") == "__all__" for name in node.targets
        ):
            listed = ast.literal_eval(node.value)
            if len(set(listed)) != len(listed):
                yield "a name is listed twice"
            public = {name for name in defined if name and not name.startswith("_")}
            if not public <= set(listed):
                yield f"not listed: {sorted(public - set(listed))}"


@pytest.mark.parametrize("faults", [strays, too_large, unlisted], ids=lambda check: check.__name__)
def test_every_module_keeps_the_shape_of_the_house(faults: Callable[[Path], Iterator[str]]) -> None:
    found = [f"{path.relative_to(SOURCE)}: {fault}" for path in MODULES for fault in faults(path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("faults", "name", "text", "said"),
    [
        (strays, "store/a.py", "from unsaid.cli import main", "cli is a room above it"),
        (strays, "report/a.py", "import inspect_ai.log", "Inspect stays behind"),
        (strays, "models/a.py", "def f():\n    import inspect_ai.model._model", "public API"),
        (too_large, "a.py", "x = 1\n" * 351, "more than 350 lines"),
        (too_large, "a.py", "def f():\n" + "    x = 1\n" * 80, "f does not fit"),
        (too_large, "a.py", "try:\n    f()\nexcept OSError:\n    pass", "line 3: an exception is swallowed"),
        (unlisted, "a.py", "__all__ = ['a']\ndef a(): ...\ndef b(): ...", "not listed: ['b']"),
        (unlisted, "a.py", "__all__ = ['a', 'a']\ndef a(): ...", "listed twice"),
    ],
)
def test_a_fault_of_the_house_is_found(
    faults: Callable[[Path], Iterator[str]],
    name: str,
    text: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("test_house.SOURCE", tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert any(said in fault for fault in faults(tmp_path / name))


def test_every_room_is_there_and_the_docs_name_them_in_this_order() -> None:
    there = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in MODULES} - {"__init__"}
    assert there == set(ROOMS)
    listed = ", ".join(f"`{room}`" for room in ROOMS)
    assert listed in " ".join((ROOT / "docs" / "concepts.md").read_text(encoding="utf-8").split())


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
