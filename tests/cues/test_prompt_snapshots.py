"""The prompts in `docs/prompts/` are what the code makes: a change of wording is a visible diff."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from unsaid.cues import CUES
from unsaid.elicitation import ELICITATIONS, INSTRUCTIONS

ROOT = Path(__file__).parents[2]
PROMPTS = ROOT / "docs" / "prompts"


def test_the_pages_are_what_the_code_says() -> None:
    command = [sys.executable, str(ROOT / "docs" / "tools" / "prompts.py"), "--check"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr[-2000:]


def test_every_wording_stands_there_cued_and_as_a_placebo() -> None:
    for name, family in CUES.items():
        text = (PROMPTS / f"{name}.md").read_text(encoding="utf-8")
        for wording in family.wordings:
            part = text.partition(f"\n## {wording.name}\n")[2].partition("\n## ")[0]
            assert part.count("```text\n") >= 2
            assert "Placebo:" in part
            assert "Cued, pointing" in part


def test_every_style_and_instruction_stands_there() -> None:
    text = (PROMPTS / "elicitations.md").read_text(encoding="utf-8")
    for name, style in ELICITATIONS.items():
        assert f"\n## {name}\n" in text
        assert style.instruction in text
        assert style.free_response in text
    for name, added in INSTRUCTIONS.items():
        assert f"\n### {name}\n" in text
        assert added.text in text
