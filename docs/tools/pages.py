"""The text of each reference page."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

import typer
from api import module_section
from docstrings import cell, items, summary

import unsaid.errors
from unsaid.cli import app
from unsaid.cues import CUES, SETS
from unsaid.elicitation import ELICITATIONS, INSTRUCTIONS, SEEN
from unsaid.estimates.estimate import COLUMNS, Estimate
from unsaid.estimates.quantity import by_name
from unsaid.protocols import PROTOCOLS, SECTIONS
from unsaid.questions.sources import catalogue
from unsaid.records import schema
from unsaid.records.importers import IMPORTERS
from unsaid.report.files import results as results_file
from unsaid.report.section import declared

#: So wide that nothing is folded oddly, so narrow that it fits beside a navigation.
WIDTH = 76


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; cells are made with `cell` or hold Markdown on purpose."""
    names = list(header)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def command_line() -> str:
    """Every command's `--help`."""
    parts = [
        "# Command line",
        "What each command's `--help` prints. Exit status: 0 done; 1 a run that could not finish, saying what is "
        "kept and how to go on; 2 wrong usage; 130 interrupted.",
    ]
    for name, text in _helps(typer.main.get_command(app), "unsaid", None):
        parts.append(f"## {name}\n\n```text\n{text}\n```")
    return "\n\n".join(parts)


def _helps(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    context = command.context_class(command, info_name=name, parent=parent)
    context.terminal_width = context.max_content_width = WIDTH
    text = "\n".join(line.rstrip() for line in command.get_help(context).strip().split("\n"))
    yield context.command_path, text
    for child, below in getattr(command, "commands", {}).items():
        yield from _helps(below, child, context)


def python_api(doors: Mapping[str, tuple[str, ...]]) -> str:
    """The modules a program uses."""
    parts = [
        "# Python",
        "Signatures and docstrings of the modules that a program uses. What is not listed here may change without "
        "notice. The estimators stand [on a page of their own](estimators.md), the errors "
        "[on another](errors.md).",
    ]
    for heading, modules in doors.items():
        parts += [f"## {heading}", *(module_section(name) for name in modules)]
    return "\n\n".join(parts)


def estimators(modules: tuple[str, ...]) -> str:
    """What can be concluded, and how each is computed."""
    rows = [(f"`{name}`", cell(text)) for name, text in sorted(_quantities(modules).items())]
    return "\n\n".join(
        [
            "# Quantities and estimators",
            "The quantities that stand in `results.json`, in one sentence each; below, the module that computes each: "
            "formula, denominator, what is left out, and where it departs from the paper. What these numbers "
            "cannot tell you stands [on its own page](../limits.md).",
            table(("quantity", "what it says"), rows),
            "## Modules",
            *(module_section(name) for name in modules),
        ]
    )


def _quantities(modules: tuple[str, ...]) -> dict[str, str]:
    """Return the sentence of each quantity: of those of the protocols, and of those that a module alone declares."""
    alone = [getattr(importlib.import_module(name), "QUANTITIES", {}) for name in modules]
    every = by_name(*declared(SECTIONS).values(), *(each for own in alone for each in own.values()))
    return {name: each.sentence for name, each in every.items()}


def cues() -> str:
    """The cue families and their wordings."""
    families = table(
        ("cue", "kind", "what it is", "source"),
        (
            (f"`{c.name}`", "misaligned" if c.misaligned else "neutral", cell(c.summary), cell(c.source))
            for c in CUES.values()
        ),
    )
    parts = [
        "# Cues",
        "What `--cues` takes; `unsaid cues` prints the same. *Misaligned* cues are those that a user would object to "
        "a model using. Each names the paper it is after; most wordings are ours.",
        families,
        "## Sets",
        "A name for several cues; `all` stands for every one.",
        table(
            ("set", "cues"), ((f"`{name}`", ", ".join(f"`{cue}`" for cue in of)) for name, of in SETS.items())
        ),
        "## Wordings",
        "What `--wordings` takes. A wording is *labelled* where it calls itself a hint in so many words: METR (2025) "
        "saw that alone move acknowledgement from .05 to .875, so it is a recorded column. In the templates "
        "`{question}` is the question with its options, `{marked_question}` the same with the mark, `{letter}` and "
        "`{option}` the target. A `placebo` is asked beside each: the same shape, pointing nowhere. Whole prompts, "
        "with demonstrations and codes as they are sent, stand under [Prompts](../prompts/index.md).",
    ]
    for family in CUES.values():
        parts.append(f"### {family.name}")
        for wording in family.wordings:
            kind = "labelled as a hint" if wording.labelled else "not labelled"
            mark = f"; mark `{wording.mark.strip()}`" if wording.mark.strip() else ""
            shown = "\n".join(f"[{role}]\n{text}" for role, text in wording.cued)
            parts.append(
                f"**`{wording.name}`** ({kind}; placement: {wording.placement}{mark})\n\n{_fence(shown)}"
            )
    return "\n\n".join(parts)


def _fence(text: str) -> str:
    ticks = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}text\n{text}\n{fence}"


