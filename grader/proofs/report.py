"""Show what a validation found: a table for the terminal, and all of it as JSON."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.proofs.cases import Case, Fault, Kind, Verdict, lost_lines
from grader.proofs.run import Report
from grader.reports.escaping import shorten
from grader.results.store import write_text_atomic
from grader.results.validation_record import highest_rate

GOOD_WORDS = {
    Kind.REFERENCE: "all points",
    Kind.ALTERNATE: "all points",
    Kind.MUTANT: "killed",
    Kind.AUTOMATIC: "killed",
    Kind.HOSTILE: "held",
    Kind.STUBS: "no points",
}
TELLING_RATE = 0.5
"""A limit above it comes of a handful of gradings, and says nothing."""
MAX_PROBLEM = 1500
"""Characters that the terminal shows of a problem: enough for the whole message of a mistake."""
RIGHT = (Kind.REFERENCE, Kind.ALTERNATE)
"""Kinds of right solutions: what they lose, the grader took wrongly."""


@dataclass(frozen=True)
class KindSummary:
    """What came of one kind of cases."""

    kind: Kind
    cases: int
    gradings: int
    good: int
    """Cases without a problem on any secret."""
    faults: dict[Fault, int]


@dataclass(frozen=True)
class LineFlakes:
    """How often a line failed right solutions."""

    gradings: int
    lost: int

    @property
    def upper_limit(self) -> float:
        """The highest rate that fits these losses; see `highest_rate`."""
        return highest_rate(self.gradings, self.lost)


def summaries(report: Report) -> list[KindSummary]:
    """Return what came of each kind that was validated."""
    found = []
    for kind in Kind:
        verdicts = [verdict for verdict in report.verdicts if verdict.case.kind is kind]
        if verdicts:
            cases = by_case(verdicts)
            good = sum(all(verdict.good for verdict in group) for _case, group in cases)
            faults = Counter(problem.fault for verdict in verdicts for problem in verdict.problems)
            found.append(KindSummary(kind, len(cases), len(verdicts), good, dict(faults)))
    return found


def flakes(verdicts: Iterable[Verdict]) -> dict[str, LineFlakes]:
    """Return, for each line, how often it was tested with right solutions, and how often it failed them."""
    tested: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for verdict in verdicts:
        if verdict.case.kind in RIGHT:
            tested.update(item.id for item in verdict.result.items)
            lost.update(lost_lines(verdict.result).keys())
    return {line: LineFlakes(count, lost[line]) for line, count in tested.items()}


def by_case(verdicts: Iterable[Verdict]) -> list[tuple[Case, Sequence[Verdict]]]:
    ordered = sorted(verdicts, key=lambda verdict: (verdict.case.kind, verdict.case.name, verdict.seed))
    groups = itertools.groupby(ordered, key=lambda verdict: (verdict.case.kind, verdict.case.name))
    return [((found := list(group))[0].case, found) for _key, group in groups]


def unseen(report: Report) -> tuple[list[Verdict], int]:
    """Return the corpus' mistakes that no public line shows, and how many mistakes there are that lost anything."""
    losing = [one for one in report.verdicts if one.case.kind is Kind.MUTANT and lost_lines(one.result)]
    return [one for one in losing if one.case.unseen], len(losing)


def print_report(report: Report, console: Console) -> None:
    """Print a row for each case, then what was wrong, then the verdict."""
    console.print(_case_table(report))
    for verdict in report.verdicts:
        for problem in verdict.problems:
            told = shorten(problem.text, MAX_PROBLEM)  # it may quote what an attack wrote
            console.print(Text(f"{verdict.case.name}, secret {verdict.seed}: {problem.fault}: {told}", "red"))
    for text in (*report.machine, *report.leaks, *report.gone):
        console.print(Text(text, "red"))
    console.print(_summary_table(report))
    hidden, losing = unseen(report)
    if losing:
        share = f"{len(hidden)} of {losing} ({len(hidden) / losing:.1%})"
        console.print(f"mistakes that leave the public points full: {share}")
    if hidden:
        console.print(_unseen_table(hidden))
    if right := flakes(report.verdicts):
        gradings = sum(line.gradings for line in right.values())
        lost = sum(line.lost for line in right.values())
        weakest = max(line.upper_limit for line in right.values())
        rate = f"; so each line's rate of false fails is below {weakest:.2%} (95 %)" if weakest < TELLING_RATE else ""
        secrets = "1 secret" if report.secrets == 1 else f"{report.secrets} secrets"
        console.print(f"right solutions: {gradings:,} tests of single lines on {secrets}, {lost} lost{rate}")
    around = "; ".join(report.machine) or "nothing was reached, changed or left on this machine"
    spent = f"{report.seconds / 60:.1f} min on the clock, {report.core_seconds / 60:.1f} min of one core"
    console.print(f"level {report.level}; {spent}; {around}")
    if report.passed_over:
        console.print(Text(f"in the template git keeps no caches; not searched: {', '.join(report.passed_over)}"))
    console.print(
        Text("the grader is right", "bold green") if report.good else Text(_what_is_wrong(report), "bold red")
    )


