"""A headless Chromium for the tests of pages: the system's own, driven by Playwright.

Playwright needs no driver program of the browser's version, is typed, and says for each page what it logged and
fetched. Its own browser builds are not used: a distribution's package is found, or installed where this process may.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL_S = 600


@functools.cache
def find_chromium() -> str | None:
    """Return the path of a Chromium, installing Debian's package when root; None when there is none to be had."""
    found = _find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        found = _find()
    return found


def _find() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def _install() -> None:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]):
        try:
            subprocess.run(command, check=False, timeout=INSTALL_S, env=environment, **quiet)
        except subprocess.TimeoutExpired:
            return


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless browser for the run; tests open pages in contexts of their own."""
    path = find_chromium()
    if path is None:
        pytest.skip(f"no browser here: none of {', '.join(NAMES)} is installed. As root: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    # Chromium refuses to run as root inside its own sandbox. The pages are ours, from this machine.
    options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, what it wrote to the console or threw, and every address that it asked for."""

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """Open an address in a context of its own; keywords are those of Playwright's `new_context`."""
    contexts = []

    def open_page(address: str, **options: Any) -> Watched:
        contexts.append(chromium.new_context(**options))
        watched = Watched(contexts[-1].new_page())
        watched.page.on("console", lambda message: watched.problems.append(f"{message.type}: {message.text}"))
        watched.page.on("pageerror", lambda error: watched.problems.append(str(error)))
        watched.page.on("request", lambda request: watched.requests.append(request.url))
        watched.page.goto(address)
        return watched

    yield open_page
    for context in contexts:
        context.close()
