"""The record of the last whole validation: its figures, what it was about, and which rubric lines changed since."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import grader
from grader.assets import corpus_dir
from grader.errors import UsageError
from grader.rubric import Rubric
from grader.validation.report import flakes, summaries
from grader.validation.run import Report

ASSIGNMENT = Path(__file__).resolve().parent.parent / "assignment"
_CHECKS = re.compile(r"^from (?:[\w.]*\.)?checks\.(\w+) import", re.MULTILINE)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KindFigures(_Table):
    """What came of one kind of cases."""

    kind: str
    cases: int
    gradings: int
    good: int


class Record(_Table):
    """The last whole validation."""

    date: str
    version: str
    level: str
    secrets: int
    minutes: float
    kinds: tuple[KindFigures, ...]
    right_tests: int
    """Single lines tested with right solutions."""
    right_lost: int
    """How many of these tests failed."""
    upper_limit_95: float
    """Of the rate of false fails of a line: the largest of all lines."""
    lines: dict[str, str]
    """Digest of what decides each rubric line."""
    seconds: dict[str, float]
    """What a case took, by its name."""


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
            f"{path}: is no record of a validation ({error}). Make it anew: digitlab validate --record"
        ) from error


def write_record(report: Report, rubric: Rubric, path: Path | None = None) -> None:
    """Keep a validation's figures.

    Raises:
        UsageError: it found the grader wrong, which is nothing to keep; or the file cannot be written.
    """
    path = path or record_file()
    if not report.good:
        raise UsageError(f"{path}: is not written: this validation found faults")
    right = flakes(report)
    record = Record(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        version=grader.__version__,
        level=report.level,
        secrets=report.secrets,
        minutes=round(report.seconds / 60, 1),
        kinds=tuple(
            KindFigures(kind=row.kind, cases=row.cases, gradings=row.gradings, good=row.good)
            for row in summaries(report)
        ),
        right_tests=sum(line.gradings for line in right.values()),
        right_lost=sum(line.lost for line in right.values()),
        upper_limit_95=round(max((line.upper_limit for line in right.values()), default=1.0), 5),
        lines=line_digests(rubric),
        seconds={verdict.case.name: round(verdict.result.seconds, 1) for verdict in report.verdicts},
    )
    try:
        path.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}). Make the folder writable.") from error


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
    """Return the lines that are decided otherwise than when the record was made; without one, nobody knows of any."""
    if record is None:
        return frozenset()
    return frozenset(line for line, digest in line_digests(rubric).items() if record.lines.get(line) != digest)
