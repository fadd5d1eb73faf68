"""Clones of GitHub Classroom: folders ``assignment-user``, each with a ``.git``. Git itself is never run on them.

Only the working tree counts. What the names of all folders begin with, up to a hyphen, is the assignment.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader.intake.handed_in import HandedIn

TITLE = "folders with a .git"


def is_ours(path: Path) -> bool:
    """Tell whether this is a clone; what cannot be looked into is none."""
    try:
        return path.is_dir() and (path / ".git").exists()
    except OSError:
        return False


def read(paths: Sequence[Path]) -> list[HandedIn]:
    """Return one record for each clone, named by its user."""
    clones = [path for path in paths if is_ours(path)]
    shared = os.path.commonprefix([path.name for path in clones]) if len(clones) > 1 else ""  # noqa: RUF071 -- of names
    start = shared.rfind("-") + 1
    return [HandedIn(path.name[start:], path.name[start:], {path.name: path}) for path in clones]
