"""What a help text and a usage error cost, in CPU seconds, beside an interpreter that does nothing.

Target: at most 0.35 s, on a machine on which `python -c pass` takes about 0.02 s.
"""

from __future__ import annotations

import resource
import subprocess
import sys

ROUNDS = 5
_MAIN = "import sys; from unsaid.cli import main; sys.argv[0] = 'unsaid'; main()"
COMMANDS = (
    ("--help",),
    ("adit",),
    ("audit", "--modle", "x"),
    ("audit", "--help"),
    ("report", "nowhere"),
    ("audit", "--cues", "nosuch"),
    ("audit", "--limit", "0"),
    ("train", "rl", "--out", "x", "--environment", "nosuch"),
)


def cpu(code: str, *words: str) -> float:
    """The least CPU seconds of several processes, user and system."""
    least = float("inf")
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return least


def main() -> list[str]:
    """A line for each command, with its ratio to an empty program and to the import of Typer alone."""
    nothing, typer = cpu("pass"), cpu("import typer")
    lines = [f"python -c pass: {nothing:.3f} s CPU; import typer: {typer:.3f} s"]
    for words in COMMANDS:
        took = cpu(_MAIN, *words)
        lines.append(
            f"unsaid {' '.join(words)}: {took:.3f} s CPU, {took / nothing:.0f} x python -c pass, "
            f"{took / typer:.1f} x import typer"
        )
    return lines


if __name__ == "__main__":
    print("\n".join(main()))
