"""List the submissions of a class folder: every entry is one, so that a bad file becomes a result and not a gap."""

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path

from grader.submissions.shown_text import shown
from grader.system.errors import UsageError

_NOT_SUBMISSIONS = frozenset({"__pycache__", "__macosx", "thumbs.db", "desktop.ini"})
_EXPECTED_SUFFIXES = (".expected.json", ".expected.toml")
"""Of what stands beside a submission of the example class. A student may be called Expected."""


def find_submissions(class_dir: Path) -> list[tuple[str, Path]]:
    """Return (name, path) of each submission, sorted by name.

    The name is the folder's name or the file's stem. Entries whose names would be one, also on a file system that
    knows no case, go by their full names.

    Raises:
        UsageError: there is no such folder, it cannot be read, or it holds no submission.
    """
    paths = list_class(class_dir)
    names = _unique_names(paths)
    return sorted(zip(names, paths, strict=True))


def list_class(class_dir: Path) -> list[Path]:
    """Return what stands in a class folder, without what is no submission (hidden files, what systems leave behind).

    Raises:
        UsageError: there is no such folder, it cannot be read, or it holds no submission.
    """
    if not class_dir.exists():
        raise UsageError(f"{class_dir}: there is no such folder or zip. Check the path.")
    if not class_dir.is_dir():
        raise UsageError(
            f"{class_dir}: is not a folder, nor a zip. Expected the class as the platform gave it, with a file or "
            "folder for each student. For one submission use: digitlab grade"
        )
    try:
        paths = sorted(path for path in class_dir.iterdir() if not _is_passed_over(path))
    except OSError as error:
        raise UsageError(f"{class_dir}: cannot be read ({error.strerror}). Check its permissions.") from error
    if not paths:
        raise UsageError(f"{class_dir}: holds no submissions. Expected one file or folder for each student.")
    return paths


def _is_passed_over(path: Path) -> bool:
    name = path.name.casefold()
    return name.startswith(".") or name in _NOT_SUBMISSIONS or name.endswith(_EXPECTED_SUFFIXES)


def _unique_names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each path; a full name may be another's stem, so this repeats until nothing changes."""
    names = [_short_name(path) for path in paths]
    while True:
        counts = Counter(name_key(name) for name in names)
        renamed = [
            name if counts[name_key(name)] == 1 else _full_name(path) for name, path in zip(names, paths, strict=True)
        ]
        if renamed == names:
            return numbered(names)
        names = renamed


def numbered(names: Sequence[str]) -> list[str]:
    """Tell apart what even full names do not: ``A.py`` and ``a.py``, or names that differ in hidden characters."""
    taken: set[str] = set()
    result = []
    for name in names:
        choices = chain([name], (f"{name}~{number}" for number in count(2)))
        unique = next(choice for choice in choices if name_key(choice) not in taken)
        taken.add(name_key(unique))
        result.append(unique)
    return result


def _short_name(path: Path) -> str:
    is_folder = path.is_dir() and not path.is_symlink()
    return clean_name(path.name if is_folder else path.stem)


def _full_name(path: Path) -> str:
    return clean_name(path.name)


def clean_name(name: str) -> str:
    """Return a name as reports may show it: one line, nothing hidden, at most 255 characters, never empty."""
    return shown(os.fsencode(name).decode("utf-8", "replace"), limit_chars=255) or "unnamed"


def name_key(name: str) -> str:
    """Return what two names share that a file system, or a reader, may take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
