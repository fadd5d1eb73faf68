"""Text that students chose: everything is shown, nothing acts."""

from __future__ import annotations

import unicodedata

import pytest
from report_cases import HOSTILE

from grader.reports.escaping import csv_cell, first_line, one_line, shorten, visible


@pytest.mark.parametrize("kind", HOSTILE)
def test_visible_text_has_no_control_bidi_or_surrogate_characters(kind: str) -> None:
    shown = visible(HOSTILE[kind])
    shown.encode()
    assert not {unicodedata.category(char) for char in shown.replace("\n", "").replace("\t", "")} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, длинный, 学生 👩\u200d🔬", "plain, длинный, 学生 👩\u200d🔬"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\u202egpj", r"\u202egpj"),
        ("\ud800", r"\ud800"),
        ("a\x00\ufffe", r"a\x00\ufffe"),
        ("a\r\nb\rc\n\td", "a\nb\nc\n\td"),
    ],
)
def test_unsafe_characters_are_shown_as_escapes(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"


def test_first_line_is_the_first_that_is_not_blank() -> None:
    assert first_line("\n  \n  the first\x0b one \nthe second") == r"the first\x0b one"
    assert first_line(" \n") == ""


def test_one_line_joins_lines() -> None:
    assert one_line(" a\n\tb\r\nc ") == "a b c"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_a_formula_becomes_text(text: str) -> None:
    assert csv_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "student-1", "a=b", "1-2", "shape (3,), got -1"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert csv_cell(text) == text


def test_a_formula_after_a_semicolon_becomes_text() -> None:
    assert csv_cell("a; =1;-2\n@x") == "a; '=1;'-2\n'@x"
