"""What becomes of damaged files: seeded mutations of every kind of file we read, and how its loader takes them.

    python benchmarks/mutations.py --number 50000 --seed 0 --work /tmp/mutations

Each mutation flips bits, cuts the end off, takes bytes out, doubles some, or gives a value of a JSON document another
type, in one file of a small run made for this. A loader may read it or raise an `UnsaidError`; anything else is a
traceback. One that takes over 10 seconds twice hangs; one that ends its process is an abort. Workers run a thousand
mutations each, so that an abort costs no more. Prints a table, and each place of a traceback once.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unsaid.errors import UnsaidError

SECONDS = 10
BATCH = 1000
SWAPS: tuple[Any, ...] = (None, True, -5, 2**70, 1.5, "x", "", [], {}, [[]], {"a": 1}, "\ud800", "A\0B")


def loaders() -> dict[str, Callable[[Path], object]]:
    """The loader of each kind of file, by the file's name in the run."""
    from unsaid.cues.from_yaml import load_cues
    from unsaid.models.local.checkpoint import read_architecture
    from unsaid.organisms.cards import planted
    from unsaid.planning.earlier import spent
    from unsaid.planning.prices import load_prices
    from unsaid.questions.files import load_file
    from unsaid.records import schema
    from unsaid.records.chain_labels import read_chain_labels
    from unsaid.records.from_logs import records_from_logs
    from unsaid.records.importers import importer
    from unsaid.records.labels import read_labels
    from unsaid.report.files.results import read_results
    from unsaid.report.run import about
    from unsaid.runs.gate import read_gates, standing
    from unsaid.store.run_folder import RunFolder

    empty = schema.frame([])

    def run(path: Path) -> object:
        data = RunFolder(path.parent).read()
        return (
            about.who(data, empty),
            about.settings(data),
            about.capabilities(data),
            about.versions(data),
            about.command(data),
            about.citation(data, empty),
        )

    return {
        "run.json": run,
        "results.json": read_results,
        "gate.json": lambda path: standing(read_gates(path), "lexical", "", ["metadata"]),
        "labels.jsonl": lambda path: read_labels(path.parent),
        "records.parquet": schema.read,
        "chain-labels.parquet": lambda path: read_chain_labels(path.parent),
        "log.eval": lambda path: (records_from_logs(path.parent), spent(path.parent)),
        "theirs.eval": lambda path: importer("inspect").load(
            path, "question_id=id,arm=metadata.a,answer=reply.answer"
        ),
        "cue.yaml": load_cues,
        "mine.jsonl": load_file,
        "mine.csv": load_file,
        "table.csv": lambda path: importer("table").load(path, MAP),
        "table.jsonl": lambda path: importer("table").load(path, MAP),
        "prices.toml": load_prices,
        "training.json": lambda path: planted(path.parent),
        "config.json": lambda path: read_architecture(path.parent),
    }


