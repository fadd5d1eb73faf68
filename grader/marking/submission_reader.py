"""Take in a submission within bounds: a confined child reads it, which can neither stop nor fool the supervisor.

Who does what:
    child       of the readers' server (see `reader`), confined, without a secret; it is told the names of what was
                handed in, asks for the contents that it wants, and answers with the packed submission or with why it
                is not taken.
    supervisor  lists names, opens the files that are asked for, parses nothing, and checks the form of the answer; a
                child that ends early is the submission's doing.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from grader.assignment.public_tests.checks.language import language_in_use, tr
from grader.marking.child_session import (
    ChildEnded,
    ChildSession,
    ChildSettings,
    EndedBySignal,
    KilledFromOutside,
    LimitStruck,
)
from grader.marking.job import PackedSubmission, checked_submission
from grader.marking.reading_child import ROLE
from grader.sandbox.frames import Buffer, Frame, Header
from grader.submissions.archive import MAX_TOTAL_BYTES
from grader.submissions.files import Files, FilesOnDisk, default_name, where_of
from grader.submissions.kinds import limit_bytes_for
from grader.submissions.opening import read_whole
from grader.submissions.shown_text import shown
from grader.system.errors import ForkServerLost, GraderFault, SubmissionError

MAX_REASON_CHARS = 2000


@dataclass(frozen=True)
class IntakeLimits:
    """What reading one submission may take."""

    cpu_s: int = 30
    memory_mib: int = 1024
    """Above what the child shares with its server."""
    clock_s: float = 90.0


def take_in(
    requests: socket.socket, folder: Path, path: Path, name: str | None = None, limits: IntakeLimits = IntakeLimits()
) -> PackedSubmission:
    """Have a child of the readers' server read a submission; see `read_submission`.

    A child that was killed from outside, or lost with its server, gets one more try.

    Args:
        folder: for the folders of the children.
    Raises:
        SubmissionError: it cannot be graded, or reading it takes more than is allowed.
        UsageError: nothing is there.
        GraderFault: the child failed by itself; `ForkServerLost` when its server is gone.
    """
    files = FilesOnDisk(path)
    try:
        return _read(requests, folder, files, name, limits)
    except (KilledFromOutside, ForkServerLost):
        pass
    try:
        return _read(requests, folder, files, name, limits)
    except KilledFromOutside as error:
        raise _too_much(files, str(error)) from error


def _read(
    requests: socket.socket, folder: Path, files: Files, name: str | None, limits: IntakeLimits
) -> PackedSubmission:
    name = name or default_name(files)
    try:
        with ChildSession(requests, ChildSettings(ROLE, limits.memory_mib, limits.cpu_s), folder) as child:
            return _asked(child, files, name, limits)
    except (LimitStruck, EndedBySignal) as error:
        raise _too_much(files, str(error)) from error
    except KilledFromOutside:
        raise
    except ChildEnded as error:
        raise GraderFault(f"the process that read the submission failed: {error}") from error


def _asked(child: ChildSession, files: Files, name: str, limits: IntakeLimits) -> PackedSubmission:
    """Tell a child of the names, give it what it wants, and return what it made of it."""
    entries = files.entries() if files.kind is None else ()
    inside = {entry.path for entry in entries}
    kind = files.kind.name if files.kind is not None else None
    header: Header = {"file": files.name, "kind": kind, "name": name, "lang": language_in_use()}
    buffers: Sequence[Buffer] = [json.dumps([(str(entry.path), entry.kind.name) for entry in entries]).encode()]
    given_bytes = 0
    while True:
        answer = child.ask(header, buffers, time_s=limits.cpu_s, wall_s=limits.clock_s, memory_mib=limits.memory_mib)
        if answer.header.get("is") != "wants":
            return _taken(answer, files, name, limits)
        path = _wanted(answer, inside)
        header, buffers = {"refused": None}, []
        try:
            buffers = [_contents(files, path)]
        except SubmissionError as error:
            header = {"refused": str(error)}
        given_bytes += sum(map(len, buffers))
        if given_bytes > 2 * MAX_TOTAL_BYTES:
            raise _too_much(files, tr("it is too large"))


def _wanted(answer: Frame, inside: set[PurePosixPath]) -> PurePosixPath | None:
    """Return which file a child asks for: one of those that it was told of, or the lone one.

    Raises:
        GraderFault: it asks for anything else.
    """
    path = answer.header.get("path")
    if path is None and not inside:
        return None
    if not isinstance(path, str) or PurePosixPath(path) not in inside:
        raise GraderFault(f"the process that read the submission asked for {path!r}, of which it was not told")
    return PurePosixPath(path)


def _contents(files: Files, path: PurePosixPath | None) -> bytes:
    name = files.name if path is None else path.name
    is_zip = PurePath(name).suffix.casefold() == ".zip"
    limit_bytes = MAX_TOTAL_BYTES if is_zip else limit_bytes_for(name)
    with files.opened(path) as file:
        return read_whole(file, where_of(files, path), limit_bytes)


def _taken(answer: Frame, files: Files, name: str, limits: IntakeLimits) -> PackedSubmission:
    header = answer.header
    match header.get("is"), header.get("text"):
        case "rejected", str(reason):
            raise SubmissionError(_printable(reason))
        case "fault", str(text):
            raise GraderFault(f"reading the submission failed:\n{_printable(text)}")
        case "out of memory", _:
            problem = tr("reading it takes more than {size} MiB of memory", size=limits.memory_mib)
            raise _too_much(files, problem)
    try:
        return checked_submission(header["table"], answer.buffers, name)
    except (ValueError, KeyError) as error:
        raise GraderFault(f"the process that read the submission gave a broken answer ({error})") from error


def _printable(text: str) -> str:
    return "\n".join(shown(line, MAX_REASON_CHARS) for line in text.splitlines())


def _too_much(files: Files, problem: str) -> SubmissionError:
    return SubmissionError(
        tr(
            "{name}: it cannot be read: {problem}. Take data and generated code out of it and hand in the code alone.",
            name=where_of(files),
            problem=problem,
        )
    )
