"""Name what a function wrote instead of the file that was asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from .language import tr
from .messages import describe

MAX_NAMES = 3
_HDF5 = b"\x89HDF"


Times = Mapping[str, int]
"""When each file was changed last, by its path."""


def times_in(*folders: str) -> dict[str, int] | None:
    """Return when what lies in these folders, hidden things aside, was changed last; None when nobody can tell."""
    try:
        return {
            entry.path: entry.stat(follow_symlinks=False).st_mtime_ns
            for folder in dict.fromkeys(os.path.realpath(folder) for folder in folders)
            for entry in os.scandir(folder)
            if not entry.name.startswith((".", "__"))
        }
    except OSError:
        return None


def elsewhere_cause(before: Times | None, after: Times | None, read: Callable[[str], bytes]) -> str:
    """Name what was written under another name, or that nothing was, by the files before and after."""
    if before is None or after is None:
        return ""
    written = sorted(path for path, changed in after.items() if before.get(path) != changed)
    if not written:
        return tr("no other file was written there either, nor in the current folder")
    names = ", ".join(describe(Path(path).name) for path in written[:MAX_NAMES])
    if len(written) == 1 and _holds_weights_alone(written[0], read):
        return tr("it wrote {names}: another name, and the weights alone, without the layers", names=names)
    return tr("it wrote {names}, not the name that it was given", names=names)


def _holds_weights_alone(path: str, read: Callable[[str], bytes]) -> bool:
    """Tell whether Keras wrote weights into a file: a whole model in HDF5 has its description with it."""
    try:
        data = read(path)
    except OSError:  # a folder
        return False
    return path.endswith(".weights.h5") and data.startswith(_HDF5) and b"model_config" not in data
