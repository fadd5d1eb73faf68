"""Where the real data lie: one folder for all sets, named in the command, by the environment, or this user's own.

Within it a file may have its published name, or the place and name that others give it: torchvision keeps
``MNIST/raw/train-images-idx3-ubyte``, sets on Kaggle hold ``train-images.idx3-ubyte``, some in a folder of the file's
own name, and NIST's zip has a folder ``gzip``. Most of them are not compressed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from grader.system.user_folders import cache_folder

VARIABLE = "DIGITLAB_DATA"
_PACKED = ".gz"
_PLACES = ("", "raw", "MNIST/raw", "EMNIST/raw", "gzip", "emnist_source_files")


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


def find_data_file(folder: Path, name: str) -> Path:
    """Return where the file of that published name lies in the folder; its published place when it is nowhere."""
    published = folder / name
    if published.exists() or published.is_symlink():
        return published
    return next((path for path in _other_places(folder, name) if path.is_file()), published)


def _other_places(folder: Path, name: str) -> Iterator[Path]:
    if not name.endswith(_PACKED):
        return
    bare = name.removesuffix(_PACKED)
    for spelling in (bare, bare.replace("-idx", ".idx")):
        for place in _PLACES:
            for ending in (_PACKED, ""):
                yield folder / place / (spelling + ending)
                yield folder / place / spelling / (spelling + ending)
