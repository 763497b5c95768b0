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

from unsaid.report.run.page import Contents, first_page, packed, transcripts_page
from unsaid.report.transcripts.packed import Packed
from unsaid.report.transcripts.shards import LIMIT, divide, leaf, root, whole
from unsaid.store.write import is_partial, make_folder, write_bytes, write_text

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
    transcripts = packed(contents)
    if transcripts.size <= limit:
        _replace(path, first_page(contents, whole(transcripts)))
        _sweep(path, keep=None)
        return [path]
    divided = divide(transcripts, limit)
    earlier = set(_inside(_folder(path)))
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
    """Return the pages of transcripts beside a report, in their order; none where it is one file."""
    found = [page for each in _inside(_folder(path)) for page in _inside(each) if _is_ours(page)]
    return sorted(found, key=lambda page: (page.parent.name, len(page.name), page.name))


def whereabouts(path: Path) -> str:
    """Return a sentence that says where a report's transcripts are, and what belongs together."""
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
    make_folder(_folder(path))
    try:
        _remove(partial)
        make_folder(partial)
        for here, name in enumerate(names):
            page = transcripts_page(contents, leaf(divided, names, here, report), report).encode()
            write_bytes(partial / name, page)
            digest.update(page)
        target = _folder(path) / digest.hexdigest()
        if target.exists() or target.is_symlink():  # the same pages, of which somebody may have lost one
            make_folder(target)  # refused where it is a link
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
    write_text(path, text)


def _sweep(path: Path, keep: Path | None) -> None:
    """Remove the pages of earlier reports, and nothing that another program put beside them."""
    folder = _folder(path)
    if folder.is_symlink():
        return
    for each in _inside(folder):
        if each != keep and _MINE.fullmatch(each.name) and not each.is_symlink():
            _remove(each)
    _drop(folder)


def _remove(folder: Path) -> None:
    for page in _inside(folder):
        if _is_ours(page):
            page.unlink()
    _drop(folder)


def _inside(folder: Path) -> list[Path]:
    """What stands in a folder; nothing where it is a link, for what it leads to is not ours."""
    led_away = _MINE.fullmatch(folder.name) is not None and folder.parent.is_symlink()
    if led_away or folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(folder.iterdir())


def _drop(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


def _is_ours(page: Path) -> bool:
    ours = _PAGE.fullmatch(page.name) or is_partial(page)  # of a process that was killed
    return bool(ours and _MINE.fullmatch(page.parent.name)) and page.is_file()


def _folder(path: Path) -> Path:
    return path.with_name(f"{path.stem}_files")
