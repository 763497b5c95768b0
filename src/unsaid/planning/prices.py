"""USD per million tokens. A price that nobody could evidence is unknown, and unknown is said, not guessed."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from unsaid.errors import DataError
from unsaid.models.names import OURS
from unsaid.store.reading import MB, read_text

__all__ = ["OWN", "Price", "load_prices", "price_of"]

#: Providers that run on the user's own machine: a token has no price there.
OWN = frozenset({*OURS, "hf", "llama-cpp-python", "ollama"})

#: A dated snapshot ("-20251001", "-2025-08-07") is sold at its model's price.
_SNAPSHOT = re.compile(r"-(?:20\d{6}|20\d{2}-\d{2}-\d{2})$")


@dataclass(frozen=True)
class Price:
    """What a model's tokens cost at its provider's own API.

    Attributes:
        model: as in `--model`.
        input: USD per million tokens that are sent.
        output: USD per million tokens that come back, reasoning included.
        date: on what day the source says that it held.
        source: where it was read.
        prompt_limit: it holds for prompts up to so many tokens; None where there is no such limit.
    """

    model: str
    input: float
    output: float
    date: date
    source: str
    prompt_limit: int | None = None

    def cost(self, input_tokens: float, output_tokens: float) -> float:
        """Return USD for so many tokens."""
        return (self.input * input_tokens + self.output * output_tokens) / 1e6


def load_prices(path: Path | None = None) -> dict[str, Price]:
    """Return the prices that ship with the package; those of a file of the same form take their place.

    Raises:
        DataError: the file is missing or malformed; the message names the entry.
    """
    found = _read(str(files("unsaid") / "planning" / "prices.toml"))
    return found | _read(str(path)) if path is not None else found


def price_of(prices: Mapping[str, Price], model: str) -> Price | None:
    """Return the price of a model; None where it is not known.

    A model on the user's own machine costs nothing a token. A reseller's price ("openrouter/...") is its own:
    it is not looked up under the maker's name.
    """
    if model.partition("/")[0] in OWN:
        return Price(model, 0.0, 0.0, date.today(), "runs on your own machine")
    return prices.get(model) or prices.get(_SNAPSHOT.sub("", model))


def _read(path: str) -> dict[str, Price]:
    try:
        data = tomllib.loads(read_text(Path(path), 16 * MB))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: not a price file ({error})") from error
    entries = data.get("price")
    if not isinstance(entries, list) or not entries:
        raise DataError(f"{path}: holds no [[price]]; planning/prices.toml in the package shows the form")
    found = [_price(entry, f"{path}: price {number}") for number, entry in enumerate(entries, 1)]
    names = [price.model for price in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise DataError(f"{path}: {', '.join(sorted(twice))} has more than one price")
    return dict(zip(names, found, strict=True))


def _price(entry: Any, where: str) -> Price:
    known = {"model", "input", "output", "date", "source", "prompt_limit"}
    if not isinstance(entry, dict):
        raise DataError(f"{where} is not a table")
    wrong = (known - {"prompt_limit"} - entry.keys()) | (entry.keys() - known)
    if wrong:
        raise DataError(f"{where}: {', '.join(sorted(wrong))} missing or not known")
    model, source, day, limit = (entry.get(name) for name in ("model", "source", "date", "prompt_limit"))
    if not isinstance(model, str) or "/" not in model:
        raise DataError(f"{where}: model is provider/model, as in --model")
    if not isinstance(source, str) or not source.strip() or type(day) is not date:
        raise DataError(f"{where} ({model}): needs a source and a date (2026-10-16)")
    if limit is not None and (type(limit) is not int or limit < 1):
        raise DataError(f"{where} ({model}): prompt_limit is a number of tokens")
    paid, received = (_rate(entry[name], f"{where} ({model}): {name}") for name in ("input", "output"))
    return Price(model, paid, received, day, source, limit)


def _rate(value: Any, where: str) -> float:
    if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
        raise DataError(f"{where} is USD per million tokens, 0 or more")
    return float(value)
