"""The page in the student's language: the texts of `page.html` and `page.js`."""

from __future__ import annotations

import html
import json
from pathlib import Path
from string import Template

from tests.checks.language import language_in_use, later, tr

_EMPTY = later("Nothing is drawn yet.")
_IN_HTML = {
    "title": later("Draw a digit"),
    "intro": later(
        "Draw one digit with the mouse, a finger or the keyboard, and see what your functions make of it: load_drawing "
        "brings it to 28x28 pixels, both networks say what they see."
    ),
    "canvas": later("Canvas of 56x56 pixels"),
    "keys": later("Keyboard: arrow keys move the pen, Space puts it down and lifts it, Delete clears."),
    "pen": later("Pen"),
    "clear": later("Clear"),
    "made": later("What load_drawing makes of it"),
    "name": later("Name"),
    "save": later("Save picture"),
    "train": later("Train now (about a minute)"),
    "empty": _EMPTY,
}
_IN_SCRIPT = {
    "empty": _EMPTY,
    "digit": later("Digit"),
    "score": later("Probability"),
    "working": later("Looking; the first time takes some seconds."),
    "slow": later(
        "Your functions take long. If a loop never ends: end draw.py with Ctrl-C, mend the loop, start draw.py again."
    ),
    "down": later("The pen is down."),
    "up": later("The pen is up."),
    "cleared": later("The canvas is empty."),
    "lost": later("draw.py does not answer. Is it still running in the terminal?"),
    "made_alt": later("28x28 pixels, light ink on black"),
}


def page_text(path: Path) -> str:
    """Return the page of the file, its texts filled in."""
    values = {name: html.escape(tr(text)) for name, text in _IN_HTML.items()}
    words = json.dumps({name: tr(text) for name, text in _IN_SCRIPT.items()})
    # "</script>" in a text would end the element that holds the words
    values |= {"lang": language_in_use(), "words": words.replace("<", "\\u003c")}
    return Template(path.read_text(encoding="utf-8")).substitute(values)
