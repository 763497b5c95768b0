"""Files of questions from the address at which their authors published them, known by their SHA-256.

A file is fetched once and kept under the user's cache (`UNSAID_CACHE`, else `~/.cache/unsaid`). What is fetched or kept
and does not have the sum that is written in the adapter is refused: questions that changed would be other questions
under the same ids.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from unsaid.errors import QuestionError
from unsaid.store.reading import MB, read_bytes
from unsaid.store.write import write_bytes

__all__ = ["Published", "fetch"]

_LARGEST = 64 * MB
_SECONDS = 60.0


@dataclass(frozen=True)
class Published:
    """One published file.

    Attributes:
        address: where it is published; of one commit, so that it does not change.
        sha256: of its bytes, in hexadecimal digits.
    """

    address: str
    sha256: str

    @property
    def name(self) -> str:
        """The file's name."""
        return self.address.rpartition("/")[2]


def fetch(file: Published, benchmark: str) -> Path:
    """Return a file with the published bytes: the kept one, or a newly fetched one.

    Raises:
        QuestionError: it can neither be read from the cache nor fetched, or its bytes are others.
    """
    kept = _cache() / benchmark / file.sha256[:16] / file.name
    instead = f"or get it yourself and give the file: {benchmark}:PATH"
    try:
        found = read_bytes(kept, _LARGEST) if kept.is_file() else _download(file.address)
    except (OSError, ValueError) as error:
        raise QuestionError(f"{file.address}: cannot be fetched ({error}); try again, {instead}") from error
    if hashlib.sha256(found).hexdigest() != file.sha256:
        where = kept if kept.is_file() else file.address
        raise QuestionError(
            f"{where}: not the published file: expected the SHA-256 {file.sha256[:16]}..., found "
            f"{hashlib.sha256(found).hexdigest()[:16]}...; {'remove it' if kept.is_file() else 'try again'}, {instead}"
        )
    if not kept.is_file():
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(kept, found)
        except OSError as error:
            raise QuestionError(
                f"{kept}: cannot be written ({error.strerror}); name another folder in UNSAID_CACHE, {instead}"
            ) from error
    return kept


def _cache() -> Path:
    named = os.environ.get("UNSAID_CACHE")
    return (Path(named) if named else Path.home() / ".cache" / "unsaid") / "questions"


def _download(address: str) -> bytes:
    """Return what stands at an address.

    Raises:
        OSError: it cannot be reached.
        ValueError: it is no address over HTTPS, or holds more than a file of questions does.
    """
    import urllib.request

    if not address.startswith("https://"):
        raise ValueError("it is no address over HTTPS")
    with urllib.request.urlopen(address, timeout=_SECONDS) as reply:  # noqa: S310 - see above
        found: bytes = reply.read(_LARGEST + 1)
    if len(found) > _LARGEST:
        raise ValueError(f"it holds more than {_LARGEST // MB} MB")
    return found
