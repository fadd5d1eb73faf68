"""Copy the code that takes in a submission into the template: a student's check and the grader cannot differ."""

from __future__ import annotations

import re
from pathlib import Path

import grader

CHECKING_FOLDER = "checking"
_PACKAGE = Path(grader.__file__).parent
_NOT_COPIED = {"__init__.py", "class_folder.py", "digesting.py", "names.py"}
"""These are about a whole class, or about telling two submissions or students apart."""
_BESIDE_STUDENT_CODE = ("module_running.py", "notebook_names.py", "statement_effects.py")
_CHECKS_IMPORT = re.compile(rb"^from grader\.assignment\.public_tests\.(\S+) import", re.MULTILINE)
"""The public tests lie in the template, too, and with them the language of what students read."""
_OWN_IMPORT = re.compile(rb"^from grader\.(?:submissions|sandbox|system)\.(\w+) import", re.MULTILINE)


def checking_files() -> dict[str, bytes]:
    """Return the copied modules by their path in the template; only the names that they import each other by differ."""
    sources = [path for path in (_PACKAGE / "submissions").glob("*.py") if path.name not in _NOT_COPIED]
    sources += [_PACKAGE / "system" / "errors.py", *(_PACKAGE / "sandbox" / name for name in _BESIDE_STUDENT_CODE)]
    return {f"{CHECKING_FOLDER}/{path.name}": _standing_alone(path.read_bytes()) for path in sources}


def _standing_alone(source: bytes) -> bytes:
    source = _CHECKS_IMPORT.sub(rb"from tests.\1 import", source.replace(b"\r\n", b"\n"))
    return _OWN_IMPORT.sub(rb"from .\1 import", source)
