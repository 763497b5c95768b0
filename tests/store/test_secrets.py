"""A key is nowhere: not in a file of the run, a member of an archive, a log of Inspect's, or on the terminal."""

from __future__ import annotations

import base64
import gzip
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import PROVIDERS, Unsaid
from loopback import Loopback, Scripted
from unsaid.store.secrets import scrub, scrub_known

pytestmark = PROVIDERS

KEY, PASSWORD = "sk-planted-4711-key-of-nobody", "pass+word-of-nobody"
OTHER = "hf_planted_0815_of_nobody"
#: Ways in which `echo` has answered.
TAKEN = set[int]()


def echo(headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    """The key in an error, in a header dump, in a URL, and in a reply; which of them, the question decides."""
    text = json.dumps(body["messages"])
    if "Options:" not in text:
        return None
    ways: list[tuple[int, dict[str, Any]] | None] = [
        (400, {"error": {"message": f"Incorrect API key provided: {KEY}"}}),
        (400, {"error": {"message": f"request was: {headers}", "code": "bad"}}),
        (400, {"error": {"message": f"upstream http://me:{PASSWORD}@10.0.0.1/v1 said no; token {OTHER}"}}),
        (200, _reply(f"My key is {KEY}, and {OTHER}.\nThe best answer is: (A)")),
        None,
    ]
    way = sum(text.encode()) % len(ways)
    TAKEN.add(way)
    return ways[way]


def _reply(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "reasoning_content": f"I was sent Bearer {KEY}."}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "x", "object": "chat.completion", "created": 1, "model": f"m-{KEY}", "choices": [choice]}


def held(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, and every member of every archive."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield str(path), path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield f"{path}: {name}", archive.read(name)
        elif path.suffix == ".gz":
            yield f"{path}: inside", gzip.decompress(path.read_bytes())


def test_planted_keys_are_nowhere(tmp_path: Path, unsaid: Unsaid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    monkeypatch.setenv("HF_TOKEN", OTHER)
    with Loopback(Scripted(susceptibility=0.6), echo=echo) as server:
        url = server.url.replace("http://", f"http://me:{PASSWORD.replace('+', '%2B')}@")
        monkeypatch.setenv("LOOPBACK_BASE_URL", url)
        asked = [
            "audit",
            "--model",
            f"openai-api/loopback/{server.name}",
            "--questions",
            "bundled:navigate",
            "--limit",
            "6",
        ]
        ended = unsaid(*asked, "--cues", "metadata", "--max-retries", "0", "--out", tmp_path / "run")
    assert len(TAKEN) == 5, "a way to echo a key was not taken"
    reported = unsaid("report", tmp_path / "run")
    texts = [("terminal", each.encode()) for end in (ended, reported) for each in (end.out, end.err)]
    texts += list(held(tmp_path))
    assert len(texts) > 20
    assert any(b"[secret LOOPBACK_API_KEY]" in text for _, text in texts), "nothing was echoed at all"
    pair = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
    for secret in (KEY, OTHER, PASSWORD, PASSWORD.replace("+", "%2B"), pair):
        assert [name for name, text in texts if secret.encode() in text] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: Bearer abcdefgh1234", "abcdefgh1234"),
        ("{'authorization': 'Bearer abcdefgh1234'}", "abcdefgh1234"),
        ("Headers([('authorization', 'Basic bWU6c2VjcmV0')])", "bWU6c2VjcmV0"),
        ('"x-api-key": "abcd1234"', "abcd1234"),
        ("see http://me:pw@host/v1", "me:pw"),
        ("used bearer abcdefgh1234 here", "abcdefgh1234"),
    ],
)
def test_anybodys_header_and_password_are_replaced_in_messages(text: str, left: str) -> None:
    assert left not in scrub(text)
    assert len(scrub(text)) == len(text)
    assert scrub(scrub(text)) == scrub(text)


@pytest.mark.parametrize("value", ["EMPTY", "none", "no secret", "/etc/key.json"])
def test_what_is_no_key_is_left_alone(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", value)
    assert scrub(f"it is {value}, they say") == f"it is {value}, they say"


def test_replies_may_speak_of_tokens() -> None:
    text = "Send Authorization: Bearer abcdefgh1234, or http://me:pw@host"
    assert scrub_known(text) == text
