"""Data sets of the Hugging Face hub, or of a local folder of the same layout, as rows.

    hf:OWNER/NAME            the one subset and split that there is
    hf:OWNER/NAME/SUBSET@SPLIT
    hf:./folder@SPLIT        a local copy: Parquet, Arrow or JSON lines by split, or what `datasets` saves to disk

Where there are several subsets or splits, none is guessed: the error lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, MissingExtra, UnknownName, UsageError
from unsaid.store.reading import read_json, short
from unsaid.store.rows.files import open_table, table_ending
from unsaid.store.rows.frames import frame_table
from unsaid.store.rows.part import ROWS, Columns, Part, Table

__all__ = ["PREFIX", "HubName", "hub_name", "hub_table", "is_hub", "loaded_table"]

PREFIX = "hf:"
#: What files call the splits of a data set, as the hub's library has it.
_SPLITS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_NAME = re.compile(r"(?P<place>[\w.-]+(?:/[\w.-]+)?)(?:/(?P<subset>[^@]+))?(?:@(?P<split>[\w.+-]+))?")


@dataclass(frozen=True)
class HubName:
    """A data set as it is named.

    Attributes:
        text: as it was written.
        place: OWNER/NAME, or the path of a local folder.
        subset: None for the only one.
        split: None for the only one.
        local: whether `place` is a folder.
    """

    text: str
    place: str
    subset: str | None
    split: str | None
    local: bool

    @property
    def short(self) -> str:
        """A name for ids: the data set's own, with subset and split where they are given."""
        name = Path(self.place).name or "dataset"
        return "-".join(filter(None, (name, self.subset, self.split)))


def is_hub(text: str) -> bool:
    """Return whether a source is named as a data set."""
    return text.startswith(PREFIX)


def hub_name(text: str) -> HubName:
    """Return what a name like hf:OWNER/NAME/SUBSET@SPLIT means.

    Raises:
        UsageError: it is no such name.
    """
    bare = text.removeprefix(PREFIX)
    if bare.startswith((".", "/", "~", "\\")) or Path(bare).is_dir():
        place, at, split = bare.rpartition("@")
        if not at or Path(bare).expanduser().exists() or "/" in split:
            place, split = bare, ""
        return HubName(text, str(Path(place).expanduser()), None, split or None, local=True)
    found = _NAME.fullmatch(bare)
    if found is None:
        raise UsageError(f"{text}: expected hf:OWNER/NAME, hf:OWNER/NAME/SUBSET@SPLIT or hf:./FOLDER@SPLIT")
    return HubName(text, found["place"], found["subset"], found["split"], local=False)


def hub_table(text: str) -> Table:
    """Return the rows of a data set.

    Raises:
        UsageError: there is no such folder, or it must be said which subset or split is meant.
        MissingExtra: the hub is needed without the extra.
        DataError: it cannot be loaded.
    """
    name = hub_name(text)
    return _local(name) if name.local else loaded_table(name)


def loaded_table(name: HubName) -> Table:
    """Return the rows of a data set through the library `datasets`, which knows the hub, its cache and local layouts.

    Raises:
        MissingExtra: the library is not installed.
        UsageError: it must be said which subset or split is meant.
        DataError: the data set cannot be loaded.
    """
    try:
        import datasets
    except ImportError as error:
        raise MissingExtra(f"{name.text}: a data set of the hub", "hub") from error
    try:
        subset = name.subset or _only(name, "subset", datasets.get_dataset_config_names(name.place))
        split = _picked(name, datasets.get_dataset_split_names(name.place, subset))
        data = datasets.load_dataset(name.place, subset, split=split)
    except UsageError:
        raise
    except Exception as error:  # the library's, the hub's client's and the network's own errors
        raise DataError(
            f"{name.text}: cannot be loaded from the hub ({type(error).__name__}: {short(error)}); give a local copy: "
            "hf:./FOLDER"
        ) from error
    return Table(name.short, tuple(data.column_names), lambda: _batches(name, data))


