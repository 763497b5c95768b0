"""Texts as vectors, so that two sentences can be told apart by what they mean: `--embedding`.

--embedding FOLDER                  a sentence-transformers or Transformers encoder on disk (extra `local`)
--embedding unsaid-scripted/words   for tests and dry runs: which words stand in a text, and nothing of their meaning

A vector is the mean over a text's tokens, as in most sentence-transformers models; a folder that says otherwise is
refused. Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unsaid.errors import DataError, MissingExtra, UnknownName, UsageError
from unsaid.statistics.intervals import FloatArray

__all__ = ["Embedding", "check_embedding", "cosines", "embedding"]

#: Texts -> a row of length 1 for each.
Embedding = Callable[[Sequence[str]], FloatArray]

_SCRIPTED = "unsaid-scripted/"
_WIDTH = 1024
_BATCH = 64
_WORD = re.compile(r"\w+")
_POOLING = Path("1_Pooling") / "config.json"


def embedding(name: str) -> Embedding:
    """Return the embedding of that name.

    Raises:
        UnknownName: there is no scripted one of that name.
        UsageError: there is no such folder, or its vectors are not means over tokens.
        MissingExtra: PyTorch or Transformers is not installed.
        DataError: Transformers cannot load the folder.
    """
    check_embedding(name)
    if name.startswith(_SCRIPTED):
        return _KNOWN[name.removeprefix(_SCRIPTED)]
    return _encoder(_folder(name))


def check_embedding(name: str) -> None:
    """Refuse what is no embedding, without loading anything.

    Raises:
        UnknownName: there is no scripted one of that name.
        UsageError: there is no such folder, or its vectors are not means over tokens.
        DataError: its file that says so is damaged.
    """
    if name.startswith(_SCRIPTED):
        if (short := name.removeprefix(_SCRIPTED)) not in _KNOWN:
            raise UnknownName("scripted embedding", short, _KNOWN)
        return
    folder = _folder(name)
    if not (folder / "config.json").is_file():
        raise UsageError(
            f"--embedding {name}: there is no encoder in this folder (it has no config.json). Say the folder of a "
            "sentence-transformers or Transformers model, or unsaid-scripted/words"
        )
    _check_pooling(folder)


def cosines(embed: Embedding, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Return the cosine of the texts of each pair; equal texts are embedded once."""
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    if not texts:
        return []
    row = {text: number for number, text in enumerate(texts)}
    vectors = embed(texts)
    return [float(np.clip(vectors[row[one]] @ vectors[row[other]], -1.0, 1.0)) for one, other in pairs]


def _words(texts: Sequence[str]) -> FloatArray:
    """Return which words stand in each text, each at a place of its own that its letters decide."""
    found = np.zeros((len(texts), _WIDTH))
    for vector, text in zip(found, texts, strict=True):
        for word in _WORD.findall(text.casefold()):
            digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
            vector[int.from_bytes(digest, "big") % _WIDTH] += 1.0
    return _unit(found)


_KNOWN: dict[str, Embedding] = {"words": _words}


def _folder(name: str) -> Path:
    return Path(name.removeprefix("unsaid-hf/"))


def _unit(vectors: FloatArray) -> FloatArray:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(norms > 0, norms, 1.0)


def _check_pooling(folder: Path) -> None:
    path = folder / _POOLING
    if not path.is_file():
        return
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: damaged ({error})") from error
    if not isinstance(said, dict) or not said.get("pooling_mode_mean_tokens", True):
        raise UsageError(f"--embedding {folder}: its vectors are not means over tokens ({_POOLING} says so)")


def _encoder(folder: Path) -> Embedding:
    try:
        import torch
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise MissingExtra("an embedding from disk", "local") from error
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model: Any = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(f"{folder}: Transformers cannot load this encoder: {error}") from error
    longest = min(int(getattr(model.config, "max_position_embeddings", 512)), 512)

    def embed(texts: Sequence[str]) -> FloatArray:
        found = []
        for start in range(0, len(texts), _BATCH):
            inputs = tokenizer(
                list(texts[start : start + _BATCH]),
                padding=True,
                truncation=True,
                max_length=longest,
                return_tensors="pt",
            )
            with torch.inference_mode():
                states = model(**inputs).last_hidden_state
            mask = inputs["attention_mask"].unsqueeze(-1).to(states.dtype)
            means = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
            found.append(means.double().cpu().numpy())
        return _unit(np.concatenate(found))

    return embed
