"""The output folder: who writes what.

    OUT/journal.jsonl           every result, written here the moment it is known (``journal.py``): the only truth
    OUT/results/<stem>.json     the latest result of each submission ┐
    OUT/feedback/<stem>.html    student pages                        │ made from the journal by ``grader.reports``,
    OUT/report.html, grades.csv, junit.xml, regrade.csv and .json    ┘ can be made again
    OUT/worksheet.json    what Moodle's worksheet said of times and groups (``grader.reports.kept_worksheet``)

Only the supervisor writes here, with the rights of whoever called the command; no process that runs student code is
given this folder. Every file but the journal appears whole or not at all: a temporary file beside the target
(``.digitlab-*.tmp``) is flushed to the disk and then renamed over it.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import os
import secrets
import shlex
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.results.journal import FILE_NAME, Journal, read_journal, sync_folder
from grader.results.journal_index import (
    GradingKey,
    JournalIndex,
    Stored,
    WorkKey,
    changed_parts,
    load_index,
    read_stored,
)
from grader.results.models import SubmissionResult, parse_result, storable
from grader.results.reason_paths import with_reason_paths
from grader.submissions.names import file_stem, natural_key
from grader.system.errors import UsageError
from grader.system.file_errors import NO_SPACE, why_not_written

_OTHER_FOLDER = "choose another folder with --out"


@dataclass(frozen=True)
class Regraded:
    """A submission that was graded again after something that its result hangs on had changed."""

    before: SubmissionResult
    now: SubmissionResult
    changed: tuple[str, ...]
    """What is another one than before: the `submission`, the `grader` (all that is not the submission), or both."""
    parts: tuple[str, ...]
    """Those of the rubric that were graded again; the others' lines were kept. Empty where that is not known."""
    student: str = ""
    """The platform's id of whose it is."""


@dataclass(frozen=True)
class Kept:
    """A result that was made under other conditions than the present ones; a class of them fits into memory."""

    packed: bytes
    """Its table as JSON, compressed: 3 to 5 KiB in place of some 150."""
    parts: Mapping[str, bool]
    """For each part of the rubric, whether its lines hold under the present conditions as well."""

    @property
    def result(self) -> SubmissionResult:
        return parse_result(json.loads(zlib.decompress(self.packed)), "a kept result")

    @property
    def changed(self) -> tuple[str, ...]:
        """The parts whose lines do not."""
        return changed_parts(self.parts)


