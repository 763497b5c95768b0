"""How much of the connection limit a run uses: a provider that takes 300 ms a reply, in a process of its own.

200 questions x 9 arms = 1,800 calls over 10 connections need at least 1,800 / 10 x 0.3 s = 54 s. Counted is a whole
`evaluate`, from the first question to the finished log; a run of a few questions has loaded the packages before.
Target: at least 90% of what the connections allow. One Python thread serves all connections, and Inspect, the
`openai` client and its HTTP library take some milliseconds of it a call (printed): 40 connections are more than
a slow core can keep busy.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from unsaid.asking.driver import Driver
from unsaid.asking.inspect_task import build
from unsaid.asking.settings import Settings
from unsaid.models.inspect.adapter import resolve
from unsaid.models.inspect.calling import Calling
from unsaid.models.inspect.evaluation import evaluate
from unsaid.protocols import PROTOCOLS

LATENCY, QUESTIONS, ARMS = 0.3, 200, 9
CONNECTIONS = (10, 20, 40)
TESTS = Path(__file__).parents[1] / "tests"


def timed(questions: int, connections: int, seed: int) -> tuple[float, float]:
    """Seconds of wall-clock and of CPU time that a run takes; every run asks other questions."""
    settings = Settings(limit=questions, seed=seed)
    replies: list[None] = []
    driver = Driver(lambda: replies.append(None), cached=True)
    task = build([PROTOCOLS["verbalisation"]], settings, 1, driver)
    with TemporaryDirectory() as folder:
        model, path = resolve("openai-api/loopback/scripted"), Path(folder)
        wall, cpu = time.perf_counter(), time.process_time()
        evaluate([task], model, path / "logs", cache=path / "cache", calling=Calling(connections))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert len(replies) == questions * ARMS
    return wall, cpu


def main() -> list[str]:
    """Run the protocol against the server; report calls a second against what is possible."""
    server = subprocess.Popen(
        [sys.executable, "-m", "loopback", str(LATENCY)],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    os.environ["LOOPBACK_BASE_URL"], os.environ["LOOPBACK_API_KEY"] = server.stdout.readline().strip(), "none"
    lines, calls = [], QUESTIONS * ARMS
    try:
        timed(2, 10, seed=0)
        for seed, connections in enumerate(CONNECTIONS, start=1):
            wall, cpu = timed(QUESTIONS, connections, seed)
            possible = connections / LATENCY
            lines.append(
                f"throughput, {connections} connections at {LATENCY * 1000:.0f} ms: {calls / wall:.1f} calls/s of "
                f"{possible:.1f} possible: {calls / wall / possible:.0%} (target: at least 90%); "
                f"{cpu / calls * 1000:.1f} ms CPU a call"
            )
    finally:
        server.stdin.close()
        server.wait(10)
    return lines


if __name__ == "__main__":
    print("\n".join(main()))
