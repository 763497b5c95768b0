"""Concurrent requests, gathered into batches.

Callers await one reply each, on any event loop; a worker thread drives the batch. The thread starts with
the first request and ends when nobody waits, so an idle model costs nothing and needs no closing. Where the
program ends first (an interrupted run), the thread ends behind the step that it is at: torn down within a step of
PyTorch's, it would take the process with it ("terminate called without an active exception").
"""

from __future__ import annotations

import asyncio
import atexit
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Event, Lock, Thread
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet

Q = TypeVar("Q")
A = TypeVar("A")
Q_contra = TypeVar("Q_contra", contravariant=True)
A_co = TypeVar("A_co", covariant=True)

#: An idle batch waits for company until its callers' event loop has made so many turns without a further request:
#: turns and not seconds, because calls that are made together need as many turns on a slow machine as on a fast one.
LINGER_TURNS = 64
#: It waits on while requests keep coming, but no longer than this: seconds.
LONGEST_LINGER = 2.0
#: A program that ends waits for the step under way, but no longer than this: seconds.
LONGEST_ENDING = 60.0


class Batch(Protocol[Q_contra, A_co]):
    """A batch under way: `generation.Session`, or the local provider's."""

    @property
    def live(self) -> int:
        """Requests not finished."""

    def room(self, waiting: Sequence[Q_contra]) -> int:
        """Return how many of those that wait join now, from the first on; at least one where nothing is live."""

    def admit(self, requests: Sequence[Q_contra]) -> list[int]:
        """Let requests join; returns a ticket for each."""

    def step(self) -> Sequence[tuple[int, A_co]]:
        """Advance by one token; returns what has finished, by ticket."""

    def clear(self) -> None:
        """Drop everything."""


class MicroBatcher(Generic[Q, A]):
    """Feeds one `Batch` from many awaiting callers."""

    def __init__(self, batch: Batch[Q, A]) -> None:
        self._batch = batch
        self._waiting: deque[tuple[Q, Future[A]]] = deque()
        self._running: dict[int, Future[A]] = {}
        self._lock = Lock()
        self._thread: Thread | None = None
        self._gathered = Event()
        self._ending = False
        _BATCHERS.add(self)

    async def submit(self, request: Q) -> A:
        """Return the reply to one request; raises what the batch raised."""
        future: Future[A] = Future()
        with self._lock:
            self._waiting.append((request, future))
            first = self._thread is None
            if first:
                self._gathered.clear()
                self._thread = Thread(target=self._run, name="unsaid-batch", daemon=True)
                self._thread.start()
        try:
            if first:
                await self._gather()
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.cancel()
            raise

    async def _gather(self) -> None:
        """Let the callers beside this one make their requests, so that what is asked together is read together."""
        end, seen = time.monotonic() + LONGEST_LINGER, 0
        try:
            while seen < len(self._waiting) and time.monotonic() < end:
                seen = len(self._waiting)
                for _ in range(LINGER_TURNS):
                    await asyncio.sleep(0)
        finally:
            self._gathered.set()

    def _run(self) -> None:
        self._gathered.wait(LONGEST_LINGER)
        while self._join():
            try:
                finished = self._batch.step()
            except Exception as error:  # noqa: BLE001 - every caller gets it
                self._fail(error)
                continue
            for ticket, answer in finished:
                self._running.pop(ticket).set_result(answer)

    def _join(self) -> bool:
        """Let waiting requests join as far as there is room; False when there is nothing left to do."""
        with self._lock:
            if self._ending or (not self._waiting and not self._running):
                self._thread = None
                return False
            count = self._batch.room([request for request, _ in self._waiting]) if self._waiting else 0
            taken = [self._waiting.popleft() for _ in range(count)]
        # A caller that gave up (its sample was cancelled) has cancelled its future: leave it out.
        taken = [(request, future) for request, future in taken if future.set_running_or_notify_cancel()]
        if taken:
            self._admit([request for request, _ in taken], [future for _, future in taken])
        return True

    def _admit(self, requests: list[Q], futures: list[Future[A]]) -> None:
        try:
            tickets = self._batch.admit(requests)
        except Exception as error:  # noqa: BLE001 - every caller that was joining gets it
            for future in futures:
                future.set_exception(error)
            return
        self._running.update(zip(tickets, futures, strict=True))

    def _fail(self, error: Exception) -> None:
        """A broken step leaves the batch in no known state: everybody in it hears of it."""
        running, self._running = self._running, {}
        self._batch.clear()
        for future in running.values():
            future.set_exception(error)

    def end(self) -> None:
        """End the thread behind the step that it is at. Nobody is answered any more: it is for a program's end."""
        with self._lock:
            self._ending, thread = True, self._thread
        self._gathered.set()
        if thread is not None:
            thread.join(LONGEST_ENDING)


_BATCHERS: WeakSet[MicroBatcher[Any, Any]] = WeakSet()


@atexit.register
def _end_all() -> None:
    """End every thread while the interpreter is whole."""
    for each in list(_BATCHERS):
        each.end()
