"""Show a run of the local tests as a list of what works and what is to do, with the points."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

MARKS = {"passed": "[x]", "failed": "[ ]", "to do": "[ ]", "not run": "[-]"}


@dataclass
class Line:
    """One public line of the rubric and what happened to it."""

    id: str
    points: float
    title: str
    state: str = "not run"
    message: str = ""

    def note(self, state: str, message: str = "") -> None:
        """Record one test's end; a line has passed when all of its tests have."""
        if self.state in ("not run", "passed"):
            self.state, self.message = state, message


@dataclass
class ToDoList:
    """All public lines, in the order of the assignment."""

    lines: dict[str, Line] = field(default_factory=dict)
    hidden_points: float = 0.0

    @classmethod
    def load(cls, path: Path) -> ToDoList:
        """Read `points.toml`, which stands beside the tests."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        lines = {line["id"]: Line(line["id"], line["points"], line["title"]) for line in table["line"]}
        return cls(lines, table["hidden_points"])

    def text(self) -> list[str]:
        """Return the list; what to do for one function is said once."""
        out: list[str] = []
        part, said = "", set()
        for line in self.lines.values():
            if line.id.partition(".")[0] != part:
                part = line.id.partition(".")[0]
                out += ["", part]
            out.append(f"  {MARKS[line.state]} {line.points:>4g}  {line.title}")
            if line.message and line.message not in said:
                said.add(line.message)
                out += [f"             {text}" for text in line.message.splitlines()]
        return [*out, "", self.total()]

    def total(self) -> str:
        """Return the last line: the points so far."""
        have = sum(line.points for line in self.lines.values() if line.state == "passed")
        all_points = sum(line.points for line in self.lines.values())
        waiting = sum(line.points for line in self.lines.values() if line.state == "not run")
        more = f"; not run: {waiting:g} (try: pytest --train)" if waiting else ""
        return (
            f"public {have:g} of {all_points:g} points{more}; "
            f"hidden lines are not run here: {self.hidden_points:g} points"
        )
