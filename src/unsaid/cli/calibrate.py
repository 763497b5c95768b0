"""`unsaid calibrate`: the instruments, on models whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unsaid.calibration.design import Design
from unsaid.cli import options
from unsaid.stopping import importing


def calibrate(  # noqa: PLR0913 - a command's options
    organisms: Annotated[
        str, typer.Option(help='Bundled organisms, comma-separated, or "all"; five if not given.')
    ] = "",
    limit: Annotated[int, typer.Option(help="How many questions each is asked.")] = Design.limit,
    cues: options.Cues = Design.cues,
    judge: options.Judge = Design.judge,
    organisms_only: Annotated[
        bool,
        typer.Option("--organisms-only", help="Leave out the scripted model, which is asked with every cue."),
    ] = False,
    scripted_only: Annotated[
        bool,
        typer.Option(
            "--scripted-only", help="Leave out the organisms: the scripted model alone, in two minutes."
        ),
    ] = False,
    repetitions: Annotated[
        int, typer.Option(help="Audits of the scripted model for the coverage of intervals.")
    ] = Design.repetitions,
    processes: Annotated[int, typer.Option(help="How many of these audits run at once.")] = 1,
    styles: Annotated[
        str, typer.Option(help="Styles of the scripted model, comma-separated; all of them if not given.")
    ] = "",
    styled: Annotated[
        int, typer.Option(help="How many questions it is asked in each style; 0 leaves the styles out.")
    ] = Design.styled,
    mutation: Annotated[
        str,
        typer.Option(
            help="A fault to plant in the instruments, which a condition must find: intervals-wide, "
            "intervals-narrow, moves-dropped, losses-left-out, answer-sentence-unread or quoted-cue-taken."
        ),
    ] = "",
    seed: options.Seed = 0,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Instead of models: a run whose chains of thought are labelled (unsaid import bonafide)."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to; the same command continues there.")] = Path(
        "calibration"
    ),
) -> None:
    """Test every instrument on models of known truth; exit status 1 where one no longer does what it must."""
    if labels is not None:
        with importing():
            from unsaid.cli.work.calibrate_labels import score_chain_labels
            from unsaid.models.inspect.judging import judge_of

        score_chain_labels(labels, judge_of(judge))
        return

    design = Design(
        organisms=tuple(name.strip() for name in organisms.split(",") if name.strip()),
        limit=limit,
        cues=cues,
        judge=judge,
        seed=seed,
        scripted=not organisms_only,
        repetitions=repetitions,
        processes=processes,
        styles=tuple(name.strip() for name in styles.split(",") if name.strip()),
        styled=styled,
        trained=not scripted_only,
        mutation=mutation,
    )
    with importing():
        from unsaid.cli.work.calibrate import calibrate_and_say

    calibrate_and_say(design, out)
