"""Why the student's module cannot be imported, in words, and one thing to try."""

from __future__ import annotations

from .crash_words import name_and_text
from .language import tr
from .library_errors import error_cause
from .messages import MODULE

LIBRARIES = ("numpy", "tensorflow", "keras", "cv2", "matplotlib", "nbformat", "nbconvert")


def describe_import(error: BaseException, *, notebook: bool, command: str = "python -m pytest") -> str:
    """Say what an import of the module, or of its notebook's cells, raised.

    Args:
        command: takes the module, and with --notebook the notebook.
    """
    file = f"{MODULE}.ipynb" if notebook else f"{MODULE}.py"
    if _is_missing(error):
        other = command if notebook else f"{command} --notebook"
        text = tr("There is no {file} in this folder.", file=file)
        return (
            f"{text}\n  {tr('try')}: {tr('give it this name again; for the other form run {command}', command=other)}"
        )
    if type(error).__name__ == "SubmissionError":  # in the words of the intake, whose name here is another module's
        return str(error)
    text = tr("{file} cannot be imported: {error}", file=file, error=name_and_text(error))
    hint = _hint(error)
    return f"{text}\n  {tr('try')}: {hint}" if hint else text


def _is_missing(error: BaseException) -> bool:
    return type(error).__name__ == "UsageError"


def _hint(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return tr("something ends the program at the top level: take exit() out, or put it into a function")
    if "reading from stdin" in str(error):
        return tr("input() at the top level: nobody answers it while the tests run")
    if cause := error_cause(str(error)):
        return cause
    if "libGL" in str(error):
        return "python -m pip uninstall opencv-python; python -m pip install opencv-python-headless"
    if isinstance(error, ImportError):
        if (error.name or "").partition(".")[0] in LIBRARIES:
            return tr("activate the lab's environment, then python -m pip install -r requirements.txt")
        return tr("the grader has only this one file and the lab's libraries")
    return tr('a statement outside of the functions fails: put it under if __name__ == "__main__":')
