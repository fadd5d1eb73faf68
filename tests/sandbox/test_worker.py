"""The worker: a real confined process with hostile and broken modules; whatever they do, there is an outcome."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

import numpy as np
import pytest
from conftest import OpenWorker, StartChild
from processes import children_of, is_running, wait_until

from grader.engine.run_settings import ZYGOTE_ENVIRONMENT
from grader.marking.child_session import ChildSession, ChildSettings
from grader.marking.student import StudentWorker
from grader.marking.student_errors import ImportFailed, StudentCrash, StudentException, StudentMemory, StudentTimeout
from grader.sandbox.probe import probe
from grader.sandbox.values import Opaque
from grader.sandbox.warm_process import WarmProcess
from grader.sandbox.worker import MAX_HANDLES, MAX_HANDLES_OF_ANSWER, describe_error
from grader.system.errors import GraderFault


def server_behind(zygote: WarmProcess) -> int:
    """Return the process that forks: with namespaces, the one child of the guard that was started."""
    return children_of(zygote.pid)[0] if "namespaces" in probe().layers else zygote.pid


FINE = "\ndef fine():\n    return 'fine'\n"


def pid_of(worker: StudentWorker) -> int:
    assert worker._session is not None
    return worker._session.pid


def expect_replaced(worker: StudentWorker, pid: int) -> None:
    """Check that a worker is gone, and that the next call gets a fresh one."""
    assert not is_running(pid)
    worker.limits.used_s = worker.limits.used_cpu_s = 0
    assert worker.call("fine", (), {}) == "fine"
    assert pid_of(worker) != pid


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("while True: pass", StudentTimeout, "took too long"),
        ("import time; time.sleep(600)", StudentTimeout, "0.9 s on the clock"),
        (
            "import signal; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]\n    while True: pass",
            StudentTimeout,
            "took too long",
        ),
        ("import os; os._exit(0)", StudentCrash, "ended by itself with exit status 0"),
        ("import ctypes; ctypes.string_at(0)", StudentCrash, "SIGSEGV"),
        ("import os; [os.close(n) for n in range(3, 200) if _is_open(n)]", StudentCrash, "ended"),
    ],
    ids=["spins", "sleeps", "ignores signals", "exits", "segfaults", "closes everything"],
)
def test_a_call_that_never_answers_costs_its_worker_and_no_more(
    open_worker: OpenWorker, body: str, error: type[Exception], words: str
) -> None:
    helper = "def _is_open(n):\n    import os\n    return os.path.exists(f'/proc/self/fd/{n}')\n"
    worker = open_worker(f"{helper}def f():\n    {body}\n{FINE}")
    pid = pid_of(worker)
    worker.limits.time_s = 0.3 if error is StudentTimeout else 20
    with pytest.raises(error, match=words):
        worker.call("f", (), {})
    worker.limits.time_s = 20
    expect_replaced(worker, pid)


@pytest.mark.parametrize(
    "body",
    [
        "held = []\n    while True: held.append(bytearray(b'x') * (16 << 20))",
        "import numpy as np; return np.ones(10**10)",
        "raise MemoryError('too big')",
    ],
    ids=["eats", "asks for 80 GB", "says so"],
)
def test_a_memory_hog_is_told_as_such(open_worker: OpenWorker, body: str) -> None:
    worker = open_worker(f"def f():\n    {body}\n{FINE}", memory_mib=200)
    with pytest.raises(StudentMemory, match=r"200 MiB"):
        worker.call("f", (), {})
    assert worker.call("fine", (), {}) == "fine"


@pytest.mark.parametrize(
    ("body", "type_name"),
    [
        ("raise SystemExit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import sys; sys.exit('bye')", "SystemExit"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("return f()", "RecursionError"),
        ("raise Broken", "Broken"),
        ("raise BrokenHarder", "BrokenHarder"),
        ("raise ValueError('\\ud800')", "ValueError"),
        ("raise ValueError('x' * 10_000_000)", "ValueError"),
    ],
    ids=[
        "SystemExit",
        "Interrupt",
        "exit",
        "GeneratorExit",
        "recursion",
        "broken",
        "broken harder",
        "surrogate",
        "long",
    ],
)
def test_whatever_is_raised_the_worker_lives_on(open_worker: OpenWorker, body: str, type_name: str) -> None:
    classes = (
        "class Broken(Exception):\n    def __str__(self): raise ValueError('no')\n"
        "class BrokenHarder(Exception):\n    def __str__(self): raise SystemExit\n"
    )
    worker = open_worker(f"{classes}def f():\n    {body}\n{FINE}")
    pid = pid_of(worker)
    with pytest.raises(StudentException) as caught:
        worker.call("f", (), {})
    assert caught.value.type_name == type_name
    assert caught.value.place
    assert str(caught.value).encode()
    assert len(str(caught.value)) < 3000
    assert worker.call("fine", (), {}) == "fine"
    assert pid_of(worker) == pid


def test_printed_text_goes_nowhere(open_worker: OpenWorker) -> None:
    source = """
