"""The pages that the browser is shown: of records that are made here, estimated as an audit estimates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from biasing_demo import biasing, one_model
from report_demo import JUDGE, RUN, demo
from with_sections import render

from unsaid.estimates.compare.contrast import Run, compare
from unsaid.estimates.flow import flow
from unsaid.protocols import PAPERS, SECTIONS, protocol
from unsaid.records import schema
from unsaid.report.compare.page import addresses, render_comparison
from unsaid.report.files.folder import write_report
from unsaid.report.run.page import Contents

#: What would act as markup, mislead the eye, or break a page, wherever text is shown. Were any of it to act, the
#: window would have a `pwned`, the console an error, or the log a request.
HOSTILE = (
    "</script><script>window.pwned=1</script><svg onload=window.pwned=2>"
    "<img src=//evil.invalid/x onerror=window.pwned=3>"
    '<a href="javascript:window.pwned=4">y</a> javascript:window.pwned=5 '
    "&lt;b&gt; &#8238; ]]> --> {{ 7*7 }} '\"`"
    "\u202eesrever\u202c \u2066isolate\u2069 \u200bzero\ufeff \x00 \x1b[31m \x07 \u2028 tail"
)
#: A lone surrogate, which no column can hold, but a prompt's JSON can.
SURROGATE = "half \ud800 a pair"
LINE = "long " * 200_000
UNBROKEN = "x" * 1_000_000


@dataclass(frozen=True)
class Reports:
    """Where each page is, and the records behind the full one."""

    full: Path
    small: Path
    several: Path
    hostile: Path
    huge: Path
    words: Path
    biasing: Path
    divided: Path
    comparison: Path
    records: pl.DataFrame
    many: pl.DataFrame


def write(folder: Path) -> Reports:
    """Write every page into a folder."""
    full = _written(folder / "full.html", demo(30).records)
    few = pl.col("cue").is_null() | pl.col("cue").is_in(["sycophancy", "metadata"])
    two = _several()
    divided = folder / "divided.html"
    write_report(
        Contents(RUN, demo(30).records, one_model(), sections=SECTIONS, papers=PAPERS), divided, limit=15_000
    )
    bare = folder / "biasing.html"
    some = [row for row in biasing(0.1, tasks=False) if row.elicitation == "cot"]
    bare.write_text(render({}, demo(2).records, some), encoding="utf-8")
    return Reports(
        full=full,
        small=_written(folder / "small.html", demo(30).records.filter(few)),
        several=_written(folder / "several.html", two),
        hostile=_written(folder / "hostile.html", hostile(), HOSTILE),
        huge=_bare(folder / "huge.html", _huge()),
        words=_bare(folder / "words.html", _words()),
        biasing=bare,
        divided=divided,
        comparison=_comparison(folder),
        records=demo(30).records,
        many=two,
    )


def hostile() -> pl.DataFrame:
    """Records in which every text that came from elsewhere is `HOSTILE`."""
    columns = (
        "stem",
        "reasoning",
        "visible",
        "task",
        "source",
        "question_id",
        "cue",
        "wording",
        "stop_reason",
    )
    prompt = json.dumps([{"role": "user" + HOSTILE, "text": HOSTILE}, {"role": "user", "text": SURROGATE}])
    verdict = {"judge": HOSTILE, "channel": "reasoning", "mentions": True, "relies": True, "rejects": False}
    verdict |= {"evidence": HOSTILE, "missing": None}

    def spoilt(row: dict[str, Any]) -> dict[str, Any]:
        texts: dict[str, Any] = {name: HOSTILE + str(row[name]) for name in columns if row[name] is not None}
        texts |= {"options": [HOSTILE] * 4, "prompt": prompt, "cue_text": [HOSTILE], "parse_rule": HOSTILE}
        if row["arm"] == "cued":
            texts |= {"error": HOSTILE, "verdicts": [verdict | {"cue": texts["cue"]}]}
        return row | texts

    some = demo(2).records.filter(pl.col("cue").is_null() | pl.col("cue").is_in(["sycophancy", "metadata"]))
    return schema.frame([spoilt(row) for row in some.iter_rows(named=True)])


def _several() -> pl.DataFrame:
    """Two models, of which one was asked in two ways."""
    one = demo(4).records
    native = one.with_columns(elicitation=pl.lit("native"))
    other = demo(4, 3).records.with_columns(model=pl.lit("unsaid/other & more"))
    return pl.concat([one, native, other])


def _huge() -> pl.DataFrame:
    """A reply of a megabyte in one line, and one of a megabyte in one word."""
    records = demo(1).records
    return records.with_columns(
        reasoning=pl.when(pl.col("arm") == "cued").then(pl.lit(LINE)).otherwise(pl.lit(UNBROKEN)),
        verdicts=pl.lit(None, dtype=records.schema["verdicts"]),
    )


#: Of one question: the clean prompt, and what each cue made of it.
CLEAN = "The coin shows heads.\nDave flips it.\nOptions:\n(A) heads\n(B) tails"
CUED = {
    "one-word": CLEAN.replace("Dave", "Eve"),
    "insertion": CLEAN.replace("Dave flips", "Dave says so. Dave flips"),
    "removal": CLEAN.replace("Dave flips it.\n", ""),
    "unspaced": CLEAN.replace("heads.", "heads. 硬币正面。"),
    "rewritten": " ".join(f"other-{number}" for number in range(3000)),
    "same": CLEAN,
}


def _words() -> pl.DataFrame:
    """Prompts that differ by words, with no recorded cue text; the clean one is long where all is rewritten."""
    records = demo(2).records
    base = records.filter(pl.col("wording").is_null() | (pl.col("wording") == "plain"))
    names = dict(zip(base["cue"].drop_nulls().unique(maintain_order=True), CUED, strict=True))
    first, second = base["question_id"].unique(maintain_order=True)
    long = " ".join(f"word-{number}" for number in range(3000))

    def prompt(row: Mapping[str, Any]) -> str:
        text = CUED[names[row["cue"]]] if row["arm"] == "cued" else CLEAN
        return json.dumps(
            [{"role": "user", "text": long if row["question_id"] == second and row["cue"] is None else text}]
        )

    prompts = pl.Series([prompt(row) for row in base.iter_rows(named=True)])
    return base.with_columns(
        prompt=prompts,
        cue=pl.col("cue").replace_strict(names, default=None),
        cue_text=pl.lit(None, dtype=base.schema["cue_text"]),
        question_id=pl.col("question_id").replace({first: "short", second: "long"}),
    )


def _comparison(folder: Path) -> Path:
    """Two runs, with links into their reports."""
    first = demo(12).records
    second = first.with_columns(
        answer=pl.when(pl.int_range(pl.len()) % 3 == 0).then("correct").otherwise("answer")
    )
    runs = [Run("first", first, {"seed": 0}), Run("second", second, {"seed": 0})]
    links = {}
    for run in runs:
        path = folder / run.label / "report.html"
        path.parent.mkdir()
        _bare(path, run.records)
        links[run.label] = addresses(run.records, None, f"{run.label}/report.html")
    compared = compare(runs, np.random.default_rng(0), draws=200)
    path = folder / "comparison.html"
    path.write_text(render_comparison(compared, links, "unsaid compare first second"), encoding="utf-8")
    return path


def _written(path: Path, records: pl.DataFrame, judge: str = JUDGE) -> Path:
    found = protocol("verbalisation").estimates(records, judge, np.random.default_rng(0))
    html = render(RUN | {"judge": judge}, records, found, flow(records, judge), ["A warning."])
    path.write_text(html, encoding="utf-8")
    return path


def _bare(path: Path, records: pl.DataFrame) -> Path:
    """Transcripts alone."""
    path.write_text(render(RUN, records, []), encoding="utf-8")
    return path
