"""axe-core, fetched from npm for these tests and kept in `build/`: it is not ours, so it is not in the repository."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

VERSION = "4.14.1"
#: What the registry says of this version's archive; whatever else comes is refused.
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
FOLDER = Path(__file__).parents[2] / "build" / f"axe-core-{VERSION}"
_ARCHIVE = f"axe-core-{VERSION}.tgz"


class NoAxeError(Exception):
    """Axe-core is not here and cannot be had, for the reason that it gives."""


def source() -> str:
    """The script, from an earlier fetch or from npm.

    Raises:
        NoAxeError: there is no npm, it gave nothing, or what it gave is not what was asked for.
    """
    archive = FOLDER / _ARCHIVE
    if not archive.exists():
        _fetch(FOLDER)
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
        raise NoAxeError(f"{archive} is not axe-core {VERSION}; remove it")
    with tarfile.open(archive) as opened:
        found = opened.extractfile("package/axe.min.js")
        assert found is not None
        return found.read().decode("utf-8")


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NoAxeError("there is no npm to fetch axe-core with")
    folder.mkdir(parents=True, exist_ok=True)
    patience = ("--fetch-retries=1", "--fetch-timeout=20000")
    command = [npm, "pack", f"axe-core@{VERSION}", "--silent", f"--pack-destination={folder}", *patience]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=90, cwd=folder)
    except subprocess.CalledProcessError as error:
        raise NoAxeError(f"npm gave no axe-core: {error.stderr.strip()[-300:] or error}") from error
    except subprocess.TimeoutExpired as error:
        raise NoAxeError("npm gave no axe-core within 90 seconds") from error
    if not (folder / _ARCHIVE).exists():
        raise NoAxeError(f"npm wrote no {_ARCHIVE}")
