"""What the errors of Keras, TensorFlow and OpenCV mean: their texts without the noise, and their usual cause."""

from __future__ import annotations

import re

from .language import later, tr

_COLOURS = re.compile(r"\x1b?\[\d{1,2}m")
_FRAMES = re.compile(r'^ *File "[^"\n]*", line \d+, in [^\n]*$\n?', re.MULTILINE)
_NODES = re.compile(r"\[\[\{\{[^\n]*|\[Op:[^\n]*|^Detected at node [^\n]*$", re.MULTILINE)
_LABELS = re.compile(r"  Label values: [-\d][^\n]*")
_NODE_NAMED = re.compile(r" for '\{\{node [^\n']{1,500}'")
_OPENCV = re.compile(r"OpenCV\([^\n)]{1,20}\) [^\n:]{1,200}:\d{1,6}: error: ")
_OPENINGS = ("Exception encountered when calling ", "Graph execution error:")


def plain_text(text: str) -> str:
    """Return the text of an error without colours, internal frames, and the data that Keras prints in full."""
    text = text.partition("\n\nArguments received by ")[0]
    for noise in (_COLOURS, _OPENCV, _FRAMES, _NODE_NAMED, _NODES):
        text = noise.sub("", text)
    start = text.find("Invalid input shape for input ")
    end = text.find("Expected shape ", start)
    if 0 <= start < end:
        text = f"{text[:start]}Invalid input shape. {text[end:]}"
    text = _LABELS.sub("", text)  # the labels that the network was trained on
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith(_OPENINGS):
        del lines[0]
    return "\n".join(lines)


def error_name(error: BaseException) -> str:
    """Return the name of an error's class; with its module where the name alone says nothing (`cv2.error`)."""
    kind = type(error)
    return f"{kind.__module__}.{kind.__name__}" if kind.__name__ == "error" else kind.__name__


def error_cause(text: str) -> str:
    """Name what the text of an error, as the library gave it, usually comes from; nothing when nobody knows."""
    return next((tr(cause) for words, cause in _CAUSES if any(word in text for word in words)), "")


_CAUSES = (
    (
        ("NoneType' object has no attribute 'open'",),  # what numpy says of an archive
        later("the .npz file was closed before its arrays were read: read them first"),
    ),
    (
        ("empty()", *(f"NoneType' object has no attribute '{name}'" for name in ("shape", "astype", "ndim", "size"))),
        later("cv2.imread found nothing and said nothing: it returned None, and the code went on with it"),
    ),
    (
        ("Cannot feed value", "incompatible with the layer", "input has incompatible shape"),
        later("the pictures have another shape than the model's input"),
    ),
    (
        ("is outside the valid range of [0,",),
        later("a label has no output of its own: labels start at 0, and there is one output for each class"),
    ),
    (
        ("must have the same rank", "mean_squared_error/"),
        later("this loss wants other labels: these are whole numbers, so it must be a sparse one"),
    ),
    (
        ("cannot reshape array of size",),
        later("a number of pictures or pixels is written into the code that is not the one of these data: -1 fits any"),
    ),
    (
        ("Number of rows must be a positive integer", "Number of columns must be a positive integer"),
        later("a grid of subplots needs at least one: without indices, return a figure with nothing in it"),
    ),
    (
        ("Not a gzipped file",),
        later("the file is not compressed: look at its first two bytes (or its name) before you open it"),
    ),
    (("0x1f8b",), later("1f 8b are the first bytes of a gzip file: it must be unpacked first")),
)
"""Words in an error's text, and what usually leads to it."""
