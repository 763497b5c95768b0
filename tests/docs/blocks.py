"""The code blocks of a page, and how each is run.

A comment on the line above a block says what is special about it:

    <!-- not run: REASON -->    it needs a key, a server or an installation
    <!-- extras: REASON -->     it is run where PyTorch is installed
    <!-- file: NAME -->         it is the content of a file that later blocks of the page read
    <!-- output -->             it is what the block before it printed, whatever the figures

Every other `bash` and `python` block is run, in one temporary directory a page, in order. `text` is only shown.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import warm

RUN = ("bash", "python")
SHOWN = ("text", "json", "csv")
#: No audit of a page asks more questions than this when it is tested.
MOST_QUESTIONS = 8
#: On a page that shows what is printed it may ask so many: with fewer, rates of a cue are withheld.
MOST_WHERE_SHOWN = 36
#: No judge of a page reads more texts than this at the gate.
MOST_TEXTS = 45
#: Nothing may hang for ever; far beyond what the slowest machine needs.
PATIENCE = 900

_FENCE = re.compile(
    r"(?:<!-- (?P<mark>[a-z ]+?)(?:: (?P<said>[^\n]*?))? -->\n)?"
    r"^(?P<fence>```+)(?P<language>[^\n]*)\n(?P<code>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_ASKING = re.compile(r"unsaid (?P<command>audit|gate)(?:\\\n|[^\n|&;])*")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        line: where its fence opens, from 1.
        language: its info string.
        code: what stands in it.
        mark: what the comment above it says: "", "not run", "extras", "file" or "output".
        said: the reason or the name in that comment.
    """

    line: int
    language: str
    code: str
    mark: str
    said: str


def blocks(text: str) -> list[Block]:
    """Every fenced block of a page, in order."""
    return [
        Block(
            text.count("\n", 0, match.start("fence")) + 1,
            match["language"].strip(),
            match["code"],
            match["mark"] or "",
            match["said"] or "",
        )
        for match in _FENCE.finditer(text)
    ]


def run(block: Block, folder: Path, most: int = MOST_QUESTIONS) -> str:
    """Run a block in a folder, on so many questions; what it printed, errors included.

    Raises:
        AssertionError: it failed; the message holds the block and what it printed.
    """
    if block.language == "bash":
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", small(block.code, most)],  # noqa: S607
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    else:
        ended = warm.run(
            "import sys; sys.path.insert(0, '')\n" + fewer(block.code, most), cwd=folder, env=environment()
        )
    printed = ended.stdout + (ended.stderr or "")
    assert ended.returncode == 0, (
        f"line {block.line}: status {ended.returncode}\n{block.code}\n{printed[-3000:]}"
    )
    return printed


def environment() -> dict[str, str]:
    """This interpreter's programs first, one thread, no keys, no network of the hub."""
    shims = [folder] if (folder := warm.shims()) else []
    kept = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}
    return kept | {
        "PATH": os.pathsep.join([*shims, str(Path(sys.executable).parent), os.environ["PATH"]]),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "POLARS_MAX_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "COLUMNS": "80",
    }


def small(code: str, most: int = MOST_QUESTIONS) -> str:
    """The same commands on few questions; `make audit ARGS="..."` as the command that it runs.

    `make audit` itself sets up an environment, and is run as it stands by `.ci/run`.
    """
    code = re.sub(r'make audit ARGS="([^"]*)"', r"unsaid audit \1", code)

    def limited(match: re.Match[str]) -> str:
        command = match["command"]
        limit = most if command == "audit" else MOST_TEXTS
        said = re.search(r"--limit (\d+)", match[0])
        if (said and int(said[1]) <= limit) or "--labels" in match[0]:
            return match[0]
        without = re.sub(r" --limit \d+", "", match[0])
        return without.replace(f"unsaid {command}", f"unsaid {command} --limit {limit}")

    return _ASKING.sub(limited, code)


def fewer(code: str, most: int = MOST_QUESTIONS) -> str:
    """The same Python on few questions: `"limit": 30` in a design."""
    return re.sub(r'"limit": (\d+)', lambda said: f'"limit": {min(int(said[1]), most)}', code)


def shape(text: str) -> str:
    """Text without its figures and line breaks, since both differ with the limit and the terminal."""
    text = re.sub(r", [\d,]+ missing", "", text)  # with fewer questions there may be none
    return " ".join(re.sub(r"\d[\d,.]*\d|\d", "#", text).split())


def commands(code: str) -> list[list[str]]:
    """Every call of `unsaid` in shell text, as words; comments, pipes and continuations understood."""
    found = []
    for line in code.replace("\\\n", " ").split("\n"):
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
        lexer.whitespace_split = True
        calls: list[list[str]] = [[]]
        for word in lexer:
            if set(word) <= set("|&;"):
                calls.append([])
            else:
                calls[-1].append(word)
        found += [call[1:] for call in calls if call[:1] == ["unsaid"]]
    return found
