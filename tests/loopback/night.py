"""A night that goes wrong: an audit against servers that fail, killed again and again, and the night undisturbed.

The same command on the same folder is started until it ends by itself with status 0. Meanwhile the servers fail as
`Faults` says, and the process is killed at seeded moments. Then the faults of the transport are taken away, and the
same audit runs once in another folder. A fault of the reply (a refusal, nothing, 200,000 tokens) belongs to the
request, so both nights have it.

What must hold is in `Night`: no reply lost, none doubled, the same records, and no call made again whose reply was
on disk. A reply that had left the server when the process died, and was not on disk yet, has to be asked for again:
those are counted apart.
"""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from loopback.faults import FAULTS, REPLY, TRANSPORT, Faults
from loopback.policies import Judging, Policy, Scripted, text_of
from loopback.server import Loopback, Received
from loopback.terminal import CTRL_C, Terminal
from loopback.traps import CANARY, NAMES, SECRET, contents, link, questions, replies_in, says_finished
from unsaid.errors import DataError
from unsaid.records.from_logs import read_samples
from warm import PATIENCE, Forked

#: What names a reply among the records.
COLUMNS = ("model", "elicitation", "context", "question_id", "epoch", "arm", "cue", "wording")

#: How a process is stopped: half of them without a chance to say anything, the others so that it can end in order.
_KEY = "Ctrl-C"
_STOPS = ("SIGKILL", "SIGKILL", "SIGKILL", "SIGKILL", "SIGINT", "SIGTERM", "SIGHUP", _KEY)


@dataclass(frozen=True)
class Design:
    """How bad the night is.

    Attributes:
        seed: fixes faults, signals and moments.
        questions: how many are asked; nine calls each, and what the judge reads.
        cues: which.
        kills: how often it is killed; a process that ended before does not count.
        every: requests from a start to a kill, on average.
        rate: P(fault) of an arrival.
        most: a request that failed so often is answered.
        retries: further attempts of one process at a call.
        timeout: seconds after which it takes a server for one that never answers.
        connections: calls in flight at once.
        starts: after so many processes the run is given up as one that does not end.
    """

    seed: int = 0
    questions: int = 40
    cues: str = "chen"
    kills: int = 20
    every: int = 18
    rate: float = 0.6
    most: int = 3
    retries: int = 2
    timeout: int = 20
    connections: int = 24
    starts: int = 80