def _what_is_wrong(report: Report) -> str:
    bad = len([case for case, verdicts in by_case(report.verdicts) if not all(verdict.good for verdict in verdicts)])
    counts = {"case": bad, "trace on the machine": len(report.machine), "leak": len(report.leaks)}
    told = [f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count]
    told += [f"{len(report.gone)} recorded and gone"] if report.gone else []
    return f"NOT AS IT MUST BE: {', '.join(told)}. The grader is wrong, or what a case says of it."


def _case_table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Case", no_wrap=True)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("What it is", no_wrap=True, overflow="ellipsis")
    for case, verdicts in by_case(report.verdicts):
        bad = sorted({problem.fault for verdict in verdicts for problem in verdict.problems})
        word = Text(", ".join(bad).upper(), "bold white on red") if bad else Text(GOOD_WORDS[case.kind], "green")
        table.add_row(f"{case.kind} {case.name}", _scores(verdicts), word, case.about)
    return table


def _scores(verdicts: Sequence[Verdict]) -> str:
    scores = [verdict.result.score for verdict in verdicts]
    if None in scores:
        return "none"
    low, high = (f"{pick(score for score in scores if score is not None):g}" for pick in (min, max))
    return low if low == high else f"{low}-{high}"


def _summary_table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("Kind", "Cases", "Gradings", "As they must be", "Problems"):
        table.add_column(heading, justify="left" if heading in {"Kind", "Problems"} else "right", no_wrap=True)
    for row in summaries(report):
        faults = ", ".join(f"{count} {fault}" for fault, count in row.faults.items()) or "none"
        good = Text(f"{row.good} of {row.cases}", "green" if row.good == row.cases else "bold red")
        table.add_row(str(row.kind), str(row.cases), str(row.gradings), good, faults)
    return table


def _unseen_table(verdicts: Sequence[Verdict]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("Mistake", "Loses", "Why no public line shows it"):
        table.add_column(heading)
    for verdict in verdicts:
        table.add_row(verdict.case.name, ", ".join(lost_lines(verdict.result)), verdict.case.unseen)
    return table


def write_json(report: Report, path: Path) -> None:
    """Write the verdicts.

    Raises:
        UsageError: the file cannot be written.
    """
    text = json.dumps(as_dict(report), indent=2) + "\n"  # ASCII: what attacks say may be no text
    write_text_atomic(path, text)


def as_dict(report: Report) -> dict[str, object]:
    """Return all of a report as plain values."""
    return {
        "good": report.good,
        "level": report.level,
        "secrets": report.secrets,
        "seconds": report.seconds,
        "core_seconds": report.core_seconds,
        "machine": report.machine,
        "leaks": report.leaks,
        "passed_over": report.passed_over,
        "gone": report.gone,
        "kinds": [
            {"kind": row.kind, "cases": row.cases, "gradings": row.gradings, "good": row.good, "faults": row.faults}
            for row in summaries(report)
        ],
        "false_fails": {
            line: {"gradings": found.gradings, "lost": found.lost, "upper_limit_95": round(found.upper_limit, 6)}
            for line, found in flakes(report.verdicts).items()
        },
        "verdicts": [_verdict_as_dict(verdict) for verdict in report.verdicts],
    }


def _verdict_as_dict(verdict: Verdict) -> dict[str, object]:
    case, result = verdict.case, verdict.result
    return {
        "kind": case.kind,
        "name": case.name,
        "about": case.about,
        "secret": verdict.seed,
        "good": verdict.good,
        "score": result.score,
        "max_score": result.max_score,
        "problems": [{"fault": problem.fault, "text": problem.text} for problem in verdict.problems],
        "lost": lost_lines(result),
        "seconds": result.seconds,
    }
