"""The student's functions for the page: called from the newest saved module, told in words when they fail."""

from __future__ import annotations

import sys
import threading
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.checks.differences import error_cause
from tests.checks.language import tr
from tests.checks.local_student import LocalStudent, load_module
from tests.checks.messages import MODULE, CheckFailed

MAX_ERROR_CHARS = 600


class Trouble(Exception):
    """A function of the student did not do what the page needs; the message is for the student."""


class OwnFunctions:
    """The functions of one module or notebook; a file that was saved anew is imported anew."""

    def __init__(self, folder: Path, *, notebook: bool) -> None:
        self._folder = folder
        self._notebook = notebook
        self._path = folder / (f"{MODULE}.ipynb" if notebook else f"{MODULE}.py")
        self._module: ModuleType | None = None
        self._lock = threading.Lock()  # a training calls from a thread of its own
        self.version = 0
        """When the module was saved, in ns: it changes with the code."""

    def call(self, name: str, *arguments: object) -> Any:
        """Call a function of the module.

        Raises:
            Trouble: the module cannot be imported, or its function is missing, is a stub, or raises.
        """
        with self._lock:
            module = self._newest()
        try:
            return getattr(LocalStudent(module), name)(*arguments)
        except (Exception, SystemExit) as error:  # the border to the student's code
            raise Trouble(self._in_words(error, name)) from error

    def _newest(self) -> ModuleType:
        version = self._path.stat().st_mtime_ns if self._path.is_file() else -1
        if self._module is None or version != self.version:
            self._module, self.version = None, version
            sys.modules.pop(MODULE, None)
            try:
                self._module = load_module(self._folder, notebook=self._notebook)
            except (Exception, SystemExit) as error:  # the border to the student's code
                what = f"{type(error).__name__}: {str(error)[:MAX_ERROR_CHARS]}"
                raise Trouble(tr("mnist_all_models cannot be imported: {error}", error=what)) from error
        return self._module

    def _in_words(self, error: BaseException, name: str) -> str:
        if isinstance(error, CheckFailed):
            return str(error)
        if not isinstance(error, NotImplementedError):
            return _crash(error, name)
        text = tr("Not written yet: {what}", what=tr(str(error)) or name)
        if self._notebook:
            return text
        remedy = tr("Do you write in the notebook? Then run: {command}", command="python draw.py --notebook")
        return f"{text}\n{remedy}"


def _crash(error: BaseException, name: str) -> str:
    told = f"{type(error).__name__}: {str(error)[:MAX_ERROR_CHARS]}"
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).stem == MODULE]
    if not own:
        return tr("{function} raised {error}", function=name, error=told)
    text = tr("{function} raised {error} (line {line})", function=own[0].name, error=told, line=own[-1].lineno)
    cause = error_cause(told)
    return f"{text}\n{tr('cause')}: {cause}" if cause else text
