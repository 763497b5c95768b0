"""What an estimate is about is asked of its coordinates (`Estimate.at`); the prose made of them is only shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "unsaid"
#: Where `subset` is another thing: a part of a benchmark or of a data set.
OTHER_SUBSETS = ("questions", "store")
#: The class that turns coordinates into prose, and back where an old `results.json` has the prose alone.
MAKES_THEM = ("estimates/coordinates.py", "estimates/estimate.py")


def is_prose(node: ast.expr) -> bool:
    """Whether an expression is the prose of something's coordinates: `X.subset`."""
    return isinstance(node, ast.Attribute) and node.attr == "subset"


def parsed(text: str) -> Iterator[str]:
    """Yield the lines on which prose is compared with something, or taken apart."""
    if ".subset" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare) and any(map(is_prose, [node.left, *node.comparators])):
            yield f"line {node.lineno}: compared"
        if isinstance(node, ast.Attribute) and is_prose(node.value):
            yield f"line {node.lineno}: taken apart by {node.attr}"
        if isinstance(node, ast.Subscript) and (is_prose(node.value) or is_prose(node.slice)):
            yield f"line {node.lineno}: looked up"


def test_nobody_reads_the_prose_of_coordinates() -> None:
    places = [(path.relative_to(SOURCE), path) for path in sorted(SOURCE.rglob("*.py"))]
    found = [
        f"{place}, {fault}"
        for place, path in places
        if place.parts[0] not in OTHER_SUBSETS and place.as_posix() not in MAKES_THEM
        for fault in parsed(path.read_text(encoding="utf-8"))
    ]
    assert not found, "ask Estimate.at:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "row.subset == 'wrong targets'",
        "'/' in row.published.subset",
        "row.subset.partition('/')[2]",
        "row.subset.removeprefix('chains of ')",
        "exact[row.subset]",
        "row.subset[:3]",
    ],
)
def test_prose_that_is_read_is_found(text: str) -> None:
    assert list(parsed(text))


@pytest.mark.parametrize(
    "text", ["row.at == At(targets=WRONG)", "f'{row.subset}: {value}'", "row.subset or 'all'"]
)
def test_prose_that_is_shown_is_left_alone(text: str) -> None:
    assert not list(parsed(text))