@dataclass
class Night:
    """What happened.

    Attributes:
        injected: faults by kind, of both servers.
        kills: by signal and moment.
        stopped: exit statuses of the processes that were stopped and could say something.
        claims: what each process left behind that ended with status 0 or called the run finished: replies in it.
        wrongly: of these, how many had not every reply.
        tracebacks: processes that printed one.
        leaks: files of the run that hold the key, which the servers echo.
        outside: files outside of the run that a link in it led to, and that were changed.
        ends: exit statuses of the processes that ended by themselves.
        answered: requests that a server answered whole, by how often.
        unkept: calls made again whose reply had not been on disk when the process before ended.
        oldest: how long before its process was killed the earliest of those replies had been sent, in seconds.
        late: calls made again because the client had not waited for the reply; no kill came between.
        unkept_refusals: of those not on disk, replies that the provider's filter stopped.
        again: calls made again although their reply was on disk, by whom and what they got.
        lost, doubled: replies, compared with the undisturbed night and with each other.
        rows: records of the undisturbed night.
        different: columns of the records whose values are not the same in both.
        same_results: whether results.json is the same, byte for byte.
        last: what the last process printed.
        seconds: both nights.
    """

    injected: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    stopped: Counter[int] = field(default_factory=Counter)
    claims: list[int] = field(default_factory=list)
    wrongly: int = 0
    tracebacks: int = 0
    leaks: int = 0
    outside: int = 0
    ends: list[int] = field(default_factory=list)
    answered: Counter[int] = field(default_factory=Counter)
    unkept: int = 0
    oldest: float = 0.0
    late: int = 0
    unkept_refusals: int = 0
    again: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    rows: int = 0
    different: tuple[str, ...] = ()
    same_results: bool = False
    last: str = ""
    seconds: float = 0.0

    @property
    def killed(self) -> int:
        """How many kills there were."""
        return self.kills.total()

    @property
    def survived(self) -> bool:
        """Whether nothing was lost, doubled, changed or asked again without need."""
        whole = not (self.lost or self.doubled or self.again or self.different)
        whole &= not (self.wrongly or self.tracebacks)
        return whole and self.rows > 0 and self.same_results and self.ends[-1:] == [0]

    def lines(self) -> list[str]:
        """The whole of it as a table of Markdown."""
        kinds = ", ".join(f"{kind} {self.injected[kind]}" for kind in FAULTS)
        kills = ", ".join(f"{kind} {times}" for kind, times in sorted(self.kills.items()))
        stopped = ", ".join(f"status {end}: {n}" for end, n in sorted(self.stopped.items()))
        ends = ", ".join(f"status {end}: {n}" for end, n in sorted(Counter(self.ends).items()))
        twice = ", ".join(f"{n} {times} times" for times, n in sorted(self.answered.items()))
        again = ", ".join(f"{kind} {times}" for kind, times in sorted(self.again.items()))
        return [
            "| what | seen |",
            "|---|---|",
            f"| faults injected | {self.injected.total()}: {kinds} |",
            f"| kills | {self.killed}: {kills} |",
            f"| statuses of those that were stopped by another signal than SIGKILL | {stopped} |",
            f"| finished, by their status or by run.json, and not whole | {self.wrongly} of {len(self.claims)} |",
            f"| tracebacks | {self.tracebacks} |",
            f"| files that hold the key | {self.leaks} |",
            f"| files outside of the run that were changed | {self.outside} |",
            f"| processes that ended by themselves | {len(self.ends)}: {ends} |",
            f"| records of the undisturbed run | {self.rows} |",
            f"| replies lost | {self.lost} |",
            f"| replies doubled | {self.doubled} |",
            f"| columns of the records that differ | {len(self.different)} {', '.join(self.different)} |",
            f"| results.json the same | {'yes' if self.same_results else 'no'} |",
            f"| requests answered whole, by how often | {twice} |",
            f"| asked again: the reply had not reached the disk when the process died | {self.unkept} |",
            f"| of those, the longest time from the reply to the kill | {self.oldest:.2f} s |",
            f"| of those, refusals | {self.unkept_refusals} |",
            f"| asked again: the client had given up waiting for the reply | {self.late} |",
            f"| asked again although the reply was on disk | {self.again.total()} {again} |",
            f"| seconds | {self.seconds:.0f} |",
        ]


def run_night(design: Design, folder: Path) -> Night:
    """Run both nights in a folder.

    Raises:
        RuntimeError: the run did not end, or ended before it was killed often enough; or the undisturbed one failed.
    """
    night, began = Night(), time.monotonic()
    with ExitStack() as running:
        servers = _Servers(running, design)
        servers.questions = questions(folder / "questions.jsonl", design.questions, design.seed)
        disturbed = folder / NAMES[design.seed % len(NAMES)]
        canary = link(disturbed, folder)
        _disturbed(design, disturbed, servers, night)
        night.leaks = sum(SECRET.encode() in content for content in contents(disturbed))
        night.outside = int(canary.read_text(encoding="utf-8") != CANARY)
        for each in servers.both:
            night.injected.update(received.fault for received in each.received if received.fault)
            night.answered.update(Counter(one.key for one in each.asked() if _whole(one)).values())
            each.forget()
        # The same draw of each request as among all kinds, so that the same ones have a fault of the reply.
        share = design.rate * len(REPLY) / len(FAULTS)
        servers.model.faults = Faults(rate=share, kinds=REPLY, probes=False, seed=design.seed)
        servers.judge.faults = Faults()
        with servers.start(folder / "undisturbed", replace(design, retries=6, timeout=300)) as shell:
            status = shell.ended()
            if status != 0:
                raise RuntimeError(f"the undisturbed run ended with status {status}: {shell.text[-2000:]}")
    _compare(disturbed, folder / "undisturbed", night)
    night.seconds = time.monotonic() - began
    return night


