"""Cases, verdicts and reports for the tests of ``grader.proofs``."""

from __future__ import annotations

from pathlib import Path

from report_cases import make_item, make_result

from grader.proofs.cases import Case, Fault, Kind, Problem, Verdict, must_be_full
from grader.proofs.run import Report
from grader.results.models import Outcome, SubmissionResult
from grader.results.rubric import load_rubric


def result_of(*, reason: str = "", messages: dict[str, str] | None = None, **outcomes: Outcome) -> SubmissionResult:
    """Return a result whose lines are worth a point each; a name's double underscore stands for a dot."""
    told = messages or {}
    names = {name: name.replace("__", ".") for name in outcomes}
    items = [
        make_item(names[name], outcome, max_points=1, message=told.get(names[name], ""))
        for name, outcome in outcomes.items()
    ]
    return make_result("case", *items, reason=reason)


LETTER_OF = frozenset(line.id for line in load_rubric().line if line.id.startswith("letters.letter_of"))
"""The lines that test `letter_of`; an author of the assignment may add some."""
ALL = result_of(first=Outcome.PASSED, second=Outcome.PASSED)
HALF = result_of(messages={"second": "second: 3 came"}, first=Outcome.PASSED, second=Outcome.FAILED)


def case_of(name: str = "one", kind: Kind = Kind.ALTERNATE, **changes) -> Case:
    """Return a case that writes an empty module."""

    def make(folder: Path) -> Path:
        path = folder / "mnist_all_models.py"
        path.write_text("", encoding="utf-8")
        return path

    return Case(**({"kind": kind, "name": name, "about": "a style", "make": make, "judge": must_be_full} | changes))


def verdict_of(case: Case | None = None, result: SubmissionResult = ALL, *problems: Problem, seed: int = 0) -> Verdict:
    """Return a verdict; a good one without problems."""
    return Verdict(case or case_of(), seed, result, problems)


BAD = verdict_of(case_of("two"), HALF, Problem(Fault.FALSE_FAIL, "second: 3 came"))


def report_of(*verdicts: Verdict, **changes) -> Report:
    """Return a report of a minute's validation."""
    fields = {"level": "full", "verdicts": verdicts, "machine": (), "secrets": 1, "seconds": 60.0, "core_seconds": 90.0}
    return Report(**(fields | changes))
