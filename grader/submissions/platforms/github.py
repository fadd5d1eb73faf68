"""Clones of GitHub Classroom: folders ``assignment-user``, each with a ``.git``. Git itself is never run on them.

Only the working tree counts. What the names of all folders begin with, up to a hyphen, is the assignment.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader.submissions.platforms.attempt import Attempt

TITLE = "folders with a .git"
SUMMARY = "scores.csv"
"""Which `gh teacher download` of Classroom 50 writes beside the clones."""


def is_ours(path: Path) -> bool:
    """Tell whether this is a clone; what cannot be looked into is none."""
    try:
        return path.is_dir() and (path / ".git").exists()
    except OSError:
        return False


def read(paths: Sequence[Path]) -> list[Attempt]:
    """Return one record for each clone, named by its user."""
    start = len(shared_start(paths))
    return [
        Attempt(path.name[start:], path.name[start:], {path.name: path}, called=path.name)
        for path in paths
        if is_ours(path)
    ]


def shared_start(paths: Sequence[Path]) -> str:
    """Return what is taken for the assignment; too much where all users' names begin alike, which no name can tell."""
    names = [path.name for path in paths if is_ours(path)]
    shared = os.path.commonprefix(names) if len(names) > 1 else ""  # noqa: RUF071 -- of names
    return shared[: shared.rfind("-") + 1]
