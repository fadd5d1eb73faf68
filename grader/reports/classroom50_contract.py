"""What Classroom 50's runner takes from an autograder: ``result.json`` and ``release-body.md``.

The contract stands in its wiki ("Advanced Autograding") and in ``schemas/result-v1.schema.json``; the runner checks it.
Points are whole numbers there, so they are tenths of ours. Whose the result is comes from the environment that the
runner sets; owner, kind and time of the submission it writes over with its own.

This file is a part of the bundle of `digitlab pack classroom50`, too, so it needs nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = "classroom50/result/v1"
NEEDED = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
"""What the runner's environment must say."""
PER_POINT = 10
RESULT_NAME = "result.json"
BODY_NAME = "release-body.md"
MAX_BODY_BYTES = 100_000
"""GitHub takes 125,000 characters for the text of a release."""
_TOLD_CHARS = (4_000, 2_000, 1_000, 500, 250, 0)


@dataclass(frozen=True)
class Line:
    """A line of the rubric and what happened to it."""

    name: str
    points: float
    max_points: float
    passed: bool
    told: str = ""


def missing_names(environment: Mapping[str, str]) -> list[str]:
    """Return what the environment does not say of whose result this is."""
    return [name for name in NEEDED if not environment.get(name)]


def earned_units(points: Iterable[float], unit: float) -> list[int]:
    """Return points in whole units, rounded so that their sum is the nearest to the sum of the points."""
    so_far, given, units = 0.0, 0, list[int]()
    for one in points:
        so_far += one
        units.append(round(so_far / unit) - given)
        given += units[-1]
    return units


def result_text(lines: Sequence[Line], environment: Mapping[str, str], when: str) -> str:
    """Return the text of ``result.json``.

    Args:
        when: the time of the grading, UTC, ``2026-12-01T20:00:00Z``.
    """
    scores = earned_units((line.points for line in lines), 1 / PER_POINT)
    maxima = earned_units((line.max_points for line in lines), 1 / PER_POINT)
    table: dict[str, Any] = {
        "schema": SCHEMA,
        "classroom": environment["CLASSROOM"],
        "assignment": environment["ASSIGNMENT"],
        "assignment_type": environment.get("ASSIGNMENT_TYPE") or "individual",
        "owner": environment.get("OWNER") or environment.get("USERNAME") or "unknown",
        "submission": environment["SUBMISSION_TAG"],
        "commit": environment["COMMIT_URL"],
        "release": environment["RELEASE_URL"],
        "review": environment.get("REVIEW_URL") or environment["COMMIT_URL"],
        "datetime": when,
        "score": sum(scores),
        "max-score": sum(maxima),
        "tests": [
            {
                "test-name": line.name,
                "passed": line.passed,
                "score": min(score, most),
                "max-score": most,
                "message": line.told,
            }
            for line, score, most in zip(lines, scores, maxima, strict=True)
        ],
    }
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def body_text(lines: Sequence[Line], told: str) -> str:
    """Return the text of the release, Markdown: the points, each line, and below it what a student should know.

    Texts stand in blocks of code, where nothing in them is markup. They are cut, all alike, where it would be too long.

    Args:
        told: of the submission as a whole.
    """
    texts = (_body(lines, told, chars) for chars in _TOLD_CHARS)
    return next((text for text in texts if len(text.encode()) <= MAX_BODY_BYTES), _body(lines, told, 0))


def _body(lines: Sequence[Line], told: str, chars: int) -> str:
    points, most = sum(line.points for line in lines), sum(line.max_points for line in lines)
    parts = [f"### {points:g} / {most:g}\n", *_block(told, chars)]
    for line in lines:
        sign = "\N{WHITE HEAVY CHECK MARK}" if line.passed else "\N{CROSS MARK}"
        name = re.sub(r"([\\`*_\[\]<>#|@&])", r"\\\1", " ".join(line.name.split()))
        parts += [f"{sign} {line.points:g} / {line.max_points:g}: {name}\n", *_block(line.told, chars)]
    return "\n".join(parts)


def _block(text: str, chars: int) -> list[str]:
    if not text or not chars:
        return []
    cut = text if len(text) <= chars else f"{text[: chars - 1]}…"
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", cut))])
    return [f"{fence}text\n{cut}\n{fence}\n"]


def clear_away(path: Path) -> None:
    """Remove what a student committed under the name of a file that the runner reads, a folder too.

    The runner would write its own error through a link. Only for the checkout of an autograder.

    Raises:
        OSError: it cannot be removed.
    """
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
        return
    path.chmod(0o700)
    for folder, names, _files in os.walk(path):  # a folder that may not be written keeps what is in it
        for child in (Path(folder, name) for name in names):
            if not child.is_symlink():
                child.chmod(0o700)
    shutil.rmtree(path)


def write_over(path: Path, text: str) -> None:
    """Write a file in place of whatever stands there: a link that a student committed is not followed."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(path)
