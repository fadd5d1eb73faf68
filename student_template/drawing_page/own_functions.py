"""The student's functions for the page: called from the newest saved module, told in words when they fail."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

from tests.checks.crash_words import describe_crash, name_and_text
from tests.checks.import_words import describe_import
from tests.checks.language import tr
from tests.checks.local_student import LocalStudent, load_student
from tests.checks.messages import MODULE, CheckFailed


class Trouble(Exception):
    """A function of the student did not do what the page needs; the message is for the student."""


class OwnFunctions:
    """The functions of one module or notebook; a file that was saved anew is imported anew."""

    def __init__(self, folder: Path, *, notebook: bool) -> None:
        self._folder = folder
        self._notebook = notebook
        self._path = folder / (f"{MODULE}.ipynb" if notebook else f"{MODULE}.py")
        self._student: LocalStudent | None = None
        self._lock = threading.Lock()  # a training calls from a thread of its own
        self.version = 0
        """When the module was saved, in ns: it changes with the code."""

    def call(self, name: str, *arguments: object) -> Any:
        """Call a function of the module.

        Raises:
            Trouble: the module cannot be imported, or its function is missing, is a stub, or raises.
        """
        with self._lock:
            student = self._newest()
        try:
            return getattr(student, name)(*arguments)
        except (Exception, SystemExit) as error:  # the border to the student's code
            raise Trouble(self._in_words(error, name)) from error

    def _newest(self) -> LocalStudent:
        version = self._path.stat().st_mtime_ns if self._path.is_file() else -1
        if self._student is None or version != self.version:
            self._student, self.version = None, version
            sys.modules.pop(MODULE, None)
            try:
                self._student = load_student(self._folder, notebook=self._notebook)
            except (Exception, SystemExit) as error:  # the border to the student's code
                text = describe_import(error, notebook=self._notebook, command="python draw.py")
                raise Trouble(text) from error
        return self._student

    def _in_words(self, error: BaseException, name: str) -> str:
        if isinstance(error, CheckFailed):
            return str(error)
        if not isinstance(error, NotImplementedError):
            told = tr("{function} raised {error}", function=name, error=name_and_text(error))
            return describe_crash(error) or told
        text = tr("Not written yet: {what}", what=tr(str(error)) or name)
        if self._notebook:
            return text
        remedy = tr("Do you write in the notebook? Then run: {command}", command="python draw.py --notebook")
        return f"{text}\n{remedy}"
