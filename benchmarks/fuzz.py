"""A loader under coverage-guided fuzzing, until it is stopped: `make fuzz LOADER=run.json ARGS=-max_total_time=600`.

Needs atheris, which `make fuzz` installs. The loaders are those of `mutations.py`; anything that one raises but an
`UnsaidError` is a crash, and atheris writes the bytes that made it beside its work.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Fuzz the loader that is named first; the other arguments are libFuzzer's. A name that none has ends with 2."""
    import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

    with atheris.instrument_imports(include=["unsaid"]):
        from mutations import loaders

        from unsaid.errors import UnsaidError
        from unsaid.registry import named

        known = loaders()
    name = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    try:
        load = named("loader", name, known)
    except UnsaidError as error:
        print(f"fuzz: {error} (make fuzz LOADER=NAME)", file=sys.stderr)
        sys.exit(2)
    path = Path(tempfile.mkdtemp(prefix="unsaid-fuzz-")) / name

    def once(data: bytes) -> None:
        path.write_bytes(data)
        try:
            load(path)
        except UnsaidError:
            return

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
