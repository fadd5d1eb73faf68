"""Canvas' download of an assignment: files ``lastfirst_LATE_12345_67890_file.py``, all in one folder.

The first number is the user, the second the attachment. A file handed in again under its old name is ``file-1.py``,
``file-2.py`` and so on. Where downloads of several days lie together, the highest attachment of a name is the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.intake.handed_in import HandedIn

TITLE = "names with _USER_ATTACHMENT_"
_NAME = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>[0-9]+)_(?P<attachment>[0-9]+)_(?P<file>.+)", re.DOTALL)
_AGAIN = re.compile(r"-[0-9]+(?=\.[^.]+$)")


def is_ours(path: Path) -> bool:
    """Tell whether Canvas gives names like this one."""
    return _NAME.fullmatch(path.name) is not None


def read(paths: Sequence[Path]) -> list[HandedIn]:
    """Return one record for each student, of the last version of each of the student's files."""
    students: dict[str, dict[str, tuple[int, re.Match[str], Path]]] = {}
    for path in paths:
        if match := _NAME.fullmatch(path.name):
            versions = students.setdefault(match["user"], {})
            file, attachment = _AGAIN.sub("", match["file"]), int(match["attachment"])
            if file not in versions or attachment > versions[file][0]:
                versions[file] = attachment, match, path
    return [_record(user, versions) for user, versions in students.items()]


def _record(user: str, versions: dict[str, tuple[int, re.Match[str], Path]]) -> HandedIn:
    matches = [match for _attachment, match, _path in versions.values()]
    files = {file: path for file, (_attachment, _match, path) in versions.items()}
    return HandedIn(user, matches[0]["name"], files, late=any(match["late"] for match in matches))
