"""Canvas' download of an assignment: files ``lastfirst_LATE_12345_67890_file.py``, all in one folder.

The first number is the user, the second the attachment. In an anonymous assignment ``anon_a1B2c`` stands for the user,
also where the sign is digits alone. What was typed into the text field or handed in as a link is
``lastfirst_12345_text.html`` or ``_link.html``: it is never code.

A file handed in again under its old name is ``file-1.py``, ``file-2.py`` and so on. Where downloads of several days lie
together, the highest attachment of a name is the last. A group's files come once, under the group's name and the number
of one member: who else is in it, the download does not say (`Course.groups`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.intake.handed_in import HandedIn

TITLE = "names with _USER_ATTACHMENT_"
_NAME = re.compile(
    r"(?:(?P<late_anonymous>LATE_)?(?P<anonymous>anon_[0-9A-Za-z]+)(?:_(?P<late_after>LATE))?"
    r"|(?!anon_)(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>[0-9]+))_"
    r"(?:(?P<attachment>[0-9]+)_(?P<file>.+)|(?P<typed>(?:text|link)\.html))",
    re.DOTALL,
)
_AGAIN = re.compile(r"-[0-9]+(?=\.[^.]+$)")


def is_ours(path: Path) -> bool:
    """Tell whether Canvas gives names like this one."""
    return _NAME.fullmatch(path.name) is not None


def read(paths: Sequence[Path]) -> list[HandedIn]:
    """Return one record for each student, of the last version of each of the student's files.

    What was typed counts only where there is no file.
    """
    students: dict[str, dict[str, tuple[int, re.Match[str], Path]]] = {}
    for path in paths:
        if match := _NAME.fullmatch(path.name):
            versions = students.setdefault(match["user"] or match["anonymous"], {})
            file, attachment = _AGAIN.sub("", match["file"] or match["typed"]), int(match["attachment"] or 0)
            if file not in versions or attachment > versions[file][0]:
                versions[file] = attachment, match, path
    return [_record(user, versions) for user, versions in students.items()]


def _record(user: str, versions: dict[str, tuple[int, re.Match[str], Path]]) -> HandedIn:
    matches = [match for _attachment, match, _path in versions.values()]
    files = {file: path for file, (_attachment, match, path) in versions.items() if match["file"]}
    typed = {file: path for file, (_attachment, match, path) in versions.items() if match["typed"]}
    late = any(match["late"] or match["late_anonymous"] or match["late_after"] for match in matches)
    return HandedIn(user, matches[0]["name"] or user, files or typed, late=late)
