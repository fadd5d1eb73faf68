"""Which assignment a file of Moodle's is of: its name ends in the course module's number, unless somebody renamed it.

The download is called ``COURSE-ASSIGNMENT-57.zip``, the worksheet ``Grades-COURSE-ASSIGNMENT-57.csv``, both with a
group's name before the number where one group was chosen. Browsers and systems number second copies: ``-57 (1).zip``,
``-57(1).zip``, ``-57 2``; Safari's ``-57-1.zip`` looks like a number of Moodle's own.

Source: ``mod/assign/classes/downloader.php`` and ``mod/assign/feedback/offline/locallib.php`` of Moodle.
"""

from __future__ import annotations

import re

_NAMED = re.compile(
    r".+?-.+?(?:-(?P<before>[0-9]{2,}))?-(?P<number>[0-9]+)(?: ?\([0-9]+\)| [0-9])?(?:\.(?:zip|csv))?",
    re.IGNORECASE | re.DOTALL,
)
_COPIES = range(1, 10)
"""How Safari numbers second copies."""


def assignment_of(file_name: str) -> str:
    """Return the number at the end of a file's name; empty where there is none."""
    found = _NAMED.fullmatch(file_name)
    return found["number"] if found else ""


def are_of_one_assignment(one: str, other: str) -> bool:
    """Tell whether the numbers at the end of two files' names are the same, of one of them perhaps as Safari's copy."""
    numbers = assignment_of(one), assignment_of(other)
    return numbers[0] == numbers[1] != "" or _copied(one) == numbers[1] != "" or _copied(other) == numbers[0] != ""


def _copied(file_name: str) -> str | None:
    """Return the number of a file's name that could be a copy by Safari."""
    found = _NAMED.fullmatch(file_name)
    return found["before"] if found and int(found["number"]) in _COPIES else None
