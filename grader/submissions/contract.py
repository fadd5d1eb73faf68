"""What the assignment calls things: the module, the trained models and the functions that the grader looks up."""

import re
import unicodedata
from pathlib import PurePath

MODULE_STEM = "mnist_all_models"
MODULE_SUFFIXES = (".py", ".ipynb")
HIDING_SUFFIXES = (".txt", ".json", ".download")
"""What editors, browsers and mail programs put behind a module's name; Windows shows no endings."""
MODEL_SUFFIX = ".keras"

CONTRACT_NAMES = frozenset(
    {
        "parse_idx", "mnist_parse_file", "load_mnist", "showpics",
        "build_ann", "build_cnn",
        "prepare_ann", "prepare_cnn", "train_model", "predict_labels", "predict_scores", "accuracy", "wrong_set",
        "save_model", "restore_model",
        "load_drawing", "predict_drawing",
        "load_emnist_letters", "letter_of", "build_letters_model", "train_letters", "predict_letters",
    }
)  # fmt: skip
"""Read by the grader itself: ``predict_labels = net.predict_labels`` makes ``net`` needed though no code reads it."""

_COPY = "copy|copie|copia|cópia|kopie|kopia|kopi|kopio|kopya|kopija|másolat|копия|копія|копие|副本|コピー|복사본"
_NAMED = re.compile(
    rf"""
    (?: (?:{_COPY}) (?:\s*\(\d+\))? (?:\s+(?:of|von|de|di|da|af|av|van))? \s+ )?   # Copy of, Kopie von, Копия
    {MODULE_STEM}
    (?: \s*[-–—._]?\s* (?: (?:{_COPY})\s*\d* | \d+ | \([^()]*\) | sync-conflict-[-\w]+ ) ){{0,3}}
    (?: (?-i: -[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)* ) )?   # a computer's name, by OneDrive
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_named_as_module(stem: str) -> bool:
    """Tell whether a file's name is the module's, also as a copy of it is called by systems, browsers and clouds."""
    return _NAMED.fullmatch(unicodedata.normalize("NFC", stem).strip()) is not None


def without_hiding_ending(name: str) -> str:
    """Return ``lab.py`` for ``lab.py.txt``; every other name as it is."""
    path = PurePath(name)
    hides = path.suffix.casefold() in HIDING_SUFFIXES and PurePath(path.stem).suffix.casefold() in MODULE_SUFFIXES
    return path.stem if hides else name
