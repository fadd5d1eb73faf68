"""Tell the template's tests what the public lines of the rubric are worth: `tests/points.toml`."""

from __future__ import annotations

import json

from grader.rubric import Rubric

HEADING = "# What the lines of the rubric are worth that are tested here. Changing it changes no mark.\n"


def points_text(rubric: Rubric) -> str:
    """Return the TOML text of the public lines, in the rubric's order, and the points of all hidden ones together."""
    hidden_points = sum(line.points for line in rubric.line if not line.public)
    tables = [
        f"[[line]]\nid = {json.dumps(line.id)}\npoints = {line.points:g}\n"
        f"title = {json.dumps(line.title, ensure_ascii=False)}\n"  # such a JSON string is a TOML string too
        for line in rubric.line
        if line.public
    ]
    return "\n".join([f"{HEADING}hidden_points = {hidden_points:g}\n", *tables])