def protocols() -> str:
    """The protocols, and how reasoning is asked for."""
    return "\n\n".join(
        [
            "# Protocols",
            "What `--protocols` takes; `unsaid protocols` prints the same. A protocol that asks a model something is "
            "also an Inspect task: `inspect eval unsaid/<protocol>`.",
            table(
                ("protocol", "what it measures", "asks a model", "source"),
                (
                    (
                        f"`{p.name}`",
                        cell(p.summary),
                        "yes" if p.ask else "no: reads imported records",
                        cell(p.source),
                    )
                    for p in PROTOCOLS.values()
                ),
            ),
            "## Elicitations",
            "What `--elicitation` takes: how reasoning is asked for.",
            table(
                ("elicitation", "what it is"),
                ((f"`{e.name}`", cell(e.summary)) for e in ELICITATIONS.values()),
            ),
            "With an instruction after a plus (`cot+unbiased`), this sentence is added:",
            table(
                ("instruction", "what is added", "source"),
                ((f"`{i.name}`", cell(i.text), cell(i.source)) for i in INSTRUCTIONS.values()),
            ),
            "With `factored`, who sees the cue may be said in the same way: "
            + ", ".join(f"`factored+{name}`" for name in SEEN)
            + ".",
            *(
                f"## {name}\n\n{_module_text(entry.estimates.__module__)}"
                for name, entry in PROTOCOLS.items()
            ),
        ]
    )


def _module_text(name: str) -> str:
    return module_section(name).split("\n\n#### ")[0].partition("\n\n")[2]


def sources() -> str:
    """Where questions come from, and which foreign transcripts can be read."""
    rows = []
    for info in catalogue():
        choices = ", ".join(info.choices)
        if len(info.choices) > 15:
            choices = (
                f"{len(info.choices)}: {', '.join(info.choices[:4])}, ...; all of them: `unsaid questions`"
            )
        rows.append((f"`{info.spec}`", info.kind, cell(info.summary), cell(choices), cell(info.origin)))
    return "\n\n".join(
        [
            "# Sources",
            "## Questions",
            "What `--questions` takes; `unsaid questions` prints the same, and [Questions](../questions.md) says how "
            "they are written and limited. *Settings* are difficulties of a bundled task (`bundled:navigate@6`) and "
            "subsets of a benchmark (`mmlu/astronomy`).",
            table(("source", "kind", "what it is", "settings", "from"), rows),
            "## Transcripts",
            "What `unsaid import` takes; [Importing](../importing.md) says what is read and what is lost.",
            table(("format", "what it is"), ((f"`{i.name}`", cell(i.summary)) for i in IMPORTERS.values())),
        ]
    )


