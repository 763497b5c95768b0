"""What a server sends, before the provider's client library sees it: bounded, and with its own words.

Client libraries read a body whole, however large it is or unpacks to. Servers that speak OpenAI's protocol more or
less also answer an error with status 200, or a reply as a list of parts; the library then stumbles over what is not
there, and what the server said is lost. Both are mended in a hook of the client's own (`event_hooks`), which sees each
response before its body is read. Providers without such a client are left as they are.
"""

from __future__ import annotations

import importlib
import json
import zlib
from typing import Any

from inspect_ai.model import ModelAPI

__all__ = ["MOST", "mend_responses", "mended"]

MB = 2**20
#: Bytes that a response may have, and may unpack to: a reply of 128,000 tokens with log-probabilities has some 20 MB.
MOST = 64 * MB


def mend_responses(api: ModelAPI) -> None:
    """Let each response of a provider's HTTP client be bounded and mended, from now on; once for each client."""
    client = getattr(api, "http_client", None)
    hooks = getattr(client, "event_hooks", None)
    if client is None or not isinstance(hooks, dict) or _mended in hooks.get("response", []):
        return
    client.event_hooks = {**hooks, "response": [*hooks.get("response", []), _mended]}


async def _mended(response: Any) -> None:
    """Read the body within bounds, and put a mended one in its place."""
    if response.headers.get("content-type", "").startswith("text/event-stream"):
        return  # comes in pieces, and is read so
    body = await _read(response)
    if body is None:
        words = f"the response is larger than {MOST // MB} MB, and was not read"
        response.status_code, body = 413, json.dumps({"error": {"message": words}}).encode()
    else:
        response.status_code, body = mended(response.status_code, body)
    for name in ("content-encoding", "transfer-encoding", "content-length"):
        response.headers.pop(name, None)
    library = importlib.import_module(
        type(response).__module__.partition(".")[0]
    )  # httpx or a successor of it
    response.stream = library.ByteStream(body)


async def _read(response: Any) -> bytes | None:
    """Return the body, unpacked; None where it is larger than `MOST`."""
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    unpacker = zlib.decompressobj(wbits=47) if packing in {"gzip", "x-gzip", "deflate"} else None
    if unpacker is None and packing not in {"", "identity"}:
        return b'{"error": {"message": "the response is packed in a way that is not read"}}'
    body = bytearray()
    async for chunk in response.stream:
        body += chunk if unpacker is None else unpacker.decompress(chunk, MOST + 1 - len(body))
        if len(body) > MOST or (unpacker is not None and unpacker.unconsumed_tail):
            await response.stream.aclose()
            return None
    await response.stream.aclose()
    return bytes(body)


def mended(status: int, body: bytes) -> tuple[int, bytes]:
    """Return status and body as the client library expects them.

    An error that comes with status 200 gets the status that it names itself, else 400. A message whose content is a
    list of texts becomes one text.
    """
    if status != 200 or body.lstrip()[:1] != b"{":
        return status, body
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return status, body
    error = document.get("error")
    if error and not document.get("choices"):
        named = error.get("code", error.get("status")) if isinstance(error, dict) else None
        named = int(named) if isinstance(named, int | str) and str(named).isdigit() else 0
        return (named if 400 <= named <= 599 else 400), body
    return status, json.dumps(document).encode() if _join(document) else body


def _join(document: dict[str, Any]) -> bool:
    """Join contents that are lists of texts, in place; whether there was one."""
    changed = False
    for choice in document.get("choices") or () if isinstance(document.get("choices"), list) else ():
        message: Any = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(message, dict) or not isinstance(message.get("content"), list):
            continue
        content = message["content"]
        parts = [part for part in content if isinstance(part, dict)]
        message["content"] = "".join(_text(part, "text") for part in parts if "text" in part)
        thoughts = "".join(_text(part, "thinking") for part in parts if "thinking" in part)
        if thoughts and not message.get("reasoning_content"):
            message["reasoning_content"] = thoughts
        changed = True
    return changed


def _text(part: dict[str, Any], name: str) -> str:
    """Return the text of a part: plain, or in parts of its own (as Mistral's thinking is)."""
    value = part.get(name)
    if isinstance(value, list):
        return "".join(_text(inner, "text") for inner in value if isinstance(inner, dict))
    return value if isinstance(value, str) else ""