class _Servers:
    """The model and the judge, and the command that asks them."""

    def __init__(self, running: ExitStack, design: Design) -> None:
        every = Faults(rate=design.rate, kinds=FAULTS, most=design.most, probes=False, seed=design.seed)
        transport = Faults(rate=design.rate, kinds=TRANSPORT, most=design.most, seed=design.seed + 1)
        policy: Policy = Scripted(susceptibility=0.6, mention=0.4, seed=design.seed)
        self.model = running.enter_context(Loopback(policy, latency=0.05, faults=every))
        self.judge = running.enter_context(Loopback(Judging(), latency=0.05, faults=transport))
        self.both = (self.model, self.judge)
        self.questions = Path()

    def start(self, folder: Path, design: Design) -> Terminal:
        """The audit in a terminal of its own."""
        words = ["audit", "--model", f"openai-api/loopback/{self.model.name}"]
        words += ["--judge", f"openai-api/judge/{self.judge.name}", "--cues", design.cues]
        words += ["--limit", str(design.questions), "--max-retries", str(design.retries)]
        words += ["--timeout", str(design.timeout), "--max-connections", str(design.connections)]
        words += ["--questions", str(self.questions)]
        return Terminal(
            [*words, "--out", str(folder)],
            env={"LOOPBACK_BASE_URL": self.model.url, "LOOPBACK_API_KEY": SECRET}
            | {"JUDGE_BASE_URL": self.judge.url, "JUDGE_API_KEY": SECRET},
        )

    @property
    def received(self) -> int:
        """Requests so far, failed or not."""
        return sum(len(each.received) for each in self.both)


def _disturbed(design: Design, folder: Path, servers: _Servers, night: Night) -> None:
    """Start, kill, start again, until it ends with status 0 and was killed often enough."""
    rng = np.random.default_rng(design.seed)
    before, kept = [0, 0], set[str]()
    sent: dict[str, float | None] = {}
    for _ in range(design.starts):
        moment, killed = _moment(design, night, rng), None
        with servers.start(folder, design) as shell:
            if night.killed < design.kills and _wait(moment, servers, shell.process):
                how, killed = _STOPS[int(rng.integers(len(_STOPS)))], time.monotonic()
                if how == _KEY:
                    shell.press(CTRL_C)
                else:
                    shell.send(signal.Signals[how])
                night.kills[f"{how} {moment.name}"] += 1
                status = shell.ended()
                night.stopped.update([status] if status != -signal.SIGKILL else [])
            else:
                status = shell.ended()
                night.ends.append(status)
            night.last = shell.text
        night.tracebacks += "Traceback" in night.last
        if status == 0 or says_finished(folder):
            night.claims.append(replies_in(folder))
        _count(servers, before, kept, sent, night)
        for server, first in zip(servers.both, before, strict=True):
            new = [each for each in server.received[first:] if _whole(each)]
            sent |= {each.key: None if killed is None else killed - each.at for each in new}
        before = [len(each.received) for each in servers.both]
        kept = _kept(folder, servers)
        if night.ends[-1:] == [0] and night.killed >= design.kills:
            return
    raise RuntimeError(
        f"after {design.starts} processes: {night.killed} kills, ends {night.ends}; the last said: {night.last[-2000:]}"
    )


@dataclass(frozen=True)
class _Moment:
    """When a process is killed: so many requests after its start (0: whatever it does), and then so many seconds."""

    name: str
    requests: int
    seconds: float


def _moment(design: Design, night: Night, rng: np.random.Generator) -> _Moment:
    """Most while calls are made; every fifth at any time, and those that are left when nothing is to be asked."""
    if night.ends[-1:] == [0]:
        return _Moment("when all was done", 0, float(rng.uniform(0.3, 5.0)))
    if night.killed % 5 == 4:
        return _Moment("at any time", 0, float(rng.uniform(0.3, 8.0)))
    return _Moment("while asking", int(rng.integers(1, 2 * design.every)), float(rng.uniform(0.0, 0.4)))


