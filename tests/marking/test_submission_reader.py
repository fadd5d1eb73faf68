"""Submissions are read by real, confined children of a real fork server, under real limits."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import submission_of

from grader.engine.grade import Grader
from grader.engine.run_settings import ZYGOTE_ENVIRONMENT, GradeSettings
from grader.i18n.languages import in_language
from grader.marking import child_session, submission_reader
from grader.marking.job import PackedSubmission, pack_submission, unpack_submission
from grader.marking.submission_reader import IntakeLimits
from grader.sandbox.frames import Frame
from grader.sandbox.probe import probe
from grader.submissions import Submission, read_submission
from grader.system.errors import ForkServerLost, GraderFault, SubmissionError, UsageError

SOURCE = "def f():\n    return 'ж'\n\n\nprint(f())\n"
SERVER = """
import os, resource, signal, socket, sys, time
from grader.marking import reading_child as reader
from grader.sandbox.confined_server import Service, run
def act(channel):
    line = reader._Line(channel)
    {act}
run(Service(reader.warm_up, {{"reader": act}}))
"""
READ = "reader.serve(channel)"

StartServer = Callable[[str], socket.socket]


def as_sent(submission: Submission) -> Submission:
    """Return a submission as its child sends it: without the text that its plans are made of."""
    return dataclasses.replace(submission, text="")


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """Start a readers' server whose confined children do what a line of Python says; return its socket."""
    started: list[tuple[socket.socket, socket.socket, subprocess.Popen[bytes]]] = []
    folder = tmp_path_factory.mktemp("servers")

    def start(act: str) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        setup, other = socket.socketpair()
        fds = [theirs.fileno(), other.fileno()]
        command = [sys.executable, "-c", SERVER.format(act=act), *map(str, fds), ",".join(probe().layers)]
        process = subprocess.Popen(command, pass_fds=fds, env=dict(ZYGOTE_ENVIRONMENT), cwd=folder)
        setup.close()
        other.close()
        started.append((ours, theirs, process))
        return ours

    yield start
    for requests, server_end, process in started:
        requests.close()
        server_end.close()
        process.wait(30)


@pytest.fixture(scope="module")
def requests(start_server: StartServer) -> socket.socket:
    """A server whose children read."""
    return start_server(READ)


@pytest.fixture(scope="module")
def acting(start_server: StartServer) -> socket.socket:
    """A server whose children do what the name of the submission says, in Python."""
    return start_server("exec(line.hear().header['name'])")


@pytest.fixture
def take_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., PackedSubmission]:
    folder = tmp_path_factory.mktemp("children")
    folder.chmod(0o711)

    def take(requests: socket.socket, path: Path, name: str | None = None, **more: Any) -> PackedSubmission:
        return submission_reader.take_in(requests, folder, path, name, **more)

    return take


def written(folder: Path, text: str, name: str = "lab.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def notebook(*cells: str) -> str:
    codes = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c} for c in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": codes})


@pytest.mark.parametrize(
    ("text", "file_name"), [(SOURCE, "lab.py"), (notebook("x = 1\n\n", "!ls\n" + SOURCE), "mnist_all_models.ipynb")]
)
def test_a_child_reads_what_is_read_here(take_in, requests, tmp_path, text, file_name):
    path = written(tmp_path, text, file_name)
    packed = take_in(requests, path, "Иванова")
    assert unpack_submission(packed) == as_sent(read_submission(path, name="Иванова"))
    assert (packed.name, packed.sha256) == ("Иванова", read_submission(path).sha256)


