"""Micro-batching: who waits together is decoded together, and errors reach everybody concerned."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from threading import Event

import pytest

from unsaid.models.local.batching import MicroBatcher
from warm import run as run_program

#: A program that gets a signal in the third step of a batch without an end, and says at its very end which threads
#: are left: what was registered first is called last, so that the module is imported anew after that.
_SIGNALLED = """
import atexit, os, signal, sys, threading
atexit.register(lambda: print(sorted(each.name for each in threading.enumerate())))
from unsaid import stopping
from unsaid.errors import Interrupted
sys.modules.pop("unsaid.models.local.batching", None)
from unsaid.models.local.batching import MicroBatcher

class Endless:
    live = steps = 0
    def room(self, waiting): return len(waiting)
    def admit(self, requests): return [0]
    def clear(self): pass
    def step(self):
        self.steps += 1
        if self.steps == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return []

batcher = MicroBatcher(Endless())
with stopping.listening(), stopping.orderly():
    try:
        stopping.run(batcher.submit("a request"))
    except Interrupted:
        sys.exit(130)
"""


class Counting:
    """Each request is the number of steps it takes; 0 cannot be admitted, 13 breaks the step."""

    def __init__(self, capacity: int = 100) -> None:
        self.capacity = capacity
        self.steps = 0
        self.admitted: list[int] = []
        self.rows: dict[int, int] = {}

    @property
    def live(self) -> int:
        return len(self.rows)

    def room(self, waiting: Sequence[int]) -> int:
        return min(len(waiting), self.capacity - self.live)

    def admit(self, requests: Sequence[int]) -> list[int]:
        if 0 in requests:
            raise ValueError("cannot read this")
        first = sum(self.admitted)
        self.admitted.append(len(requests))
        tickets = list(range(first, first + len(requests)))
        self.rows.update(zip(tickets, requests, strict=True))
        return tickets

    def step(self) -> list[tuple[int, str]]:
        self.steps += 1
        if 13 in self.rows.values():
            raise RuntimeError("the step broke")
        self.rows = {ticket: left - 1 for ticket, left in self.rows.items()}
        done = [ticket for ticket, left in self.rows.items() if left == 0]
        for ticket in done:
            del self.rows[ticket]
        return [(ticket, f"reply {ticket}") for ticket in done]

    def clear(self) -> None:
        self.rows.clear()


def run(batch: Counting, *requests: int) -> list[str | BaseException]:
    async def all_at_once() -> list[str | BaseException]:
        batcher: MicroBatcher[int, str] = MicroBatcher(batch)
        return await asyncio.gather(*(batcher.submit(each) for each in requests), return_exceptions=True)

    return asyncio.run(all_at_once())


def test_concurrent_requests_share_their_steps() -> None:
    batch = Counting()
    assert run(batch, *[5] * 20) == [f"reply {index}" for index in range(20)]
    assert (batch.admitted, batch.steps) == ([20], 5)


def test_calls_of_one_moment_are_read_together_however_slow_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("unsaid.models.local.batching.LONGEST_LINGER", 60.0)
    batch = Counting()

    async def called(batcher: MicroBatcher[int, str], turns: int) -> str:
        for _ in range(turns):
            await asyncio.sleep(0)
            time.sleep(0.002)  # what is done before the request stops the loop
        return await batcher.submit(1)

    async def scenario() -> None:
        batcher: MicroBatcher[int, str] = MicroBatcher(batch)
        await asyncio.gather(*(called(batcher, turns) for turns in range(12)))

    asyncio.run(scenario())
    assert batch.admitted == [12]


def test_a_caller_that_gave_up_while_others_were_waited_for_is_never_admitted() -> None:
    batch = Counting()

    async def scenario() -> None:
        batcher: MicroBatcher[int, str] = MicroBatcher(batch)
        leaving = asyncio.create_task(batcher.submit(50))
        staying = asyncio.create_task(batcher.submit(1))
        await asyncio.sleep(0)
        leaving.cancel()
        assert await staying == "reply 0"
        assert leaving.cancelled()

    asyncio.run(scenario())
    assert batch.admitted == [1]


def test_more_requests_than_room_join_as_others_finish() -> None:
    batch = Counting(capacity=3)
    assert len(set(run(batch, 1, 9, 2, 4, 1, 3, 7))) == 7
    assert max(batch.admitted) <= 3
    assert len(batch.admitted) > 2


def test_a_batcher_serves_again_after_it_was_idle_and_on_another_event_loop() -> None:
    batch = Counting()
    batcher: MicroBatcher[int, str] = MicroBatcher(batch)
    assert asyncio.run(batcher.submit(2)) == "reply 0"
    assert asyncio.run(batcher.submit(2)) == "reply 1"


def test_a_broken_step_is_everybodys_error_and_the_next_requests_are_served() -> None:
    batch = Counting()

    async def scenario() -> None:
        batcher: MicroBatcher[int, str] = MicroBatcher(batch)
        replies = await asyncio.gather(batcher.submit(13), batcher.submit(5), return_exceptions=True)
        assert [str(reply) for reply in replies] == ["the step broke"] * 2
        assert (await batcher.submit(1)).startswith("reply")

    asyncio.run(scenario())


def test_a_request_that_cannot_be_read_raises_where_it_was_made() -> None:
    batch = Counting()

    async def scenario() -> None:
        batcher: MicroBatcher[int, str] = MicroBatcher(batch)
        with pytest.raises(ValueError, match="cannot read this"):
            await batcher.submit(0)
        assert await batcher.submit(3) == "reply 0"

    asyncio.run(scenario())


def test_a_caller_that_gave_up_while_waiting_is_never_admitted() -> None:
    class Gated(Counting):
        gate = Event()

        def step(self) -> list[tuple[int, str]]:
            assert self.gate.wait(timeout=900)
            return super().step()

    batch = Gated(capacity=1)

    async def scenario() -> None:
        batcher: MicroBatcher[int, str] = MicroBatcher(batch)
        first = asyncio.create_task(batcher.submit(1))
        while not batch.admitted:
            await asyncio.sleep(0.001)
        leaving = asyncio.create_task(batcher.submit(50))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        batch.gate.set()
        assert await first == "reply 0"
        assert await batcher.submit(2) == "reply 1"
        assert batch.admitted == [1, 1]

    asyncio.run(scenario())


def test_a_program_that_is_signalled_ends_its_batch_before_the_interpreter_ends() -> None:
    ended = run_program(_SIGNALLED)
    assert (ended.returncode, ended.stdout) == (130, "['MainThread']\n"), ended.stderr
    assert "terminate" not in ended.stderr