def _wait(moment: _Moment, servers: _Servers, process: Forked | subprocess.Popen[bytes]) -> bool:
    """Wait for the moment; whether the process was alive then."""
    wanted, deadline = servers.received + moment.requests, time.monotonic() + PATIENCE
    while servers.received < wanted and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    until = time.monotonic() + moment.seconds
    while time.monotonic() < until and process.poll() is None:
        time.sleep(0.01)
    return process.poll() is None


def _whole(received: Received) -> bool:
    """Whether a request was answered whole, be it with a fault of the reply."""
    return received.fault is None or received.fault in REPLY


def _count(
    servers: _Servers, before: list[int], kept: set[str], sent: dict[str, float | None], night: Night
) -> None:
    """Sort the calls of the last process that had been answered before.

    Args:
        servers: what they received.
        before: how much of it before that process.
        kept: what was on disk before it.
        sent: what was answered before it: how long before its process was killed; None where none was.
        night: what is counted.
    """
    for server, first in zip(servers.both, before, strict=True):
        now = set[str]()
        for each in server.received[first:]:
            if not (each.about_question and _whole(each)):
                continue
            if each.key in kept:
                night.again[
                    f"{'model' if server is servers.model else 'judge'}, {each.fault or 'a reply'}"
                ] += 1
            elif each.key in now or (each.key in sent and sent[each.key] is None):
                night.late += 1
            elif each.key in sent:
                night.unkept += 1
                night.oldest = max(night.oldest, sent[each.key] or 0.0)
                night.unkept_refusals += each.fault == "refuses"
            now.add(each.key)


def _kept(folder: Path, servers: _Servers) -> set[str]:
    """The requests whose replies are on disk: in Inspect's cache, or in a log."""
    kept: set[str] = set()
    for path in (folder / "cache" / "refused").glob("*.json"):
        kept.add(str(json.loads(path.read_text())["response_id"]).removeprefix("chatcmpl-"))
    for path in (folder / "cache" / "generate").rglob("*"):
        if path.is_file():
            try:
                _, output = pickle.loads(path.read_bytes())  # noqa: S301 - our own process wrote it
            except (EOFError, pickle.UnpicklingError):
                continue  # cut off while it was written: not kept
            kept.add(str(output.response_id).removeprefix("chatcmpl-"))
    asked = {
        (tuple(text_of(message) for message in each.body["messages"]), each.body.get("seed")): each.key
        for each in servers.model.received
    }
    for log in (folder / "logs").glob("*.eval"):
        try:
            rows = [row for _, _, rows in read_samples(log) for row in rows]
        except DataError:
            continue
        for row in rows:
            if row["error"] is None:
                texts = tuple(turn["text"] for turn in json.loads(row["prompt"]))
                kept.add(asked[texts, row["seed"]])
    return kept


def _compare(disturbed: Path, undisturbed: Path, night: Night) -> None:
    """The records of both nights, column by column; nothing is left out."""
    runs = (disturbed, undisturbed)
    night.wrongly = sum(replies < replies_in(undisturbed) for replies in night.claims)
    found, wanted = (pl.read_parquet(run / "records.parquet", glob=False) for run in runs)
    names = [name for name in COLUMNS if name in wanted.columns]
    night.rows = wanted.height
    night.lost = wanted.join(found, on=names, how="anti", nulls_equal=True).height
    night.doubled = found.height - found.select(pl.struct(names).n_unique()).item()
    found, wanted = found.sort(names), wanted.sort(names)
    night.different = tuple(
        name
        for name in wanted.columns
        if name not in found.columns or not found[name].equals(wanted[name], null_equal=True)
    )
    results = [(run / "results.json").read_bytes() for run in runs]
    night.same_results = results[0] == results[1]
