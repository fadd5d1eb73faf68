"""The browser that the tests of pages share: it is found or skipped with a reason, and what pages do is seen."""

from __future__ import annotations

from pathlib import Path

import browser
import pytest


def test_a_page_is_watched(open_page, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<!doctype html><title>t</title><p>here</p><script>console.warn('w'); nothing()</script>", encoding="utf-8"
    )
    watched = open_page((tmp_path / "page.html").as_uri())
    assert watched.page.inner_text("p") == "here"
    assert watched.requests == [(tmp_path / "page.html").as_uri()]
    assert watched.problems[0] == "warning: w"
    assert "nothing is not defined" in watched.problems[1]


def test_no_browser_and_no_right_to_install_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "NAMES", ("no-such-browser",))
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000)
    assert browser.find_chromium.__wrapped__() is None
