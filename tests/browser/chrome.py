"""Debian's Chromium, driven by Selenium: one browser for all tests, and what they ask of it.

Selenium and not Playwright, since Debian's driver is built with Debian's browser, and the browser that
Playwright wants is one that it downloads. Nothing is downloaded here: both programs are named, and where
one is not there the tests are skipped (or fail, see `tests/browser/conftest.py`).
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selenium.webdriver.common.keys import Keys

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

#: Root has no sandbox here; the rest keeps Chromium from calling home, so that every request is the page's.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
)
PATIENCE = 20.0

#: Put into each page before its own script: what the content policy refused, and what was thrown.
WATCH = """
window.refused = [];
addEventListener("securitypolicyviolation", (e) => refused.push(`${e.violatedDirective} ${e.blockedURI}`));
addEventListener("error", (e) => refused.push(`error ${e.message}`));
addEventListener("unhandledrejection", (e) => refused.push(`rejected ${e.reason}`));
"""


def programs() -> tuple[str | None, str | None]:
    """Where Chromium and its driver are, as far as they are there."""
    return shutil.which("chromium") or shutil.which("chromium-browser"), shutil.which("chromedriver")


class Page:
    """The one tab of a browser."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self.tell("Page.addScriptToEvaluateOnNewDocument", source=WATCH)

    def tell(self, method: str, **params: Any) -> Any:
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(method, params)

    def look(self, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """The size of the window and the colours that its user prefers."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", media="", features=[scheme])

    def open(self, path: Path, fragment: str = "") -> None:
        """Load a file anew, and wait until its transcripts are there (if it has any).

        By way of an empty page: only the fragment may differ, and that would not load it again.
        """
        self.driver.get("about:blank")
        self.said(), self.asked()
        self.driver.get(path.as_uri() + fragment)
        self.wait("document.readyState === 'complete'")
        self.settle()

    def settle(self) -> None:
        """Until the transcript browser shows a pair, or says that there is none."""
        self.wait(
            "!document.getElementById('browser') || !document.getElementById('trouble').hidden || "
            "(!document.getElementById('browser').hidden && document.getElementById('pair').childElementCount"
            " && !document.getElementById('count').textContent.includes('still'))"
        )

    def see(self, expression: str, *given: Any) -> Any:
        """The value of an expression of the page; `given` are its `arguments`."""
        return self.driver.execute_script(f"return ({expression});", *given)

    def wait(self, expression: str) -> None:
        """Until an expression is true."""
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.driver, PATIENCE, 0.02).until(
            lambda _: self.see(f"Boolean({expression})"), expression
        )

    def texts(self, selector: str) -> list[str]:
        """What every element of a selector holds, as text."""
        found: list[str] = self.see(
            "[...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector
        )
        return found

    def press(self, *keys: str) -> None:
        """Real key strokes, to whatever has the focus."""
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.driver, duration=0)
        for key in keys:
            chain.send_keys(key)
        chain.perform()

    def focused(self) -> str:
        """The element that has the focus: its tag, its id or name, and its text."""
        return str(
            self.see(
                "((e) => [e.tagName.toLowerCase(), e.id || e.name || '', (e.innerText || '').slice(0, 60)].join(' '))"
                "(document.activeElement)"
            )
        ).strip()

    def tab_to(self, wanted: str, most: int = 200) -> None:
        """Tab until the element that `wanted` selects has the focus."""
        for _ in range(most):
            self.press(Keys.TAB)
            if self.see("document.activeElement.matches(arguments[0])", wanted):
                return
        raise AssertionError(f"{wanted} is out of the keyboard's reach")

    def said(self) -> list[str]:
        """Warnings and errors since the last call: of the console, of the content policy, and thrown ones."""
        logged = [f"{entry['level']} {entry['message']}" for entry in self._log("browser")]
        return [*logged, *(self.see("window.refused ? refused.splice(0) : []"))]

    def asked(self) -> set[str]:
        """Addresses that the page asked for since the last call, without their fragments."""
        found = set()
        for entry in self._log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] in {"Network.requestWillBeSent", "Network.webSocketCreated"}:
                params = message["params"]
                found.add(str(params.get("url") or params["request"]["url"]).partition("#")[0])
        return found - {"about:blank"}

    def _log(self, kind: str) -> list[dict[str, Any]]:
        return list(self.driver.get_log(kind))  # type: ignore[no-untyped-call]

    def violations(self, axe: str) -> list[str]:
        """What axe-core finds serious or critical, each with the elements that it means."""
        self.driver.execute_script(f"if (!window.axe) {{ {axe} }}")
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations), (e) => done(String(e)));"
        )
        assert isinstance(found, list), found
        return [
            f"{rule['impact']} {rule['id']}: {node['html'][:200]} ({' '.join(node['failureSummary'].split())})"
            for rule in found
            if rule["impact"] in {"serious", "critical"}
            for node in rule["nodes"][:3]
        ]

    def shot(self, path: Path, *, whole: bool = False) -> None:
        """A picture of the window, or of the whole page."""
        made = self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(made["data"]))

    def printed(self) -> bytes:
        """The page as its user would print it, as a PDF."""
        made = self.tell("Page.printToPDF", printBackground=False, preferCSSPageSize=True)
        return base64.b64decode(made["data"])


@contextmanager
def chrome(browser: str, driver: str, profile: Path) -> Iterator[Page]:
    """A browser with an empty profile, ended at the end."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    running = Chrome(options=options, service=Service(driver))
    try:
        running.set_script_timeout(180)
        yield Page(running)
    finally:
        running.quit()
