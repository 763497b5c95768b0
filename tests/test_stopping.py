"""Signals: the first is noted and calls off what runs, in order or at once; handlers are given back."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from unsaid import stopping
from unsaid.errors import Interrupted, UnsaidError


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    before = [signal.getsignal(number) for number in stopping.SIGNALS]
    with stopping.listening():
        yield
    assert [signal.getsignal(number) for number in stopping.SIGNALS] == before
    assert stopping.heard() is None


def test_an_interrupt_is_no_error_that_a_loop_over_models_would_go_past() -> None:
    assert not issubclass(Interrupted, Exception)
    assert not issubclass(Interrupted, UnsaidError)
    assert issubclass(Interrupted, KeyboardInterrupt)


@pytest.mark.parametrize("number", stopping.SIGNALS)
def test_the_first_signal_is_noted_and_raises_nothing_in_the_middle(number: signal.Signals) -> None:
    with stopping.orderly():
        signal.raise_signal(number)
        assert stopping.heard() == number.name
        with pytest.raises(Interrupted):
            stopping.check()
    with pytest.raises(Interrupted), stopping.at_once():
        pytest.fail("what was heard before a command begins ends it there")


def test_a_command_that_asks_nothing_is_ended_where_it_is() -> None:
    with pytest.raises(Interrupted), stopping.at_once():
        signal.raise_signal(signal.SIGINT)


def test_a_coroutine_is_cancelled_and_may_clean_up() -> None:
    cleaned = []

    async def asks() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    with stopping.orderly(), pytest.raises(Interrupted):
        stopping.run(asks())
    assert cleaned == [True]


def test_a_loop_that_sleeps_hears_a_signal_that_did_not_wake_it() -> None:
    # To another thread, because the moment before the main thread sleeps cannot be met on purpose.
    late: list[bool] = []

    async def asks() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(600, late.append, True)
        threading.Timer(0.1, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)).start()
        await asyncio.Event().wait()

    with stopping.orderly(), pytest.raises(Interrupted):
        stopping.run(asks())
    assert late == []


def test_no_coroutine_begins_after_a_signal() -> None:
    async def asks() -> None:
        pytest.fail("it was asked")

    with stopping.orderly():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Interrupted):
            stopping.run(asks())


_CALLED_OFF = """
import asyncio
from unsaid import stopping

async def calls_off():
    stopping.call_off()
    await asyncio.Event().wait()

async def answers():
    return 3

try:
    stopping.run(calls_off())
except asyncio.CancelledError:
    print("cancelled", stopping.called_off(), stopping.run(answers()))
"""


def test_what_is_called_off_without_a_signal_may_begin_again() -> None:
    # In a process of its own: where a loop was entered again, as in a notebook, loops are patched for good.
    ended = subprocess.run([sys.executable, "-c", _CALLED_OFF], capture_output=True, text=True, check=False)
    assert ended.stdout == "cancelled False 3\n", ended.stderr


def test_an_ignored_signal_stays_ignored() -> None:
    stopping.uninstall()
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stopping.listening():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
            signal.raise_signal(signal.SIGTERM)
            assert stopping.heard() is None
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_signal_in_the_middle_of_an_import_is_raised_after_it() -> None:
    done: list[bool] = []

    def imports() -> None:
        with stopping.at_once(), stopping.importing():
            signal.raise_signal(signal.SIGTERM)
            done.append(True)

    with pytest.raises(Interrupted):
        imports()
    assert done == [True]


def test_a_run_that_imports_goes_on_to_its_own_orderly_point() -> None:
    with stopping.orderly():
        with stopping.importing():
            signal.raise_signal(signal.SIGTERM)
        assert stopping.heard() == "SIGTERM"
