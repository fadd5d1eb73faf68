"""Tell the template's tests what the lines of the rubric are worth: `tests/points.toml`."""

from __future__ import annotations

import json

from grader.results.rubric import Rubric, RubricLine

HEADING = "# What the lines of the rubric are worth. Changing it changes no mark.\n"


def points_text(rubric: Rubric) -> str:
    """Return the TOML text of all lines, in the rubric's order: of hidden ones nothing but what is said here."""
    return "\n".join([f"{HEADING}total = {rubric.total:g}\n", *map(_table, rubric.line)])


def _table(line: RubricLine) -> str:
    """Return a line's table; JSON strings, lists and booleans are TOML, too."""
    told = {"id": line.id, "points": line.points, "title": line.title, "public": line.public}
    told |= {key: list(names) for key in ("needs", "functions") if (names := getattr(line, key))}
    values = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in told.items())
    return "[[line]]\n" + "".join(values)
