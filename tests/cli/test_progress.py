"""Progress: a line for each submission and each download, or a bar on a terminal, whatever a submission is called."""

from __future__ import annotations

import io
import sys

import pytest
from report_cases import HOSTILE, make_item, make_result

from grader.cli.progress import class_progress, download_progress
from grader.results.models import Outcome


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_away_from_a_terminal_each_submission_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with class_progress(2) as on_result:
        on_result(make_result("anna", make_item(), seconds=1.25))
        on_result(make_result("boris", make_item(outcome=Outcome.GRADER_ERROR), seconds=3.0))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "anna: 4 (1.2 s), 1 of 2\nboris: no mark (3.0 s), 2 of 2\n"


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_stays_one_harmless_line(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with class_progress(1) as on_result:
        on_result(make_result(name, make_item()))
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.strip("\n").isprintable()


@pytest.mark.parametrize("name", ["anna", *HOSTILE.values(), "[/bold].py"], ids=["plain", *HOSTILE, "closing tag"])
def test_on_a_terminal_a_bar_shows_the_last_submission(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Names are no markup: an unmatched closing tag must not end the run."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    with class_progress(2) as on_result:
        on_result(make_result(name, make_item()))
    assert "grading" in terminal.getvalue()
    assert "1/2" in terminal.getvalue()
    if name in {"anna", "[/bold].py"}:
        assert f"{name}: 4 (" in terminal.getvalue()


def test_away_from_a_terminal_each_download_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with download_progress() as begin:
        begin("t10k.gz", 12_345)(12_345)
    assert capsys.readouterr() == ("", "fetching t10k.gz (12,345 bytes)\n")


def test_on_a_terminal_a_bar_shows_each_download(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    with download_progress() as begin:
        advance = begin("t10k.gz", 4_000)
        advance(1_000)
        advance(3_000)
    assert "t10k.gz" in terminal.getvalue()
    assert "4.0/4.0 kB" in terminal.getvalue()
