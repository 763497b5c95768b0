"""The report on disk: one file, or beyond a stated size that file and a folder of pages of transcripts.

    report.html                                   every number; all transcripts while they are few
    report_files/<digest>/transcripts-1.html ...  the transcripts, once they are more than `shards.LIMIT`

What is on disk is whole at every moment, whenever the power goes. Pages are written under another name and
get theirs, which is made from what they hold, when the last is done; then the report that leads to them
replaces the earlier one at once; then the pages of the earlier one go. So a report never leads to pages of
another report, and one that was sent around without its folder fails openly.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from unsaid.report.page import Contents, first_page, transcripts_page
from unsaid.report.pairs import groups
from unsaid.report.shards import LIMIT, divide, leaf, root, whole
from unsaid.report.transcripts import Packed, pack

__all__ = ["pages_of", "whereabouts", "write_report"]

_PARTIAL = "partial"
_MINE = re.compile(rf"[0-9a-f]{{16}}|{_PARTIAL}")
_PAGE = re.compile(r"transcripts-[0-9]+\.html")


def write_report(contents: Contents, path: Path, limit: int = LIMIT) -> list[Path]:
    """Write the report, replacing an earlier one; nothing is left of one that could not be finished.

    Args:
        contents: what it is made of.
        path: the report's file. Pages of transcripts, if there are any, go into `<name>_files` beside it.
        limit: bytes of compressed transcripts that one file may hold.

    Returns:
        The files that the report is made of, itself first: what must be sent together.

    Raises:
        OSError: it cannot be written; an earlier report is as it was.
    """
    packed = pack(groups(contents.records, contents.run.get("judge")))
    if packed.size <= limit:
        _replace(path, first_page(contents, whole(packed)))
        _sweep(path, keep=None)
        return [path]
    divided = divide(packed, limit)
    earlier = set(_folder(path).glob("*"))
    pages = _write_pages(contents, divided, path)
    addresses = [quote(page.relative_to(path.parent).as_posix()) for page in pages]
    try:
        _replace(path, first_page(contents, root(divided, addresses, limit)))
    except BaseException:
        if pages[0].parent not in earlier:
            _remove(pages[0].parent)
            _drop(_folder(path))
        raise
    _sweep(path, keep=pages[0].parent)
    return [path, *pages]


def pages_of(path: Path) -> list[Path]:
    """The pages of transcripts beside a report, in their order; none where it is one file."""
    found = [page for page in _folder(path).glob("*/*") if _is_ours(page)]
    return sorted(found, key=lambda page: (page.parent.name, len(page.name), page.name))


def whereabouts(path: Path) -> str:
    """A sentence that says where a report's transcripts are, and what belongs together."""
    pages = pages_of(path)
    if not pages:
        return f"{path} has the transcripts behind each number"
    count = f"{len(pages)} page" + "s" * (len(pages) > 1)
    return f"{path} leads to the transcripts behind each number: {count} in {_folder(path).name}, to be sent with it"


def _write_pages(contents: Contents, divided: Sequence[Packed], path: Path) -> list[Path]:
    """Write the pages; their folder is named when the last of them is whole."""
    names = [f"transcripts-{number}.html" for number in range(1, len(divided) + 1)]
    partial = _folder(path) / _PARTIAL
    report = f"../../{quote(path.name)}"
    digest = hashlib.blake2b(digest_size=8)
    try:
        _remove(partial)
        partial.mkdir(parents=True)
        for here, name in enumerate(names):
            page = transcripts_page(contents, leaf(divided, names, here, report), report).encode()
            (partial / name).write_bytes(page)
            digest.update(page)
        target = _folder(path) / digest.hexdigest()
        if target.exists():  # the same pages, of which somebody may have lost one
            for name in names:
                (partial / name).replace(target / name)
            _remove(partial)
        else:
            partial.replace(target)
    except BaseException:
        _remove(partial)
        _drop(_folder(path))
        raise
    return [target / name for name in names]


def _replace(path: Path, text: str) -> None:
    partial = path.with_suffix(f".{_PARTIAL}")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _sweep(path: Path, keep: Path | None) -> None:
    """Remove the pages of earlier reports, and nothing that another program put beside them."""
    folder = _folder(path)
    for each in folder.glob("*"):
        if each != keep and _MINE.fullmatch(each.name) and not each.is_symlink():
            _remove(each)
    _drop(folder)


def _remove(folder: Path) -> None:
    for page in folder.glob("*"):
        if _is_ours(page):
            page.unlink()
    _drop(folder)


def _drop(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _is_ours(page: Path) -> bool:
    return bool(_PAGE.fullmatch(page.name) and _MINE.fullmatch(page.parent.name)) and page.is_file()


def _folder(path: Path) -> Path:
    return path.with_name(f"{path.stem}_files")
