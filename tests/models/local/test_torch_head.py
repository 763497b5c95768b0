"""A large output layer is computed by oneDNN, with the same numbers and the same weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from random_organism import write_organism

from late import late, needs

pytestmark = [pytest.mark.extras, needs("torch", "transformers")]
torch = late("torch")


class Model:
    """Something with an output layer."""

    def __init__(self, head: Any) -> None:
        self.head = head

    def get_output_embeddings(self) -> Any:
        return self.head


def swapped(head: Any) -> bool:
    """Whether the layer is computed by oneDNN once a model has it."""
    from unsaid.models.local.torch_head import Head, quicker_head

    quicker_head(Model(head))
    return type(head) is Head


@pytest.fixture
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer of any size counts as large."""
    from unsaid.models.local import torch_head

    if not torch_head.available():
        pytest.skip("this PyTorch has no oneDNN for this processor")
    monkeypatch.setattr(torch_head, "LEAST", 0)


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize("bias", [False, True])
def test_the_numbers_and_the_weights_are_those_of_the_layer(bias: bool) -> None:
    from unsaid.models.local.torch_head import plain_head

    torch.manual_seed(0)
    head = torch.nn.Linear(24, 333, bias=bias)
    weights, rows = head.weight, torch.randn(3, 5, 24)
    expected = head(rows).detach()
    assert swapped(head)
    assert head.weight is weights
    with torch.inference_mode():
        for given, wanted in ((rows, expected), (rows[:, :0], expected[:, :0]), (rows[1, 2], expected[1, 2])):
            torch.testing.assert_close(head(given), wanted, rtol=0, atol=1e-5)
    head(rows).sum().backward()  # gradients go PyTorch's own way
    assert weights.grad is not None
    plain_head(Model(head))
    assert type(head) is torch.nn.Linear


@pytest.mark.usefixtures("any_size")
def test_whoever_is_no_plain_layer_of_this_precision_is_left_alone() -> None:
    assert not swapped(torch.nn.modules.linear.NonDynamicallyQuantizableLinear(4, 9))  # a subclass
    assert not swapped(None)
    hooked = torch.nn.Linear(4, 9)
    hooked.register_forward_hook(lambda *_: None)
    assert not swapped(hooked)
    assert not swapped(torch.nn.Linear(4, 9, dtype=torch.bfloat16))


def test_a_small_layer_stays_as_it_is() -> None:
    assert not swapped(torch.nn.Linear(4, 9))


@pytest.mark.usefixtures("any_size")
def test_a_checkpoint_says_the_same_and_keeps_its_embeddings(tmp_path: Path) -> None:
    from unsaid.models.local.loading import load
    from unsaid.models.local.torch_engine import engine_of
    from unsaid.models.local.torch_head import Head

    model = load(str(write_organism(tmp_path)), "cpu", "float32")[0]
    tied = model.get_input_embeddings().weight is model.get_output_embeddings().weight
    prompts = [(3, 9, 7, 20, 5), (11, 4)]
    with torch.inference_mode():
        expected = torch.stack([model(torch.tensor([prompt])).logits[0, -1] for prompt in prompts])
    engine, why = engine_of(model)
    assert engine is not None, why
    assert type(model.get_output_embeddings()) is Head
    found, _ = engine.read(prompts, [False, False])
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)
    assert (model.get_input_embeddings().weight is model.get_output_embeddings().weight) == tied
