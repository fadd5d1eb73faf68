"""The output folder: who writes what.

    OUT/results/<stem>.json     one per graded submission, written here the moment it is graded
    OUT/sources/<stem>.txt      the module's text of each submission of a class, for finding similar ones
    OUT/feedback/<stem>.html    student pages             ┐
    OUT/report.html, grades.csv, junit.xml                ┘ made by ``grader.reports`` from results/, can be made again

Only the supervisor writes here, with the rights of whoever called the command; no process that runs student code is
given this folder. Every file appears whole or not at all: a temporary file beside the target (``.digitlab-*.tmp``,
ignored when reading) is flushed to the disk and then renamed over it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from grader.errors import UsageError
from grader.results import SubmissionResult, load_result

MAX_STEM_BYTES = 120
"""Leaves room for an extension within the 255 bytes that a file name may have, and for a path within Windows' 260."""

_HASH_DIGITS = 12
_LIKE_HASHED = re.compile(rf"~[0-9a-f]{{{_HASH_DIGITS}}}$")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_FORBIDDEN = frozenset('/<>:"\\|?*')
_UNPRINTABLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_DIRECTORY_FSYNC_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOTSUP})


def natural_key(name: str) -> tuple[object, ...]:
    """Return a sort key that puts student-2 before student-10 and does not depend on the locale."""
    pieces = re.split(r"([0-9]+)", name.casefold())
    digits = [piece.lstrip("0") for piece in pieces[1::2]]
    numbers = [(len(number), number) for number in digits]  # compares like int(), without its limit on length
    return (*[part for pair in zip(pieces[::2], [*numbers, (0, "")], strict=True) for part in pair], name)