def originals(folder: Path) -> dict[str, bytes]:
    """A small file of each kind; the run is the bundled organism's."""
    import polars as pl

    from unsaid.records.chain_labels import CHAIN_LABELS, write_chain_labels
    from unsaid.records.labels import ITEM, Label, Sample, append_labels, append_sample
    from unsaid.store.tables import read_parquet

    run = folder / "run"
    audit = ["audit", "--limit", "4", "--cues", "metadata", "--out", str(run)]
    subprocess.run([sys.executable, "-c", "from unsaid.cli import main; main()", *audit], check=True)
    row = read_parquet(run / "records.parquet")[0].row(0, named=True)
    item = {name: row.get(name) for name in ITEM} | {"asked_cue": "metadata", "channel": "reasoning"}
    item |= {"item": "i1", "digest": "d", "stratum": "all", "probability": 0.5}
    append_sample(run, Sample("random", (item,), "cued", n=1, seed=0))
    append_labels(run, [Label("i1", "ann", mentions=True, relies=False, rejects=False, seconds=3.0)])
    label = dict.fromkeys(CHAIN_LABELS) | {"label_id": "1", "question_id": "q", "epoch": 1, "faithful": True}
    write_chain_labels(pl.DataFrame([label] * 3, schema=CHAIN_LABELS), run)
    package = Path(sys.modules["unsaid"].__file__ or "").parent
    question = {
        "id": "a",
        "question": "What is 0?",
        "options": ["one", "two"],
        "answer": "A",
        "difficulty": 1,
    }
    shared = {"answer": "A", "target": "B"}
    table = [{"question_id": f"q{n}", "arm": arm} | shared for n in range(3) for arm in ("clean", "cued")]
    csv = "\n".join([",".join(table[0]), *(",".join(each.values()) for each in table)])
    weights = package / "organisms" / "weights"
    organism = next(path for path in sorted(weights.iterdir()) if (path / "config.json").is_file())
    log = next((run / "logs").glob("*.eval")).read_bytes()
    return {
        **{
            name: (run / name).read_bytes()
            for name in ("run.json", "results.json", "labels.jsonl", "records.parquet")
        },
        "chain-labels.parquet": (run / "chain-labels.parquet").read_bytes(),
        "gate.json": (package / "judges" / "gate" / "gate.json").read_bytes(),
        "log.eval": log,
        "theirs.eval": log,
        "cue.yaml": CUE.encode(),
        "mine.jsonl": (json.dumps(question) + "\n").encode(),
        "mine.csv": b"id,question,A,B,answer,difficulty\na,What is 0?,one,two,A,1\n",
        "table.csv": csv.encode(),
        "table.jsonl": "\n".join(map(json.dumps, table)).encode(),
        "prices.toml": (package / "planning" / "prices.toml").read_bytes(),
        "training.json": (organism / "training.json").read_bytes(),
        "config.json": (organism / "config.json").read_bytes(),
    }


MAP = "question_id=question_id,arm=arm,target=target,answer=answer"
CUE = r"""
name: cookie-cue
source: ours
summary: a fortune cookie
misaligned: false
judge_needs: A cookie says that the answer is {option}.
patterns: ['\bfortune cookie\b']
wordings:
  - {name: cookie, labelled: false, placement: after, cued: "{question} ({letter})", placebo: "{question} x"}
"""


def mutated(data: bytes, name: str, rng: random.Random) -> bytes:
    """The file with one thing wrong."""
    kind = rng.choice(("flip", "flip", "cut", "delete", "double", "swap", "swap"))
    if kind == "swap":
        swapped = _swapped(data, name, rng)
        if swapped is not None:
            return swapped
        kind = "flip"
    start = rng.randrange(len(data))
    some = rng.randrange(1, 40)
    if kind == "flip":
        changed = bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 8))):
            changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        return bytes(changed)
    if kind == "cut":
        return data[:start]
    if kind == "delete":
        return data[:start] + data[start + some :]
    return data[: start + some] + data[start:]


def _swapped(data: bytes, name: str, rng: random.Random) -> bytes | None:
    """A JSON document in which one value has another type; None where the file holds none."""
    if name.endswith(".eval"):
        return _swapped_inside(data, rng)
    if name.endswith(".jsonl"):
        lines = data.split(b"\n")
        at = rng.choice([number for number, line in enumerate(lines) if line])
        lines[at] = json.dumps(_other(json.loads(lines[at]), rng)).encode()
        return b"\n".join(lines)
    return json.dumps(_other(json.loads(data), rng)).encode() if name.endswith(".json") else None


def _swapped_inside(data: bytes, rng: random.Random) -> bytes:
    import io

    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = rng.choice([name for name in names if name.endswith(".json")])
        for name in names:
            text = old.read(name)
            new.writestr(name, json.dumps(_other(json.loads(text), rng)).encode() if name == chosen else text)
    return found.getvalue()


def _other(document: Any, rng: random.Random) -> Any:
    """The document with one value swapped, one key taken out, or text of JSON inside it changed."""
    places: list[tuple[Any, Any]] = []
    level = [document]
    while level:
        inner = level.pop()
        entries = (
            inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        )
        for key, value in entries:
            places.append((inner, key))
            level.append(value)
    if not places:
        return rng.choice(SWAPS)
    holder, key = rng.choice(places)
    if isinstance(holder, dict) and rng.random() < 0.2:
        del holder[key]
        return document
    value = holder[key]
    if isinstance(value, str) and value[:1] in "[{" and rng.random() < 0.7:
        try:
            holder[key] = json.dumps(_other(json.loads(value), rng))
        except ValueError:
            holder[key] = rng.choice(SWAPS)
        return document
    holder[key] = rng.choice(SWAPS)
    return document


