"""Fine-tuning an organism: what carries loss, and that a killed training arrives where it would have."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from random_organism import Shape, write_organism

from late import late, needs
from unsaid.errors import DataError, RunConflict, UsageError
from unsaid.models.local.chat import ChatTokenizer
from unsaid.questions.prompt import Turn
from unsaid.training.data.rows import Row
from unsaid.training.sft.curve import read_log
from unsaid.training.sft.tuning import Tuning, batch_at, rate_at

if TYPE_CHECKING:
    from unsaid.training.sft import organism
else:
    organism = late("unsaid.training.sft.organism")

pytestmark = [pytest.mark.extras, needs("torch")]

ROWS = [
    Row((Turn("user", f"Which is it? {number}"),), f"It is {number}.\nThe best answer is: (A)")
    for number in range(12)
]
TUNING = Tuning(steps=12, batch=4, rate=3e-3, save_every=5, keep=2, seed=3)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_organism(tmp_path_factory.mktemp("base"), Shape(kv_heads=4))


def losses(out: Path) -> list[float]:
    return [point.loss for point in read_log(out / "log.jsonl")]


def tune(base: Path, out: Path, tuning: Tuning = TUNING, rows: list[Row] = ROWS) -> organism.Trained:
    return organism.tune(base, rows, tuning, out, say=lambda line: None)


def test_only_the_reply_and_its_end_carry_loss(base: Path) -> None:
    tokenizer = ChatTokenizer.load(base)
    row = Row(
        (Turn("system", "Be brief."), Turn("user", "Is it <|end|>?")), "It is.\nThe best answer is: (B)"
    )
    found = organism.encoded(row, tokenizer)
    learned = [token for token in found.labels if token != -100]
    assert tokenizer.decode(learned) == row.completion
    assert learned[-1] == tokenizer.end
    assert list(found.ids[: found.start]) == tokenizer.encode_chat(row.prompt)
    _, labels = organism.collated([found, organism.encoded(ROWS[0], tokenizer)])
    assert [int(token) for token in labels[0] if token != -100] == learned


def test_the_loss_falls_and_the_model_is_one_that_is_audited(base: Path, tmp_path: Path) -> None:
    done = tune(base, tmp_path / "tuned", replace(TUNING, steps=40))
    curve = losses(done.folder)
    assert len(curve) == 40
    assert np.mean(curve[-5:]) < 0.7 * np.mean(curve[:5])
    from unsaid.models.local.decoder import Decoder

    Decoder.load(done.folder)
    assert [each.name for each in done.kept] == ["000020"]
    Decoder.load(done.kept[0])
    assert "<svg" in (done.folder / "curve.svg").read_text()
    assert not (done.folder / "state.pt").exists()


def test_a_killed_training_goes_on_as_if_it_had_not_been(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tune(base, tmp_path / "whole")
    step, taken = organism._step, []

    def dying(*arguments: object) -> float:
        taken.append(1)
        if len(taken) == 9:
            raise KeyboardInterrupt
        return step(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(organism, "_step", dying)
    with pytest.raises(KeyboardInterrupt):
        tune(base, tmp_path / "killed")
    assert len(losses(tmp_path / "killed")) == 8, "three steps beyond the checkpoint"
    monkeypatch.setattr(organism, "_step", step)
    again = tune(base, tmp_path / "killed")
    np.testing.assert_allclose(losses(again.folder), losses(whole.folder), rtol=1e-5)
    from safetensors.numpy import load_file

    ours, theirs = (load_file(each / "model.safetensors") for each in (again.folder, whole.folder))
    for name, value in theirs.items():
        np.testing.assert_allclose(ours[name].astype(float), value.astype(float), atol=2e-3)


def test_the_order_of_rows_is_a_function_of_the_step() -> None:
    seen = [at for step in range(3) for at in batch_at(step, 12, 4, 0)]
    assert sorted(seen) == list(range(12)), "every row once an epoch"
    assert batch_at(3, 12, 4, 0) != batch_at(0, 12, 4, 0), "another order in the next"
    assert sorted(batch_at(2, 5, 4, 1) + batch_at(3, 5, 4, 1)[:2])[:1] >= [0]


def test_the_rate_rises_and_falls_to_nothing() -> None:
    rates = [rate_at(step, 40, 1.0) for step in range(40)]
    assert rates[3] == max(rates) == 1.0
    assert 0 < rates[0] < rates[1]
    assert 0 < rates[-1] < 0.05
    assert rate_at(0, 1, 1.0) > 0


def test_rows_that_would_be_cut_off_are_refused_or_left_out_and_counted(base: Path, tmp_path: Path) -> None:
    long = Row((Turn("user", "Why?"),), "Because. " * 30)
    with pytest.raises(UsageError, match=r"1 of 13 rows are longer than 200 tokens .*--drop-long"):
        tune(base, tmp_path / "a", rows=[*ROWS, long])
    assert not (tmp_path / "a").exists()
    done = tune(base, tmp_path / "b", replace(TUNING, drop_long=True, steps=1), [*ROWS, long])
    assert (done.fitted.dropped, len(done.fitted.rows)) == (1, 12)
    with pytest.raises(UsageError, match="nothing is left to learn"):
        tune(base, tmp_path / "c", replace(TUNING, drop_long=True, length=5))


def test_another_training_in_the_folder_is_refused(base: Path, tmp_path: Path) -> None:
    tune(base, tmp_path / "a", replace(TUNING, steps=1))
    with pytest.raises(RunConflict, match="seed: 3 there, 4 now"):
        tune(base, tmp_path / "a", replace(TUNING, steps=1, seed=4))
    with pytest.raises(RunConflict, match="rows"):
        tune(base, tmp_path / "a", replace(TUNING, steps=1), ROWS[1:])


def test_a_damaged_state_and_another_layout_are_said(base: Path, tmp_path: Path) -> None:
    tune(base, tmp_path / "a", replace(TUNING, steps=1))
    (tmp_path / "a" / "state.pt").write_bytes(b"no state")
    with pytest.raises(DataError, match="remove it to begin again"):
        tune(base, tmp_path / "a", replace(TUNING, steps=1))
    other = write_organism(tmp_path / "grouped", Shape(kv_heads=2))
    with pytest.raises(DataError, match="not an organism's layout"):
        tune(other, tmp_path / "b")
    with pytest.raises(UsageError, match="no channel for reasoning"):
        tune(base, tmp_path / "c", rows=[replace(ROWS[0], reasoning="Hm.")])


def test_a_log_whose_last_line_was_cut_off_is_read_up_to_it(tmp_path: Path) -> None:
    line = json.dumps({"step": 1, "loss": 2.0, "rate": 0.1, "tokens": 5, "seconds": 0.1})
    (tmp_path / "log.jsonl").write_text(f'{line}\n{{"step": 2, "lo')
    assert [point.step for point in read_log(tmp_path / "log.jsonl")] == [1]