def file_stem(submission_name: str) -> str:
    """Return a file name, without extension, that is safe on every file system and belongs to this name only.

    At most ``MAX_STEM_BYTES`` bytes. A name that needs no change is returned as it is. Any other gets ``~`` and 12
    hex digits of its SHA-256 appended. Two names never share a stem, on file systems that ignore case too, because

    * only a name in lower case (``name == name.casefold()``, in Unicode form NFC) counts as needing no change, so
      two names that differ in case or in composed accents cannot both stay as they are: Anna becomes Anna~1f0c...;
    * a name that itself ends like a hash counts as changed, so nobody can be named like another one's stem.
    """
    cleaned = _cut(_clean_stem(submission_name), MAX_STEM_BYTES)
    if cleaned == submission_name and _is_canonical(submission_name):
        return submission_name
    digest = hashlib.sha256(submission_name.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    return f"{_cut(cleaned, MAX_STEM_BYTES - 1 - _HASH_DIGITS)}~{digest}"


def _is_canonical(name: str) -> bool:
    folded = name.casefold() == name == name.upper().casefold()
    return folded and unicodedata.is_normalized("NFC", name) and not _LIKE_HASHED.search(name)


def _clean_stem(name: str) -> str:
    text = "".join("_" if _is_forbidden(char) else char for char in unicodedata.normalize("NFC", name))
    text = re.sub(r"^[.\- ]+|[. ]+$", "_", text)
    return f"_{text}" if not text or _RESERVED.match(text) else text


def _is_forbidden(char: str) -> bool:
    other_space = char.isspace() and char != " "
    return char in _FORBIDDEN or other_space or unicodedata.category(char) in _UNPRINTABLE_CATEGORIES


def _cut(text: str, size_bytes: int) -> str:
    cut = text.encode()[:size_bytes].decode(errors="ignore")
    return cut.rstrip(" .") or "_"


class ResultStore:
    """The results of one run, one file each; see the head of this file for the layout."""

    def __init__(self, out_dir: Path) -> None:
        self.out_dir = out_dir
        self.results_dir = out_dir / "results"
        self.sources_dir = out_dir / "sources"
        self.feedback_dir = out_dir / "feedback"

    def prepare(self) -> None:
        """Make the folders and prove that files can be written there, before anything is graded.

        Raises:
            UsageError: a folder cannot be made or written.
        """
        for folder in (self.out_dir, self.results_dir, self.sources_dir, self.feedback_dir):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                _write_bytes_atomic(folder / f".digitlab-probe-{secrets.token_hex(4)}", b"probe\n", keep=False)
            except OSError as error:
                raise UsageError(f"{folder}: {_why_unwritable(error)}") from error

    def clear(self, *, overwrite: bool) -> None:
        """Make room for a run over a whole class: results of an earlier run are removed, or refused.

        Raises:
            UsageError: there are some, and `overwrite` is not set: two classes mixed would be nobody's gradebook.
        """
        earlier = sorted(self.results_dir.glob("*.json"))
        if earlier and not overwrite:
            raise UsageError(
                f"{self.results_dir}: holds the results of an earlier run ({len(earlier)} files). "
                "Choose another folder with --out, or use --overwrite."
            )
        for path in (*earlier, *sorted(self.sources_dir.glob("*.txt"))):
            path.unlink()

    def path_for(self, submission_name: str) -> Path:
        """Return where the result of this submission is, or would be, stored."""
        return self.results_dir / f"{file_stem(submission_name)}.json"

    def save(self, result: SubmissionResult) -> Path:
        """Store one result, replacing an earlier one of the same submission, and return its path.

        Raises:
            UsageError: it could not be written; results stored before are untouched.
        """
        target = self.path_for(result.submission)
        try:
            _write_bytes_atomic(target, result.to_json().encode())
        except OSError as error:
            kept = f"results already written stay in {self.results_dir}"
            raise UsageError(f"{target}: {_why_failed(error, kept)}") from error
        return target

    def save_source(self, submission_name: str, text: str) -> None:
        """Store the text of a submission's module.

        Raises:
            UsageError: it could not be written.
        """
        write_text_atomic(self._source_path(submission_name), text)

    def load_sources(self, submission_names: Iterable[str]) -> dict[str, str]:
        """Return the stored texts of these submissions; those without one (rejected, graded alone) are left out."""
        paths = {name: self._source_path(name) for name in submission_names}
        return {name: path.read_text("utf-8", "replace") for name, path in paths.items() if path.is_file()}

    def _source_path(self, submission_name: str) -> Path:
        return self.sources_dir / f"{file_stem(submission_name)}.txt"

    def load_all(self) -> list[SubmissionResult]:
        """Read every stored result, sorted by submission name.

        Raises:
            UsageError: there is no result, a file is broken, or two files hold the same submission.
        """
        loaded: dict[str, Path] = {}
        results = []
        for path in self._find_result_files():
            result = load_result(path)
            if result.submission in loaded:
                raise UsageError(
                    f"{path}: holds submission {result.submission!r}, and so does {loaded[result.submission].name}."
                    " Remove the one that is not wanted."
                )
            loaded[result.submission] = path
            results.append(result)
        return sorted(results, key=lambda result: natural_key(result.submission))

    def _find_result_files(self) -> list[Path]:
        hint = "Give the folder that an earlier `digitlab batch` or `digitlab grade` wrote with --out."
        try:
            paths = sorted(self.results_dir.iterdir())
        except OSError as error:
            raise UsageError(f"{self.results_dir}: no results ({error.strerror}). {hint}") from error
        found = [path for path in paths if path.suffix == ".json" and not path.name.startswith(".")]
        if not found:
            raise UsageError(f"{self.results_dir}: no results (the folder holds no .json file). {hint}")
        return found


def write_text_atomic(path: Path, text: str) -> None:
    """Write UTF-8 text to ``path``, whole or not at all; line ends stay as they are in ``text``.

    Raises:
        UsageError: it could not be written; an earlier file of this name is untouched.
    """
    try:
        _write_bytes_atomic(path, text.encode())
    except OSError as error:
        raise UsageError(f"{path}: {_why_failed(error, 'stored results are untouched')}") from error


def _write_bytes_atomic(path: Path, content: bytes, *, keep: bool = True) -> None:
    """Write a file by way of a temporary one beside it; with ``keep=False`` only try whether that works."""
    temporary = path.with_name(f".digitlab-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if keep:
            os.replace(temporary, path)  # noqa: PTH105  (patched by name in the tests, like os.fsync)
            _fsync_directory(path.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _fsync_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network and FUSE file systems cannot sync a folder; the file itself is on the disk already.
        if error.errno not in _DIRECTORY_FSYNC_UNSUPPORTED:
            raise
    finally:
        os.close(descriptor)


def _why_failed(error: OSError, kept: str) -> str:
    if error.errno in _NO_SPACE:
        return f"no space left on the device; {kept}; free some space and run again."
    return f"cannot be written ({error.strerror}); {kept}; put that right and run again."


def _why_unwritable(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no permission to write here. Allow it (chmod u+rwx), or choose another folder with --out."
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "cannot be a folder: it, or a part of its path, is a file. Choose another folder with --out."
    if error.errno == errno.EROFS:
        return "the file system is read-only. Choose a folder elsewhere with --out."
    if error.errno in _NO_SPACE:
        return "no space left on the device. Free some space, or choose another folder with --out."
    return f"cannot be written ({error.strerror}). Choose another folder with --out."
