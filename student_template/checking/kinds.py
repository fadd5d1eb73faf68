"""Tell what kind of file came, and say plainly when it is not the kind that its name promises."""

import json
from pathlib import PurePath

from .errors import SubmissionError
from .candidates import EXPECTED

MAX_PYTHON_BYTES = 2 * 1024 * 1024
MAX_NOTEBOOK_BYTES = 20 * 1024 * 1024
"""Stored outputs (pictures) make notebooks large."""

_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive (or an Office document)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x89HDF", "a trained model (HDF5)"),
    (b"\x7fELF", "a compiled program"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)
_PACKED = frozenset({".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst"})
_DESCRIPTIONS = {
    ".txt": "a text file",
    ".md": "a text file",
    ".pdf": "a PDF document",
    ".doc": "a Word document",
    ".docx": "a Word document",
    ".odt": "a text document",
    ".rtf": "a text document",
    ".html": "a web page",
    ".htm": "a web page",
    ".png": "a picture",
    ".jpg": "a picture",
    ".jpeg": "a picture",
    ".keras": "a trained model",
    ".h5": "a trained model",
    ".pyc": "compiled Python",
    "": "a file without an extension",
}


def limit_bytes_for(file_name: str) -> int:
    """Return how many bytes a module of this name may have."""
    return MAX_NOTEBOOK_BYTES if is_notebook_name(file_name) else MAX_PYTHON_BYTES


def is_notebook_name(file_name: str) -> bool:
    return PurePath(file_name).suffix.casefold() == ".ipynb"


def wrong_kind(suffix: str, where: str) -> SubmissionError:
    """Return the error for a file that is neither Python, notebook nor zip by its name."""
    suffix = suffix.casefold()
    if suffix in _PACKED:
        return SubmissionError(f"{where}: {suffix} archives are not opened; pack it as .zip. Expected {EXPECTED}.")
    kind = _DESCRIPTIONS.get(suffix, f"a file of the kind {suffix}")
    return SubmissionError(f"{where}: is {kind}. Expected {EXPECTED}, or a .zip with it.")


def check_content(data: bytes, file_name: str, where: str) -> None:
    """Check that a module's bytes are not something else under a module's name.

    Raises:
        SubmissionError: they are an archive, a document, or a notebook named ``.py``.
    """
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise SubmissionError(f"{where}: is {kind} by its content, whatever its name. Expected {EXPECTED}.")
    if not is_notebook_name(file_name) and _is_notebook(data):
        raise SubmissionError(f"{where}: holds a notebook, not Python source. Rename it to end in .ipynb.")


def _is_notebook(data: bytes) -> bool:
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") or b'"nbformat"' not in data:
        return False
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "nbformat" in document
