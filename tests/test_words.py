"""What is written for readers: citations that they can open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: What a reader meets. The pages of docs/reference are made from the source, which is read here.
WRITTEN = sorted(
    path
    for pattern in (
        "src/unsaid/**/*.py",
        "src/unsaid/**/*.j2",
        "src/unsaid/**/*.toml",
        "docs/*.md",
        "docs/how-to/*.md",
        "docs/tools/*.py",
        "benchmarks/*",
        "tests/**/*.py",
        "*.md",
    )
    for path in ROOT.glob(pattern)
    if path.is_file() and path != Path(__file__)
)

#: Pages and tags of ours that no reader has: a pattern, and what it stands for.
PRIVATE = {
    r"\b[Pp]rotocols? \d+(\.\d+)?\b(?! (was|were|is|are))": "a section of our notes: cite author, year and table",
    r"\bDESIGN(\.md)?,? (section|rule)|\bDESIGN \d|\bDESIGN\.md\b": "our design page: say the decision",
    r"\bHOUSE(\.md)\b|\(HOUSE\b|\bSTYLE\.md\b": "our notes on the house: say the decision",
    r"\bfaults? [A-F]\d\b": "a list of faults of ours: say the fault",
    r"(?<![\w\]\)(*])\[[SRCMD]\](?!\()": "an evidence tag of ours: say how it is known",
    r"second\s+(\"\n\s*\"|\\\n)?hand\b": "say 'read in a secondary source'",
}
#: Lines that hold such letters and cite nothing: forms of an answer.
ANSWERS = ("src/unsaid/replies/", "tests/replies/", "tests/records/importers/test_table.py")


def private(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and reason of each citation that a reader cannot open."""
    for pattern, reason in PRIVATE.items():
        for match in re.finditer(pattern, text):
            yield text.count("\n", 0, match.start()) + 1, f"{match.group()!r} is {reason}"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_citation_can_be_opened(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = [
        f"{name}, line {line}: {reason}"
        for line, reason in private(path.read_text(encoding="utf-8"))
        if "tag" not in reason or not name.startswith(ANSWERS)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "as published (protocols 1.5)",
        "see protocol 7.20",
        "Protocols 8.2: a free estimate",
        "withheld (DESIGN section 5.3)",
        "asked and not assumed (DESIGN.md, section 4)",
        "(HOUSE.md)",
        "fault A4",
        "the best of any metric [S]",
        "Ours [D]: both ends",
        "known from second hand",
    ],
)
def test_a_private_citation_is_found(text: str) -> None:
    assert list(private(text))


@pytest.mark.parametrize(
    "text",
    ["Turpin et al. 2023, table 2", "_DESIGN = 1", "Future[A]", "def together(pairs: X[K, T])", "[C](c.md)"],
)
def test_what_is_no_citation_is_left_alone(text: str) -> None:
    assert not list(private(text))
