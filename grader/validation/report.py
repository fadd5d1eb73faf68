"""Show what a validation found: a table for the terminal, and all of it as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.errors import UsageError
from grader.validation.run import HostileReport, Verdict


def print_hostile(report: HostileReport, console: Console) -> None:
    """Print a row for each attack, then what was wrong, then the verdict."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Attack", no_wrap=True)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("Honest", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Stopped by")
    for verdict in report.verdicts:
        table.add_row(
            verdict.attack.name,
            "none" if verdict.score is None else f"{verdict.score:g}",
            "rejected" if verdict.attack.rejected else f"{verdict.honest_score:g}",
            Text("held", "green") if verdict.held else Text("FAILED", "bold white on red"),
            verdict.attack.stopped_by,
        )
    console.print(table)
    for verdict in report.verdicts:
        for problem in verdict.problems:
            console.print(Text(f"{verdict.attack.name}: {problem}", "red"))
    for problem in (*report.neighbours, *report.machine):
        console.print(Text(problem, "red"))
    count = sum(verdict.held for verdict in report.verdicts)
    console.print(f"level {report.level}: {count} of {len(report.verdicts)} attacks held; {_around(report)}")


def _around(report: HostileReport) -> str:
    if report.neighbours or report.machine:
        return f"{len(report.neighbours)} problems with honest neighbours, {len(report.machine)} on the machine"
    return "honest submissions among them got what they get alone, and nothing was reached, changed or left"


def write_json(report: HostileReport, path: Path) -> None:
    """Write the verdicts.

    Raises:
        UsageError: the file cannot be written.
    """
    content = {
        "level": report.level,
        "held": report.held,
        "neighbours": report.neighbours,
        "machine": report.machine,
        "attacks": [_as_dict(verdict) for verdict in report.verdicts],
    }
    try:
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}). Choose another file.") from error


def _as_dict(verdict: Verdict) -> dict[str, object]:
    attack = verdict.attack
    return {
        "name": attack.name,
        "hopes": attack.hopes,
        "stopped_by": attack.stopped_by,
        "base": attack.base,
        "held": verdict.held,
        "score": verdict.score,
        "honest_score": None if attack.rejected else verdict.honest_score,
        "problems": verdict.problems,
        "seconds": round(verdict.seconds, 3),
    }
