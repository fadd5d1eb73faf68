"""Keep what a validation proved beside the corpus, kind by kind of cases."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from pathlib import Path

import grader
from grader.proofs.cases import Case, Kind
from grader.proofs.report import KindSummary, flakes, summaries
from grader.proofs.run import Report
from grader.results.grading_sources import sources_digest
from grader.results.rubric import Rubric
from grader.results.store import write_text_atomic
from grader.results.validation_record import KindRecord, Record, line_digests, read_record, record_file
from grader.system.errors import UsageError


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
        f"{kind} {name}: was recorded, and the corpus no longer holds it. Restore it; if it went on purpose: "
        f"digitlab validate --forget {name}"
        for kind in kinds
        if kind in recorded
        for name in sorted(recorded[kind].seconds)
        if (kind, name) not in here
    )


def forget_cases(names: Collection[str], cases: Iterable[Case], path: Path | None = None) -> None:
    """Take cases out of the record that the corpora no longer hold.

    The number of each kind's cases falls with them; what was proved of the others stays.

    Raises:
        UsageError: there is no record, a name is not in it, or the corpora hold it; or the file cannot be written.
    """
    path = path or record_file()
    record = read_record(path)
    kinds = dict(record.kinds) if record else {}
    here = {case.name for case in cases}
    for name in names:
        if name in here:
            raise UsageError(f"--forget {name}: the corpus holds this case, so it stays in the record")
        found = [kind for kind, one in kinds.items() if name in one.seconds]
        if not found:
            raise UsageError(f"--forget {name}: {path} has no case of this name")
        for kind in found:
            seconds = {other: taken for other, taken in kinds[kind].seconds.items() if other != name}
            kinds[kind] = kinds[kind].model_copy(update={"seconds": seconds, "cases": len(seconds)})
    write_text_atomic(path, Record(kinds=kinds).model_dump_json(indent=1) + "\n")


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
