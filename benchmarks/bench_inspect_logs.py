"""How long 10,000 samples of somebody's Inspect logs take to import, beyond reading their bytes.

The folder is made of one sample as Inspect writes it (a mock model's, with events), repeated under ids of its own with
texts of its own, in four archives and one JSON log. The import is measured in a process of its own, its peak memory
too; reading the same bytes, and unpacking the archives without parsing them, are measured beside it.

    python benchmarks/bench_inspect_logs.py [--samples 10000] [--words 250] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

MAP = (
    "question_id=metadata.item,arm=metadata.condition,arm.clean=baseline,arm.cued=hinted,target=metadata.hint,"
    "correct=target,options=choices,answer=reply.answer,cue==their hint,mentions.judge=scores.judge.value.mentions"
)
LOGS = 5
_WORDS = (
    "the",
    "a",
    "tide",
    "rises",
    "falls",
    "because",
    "moon",
    "pulls",
    "water",
    "so",
    "must",
    "then",
    "holds",
)


def one_log(folder: Path) -> Path:
    """Return the log of two samples that Inspect wrote."""
    from inspect_ai import Task
    from inspect_ai import eval as run
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
    from inspect_ai.solver import TaskState, generate

    @scorer(metrics=[accuracy()])
    def judge() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            return Score(value={"mentions": 1, "relies": 0}, answer="A")

        return score

    output = ModelOutput.from_content("mockllm/model", "TEXT")
    output.usage = ModelUsage(input_tokens=5, output_tokens=7, total_tokens=12)
    sample = Sample(
        input="QUESTION", target="A", choices=["x", "y", "z", "w"], id="ID", metadata={"item": "ITEM"}
    )
    model = get_model("mockllm/model", custom_outputs=[output], memoize=False)
    task = Task(dataset=[sample], solver=generate(), scorer=judge(), name="their_hints")
    (log,) = run(task, model=model, log_dir=str(folder), display="none")
    assert log.status == "success", log.error
    return next(folder.glob("*.eval"))


def filled(sample: dict[str, Any], number: int, words: int, rng: random.Random) -> dict[str, Any]:
    """Return the sample as another one: its own id, question, condition and texts, in its messages and events too."""
    item, hinted = divmod(number, 2)
    reasoning = " ".join(rng.choices(_WORDS, k=words))
    text = f"<think>{reasoning}</think>It follows.\n\nThe best answer is: ({rng.choice('ABCD')})"
    question = f"Question {item}: " + " ".join(rng.choices(_WORDS, k=40))
    condition = {
        "item": item,
        "condition": "hinted" if hinted else "baseline",
        "hint": "B" if hinted else None,
    }
    whole = json.dumps(sample).replace('"TEXT"', json.dumps(text)).replace('"QUESTION"', json.dumps(question))
    made: dict[str, Any] = json.loads(whole)
    return made | {"id": number, "metadata": condition}


def make(folder: Path, samples: int, words: int) -> None:
    """Write the logs."""
    rng = random.Random(0)  # noqa: S311 - texts, not secrets
    with tempfile.TemporaryDirectory() as place:
        source = zipfile.ZipFile(one_log(Path(place)))
        name = next(each for each in source.namelist() if each.startswith("samples/"))
        sample, header = json.loads(source.read(name)), json.loads(source.read("header.json"))
    for number in range(LOGS):
        header["eval"] |= {"task_id": f"task{number}", "task_args": {"part": number}}
        mine = [
            filled(sample, each, words, rng) for each in range(number, samples * LOGS, LOGS) if each < samples
        ]
        if number == LOGS - 1:
            (folder / "last.json").write_text(json.dumps(header | {"samples": mine}), encoding="utf-8")
            continue
        with zipfile.ZipFile(folder / f"{number}.eval", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("header.json", json.dumps(header))
            for each in mine:
                archive.writestr(
                    f"samples/{each['id']}_epoch_1.json", json.dumps(each, separators=(",", ":"))
                )


def reading(folder: Path) -> tuple[float, float]:
    """Return the seconds that reading the bytes takes, and unpacking the archives beside."""
    began = time.perf_counter()
    for file in folder.iterdir():
        file.read_bytes()
    read = time.perf_counter() - began
    for file in folder.glob("*.eval"):
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                archive.read(name)
    return read, time.perf_counter() - began


def importing(folder: Path) -> None:
    """Import the folder in this process, and print seconds, records and peak memory."""
    from unsaid.records import from_logs  # noqa: F401 - Inspect's own import is no part of reading a folder
    from unsaid.records.importers import importer

    began, cpu = time.perf_counter(), time.process_time()
    found = importer("inspect").load(folder, MAP)
    took, used = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{took:.2f} {used:.2f} {found.records.height} {peak:.2f}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=250)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--import-from", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.import_from is not None:
        importing(asked.import_from)
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder, asked.samples, asked.words)
        size = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
        print(f"{asked.samples:,} samples in {LOGS} logs, {size:.0f} MB; load {os.getloadavg()[0]:.1f}")
        for _ in range(asked.runs):
            read, unpacked = reading(folder)
            command = [sys.executable, __file__, "--import-from", str(folder)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            took, used, records, peak = (float(each) for each in told)
            print(
                f"bytes {read:.2f} s, unpacked {unpacked:.2f} s; import {took:.2f} s ({used:.2f} s CPU), "
                f"{took - read:.2f} s beyond the bytes; {records:,.0f} records, peak {peak:.2f} GB"
            )


if __name__ == "__main__":
    main()
