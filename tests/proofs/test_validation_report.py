"""What a validation shows: the table, the JSON, the page, and the rates of false fails."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console
from validation_cases import BAD, case_of, report_of, verdict_of

from grader.proofs.cases import Fault, Kind, Problem
from grader.proofs.page import render_page, write_page
from grader.proofs.report import LineFlakes, flakes, print_report, summaries, write_json
from grader.system.errors import UsageError

GOOD = verdict_of()
NO_MARK = verdict_of(case_of("three"), BAD.result.model_copy(update={"score": None}))


def printed(report) -> str:
    console = Console(record=True, width=200, file=io.StringIO())
    print_report(report, console)
    return console.export_text()


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (report_of(GOOD), "the grader is right"),
        (report_of(GOOD, BAD), "two, secret 0: false fail: second: 3 came"),
        (report_of(GOOD, machine=("a file was left",)), "a file was left"),
        (report_of(GOOD, leaks=("the secret in README.md",)), "the secret in README.md"),
    ],
    ids=["good", "a fault", "the machine", "a leak"],
)
def test_the_verdict_is_printed_and_written(report, words, tmp_path) -> None:
    good = report == report_of(GOOD)
    assert words in printed(report)
    assert "1.0 min on the clock, 1.5 min of one core" in printed(report)
    assert ("NOT AS IT MUST BE: 1 " in printed(report)) is not good
    assert ("Not as it must be" in render_page(report)) is not good
    write_json(report, tmp_path / "verdicts.json")
    assert json.loads((tmp_path / "verdicts.json").read_text())["good"] is good


def test_cases_are_counted_once_however_many_secrets_they_were_graded_on() -> None:
    report = report_of(GOOD, verdict_of(seed=1), BAD, secrets=2)
    (row,) = summaries(report)
    assert (row.kind, row.cases, row.gradings, row.good) == (Kind.ALTERNATE, 2, 3, 1)
    assert row.faults == {Fault.FALSE_FAIL: 1}
    assert "1-2" not in printed(report)
    assert "none" in printed(report_of(NO_MARK))


def test_what_an_attack_wrote_is_printed_short_and_as_text() -> None:
    problem = Problem(Fault.NOT_HELD, "it said \ud800\x1b[2J " + "0" * 50_000)
    attacked = verdict_of(case_of("a", Kind.HOSTILE, about="hopes " + "very " * 60), GOOD.result, problem)
    text = printed(report_of(attacked))
    assert r"a, secret 0: not held: it said \ud800\x1b[2J" in text
    assert len(text) < 5_000
    assert len([line for line in text.splitlines() if "very" in line]) == 1


def test_only_right_solutions_tell_the_rate_of_false_fails() -> None:
    mutant = verdict_of(case_of("m", Kind.MUTANT), BAD.result)
    found = flakes((GOOD, BAD, mutant))
    assert (found["second"].gradings, found["second"].lost) == (2, 1)
    assert flakes((mutant,)) == {}
    assert "right solutions" not in printed(report_of(mutant))
    assert "on 1 secret, 0 lost\n" in printed(report_of(GOOD))
    assert "is below 39.30% (95 %)" in printed(report_of(*(verdict_of(seed=seed) for seed in range(6)), secrets=6))


def test_the_limit_of_a_rate_is_the_exact_one_without_losses() -> None:
    assert LineFlakes(0, 0).upper_limit == 1
    assert LineFlakes(200, 0).upper_limit == pytest.approx(0.01487, abs=1e-5)  # 1 - 0.05 ** (1 / 200)
    assert 0.01 < LineFlakes(200, 2).upper_limit < 0.04


def test_the_page_shows_hostile_text_as_text(tmp_path) -> None:
    hostile = verdict_of(case_of("<script>x</script>"), BAD.result, *BAD.problems)
    write_page(report_of(hostile), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text
    assert "second: 3 came" in text


def test_mistakes_tell_what_they_lost() -> None:
    assert "lost: second" in render_page(report_of(verdict_of(case_of("m", Kind.MUTANT), BAD.result)))


@pytest.mark.parametrize("write", [write_json, write_page])
def test_words_of_an_attack_that_are_no_text_are_written(tmp_path, write) -> None:
    told = Problem(Fault.NOT_HELD, "half a \ud800 letter")
    write(report_of(verdict_of(case_of(), BAD.result, told)), tmp_path / "out")
    assert b"half a " in (tmp_path / "out").read_bytes()


@pytest.mark.parametrize("write", [write_json, write_page])
def test_a_file_that_cannot_be_written_is_told(write, tmp_path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write(report_of(GOOD), tmp_path / "missing" / "file")
