"""Ctrl-C at random moments: a command is interrupted until it has ended by itself, and held beside one undisturbed.

What must hold: nothing that is called finished is not, no traceback, and the same files at the end, to the last bit.
Whether a run is whole is not asked of the run: its records are counted beside those of the undisturbed one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from loopback.policies import Judging, Scripted
from loopback.server import Loopback
from loopback.terminal import CTRL_C, Terminal
from loopback.traps import NAMES, says_finished

__all__ = ["SCENARIOS", "Seen", "interrupted"]

SCENARIOS = ("organism", "judge", "until", "calibrate", "gate")
_STARTS = 60


@dataclass
class Seen:
    """What happened in one scenario.

    Attributes:
        interrupts: commands that were interrupted while they ran.
        statuses: how these ended.
        wrongly: what was called finished, or ended with status 0, and was not whole.
        tracebacks: what was printed around a traceback.
        different: files that differ from the undisturbed ones.
        undisturbed: seconds that the undisturbed command took.
        end: its exit status.
    """

    interrupts: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrongly: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    undisturbed: float = 0.0
    end: int = 0

    @property
    def held(self) -> bool:
        """Whether all held that must."""
        return not (self.wrongly or self.tracebacks or self.different)

    def line(self, name: str) -> str:
        """A row of a Markdown table."""
        ends = ", ".join(f"{status}: {n}" for status, n in sorted(self.statuses.items()))
        counts = (len(self.wrongly), len(self.tracebacks), len(self.different))
        return f"| {name} | {self.interrupts} | {ends} | {' | '.join(map(str, counts))} |"


def interrupted(scenario: str, times: int, seed: int, folder: Path) -> Seen:
    """Interrupt a command so often, at moments drawn over its whole length, and let it end in between.

    Args:
        scenario: which command, of `SCENARIOS`.
        times: how many interrupts.
        seed: of moments, folder names, and how often the key is pressed.
        folder: where the runs are made.

    Raises:
        RuntimeError: the undisturbed command failed, or the interrupted one does not end.
    """
    rng, seen = np.random.default_rng([seed, SCENARIOS.index(scenario)]), Seen()
    with ExitStack() as running:
        words, env = _command(scenario, running)
        reference = folder / f"{scenario}-undisturbed"
        began = time.monotonic()
        with Terminal([*words, "--out", str(reference)], cwd=folder, env=env) as shell:
            seen.end = shell.ended()
            if seen.end != (
                1 if scenario == "gate" else 0
            ):  # this judge does not pass, which is what it is to say
                raise RuntimeError(f"undisturbed: {shell.text[-3000:]}")
        seen.undisturbed = time.monotonic() - began
        run = 0
        while seen.interrupts < times:
            name = f"./{NAMES[int(rng.integers(len(NAMES)))]}-{scenario}-{run}"
            _one(words, env, folder / name, reference, rng, times, seen)
            run += 1
    return seen


def _command(scenario: str, running: ExitStack) -> tuple[list[str], dict[str, str]]:
    """The command without its folder, and where its servers are."""
    if scenario == "organism":
        return ["audit", "--limit", "10", "--cues", "metadata,sycophancy"], {}
    if scenario == "calibrate":
        return ["calibrate", "--organisms", "silent", "--limit", "6", "--organisms-only"], {}
    judge = running.enter_context(Loopback(Judging(), latency=0.05))
    env = {"JUDGE_BASE_URL": judge.url, "JUDGE_API_KEY": "none"}
    judged = ["--judge", f"openai-api/judge/{judge.name}"]
    if scenario == "gate":
        return ["gate", *judged, "--limit", "24", "--repeat", "1", "--connections", "4"], env
    talks = Scripted(susceptibility=0.6, mention=0.4, seed=3)
    model = running.enter_context(Loopback(talks, latency=0.05))
    env |= {"LOOPBACK_BASE_URL": model.url, "LOOPBACK_API_KEY": "none"}
    words = [
        "audit",
        "--model",
        f"openai-api/loopback/{model.name}",
        "--cues",
        "metadata",
        "--max-connections",
        "8",
    ]
    if scenario == "judge":
        return [*words, "--limit", "20", *judged], env
    return [*words, "--limit", "62", "--until", "15"], env


def _one(
    words: Sequence[str],
    env: Mapping[str, str],
    run: Path,
    reference: Path,
    rng: np.random.Generator,
    times: int,
    seen: Seen,
) -> None:
    """One folder: its command is interrupted and given again, until it has ended by itself."""
    for _ in range(_STARTS):
        presses = int(rng.choice([1, 1, 1, 2, 5]))
        moment = float(rng.uniform(0, 1.1 * seen.undisturbed))
        with Terminal([*words, "--out", str(run)], cwd=run.parent, env=env) as shell:
            alive = seen.interrupts < times and shell.runs_for(moment)
            if alive:
                shell.press(CTRL_C, presses)
            status = shell.ended()
            if alive:
                seen.interrupts += 1
                seen.statuses[status] += 1
            if "Traceback" in shell.text:
                seen.tracebacks.append(shell.text[-3000:])
        whole = _whole(run, reference)
        if (status == seen.end or _says_finished(run)) and not whole:
            seen.wrongly.append(f"{run.name}: status {status}")
        if status == seen.end:
            seen.different += _differences(run, reference)
            return
        if not alive:
            raise RuntimeError(f"{run.name}: undisturbed, and status {status}: {shell.text[-3000:]}")
    raise RuntimeError(f"{run.name}: does not end")


def _says_finished(run: Path) -> bool:
    """Whether a page, or every `run.json`, says that all was done."""
    if any((run / name).exists() for name in ("calibrate.html", "calibrate.json", "gate.json")):
        return True
    return says_finished(run)


def _whole(run: Path, reference: Path) -> bool:
    """Whether everything is there that the undisturbed command left."""
    return all(_same(run / path, reference / path, _rows) for path in _kept(reference))


def _differences(run: Path, reference: Path) -> list[str]:
    """The files that should be the same to the last bit, and are not."""
    return [
        f"{run.name}/{path}" for path in _kept(reference) if not _same(run / path, reference / path, _content)
    ]


def _kept(reference: Path) -> list[Path]:
    """What a command leaves behind that holds no date, no folder and no server's port."""
    names = ("records.parquet", "results.json", "calibrate.json", "gate.json")
    return sorted(path.relative_to(reference) for name in names for path in reference.rglob(name))


def _same(one: Path, other: Path, of: Callable[[Path], object]) -> bool:
    return one.exists() and of(one) == of(other)


def _rows(path: Path) -> object:
    """How much there is: records of a table; of another file, that it exists."""
    return (
        pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
        if path.suffix == ".parquet"
        else True
    )


def _content(path: Path) -> object:
    return path.read_bytes() if path.suffix != ".parquet" else pl.read_parquet(path, glob=False).rows()
