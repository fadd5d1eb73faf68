"""The scorer: a trusted process that runs the hidden and public tests against one submission's worker.

One server for a run: it draws the grading data from the secret or reads the real files, collects the tests once, and
forks a scorer for each submission. The secret, and the labels that are scored, are in its memory and in its children's,
never in a process that runs a student's code or reads what they handed in. It imports no TensorFlow.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import pytest

from grader.assignment.handwriting.public_set import public_test_sha256
from grader.i18n.languages import use_language
from grader.marking.child_session import ChildSession, ChildSettings
from grader.marking.datasets import GradingData, fixture_data, real_data
from grader.marking.driver import EXAMINERS_TIME_S, Driver
from grader.marking.job import PackedSubmission, unpack_submission
from grader.marking.line_limits import LineLimits
from grader.marking.network_summary import NetworkSummaries
from grader.marking.outcomes import OutcomeRecorder
from grader.marking.repeatable_text import repeatable
from grader.marking.student import StudentWorker
from grader.marking.student_errors import ImportFailed
from grader.marking.thresholds import MODES
from grader.results.rubric import Rubric, RubricLine, check_tests, load_rubric
from grader.sandbox.control_group import ControlGroups
from grader.sandbox.forkserver import ForkServer, Request, settle
from grader.sandbox.frames import receive_frame, send_frame
from grader.system.errors import GraderFault, RubricError

ASSIGNMENT = Path(__file__).resolve().parent.parent / "assignment"
PUBLIC_TESTS, HIDDEN_TESTS = ASSIGNMENT / "public_tests", ASSIGNMENT / "hidden_tests"
MAX_LOG = 200_000


class ScorerPlugin(Driver):
    """Drives pytest: collects, orders by the rubric, then serves requests in place of the usual loop."""

    outcomes: OutcomeRecorder
    """Of the submission that this child scores."""

    def __init__(
        self,
        requests: socket.socket,
        zygote: socket.socket,
        rubric: Rubric,
        data: GradingData,
        groups: ControlGroups | None,
    ) -> None:
        self._requests = requests
        self._zygote = zygote
        self._rubric = rubric
        self._groups = groups
        self._items: list[pytest.Item] = []
        self.data = data
        self.thresholds = data.thresholds
        self._limited_line = ""
        self._used_before_s = 0.0

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "line(id): the rubric line that a test belongs to")
        config.addinivalue_line("markers", "train: trains a network")
        config.option.tbstyle = "no"  # else pytest words a traceback for each failed test, which nobody reads

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Check that tests and rubric fit, and put the tests into the rubric's order."""
        ids: dict[Path, set[str]] = {PUBLIC_TESTS: set(), HIDDEN_TESTS: set()}
        for item in items:
            ids[item.path.parent].add(line_of(item))
        check_tests(self._rubric, ids[PUBLIC_TESTS], ids[HIDDEN_TESTS])
        order = {line.id: number for number, line in enumerate(self._rubric.line)}
        items.sort(key=lambda item: order[line_of(item)])

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Serve: a forked child runs the collected tests for one submission."""
        self._items = session.items
        public_test_sha256()
        settle()
        ForkServer(self._requests, self._score).serve()
        return True

    def _score(self, channel: socket.socket, request: Request) -> None:
        """Grade one submission: the job comes on the channel, each line's result goes back on it."""
        job = receive_frame(channel)
        submission = unpack_submission(PackedSubmission(job.header["submission"], job.buffers))
        lines = frozenset(job.header["lines"])
        self.outcomes = OutcomeRecorder(self._rubric.only(lines))
        self.summaries = NetworkSummaries()
        scratch = Path(request["scratch"])
        memory_mib = self._rubric.memory_mib

        def start_child(role: str) -> ChildSession:
            cpu_s = self._cpu_s if role == "worker" else int(EXAMINERS_TIME_S) + 60
            return ChildSession(self._zygote, ChildSettings(role, memory_mib, cpu_s, self._groups), scratch)

        self.start_child = start_child
        seed = int.from_bytes(self.data.seed("student code")[:4])
        self.worker = StudentWorker(submission, lambda: start_child("worker"), seed)
        parts = {line.part for line in self.outcomes.rubric.line}
        reasons: list[str] = []
        try:
            for section in self._rubric.sections:
                if section & parts:
                    reasons.append(self._grade_section(section, lines, reasons))
        finally:
            self.worker.close()
            self.close_examiner()
        report = {
            "items": [
                item.model_dump(mode="json") | {"message": repeatable(item.message)} for item in self.outcomes.results()
            ],
            "networks": [look.model_dump(mode="json") for look in self.summaries.results()],
            "reason": repeatable(reasons[0]) if reasons and all(reasons) else "",
            "notes": [*submission.notes, *map(repeatable, self.worker.notes)],
            "lost": self.outcomes.lost_process or self.worker.lost_process,
            "log": "\n".join(self.outcomes.log)[:MAX_LOG],
        }
        send_frame(channel, {}, [json.dumps(report).encode()])

    def _grade_section(self, parts: frozenset[str], lines: frozenset[str], earlier: Sequence[str] = ()) -> str:
        """Run a section's tests with a fresh worker and examiner; return why the module could not be imported.

        Networks that were trained are looked at, for a whole mark, if they learned from drawn pictures.

        Args:
            earlier: what came of the sections before. A module that could be imported for none of them is not tried
                again, since each time may take minutes.
        """
        section = [line for line in self._rubric.line if line.part in parts]
        asked = [line.id for line in section if line.id in lines]
        self._cpu_s = int(sum(line.time_s for line in section)) + 60  # a backstop: the scorer watches each line
        try:
            self.begin_examining()
            if earlier and all(earlier):
                raise ImportFailed(earlier[0])
            self.worker.open()
        except ImportFailed as error:
            self.outcomes.skip_lines(asked, str(error))
            return str(error)
        except GraderFault as error:
            for line in asked:
                self.outcomes.fail_test(line, error, 0)
            return ""
        items = [item for item in self._items if line_of(item) in asked]
        for item, following in itertools.zip_longest(items, items[1:]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if len(asked) == len(section) and self.data.name == "fixture":
            self.look_at_public_digits()
        return ""

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Give the line its limits; skip it when a prerequisite is missing or it is decided already.

        Raises:
            CheckFailed: the module has none of the functions that the line is about.
        """
        line = self._line(item)
        if not self.outcomes.is_open(line.id):
            pytest.skip("decided")
        if (need := self.outcomes.missing_need(line)) is not None:
            self.outcomes.skip(line, need)
            pytest.skip("prerequisite")
        if line.id != self._limited_line:  # the tests of a line share its limits
            self._limited_line = line.id
            self.worker.limits = LineLimits(line.time_s, line.memory_mib)
        self.worker.begin_test(item.name)
        self._used_before_s = self.worker.limits.used_s
        self.worker.expect_one_of(line.functions)

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Note the outcome of one phase of a test."""
        line = self._line(item)
        if call.excinfo is None:
            if call.when == "call":
                self.outcomes.pass_test(line.id, self._used_s())
        elif not isinstance(call.excinfo.value, pytest.skip.Exception):
            self.outcomes.fail_test(line.id, call.excinfo.value, self._used_s())

    def _used_s(self) -> float:
        """Return the time that the student's code took in the present test."""
        return self.worker.limits.used_s - self._used_before_s

    def _line(self, item: pytest.Item) -> RubricLine:
        return self._rubric.by_id[line_of(item)]


def line_of(item: pytest.Item) -> str:
    """Return the id of the rubric line that a test belongs to.

    Raises:
        RubricError: the test has no mark `line`.
    """
    mark = item.get_closest_marker("line")
    if mark is None or len(mark.args) != 1:
        raise RubricError(f'{item.nodeid}: a test needs exactly one mark like @pytest.mark.line("parser.u1")')
    return str(mark.args[0])


def main() -> int:
    """Run the server: descriptors of the request socket and of the set-up stream come as arguments."""
    cv2.setNumThreads(1)  # a fork server must be single-threaded
    requests, setup = (socket.socket(fileno=int(fd)) for fd in sys.argv[1:3])
    _byte, fds, _flags, _address = socket.recv_fds(setup, 1, 1)
    zygote = socket.socket(fileno=fds[0])
    for descriptor in (requests, zygote):
        os.set_inheritable(descriptor.fileno(), False)
    frame = receive_frame(setup)
    setup.close()
    limits = {"time_s": frame.header["time_s"], "memory_mib": frame.header["memory_mib"]}
    use_language(frame.header["lang"])  # before the tests are collected; every child inherits it
    rubric = load_rubric().with_line_limits(MODES[frame.header["dataset"]].limits).with_limits(**limits)
    secret, folder = frame.buffers[0], frame.header["data_folder"]
    data = fixture_data(secret) if folder is None else real_data(secret, Path(folder))
    group = frame.header["group"]
    groups = ControlGroups(Path(group["folder"]), group["version"]) if group else None
    plugin = ScorerPlugin(requests, zygote, rubric, data, groups)
    options = ["-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:faulthandler", "--capture=no"]
    options += ["--strict-markers", "-c", os.devnull, f"--rootdir={ASSIGNMENT}", "--noconftest"]
    return int(pytest.main([*options, str(PUBLIC_TESTS), str(HIDDEN_TESTS)], plugins=[plugin]))


if __name__ == "__main__":
    sys.exit(main())