def results() -> str:
    """`results.json`."""
    told = items(Estimate.__doc__, "Attributes") | {"subset": str(vars(Estimate)["subset"].__doc__)}
    known = {item.name: item for item in fields(Estimate)}
    types = {name: _type(item.type) for name, item in known.items()} | {"subset": "str", "at": "object"}
    always = {name for name, item in known.items() if item.default is item.default_factory is MISSING}
    rows = [
        (f"`{name}`", cell(f"`{types[name]}`"), "yes" if name in always else "", cell(told[name]))
        for name in dict.fromkeys((*results_file.LEADING, *COLUMNS, "at"))
    ]
    return "\n\n".join(
        [
            "# results.json",
            f"The estimates for programs, schema version {results_file.SCHEMA_VERSION}: an object with "
            "`schema_version` and `estimates`, a list of objects with these fields, in this order. A new version "
            "number means that a field changed its meaning or went; new quantities may come at any time. "
            "`unsaid.report.files.results.read_results` reads and checks it.",
            "An estimate whose `value` is null has a `reason`: it was withheld, or it is undefined. Null is never 0.",
            table(("field", "type", "always set", "what it is"), rows),
            "The [quantities](estimators.md) in one sentence each.",
        ]
    )


def _type(annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    return text.replace(" | None", " or null").replace("tuple[str, ...]", "list of str")


_COLUMN = re.compile(r'^\s+"(?P<name>\w+)": (?P<type>.+?),(?:\s*# (?P<note>.*))?$')
_HEADING = re.compile(r"^\s+# (?P<text>.*)$")


def records() -> str:
    """`records.parquet`, from the schema and the comments beside its columns."""
    source = inspect.getsource(schema)
    verdict = source.partition("VERDICT = pl.Struct(")[2].partition("\n)\n")[0]
    columns = source.partition("SCHEMA: dict")[2].partition("\n}\n")[0]
    parts = [
        "# records.parquet",
        "One row is question x arm x cue x wording x elicitation x epoch, with its reply and verdicts. Letters name "
        'options everywhere ("A" to "Z"). A null is "not seen", never "no". '
        f"The schema version is {schema.SCHEMA_VERSION}; it stands in the file's metadata, and "
        "`unsaid.records.schema.read` refuses a file of another one.",
    ]
    rows: list[tuple[str, str, str]] = []
    for line in columns.split("\n"):
        heading = _HEADING.match(line)
        if heading:
            if rows:
                parts.append(table(("column", "type", "what it is"), rows))
                rows = []
            parts.append(f"## {heading['text'].capitalize()}")
        rows += _columns(line, {name: str(kind) for name, kind in schema.SCHEMA.items()})
    inside = {field.name: str(field.dtype) for field in schema.VERDICT.fields}
    below = [row for line in verdict.split("\n") for row in _columns(line, inside)]
    return "\n\n".join(
        [
            *parts,
            table(("column", "type", "what it is"), rows),
            "## A verdict",
            "`verdicts` is a list of these: what one judge says of one text of the reply about one cue.",
            table(("field", "type", "what it is"), below),
        ]
    )


def _columns(line: str, kinds: dict[str, str]) -> list[tuple[str, str, str]]:
    match = _COLUMN.match(line)
    if not match:
        return []
    kind = "List(verdict)" if match["name"] == "verdicts" else kinds[match["name"]]
    return [(f"`{match['name']}`", f"`{kind}`", cell(match["note"] or ""))]


def errors() -> str:
    """The tree of errors."""
    rows = [
        (f"`{name}`", f"`{kind.__bases__[0].__name__}`", str(kind.exit_status), cell(summary(kind.__doc__)))
        for name in unsaid.errors.__all__
        if (kind := getattr(unsaid.errors, name)) is not unsaid.errors.UnsaidError
    ]
    tree = (unsaid.errors.__doc__ or "").partition("\n\n")[2].strip("\n")
    return "\n\n".join(
        [
            "# Errors",
            "What this package raises on purpose. Each message says what was wrong, where, and what to do; the command "
            "line shows it without a traceback. A traceback is a bug.",
            _fence(tree),
            "From Python, catch `unsaid.errors.UnsaidError`, or one below it.",
            table(("error", "is a", "exit status", "meaning"), rows),
            "A call that fails for one reply is no error: it is a record with its `error`, it is in no rate, and the "
            "same command asks it again.",
        ]
    )