def f():
    import os, sys
    for _ in range(2000):
        sys.stdout.write("x" * 500_000)
        os.write(2, b"y" * 500_000)
    print("{'points': 100}")
    return input_is_empty()

def input_is_empty():
    import sys
    return sys.stdin.read() == ""
"""
    assert open_worker(source).call("f", (), {}) is True


CHANNEL = """
import json, os, struct, time

VALUE = {"buffers": [], "request": 2, "is": "value"}

def channel():
    return next(n for n in range(3, 200) if os.path.exists(f"/proc/self/fd/{n}") and
                os.readlink(f"/proc/self/fd/{n}").startswith("socket:"))

def say(header, body=b""):
    head = json.dumps(header).encode()
    os.write(channel(), b"DLF1" + struct.pack(">IQ", len(head), len(body)) + head + body)
"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("os.write(channel(), b'points: 100' * 10)", "no answer"),
        ("say({'buffers': [], 'request': 99})", "nobody asked for"),
        ("say({'buffers': [], 'request': 3})", "nobody asked for"),
        ("say([])", "no answer"),
        ("say({'buffers': [5], 'request': 2})", "no answer"),
        ("say(VALUE | {'value': {'t': 'array', 'dtype': '<f4', 'shape': [9], 'b': 0}})", "cannot be read"),
        ("say(VALUE)", "cannot be read"),
    ],
    ids=["junk", "wrong number", "next number", "list", "lying body", "lying array", "no value"],
)  # fmt: skip
def test_what_is_written_into_the_channel_is_a_crash(open_worker: OpenWorker, body: str, words: str) -> None:
    worker = open_worker(f"{CHANNEL}\ndef f():\n    {body}\n    time.sleep(600)\n{FINE}")
    pid = pid_of(worker)
    with pytest.raises(StudentCrash, match=words):
        worker.call("f", (), {})
    expect_replaced(worker, pid)


@pytest.mark.parametrize(
    "header",
    ["{'bases': 5}", "{'bases': 'ValueError'}", "{'bases': [5, None]}", "{'bases': {'a': 1}, 'line': 'x'}",
     "{'line': -1}", "{'line': 1e300}", "{'type': 5, 'message': []}", "{}"],
)  # fmt: skip
def test_a_forged_exception_is_the_students(open_worker: OpenWorker, header: str) -> None:
    body = f"say({header} | {{'buffers': [], 'request': 2, 'is': 'raised'}}); time.sleep(600)"
    worker = open_worker(f"{CHANNEL}\ndef f():\n    {body}\n")
    with pytest.raises(StudentException):
        worker.call("f", (), {})


def test_an_answer_that_comes_twice_counts_once(open_worker: OpenWorker) -> None:
    source = f"""{CHANNEL}
def f():
    say({{'buffers': [], 'request': 2, 'is': 'value', 'value': {{'t': 'int', 'v': '1'}}}})
    return 2
{FINE}"""
    worker = open_worker(source)
    assert worker.call("f", (), {}) == 1
    wait_until(worker._session._has_unread)
    with pytest.raises(StudentCrash, match="nobody asked for"):
        worker.call("fine", (), {})
    assert worker.call("fine", (), {}) == "fine"


