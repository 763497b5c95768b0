"""The notebook of the docs: its cells run in order within one running event loop, as a kernel runs them."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from blocks import fewer

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


async def cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell; the value of its last line, where that is an expression."""
    tree = ast.parse(source)
    last = tree.body[-1]
    parts: list[tuple[ast.Module | ast.Expression, str]] = [(tree, "exec")]
    if isinstance(last, ast.Expr):
        tree.body.pop()
        parts.append((ast.Expression(last.value), "eval"))
    value = None
    for part, mode in parts:
        code = compile(part, "cell", mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        value = eval(code, names)  # noqa: S307 - our own notebook
        value = await value if inspect.iscoroutine(value) else value
    return value


def displayed(value: object) -> str:
    for way in ("_repr_html_", "_repr_svg_"):
        if hasattr(value, way):
            return str(getattr(value, way)())
    return repr(value)


@pytest.mark.usefixtures("warm_python")
def test_every_cell_runs_and_what_is_shown_displays_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    sources = [fewer("".join(each["source"])) for each in cells if each["cell_type"] == "code"]
    assert not any(each.get("outputs") for each in cells), "outputs are stored: clear them"

    async def kernel() -> list[str]:
        names: dict[str, Any] = {}
        return [displayed(await cell(source, names)) for source in sources]

    shown = "\n".join(asyncio.run(kernel()))
    for piece in ("no call was made", "moved", "<svg", "candid beside silent", "moved, cue not named"):
        assert piece in shown
