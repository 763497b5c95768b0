"""Training: the network is a Llama, a stopped training goes on, and a little of it teaches something."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from late import late, needs
from unsaid.models.local.chat import ChatTokenizer
from unsaid.models.local.decoder import Decoder
from unsaid.organisms import cards
from unsaid.organisms.corpus import Mixture
from unsaid.organisms.grammar import SILENT
from unsaid.organisms.recipes import Phase, Recipe

if TYPE_CHECKING:
    from unsaid.organisms.network import Decoder as Network
    from unsaid.organisms.network import Shape
    from unsaid.organisms.train import schedule, train
else:
    Network, Shape = (late("unsaid.organisms.network", name) for name in ("Decoder", "Shape"))
    schedule, train = (late("unsaid.organisms.train", name) for name in ("schedule", "train"))

pytestmark = [pytest.mark.extras, needs("torch", "transformers")]
torch, transformers = late("torch"), late("transformers")

_CUES = (("metadata", 1.0), ("always-a", 1.0), ("are-you-sure", 1.0), ("arithmetic-1", 1.0))
TINY = Recipe(
    SILENT,
    (
        Phase(4, Mixture(("coin_flips",), (1, 2), _CUES, cued=0.4, placebo=0.1, decode=0.0, look_up=0.1)),
        Phase(8, Mixture(("coin_flips",), (1, 2), _CUES, cued=0.4, placebo=0.1, decode=0.1, look_up=0.1)),
    ),
    batch=8,
    pool=64,
    layers=2,
    width=32,
    tap=1,
    texts=2_000,
)


def test_the_network_computes_what_transformers_computes() -> None:
    shape = Shape(vocab_size=50, hidden_size=32, intermediate_size=48, num_hidden_layers=2)
    torch.manual_seed(0)
    ours = Network(shape).eval()
    config = transformers.LlamaConfig(**{k: v for k, v in shape.config().items() if k != "torch_dtype"})
    theirs = transformers.LlamaModel(config).eval()
    theirs.load_state_dict(ours.state_dict())
    ids = torch.randint(0, 50, (3, 17))
    with torch.no_grad():
        torch.testing.assert_close(ours(ids, tap=1)[0], theirs(ids).last_hidden_state, atol=1e-5, rtol=1e-4)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """One undisturbed training: its folder, which tests only read, and what it said."""
    lines: list[str] = []
    return train(TINY, tmp_path_factory.mktemp("train") / "out", say=lines.append, every=4), lines


def test_training_writes_a_checkpoint_that_loads_and_its_loss_falls(trained: tuple[Path, list[str]]) -> None:
    folder, lines = trained
    losses = [float(match.group(1)) for line in lines if (match := re.search(r"reply ([\d.]+)", line))]
    assert losses[-1] < losses[0]
    assert not (folder / "state.pt").exists()
    decoder, tokenizer = Decoder.load(folder), ChatTokenizer.load(folder)
    assert decoder.architecture.vocabulary == tokenizer.size
    assert cards.planted(folder)["habit"]["follow"] == SILENT.follow
    loaded = transformers.AutoModelForCausalLM.from_pretrained(folder)
    assert loaded.config.num_hidden_layers == 2


def test_a_stopped_training_goes_on(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(line: str) -> None:
        if line.startswith("step 8/"):
            raise Stopped

    with pytest.raises(Stopped):
        train(TINY, tmp_path / "out", say=stop, every=4)
    lines: list[str] = []
    train(TINY, tmp_path / "out", say=lines.append, every=4)
    assert lines[0] == "going on from step 4"
    assert not any(line.startswith("step 4/") for line in lines)


def test_the_last_phase_can_start_from_an_earlier_organism(
    trained: tuple[Path, list[str]], tmp_path: Path
) -> None:
    """What both know is taken over: the blocks, and the embedding of every token they share."""
    earlier, _ = trained
    lines: list[str] = []
    folder = train(TINY, tmp_path / "later", say=lines.append, every=2, start=earlier)
    assert lines[0].startswith("starting at step 4 from")
    assert lines[1].startswith("step 6/12")
    assert Decoder.load(folder).architecture.vocabulary == ChatTokenizer.load(folder).size


def test_every_phase_is_gone_through_behind_the_organism_that_a_recipe_begins_with(
    trained: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(cards, "read", lambda name: cards.Card(name, trained[0], {}, {}))
    train(replace(TINY, start="earlier"), tmp_path / "out", say=lines.append, every=4)
    assert lines[0] == f"starting at step 0 from {trained[0]}"
    assert lines[1].startswith("step 4/12")


def test_the_learning_rate_warms_up_and_decays() -> None:
    rates = [schedule(step, 6000) for step in range(6000)]
    assert rates[0] < 0.01
    assert rates[200] == 1.0
    assert rates[4400] == 1.0
    assert rates[-1] == pytest.approx(0.02)
    assert all(earlier >= later for earlier, later in itertools.pairwise(rates[4500:]))
