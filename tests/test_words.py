"""What is written for readers: citations that they can open, and one word for one thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from source_code import nodes
from unsaid.cli import app

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "unsaid"
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
#: Files that hold such letters and cite nothing: they read forms of an answer.
ANSWERS = ("src/unsaid/replies/", "tests/replies/", "tests/records/importers/test_table.py")


def private(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and reason of each citation that a reader cannot open."""
    for pattern, reason in PRIVATE.items():
        for match in re.finditer(pattern, text):
            yield text.count("\n", 0, match.start()) + 1, f"{match.group()!r} is {reason}"


def test_every_citation_can_be_opened() -> None:
    found = [
        f"{name}, line {line}: {reason}"
        for name, path in ((path.relative_to(ROOT).as_posix(), path) for path in WRITTEN)
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


@dataclass(frozen=True)
class Word:
    """A word that does not stand in text for users, because the glossary has another for the same thing.

    Attributes:
        avoid: a regular expression of the other word.
        use: the glossary's word.
        allowed: where the other word means another thing: an expression that holds the match.
    """

    avoid: str
    use: str
    allowed: str = r"(?!)"


#: One word for one thing (docs/glossary.md).
WORDS = (
    Word(
        r"readers?",
        "judge",
        r"readers? of|readers?' |for (the|a) reader|(a|the|no|any) (perfect )?reader (can|reaches|sees|cannot|of)|"
        r"(a|the|no) reader has|what a reader|readers? in another|to a reader|reader's own",
    ),
    Word(r"styles? of asking", "elicitation"),
    Word(
        r"hints?",
        "cue",
        r'"[Hh]ints?[":]|["“]hint["”]|(as|itself|themselves) a hint|(un)?labelled as (a )?hints?|'
        r"of (the|a) hint|prompted-hint|no-hints|hint-cookie|a hint (is|are|in plain)|the hint's|without a hint|"
        r"there is no hint|[Tt]he hint is the cue|hint=|=hint",
    ),
    Word(
        r"hits?|swayed|flip(ped|s)?",
        "moved, or followed",
        r"coins? flips?|flips? a|hits? (the|a) (limit|ceiling)",
    ),
    Word(r"cues? that (is|are) taken|cues? (is|was|are|were) taken", "followed"),
    Word(r"spreadsheets?|sheets?|overviews?", "table", r"spreadsheets?"),
    Word(r"scorers?|autoraters?|graders?", "judge", r"grader[ -]|a scorer found|the grader is|scorer:"),
    Word(
        r"acknowledge(s|d|ments?)?|articulat(e|es|ed|ion)",
        "mention",
        r".*(METR|Young|Chua|Chen).*",
    ),
    Word(r"favor(s|ed|ing|able|ite)?", "favour"),
    Word(r"behavior(s|al)?", "behaviour"),
    Word(r"labeled|labeling|labeler", "labelled"),
    Word(r"judgments?", "judgement"),
    Word(r"(summar|normal|recogn|random|verbal|rational|organ|general|minim|maxim)iz\w+", "-ise"),
    Word(r"model organisms?", "organism", r'"model organisms?"|\(model organism'),
)


def faults(text: str) -> Iterator[str]:
    """Yield what is said with another word than the glossary's."""
    text = " ".join(text.split())
    for word in WORDS:
        for match in re.finditer(rf"(?<![\w`./-])({word.avoid})(?![\w`/-])", text, re.IGNORECASE):
            around = text[max(0, match.start() - 60) : match.end() + 60]
            start = match.start() - max(0, match.start() - 60)
            if not any(
                held.start() <= start and held.end() >= start + len(match.group())
                for held in re.finditer(word.allowed, around)
            ):
                yield f"say {word.use!r}, not {match.group()!r}: ...{around}..."


def prose(page: str) -> str:
    """The sentences of a Markdown page, without code and without addresses."""
    page = re.sub(r"^(```|~~~).*?^\1[ \t]*$", "", page, flags=re.MULTILINE | re.DOTALL)
    page = re.sub(r"^    .*$", "", page, flags=re.MULTILINE)
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`|\]\([^)]*\)", "", page)


def spoken(code: Sequence[ast.AST]) -> Iterator[tuple[int, str]]:
    """The texts in code that a user may see: every string of at least four words that is no docstring."""
    quiet = {
        id(node.body[0].value)
        for node in code
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in code:
        if id(node) in quiet or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
            text = "".join(str(part) for part in parts)
        else:
            text = node.value if isinstance(node.value, str) else ""
        if len(text.split()) >= 4:
            yield node.lineno, text


def user_texts() -> Iterator[tuple[str, str]]:
    """Every text for users, with where it stands: pages, templates, messages, help."""
    for path in (
        ROOT / "README.md",
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "docs/how-to").glob("*.md")),
    ):
        if path.name not in ("log.md", "glossary.md"):
            yield path.relative_to(ROOT).as_posix(), prose(path.read_text(encoding="utf-8"))
    for path in sorted((SOURCE / "report").rglob("*.j2")):
        text = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        yield path.relative_to(ROOT).as_posix(), text
    for room in ("report", "cli"):
        for path in sorted((SOURCE / room).rglob("*.py")):
            for line, text in spoken(nodes(path)):
                yield f"{path.relative_to(ROOT).as_posix()}, line {line}", text
    for path in sorted(SOURCE.rglob("*.py")):
        for node in nodes(path):
            if isinstance(node, ast.Raise) and node.exc is not None:
                for line, text in spoken(tuple(ast.walk(node.exc))):
                    yield f"{path.relative_to(ROOT).as_posix()}, line {line}", text
    yield from helps(typer.main.get_command(app), "unsaid")


def helps(command: object, name: str) -> Iterator[tuple[str, str]]:
    """Every help text of a command, of its options, and of the commands below it."""
    yield f"{name} --help", str(getattr(command, "help", "") or "")
    for option in getattr(command, "params", ()):
        yield f"{name} --help, {option.name}", str(getattr(option, "help", "") or "")
    for child, below in getattr(command, "commands", {}).items():
        yield from helps(below, f"{name} {child}")


def test_users_meet_one_word_for_one_thing() -> None:
    found = [f"{where}: {fault}" for where, text in user_texts() for fault in faults(text)]
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize(
    "text",
    [
        "how far the headline goes with the reader",
        "No reader here is calibrated",
        "a style of asking of your own",
        "the hint moved the answer",
        "9 hits of 30",
        "a cue that is taken often",
        "an overview of the cues",
        "the scorer said so",
        "12% acknowledge the cue",
        "they favor the stereotype",
        "faithfulness, normalized",
        "a judgment that failed",
        "eight model organisms",
    ],
)
def test_another_word_for_the_same_thing_is_found(text: str) -> None:
    assert list(faults(text))


@pytest.mark.parametrize(
    "text",
    [
        "effective influence is what a reader of the report sees",
        'beginning the cue with "Hint:"',
        "wordings that are labelled as a hint",
        "grader-hacking, unauthorized-information",
        "coin flips and navigation",
        "METR 2025 count a reply that acknowledges the clue",
        "`influence.hits` is a name",
    ],
)
def test_the_same_letters_for_another_thing_are_left_alone(text: str) -> None:
    assert not list(faults(prose(text)))


def test_the_glossary_has_every_word_that_is_asked_for() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    defined = [line.split("|")[1].strip() for line in glossary.splitlines() if line.startswith("| ")]
    words = [word for word in defined if word not in ("word", "---")]
    assert len(words) == len(set(words)), "a word is defined twice"
    spelling = {"favour", "behaviour", "labelled", "judgement", "-ise"}
    asked = {word for each in WORDS for word in re.split(r", or ", each.use)} - spelling
    assert asked <= set(words)
    for line in glossary.splitlines():
        if line.startswith("| ") and line.split("|")[1].strip() in words:
            assert line.split("|")[2].strip().endswith("."), f"no sentence: {line}"
