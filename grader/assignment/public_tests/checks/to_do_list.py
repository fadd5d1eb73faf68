"""Show a run of the local tests as a list of what works and what is to do, with the points."""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .language import language_in_use, later, tr

MARKS = {"passed": "[x]", "failed": "[ ]", "to do": "[ ]", "not run": "[-]"}
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
    """One public line of the rubric and what happened to it."""

    id: str
    points: float
    title: str
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
    """All public lines, in the order of the assignment."""

    lines: dict[str, Line] = field(default_factory=dict)
    hidden_points: float = 0.0

    @classmethod
    def load(cls, path: Path) -> ToDoList:
        """Read `points.toml`, which stands beside the tests."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        lines = {line["id"]: Line(line["id"], line["points"], line["title"]) for line in table["line"]}
        return cls(lines, table["hidden_points"])

    def rows(self, width: int = MAX_WIDTH) -> Iterator[tuple[str, str]]:
        """Yield the lines of the list with what each tells: a state, "part", "message" or "total".

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
        yield "total", self.total()

    def text(self) -> list[str]:
        """Return the list as plain lines."""
        return [text for _kind, text in self.rows()]

    def total(self) -> str:
        """Return the last line: the points so far."""
        have = sum(line.points for line in self.lines.values() if line.state == "passed")
        all_points = sum(line.points for line in self.lines.values())
        waiting = [line for line in self.lines.values() if line.state == "not run"]
        trained = sum(line.points for line in waiting if line.trains)
        others = sum(line.points for line in waiting) - trained
        parts = [tr("public {have} of {all} points", have=_shown(have), all=_shown(all_points))]
        if others:
            parts.append(tr("not run now: {points}", points=_shown(others)))
        if trained:
            parts.append(tr("not run: {points} (try: pytest --train)", points=_shown(trained)))
        parts.append(tr("hidden lines are not run here: {points} points", points=_shown(self.hidden_points)))
        return "; ".join(parts)


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