def _batches(name: HubName, data: Any) -> Iterator[Part]:
    for start in range(0, len(data), ROWS):
        some = data[start : start + ROWS]
        height = len(next(iter(some.values()), []))
        yield Part(name.text, name.short, range(start + 1, start + height + 1), "row", Columns(some))


def _only(name: HubName, what: str, known: list[str]) -> str | None:
    if len(known) <= 1:
        return known[0] if known else None
    listed = ", ".join(known[:20])
    raise UsageError(f"{name.text}: say which {what}, {_forms(what)}; there are: {listed}")


def _forms(what: str) -> str:
    return "hf:OWNER/NAME/SUBSET" if what == "subset" else "hf:...@SPLIT"


def _picked(name: HubName, known: list[str]) -> str:
    if name.split is None:
        return _only(name, "split", known) or "train"
    if name.split not in known:
        raise UnknownName(f"split of {name.text}", name.split, known)
    return name.split


def _local(name: HubName) -> Table:
    folder = Path(name.place)
    if folder.is_file():
        return open_table(folder)
    if not folder.is_dir():
        raise UsageError(f"{name.text}: there is no folder {folder}")
    if (folder / "dataset_dict.json").is_file():
        told = read_json(folder / "dataset_dict.json", "save the data set again")
        splits = told.get("splits") if isinstance(told, dict) else None
        if not isinstance(splits, list) or not all(isinstance(split, str) for split in splits):
            raise DataError(
                f"{folder / 'dataset_dict.json'}: damaged (no list of splits); save the data set again"
            )
        return _saved(name, folder / Path(_picked(name, splits)).name)
    if (folder / "state.json").is_file():
        return _saved(name, folder)
    return _by_split(name, folder)


def _saved(name: HubName, folder: Path) -> Table:
    """Return the rows of a split as `Dataset.save_to_disk` writes it: streams of Arrow, listed in `state.json`."""
    path = folder / "state.json"
    if not path.is_file():
        raise DataError(f"{folder}: no data set that was saved to disk: there is no state.json")
    told = read_json(path, "save the data set again")
    files = told.get("_data_files") if isinstance(told, dict) else None
    names = [each.get("filename") for each in files or () if isinstance(each, dict)]
    if not names or not all(isinstance(each, str) for each in names):
        raise DataError(f"{path}: damaged (no list of data files); save the data set again")
    found = [folder / Path(str(each)).name for each in names]
    return _together(name, [frame_table(file, name.short, "Arrow") for file in found])


def _by_split(name: HubName, folder: Path) -> Table:
    files = sorted(
        entry for entry in folder.rglob("*") if entry.is_file() and _is_data(entry.relative_to(folder))
    )
    if not files:
        raise UsageError(f"{name.text}: expected Parquet, Arrow or JSON lines in {folder}, found none")
    splits: dict[str, list[Path]] = {}
    for file in files:
        splits.setdefault(_split_of(file.relative_to(folder), name.split), []).append(file)
    if name.split is None and len(splits) == 1:
        return _together(name, [open_table(file) for file in files])
    return _together(name, [open_table(file) for file in splits[_picked(name, sorted(splits))]])


def _is_data(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    # The hub's own notes on a data set lie beside its data as JSON.
    notes = path.suffix == ".json" and path.stem in ("dataset_info", "dataset_infos", "state", "dataset_dict")
    return table_ending(path) is not None and path.suffix.lower() != ".txt" and not hidden and not notes


def _split_of(path: Path, wanted: str | None) -> str:
    """Return the split that a file belongs to, by its folder's name and its own; "train" where neither says one."""
    words = re.split(r"[/\\_.\-]", path.as_posix().lower())
    if wanted is not None and wanted.lower() in words:
        return wanted
    for split, names in _SPLITS.items():
        if any(word in names for word in words):
            return split
    return "train"


def _together(name: HubName, tables: list[Table]) -> Table:
    def parts() -> Iterator[Part]:
        for table in tables:
            yield from table.parts()

    return Table(name.short, tables[0].columns, parts, [note for table in tables for note in table.notes])
