"""Show a run of the local tests as a list of what works and what is to do, with the points."""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .language import language_in_use, later, tr

MARKS = {"passed": "[x]", "failed": "[ ]", "to do": "[ ]", "waits": "[ ]", "not run": "[-]", "hidden": "[?]"}
LOST = ("failed", "to do", "waits")
"""What ends so earns nothing in the grader, either."""
INDENTATION = " " * 13
MAX_WIDTH = 120
LABEL = re.compile(r"\s*(?:\w+:\s+)?")
TABLE = " " * 4
DECIMAL_SIGN = {"ru": ","}
PARTS = {
    "parser": later("reading the files"),
    "showpics": later("showing pictures"),
    "builders": later("building the networks"),
    "training": later("preparing, training, predicting"),
    "save": later("saving and restoring"),
    "drawing": later("your own drawing"),
    "letters": later("recognising letters"),
}


@dataclass
class Line:
    """One line of the rubric and what happened to it."""

    id: str
    points: float
    title: str
    public: bool = True
    """Whether its tests are here; those of other lines are in the grader only."""
    needs: tuple[str, ...] = ()
    """Lines without which the grader does not test it."""
    functions: tuple[str, ...] = ()
    """Functions without which it cannot be passed."""
    trains: bool = False
    """Its tests train a network, and were left out for that."""
    state: str = "not run"
    message: str = ""

    def note(self, state: str, message: str = "") -> None:
        """Record one test's end; a line has passed when all of its tests have."""
        if self.state in ("not run", "passed"):
            self.state, self.message = state, message


@dataclass
class ToDoList:
    """All lines, in the order of the assignment."""

    lines: dict[str, Line] = field(default_factory=dict)
    total_points: float = 0.0

    @classmethod
    def load(cls, path: Path) -> ToDoList:
        """Read `points.toml`, which stands beside the tests."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        lines = {line["id"]: _line(line) for line in table["line"]}
        return cls(lines, table["total"])

    def missing_need(self, line: Line) -> Line | None:
        """Return the first line that the grader tests before this one and that earned nothing."""
        needed = (self.lines[name] for name in line.needs)
        return next((need for need in needed if need.state in LOST), None)

    def rows(self, width: int = MAX_WIDTH) -> Iterator[tuple[str, str]]:
        """Yield the lines of the list with what each tells: a state, "part" or "message".

        What to do for one function is said once. Messages are broken at `width` characters, tables are not.
        """
        part, said = "", set()
        for line in self.lines.values():
            if line.id.partition(".")[0] != part:
                part = line.id.partition(".")[0]
                yield "", ""
                yield "part", f"{part}: {tr(PARTS[part])}" if part in PARTS else part
            yield line.state, f"  {MARKS[line.state]} {_shown(line.points):>4}  {tr(line.title)}"
            if line.message and line.message not in said:
                said.add(line.message)
                for text in line.message.splitlines():
                    yield from (("message", piece) for piece in _broken(text, width))
        yield "", ""

    def text(self) -> list[str]:
        """Return the list as plain lines."""
        return [text for _kind, text in self.rows()]

    def total(self, written: Callable[[str], bool] = lambda _name: True) -> str:
        """Return the last line: between what and what the points are, as far as this run can tell.

        Args:
            written: tells whether a function is there, and more than a stub.
        """
        lines = list(self.lines.values())
        sure = {line.id for line in lines if line.state == "passed"}
        open_ones = {
            line.id for line in lines if line.state in ("not run", "hidden") and all(map(written, line.functions))
        }
        for line in lines:  # what a line needs stands above it
            if not sure.issuperset(line.needs):
                open_ones |= sure & {line.id}
                sure.discard(line.id)
            if not (sure | open_ones).issuperset(line.needs):
                open_ones.discard(line.id)
        waiting = [line for line in lines if line.id in open_ones]
        hidden = self._points(line for line in waiting if not line.public)
        trained = self._points(line for line in waiting if line.public and line.trains)
        others = self._points(waiting) - hidden - trained
        low = self._points(line for line in lines if line.id in sure)
        high = low + self._points(waiting)
        words = {"low": _shown(low), "high": _shown(high), "all": _shown(self.total_points)}
        between = tr("between {low} and {high} of {all} points", **words)
        parts = [between if low < high else tr("{low} of {all} points", **words)]
        if others:
            parts.append(tr("not run now: {points}", points=_shown(others)))
        if trained:
            parts.append(tr("not run: {points} (try: pytest --train)", points=_shown(trained)))
        if hidden:
            parts.append(tr("tested by the grader only: {points}", points=_shown(hidden)))
        return "; ".join(parts)

    @staticmethod
    def _points(lines: Iterable[Line]) -> float:
        return sum(line.points for line in lines)


def _line(table: dict[str, Any]) -> Line:
    line = Line(table["id"], table["points"], table["title"], table["public"])
    line.needs, line.functions = (tuple(table.get(key, ())) for key in ("needs", "functions"))
    line.state = "not run" if line.public else "hidden"
    return line


def _shown(points: float) -> str:
    """Return points with the decimal sign of the language."""
    return f"{points:g}".replace(".", DECIMAL_SIGN.get(language_in_use(), "."))


def _broken(text: str, width: int) -> list[str]:
    """Return a line of a message in pieces; what follows stands under the text behind its label."""
    if text.startswith(TABLE):
        return [INDENTATION + text]
    label = LABEL.match(text)
    under = INDENTATION + " " * (label.end() if label else 0)
    return textwrap.wrap(
        INDENTATION + text, max(width, 60), subsequent_indent=under, break_long_words=False, break_on_hyphens=False
    )
