"""The readers' server: a warm process that imported what reading a submission takes, and forks confined children.

It holds no secret, no label and no hidden test. A child is confined as students' code is, and opens no file: it is told
the names, asks for the contents that it wants, and answers with the packed submission or with why it is not taken. It
parses text and runs none of it; should a text make a parser do something else, there is nothing to be had.
"""

from __future__ import annotations

import contextlib
import io
import json
import socket
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from grader.i18n.languages import CHOICES, use_language
from grader.marking.job import pack_submission
from grader.sandbox.confined_server import Service, run
from grader.sandbox.frames import Buffer, Frame, Header, receive_frame, send_frame
from grader.submissions.candidates import Entry, EntryKind
from grader.submissions.loading import demonstrations, read_files
from grader.system.errors import SubmissionError

ROLE = "reader"
MAX_FAULT_CHARS = 4000


class _Line:
    """The child's end: each answer carries the number of its request."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._number = 0

    def hear(self) -> Frame:
        frame = receive_frame(self._channel)
        self._number = frame.header["request"]
        return frame

    def say(self, header: Header, buffers: Sequence[Buffer] = ()) -> None:
        send_frame(self._channel, header | {"request": self._number}, buffers)


class _FilesAsked:
    """What was handed in, as the supervisor tells of it; see `grader.submissions.files.Files`."""

    def __init__(self, line: _Line, told: Frame) -> None:
        self._line = line
        self.name: str = told.header["file"]
        self.kind = EntryKind[told.header["kind"]] if told.header["kind"] is not None else None
        self._entries = [Entry(PurePosixPath(path), EntryKind[kind]) for path, kind in json.loads(told.buffers[0])]

    def entries(self) -> Sequence[Entry]:
        """Return what the folder holds."""
        return self._entries

    @contextlib.contextmanager
    def opened(self, path: PurePosixPath | None) -> Iterator[io.BytesIO]:
        """Ask for a file.

        Raises:
            SubmissionError: the supervisor could not open or read it.
        """
        self._line.say({"is": "wants", "path": None if path is None else str(path)})
        answer = self._line.hear()
        if (reason := answer.header["refused"]) is not None:
            raise SubmissionError(reason)
        yield io.BytesIO(answer.buffers[0])


def serve(channel: socket.socket) -> None:
    """Read the submission that the channel tells of, and answer on it."""
    # As deep an expression is taken as in a fresh interpreter, however deep the server's own stack is by now.
    sys.setrecursionlimit(sys.getrecursionlimit() + len(traceback.extract_stack()))
    line = _Line(channel)
    told = line.hear()
    use_language(told.header["lang"])
    try:
        packed = pack_submission(read_files(_FilesAsked(line, told), name=told.header["name"]))
    except SubmissionError as error:
        line.say({"is": "rejected", "text": str(error)})
    except MemoryError:
        line.say({"is": "out of memory"})
    except Exception:  # a fault of ours: it must be told, and cost nobody a point
        line.say({"is": "fault", "text": traceback.format_exc()[-MAX_FAULT_CHARS:]})
    else:
        line.say({"is": "submission", "table": packed.table}, packed.buffers)


def warm_up() -> None:
    """Import and read what no child can any more: it does not see the kit."""
    import nbformat  # noqa: F401

    demonstrations()
    for lang in CHOICES:
        use_language(lang)


if __name__ == "__main__":
    run(Service(warm_up, {ROLE: serve}))
