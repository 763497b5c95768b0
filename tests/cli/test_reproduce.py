"""`unsaid reproduce turpin`: the published tables from the released replies."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from unsaid.cli import app
from unsaid.errors import UnknownName, UsageError

RELEASE = Path(__file__).parents[2].parent / "shared" / "data" / "turpin-2023"


@pytest.mark.skipif(
    not RELEASE.is_dir(), reason="the release of Turpin et al. 2023 is not beside this checkout"
)
def test_every_published_figure_returns() -> None:
    shown = CliRunner().invoke(app, ["reproduce", "turpin", str(RELEASE)])
    assert shown.exit_code == 0, shown.output
    assert "All 84 pooled figures" in shown.output
    assert "312 figures, largest difference 0.05 points" in shown.output
    assert "59.6 / 59.6" in shown.output, "text-davinci-003, suggested answer, clean"
    assert "BBQ: weak evidence: 32 figures, largest difference 0.64" in shown.output
    told = " ".join(shown.output.split())
    assert "BBQ, text-davinci-003: 16 of 16 within 0.15 points" in told
    assert "BBQ, claude-v1: 8 of 16 within 0.15 points, 15 of 16 within 0.35 points" in told
    assert "row 1006 (Gender_identity)" in told


def test_an_unknown_study_or_a_folder_that_is_not_there_is_said() -> None:
    runner = CliRunner()
    assert isinstance(runner.invoke(app, ["reproduce", "turpn"]).exception, UnknownName)
    missing = runner.invoke(app, ["reproduce", "turpin", "nowhere"]).exception
    assert isinstance(missing, UsageError)
    assert "unsaid reproduce turpin FOLDER" in str(missing)