def test_only_data_come_back(open_worker: OpenWorker) -> None:
    source = """
import numpy as np

class Liar(np.ndarray):
    shape = (2000, 10)

def odd():
    return [float("nan"), np.zeros(3).view(Liar), {1, 2}, (n for n in "ab"), np.array([None]), print, np.float32(2)]

def endless():
    x = []
    x.append(x)
    return x

def wide():
    return np.zeros((100, 784)).tolist()
"""
    worker = open_worker(source)
    nan, liar, a_set, generator, objects, function, scalar = worker.call("odd", (), {})
    assert np.isnan(nan)
    assert liar.shape == (3,)
    assert a_set == Opaque("set")
    assert generator == Opaque("generator")
    assert objects == Opaque("array of dtype object")
    assert isinstance(function, Opaque)
    assert (scalar, scalar.dtype) == (2, np.float32)
    assert isinstance(worker.call("endless", (), {}), list)
    assert worker.call("wide", (), {}) == Opaque("list"), "a list too large for a frame is named, not a crash"


def test_an_object_that_equals_everything_stays_in_the_worker(open_worker: OpenWorker) -> None:
    source = "class Yes:\n    def __eq__(self, other): return True\n    __hash__ = None\ndef f(): return Yes()\n"
    came = open_worker(source).call("f", (), {})
    assert came.type_name == "Yes"
    assert came != 5


