"""What the end-to-end tests share: a scripted provider, and the command line in this process."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import warm
from dealing import longest_first, scheduling
from examples import NIGHTLY
from loopback import Faults, Judging, Loopback
from loopback.policies import Policy
from order import shuffle
from signals import hear_signals
from spending import Spending
from tiers import is_long
from unsaid.cli import main
from unsaid.stopping import uninstall
from whole import is_whole

#: For modules that ask real providers. Inspect keeps a provider's client, and so its sockets, from one event loop
#: to the next; and it calls tenacity in a way that tenacity has deprecated.
PROVIDERS = [
    pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@dataclass(frozen=True)
class Provider:
    """A running server and the name under which Inspect reaches it."""

    server: Loopback
    model: str


Serve = Callable[..., Provider]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--order", type=int, metavar="SEED", help="the tests in the random order of a seed")
    parser.addoption("--cpu", type=Path, metavar="FILE", help="write the CPU seconds of each test to a file")


def pytest_configure(config: pytest.Config) -> None:
    """Hear signals, share the process that forks among workers, and measure, where `--cpu` says so."""
    hear_signals()
    # A test's own eval starts no server either: by default each listens, and takes over the signals of its process.
    os.environ["INSPECT_EVAL_CTL_SERVER"] = "false"
    if getattr(config.option, "numprocesses", None):
        warm.share()
    if config.getoption("cpu") is not None:
        config.pluginmanager.register(Spending(config.getoption("cpu")))


#: What was collected, whatever of it is chosen: the names of tests, and whether each needs the extras.
COLLECTED = pytest.StashKey[dict[str, bool]]()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what `tiers` calls long, and what `whole` calls a whole run."""
    if is_long(item.nodeid):
        item.add_marker("long")
    if is_whole(item.nodeid):
        item.add_marker("whole")
    collected = item.config.stash.setdefault(COLLECTED, {})
    collected[item.nodeid] = item.get_closest_marker("extras") is not None


def pytest_report_header(config: pytest.Config) -> str:
    """Say which examples are drawn, and in which order tests run."""
    seed = config.getoption("order")
    order = "as collected" if seed is None else f"random (--order {seed})"
    return f"hypothesis: {'nightly' if NIGHTLY else 'ci'}; order: {order}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave simulations of coverage to `make coverage`; the longest first, or in the order of `--order`."""
    if "coverage" not in config.getoption("markexpr"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("coverage")])
        items[:] = [item for item in items if not item.get_closest_marker("coverage")]
    if config.getoption("order") is None:
        longest_first(items)
    else:
        shuffle(items, config.getoption("order"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal tests out as `dealing` says."""
    return scheduling(config, log)


def pytest_collection_finish() -> None:
    """Take what was imported out of every later garbage collection: nearly all of the heap, and it stays."""
    _keep()


def pytest_runtest_setup() -> None:
    """Do so again where a test has imported a large library (`late`)."""
    if len(sys.modules) > _kept[-1] + 300:
        _keep()


#: How many modules there were when what was imported was last taken out of garbage collection.
_kept = [0]


def _keep() -> None:
    collect()
    _kept.append(len(sys.modules))


def collect() -> None:
    """Collect what nobody holds, and leave what is held out of every later collection.

    Late in a session its heap is large: each collection of all of it takes a second, and many tests ask for one.
    """
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """What libraries still hold open at the end is no test's: nobody is left who could ignore it or be told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@pytest.fixture(autouse=True)
def left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a library leaves open is reported by the test that used it, which may ignore it, and by no later one."""
    patched = hasattr(asyncio, "_nest_patched")
    yield
    if any("Unraisable" in str(mark.args) for mark in request.node.iter_markers("filterwarnings")):
        collect()
    # nest_asyncio, which Inspect uses where it is called within a running loop: for the rest of the process every
    # `asyncio.run` is slower and leaves its loop open, of which later tests are told.
    assert patched or not hasattr(asyncio, "_nest_patched"), "this test needs a program of its own (warm.run)"


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is made once (`once.once`), shared by the processes of a session where files can be locked."""
    own = tmp_path_factory.getbasetemp()
    shared = "PYTEST_XDIST_WORKER" in os.environ and sys.platform != "win32"
    return (own.parent if shared else own) / "once"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts servers: `serve(policy)` is a model under audit, `serve(Judging())` a judge, a further one named."""
    with ExitStack() as running:

        def start(
            policy: Policy, *, latency: float = 0.0, faults: Faults | None = None, service: str = ""
        ) -> Provider:
            service = service or ("judge" if isinstance(policy, Judging) else "loopback")
            server = running.enter_context(Loopback(policy, latency=latency, faults=faults))
            monkeypatch.setenv(f"{service.upper()}_BASE_URL", server.url)
            monkeypatch.setenv(f"{service.upper()}_API_KEY", "no secret")
            return Provider(server, f"openai-api/{service}/{server.name}")

        yield start
    collect()  # what Inspect left open is reported here, and not in some other test


@pytest.fixture
def tables_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's Parquet is read in this process alone, and not first in one that may die of it.

    That one takes half a second, and is tested in `store`; this is for tests of what stands in many tables.
    """
    monkeypatch.setattr("unsaid.store.tables._try_in_a_child", lambda data, kind: None)


@pytest.fixture
def warm_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audits of `unsaid.audit` start at once in their processes; not for tests that kill one."""
    if folder := warm.shims():
        monkeypatch.setattr(sys, "executable", str(Path(folder) / "python"))


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Unsaid = Callable[..., Ended]


@pytest.fixture
def unsaid(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Unsaid:
    """Runs a command: `unsaid("audit", "--limit", 3)`."""

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["unsaid", *map(str, words)])
        capsys.readouterr()
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        finally:
            uninstall()  # a process of the command line listens until it ends
        printed = capsys.readouterr()
        return Ended(status, printed.out, printed.err)

    return run
