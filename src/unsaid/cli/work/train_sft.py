"""`unsaid train sft` and `unsaid train lora`: what was typed, which trainer it means, and what is said at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from unsaid.asking.settings import Settings
from unsaid.cli.console import tell
from unsaid.cli.extras import need
from unsaid.cues import Cue
from unsaid.errors import RunError, UsageError
from unsaid.questions.sources import load
from unsaid.training.data.make import CONTROL, HELD_OUT, TRAIN
from unsaid.training.data.overlap import overlaps
from unsaid.training.data.rows import Row, read_rows
from unsaid.training.data.split import read_split
from unsaid.training.sft.tuning import Tuning

_SETS = {"train": TRAIN, "control": CONTROL}


def tuned(typed: Mapping[str, Any]) -> Iterator[str]:
    """Fine-tune what was named; yield what is said at the end.

    Raises:
        UsageError: a name or a number is wrong, or the rows cannot be learned as they are.
        RunError: what is held out stands in the rows, or the folder cannot be written.
        MissingExtra: PyTorch, or TRL with PEFT, is not installed.
    """
    tuning = tuning_of(typed)
    kind, base = base_of(typed["model"])
    rows = rows_of(typed["data"], typed["part"])
    if kind == "organism":
        yield from _organism(base, rows, tuning, typed)
    else:
        yield from _checkpoint(base, rows, tuning, typed)


def tuning_of(typed: Mapping[str, Any]) -> Tuning:
    """Return the settings that were typed."""
    same = (
        "epochs",
        "steps",
        "batch",
        "rate",
        "drop_long",
        "save_every",
        "keep",
        "seed",
        "bf16",
        "accumulate",
    )
    lora = (
        {"lora": typed["rank"], "alpha": typed["alpha"], "dropout": typed["dropout"]}
        if "rank" in typed
        else {}
    )
    return Tuning(
        **{name: typed[name] for name in same},
        length=typed["max_length"],
        checkpointing=typed["gradient_checkpointing"],
        tensorboard=typed["tensorboard"],
        **lora,
    )


def base_of(model: str) -> tuple[str, Path]:
    """Return which trainer a model needs ("organism" or "checkpoint"), and its folder.

    Raises:
        UsageError: it is a model whose weights are not here.
    """
    provider, _, name = model.partition("/")
    if provider == "unsaid" and name:
        from unsaid.models.organism.provider import organism_folder

        return "organism", organism_folder(name)
    folder = Path(name if provider == "unsaid-hf" else model).expanduser()
    if not (folder / "config.json").is_file():
        raise UsageError(
            f"{model}: expected an organism (unsaid/NAME) or a checkpoint's folder (unsaid-hf/FOLDER, which holds "
            "config.json); a model behind an API is fine-tuned by its service, from the same rows (--form messages)"
        )
    return "checkpoint", folder


def rows_of(data: Path, part: str) -> list[Row]:
    """Return the rows of a data set, in which nothing stands that its split holds out.

    Raises:
        UsageError: there are no such rows.
        RunError: what is held out stands in them.
    """
    if part not in _SETS:
        raise UsageError(f"--set is {part!r}; it is train or control")
    file = data / _SETS[part] if data.is_dir() else data
    rows, folder = read_rows(file), file.parent
    split = read_split(folder)
    held = load(str(folder / HELD_OUT)) if split and split.held_out else []
    cues: tuple[Cue, ...] = ()
    if split and split.held_out_cues:
        cues = Settings(cues=",".join(split.held_out_cues)).choice().cues
    if faults := overlaps(rows, split, held, cues):
        raise RunError(
            f"{file}: what is held out is trained on: {faults[0]} ({len(faults)} in all); make the data again with "
            "`unsaid train data`, or look with `unsaid train check`"
        )
    return rows


def _organism(base: Path, rows: list[Row], tuning: Tuning, typed: Mapping[str, Any]) -> Iterator[str]:
    need("torch", "fine-tuning an organism", "train")
    from unsaid.training.sft.organism import tune

    device = "cpu" if typed["device"] == "auto" else typed["device"]
    done = tune(base, rows, tuning, typed["out"], say=tell, device=device)
    yield from _notes(done.fitted.notes, done.fitted.dropped)
    yield f"{done.folder}: {done.last}"
    for folder in done.kept:
        yield f"kept on the way: {folder}"
    yield f"audit it with --model unsaid/{_path(done.folder)}"


def _checkpoint(base: Path, rows: list[Row], tuning: Tuning, typed: Mapping[str, Any]) -> Iterator[str]:
    from unsaid.training.sft.checkpoint import Place, tune

    place = Place(typed["out"], typed["device"], typed["anyway"])
    done = tune(base, rows, tuning, place, say=tell)
    yield from _notes(done.fitted.notes, done.fitted.dropped)
    yield f"{done.folder}: {done.last}"
    yield f"audit it with --model unsaid-hf/{_path(done.folder)}"


def _notes(notes: tuple[str, ...], dropped: int) -> Iterator[str]:
    if dropped:
        yield f"left out: {dropped} rows that are longer than fits"
    for line in notes:
        tell(f"note: {line}")


def _path(folder: Path) -> str:
    """Return a folder as a model's name takes it: with a slash, so that it is no organism's name."""
    return (
        str(folder) if folder.is_absolute() or str(folder).startswith(("./", "../", "~")) else f"./{folder}"
    )
