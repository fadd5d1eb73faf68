"""What is proved of the grader, kind by kind of cases, and which rubric lines changed since.

The record is `validation_record.json` beside this file: `digitlab validate --record` writes it, reports and validations
read it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.results.grading_sources import PACKAGE, find_tests, sources_digest, used_by
from grader.results.rubric import Rubric
from grader.system.errors import UsageError

ASSIGNMENT = PACKAGE / "assignment"


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
    """Digest of each rubric line's entry and tests; see `line_digests`."""
    grader: str
    """Digest of all that grading reads, but for translations: a validation grades in English."""


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
        """Return what a report says of the grader as it was then; None as long as a part of the proof is missing."""
        if not {"alternate", "reference", "mutant", "automatic", "hostile"} <= self.kinds.keys():
            return None
        right = self.kinds["alternate"], self.kinds["reference"]
        wrong = self.kinds["mutant"], self.kinds["automatic"]
        return Figures(
            version=", ".join(sorted({kind.version for kind in self.kinds.values()})),
            date=min(kind.date for kind in self.kinds.values()),
            right=sum(kind.cases for kind in right),
            tests=sum(self.tested.values()),
            false_fails=highest_rate(min(self.tested.values(), default=0), 0),
            mistakes=sum(kind.cases for kind in wrong),
            attacks=self.kinds["hostile"].cases,
        )

    def is_of_this_grader(self) -> bool:
        """Tell whether all of it is about the grader as it is now."""
        now = sources_digest(translations=False)
        return all(kind.grader == now for kind in self.kinds.values())


@dataclass(frozen=True)
class Figures:
    """What is proved, in a few numbers."""

    version: str
    date: str
    """Of the oldest part."""
    right: int
    """Right solutions; none lost a point."""
    tests: int
    """Single lines tested with them."""
    false_fails: float
    """Upper limit of a single line's rate of false fails on such solutions, with 95 % confidence."""
    mistakes: int
    """All of them were found, and cost no line that has nothing to do with them."""
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
    """Return where the record lies: in the package, for an installed one is proved, too."""
    return PACKAGE / "results" / "validation_record.json"


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
    """Return a digest of each line's entry, of the files that hold its tests, and of what these import of the tests.

    The rest of the grader (thresholds, fixtures, the proxy to the student's code) decides all lines alike and is not in
    it: `sources_digest` covers that.
    """
    tests = {file: file.read_text(encoding="utf-8") for file in find_tests(assignment)}
    used = {file: used_by(file, assignment) for file in tests}
    found = {}
    for line in rubric.line:
        parts = [line.model_dump_json(exclude={"title"})]
        for file, text in tests.items():
            if f'"{line.id}"' in text:
                parts += [f"{path.name}\0{path.read_text(encoding='utf-8')}" for path in (file, *used[file])]
        found[line.id] = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    return found


def changed_lines(record: Record | None, rubric: Rubric) -> dict[str, frozenset[str]]:
    """Return, for each kind that was recorded, the lines that are decided otherwise since."""
    if record is None:
        return {}
    now = line_digests(rubric)
    return {
        name: frozenset(line for line in now if kind.lines.get(line) != now[line])
        for name, kind in record.kinds.items()
    }