def test_a_path_that_is_no_text_is_read(take_in, requests, tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/lab\xff.py"))
    path.write_text(SOURCE, encoding="utf-8")
    assert unpack_submission(take_in(requests, path)) == as_sent(read_submission(path))


def test_a_path_is_taken_from_where_the_supervisor_stands(take_in, requests, tmp_path, monkeypatch):
    written(tmp_path, SOURCE)
    monkeypatch.chdir(tmp_path)
    assert take_in(requests, Path("lab.py")).name == "lab"


def test_a_chain_is_as_deep_as_it_may_be_here(take_in, start_server, tmp_path):
    """The server's own stack, which is deep, is not counted."""
    deep = start_server("deep = lambda n: deep(n - 1) if n else reader.serve(channel); deep(600)")
    path = written(tmp_path, "x = " + "-" * 600 + "1\n")
    assert unpack_submission(take_in(deep, path)) == as_sent(read_submission(path))


def test_a_notebook_of_very_many_lines_is_taken(take_in, requests, tmp_path):
    path = written(tmp_path, notebook("\n" * 500_000 + "x = 1"), "lab.ipynb")
    assert unpack_submission(take_in(requests, path)).place(500_002) == "cell 1, line 500001"


def folder_of(tmp_path: Path, **files: str | bytes) -> Path:
    folder = tmp_path / "Иванова"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def zip_of(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "files",
    [
        {"mnist_all_models.py": SOURCE, "data/x.csv": "1"},
        {"work/mnist_all_models (1).py": SOURCE, "work/helper.py": "x = 1\n"},
        {"lab.zip": zip_of(**{"work/mnist_all_models.py": SOURCE, "x.txt": ""})},
    ],
    ids=["named", "looked into", "a zip alone"],
)
def test_of_a_folder_the_contents_are_asked_for(take_in, requests, tmp_path, files):
    folder = folder_of(tmp_path, **files)
    assert unpack_submission(take_in(requests, folder)) == as_sent(read_submission(folder))


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(
    "files",
    [
        {"lab.py": "def ("},
        {"a.py": SOURCE, "b.py": SOURCE + "\n\ndef parse_idx(fd):\n    return 1\n"},
        {"lab.py": "x = 1\n" * 1_000_000},
        {"lab.ipynb": "{}"},
        {"lab.zip": b"PK\x03\x04 and no more"},
        {"essay.pdf": "%PDF"},
        {},
    ],
    ids=["syntax", "two", "large", "notebook", "zip", "kind", "empty"],
)
def test_what_is_rejected_is_rejected_in_the_same_words(take_in, requests, tmp_path, files, lang):
    folder = folder_of(tmp_path, **files)
    folder.mkdir(exist_ok=True)
    for path in (folder, *folder.iterdir()):
        with in_language(lang):
            with contextlib.suppress(SubmissionError):
                read_submission(path)
                continue
            with pytest.raises(SubmissionError) as here:
                read_submission(path)
            with pytest.raises(SubmissionError) as there:
                take_in(requests, path)
            assert str(there.value) == str(here.value)


def test_a_link_is_refused_by_who_opens_it(take_in, requests, tmp_path):
    """The child asks, and the supervisor follows no link: not in the place of the module, nor in a folder."""
    folder = folder_of(tmp_path, **{"notes.txt": "x"})
    (folder / "mnist_all_models.py").symlink_to("/etc/passwd")
    for path in (folder / "mnist_all_models.py", folder):
        with pytest.raises(SubmissionError, match=r"link|holds no"):
            take_in(requests, path)


def test_a_path_with_nothing_there_is_the_callers_mistake(take_in, requests, tmp_path):
    with pytest.raises(UsageError, match="gone: there is no such file or folder"):
        take_in(requests, tmp_path / "gone")


def test_too_much_memory_is_a_reason(take_in, requests, tmp_path):
    path = written(tmp_path, notebook("\n" * 1_900_000 + "x = 1"), "lab.ipynb")
    with pytest.raises(SubmissionError, match=r"^lab.ipynb: it cannot be read: .* 64 MiB .*\. Take data"):
        take_in(requests, path, limits=IntakeLimits(memory_mib=64))


def test_too_much_processor_time_is_a_reason(take_in, requests, tmp_path):
    """IPython reads a cell anew for each command: with this many lines, for minutes."""
    commands = notebook("x = 1\n" * 10_000 + "!ls\n" * 40)
    path = written(tmp_path, commands, "lab.ipynb")
    with pytest.raises(SubmissionError, match=r"^lab.ipynb: it cannot be read: it used .* of processor time.*\. Take"):
        take_in(requests, path, limits=IntakeLimits(cpu_s=1))


def test_too_much_time_on_the_clock_is_a_reason(take_in, acting, tmp_path):
    with pytest.raises(SubmissionError, match=r"^lab.py: it cannot be read: it took the 1.0 s on the clock"):
        take_in(acting, written(tmp_path, SOURCE), "time.sleep(600)", limits=IntakeLimits(clock_s=1))


def killed(times: int) -> type[child_session.ChildSession]:
    """Return sessions of which the first ones are killed from outside, as a machine without memory does."""

    class Killed(child_session.ChildSession):
        left = times

        def ask(self, *args: Any, **more: Any) -> Frame:
            if Killed.left:
                Killed.left -= 1
                os.kill(self.pid, signal.SIGKILL)
            return super().ask(*args, **more)

    return Killed


def test_a_child_that_is_killed_again_is_a_reason(take_in, requests, tmp_path, monkeypatch):
    monkeypatch.setattr(submission_reader, "ChildSession", killed(2))
    with pytest.raises(SubmissionError, match="it cannot be read: the process was killed from outside"):
        take_in(requests, written(tmp_path, SOURCE))


def test_a_child_that_is_killed_once_is_replaced(take_in, requests, tmp_path, monkeypatch):
    monkeypatch.setattr(submission_reader, "ChildSession", killed(1))
    assert take_in(requests, written(tmp_path, SOURCE)).name == "lab"


def test_python_that_crashes_over_a_text_is_a_reason(take_in, acting, tmp_path):
    with pytest.raises(SubmissionError, match=r"^lab.py: it cannot be read: the process was ended by SIGSEGV\. Take"):
        take_in(acting, written(tmp_path, SOURCE), "import ctypes; ctypes.string_at(0)")


def test_a_child_that_fails_by_itself_is_our_fault(take_in, acting, tmp_path):
    with pytest.raises(GraderFault, match=r"the process that read the submission failed: .* exit status 7"):
        take_in(acting, written(tmp_path, SOURCE), "os._exit(7)")


TABLE = pack_submission(submission_of("x = 1\n")).table
BROKEN = [
    ("line.say({'is': 'rejected'})", "broken answer"),
    ("line.say({'is': 'submission', 'table': 7})", "broken answer"),
    ("line.say({'is': 'submission'})", "broken answer"),
    (f"line.say({{'is': 'submission', 'table': {TABLE!r}}})", "broken answer"),
    (f"line.say({{'is': 'submission', 'table': {TABLE | {'sha256': 'x'}!r}}}, [b'', b'', b'x'])", "broken answer"),
    (f"line.say({{'is': 'submission', 'table': {TABLE!r}}}, [b'', b'12345678', b'x'])", "broken answer"),
    (f"line.say({{'is': 'submission', 'table': {TABLE!r}}}, [b'', b'', b'\\xff'])", "broken answer"),
    ("line.say({'is': 'wants', 'path': '/etc/passwd'})", "asked for '/etc/passwd'"),
    ("line.say({'is': 'wants', 'path': ['x']})", r"asked for \['x'\]"),
    ("line.say({'is': 'fault', 'text': 'Traceback'})", "reading the submission failed:\nTraceback"),
    ("channel.sendall(b'x' * 100)", "something that is no answer"),
]


@pytest.mark.parametrize(("answer", "told"), BROKEN)
def test_a_broken_answer_is_our_fault(take_in, acting, tmp_path, answer, told):
    with pytest.raises(GraderFault, match=told):
        take_in(acting, written(tmp_path, SOURCE), f"{answer}; time.sleep(60)")


def test_what_a_child_says_is_fit_to_be_shown(take_in, acting, tmp_path):
    with pytest.raises(SubmissionError) as caught:
        take_in(acting, written(tmp_path, SOURCE), "line.say({'is': 'rejected', 'text': 'a\\x1b[31mb\\u202ec'})")
    assert str(caught.value) == "a[31mbc"


def test_who_asks_without_end_is_stopped(take_in, acting, tmp_path, monkeypatch):
    monkeypatch.setattr(submission_reader, "MAX_TOTAL_BYTES", 100)
    without_end = "while True: line.say({'is': 'wants', 'path': None}); line.hear()"
    with pytest.raises(SubmissionError, match="it cannot be read: it is too large"):
        take_in(acting, written(tmp_path, SOURCE), without_end)


ATTACKS = {
    "the secret's file": "open(SECRET).read()",
    "the kit": "open(reader.__file__).read()",
    "users": "open('/etc/passwd').read()",
    "what was handed in": "open(HANDED_IN).read()",
    "writing elsewhere": "open('/tmp/of-a-reader', 'w')",
    "a socket": "socket.socket()",
    "a process": "os.fork()",
    "a program": "os.execv('/bin/sh', ['sh'])",
    "the server": "os.kill(os.getppid(), signal.SIGTERM)",
    "memory": "bytearray(4 << 30)",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_parser_that_is_made_to_attack_gets_nothing(take_in, acting, tmp_path, attack):
    """As if a text had taken the child over: it is confined, and holds nothing that others must not have."""
    secret = written(tmp_path, "a secret of the tests", "secret")
    path = written(tmp_path, SOURCE)
    act = ATTACKS[attack].replace("SECRET", repr(str(secret))).replace("HANDED_IN", repr(str(path)))
    code = f"""
try:
    {act}
    told = "it worked"
except Exception as error:
    told = type(error).__name__
line.say({{"is": "rejected", "text": told}})"""
    with pytest.raises(SubmissionError, match=r"^(\w*Error)$"):
        take_in(acting, path, code)


def test_the_server_holds_no_secret(monkeypatch, tmp_path):
    """Neither its environment nor its memory: the zygote's own environment is all that it gets."""
    assert not {name for name in ZYGOTE_ENVIRONMENT if "SECRET" in name}
    with Grader(GradeSettings(secret=b"a secret that nobody else has")) as grader:
        grader.grade(written(tmp_path, SOURCE), lines=["letters.letter_of"])
        assert b"a secret that nobody else has" not in memory_of(grader._zygote.readers.pid)
        assert b"a secret that nobody else has" in memory_of(grader.warm_pids[1]), "the scorers' has it"


def memory_of(pid: int) -> bytes:
    """Return all that a process holds in memory that can be written."""
    found = []
    with open(f"/proc/{pid}/mem", "rb") as memory:  # noqa: PTH123
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_rest = line.split()
            if rights.startswith("rw"):
                start, end = (int(number, 16) for number in span.split("-"))
                with contextlib.suppress(OSError, ValueError, OverflowError):
                    memory.seek(start)
                    found.append(memory.read(end - start))
    return b"".join(found)


def test_a_server_that_does_not_answer_is_no_reason(take_in, tmp_path, monkeypatch):
    monkeypatch.setattr(child_session, "START_WAIT_S", 0.1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, pytest.raises(ForkServerLost, match="did not answer"):
        take_in(ours, written(tmp_path, SOURCE))


def test_packing_keeps_everything():
    submission = submission_of("x = '\ud800'\n", "y = 1\n", origins=((1, 1), (70_000, 2)))
    assert unpack_submission(pack_submission(submission)) == submission
