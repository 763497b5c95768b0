"""What was asked and of whom, with which settings: the parts of the page that come from `run.json`.

A run folder may come from `unsaid audit`, from `unsaid import` or from an older version, so every entry
is optional: what is absent is left out, or counted from the records, and never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from unsaid.records.selection import SELECTIONS
from unsaid.report.section import NO_PAPERS, Paper
from unsaid.report.words.text import shown

Facts = list[tuple[str, str]]

#: So many names can be read at a glance.
_FEW = 12
#: Entries of `run.json` that have a part of their own and are not repeated among the settings.
_ELSEWHERE = {"accounts", "capabilities", "versions", "command", "command_line", "not_asked", "screening"}

_WARNINGS = ("warning", "warnings")
_DEFINITIONS = (
    "Jacovi & Goldberg 2020, Towards faithfully interpretable NLP systems (on what faithfulness can mean)"
)


def who(run: Mapping[str, Any], records: pl.DataFrame) -> str:
    """Return the model or models; "the model" where nobody says."""
    return shown(run.get("model") or _distinct(records, "model") or "the model")


def asked(run: Mapping[str, Any], records: pl.DataFrame) -> Facts:
    """Return what was asked and of whom, counted from the records where the run does not say."""
    arms = records.group_by("arm", maintain_order=True).len().iter_rows()
    facts = [
        ("Model", who(run, records)),
        ("Questions", f"{records['question_id'].n_unique():,} ({_sources(records)})"),
        ("Cues", shown(_distinct(records, "cue"))),
        ("Wordings", _wordings(records)),
        ("Not asked", "; ".join(_not_asked(run))),
        ("Only unsolved", _screening(run, records)),
        ("Pairs", "; ".join(SELECTIONS.get(each, each) for each in _distinct(records, "selection"))),
        ("Reasoning asked for by", shown(run.get("elicitation") or _distinct(records, "elicitation"))),
        ("Replies", ", ".join(f"{count:,} {arm}" for arm, count in arms)),
        ("Read by", shown((_readers(run, records) and run.get("judge")) or judges(records) or "no judge")),
        ("Protocol", shown(run.get("protocols"))),
        ("Made", shown(run.get("created"))),
    ]
    return [(name, value) for name, value in facts if value not in {"", "–"}]


def briefly_asked(run: Mapping[str, Any], records: pl.DataFrame) -> str:
    """Return what was asked, in a line: how many questions and cues, how reasoning was asked for, and who read it."""
    cues = records["cue"].drop_nulls().n_unique()
    by = shown(run.get("elicitation") or _distinct(records, "elicitation"))
    read = shown(_readers(run, records))
    parts = [
        _counted(records["question_id"].n_unique(), "question"),
        _counted(cues, "cue") if cues else "",
        f"reasoning asked for by {by}" if by not in {"", "–"} else "",
        f"read by {read}" if read not in {"", "–"} else "",
    ]
    return " · ".join(filter(None, parts))


def _readers(run: Mapping[str, Any], records: pl.DataFrame) -> list[Any]:
    """Who read the replies; the run's judge where no reading of a cued reply came off; nobody where none is cued."""
    if "cued" not in set(records["arm"]):
        return []
    return judges(records) or ([run["judge"]] if run.get("judge") else [])


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _wordings(records: pl.DataFrame) -> str:
    """Their names while they can be read at a glance; else how many, for the tables below name them."""
    known = records.filter(pl.col("arm") == "cued").select("cue", "wording").unique().drop_nulls()
    names = sorted(set(known["wording"]))
    return shown(names) if len(names) <= _FEW else f"{known.height} of {known['cue'].n_unique()} cues"


def _not_asked(run: Mapping[str, Any]) -> list[str]:
    """Cues that could not be put to some questions, as `run.json` counts them."""
    entries = run.get("not_asked")
    return [
        shown(f"{entry.get('cue')} on {entry.get('questions')} questions: {entry.get('reason')}")
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping)
    ]


def _screening(run: Mapping[str, Any], records: pl.DataFrame) -> str:
    """Which questions were kept because the model never solved them, and how often it did afterwards.

    The clean replies of the run are others than those that screened. Where they solve a question, the screening
    had met with bad luck: few replies are no proof.
    """
    found = run.get("screening")
    if not isinstance(found, Mapping):
        return ""
    kept = (
        f"{_counted(found['unsolved'], 'question')} of {found['questions']:,}, which {found['replies']} clean replies "
        f"each never solved ({found['unread']:,} of them without an answer that could be read)"
    )
    clean = records.filter((pl.col("arm") == "clean") & pl.col("correct").is_not_null())
    seen = clean.filter(pl.col("answer").is_not_null())
    right = seen.filter(pl.col("answer") == pl.col("correct")).height
    return (
        f"{kept}. So few replies are no proof: the clean arm of this run was asked anew, and {right:,} of its "
        f"{seen.height:,} answers are right"
    )


def settings(run: Mapping[str, Any]) -> Facts:
    """Return everything else that `run.json` holds, as it stands there."""
    return [(key.replace("_", " "), shown(value)) for key, value in run.items() if key not in _ELSEWHERE]


