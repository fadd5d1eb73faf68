"""List the submissions of a class folder: every entry is one, so that a bad file becomes a result and not a gap."""

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path

from grader.errors import UsageError
from grader.submission.contract import MODULE_SUFFIXES
from grader.submission.shown_text import shown

_NOT_SUBMISSIONS = frozenset({"__pycache__", "__macosx", "thumbs.db", "desktop.ini"})
_EXPECTED_SUFFIXES = (".expected.json", ".expected.toml")


def find_submissions(class_dir: Path) -> list[tuple[str, Path]]:
    """Return (name, path) of each submission, sorted by name.

    The name is the folder's name or the file's stem. Entries whose names would be one, also on a file system that
    knows no case, go by their full names.

    Raises:
        UsageError: there is no such folder, it cannot be read, or it holds no submission.
    """
    paths = [path for path in _list(class_dir) if not _is_passed_over(path)]
    if not paths:
        raise UsageError(f"{class_dir}: holds no submissions. Expected one file or folder for each student.")
    names = _unique_names(paths)
    return sorted(zip(names, paths, strict=True))


def _list(class_dir: Path) -> list[Path]:
    if not class_dir.exists():
        raise UsageError(f"{class_dir}: there is no such folder. Check the path.")
    if not class_dir.is_dir():
        raise UsageError(f"{class_dir}: is not a folder. For one submission use: digitlab grade")
    try:
        return sorted(class_dir.iterdir())
    except OSError as error:
        raise UsageError(f"{class_dir}: cannot be read ({error.strerror}). Check its permissions.") from error


def _is_passed_over(path: Path) -> bool:
    name = path.name.casefold()
    is_code = path.suffix.casefold() in (*MODULE_SUFFIXES, ".zip")
    is_expected = name.endswith(_EXPECTED_SUFFIXES) or (name.startswith("expected") and not is_code)
    return name.startswith(".") or name in _NOT_SUBMISSIONS or is_expected


def _unique_names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each path; a full name may be another's stem, so this repeats until nothing changes."""
    names = [_short_name(path) for path in paths]
    while True:
        counts = Counter(_key(name) for name in names)
        renamed = [
            name if counts[_key(name)] == 1 else _full_name(path) for name, path in zip(names, paths, strict=True)
        ]
        if renamed == names:
            return _numbered(names)
        names = renamed


def _numbered(names: Sequence[str]) -> list[str]:
    """Tell apart what even full names do not: ``A.py`` and ``a.py``, or names that differ in hidden characters."""
    taken: set[str] = set()
    result = []
    for name in names:
        choices = chain([name], (f"{name}~{number}" for number in count(2)))
        unique = next(choice for choice in choices if _key(choice) not in taken)
        taken.add(_key(unique))
        result.append(unique)
    return result


def _short_name(path: Path) -> str:
    is_folder = path.is_dir() and not path.is_symlink()
    return _clean(path.name if is_folder else path.stem)


def _full_name(path: Path) -> str:
    return _clean(path.name)


def _clean(name: str) -> str:
    return shown(os.fsencode(name).decode("utf-8", "replace"), limit_chars=255) or "unnamed"


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
