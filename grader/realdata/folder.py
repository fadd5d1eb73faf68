"""Where the real data lie: one folder for all sets, named in the command, by the environment, or this user's own."""

from __future__ import annotations

import os
from pathlib import Path

from grader.own_folders import cache_folder

VARIABLE = "DIGITLAB_DATA"


def data_folder(named: Path | None) -> Path:
    """Return `named`, else the folder that DIGITLAB_DATA names, else `digitlab/data` in this user's cache.

    The folder need not exist. The files of all sets lie directly in it: their names differ.

    Raises:
        UsageError: none is named, and this user has no home.
    """
    if named is not None:
        return named
    if from_environment := os.environ.get(VARIABLE):
        return Path(from_environment)
    return cache_folder(instead=f"Set {VARIABLE} or use --data-dir.") / "data"