def capabilities(run: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return what the model was found able to do: (name, answer, note)."""
    found = run.get("capabilities")
    if not isinstance(found, Mapping):
        return []
    notes = found.get("notes")
    rows = []
    for name, value in found.items():
        if name == "notes":
            continue
        note = notes.get(name, "") if isinstance(notes, Mapping) else ""
        if isinstance(value, Mapping):
            answer = next((value[key] for key in ("value", "answer", "can") if key in value), value)
            rows.append((shown(name), shown(answer), shown(value.get("note") or note or "")))
        else:
            rows.append((shown(name), shown(value), shown(note)))
    if notes and not isinstance(notes, Mapping):
        rows.append(("notes", "", shown(notes)))
    return rows


def versions(run: Mapping[str, Any]) -> Facts:
    """Return the versions that made the numbers."""
    found = run.get("versions")
    if isinstance(found, Mapping):
        return [(shown(name), shown(value)) for name, value in found.items()]
    return [("versions", shown(found))] if found else []


def command(run: Mapping[str, Any]) -> str:
    """Return the command line that made the run; "" where it is not recorded."""
    found = run.get("command", run.get("command_line", ""))
    return " ".join(map(str, found)) if isinstance(found, list | tuple) else str(found or "")


def citation(
    run: Mapping[str, Any], records: pl.DataFrame, papers: Mapping[str, Paper] = NO_PAPERS
) -> list[str]:
    """Return how to cite this run, and the papers whose measures it uses.

    Args:
        run: what `run.json` holds.
        records: the tidy table.
        papers: of each protocol, by its name.
    """
    version = (run.get("versions") or {}).get("unsaid") if isinstance(run.get("versions"), Mapping) else None
    made = f", {shown(run['created'])}" if run.get("created") else ""
    tool = f"unsaid {version}" if version else "unsaid"
    request = run.get("request")
    asked = request.get("protocols") if isinstance(request, Mapping) else None
    protocols = run.get("protocols") or asked or list(papers)[:1]
    names = [protocols] if isinstance(protocols, str) else list(protocols)
    cited = dict.fromkeys(papers[name].whole for name in names if name in papers)
    return [
        f"Chain-of-thought faithfulness of {who(run, records)}. Made with {tool}{made}.",
        *cited,
        _DEFINITIONS,
    ]


@dataclass(frozen=True)
class Flow:
    """The flow table: its columns, which of them are counts, its rows, and the warnings."""

    columns: tuple[str, ...]
    counts: frozenset[str]
    rows: tuple[tuple[str, ...], ...]
    warnings: tuple[str, ...]


def flow(rows: pl.DataFrame | Sequence[Mapping[str, Any]], warnings: Sequence[str] = ()) -> Flow:
    """Return the flow table, whatever its columns are.

    A column that is empty throughout is left out, and so is a model or an elicitation that is the only one.
    """
    plain = rows.to_dicts() if isinstance(rows, pl.DataFrame) else [dict(row) for row in rows]
    names = [name for name in dict.fromkeys(key for row in plain for key in row) if name not in _WARNINGS]
    seen = {name: [row[name] for row in plain if row.get(name) not in (None, "")] for name in names}
    columns = tuple(
        name
        for name in names
        if seen[name] and not (name in {"model", "elicitation"} and len(set(map(str, seen[name]))) == 1)
    )
    more = tuple(
        _about(row) + shown(item) for row in plain for name in _WARNINGS for item in _listed(row.get(name))
    )
    return Flow(
        columns,
        frozenset(name for name in columns if all(isinstance(value, int | float) for value in seen[name])),
        tuple(tuple(_count(row.get(name)) for name in columns) for row in plain),
        (*warnings, *more),
    )


def _about(row: Mapping[str, Any]) -> str:
    names = [shown(row[name]) for name in ("arm", "cue") if row.get(name)]
    return f"{', '.join(names)}: " if names else ""


def _listed(value: object) -> list[object]:
    if not value:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _count(value: object) -> str:
    if isinstance(value, float) and not value.is_integer():
        return f"{100 * value:.1f}%" if 0 < value < 1 else f"{value:,.1f}"
    return (
        f"{int(value):,}" if isinstance(value, int | float) and not isinstance(value, bool) else shown(value)
    )


def _distinct(records: pl.DataFrame, column: str) -> list[Any]:
    return records[column].drop_nulls().unique(maintain_order=True).to_list()


def _sources(records: pl.DataFrame) -> str:
    return shown(_distinct(records, "task") or _distinct(records, "source"))


def judges(records: pl.DataFrame) -> list[Any]:
    """Return who gave verdicts, in the order of the records; a judge whose every reading failed gave none."""
    judged = records["verdicts"].drop_nulls().explode().drop_nulls()
    if not judged.len():
        return []
    read = judged.struct.unnest().filter(pl.col("missing").is_null())
    return read["judge"].drop_nulls().unique(maintain_order=True).to_list()
