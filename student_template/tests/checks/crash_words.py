"""What the student's code raised, in words; `messages.py` says the same of an error that a test expected.

Also what Keras raised of the student's network while a test used it: that is no fault of the test.
"""

from __future__ import annotations

from .language import tr
from .library_errors import error_cause, error_name, plain_text
from .messages import CheckFailed, Places, frames_of_student

MAX_ERROR_CHARS = 600
INPUTS = {"build_ann": "(784,)", "build_cnn": "(28, 28, 1)", "build_letters_model": "(28, 28, 1)"}
"""What the assignment says of the networks' inputs."""
_OF_INPUT = (
    "no defined input shape",
    "not yet been built",
    "never been called",
    "incompatible",
    "Input 0 of layer",
    "invalid for input shape",
    "Matrix size-incompatible",
)
"""Words of Keras on a network whose input is not known, or another one than the pictures have."""


def describe_crash(error: BaseException) -> str | None:
    """Say which of the student's functions raised what, where, and why; None when none of them was running."""
    own = frames_of_student(error)
    if not own:
        return None
    place = Places.of(own[-1].lineno or 0)
    text = tr("{function} raised {error} ({place})", function=own[0].name, error=name_and_text(error), place=place)
    cause = error_cause(str(error))
    return f"{text}\n  {tr('cause')}: {cause}" if cause else text


def name_and_text(error: BaseException) -> str:
    """Return an error's name and what it says, without a library's noise."""
    return f"{error_name(error)}: {plain_text(str(error))[:MAX_ERROR_CHARS]}"


def network_failure(error: Exception, *, maker: str, given: str, attempt: str) -> CheckFailed:
    """Return what to tell of a network that Keras refused while a test used it.

    Args:
        maker: the student's function that returned the network; nothing when nobody knows.
        given: what the test did with it.
        attempt: lines of Python that do the same.
    """
    text = str(error)
    what = tr("Keras refuses the network that {function} returned.", function=maker)
    return CheckFailed(
        what if maker else tr("Keras refuses this network."),
        given=given,
        came=name_and_text(error),
        expected=tr("a network whose input fits its pictures, and which can be saved and read back"),
        cause=error_cause(text),
        hint=_network_hint(text, maker) or attempt,
    )


def _network_hint(text: str, maker: str) -> str:
    if not any(words in text for words in _OF_INPUT):
        return ""
    if maker == "restore_model":
        return tr("return the model that is read from `path`: it has the input of the one that was saved")
    if maker in INPUTS:
        return tr("make layers.Input({shape}) the first layer", shape=INPUTS[maker])
    return ""


def folder_failure(name: str) -> CheckFailed:
    """Return what to tell when a folder lies where a function should have written a file."""
    return CheckFailed(
        tr("save_model wrote a folder, not a file."),
        given=tr('the path "{name}"', name=name),
        came=tr("a folder"),
        expected=tr("one .keras file at exactly this path"),
        cause=tr("model.export writes a folder for TensorFlow: no .keras file, and Keras cannot read it back"),
        hint="model.save(path)",
    )
