"""Read and check `rubric.toml`: which lines there are, what they are worth, and what they need first."""

from __future__ import annotations

import hashlib
import itertools
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.system.errors import RubricError

RUBRIC_FILE = Path(__file__).resolve().parent.parent / "assignment" / "rubric.toml"

_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Defaults(_Table):
    time_s: _Positive
    memory_mib: Annotated[int, Field(gt=0)]


class RubricLine(_Table):
    """One line of the rubric, with its limits filled in."""

    id: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9_]+$")]
    points: _Positive
    title: Annotated[str, Field(min_length=1)]
    public: bool
    needs: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    """Functions without which it cannot be passed: a student's local run tells by them what is still possible."""
    time_s: _Positive
    memory_mib: Annotated[int, Field(gt=0)]

    @property
    def part(self) -> str:
        return self.id.partition(".")[0]


class Rubric(_Table):
    """All lines, in the order in which they are graded and shown."""

    total: _Positive
    parts: dict[str, _Positive]
    together: tuple[frozenset[str], ...] = ()
    """Parts that are graded in one process, besides those whose lines need one another."""
    defaults: _Defaults
    line: tuple[RubricLine, ...]
    sha256: str

    @property  # not cached: model_copy would carry the old lines along
    def by_id(self) -> dict[str, RubricLine]:
        return {line.id: line for line in self.line}

    def with_needs(self, names: Collection[str]) -> frozenset[str]:
        """Return the lines of these names, or of the parts of these names, and all that they need.

        Raises:
            RubricError: there is no such line or part.
        """
        if unknown := sorted(set(names) - self.by_id.keys() - self.parts.keys()):
            known = ", ".join([*self.parts, *self.by_id])
            raise RubricError(f"there is no rubric line or part {unknown[0]!r}; there are {known}")
        found = {line.id for line in self.line if line.id in names or line.part in names}
        for line in reversed(self.line):  # what a line needs stands above it
            if line.id in found:
                found.update(line.needs)
        return frozenset(found)

    @property
    def sections(self) -> tuple[frozenset[str], ...]:
        """The parts, those together whose lines need lines of one another, or that the rubric puts together.

        Sections share nothing: each has workers of its own, so it ends alike whether the others are graded or not.
        """
        of_part = {part: frozenset([part]) for part in self.parts}
        needs = [frozenset({line.part, self.by_id[need].part}) for line in self.line for need in line.needs]
        for parts in (*self.together, *needs):
            joined = frozenset[str]().union(*(of_part[part] for part in parts))
            of_part |= dict.fromkeys(joined, joined)
        return tuple(dict.fromkeys(of_part.values()))

    @property
    def memory_mib(self) -> int:
        """The most that any line may use: a process of the student's module has as much, and so has its import."""
        return max(line.memory_mib for line in self.line)

    def only(self, lines: Collection[str]) -> Rubric:
        """Return the rubric with these lines alone; its parts and its total are those of the whole."""
        return self.model_copy(update={"line": tuple(line for line in self.line if line.id in lines)})

    @property
    def costly(self) -> frozenset[str]:
        """The lines that are given more time than others: those that train."""
        return frozenset(line.id for line in self.line if line.time_s > self.defaults.time_s)

    def with_line_limits(self, limits: Mapping[str, tuple[float, int]]) -> Rubric:
        """Return the rubric with other limits, seconds and MiB, for the lines that `limits` names by their ids.

        Raises:
            RubricError: there is no such line.
        """
        if unknown := sorted(limits.keys() - self.by_id.keys()):
            raise RubricError(f"limits are set for the line {unknown[0]!r}, which the rubric does not have")
        changes = {name: {"time_s": time_s, "memory_mib": mib} for name, (time_s, mib) in limits.items()}
        lines = tuple(line.model_copy(update=changes.get(line.id)) for line in self.line)
        return self.model_copy(update={"line": lines})

    def with_limits(self, *, time_s: float | None = None, memory_mib: int | None = None) -> Rubric:
        """Return the rubric with one limit for every line instead of its own."""
        changes: dict[str, float] = {}
        changes |= {"time_s": time_s} if time_s is not None else {}
        changes |= {"memory_mib": memory_mib} if memory_mib is not None else {}
        return self.model_copy(update={"line": tuple(line.model_copy(update=changes) for line in self.line)})


