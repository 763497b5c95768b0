"""Fine-tuning a checkpoint with TRL and PEFT, and an adapter as a model that is audited."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from random_organism import Shape, write_organism

from late import needs
from unsaid.errors import DataError, UsageError
from unsaid.questions.prompt import Turn
from unsaid.training.data.rows import Row
from unsaid.training.sft import memory
from unsaid.training.sft.curve import read_log
from unsaid.training.sft.memory import check_fits, need
from unsaid.training.sft.tuning import Tuning

pytestmark = [pytest.mark.extras, pytest.mark.filterwarnings("ignore"), needs("torch", "transformers")]
SMOLLM2 = (Path(__file__).parent / "smollm2_chat_template.jinja").read_text(encoding="utf-8")
SMOLLM2 = SMOLLM2.replace("<|im_start|>' + message['role'] + '\n", "<|' + message['role'] + '|>").replace(
    "im_end", "end"
)
ROWS = [
    Row((Turn("user", f"Which is it? {number}"),), f"It is {number}.\nThe best answer is: (A)")
    for number in range(8)
]
TUNING = Tuning(steps=8, batch=2, rate=3e-3, save_every=3, lora=4, seed=1)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_organism(tmp_path_factory.mktemp("base"), Shape(context=400))


def losses(out: Path) -> list[float]:
    return [point.loss for point in read_log(out / "log.jsonl")]


def tuned(base: Path, out: Path, tuning: Tuning = TUNING) -> Any:
    pytest.importorskip("trl")
    pytest.importorskip("peft")
    from unsaid.training.sft.checkpoint import Place, tune

    return tune(base, ROWS, tuning, Place(out, "cpu"), say=lambda line: None)


def test_the_loss_falls_and_the_adapter_is_a_model_that_answers_otherwise(base: Path, tmp_path: Path) -> None:
    done = tuned(base, tmp_path / "a", replace(TUNING, steps=12, rate=2e-2))
    curve = losses(done.folder)
    assert len(curve) == 12
    assert np.mean(curve[-3:]) < np.mean(curve[:3])
    from unsaid.models.local.loading import load

    adapted, _ = load(str(done.folder), "cpu", "float32")
    plain, _ = load(str(base), "cpu", "float32")
    assert type(adapted) is type(plain), "merged"
    names = dict(plain.named_parameters())
    assert any((value != names[name]).any() for name, value in adapted.named_parameters())


def test_a_killed_training_goes_on_as_if_it_had_not_been(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tuned(base, tmp_path / "whole")
    from unsaid.training.sft import checkpoint
    from unsaid.training.sft.curve import Curve

    class Dying(Curve):
        def add(self, *arguments: Any) -> None:
            super().add(*arguments)
            if self.points[-1].step == 5:
                raise SystemExit

    monkeypatch.setattr(checkpoint, "Curve", Dying)
    with pytest.raises(SystemExit):
        tuned(base, tmp_path / "killed")
    monkeypatch.undo()
    again = tuned(base, tmp_path / "killed")
    np.testing.assert_allclose(losses(again.folder), losses(whole.folder), rtol=1e-4)


def test_an_adapter_of_another_base_is_said(base: Path, tmp_path: Path) -> None:
    done = tuned(base, tmp_path / "a", replace(TUNING, steps=1))
    from unsaid.models.local.loading import load

    other = write_organism(tmp_path / "wide", Shape(width=48, hidden=64))
    path = done.folder / "adapter_config.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"base_model_name_or_path": str(other)}))
    with pytest.raises(DataError, match=r"another base model .*their digests differ"):
        load(str(done.folder), "cpu", "float32")
    (done.folder / "base.json").unlink()
    with pytest.raises(DataError, match="an adapter of another base model"):
        load(str(done.folder), "cpu", "float32")
    path.write_text(json.dumps(told | {"base_model_name_or_path": str(tmp_path / "gone")}))
    with pytest.raises(DataError, match="its base model is not there"):
        load(str(done.folder), "cpu", "float32")


def test_a_model_that_does_not_fit_is_refused_before_it_is_loaded(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available", lambda device: 1e5)
    with pytest.raises(UsageError, match=r"0\.0 GB are free\. .*--anyway"):
        check_fits(base, TUNING, 100, "cpu")
    monkeypatch.setattr(memory, "available", lambda device: None)
    assert "not known" in check_fits(base, TUNING, 100, "cpu")


def test_what_a_training_takes_grows_with_what_is_trained_kept_and_computed() -> None:
    config = {"num_hidden_layers": 30, "hidden_size": 576, "intermediate_size": 1536, "vocab_size": 49152}
    full = Tuning(batch=4)
    whole, adapter = (need(config, 134_515_008, each, 512) for each in (full, replace(full, lora=16)))
    assert whole.weights == adapter.weights == 4 * 134_515_008
    assert whole.trained == 12 * 134_515_008
    assert adapter.trained < whole.trained / 20
    assert need(config, 134_515_008, replace(full, checkpointing=True), 512).activations < whole.activations
    assert need(config, 134_515_008, replace(full, bf16=True), 512).total < whole.total
    assert need(config, 134_515_008, full, 1024).activations == pytest.approx(2 * whole.activations)
