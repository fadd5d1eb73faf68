"""Moodle's download of an assignment: ``Surname Name_12345_assignsubmission_file_``, a folder or the start of a file.

The number is the submission's own in this course (the worksheet's ``Participant 12345``). Moodle gives only the last
attempt, no times and no late marks. What was typed into the text field is beside, as ``onlinetext``: it is never code.

In group work there is one folder for each group, with the group's name and the group's number, which may be some other
student's as a participant: whose work it is, the worksheet says. The folder of those who are in no group has no number.
Moodle before 4.0 gives a group's files once for each member, as ``Group-Surname Name_12345_...``: an entry each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.submissions.platforms.attempt import Attempt
from grader.submissions.shown_text import shown
from grader.system.errors import UsageError

TITLE = "names with _assignsubmission_"
_NAME = re.compile(
    r"(?P<name>.*?)(?:_(?P<id>[0-9]+))?_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL
)
"""Moodle writes no ``_`` in names, so the first that fits is Moodle's own: what follows, a student may have chosen."""


def is_ours(path: Path) -> bool:
    """Tell whether Moodle gives names like this one."""
    return _NAME.fullmatch(path.name) is not None


def read(paths: Sequence[Path]) -> list[Attempt]:
    """Return one record for each student or group; a typed text counts only where there is no file.

    Raises:
        UsageError: two names have one number.
    """
    names: dict[str, str] = {}
    found: dict[str, dict[str, dict[str, Path]]] = {}
    for path in paths:
        if match := _NAME.fullmatch(path.name):
            number = match["id"] or match["name"] or path.name
            if names.setdefault(number, match["name"]) != match["name"]:
                raise UsageError(
                    f"the number {number} is that of {shown(names[number])} and of "
                    f"{shown(match['name'])}. Two downloads lie together, or somebody was renamed between them: keep "
                    "the last one alone."
                )
            kinds = found.setdefault(number, {"file": {}, "onlinetext": {}})
            kinds[match["kind"]][match["file"] or path.name] = path
    return [Attempt(number, names[number], kinds["file"] or kinds["onlinetext"]) for number, kinds in found.items()]