def test_the_number_of_kept_objects_is_bounded(open_worker: OpenWorker) -> None:
    source = "class Thing: pass\ndef f(n): return [Thing() for _ in range(n)]\n"
    worker, each = open_worker(source), MAX_HANDLES_OF_ANSWER
    for answer in range(1, MAX_HANDLES // each + 1):
        came = worker.call("f", (each + 3,), {})
        assert came[-3:] == [Opaque("Thing")] * 3
        assert came[each - 1].number == answer * each
    assert worker.call("f", (1,), {}) == [Opaque("Thing")]


def test_each_call_has_its_own_random_numbers_and_every_grading_the_same(open_worker: OpenWorker) -> None:
    source = (
        "import random, numpy as np, keras\n"
        "def f():\n"
        "    return [random.random(), np.random.rand(), float(np.asarray(keras.random.normal((1,)))[0])]\n"
    )
    first, second = (
        [worker.call("f", (), {}) for _call in range(2)] for worker in (open_worker(source), open_worker(source))
    )
    assert first == second
    assert first[0] != first[1]


def test_arguments_and_files_cross(open_worker: OpenWorker) -> None:
    source = """
def read(path, *, mode="rb"):
    with open(path, mode) as file:
        return file.read()

def write(path, data):
    with open(path, "wb") as file:
        file.write(data)

def head(file):
    return file.read(2)
"""
    import io

    worker = open_worker(source)
    path = worker.put("given", b"abc")
    assert worker.call("read", (path,), {"mode": "rb"}) == b"abc"
    worker.call("write", (worker.path("made"), b"xyz"), {})
    assert worker.get(worker.path("made")) == b"xyz"
    assert worker.call("head", (io.BytesIO(b"abc"),), {}) == b"ab"
    with pytest.raises(FileNotFoundError):
        worker.get(worker.path("never made"))


def test_confinement_is_entered(open_worker: OpenWorker) -> None:
    source = """
import os, resource

def facts():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    fds = sorted(int(n) for n in os.listdir("/proc/self/fd"))
    return {
        "environment": sorted(os.environ), "cwd": os.getcwd(), "home": os.environ["HOME"], "sid": os.getsid(0),
        "pid": os.getpid(), "no_new_privs": status["NoNewPrivs"].strip(), "targets": [os.readlink(f"/proc/self/fd/{n}")
        for n in fds if os.path.exists(f"/proc/self/fd/{n}") or n < 3],
        "core": list(resource.getrlimit(resource.RLIMIT_CORE)), "cpu": list(resource.getrlimit(resource.RLIMIT_CPU)),
    }

def big_file():
    with open("big", "wb") as file:
        file.truncate(1 << 40)

def many_files():
    return [open("/dev/null") for _ in range(1000)] and None
"""
    worker = open_worker(source)
    facts = worker.call("facts", (), {})
    assert worker._session is not None
    assert facts["cwd"] == facts["home"] == worker._session.home
    assert facts["sid"] == facts["pid"]
    assert facts["no_new_privs"] == "1"
    assert facts["core"] == [0, 0]
    assert facts["cpu"] == [60, 60]
    assert not {"PATH", "DIGITLAB_SECRET", "USER"} & set(facts["environment"])
    assert facts["targets"][:3] == ["/dev/null"] * 3
    assert sum(target.startswith("socket:") for target in facts["targets"]) == 1
    with pytest.raises(StudentMemory, match="filled its folder: 256 MiB in 10,000 files"):
        worker.call("big_file", (), {})
    with pytest.raises(OSError, match="Too many open files"):
        worker.call("many_files", (), {})


def test_a_child_that_cannot_be_confined_is_a_fault_of_ours(zygote: WarmProcess, tmp_path: Path) -> None:
    settings = ChildSettings("worker", "much", 10)  # type: ignore[arg-type]
    with pytest.raises(GraderFault, match=r"could not be confined:(.|\n)*TypeError"):
        ChildSession(zygote.requests, settings, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_a_worker_is_left(zygote: WarmProcess, start_child: StartChild, tmp_path: Path) -> None:
    sessions = [start_child() for _ in range(3)]
    pids = [session.pid for session in sessions]
    server = server_behind(zygote)
    assert set(pids) <= set(children_of(server))
    sessions[0]._lifeline.shutdown(socket.SHUT_WR)
    wait_until(lambda: not is_running(pids[0]))
    for session in sessions:
        session.kill()
    assert not set(pids) & set(children_of(server))
    assert list(tmp_path.iterdir()) == []


def test_the_zygote_holds_one_thread_and_no_environment_of_ours(zygote: WarmProcess, start_child: StartChild) -> None:
    start_child().kill()
    server = server_behind(zygote)
    assert len(list(Path(f"/proc/{server}/task").iterdir())) == 1
    entries = Path(f"/proc/{server}/environ").read_bytes().split(b"\0")
    names = {entry.partition(b"=")[0].decode() for entry in entries if entry}
    assert names == {*ZYGOTE_ENVIRONMENT, "MPLCONFIGDIR"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def f(:\n", "SyntaxError"),
        ("x = 1 / 0\n", r"ZeroDivisionError.*\(line 1\)"),
        ("import os\nos._exit(0)\n", "ended by itself with exit status 0"),
        ("raise SystemExit\n", "SystemExit"),
        ("import no_such_library\n", "ModuleNotFoundError"),
        ("x = '\0'\n", "SyntaxError|ValueError"),
    ],
    ids=["syntax", "raises", "exits", "SystemExit", "imports", "zero byte"],
)
def test_a_module_that_cannot_be_imported_is_told_why(open_worker: OpenWorker, source: str, words: str) -> None:
    with pytest.raises(ImportFailed, match=words):
        open_worker(source)


def test_an_error_without_a_name_of_its_own_is_told_with_its_module() -> None:
    assert describe_error(struct.error("short"))["type"] == "struct.error"
    forged = type("error", (Exception,), {"__module__": 7})
    assert describe_error(forged())["type"] == "error"


def test_describing_an_exception_names_the_builtin_classes_and_cuts_the_message() -> None:
    class Own(FileNotFoundError):
        pass

    told = describe_error(Own("x" * 50_000))
    assert told["type"] == "Own"
    assert told["bases"][:2] == ["FileNotFoundError", "OSError"]
    assert len(told["message"]) == 20_000
    assert told["line"] is None
