"""Embeddings from disk and of words, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from unsaid.errors import DataError, UnknownName, UsageError
from unsaid.models.embedding import cosines, embedding


def test_the_scripted_one_tells_words_apart() -> None:
    words = embedding("unsaid-scripted/words")
    same, other, half = cosines(
        words, [("Add 7 to 12.", "add 7, to 12"), ("Add 7.", "We turn left."), ("one two", "two three")]
    )
    assert same == pytest.approx(1)
    assert other == 0
    assert half == pytest.approx(0.5)
    assert cosines(words, []) == []
    assert cosines(words, [("!?", "!?")]) == [0.0], "a text without words is like no text"


def test_an_encoder_from_disk_gives_the_mean_of_its_tokens(tmp_path: Path) -> None:
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "turn", "left", "right", "then"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    model = transformers.BertModel(config).eval()
    model.save_pretrained(tmp_path)
    tokenizer = transformers.BertTokenizer(str(tmp_path / "vocab.txt"))
    tokenizer.save_pretrained(tmp_path)
    found = embedding(str(tmp_path))(["turn left", "turn left then right", "right"])
    assert np.linalg.norm(found, axis=1) == pytest.approx(1)
    with torch.inference_mode():
        states = model(**tokenizer("turn left", return_tensors="pt")).last_hidden_state[0].mean(0).numpy()
    assert found[0] == pytest.approx(states / np.linalg.norm(states), abs=1e-5), "padding is no token"
    pooling = tmp_path / "1_Pooling"
    pooling.mkdir()
    (pooling / "config.json").write_text(json.dumps({"pooling_mode_mean_tokens": False}), encoding="utf-8")
    with pytest.raises(UsageError, match="not means over tokens"):
        embedding(str(tmp_path))
    (pooling / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="damaged"):
        embedding(str(tmp_path))


def test_what_is_no_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no config\.json"):
        embedding(str(tmp_path))
    with pytest.raises(UnknownName, match="words"):
        embedding("unsaid-scripted/word")
