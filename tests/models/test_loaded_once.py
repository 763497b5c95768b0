"""A checkpoint is read from disk once, for the probe and for the run."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig
from inspect_noise import INSPECT_NOISE
from random_organism import write_organism

from unsaid.asking.settings import Settings
from unsaid.errors import DataError
from unsaid.models.inspect.adapter import resolve
from unsaid.models.local.decoder import Decoder
from unsaid.models.once import Once, state_of
from unsaid.planning.request import Audit
from unsaid.runs.audit import run_audit
from unsaid.store.run_folder import RunFolder

pytestmark = INSPECT_NOISE


class Held:
    """Something that can be held weakly."""


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that a decoder was read from, in order."""
    seen: list[Path] = []
    real = Decoder.load

    def load(folder: Any) -> Decoder:
        seen.append(Path(folder))
        return real(folder)

    monkeypatch.setattr(Decoder, "load", load)
    return seen


def test_an_audit_of_an_organism_reads_it_once(tmp_path: Path, loads: list[Path]) -> None:
    folder = write_organism(tmp_path / "organism")
    wanted = Audit(f"unsaid/{folder}", Settings(limit=2, cues="metadata"))
    run_audit(wanted, RunFolder(tmp_path / "run"), command="")
    assert loads == [folder]


def test_a_checkpoint_that_was_written_anew_is_read_anew(tmp_path: Path, loads: list[Path]) -> None:
    folder = write_organism(tmp_path / "organism")
    first = resolve(f"unsaid/{folder}", GenerateConfig(seed=1))
    os.utime(folder / "model.safetensors", ns=(1, 1))
    second = resolve(f"unsaid/{folder}", GenerateConfig(seed=2))
    assert len(loads) == 2
    assert first is not second


def test_nothing_is_kept_alive_and_a_failure_is_not_kept() -> None:
    once: Once[Held] = Once()
    made: list[int] = []

    def load() -> Held:
        made.append(1)
        return Held()

    def fail() -> Held:
        raise DataError("damaged")

    with pytest.raises(DataError):
        once.get("x", fail)
    held = once.get("x", load)
    assert once.get("x", load) is held
    del held
    gc.collect()
    once.get("x", load)
    assert len(made) == 2


def test_what_is_no_folder_is_its_name() -> None:
    assert state_of("some/name-on-a-hub") == ("some/name-on-a-hub",)
