"""Write the tables of `docs/study.md` from the results of a study: `python docs/tools/study.py [FOLDER]`.

FOLDER is the one of `unsaid train study`. What the page needs of its results is kept in `docs/study.json`, from which
the tables are made anew when no folder is named. Where nothing was run yet, the page says so of every expectation. With
`--check` nothing is written, and the exit status is 1 where the page is not what the results say.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from unsaid.training.study.findings import counted, findings
from unsaid.training.study.plan import bundled
from unsaid.training.study.result import read_results
from unsaid.training.study.told import COLUMNS, tables

DOCS = Path(__file__).parents[1]
PAGE, RESULTS = DOCS / "study.md", DOCS / "study.json"
#: A folder of one machine is no reader's.
FOLDER = "build/study"
BEGIN, END = "<!-- tables: made by docs/tools/study.py -->", "<!-- end of tables -->"


def generated(results: Path | None) -> str:
    """Return what stands between the marks: of results, or of the bundled plan, of which nothing was run."""
    ours = bundled()
    if results is None:
        return f"**Not run yet.** Plan `{ours.digest}`.\n\n{tables(ours, findings(ours, {}), {})}"
    plan, found, curves, about = read_results(results)
    whole = "" if about["finished"] else " The study had not finished."
    said = (
        f"Plan `{plan.digest}`, run on {about['made']} with `{about['command']}`: {about['cpu_seconds']:,} s of "
        f"processor time.{whole} Of {len(found)} expectations: {counted(found)}."
    )
    if plan.digest != ours.digest:
        said += f" The plan that ships now is another one (`{ours.digest}`), of which nothing was run."
    return f"{said}\n\n{tables(plan, found, curves)}"


def kept(results: Path) -> str:
    """Return the results with no more curves than the page shows, as if they lay where `make study` puts them."""
    plan, found, _, document = read_results(results)
    shown = {(each.quantity, each.cue, each.definition) for each in plan.expected}
    shown |= {(key.quantity, key.cue, key.definition) for key, _ in COLUMNS}

    def wanted(curve: dict[str, Any]) -> bool:
        return (curve["quantity"], curve["cue"], curve["definition"]) in shown

    some = {arm: list(filter(wanted, of)) for arm, of in document["curves"].items()}
    judged = [asdict(each) for each in found]  # by the rule as it is now, as the page says
    text = json.dumps({**document, "findings": judged, "curves": some}) + "\n"
    return text.replace(json.dumps(str(results.parent))[1:-1], FOLDER)


def page(text: str, results: Path | None) -> str:
    """Return the page with its tables as the results say now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{generated(results)}\n{END}{after}"


def main(words: list[str]) -> int:
    """Write, or check."""
    check, folders = "--check" in words, [word for word in words if not word.startswith("--")]
    if folders and not check:
        RESULTS.write_text(kept(Path(folders[0]) / "study.json"), encoding="utf-8")
    there = PAGE.read_text(encoding="utf-8")
    now = page(there, RESULTS if RESULTS.is_file() else None)
    if check:
        if there != now:
            print("docs/study.md is not what the results say; to write it anew: python docs/tools/study.py")
        return int(there != now)
    PAGE.write_text(now, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