def load_rubric(path: Path = RUBRIC_FILE) -> Rubric:
    """Read the rubric and check that it adds up.

    Raises:
        RubricError: naming the file, the line and what was expected.
    """
    try:
        data = path.read_bytes()
        table = tomllib.loads(data.decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RubricError(f"{path}: cannot be read as TOML: {error}") from error
    defaults, lines = table.get("defaults", {}), table.get("line", [])
    if isinstance(defaults, dict) and isinstance(lines, list):  # what is of another type is refused below
        lines = [defaults | line if isinstance(line, dict) else line for line in lines]
    try:
        rubric = Rubric.model_validate(table | {"line": lines, "sha256": hashlib.sha256(data).hexdigest()})
    except ValidationError as error:
        first = error.errors()[0]
        where = first["loc"]
        named = ""
        if where[0] == "line" and len(where) > 1 and isinstance(where[1], int):
            line = lines[where[1]]
            named = f"line {line.get('id', where[1]) if isinstance(line, dict) else where[1]!r}, "
        raise RubricError(f"{path}: {named}{where[-1]}: {first['msg']}") from error
    for problem in _problems(rubric):
        raise RubricError(f"{path}: {problem}")
    return rubric


def _problems(rubric: Rubric) -> Iterable[str]:
    seen: set[str] = set()
    for line in rubric.line:
        if line.id in seen:
            yield f"line {line.id!r} stands there twice"
        if line.part not in rubric.parts:
            yield f"line {line.id!r} belongs to no part: [parts] has {', '.join(rubric.parts)}"
        for need in line.needs:
            if need not in seen:
                yield f"line {line.id!r} needs {need!r}, which must be a line above it"
        seen.add(line.id)
    for part in sorted(frozenset[str]().union(*rubric.together) - rubric.parts.keys()):
        yield f"`together` names the part {part!r}: [parts] has {', '.join(rubric.parts)}"
    for part, points in rubric.parts.items():
        found = sum(line.points for line in rubric.line if line.part == part)
        if abs(found - points) > 1e-9:
            yield f"the lines of part {part!r} add up to {found:g} points, [parts] says {points:g}"
    order = [part for part, _lines in itertools.groupby(line.part for line in rubric.line)]
    if order != list(rubric.parts):
        yield f"the lines stand in the order {', '.join(order)}; put them part by part, in the order of [parts]"
    found = sum(rubric.parts.values())
    if abs(found - rubric.total) > 1e-9:
        yield f"the parts add up to {found:g} points, total says {rubric.total:g}"


def check_tests(rubric: Rubric, public: Iterable[str], hidden: Iterable[str]) -> None:
    """Check that every line has tests, all of them public or all hidden as it says, and that every test names a line.

    A public line with a hidden test could be passed in the student's folder and lost here, under one title.

    Raises:
        RubricError
    """
    places = {"public": set(public), "hidden": set(hidden)}
    for unknown in sorted(set().union(*places.values()) - rubric.by_id.keys()):
        raise RubricError(f"a test names the rubric line {unknown!r}, which does not exist")
    for line in rubric.line:
        said = "public" if line.public else "hidden"
        found = [place for place, lines in places.items() if line.id in lines]
        if not found:
            raise RubricError(f"rubric line {line.id!r} has no test")
        if found != [said]:
            raise RubricError(
                f"rubric line {line.id!r} is {said}, but has tests that are {' and others that are '.join(found)}; "
                "give the others a line of their own"
            )
