"""Name what a function wrote instead of the file that was asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from .language import tr
from .messages import describe

MAX_NAMES = 3
MAX_ENTRIES = 20_000
"""Files and folders that are looked through for models."""
ENDINGS = (".keras", ".h5", ".hdf5", ".tf", ".pkl", ".pickle", ".joblib", ".npz", ".npy", ".json")
"""Of files and folders in which people keep networks, whole or in part."""
EXPORTED = "saved_model.pb"
"""The file in a folder that `model.export` wrote."""
_NOT_THEIRS = (".git", "__pycache__", "site-packages", "node_modules")
_HDF5 = b"\x89HDF"
_PICKLE = b"\x80"


Times = Mapping[str, int]
"""When each model was changed last, by its path."""


def times_in(*folders: str) -> dict[str, int] | None:
    """Return when what may be a model in these folders, or inside them, was changed last; None when nobody can tell."""
    times = {}
    try:
        for number, entry in enumerate(_entries(list(dict.fromkeys(os.path.realpath(folder) for folder in folders)))):
            if number >= MAX_ENTRIES:
                return None
            changed = entry.stat(follow_symlinks=False).st_mtime_ns
            if entry.name == EXPORTED:
                times[str(Path(entry.path).parent)] = changed
            elif entry.name.lower().endswith(ENDINGS):
                times[entry.path] = changed
    except OSError:
        return None
    return times


def _entries(folders: list[str]) -> Iterator[os.DirEntry[str]]:
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False) and entry.name not in _NOT_THEIRS:
                    folders.append(entry.path)


def elsewhere_cause(before: Times | None, after: Times | None, read: Callable[[str], bytes], asked: str) -> str:
    """Name the models that were written elsewhere, or that none was, by those there were before and after.

    Args:
        asked: the path that was to be written.
    """
    if before is None or after is None:
        return ""
    changed = sorted(path for path, time in after.items() if before.get(path) != time)
    written = [path for path in changed if not path.endswith(".json") or _says(path, read, b'"class_name"')]
    if not written:
        return tr("no model was written under another name either, nor in the current folder")
    names = ", ".join(describe(Path(path).name) for path in written[:MAX_NAMES])
    if len(written) == 1 and Path(written[0]).name == Path(asked).name:
        return tr("it wrote {names} into the wrong folder: the given path already includes the folder", names=names)
    if len(written) == 1 and _holds_weights_alone(written[0], read):
        return tr("it wrote {names}: the wrong name, and only the weights, without the layers", names=names)
    return tr("it wrote {names}, not the name that it was given", names=names)


def format_cause(data: bytes) -> str:
    """Name what was written in the place of a .keras file."""
    if data.lstrip().startswith(b"{") and b'"class_name"' in data:
        return tr("the text that model.to_json() gives: the layers alone, without what they learned")
    if data.startswith(_PICKLE):
        return tr("what pickle writes, which only the same versions of Python and Keras read")
    if data.startswith(_HDF5):
        return tr("HDF5, the format of .h5 files, whatever the name says")
    return tr("nothing was written into it") if not data else ""


def _says(path: str, read: Callable[[str], bytes], words: bytes) -> bool:
    """Tell whether these bytes stand in a file."""
    try:
        return words in read(path)
    except (OSError, AssertionError):  # a folder, which the local tests tell as a failed check
        return False


def _holds_weights_alone(path: str, read: Callable[[str], bytes]) -> bool:
    """Tell whether Keras wrote weights into a file: a whole model in HDF5 has its description with it."""
    return path.endswith(".weights.h5") and _says(path, read, _HDF5) and not _says(path, read, b"model_config")
