"""What stands on the terminal, compared whole: 100 columns, no color."""

from __future__ import annotations

import io

import pytest
from report_cases import HOSTILE, make_class, make_every_outcome, make_hostile_result, make_item, make_result
from rich.console import Console

from grader.reports import class_table, last_error, print_class, print_submission
from grader.reports.escaping import one_line
from grader.results.models import Outcome, SubmissionResult


def make_console(width: int = 100, *, terminal: bool = False) -> Console:
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        _environ={},
    )


def shown(console: Console) -> str:
    text = console.file.getvalue()
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n") + "\n"


def shown_class(results: list[SubmissionResult], width: int = 100) -> str:
    console = make_console(width)
    print_class(results, console)
    return shown(console)


def shown_submission(result: SubmissionResult, width: int = 100) -> str:
    console = make_console(width)
    print_submission(result, console)
    return shown(console)


def test_the_class_table() -> None:
    assert shown_class(make_class()) == CLASS_TABLE


def test_a_submission_with_faults() -> None:
    assert shown_submission(make_class()[1]) == WITH_FAULTS


def test_a_rejected_submission_without_lines() -> None:
    assert shown_submission(make_class()[3]) == "student-4\nRejected: No Python file found.\nTotal: 0 of 10\n"


def test_of_lines_that_nobody_tested_it_is_said_once() -> None:
    items = [make_item(name, Outcome.SKIPPED, message="Damaged.") for name in ("parser.u1", "letters.accuracy")]
    for some, words in ((items, "None of the 2 checks was run."), (items[:1], "Its 1 check was not run.")):
        shown = shown_submission(make_result("anna", *some, reason="Damaged."))
        assert shown == f"anna\nRejected: Damaged.\n{words}\nTotal: 0 of {4 * len(some)}\n"


def test_every_outcome_is_shown_and_the_missing_mark_is_loud() -> None:
    assert shown_submission(make_every_outcome(), width=80) == EVERY_OUTCOME


def test_long_messages_are_wrapped_under_their_own_column() -> None:
    text = shown_submission(make_class()[1], width=50)
    assert all(len(line) <= 50 for line in text.splitlines())
    assert "\n              parse_idx(fd) returned shape (3,),\n              expected (3, 2).\n" in text


def test_names_score_and_bar_stay_whole_in_80_columns() -> None:
    results = [make_result("x" * 60, score=87.25, max_score=100.0), *make_class()]
    lines = shown_class(results, width=80).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert f" {'x' * 23}…  87.25/100  #########." in lines


def test_color_is_used_on_a_terminal_only() -> None:
    console = make_console(terminal=True)
    print_class(make_class(), console)
    assert "\x1b[" in console.file.getvalue()
    assert "\x1b" not in shown_class(make_class())


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_printed_as_text(kind: str) -> None:
    result = make_hostile_result(HOSTILE[kind])
    text = shown_submission(result, width=400) + shown_class(
        [result, make_result(HOSTILE[kind], score=None)], width=400
    )
    text.encode()
    assert one_line(HOSTILE[kind]) in text
    assert not set(text) & set("\x1b\x00\x07\x9b\u202e\r")


def test_who_has_an_unusual_note_is_told_to_have_one() -> None:
    notes = {"anna": ("common", "importing a.py did not work."), "boris": ("common",), "chen": ("common", "left out")}
    failed = make_item(outcome=Outcome.FAILED)
    results = [make_result(name, failed if name == "chen" else make_item(), notes=notes[name]) for name in notes]
    anna, boris, chen = (next(line for line in shown_class(results).splitlines() if name in line) for name in notes)
    assert anna.rstrip().endswith("#  see notes")
    assert boris.rstrip().endswith("#")
    assert chen.rstrip().endswith("see notes; failed x1")


def test_whole_reasons_of_rejected_submissions_stand_below_the_table() -> None:
    reason = "the submission: holds no Python module, only lab.pdf. Expected one file, mnist_all_models.py."
    results = [make_result(f"s{number}", make_item(outcome=Outcome.SKIPPED), reason=reason) for number in range(22)]
    below = shown_class(results, width=80).partition("22 submissions were rejected, with 0 points.")[2].splitlines()
    assert below[1] == f"  s0: {reason}"
    assert below[-2:] == [f"  s19: {reason}", "  ... and 2 more"]


def test_a_class_table_of_nobody_can_be_made() -> None:
    assert class_table([]).row_count == 0
    assert "nobody has a mark" in shown_class([])


CLASS_TABLE = """\
no mark: grader error: student-10

 Submission       Score              What went wrong
 ──────────────────────────────────────────────────────────────────────
 student-1        10/10  ##########
 student-2         0/10  ..........  see notes; timeout x1, failed x1
 student-3          0/4  ..........  rejected: The zip file is damaged.
 student-4         0/10  ..........  rejected: No Python file found.
 student-10     no mark  !!!!!!!!!!  no mark: grader error x1

 5 submissions      2.5  mean        median 0, 1 without a mark

2 submissions were rejected, with 0 points. Read why before you give grades out:
  student-3: The zip file is damaged.
  student-4: No Python file found.
"""

WITH_FAULTS = """\
student-2
failed   0/4  parser.u1 Reads unsigned bytes
              parse_idx(fd) returned shape (3,), expected (3, 2).
timeout  0/6  letters.accuracy Reads unsigned bytes
              No answer after 30 s.
  Note: Left out: the notebook cell 3 (a shell command).
Total: 0 of 10
"""

EVERY_OUTCOME = """\
every-outcome
passed        4/4  parser.passed Reads unsigned bytes
                   About passed.
partial       0/4  parser.partial Reads unsigned bytes
                   About partial.
failed        0/4  parser.failed Reads unsigned bytes
                   About failed.
crashed       0/4  parser.crashed Reads unsigned bytes
                   About crashed.
timeout       0/4  parser.timeout Reads unsigned bytes
                   About timeout.
memory        0/4  parser.memory Reads unsigned bytes
                   About memory.
skipped       0/4  parser.skipped Reads unsigned bytes
                   About skipped.
grader error  -/4  parser.grader_error Reads unsigned bytes
                   About grader_error.
Total: no mark: grader error
"""


def test_the_last_error_of_a_log_is_the_one_that_is_told() -> None:
    log = "parser.u1:\nTraceback (most recent call last):\n  File ...\nValueError: one\n\nNameError: name 'nnp' is no\n"
    assert last_error(log) == "NameError: name 'nnp' is no"
    dressed = (
        "INTERNALERROR>     raise RubricError(\nINTERNALERROR> grader.system.errors.RubricError: no line 'a.b'\nnoise\n"
    )
    assert last_error(dressed) == "grader.system.errors.RubricError: no line 'a.b'"
    assert last_error("OSError: \x1b[31mred") == "OSError: \\x1b[31mred"
    assert last_error("a child ended") == ""
