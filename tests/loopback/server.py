"""The server: asyncio streams in a thread, so that it can also send what a framework would not.

with Loopback(Scripted(susceptibility=0.6)) as model:
    os.environ["LOOPBACK_BASE_URL"] = model.url     # --model openai-api/loopback/scripted
    ...
    assert not model.repeated()
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from loopback.faults import Fault, Faults
from loopback.policies import Body, Policy, Said, text_of

_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    401: "Unauthorized",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
_FLOOD = 200_000


@dataclass(frozen=True)
class Received:
    """One request, and what was done with it.

    Attributes:
        key: names the request: the same for the same messages and settings.
        body: what was asked.
        status: of the answer; 0 where the connection was broken or left open.
        fault: what was done to it instead of answering; None where it was answered.
        at: when, on the clock of `time.monotonic`.
    """

    key: str
    body: Body
    status: int
    fault: Fault | None
    at: float = 0.0

    @property
    def text(self) -> str:
        """All that was asked, as one text."""
        return _text(self.body)

    @property
    def about_question(self) -> bool:
        """Whether it asks a question of the audit (or judges one), and is not a probe."""
        return _about_question(self.body)


#: Status and document.
Echo = Callable[[dict[str, str], Body], tuple[int, dict[str, Any]] | None]


class Loopback:
    """An OpenAI-compatible chat-completions server on 127.0.0.1.

    Args:
        policy: what it says.
        latency: seconds before each answer.
        faults: how it fails.
        key: the only API key it takes; any where None.
        echo: what it answers instead, given the headers (":path" is what was asked for) and the request; None where
            it answers as ever. With it any page is served.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        latency: float = 0.0,
        faults: Faults | None = None,
        key: str | None = None,
        echo: Echo | None = None,
    ) -> None:
        self.echo = echo
        self.policy, self.latency, self.faults, self.key = policy, latency, faults or Faults(), key
        self.received: list[Received] = []
        self.in_flight = self.most_in_flight = 0
        self._arrivals: Counter[str] = Counter()
        self._ready = threading.Event()
        self._spared: int | None = None
        self._holds = threading.Event()
        self._go = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._port = 0

    def __enter__(self) -> Loopback:
        """Listen."""
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the loopback server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def name(self) -> str:
        """A model's name that no other server has: Inspect keeps a model, and its address, by its name."""
        return f"scripted-{self._port}"

    def asked(self) -> list[Received]:
        """The requests about questions, answered or not."""
        return [each for each in self.received if each.about_question]

    def answered(self) -> Counter[str]:
        """How often each request about a question was answered."""
        return Counter(each.key for each in self.asked() if each.status == 200 and each.fault is None)

    def repeated(self) -> list[str]:
        """The requests about questions that were answered more than once."""
        return [key for key, times in self.answered().items() if times > 1]

    def forget(self) -> None:
        """Count every request as new: its faults begin again."""
        self.received.clear()
        self._arrivals.clear()

    def hold(self, after: int) -> None:
        """Leave requests without an answer, once so many have come since it began, until `release`."""
        self._holds.clear()
        self._spared = after

    def wait_until_held(self, runs: Callable[[], bool] = lambda: True, seconds: float = 900) -> None:
        """Wait until a request is held.

        Args:
            runs: whether whoever asks still runs.
            seconds: how long, which is far longer than the slowest machine needs.

        Raises:
            TimeoutError: none came for very long, or whoever asks has ended.
        """
        ends = time.monotonic() + seconds
        while not self._holds.wait(1):
            if not runs() or time.monotonic() > ends:
                raise TimeoutError(f"no request was held, after {self.arrivals} that were not")

    def release(self) -> None:
        """Answer what is held, and all that comes."""
        self._spared = None
        self._loop.call_soon_threadsafe(self._let_go)

    def _let_go(self) -> None:
        self._go.set()
        self._go = asyncio.Event()

    @property
    def arrivals(self) -> int:
        """Requests that came, answered or not."""
        return self._arrivals.total()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, limit=2**26, backlog=1024)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests of one client, one after the other, until it or a fault closes the connection."""
        try:
            while await self._request(reader, writer):
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the client or this server is at its end, which is how connections end
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        headers[":path"] = line.split(" ")[1]
        if not line.startswith("POST") or ("/chat/completions" not in line and self.echo is None):
            writer.write(_http(404, {"error": {"message": f"no such page: {line}"}}))
            return True
        if self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
            writer.write(
                _http(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
            )
            return True
        body = json.loads(raw)
        if self.echo is not None and (echoed := self.echo(headers, body)) is not None:
            writer.write(_http(*echoed))
            return True
        key = request_key(body)
        spared = self._arrivals.total() < self.faults.first
        spared |= not (self.faults.probes or _about_question(body))
        fault = None if spared else self.faults.of(key, self._arrivals[key])
        self._arrivals[key] += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self.latency)
            if self._spared is not None and self._arrivals.total() > self._spared:
                self._holds.set()
                await self._go.wait()
            said = _said(fault) or self.policy(body)
            status, payload, stays = _answer(fault, said, body, headers.get("authorization", ""))
            self.received.append(Received(key, body, status, fault, time.monotonic()))
            if fault == "never answers":
                await self._stop.wait()
            writer.write(payload)
        finally:
            self.in_flight -= 1
        return stays


def _text(body: Body) -> str:
    return "\n".join(text_of(message) for message in body["messages"])


def _about_question(body: Body) -> bool:
    return "Options:\n" in _text(body)


def request_key(body: Body) -> str:
    """A name for what is asked: the same request has the same one, whenever, of whom and however often it comes.

    A model here is named by its port, so that a seeded schedule of faults must not depend on it.
    """
    left_out = ("user", "stream", "metadata", "model")
    named = {name: value for name, value in body.items() if name not in left_out}
    return hashlib.blake2b(json.dumps(named, sort_keys=True).encode(), digest_size=8).hexdigest()


def _said(fault: Fault | None) -> Said | None:
    """The replies that are faults themselves."""
    if fault == "says nothing":
        return Said("")
    if fault == "refuses":
        return Said("I'm sorry, but I can't help with that.", "content_filter", "I can't help with that.")
    if fault == "200,000 tokens":
        return Said("and so on " * (_FLOOD // 3), "length")
    return None


def _answer(fault: Fault | None, said: Said, body: Body, key: str) -> tuple[int, bytes, bool]:
    """Status, bytes, and whether the connection stays open."""
    whole = _http(200, _completion(said, body))
    if fault in ("429", "429 with Retry-After"):
        after = {"Retry-After": "1"} if fault != "429" else {}
        return (
            429,
            _http(429, {"error": {"message": "Rate limit reached", "code": "rate_limit"}}, after),
            True,
        )
    if fault in ("500", "echoes the key"):
        words = "The server had an error" if fault == "500" else f"cannot serve {key}"
        return 500, _http(500, {"error": {"message": words}}), True
    if fault == "half a body":
        return 0, whole[: len(whole) - 40], False
    if fault in ("garbage", "no body"):
        return 200, _http(200, "<html>\x1b[31m502 upstream</html>" if fault == "garbage" else ""), True
    if fault in ("hang up", "never answers"):
        return 0, b"", False
    return 200, whole, True


def _completion(said: Said, body: Body) -> Body:
    text = said.text
    prompt_tokens = sum(len(text_of(message).split()) for message in body["messages"])
    tokens = _FLOOD if len(text) > _FLOOD else len(text.split())
    message = {"role": "assistant", "content": text, "refusal": said.refusal}
    if said.reasoning is not None:
        message["reasoning_content"] = said.reasoning
    return {
        "id": f"chatcmpl-{request_key(body)}",  # so that a reply on disk tells which request it answered
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": body.get("model", "scripted"),
        "choices": [{"index": 0, "message": message, "finish_reason": said.finish_reason, "logprobs": None}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": tokens,
            "total_tokens": prompt_tokens + tokens,
        },
    }


def _http(status: int, body: Body | str, headers: dict[str, str] | None = None) -> bytes:
    """A response; lone surrogates in it become JSON escapes, as some providers send them."""
    payload = (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [
        f"HTTP/1.1 {status} {_REASONS[status]}",
        "Content-Type: application/json",
        f"Content-Length: {len(payload)}",
    ]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + payload
