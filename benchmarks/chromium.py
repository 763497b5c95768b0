"""Chromium as a measuring instrument: driven over a pipe, in its own words (the DevTools protocol).

Nothing is installed for it: the protocol is JSON with a NUL after each message, read and written on two
descriptors that Chromium inherits, so that neither a driver nor a web socket is needed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

#: Seconds to wait for one answer before the browser is given up.
PATIENCE = 120.0


def found() -> str | None:
    """The Chromium of this machine, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """A headless Chromium and one of its pages."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, back: int) -> None:
        self._process, self._to, self._back = process, to, back
        self._number, self._rest = 0, b""
        target = self.ask("Target.createTarget", {"url": "about:blank"}, session=None)["targetId"]
        attached = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True}, session=None)
        self._session: str | None = attached["sessionId"]
        for domain in ("Page", "Runtime", "Performance", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, params: dict[str, Any] | None = None, session: str | None = "") -> Any:
        """Send one command to the page (or to the browser, with `session=None`) and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params or {}}
        if session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def see(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = self.ask(
            "Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True}
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, expression: str) -> None:
        """Until an expression in the page is true."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if self.see(f"Boolean({expression})"):
                    return
            except RuntimeError as error:  # the page that was asked made way for another
                if "navigated" not in str(error) and "context" not in str(error):
                    raise
            time.sleep(0.02)
        raise TimeoutError(expression)

    def heap(self) -> float:
        """Megabytes of JavaScript objects that are in use after a collection."""
        self.ask("HeapProfiler.collectGarbage")
        metrics = self.ask("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize")) / 1e6

    def memory(self) -> tuple[float, float]:
        """Megabytes of the page's process and of all of Chromium: what is theirs, and their share of the rest."""
        each = [(kind, _size(process, "smaps_rollup", "Pss:")) for kind, process in self._processes()]
        return max(size for kind, size in each if kind == "renderer"), sum(size for _, size in each)

    def peak(self) -> float:
        """Megabytes that the page's process has held at most, with what it shares with others counted in full."""
        kinds = self._processes()
        return max(_size(process, "status", "VmHWM:") for kind, process in kinds if kind == "renderer")

    def _processes(self) -> list[tuple[str, int]]:
        """(kind, number) of Chromium's processes; those that are just ending are left out."""
        listed = self.ask("SystemInfo.getProcessInfo", session=None)["processInfo"]
        return [
            (each["type"], each["id"]) for each in listed if Path(f"/proc/{each['id']}/smaps_rollup").exists()
        ]

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            got = os.read(self._back, 1 << 20)
            if not got:
                raise RuntimeError(f"Chromium ended ({self._process.poll()})")
            self._rest += got
        message, _, self._rest = self._rest.partition(b"\0")
        read: dict[str, Any] = json.loads(message)
        return read


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """A browser with a profile of its own, closed at the end."""
    theirs_in, to = os.pipe()
    back, theirs_out = os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # The protocol's descriptors are 3 and 4 in Chromium; a shell moves ours there.
        line = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
        command = ["sh", "-c", line, program, *flags, f"--user-data-dir={profile}", "--remote-debugging-pipe"]
        process = subprocess.Popen(
            command, pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            browser = Browser(process, to, back)
            yield browser
            browser.ask("Browser.close", session=None)
            process.wait(10)
        finally:
            process.kill()
            process.wait()
            os.close(to)
            os.close(back)


def _size(process: int, file: str, line: str) -> float:
    """A figure that Linux keeps of a process, in MB."""
    found = Path(f"/proc/{process}/{file}").read_text(encoding="ascii").splitlines()
    return next(int(text.split()[1]) for text in found if text.startswith(line)) / 1e3
