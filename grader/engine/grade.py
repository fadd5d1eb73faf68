"""Grade submissions: hold the warm processes of a run and turn one submission into one result."""

from __future__ import annotations

import contextlib
import datetime
import json
import socket
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import TypeAdapter

import grader
from grader.assignment.public_tests.checks.language import tr
from grader.engine.run_settings import SCORER_ENVIRONMENT, GradeSettings, find_data, rubric_of
from grader.engine.zygote_client import ZygoteClient, asked_for
from grader.i18n.languages import use_language
from grader.marking.child_session import WALL_FACTOR
from grader.marking.driver import EXAMINERS_TIME_S
from grader.marking.job import PackedSubmission
from grader.marking.student import STARTS_TIME_S
from grader.marking.submission_reader import take_in
from grader.results.models import GraderInfo, ItemResult, NetworkSummary, Outcome, SubmissionResult, total
from grader.results.rubric import Rubric
from grader.sandbox.control_group import ControlGroups, find_groups
from grader.sandbox.forkserver import start_child
from grader.sandbox.frames import BrokenFrame, ChannelClosed, DeadlinePassed, Frame, receive_frame, send_frame
from grader.sandbox.warm_process import WarmProcess
from grader.submissions import digest
from grader.system.errors import ForkServerLost, GraderFault, SubmissionError
from grader.system.run_folder import PASSABLE, RunFolder
from grader.system.safe_rmtree import safe_rmtree

_Report = dict[str, Any]
"""What a scorer reports: items, networks, reason, notes, log."""
_ITEMS = TypeAdapter(tuple[ItemResult, ...])
_NETWORKS = TypeAdapter(tuple[NetworkSummary, ...])
LOG_TAIL_CHARS = 4_000
SLACK_S = 300
"""What a scorer may take beyond what all its lines, examinations and starts of workers may, which overrun a little."""


class _Clock:
    """When a grading began, and how long it has taken."""

    def __init__(self) -> None:
        self.started_at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        self._start = time.monotonic()

    def elapsed_s(self) -> float:
        return round(time.monotonic() - self._start, 3)


