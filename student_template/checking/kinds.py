"""Tell what kind of file came, and say plainly when it is not the kind that its name promises."""

import json
from pathlib import PurePath

from tests.checks.language import later, tr
from .candidates import expected
from .contract import without_hiding_ending
from .decoding import normal_line_ends
from .parsing import find_problem
from .errors import SubmissionError

MAX_PYTHON_BYTES = 2 * 1024 * 1024
MAX_NOTEBOOK_BYTES = 20 * 1024 * 1024
"""Stored outputs (pictures) make notebooks large."""

_SIGNATURES = (
    (b"PK\x03\x04", later("a zip archive (or an Office document)")),
    (b"PK\x05\x06", later("an empty zip archive")),
    (b"Rar!", later("a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", later("a 7-Zip archive")),
    (b"\x1f\x8b", later("a gzip archive")),
    (b"BZh", later("a bzip2 archive")),
    (b"\xfd7zXZ\x00", later("an xz archive")),
    (b"%PDF", later("a PDF document")),
    (b"{\\rtf", later("an RTF document")),
    (b"\xd0\xcf\x11\xe0", later("an Office document")),
    (b"\x89PNG", later("a picture")),
    (b"\xff\xd8\xff", later("a picture")),
    (b"\x89HDF", later("a trained model (HDF5)")),
    (b"\x7fELF", later("a compiled program")),
    (b"<!DOCTYPE", later("a web page")),
    (b"<html", later("a web page")),
)
_BLANK = b"\xef\xbb\xbf \t\r\n"
_PACKED = frozenset({".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst"})
_DESCRIPTIONS = {
    ".txt": later("a text file"),
    ".md": later("a text file"),
    ".pdf": later("a PDF document"),
    ".doc": later("a Word document"),
    ".docx": later("a Word document"),
    ".odt": later("a text document"),
    ".rtf": later("a text document"),
    ".html": later("a web page"),
    ".htm": later("a web page"),
    ".png": later("a picture"),
    ".jpg": later("a picture"),
    ".jpeg": later("a picture"),
    ".keras": later("a trained model"),
    ".h5": later("a trained model"),
    ".pyc": later("compiled Python"),
    "": later("a file without an extension"),
}


def limit_bytes_for(file_name: str) -> int:
    """Return how many bytes a module of this name may have."""
    return MAX_NOTEBOOK_BYTES if is_notebook_name(without_hiding_ending(file_name)) else MAX_PYTHON_BYTES


def is_notebook_name(file_name: str) -> bool:
    return PurePath(file_name).suffix.casefold() == ".ipynb"


def wrong_kind(suffix: str, where: str) -> SubmissionError:
    """Return the error for a file that is neither Python, notebook nor zip by its name."""
    suffix = suffix.casefold()
    if suffix in _PACKED:
        return SubmissionError(
            tr(
                "{where}: {suffix} archives are not opened; pack it as .zip. Expected {expected}.",
                where=where,
                suffix=suffix,
                expected=expected(),
            )
        )
    known = _DESCRIPTIONS.get(suffix)
    kind = tr(known) if known else tr("a file of the kind {suffix}", suffix=suffix)
    return SubmissionError(
        tr("{where}: is {kind}. Expected {expected}, or a .zip with it.", where=where, kind=kind, expected=expected())
    )


def check_content(data: bytes, where: str) -> None:
    """Check that a module's bytes are not something else under a module's name.

    Raises:
        SubmissionError: they are an archive or a document.
    """
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise SubmissionError(
                tr(
                    "{where}: is {kind} by its content, whatever its name. Expected {expected}.",
                    where=where,
                    kind=tr(kind),
                    expected=expected(),
                )
            )


def kind_by_content(data: bytes, suffix: str) -> str:
    """Return the ending that a module's name should have; ``suffix``, its own one, where its bytes do not tell."""
    if holds_notebook(data):
        return suffix if suffix.casefold() == ".ipynb" else ".ipynb"
    is_python = suffix.casefold() == ".ipynb" and len(data) <= MAX_PYTHON_BYTES and _is_python(data)
    return ".py" if is_python else suffix


def _is_python(data: bytes) -> bool:
    """Tell whether bytes are Python source, and not JSON, of which some is Python, too."""
    try:
        text = normal_line_ends(data.decode("utf-8-sig"))
        json.loads(text)
    except (UnicodeDecodeError, RecursionError):
        return False
    except ValueError:
        return bool(text.strip()) and find_problem(text) is None
    return False


def holds_notebook(data: bytes) -> bool:
    """Tell whether bytes are a notebook, with or without the number of its format."""
    if not data.lstrip(_BLANK).startswith(b"{") or b'"cells"' not in data:
        return False
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return False
    if not isinstance(document, dict):
        return False
    cells = document.get("cells")
    has_cells = isinstance(cells, list) and any(isinstance(cell, dict) and "cell_type" in cell for cell in cells)
    return "nbformat" in document or has_cells
