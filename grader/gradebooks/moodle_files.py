"""Which assignment a file of Moodle's is of: its name ends in the course module's number, unless somebody renamed it.

The download is called ``COURSE-ASSIGNMENT-57.zip``, the worksheet ``Grades-COURSE-ASSIGNMENT-57.csv``, both with a
group's name before the number where one group was chosen. Browsers and systems number second copies: ``-57 (1).zip``,
``-57(1).zip``, ``-57 2``; Safari's ``-57-1.zip`` looks like a number of Moodle's own.

Source: ``mod/assign/classes/downloader.php`` and ``mod/assign/feedback/offline/locallib.php`` of Moodle.
"""

from __future__ import annotations

import re

_END = r"(?: ?\([0-9]+\)| [0-9])?(?:\.(?:zip|csv))?"
_SAFARIS = re.compile(rf".+-.+-(?P<number>[0-9]{{2,}})-[1-9]{_END}", re.IGNORECASE | re.DOTALL)
_NAMED = re.compile(rf".+-.+-(?P<number>[0-9]+){_END}", re.IGNORECASE | re.DOTALL)


def assignment_of(file_name: str) -> str:
    """Return the number at the end of a file's name; empty where there is none."""
    found = _SAFARIS.fullmatch(file_name) or _NAMED.fullmatch(file_name)
    return found["number"] if found else ""
