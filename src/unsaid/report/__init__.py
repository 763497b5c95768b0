"""What a person sees: one self-contained page, `results.json`, and a short table in the terminal."""

from __future__ import annotations

from unsaid.report.files.results import read_results, write_results
from unsaid.report.run.page import render
from unsaid.report.terminal.summary import summary
from unsaid.report.words.headline import Headline, headline

__all__ = ["Headline", "headline", "read_results", "render", "summary", "write_results"]
