"""The record of what is proved, kind by kind of cases: its figures, and which rubric lines changed since."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import grader
from grader.assets import corpus_dir
from grader.errors import UsageError
from grader.rubric import Rubric
from grader.validation.report import KindSummary, LineFlakes, flakes, summaries
from grader.validation.run import Report

ASSIGNMENT = Path(__file__).resolve().parent.parent / "assignment"
_CHECKS = re.compile(r"^from (?:[\w.]*\.)?checks\.(\w+) import", re.MULTILINE)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KindRecord(_Table):
    """What came of one kind of cases, all of them good, when all of them were graded last."""

    date: str
    version: str
    level: str
    secrets: int
    cases: int
    gradings: int
    minutes: float
    """On the clock, of the validation that it was a part of."""
    tested: dict[str, int]
    """How often each rubric line was tested with right solutions, and passed; nothing for other kinds."""
    seconds: dict[str, float]
    """What each case took on the first secret, by its name."""
    lines: dict[str, str]
    """Digest of what decided each rubric line."""


class Record(_Table):
    """What is proved, kind by kind."""

    kinds: dict[str, KindRecord]

    @property
    def seconds(self) -> dict[str, float]:
        """What each case took, by its name."""
        return {name: seconds for kind in self.kinds.values() for name, seconds in kind.seconds.items()}

    @property
    def right(self) -> dict[str, LineFlakes]:
        """How often each line was tested with right solutions; none was lost, or there were no record."""
        tested: Counter[str] = Counter()
        for kind in self.kinds.values():
            tested.update(kind.tested)
        return {line: LineFlakes(count, 0) for line, count in tested.items()}


def record_file() -> Path:
    """Return where the record lies; it belongs to the corpus that it is about."""
    return corpus_dir() / "proved.json"


def read_record(path: Path | None = None) -> Record | None:
    """Return the record; None when there is none.

    Raises:
        UsageError: it is no record.
    """
    path = path or record_file()
    try:
        return Record.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise UsageError(
            f"{path}: is no record of a validation ({error}). Remove it and make it anew: digitlab validate --record"
        ) from error


def write_record(report: Report, rubric: Rubric, path: Path | None = None) -> None:
    """Keep a validation's figures in place of what was kept of the same kinds of cases.

    Raises:
        UsageError: it found the grader wrong, which is nothing to keep; or the file cannot be read or written.
    """
    path = path or record_file()
    if not report.good:
        raise UsageError(f"{path}: is not written: this validation found faults")
    before = read_record(path)
    kinds = {str(row.kind): _kind_record(report, row, rubric) for row in summaries(report)}
    record = Record(kinds=(before.kinds if before else {}) | kinds)
    try:
        path.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}). Make the folder writable.") from error


def _kind_record(report: Report, row: KindSummary, rubric: Rubric) -> KindRecord:
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
        lines=line_digests(rubric),
    )


def line_digests(rubric: Rubric, assignment: Path = ASSIGNMENT) -> dict[str, str]:
    """Return a digest of all that decides each line: its entry, the files that hold its tests, the checks they use."""
    texts = {file: file.read_text(encoding="utf-8") for file in sorted(assignment.glob("*_tests/test_*.py"))}
    checks = {file.stem: file.read_text(encoding="utf-8") for file in (assignment / "public_tests/checks").glob("*.py")}
    found = {}
    for line in rubric.line:
        parts = [line.model_dump_json(exclude={"title"})]
        for file, text in texts.items():
            if f'"{line.id}"' in text:
                parts += [file.name, text, *(checks[name] for name in _used(text, checks))]
        found[line.id] = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    return found


def _used(text: str, checks: Mapping[str, str]) -> Iterable[str]:
    """Return the names of the modules of checks that a text imports, and those that these import."""
    waiting, seen = sorted(set(_CHECKS.findall(text))), set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in checks:
            continue
        seen.add(name)
        waiting += re.findall(r"^from (?:[\w.]*\.)?(\w+) import", checks[name], re.MULTILINE)
    return sorted(seen)


def changed_lines(record: Record | None, rubric: Rubric) -> frozenset[str]:
    """Return the lines that are decided otherwise than when a kind was recorded; without a record, none is known."""
    if record is None:
        return frozenset()
    now = line_digests(rubric)
    return frozenset(line for kind in record.kinds.values() for line in now if kind.lines.get(line) != now[line])