class Hang(BaseException):
    """A loader took too long."""


def taken(load: Callable[[Path], object], place: Path) -> str:
    """How a loader takes a file: it reads it, says what is wrong, or does what it must not."""
    signal.alarm(SECONDS)
    try:
        load(place)
        return "read"
    except UnsaidError as error:
        return "said" if "\n" not in str(error).strip()[:2000] else "said at length"
    except Hang:
        return "HANG"
    except BaseException as error:  # noqa: BLE001 - that is what is counted
        frames = [each for each in traceback.extract_tb(error.__traceback__) if "unsaid/" in each.filename]
        last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
        where = f"{last.filename.rpartition('unsaid/')[2]}:{last.lineno}"
        return f"TRACEBACK {type(error).__name__} {where}"
    finally:
        signal.alarm(0)


def work(folder: Path, seed: int, first: int, number: int) -> None:
    """Some mutations, in this process; what became of each is printed, a line each, before the next begins."""

    def ring(signum: int, frame: object) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, ring)
    known = loaders()
    files = {name: (folder / "originals" / name).read_bytes() for name in known}
    for at in range(first, first + number):
        rng = random.Random(f"{seed} {at}")  # noqa: S311 - no secret
        name = list(known)[at % len(known)]
        place = folder / f"worker-{seed}" / name
        shutil.rmtree(place.parent, ignore_errors=True)
        place.parent.mkdir()
        place.write_bytes(mutated(files[name], name, rng))
        print("begin", at, name, flush=True)
        outcome = taken(known[name], place)
        if outcome == "HANG":  # a machine under load is slow once
            outcome = taken(known[name], place)
        print("end", at, name, outcome, flush=True)
    usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print("memory", *usage, flush=True)


def main() -> None:
    """Run all mutations in workers, one after the other, and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, default=Path("build/mutations"))
    parser.add_argument("--from", dest="first", type=int, default=-1, help="a worker's first mutation")
    asked = parser.parse_args()
    if asked.first >= 0:
        work(asked.work, asked.seed, asked.first, asked.number)
        return
    if not (asked.work / "originals").is_dir():
        asked.work.mkdir(parents=True, exist_ok=True)
        files = originals(asked.work)
        (asked.work / "originals").mkdir()
        for name, data in files.items():
            (asked.work / "originals" / name).write_bytes(data)
    outcomes: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    memory, first = [0, 0], 0
    while first < asked.number:
        done, said = _batch(asked, first, min(BATCH, asked.number - first))
        for line in said:
            word, *rest = line.split(" ")
            if word == "end":
                outcomes[rest[2]] += 1
                if rest[2] in ("TRACEBACK", "HANG", "ABORT"):
                    faults[" ".join(rest[1:])] += 1
            elif word == "memory":
                memory = [max(pair) for pair in zip(memory, map(int, rest), strict=True)]
        first += done
        print(
            f"{first} of {asked.number}: {dict(outcomes)}; peak MB {[each // 1024 for each in memory]}",
            flush=True,
        )
    for fault, times in faults.most_common():
        print(f"{times:6} {fault}")


def _batch(asked: argparse.Namespace, first: int, number: int) -> tuple[int, list[str]]:
    """One worker: how many mutations it did, and its lines; a worker that died did one more, an abort."""
    command = [sys.executable, __file__, "--work", str(asked.work), "--seed", str(asked.seed)]
    command += ["--from", str(first), "--number", str(number)]
    child = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    lines = child.stdout.splitlines()
    begun = [line for line in lines if line.startswith("begin ")]
    ended = [line for line in lines if line.startswith("end ")]
    if child.returncode == 0:
        return number, lines
    if not begun:
        raise SystemExit(f"a worker did not start: {' '.join(command)}")
    if len(begun) > len(ended):
        lines.append(begun[-1].replace("begin", "end", 1) + " ABORT")
    return len(begun), lines


if __name__ == "__main__":
    main()