class Grader:
    """The warm processes of one run. Use as a context manager; `grade` may be called from several threads."""

    def __init__(self, settings: GradeSettings, zygote: ZygoteClient | None = None) -> None:
        """Prepare to grade.

        Args:
            zygote: one that runs, for settings that differ from its own in the secret alone; None for one of our own.

        Raises:
            UsageError: the machine or the real pictures are not what the settings ask for.
            ValueError: the zygote confines students' code otherwise than the settings ask for.
        """
        if zygote is not None and zygote.asked_for != asked_for(settings):
            raise ValueError(f"a zygote for {zygote.asked_for} cannot grade for {asked_for(settings)}")
        self.settings = settings
        use_language(settings.lang)
        self.data = find_data(settings)
        self.rubric = rubric_of(settings)
        self._is_zygote_ours = zygote is None
        with contextlib.ExitStack() as on_failure:
            self._zygote = zygote or ZygoteClient(settings)
            if self._is_zygote_ours:
                on_failure.callback(self._zygote.close)
            self._run_folder = RunFolder()
            on_failure.pop_all()
        self.confinement = self._zygote.confinement
        self._folder = self._run_folder.path
        self._scorer_log = self._folder / "scorer.log"
        self._groups: ControlGroups | None = None
        self._scorers = WarmProcess(
            "grader.marking.scorer", environment=SCORER_ENVIRONMENT, log=self._scorer_log, setup=self._set_up_scorers
        )
        lines_s = sum(line.time_s for line in self.rubric.line)
        once_s = 2 * EXAMINERS_TIME_S + 2 * STARTS_TIME_S
        self._budget_s = WALL_FACTOR * lines_s + once_s * len(self.rubric.sections) + SLACK_S

    def _set_up_scorers(self, stream: socket.socket) -> None:
        """Tell the scorers' server what it may not find on a command line or in an environment."""
        socket.send_fds(stream, [b"z"], [self._zygote.process.requests.fileno()])
        group = {"folder": str(self._groups.folder), "version": self._groups.version} if self._groups else None
        header = {
            "time_s": self.settings.time_s,
            "memory_mib": self.settings.memory_mib,
            "dataset": self.settings.dataset,
            "lang": self.settings.lang,
            "data_folder": self.data.folder,
            "group": group,
        }
        send_frame(stream, header, [self.settings.secret])

    @property
    def warm_pids(self) -> tuple[int, int]:
        """The process ids of the zygote (or of its guard, whose only child it is) and of the scorers' server."""
        return self._zygote.process.pid, self._scorers.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the warm processes, all of them or none.

        Raises:
            OSError: there is no process, memory or descriptor to be had.
        """
        try:
            self._groups = find_groups()
            if self._is_zygote_ours:
                self._zygote.start()
            self._scorers.start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the warm processes, if they were started, and remove the folder of the run; all that is possible."""
        with contextlib.ExitStack() as at_last:  # the last one first
            at_last.callback(self._run_folder.close)
            if self._groups is not None:
                at_last.callback(self._groups.close)
            if self._is_zygote_ours:
                at_last.callback(self._zygote.close)
            at_last.callback(self._scorers.stop)

    def grade(
        self,
        path: Path,
        *,
        name: str | None = None,
        lines: Collection[str] | None = None,
        on_source: Callable[[str], None] = lambda _source: None,
    ) -> SubmissionResult:
        """Grade one submission, whatever it is.

        A submission that cannot be taken gets a result with a reason; a fault of ours a result without a mark.

        Args:
            path: what was handed in.
            name: what to call it; None for a name made from the path.
            lines: the rubric lines to test, with those that they need; None for all. The result holds no others.
            on_source: is called with the module's text as soon as the submission is taken.

        Raises:
            UsageError: there is no such path.
            RubricError: there is no such line.
        """
        rubric = self.rubric if lines is None else self.rubric.only(self.rubric.with_needs(lines))
        clock = _Clock()
        shown_name = name or path.stem
        sha256 = ""
        try:
            submission = take_in(self._zygote.readers.requests, self._folder, path, name)
            shown_name, sha256 = submission.name, submission.sha256
            on_source(submission.source)
            report = self._score_again_if_lost(submission, rubric)
        except SubmissionError as error:
            sha256 = digest(path)
            report = _unmarked(rubric, Outcome.SKIPPED, str(error))
        except GraderFault as error:
            report = self._faulty(rubric, error)
        return self._result(shown_name, sha256, report, clock)

    def fault(self, path: Path, name: str, error: GraderFault) -> SubmissionResult:
        """Return the result of a submission that a fault of ours kept from being graded: no mark."""
        return self._result(name, digest(path), self._faulty(self.rubric, error), _Clock())

    def _result(self, name: str, sha256: str, report: _Report, clock: _Clock) -> SubmissionResult:
        items = _ITEMS.validate_python(report["items"])
        return SubmissionResult(
            submission=name,
            lang=self.settings.lang,
            score=total(items),
            max_score=sum(item.max_points for item in items),
            reason=report["reason"],
            notes=(*self.data.notes, *report["notes"]),
            items=items,
            networks=_NETWORKS.validate_python(report["networks"]),
            grader=GraderInfo(version=grader.__version__, rubric_sha256=self.rubric.sha256, dataset=self.data.name),
            confinement=self.confinement,
            submission_sha256=sha256,
            started_at=clock.started_at,
            seconds=clock.elapsed_s(),
            grader_log=report["log"],
        )

    def _score_again_if_lost(self, submission: PackedSubmission, rubric: Rubric) -> _Report:
        """Score; when a warm process died meanwhile, perhaps not by this submission's doing, score once more.

        Raises:
            GraderFault: it did not work.
        """
        try:
            report = self._score(submission, rubric)
        except ForkServerLost:
            return self._score(submission, rubric)
        return self._score(submission, rubric) if report["lost"] else report

    def _score(self, submission: PackedSubmission, rubric: Rubric) -> _Report:
        """Have a scorer test the lines of a rubric; return its report.

        Raises:
            GraderFault: it died, or did not finish in its time.
        """
        scratch = Path(tempfile.mkdtemp(prefix="scorer-", dir=self._folder))
        scratch.chmod(PASSABLE)
        channel, lifeline = start_child(self._scorers.requests, {"scratch": str(scratch)})
        try:
            with channel, lifeline:
                job = {"submission": submission.table, "lines": [line.id for line in rubric.line]}
                send_frame(channel, job, submission.buffers)
                answer: Frame = receive_frame(channel, deadline=time.monotonic() + self._budget_s)
                report: _Report = json.loads(answer.buffers[0])
                return report
        except DeadlinePassed as error:
            raise GraderFault(f"the scorer did not finish within {self._budget_s:.0f} s") from error
        except (ChannelClosed, BrokenFrame) as error:
            raise ForkServerLost(f"the scorer ended without a report ({error})") from error
        finally:
            safe_rmtree(scratch)

    def _faulty(self, rubric: Rubric, error: GraderFault) -> _Report:
        return _unmarked(rubric, Outcome.GRADER_ERROR, "") | {"log": f"{error}\n{self._log_tails()}"}

    def _log_tails(self) -> str:
        tails = []
        for log in (self._scorer_log, self._zygote.log):
            with contextlib.suppress(OSError):
                tails.append(f"--- {log.name}\n{log.read_text(errors='replace')[-LOG_TAIL_CHARS:]}")
        return "\n".join(tails)


def _unmarked(rubric: Rubric, outcome: Outcome, reason: str) -> _Report:
    """Return the report of a submission none of whose lines could be tested."""
    items = [
        ItemResult(
            id=line.id,
            points=0,
            max_points=line.points,
            outcome=outcome,
            title=tr(line.title),
            message=reason,
            seconds=0,
        )
        for line in rubric.line
    ]
    return {"items": items, "networks": [], "reason": reason, "notes": [], "log": "", "lost": False}
