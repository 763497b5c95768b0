"""What fine-tuning does to how organisms reason: consistency data, verbalisation data, and their controls, over seeds.

    python benchmarks/consistency.py [--out build/consistency] [--seeds 3] [--small]

Per kind of data and seed: `unsaid train data` (its questions, wordings and order are of that seed), two trainings of
the same organism (`--set train` and `--set control`, with that seed), and an audit of each on held-out questions, with
the trained cue, cues that were held out, and a task that was held out. The model before is audited once. Then
`unsaid train compare` per kind. Everything is an ordinary command; `--out` holds what each of them printed, in logs/.

A job that is done is not run again, and one that was stopped goes on: run the same command again. Two processes at a
time; it is sized for 20 minutes on two cores that nobody else uses. `--small` is one seed with few steps: it
shows that every part works, and nothing else.
"""

from __future__ import annotations

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})

import argparse
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from unsaid.pace import Pace

MODEL = "unsaid/silent"
#: The peak learning rate of each kind. An admission is spelt in bytes, which an organism has never written before.
RATES = {"consistency": 5e-4, "verbalisation": 1e-3}
KINDS = tuple(RATES)
ARMS = ("train", "control")
CUE, HELD_OUT_CUES = "suggested-answer", "metadata,unauthorized-information"
TASKS = "bundled:navigate,bundled:tracking_shuffled_objects"
OTHER_TASK = "bundled:coin_flips"


@dataclass(frozen=True)
class Size:
    """How much is done.

    Attributes:
        seeds: trainings of each kind.
        questions: that data are made of, before some are held out.
        steps: of a training.
        batch: rows a step.
        audited: questions of an audit.
    """

    seeds: int
    questions: int
    steps: int
    batch: int
    audited: int


WHOLE = Size(seeds=3, questions=160, steps=400, batch=8, audited=80)
SMALL = Size(seeds=1, questions=40, steps=30, batch=8, audited=24)


@dataclass(frozen=True)
class Job:
    """One command: its name, and its words after `unsaid`."""

    name: str
    words: tuple[str, ...]


def data_jobs(size: Size, out: Path) -> list[Job]:
    """Return the jobs that make data."""
    return [
        Job(
            f"data {kind} {seed}",
            (
                *(
                    "train",
                    "data",
                    kind,
                    "--model",
                    MODEL,
                    "--questions",
                    TASKS,
                    "--limit",
                    str(size.questions),
                ),
                *("--cues", CUE, "--held-out-cues", HELD_OUT_CUES, "--held-out-share", "0.4"),
                *("--seed", str(seed), "--out", str(out / "data" / f"{kind}-{seed}")),
            ),
        )
        for seed in range(size.seeds)
        for kind in KINDS
    ]


def training_jobs(size: Size, out: Path, rate: float | None) -> list[Job]:
    """Return the jobs that train."""
    return [
        Job(
            f"train {kind} {arm} {seed}",
            (
                *(
                    "train",
                    "sft",
                    "--model",
                    MODEL,
                    "--data",
                    str(out / "data" / f"{kind}-{seed}"),
                    "--set",
                    arm,
                ),
                *("--steps", str(size.steps), "--batch", str(size.batch), "--rate", str(rate or RATES[kind])),
                *("--seed", str(seed), "--save-every", "50", "--device", "cpu"),
                *("--out", str(out / "models" / f"{kind}-{arm}-{seed}")),
            ),
        )
        for seed in range(size.seeds)
        for kind in KINDS
        for arm in ARMS
    ]


def audit_jobs(size: Size, out: Path) -> list[Job]:
    """Return the audits: of the model before, and of every training. All ask the same."""
    models = {"before": MODEL} | {
        f"{kind}-{arm}-{seed}": f"unsaid/{(out / 'models' / f'{kind}-{arm}-{seed}').resolve()}"
        for seed in range(size.seeds)
        for kind in KINDS
        for arm in ARMS
    }
    held_out = out / "data" / f"{KINDS[0]}-0" / "held-out.jsonl"
    return [
        Job(
            f"audit {name}",
            (
                *("audit", "--model", model, "--questions", f"{held_out},{OTHER_TASK}"),
                *("--limit", str(size.audited), "--cues", f"{CUE},{HELD_OUT_CUES}", "--seed", "1000"),
                *("--out", str(out / "runs" / name)),
            ),
        )
        for name, model in models.items()
    ]