class ResultStore:
    """The results of one output folder; see the head of this file for the layout."""

    def __init__(self, out_dir: Path) -> None:
        self.out_dir = out_dir
        self.results_dir = out_dir / "results"
        self.feedback_dir = out_dir / "feedback"
        self._journal: Journal | None = None

    def prepare(self, *, instead: str = _OTHER_FOLDER) -> None:
        """Make the folders and prove that files can be written there, before anything is graded.

        Args:
            instead: what to do where they cannot, to end a message.
        Raises:
            UsageError: a folder cannot be made or written.
        """
        for folder in (self.out_dir, self.results_dir, self.feedback_dir):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                _write_bytes_atomic(folder / f".digitlab-probe-{secrets.token_hex(4)}", b"probe\n", keep=False)
            except OSError as error:
                raise UsageError(f"{folder}: {_why_unwritable(error, instead)}") from error

    def check_may_begin(self, *, resume: bool = False, overwrite: bool = False) -> None:
        """Take the folder for a run over a whole class, and change nothing yet.

        Raises:
            UsageError: there are results of an earlier run, and neither `resume` nor `overwrite` is set: two classes
                mixed would be nobody's gradebook. Or the journal cannot be taken; see `Journal`.
        """
        self._held()
        if not resume and not overwrite and (self._exported() or load_index(self.out_dir).names):
            raise UsageError(
                f"{self.out_dir}: holds the results of an earlier run. Go on with it with --resume, choose another "
                "folder with --out, or grade anew with --overwrite."
            )

    def check_holds_nothing_but(self, names: Sequence[str]) -> None:
        """Take the folder for a run over a class that may replace its own earlier results, and no others.

        Args:
            names: of that class, of which nobody knows any students.
        Raises:
            UsageError: there are results of anything else. Or the journal cannot be taken; see `Journal`.
        """
        self._held()
        index = load_index(self.out_dir)
        is_same = sorted(index.begun.get("names", [])) == sorted(names) and not index.begun.get("students")
        if not is_same and (self._exported() or index.names):
            raise UsageError(f"{self.out_dir}: holds the results of another class. Choose another folder with --out.")

    def check_holds_no_class(self) -> None:
        """Take the folder for a single submission.

        Raises:
            UsageError: it holds a class, whose reports must not tell of anybody else. Or the journal cannot be taken;
                see `Journal`.
        """
        self._held()
        if load_index(self.out_dir).begun:
            raise UsageError(
                f"{self.out_dir}: holds a class, which a single submission cannot be added to. Choose another folder "
                f"with --out, or grade the class anew: {self.command_that_goes_on()}"
            )

    def _exported(self) -> list[Path]:
        return sorted(self.results_dir.glob("*.json"))

    def begin(
        self,
        names: Sequence[str],
        *,
        resume: bool = False,
        overwrite: bool = False,
        contents: Mapping[str, str] | None = None,
        grading: GradingKey | None = None,
        students: Sequence[Mapping[str, Any]] = (),
        course: Mapping[str, Any] | None = None,
        again: Mapping[str, str] | None = None,
        source: str = "",
    ) -> None:
        """Begin a run over a whole class: from now on its results, and no others, are those of this folder.

        Args:
            contents: of each name the content half of its key: which stored result is its own; see `journal_index`.
            grading: what the results of this run hang on besides.
            students: what is known of them, for `load_students`.
            course: its rules, for `load_course_table`.
            again: the `command` that goes on with it, and the `folder` that it was called in, for `load_again`.
            source: the name of the class's folder or zip, for `load_source`.
        Raises:
            UsageError: see `check_may_begin`; or it cannot be written. Earlier results stay then.
        """
        self.check_may_begin(resume=resume, overwrite=overwrite)
        journal = self._held()
        record = {
            "kind": "class",
            "names": list(names),
            "contents": dict(contents or {}),
            "parts": dict(grading.parts) if grading else {},
            "students": list(students),
            "course": dict(course or {}),
            "again": dict(again or {}),
            "source": storable(source),
        }
        if not overwrite:
            self._try_writing(lambda: journal.append(record))
            return
        for path in self._exported():  # first, for they can be made again and the journal cannot
            try:
                path.unlink()
            except OSError as error:
                raise UsageError(
                    f"{path}: cannot be removed ({error.strerror}). Remove it, or choose another folder with --out; "
                    f"the results in {FILE_NAME} are untouched."
                ) from error
        self._try_writing(lambda: journal.begin_anew(record))

    def close(self) -> None:
        """Let go of the folder, so that another run may write to it."""
        if self._journal is not None:
            self._journal.close()
        self._journal = None

    @property
    def salt(self) -> bytes:
        """Random bytes of this folder's own, which its keys are made with."""
        self._held()
        return bytes.fromhex(next(read_journal(self.out_dir))["salt"])

    def save(self, result: SubmissionResult, key: WorkKey, source: str | None = None) -> None:
        """Add one result; see `save_all`."""
        self.save_all([(result, key, source)])

    def save_all(self, results: Sequence[tuple[SubmissionResult, WorkKey, str | None]]) -> None:
        """Add results; when this returns, they are on the disk. Many at once cost little more than one.

        Args:
            results: each with its key and the text of the submission's module, for finding similar ones; None where no
                module was taken.
        Raises:
            UsageError: not all could be written; those that could, and those stored before, stay stored.
        """
        records = [
            {"kind": "result", **asdict(key), "result": result.to_table(), "source": source and storable(source)}
            for result, key, source in results
        ]
        self._try_writing(lambda: self._held().append(*records))

    def find_done(self, keys: Mapping[str, WorkKey]) -> frozenset[str]:
        """Return who needs no second grading: whose latest result is of this very key, and has a mark."""
        latest = load_index(self.out_dir).latest
        return frozenset(
            name for name in keys if name in latest and latest[name].has_mark and latest[name].key == keys[name]
        )

    def find_outdated(self, keys: Mapping[str, WorkKey]) -> dict[str, Kept]:
        """Return, by name, the marked results of the very content that were made under other conditions than the keys'.

        The keys are those of the run that was begun last; nothing is outdated when that was told no conditions.
        """
        index = load_index(self.out_dir)
        if not index.begun.get("parts"):
            return {}
        marked = {name: stored for name, stored in index.latest.items() if name in keys and stored.has_mark}
        outdated = {
            name: index.find_kept(stored.key, keys[name])
            for name, stored in marked.items()
            if stored.key.content == keys[name].content and stored.key != keys[name]
        }
        names: dict[int, list[str]] = {}
        for name in outdated:  # two may have handed in the same content
            names.setdefault(marked[name].number, []).append(name)
        return {
            name: Kept(zlib.compress(json.dumps(stored.record["result"]).encode()), outdated[name])
            for stored in read_stored(self.out_dir, names)
            for name in names[stored.number]
        }

    def load_sources(self) -> dict[str, str]:
        """Return the text of each submission's module, by name, of those that have one."""
        records = {name: stored.record for name, stored in load_index(self.out_dir, whole=True).latest.items()}
        return {name: record["source"] for name, record in records.items() if record.get("source") is not None}

    def load_all(self) -> list[SubmissionResult]:
        """Read the latest result of each submission of the class, sorted by submission name.

        Raises:
            UsageError: there is no result, or the journal is damaged.
        """
        latest = load_index(self.out_dir, whole=True).latest
        results = [self._result_of(stored, name) for name, stored in latest.items()]
        if not results:
            there_is = "no results" if self.out_dir.is_dir() else "there is no such folder"
            raise UsageError(
                f"{self.out_dir}: {there_is} (there is no {FILE_NAME} with any). "
                "Give the folder that an earlier `digitlab batch` or `digitlab grade` wrote with --out."
            )
        return sorted(results, key=lambda result: natural_key(result.submission))

    def has_results(self) -> bool:
        """Tell whether anything of the class is graded."""
        return bool(load_index(self.out_dir).latest)

    def load_not_graded(self) -> list[str]:
        """Return the names of the class's submissions that have no result of their present content, sorted."""
        return sorted(load_index(self.out_dir).missing, key=natural_key)

    def load_students(self) -> list[dict[str, Any]]:
        """Return what the run that was begun last was told of its students; nothing for results of `grade`."""
        return list(load_index(self.out_dir).begun.get("students", []))

    def load_contents(self) -> dict[str, str | None]:
        """Return by student what the content half of their submission's key is; None where that was not kept."""
        return {entry.student: entry.content for entry in load_index(self.out_dir).entries.values()}

    def load_platforms(self) -> set[str]:
        """Return which platforms the students of that run come from, as `grader.submissions.platforms` calls them."""
        return {str(student["platform"]) for student in self.load_students() if "platform" in student}

    def load_course_table(self) -> dict[str, Any]:
        """Return the rules that the run that was begun last was given, for `Course`; empty for none."""
        return dict(load_index(self.out_dir).begun.get("course", {}))

    def load_source(self) -> str:
        """Return the name of the folder or zip that the class was read from; empty where it was not kept."""
        return str(load_index(self.out_dir).begun.get("source", ""))

    def load_again(self) -> dict[str, str]:
        """Return the command that goes on with that run, and the folder that it was called in, where it was told."""
        return dict(load_index(self.out_dir).begun.get("again", {}))

    def command_that_goes_on(self, course_file: Path | None = None) -> str:
        """Return the whole command that goes on with that run; of a journal that does not hold it, what it needs.

        Args:
            course_file: rules that are to hold instead of the run's; its last `--course` is the one that counts.
        """
        again = self.load_again()
        is_here = not again or Path(again["folder"]) == Path.cwd()
        rules = ""
        if course_file is not None:
            rules = f" --course {shlex.quote(str(course_file if is_here else course_file.resolve()))}"
        if not again:
            command = f"digitlab batch --resume CLASS --out {shlex.quote(str(self.out_dir))}{rules}"
            return f"{command}, with the class folder and the options of that run"
        goes_there = "" if is_here else f"cd {shlex.quote(again['folder'])} && "
        return f"{goes_there}{again['command']}{rules}"

    def load_regraded(self) -> list[Regraded]:
        """Return each submission of the class that was graded under another key before, sorted by name.

        What had no mark before (a fault of the grader) was not graded.
        """
        index = load_index(self.out_dir, whole=True)
        before = index.find_before(self.out_dir)
        names = sorted(before, key=natural_key)
        return [self._regraded(index, before[name], index.latest[name], name) for name in names]

    def _regraded(self, index: JournalIndex, before: Stored, now: Stored, name: str) -> Regraded:
        halves = {"submission": "content", "grader": "grading"}
        changed = tuple(what for what, half in halves.items() if before.record[half] != now.record[half])
        kept = index.find_kept(before.key, now.key)
        parts = tuple(kept) if now.is_anew else changed_parts(kept)
        return Regraded(self._result_of(before, name), self._result_of(now, name), changed, parts, now.whose.student)

    def export(self, results: Sequence[SubmissionResult]) -> None:
        """Write ``results/<stem>.json`` of each result, and remove those of submissions that the class has no more.

        Raises:
            UsageError: a file cannot be written or removed.
        """
        paths = {self.results_dir / f"{file_stem(result.submission)}.json": result for result in results}
        for path, result in paths.items():
            write_text_atomic(path, result.to_json())
        known = load_index(self.out_dir).names
        for path in {self.results_dir / f"{file_stem(name)}.json" for name in known} - paths.keys():
            path.unlink(missing_ok=True)

    def _held(self) -> Journal:
        if self._journal is None:
            try:
                self._journal = Journal(self.out_dir)
            except OSError as error:
                raise UsageError(f"{self.out_dir / FILE_NAME}: {_why_unwritable(error, _OTHER_FOLDER)}") from error
        return self._journal

    def _try_writing(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            path = self.out_dir / FILE_NAME
            raise UsageError(f"{path}: {_why_failed(error, 'results already written stay in it')}") from error

    def _result_of(self, stored: Stored, name: str) -> SubmissionResult:
        """Return a result under the name that its submission has in the class now, its reason by its author's names."""
        table = stored.record["result"] | {"submission": storable(name)}
        result = parse_result(table, f"{self.out_dir / FILE_NAME}, {name}")
        own = stored.whose.own_name
        return result if own is None else with_reason_paths(result, stored.whose.path_name, own)


def write_text_atomic(path: Path, text: str) -> None:
    """Write UTF-8 text to ``path``, whole or not at all; line ends stay as they are in ``text``.

    Raises:
        UsageError: it could not be written; an earlier file of this name is untouched.
    """
    try:
        _write_bytes_atomic(path, text.encode())
    except OSError as error:
        raise UsageError(f"{path}: {_why_failed(error, 'what was stored before is untouched')}") from error


def write_asked_for(path: Path, content: bytes, *, keep: bool = True, mode: int = 0o666) -> None:
    """Write a file where the user asked for it, whole or not at all.

    Args:
        keep: False only tries whether that works.
        mode: its permissions, less what the umask takes.
    Raises:
        UsageError: it could not be written; an earlier file of this name is untouched.
    """
    try:
        _write_bytes_atomic(path, content, keep=keep, mode=mode)
    except OSError as error:
        raise UsageError(f"{path}: {why_not_written(error)}. Choose another file.") from error


def _write_bytes_atomic(path: Path, content: bytes, *, keep: bool = True, mode: int = 0o666) -> None:
    """Write a file by way of a temporary one beside it; with ``keep=False`` only try whether that works."""
    if path.is_dir():  # such as "." and "..", beside which nothing is
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    temporary = path.with_name(f".digitlab-{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb", opener=functools.partial(os.open, mode=mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if keep:
            os.replace(temporary, path)  # noqa: PTH105  (patched by name in the tests, like os.fsync)
            sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _why_failed(error: OSError, kept: str) -> str:
    again = "free some space" if error.errno in NO_SPACE else "put that right"
    return f"{why_not_written(error)}; {kept}; {again} and run again."


def _why_unwritable(error: OSError, instead: str) -> str:
    if isinstance(error, PermissionError):
        return f"no permission to write here. Allow it (chmod u+rwx), or {instead}."
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"cannot be a folder: it, or a part of its path, is a file. {instead.capitalize()}."
    if error.errno in NO_SPACE:
        return f"no space left on the device. Free some space, or {instead}."
    return f"{why_not_written(error)}. {instead.capitalize()}."
