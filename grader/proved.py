"""What is proved of the grader, kind by kind of cases, and which rubric lines changed since.

The record `tests/corpus/proved.json` is written by `digitlab validate --record`; reports and validations read it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.assets import corpus_dir
from grader.errors import UsageError
from grader.rubric import Rubric

ASSIGNMENT = Path(__file__).resolve().parent / "assignment"
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
    def tested(self) -> dict[str, int]:
        """How often each line was tested with right solutions; none was lost, or there were no record."""
        total: Counter[str] = Counter()
        for kind in self.kinds.values():
            total.update(kind.tested)
        return dict(total)

    def figures(self) -> Figures | None:
        """Return what a report says of the grader; None as long as a part of the proof is missing."""
        try:
            right = self.kinds["alternate"], self.kinds["reference"]
            wrong = self.kinds["mutant"], self.kinds["automatic"]
            attacks = self.kinds["hostile"]
        except KeyError:
            return None
        return Figures(
            date=min(kind.date for kind in self.kinds.values()),
            right=sum(kind.cases for kind in right),
            tests=sum(self.tested.values()),
            false_fails=highest_rate(min(self.tested.values()), 0),
            mistakes=sum(kind.cases for kind in wrong),
            attacks=attacks.cases,
        )


@dataclass(frozen=True)
class Figures:
    """What is proved, in a few numbers."""

    date: str
    """Of the oldest part."""
    right: int
    """Right solutions; none lost a point."""
    tests: int
    """Single lines tested with them."""
    false_fails: float
    """Upper limit of any line's rate of false fails: 95 % confidence."""
    mistakes: int
    """All of them lost exactly their points."""
    attacks: int
    """All of them got no more than their honest part."""


def highest_rate(tests: int, lost: int) -> float:
    """Return the highest rate that fits: above it so few losses would come in fewer than 5 % of such validations.

    Exact (Clopper-Pearson) for no losses; for some, the normal approximation with Wilson's correction.
    """
    if not lost:
        return float(1 - 0.05 ** (1 / tests)) if tests else 1.0
    z, share = 1.645, lost / tests
    spread = z * ((share * (1 - share) + z * z / (4 * tests)) / tests) ** 0.5
    return float((share + z * z / (2 * tests) + spread) / (1 + z * z / tests))


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
