"""Keys and passwords, replaced in every text that is kept or shown.

A provider may echo a key in its error, its headers or even in a reply; a password may stand in a base URL. What is
replaced:

- everywhere, the values of environment variables that hold keys by their name (`OPENAI_API_KEY`, `HF_TOKEN`, ...), and
  the user and password of every URL in the environment (`HTTPS_PROXY`, `OPENAI_BASE_URL`);
- in errors, messages and what a run says of itself, authorisation headers and passwords in URLs too, whosever they are.
  Not in replies: a model may well write of "Bearer" tokens.

A secret's place is taken by its name and as many asterisks as make the text as long as before, so that files which
count their characters stay whole. A value of fewer than 8 characters, or with white space, is no key ("EMPTY", "none",
"not needed"), and is left alone.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

from unsaid.store.archive import check_archive
from unsaid.store.reading import read_bytes
from unsaid.store.write import replacing

__all__ = ["guard_logging", "scrub", "scrub_data", "scrub_folder", "scrub_known"]

SHORTEST = 8
_KEY_NAME = re.compile(
    r"(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|ACCESS_KEY(?:_ID)?)(?:_\w+)?$",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"(?<=://)([^/\s:@\"'<>]*:[^/\s@\"'<>]*)@")
_HEADER = re.compile(
    r"((?:proxy-)?authorization|x-api-key|api-key|x-goog-api-key|cookie)(\\?[\"']?\s*[:=,]\s*(?:b?\\?[\"'])?)"
    r"((?:bearer|basic|token)\s+)?([^\s\"',;)}\\]{4,})",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(bearer\s+)([\w.~+/=-]{8,})", re.IGNORECASE)


def scrub_known(text: str) -> str:
    """Return the text without the values of known keys."""
    return _without(text, _known(os.environ))


def _without(text: str, known: Mapping[str, str]) -> str:
    for value, name in known.items():
        if value in text:
            text = text.replace(value, _mask(value, name))
    return text


def scrub(text: str) -> str:
    """Return the text without known keys, without anybody's authorisation header, and without passwords in URLs."""
    return _scrubbed(text, _known(os.environ))


def _scrubbed(text: str, known: Mapping[str, str]) -> str:
    text = _without(text, known)
    text = _IN_URL.sub(lambda found: f"{_mask(found[1], 'PASSWORD')}@", text)
    text = _HEADER.sub(lambda found: f"{found[1]}{found[2]}{found[3] or ''}{_mask(found[4], 'HEADER')}", text)
    return _BEARER.sub(lambda found: f"{found[1]}{_mask(found[2], 'TOKEN')}", text)


def scrub_data(value: Any) -> Any:
    """Return the same of every text in plain data."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {key: scrub_data(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [scrub_data(inner) for inner in value]
    return value


def scrub_folder(folder: Path, since: float) -> list[Path]:
    """Replace known keys in files that other programs wrote into a run's folder: Inspect's logs and its cache.

    Args:
        folder: the run's.
        since: files that were last written before this are left as they are (seconds of the system's clock).

    Returns:
        The files in which a key stood.

    Raises:
        OSError: a file cannot be replaced.
    """
    secrets = {value.encode(): _mask(value, name).encode() for value, name in _known(os.environ).items()}
    found = []
    for name in ("logs", "cache"):
        for path in sorted((folder / name).rglob("*")) if secrets else ():
            if path.is_symlink() or not path.is_file() or path.stat().st_mtime < since - 2:
                continue
            if (_archive if zipfile.is_zipfile(path) else _plain)(path, secrets):
                found.append(path)
    return found


def guard_logging() -> None:
    """Replace known keys in what this process logs from now on: Inspect keeps a trace of every request's address."""
    for handler in logging.getLogger().handlers:
        if not any(isinstance(each, _Guard) for each in handler.filters):
            handler.addFilter(_Guard())


#: What a record says of where in the program it was logged, and its text, which is done already.
_OF_THE_PROGRAM = {"msg", "name", "levelname", "pathname", "filename", "module", "funcName"}


class _Guard(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        # Once for a record, of which Inspect logs several for every call.
        known = _known(os.environ)
        said = record.getMessage()
        scrubbed = _scrubbed(said, known)
        if scrubbed != said:
            record.msg, record.args = scrubbed, ()
        for name, value in list(record.__dict__.items()):
            if isinstance(value, str) and name not in _OF_THE_PROGRAM:
                record.__dict__[name] = _scrubbed(value, known)
        return True


def _plain(path: Path, secrets: Mapping[bytes, bytes]) -> bool:
    data = read_bytes(path)
    scrubbed = _replaced(data, secrets)
    if scrubbed == data:
        return False
    with replacing(path) as file:
        file.write(scrubbed)
    return True


def _archive(path: Path, secrets: Mapping[bytes, bytes]) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive)
            infos = archive.infolist()
            if not any(_replaced(archive.read(info), secrets) != archive.read(info) for info in infos):
                return False
            with replacing(path) as file, zipfile.ZipFile(file, "w") as scrubbed:
                for info in infos:
                    scrubbed.writestr(
                        info, _replaced(archive.read(info), secrets), compress_type=info.compress_type
                    )
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False  # a log that a killed process left: it is set aside when the run goes on
    return True


def _replaced(data: bytes, secrets: Mapping[bytes, bytes]) -> bytes:
    for value, mask in secrets.items():
        if value in data:
            data = data.replace(value, mask)
    return data


def _mask(value: str, name: str) -> str:
    """Return what stands in a secret's place; as many bytes as it had."""
    size = len(value.encode("utf-8", "surrogatepass"))
    text = f"[secret {name}]"
    text = text if len(text) <= size else "[secret]"
    return "*" * size if len(text) > size else text + "*" * (size - len(text))


def _known(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the secrets of an environment with their names, longest first, in every form that is echoed.

    It is asked for every text, and hardly ever changes. `os.environ` decodes every name and value at each look (47 us);
    what it holds undecoded, in `_data`, tells as well whether anything has changed (5 us).
    """
    return _secrets(tuple(getattr(environment, "_data", environment).items()))


@lru_cache(maxsize=4)
def _secrets(environment: tuple[tuple[str | bytes, str | bytes], ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, value in ((os.fsdecode(name), os.fsdecode(value)) for name, value in environment):
        if _KEY_NAME.search(name) and len(value) >= SHORTEST and not re.search(r"\s|^/|^\w+://", value):
            found[value] = name
        for match in _IN_URL.finditer(value):
            user, _, password = match[1].partition(":")
            pair = f"{unquote(user)}:{unquote(password)}"
            for secret in (
                f"{match[1]}@",
                base64.b64encode(pair.encode()).decode(),
                password,
                unquote(password),
            ):
                if len(secret) >= SHORTEST:
                    found[secret] = name
    forms = {
        form: name
        for value, name in found.items()
        for form in (value, quote(value, safe=""), json.dumps(value)[1:-1])
    }
    return MappingProxyType(dict(sorted(forms.items(), key=lambda entry: -len(entry[0]))))
