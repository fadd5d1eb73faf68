"""Canvas' download of an assignment: files ``lastfirst_LATE_12345_67890_file.py``, all in one folder.

The first number is the user, the second the attachment. What stands before them is the sanitised name: letters, digits
and underscores, so ``team_3_12345_67890_lab.py`` is of user 12345. In an anonymous assignment ``anon_a1B2c`` stands for
the user, also where the sign is digits alone. What was typed into the text field or handed in as a link is
``lastfirst_12345_text.html`` or ``_link.html``: it is never code.

A file handed in again under its old name is ``file-1.py``, ``file-2.py`` and so on. Where downloads of several days lie
together, the highest attachment of a name is the last. A group's files come once, under the group's name and the number
of one member: who else is in it, the download does not say (`Course.groups`).

Source: ``lib/content_zipper.rb`` of Canvas (instructure/canvas-lms).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from grader.submissions.platforms.attempt import Attempt

TITLE = "names with _USER_ATTACHMENT_"
_LATE = "LATE"
_TYPED = ("text.html", "link.html")
_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?(?P<sign>anon_[0-9A-Za-z]+)(?P<late_after>_LATE)?_"
    r"(?:(?P<attachment>[0-9]+)_(?P<file>.+)|(?P<typed>(?:text|link)\.html))",
    re.DOTALL,
)
_ALIKE = 0.5
"""Numbers of a class that differ by less, as powers of ten, are told apart by nothing."""
_AGAIN = re.compile(r"-[0-9]+(?=\.[^.]+$)")


@dataclass(frozen=True)
class _Name:
    """What a file's name says."""

    name: str
    user: str
    late: bool
    attachment: str
    """Empty for what was typed."""
    file: str
    place: tuple[int, int] = (0, 0)
    """Of readings with numbers of one length the largest counts: the last in the first row of numbers."""

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(text) for text in (self.user, self.attachment) if _is_number(text))


def is_ours(path: Path) -> bool:
    """Tell whether Canvas gives names like this one."""
    return bool(_readings(path.name))


def read(paths: Sequence[Path]) -> list[Attempt]:
    """Return one record for each student, of the last version of each of the student's files.

    What was typed counts only where there is no file.
    """
    students: dict[str, dict[str, tuple[int, _Name, Path]]] = {}
    for path, name in zip(paths, _names([path.name for path in paths]), strict=True):
        if name is not None:
            versions = students.setdefault(name.user, {})
            file, attachment = _AGAIN.sub("", name.file), int(name.attachment or 0)
            if file not in versions or attachment > versions[file][0]:
                versions[file] = attachment, name, path
    return [_record(user, versions) for user, versions in students.items()]


def _record(user: str, versions: dict[str, tuple[int, _Name, Path]]) -> Attempt:
    names = [name for _attachment, name, _path in versions.values()]
    files = {file: path for file, (_attachment, name, path) in versions.items() if name.attachment}
    typed = {file: path for file, (_attachment, name, path) in versions.items() if not name.attachment}
    called = max(names, key=lambda name: int(name.attachment or 0)).name  # who was renamed has the new name there
    return Attempt(user, called or user, files or typed, late=any(name.late for name in names))


def _names(texts: Sequence[str]) -> list[_Name | None]:
    """Return what each name says; None where it is none of Canvas', or whose it is cannot be told.

    Names and files may hold numbers between underscores, too. Of several readings the one counts whose numbers are as
    long as those of the names in this class that can be read in one way only; else the one with the longest numbers.
    A student chooses the file's name, which may hold another's numbers: so no reading counts that gives a user a second
    name, or that another file could give one, and none where the numbers of two users fit the class alike.
    """
    readings = [_readings(text) for text in texts]
    sure = [of_text[0] for of_text in readings if len(of_text) == 1]
    pairs = [name.numbers for name in sure if len(name.numbers) == len(("user", "attachment"))]
    usual = [median(map(_length, numbers)) for numbers in zip(*pairs, strict=True)]
    called = _called(sure)

    def distances(name: _Name) -> list[float]:
        return [abs(_length(number) - wanted) for number, wanted in zip(name.numbers, usual, strict=False)]

    def likeliness(name: _Name) -> tuple[float, int, bool, tuple[int, int]]:
        numbers = name.numbers
        return -sum(distances(name)), len(str(min(numbers))), numbers[0] <= numbers[-1], name.place

    def chosen(of_text: Sequence[_Name]) -> _Name | None:
        if len(of_text) == 1:
            return of_text[0]
        free = [name for name in of_text if name.name in called.get(name.user, {name.name})]
        fitting = {name.user for name in free if usual and max(distances(name)) < _ALIKE}
        return max(free, key=likeliness, default=None) if len(fitting) <= 1 else None

    by_user = _called([name for of_text in readings for name in of_text])
    counts = Counter(pair for of_text in readings for pair in {(name.user, name.name) for name in of_text})

    def is_clear(name: _Name, of_text: Sequence[_Name]) -> bool:
        """Tell whether no other file could be the user's under another name."""
        if name.name in called.get(name.user, ()):
            return True
        own = {(one.user, one.name) for one in of_text}
        others = by_user[name.user] - {name.name}
        return all(counts[name.user, other] == ((name.user, other) in own) for other in others)

    names = [chosen(of_text) for of_text in readings]
    return [
        name if name is not None and is_clear(name, of_text) else None
        for name, of_text in zip(names, readings, strict=True)
    ]


def _called(names: Sequence[_Name]) -> dict[str, set[str]]:
    """Return by user what the names call each."""
    called: dict[str, set[str]] = {}
    for name in names:
        called.setdefault(name.user, set()).add(name.name)
    return called


def _length(number: int) -> float:
    return math.log10(number + 1)


def _readings(text: str) -> list[_Name]:
    """Return each way to read a name."""
    if found := _ANONYMOUS.fullmatch(text):
        is_late = bool(found["late"] or found["late_after"])
        return [_Name("", found["sign"], is_late, found["attachment"] or "", found["file"] or found["typed"])]
    fields = text.split("_")
    return [name for place in range(1, len(fields) - 1) if (name := _reading(fields, place)) is not None]


def _reading(fields: Sequence[str], place: int) -> _Name | None:
    user, attachment, file = fields[place], fields[place + 1], "_".join(fields[place + 2 :])
    if not _is_number(user):
        return None
    is_late = fields[place - 1] == _LATE and place > 1
    name = "_".join(fields[: place - is_late])
    row = next((-start for start in range(place, 0, -1) if not _is_number(fields[start - 1])), 0)
    if len(fields) == place + 2 and attachment in _TYPED:
        return _Name(name, user, is_late, "", attachment, (row, place))
    return _Name(name, user, is_late, attachment, file, (row, place)) if _is_number(attachment) and file else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
