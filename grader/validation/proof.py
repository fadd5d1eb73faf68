"""Keep what a validation proved beside the corpus, kind by kind of cases."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from pathlib import Path

import grader
from grader.errors import UsageError
from grader.grading_sources import sources_digest
from grader.proved import KindRecord, Record, line_digests, read_record, record_file
from grader.rubric import Rubric
from grader.store import write_text_atomic
from grader.validation.cases import Case, Kind
from grader.validation.report import KindSummary, flakes, summaries
from grader.validation.run import Report


def write_record(report: Report, rubric: Rubric, path: Path | None = None) -> None:
    """Keep a validation's figures in place of what was kept of the same kinds of cases.

    Raises:
        UsageError: it found the grader wrong, which is nothing to keep; or the file cannot be read or written.
    """
    path = path or record_file()
    if not report.good:
        raise UsageError(f"{path}: is not written: this validation found faults")
    before = read_record(path)
    lines, sources = line_digests(rubric), sources_digest(translations=False)
    kinds = {str(row.kind): _kind_record(report, row, lines, sources) for row in summaries(report)}
    record = Record(kinds=(before.kinds if before else {}) | kinds)
    write_text_atomic(path, record.model_dump_json(indent=1) + "\n")


def gone_cases(record: Record | None, kinds: Collection[Kind], cases: Iterable[Case]) -> tuple[str, ...]:
    """Return what was recorded of these kinds and is not among the cases: a corpus that shrank proves less."""
    here = {(case.kind, case.name) for case in cases}
    recorded = record.kinds if record else {}
    return tuple(
        f"{kind} {name}: was recorded, and the corpus no longer holds it. Restore it; if it went on purpose, record "
        "the kind anew with --record."
        for kind in kinds
        if kind in recorded
        for name in sorted(recorded[kind].seconds)
        if (kind, name) not in here
    )


def _kind_record(report: Report, row: KindSummary, lines: dict[str, str], sources: str) -> KindRecord:
    verdicts = [verdict for verdict in report.verdicts if verdict.case.kind is row.kind]
    return KindRecord(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        version=grader.__version__,
        level=report.level,
        secrets=1 + max(verdict.seed for verdict in verdicts),
        cases=row.cases,
        gradings=row.gradings,
        minutes=round(report.seconds / 60, 1),
        tested={line: found.gradings for line, found in flakes(verdicts).items()},
        seconds={verdict.case.name: round(verdict.result.seconds, 1) for verdict in verdicts if verdict.seed == 0},
        lines=lines,
        grader=sources,
    )
