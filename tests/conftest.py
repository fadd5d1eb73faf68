"""Fixtures that tests of several modules share: one warm zygote for the whole run, and workers forked from it."""

from __future__ import annotations

import datetime
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from browser import chromium, open_page

from grader.assignment.public_tests.checks.diagnosis import begin_looking
from grader.engine.run_settings import ZYGOTE_ENVIRONMENT
from grader.marking.child_session import ChildSession, ChildSettings
from grader.marking.student import StudentWorker
from grader.proofs import host_monitor
from grader.sandbox.probe import probe
from grader.sandbox.warm_process import WarmProcess
from grader.submissions import LoadPlan, Submission

__all__ = ["chromium", "open_page"]  # fixtures: a test module need not import them

StartChild = Callable[..., ChildSession]
OpenWorker = Callable[..., StudentWorker]


def zygote_process(layers: Sequence[str], folder: Path) -> WarmProcess:
    """Return a zygote whose children are held by these layers; it is not started yet."""
    environment = ZYGOTE_ENVIRONMENT | {"MPLCONFIGDIR": str(folder)}
    return WarmProcess("grader.sandbox.zygote", [",".join(layers)], environment=environment, log=folder / "zygote.log")


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmProcess]:
    """The real zygote: starting it takes seconds, so there is one, and no test may kill it."""
    folder = tmp_path_factory.mktemp("zygote")
    process = zygote_process(probe().layers, folder)
    process.start()
    yield process
    process.stop()
    assert process.restarts == 0, (folder / "zygote.log").read_text(errors="replace")


@pytest.fixture
def start_child(zygote: WarmProcess, tmp_path: Path) -> Iterator[StartChild]:
    """Start a confined child of the real zygote; what a test leaves is killed."""
    sessions: list[ChildSession] = []

    def start(role: str = "worker", *, memory_mib: int = 1500, cpu_s: int = 60) -> ChildSession:
        sessions.append(ChildSession(zygote.requests, ChildSettings(role, memory_mib, cpu_s), tmp_path))
        return sessions[-1]

    yield start
    for session in sessions:
        session.kill()


def submission_of(*sources: str, origins: tuple[tuple[int, int], ...] = ()) -> Submission:
    """Return a submission whose plans are the sources, to be tried in this order."""
    plans = tuple(LoadPlan("plain" if number else "whole", source, ()) for number, source in enumerate(sources))
    return Submission("case", "mnist_all_models.py", plans, (), "0" * 64, origins)


@pytest.fixture
def open_worker(start_child: StartChild) -> OpenWorker:
    """Return a real worker that has imported a student's module, given as source text."""

    def open_(*sources: str, time_s: float = 20, memory_mib: int = 1500, **fields: tuple[tuple[int, int], ...]):
        worker = StudentWorker(submission_of(*sources, **fields), start_child, seed=7)
        worker.open()
        worker.limits.time_s, worker.limits.memory_mib = time_s, memory_mib
        return worker

    return open_


@pytest.fixture
def tiny_interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `WarmProcess` start the tests' own fork server, which needs no TensorFlow, whatever module it names."""
    script = tmp_path / "interpreter"
    server = Path(__file__).with_name("tiny_server.py")
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{server}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))


@pytest.fixture
def tiny_server(tiny_interpreter: None, tmp_path: Path) -> Iterator[WarmProcess]:
    """A warm process of the tests' own whose children do what their role says."""
    process = WarmProcess("tiny", environment={}, log=tmp_path / "tiny.log")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let a test watch names and a port of its own: a validation may run on this machine."""
    monkeypatch.setattr(host_monitor, "CANARY", tmp_path / "digitlab-canary")
    monkeypatch.setattr(host_monitor, "ABSTRACT_SOCKET", f"\0tests-{tmp_path}")
    monkeypatch.setattr(host_monitor, "ABSTRACT_PACKETS", f"\0packets-{tmp_path}")
    monkeypatch.setattr(host_monitor, "PATH_PACKETS", tmp_path / "packets")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(host_monitor, "PORT", free.getsockname()[1])
    return tmp_path / "digitlab-canary"


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let Ctrl-C mean what it does in a terminal, here and in what is started: a background job ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that every user may read: each run of pytest closes the folders above `tmp_path` again."""
    with tempfile.TemporaryDirectory(prefix="tests-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(autouse=True)
def causes_may_be_looked_for() -> None:
    """Forget how many processes looking for causes has cost: a test hangs on none that ran before it."""
    begin_looking()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a day's sample of the corpora be repeated."""
    today = datetime.datetime.now(datetime.UTC).toordinal()
    parser.addoption("--day", type=int, default=today, help="which sample of the corpora: a day's number (today's)")


def pytest_report_header(config: pytest.Config) -> str:
    """Say which sample is taken."""
    day = config.getoption("--day")
    return f"sample of the corpora: that of day {day} (again, whenever: --day {day})"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that grade whole submissions: a long one at the end would keep one core alone busy."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