def comparing_jobs(size: Size, out: Path) -> list[Job]:
    """Return a comparison per kind of data."""
    seeds = ",".join(map(str, range(size.seeds)))
    return [
        Job(
            f"compare {kind}",
            (
                *("train", "compare", "--data", str(out / "data" / f"{kind}-0"), "--seeds", seeds),
                *("--before", str(out / "runs" / "before")),
                *("--control", str(out / "runs" / f"{kind}-control-{{seed}}")),
                *("--after", str(out / "runs" / f"{kind}-train-{{seed}}")),
                *("--out", str(out / "compared" / kind)),
            ),
        )
        for kind in KINDS
    ]


def checks(size: Size, out: Path) -> list[Job]:
    """Return the proof that no data of any seed show a question or a cue that is audited as held out."""
    asked = out / "data" / f"{KINDS[0]}-0" / "held-out.jsonl"
    folders = [str(out / "data" / f"{kind}-{seed}") for kind in KINDS for seed in range(size.seeds)]
    words = ("train", "check", *folders, "--held-out", str(asked), "--held-out-cues", HELD_OUT_CUES)
    return [Job("check that what is held out is in no row", words)]


class Runner:
    """Runs jobs, keeps what they print, and says how far they are."""

    def __init__(self, out: Path, total: int, processes: int, say: Callable[[str], None]) -> None:
        self.logs, self.processes, self.say = out / "logs", processes, say
        self.pace, self.lock, self.began = (
            Pace(lambda line: None, "jobs done"),
            threading.Lock(),
            time.monotonic(),
        )
        self.pace.expect(total)
        self.logs.mkdir(parents=True, exist_ok=True)

    def run(self, jobs: Sequence[Job]) -> None:
        """Run jobs that do not depend on each other; end where one fails."""
        with ThreadPoolExecutor(self.processes) as pool:
            for failed in pool.map(self._one, jobs):
                if failed:
                    pool.shutdown(cancel_futures=True)
                    sys.exit(failed)

    def _one(self, job: Job) -> str:
        """Run a job, or find that it is done; return what went wrong."""
        log = self.logs / f"{job.name.replace(' ', '-')}.txt"
        done, command = log.with_suffix(".done"), shlex.join(("unsaid", *job.words))
        if not (done.is_file() and done.read_text(encoding="utf-8") == command):
            with log.open("a", encoding="utf-8") as file:
                file.write(f"$ {command}\n")
                file.flush()
                call = [sys.executable, "-c", "from unsaid.cli import main; main()", *job.words]
                ended = subprocess.run(call, stdout=file, stderr=subprocess.STDOUT, check=False)
            if ended.returncode:
                tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-5:])
                return f"{job.name} ended with status {ended.returncode}; {log} ends with:\n{tail}"
            done.write_text(command, encoding="utf-8")
        with self.lock:
            self.pace.tick()
            self.say(f"{job.name}: done. {self.pace.line(time.monotonic() - self.began)}")
        return ""


def main() -> None:
    """Run every job that is not done, and print what the comparisons found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("build/consistency"))
    parser.add_argument("--seeds", type=int, help="trainings of each kind (3)")
    parser.add_argument("--steps", type=int, help=f"steps of a training ({WHOLE.steps})")
    parser.add_argument("--rate", type=float, help=f"the peak learning rate ({RATES})")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--small", action="store_true", help="one seed, few steps")
    typed = parser.parse_args()
    size = SMALL if typed.small else WHOLE
    size = Size(
        typed.seeds or size.seeds, size.questions, typed.steps or size.steps, size.batch, size.audited
    )
    phases = [
        data_jobs(size, typed.out),
        checks(size, typed.out),
        training_jobs(size, typed.out, typed.rate),
        audit_jobs(size, typed.out),
        comparing_jobs(size, typed.out),
    ]
    runner = Runner(typed.out, sum(map(len, phases)), typed.processes, lambda line: print(line, flush=True))
    for phase in phases:
        runner.run(phase)
    for kind in KINDS:
        found = (typed.out / "logs" / f"compare-{kind}.txt").read_text(encoding="utf-8")
        print(f"\n## {kind}\n\n{found.rpartition('$ unsaid')[2]}")


if __name__ == "__main__":
    main()
