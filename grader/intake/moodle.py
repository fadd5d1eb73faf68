"""Moodle's download of an assignment: ``Surname Name_12345_assignsubmission_file_``, a folder or the start of a file.

The number is the submission's own in this course (the worksheet's ``Participant 12345``). Moodle gives only the last
attempt, no times and no late marks. A group's files come once for each member, as ``Group-Surname Name_12345_...``: an
entry each. What was typed into the text field is beside, as ``onlinetext``: it is never code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.intake.handed_in import HandedIn

TITLE = "names with _assignsubmission_"
_NAME = re.compile(
    r"(?P<name>.*)_(?P<id>[0-9]+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL
)


def is_ours(path: Path) -> bool:
    """Tell whether Moodle gives names like this one."""
    return _NAME.fullmatch(path.name) is not None


def read(paths: Sequence[Path]) -> list[HandedIn]:
    """Return one record for each student; a typed text counts only where there is no file."""
    names: dict[str, str] = {}
    found: dict[str, dict[str, dict[str, Path]]] = {}
    for path in paths:
        if match := _NAME.fullmatch(path.name):
            names[match["id"]] = match["name"]
            kinds = found.setdefault(match["id"], {"file": {}, "onlinetext": {}})
            kinds[match["kind"]][match["file"] or path.name] = path
    return [HandedIn(number, names[number], kinds["file"] or kinds["onlinetext"]) for number, kinds in found.items()]
