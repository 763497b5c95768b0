"""`calibrate.json`: a calibration for programs, stable between versions."""

from __future__ import annotations

import json
from pathlib import Path

from unsaid.errors import RunError
from unsaid.estimates.calibrating.bias import Calibration
from unsaid.store.write import write_text

__all__ = ["write_calibration"]


def write_calibration(found: Calibration, path: Path) -> None:
    """Write the calibration, replacing the file at once.

    Raises:
        RunError: it cannot be written.
        ValueError: a number is NaN or infinite.
    """
    text = json.dumps(
        found.to_dict(), indent=1, allow_nan=False
    )  # ASCII: survives unpaired surrogates in a name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text + "\n")
    except OSError as error:
        raise RunError(
            f"{path}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from error
