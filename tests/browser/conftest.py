"""One browser and one set of reports for the whole room; without a browser, a reason for skipping.

`UNSAID_REQUIRE_BROWSER=1` (`.ci/run` sets it) turns that reason into a failure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The records are those of the report's own tests, beside which this room may also run alone.
sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

from browser.axe import NoAxeError, source
from browser.chrome import Page, chrome, programs
from browser.reports import Reports, write


def without(reason: str) -> None:
    """Skip, or fail where a browser is required."""
    if os.environ.get("UNSAID_REQUIRE_BROWSER") == "1":
        pytest.fail(f"UNSAID_REQUIRE_BROWSER=1, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    program, driver = programs()
    if program is None or driver is None:
        without("there is no Chromium with its driver (Debian: apt-get install chromium chromium-driver)")
    assert program is not None
    assert driver is not None
    with chrome(program, driver, tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(browser: Page) -> Page:
    """The browser's tab, on an empty page of a desk's size in light colours."""
    browser.look()
    return browser


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    try:
        return source()
    except NoAxeError as error:
        without(str(error))
        raise


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    return write(tmp_path_factory.mktemp("reports"))
