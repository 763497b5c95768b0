"""What went wrong in a provider, in few words: providers raise what their client libraries raise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspect_ai.model import ModelAPI

from unsaid.store.secrets import scrub

_AUTH_STATUS = frozenset({401, 403})
_CONNECTION = frozenset({"APIConnectionError", "ConnectError", "ConnectTimeout", "EndpointConnectionError"})
_MARKUP = re.compile(r"\[/?[a-z ]+\]")
_WRAPPERS = frozenset({"ModelGenerateError", "RetryError"})
_LONGEST = 2000


def is_auth_failure(error: BaseException, api: ModelAPI) -> bool:
    """Return whether the provider refused the key (so that every further call will fail alike)."""
    return any(
        _status(each) in _AUTH_STATUS or (isinstance(each, Exception) and api.is_auth_failure(each))
        for each in _chain(error)
    )


def is_fatal(error: BaseException, api: ModelAPI) -> bool:
    """Return whether the model cannot be used at all: the key was refused, or nobody can be reached."""
    unreachable = any(
        isinstance(each, ConnectionError) or type(each).__name__ in _CONNECTION for each in _chain(error)
    )
    return unreachable or is_auth_failure(error, api)


def describe(error: BaseException) -> str:
    """Return the error as its provider put it: type and message, without the request that Inspect repeats."""
    chain = list(_chain(error))
    wrapped = [each for each in chain if type(each).__name__ not in _WRAPPERS]
    shown = wrapped[0] if wrapped else chain[-1]
    return f"{type(shown).__name__}: {message(shown)}"[:_LONGEST]


def message(error: BaseException) -> str:
    """Return the message without the terminal markup that Inspect puts into some, and without keys that it echoes."""
    text = getattr(error, "message", None)
    return scrub(_MARKUP.sub("", str(text if text is not None else error)).strip())


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what caused it; through tenacity's wrapper, which holds its error in a future."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        last = getattr(seen, "last_attempt", None)
        seen = last.exception() if last is not None else seen.__cause__


def _status(error: BaseException) -> int | None:
    status = getattr(error, "status_code", getattr(error, "code", None))
    return status if isinstance(status, int) else None
