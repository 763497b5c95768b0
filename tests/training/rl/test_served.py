"""Replies of a step from a server over HTTP, which is given each step's adapter by a file."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from unsaid.errors import RunError
from unsaid.training.rl.request import Request
from unsaid.training.rl.served import Served


@dataclass
class Server:
    """Stands for vLLM: notes what it is told, and answers each prompt with its own length."""

    address: str = ""
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: Any = None
    status: int = 200

    def reply(self, path: str, asked: dict[str, Any]) -> Any:
        self.told.append((path, asked))
        if path != "/v1/completions":
            assert path.startswith("/v1/unload") or (Path(asked["lora_path"]) / "adapter").is_file(), (
                "written before"
            )
            return {}
        choices = [
            {"index": at, "token_ids": [len(ids), 9], "logprobs": {"token_logprobs": [-0.5, -0.25]}}
            for at, ids in enumerate(asked["prompt"])
        ]
        return {"choices": choices[::-1]} if self.answer is None else self.answer


@pytest.fixture
def server() -> Iterator[Server]:
    there = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = json.dumps(there.reply(self.path, asked)).encode()
            self.send_response(there.status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        there.address = f"http://127.0.0.1:{http.server_port}/"
        yield there
        http.shutdown()


class Model:
    def save_pretrained(self, path: str) -> None:
        Path(path).mkdir(parents=True)
        (Path(path) / "adapter").write_text("weights")


def trainer(step: int) -> Any:
    def template(prompt: list[dict[str, str]], **how: Any) -> dict[str, list[int]]:
        assert how == {"add_generation_prompt": True}
        return {"input_ids": list(range(len(prompt[0]["content"])))}

    return SimpleNamespace(
        state=SimpleNamespace(global_step=step),
        model=Model(),
        accelerator=SimpleNamespace(unwrap_model=lambda model: model),
        processing_class=SimpleNamespace(apply_chat_template=template),
    )


PROMPTS = [[{"role": "user", "content": "ab"}], [{"role": "user", "content": "abcd"}]]


def served(server: Server, folder: Path) -> Served:
    return Served(
        server.address, folder, Request("here", "outcome", most=7, temperature=0.5, seed=2), run="a"
    )


def test_each_step_has_its_adapter_and_the_one_before_is_let_go(server: Server, tmp_path: Path) -> None:
    of = served(server, tmp_path)
    found = of(PROMPTS, trainer(0))
    assert found == {
        "prompt_ids": [[0, 1], [0, 1, 2, 3]],
        "completion_ids": [[2, 9], [4, 9]],
        "logprobs": [[-0.5, -0.25]] * 2,
    }
    of(PROMPTS, trainer(0))
    of(PROMPTS, trainer(1))
    assert [path.removeprefix("/v1/") for path, _ in server.told] == [
        "load_lora_adapter",
        "completions",
        "completions",
        "load_lora_adapter",
        "unload_lora_adapter",
        "completions",
    ]
    asked = [what for path, what in server.told if path == "/v1/completions"]
    assert [what["model"] for what in asked] == ["step-0-a", "step-0-a", "step-1-a"]
    assert (asked[0]["max_tokens"], asked[0]["temperature"]) == (7, 0.5)
    assert [path.name for path in tmp_path.iterdir()] == ["step-1-a"]
    assert asked[0]["seed"] == asked[1]["seed"] != asked[2]["seed"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"choices": [{"index": 0, "text": "a"}]}, "no tokens of a reply"),
        ({"choices": []}, "2 replies were asked for, and 0 came"),
        ({"error": "no"}, "no tokens of a reply"),
    ],
)
def test_an_answer_without_tokens_is_said(server: Server, answer: Any, message: str, tmp_path: Path) -> None:
    server.answer = answer
    with pytest.raises(RunError, match=message):
        served(server, tmp_path)(PROMPTS, trainer(0))


def test_a_server_that_refuses_or_is_not_there_is_said(server: Server, tmp_path: Path) -> None:
    server.status = 400
    with pytest.raises(RunError, match=r"load_lora_adapter: the server refuses \(400"):
        served(server, tmp_path)(PROMPTS, trainer(0))
    gone = Served("http://127.0.0.1:9", tmp_path / "gone", Request("here", "outcome"))
    with pytest.raises(RunError, match="no vLLM server answers there"):
        gone(PROMPTS, trainer(0))
