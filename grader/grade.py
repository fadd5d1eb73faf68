"""Grade submissions: hold the warm processes of a run and turn one submission into one result."""

from __future__ import annotations

import contextlib
import datetime
import json
import socket
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import TypeAdapter

import grader
from grader.errors import ForkServerLost, GraderFault, SubmissionError, UsageError
from grader.marking.job import pack_submission
from grader.marking.thresholds import MODES
from grader.realdata import data_folder, load_real_pictures
from grader.removal import remove_tree
from grader.results import Confinement, GraderInfo, ItemResult, Outcome, SubmissionResult, total
from grader.rubric import Rubric, load_rubric
from grader.sandbox import confinement
from grader.sandbox.forkserver import start_child
from grader.sandbox.frames import BrokenFrame, ChannelClosed, DeadlinePassed, Frame, receive_frame, send_frame
from grader.sandbox.layers import landlock
from grader.sandbox.warm_process import WarmProcess
from grader.submission import Submission, digest, read_submission

_Report = dict[str, Any]
"""What a scorer reports: items, reason, notes, log."""
_ITEMS = TypeAdapter(tuple[ItemResult, ...])
_QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LANG": "C.UTF-8"}
SCORER_ENVIRONMENT = _QUIET | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
ZYGOTE_ENVIRONMENT = _QUIET | {
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": "/nonexistent",  # the instructor's own keras.json must not change a mark
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
}
"""All that the warm processes find in their environment."""
LOG_TAIL_CHARS = 4_000
SLACK_S = 300
"""What a scorer may take beyond the time limits of all its lines together."""


@dataclass(frozen=True)
class GradeSettings:
    """What holds for every submission of a run."""

    secret: bytes = field(repr=False)
    dataset: str = "fixture"
    """A name in `MODES`: drawn pictures, or the real ones."""
    data_dir: Path | None = None
    """Where the real ones lie; None is the place that `data_folder` finds."""
    time_s: float | None = None
    """Replaces the time limit of every rubric line."""
    memory_mib: int | None = None
    unsafe: bool = False
    """Grade although this machine cannot confine the student's code."""


@dataclass(frozen=True)
class DataChoice:
    """Which pictures a run uses."""

    name: str
    """As results tell it."""
    folder: str | None = None
    """Where the real ones lie."""
    notes: tuple[str, ...] = ()
    """What whoever reads a result must know of them."""


class _Clock:
    """When a grading began, and how long it has taken."""

    def __init__(self) -> None:
        self.started_at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        self._start = time.monotonic()

    def elapsed_s(self) -> float:
        return round(time.monotonic() - self._start, 3)


class Grader:
    """The warm processes of one run. Use as a context manager; `grade` may be called from several threads."""

    def __init__(self, settings: GradeSettings) -> None:
        self.settings = settings
        self._confinement = find_confinement(unsafe=settings.unsafe)
        self.data = find_data(settings)
        self.rubric = rubric_of(settings)
        self._folder = Path(tempfile.mkdtemp(prefix="digitlab-"))
        self._zygote_log, self._scorer_log = self._folder / "zygote.log", self._folder / "scorer.log"
        environment = ZYGOTE_ENVIRONMENT | {"MPLCONFIGDIR": str(matplotlib_cache())}
        self._zygote = WarmProcess("grader.sandbox.zygote", environment=environment, log=self._zygote_log)
        self._scorers = WarmProcess(
            "grader.marking.scorer", environment=SCORER_ENVIRONMENT, log=self._scorer_log, setup=self._set_up_scorers
        )
        self._budget_s = sum(line.time_s for line in self.rubric.line) + SLACK_S

    def _set_up_scorers(self, stream: socket.socket) -> None:
        """Tell the scorers' server what it may not find on a command line or in an environment."""
        socket.send_fds(stream, [b"z"], [self._zygote.requests.fileno()])
        limits = {"time_s": self.settings.time_s, "memory_mib": self.settings.memory_mib}
        send_frame(
            stream, limits | {"dataset": self.settings.dataset, "data_folder": self.data.folder}, [self.settings.secret]
        )

    def __enter__(self) -> Self:
        self._zygote.start()
        self._scorers.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._scorers.stop()
        self._zygote.stop()
        remove_tree(self._folder)

    def grade(self, path: Path, *, name: str | None = None) -> SubmissionResult:
        """Grade one submission, whatever it is; only `UsageError` (no such path) is raised.

        A submission that cannot be taken gets a result with a reason; a fault of ours a result without a mark.
        """
        clock = _Clock()
        shown_name = name or path.stem
        sha256 = ""
        try:
            submission = read_submission(path, name=name)
            shown_name, sha256 = submission.name, submission.sha256
            report = self._score_again_if_lost(submission)
        except SubmissionError as error:
            sha256 = digest(path)
            report = self._unmarked(Outcome.SKIPPED, str(error))
        except GraderFault as error:
            report = self._faulty(error)
        return self._result(shown_name, sha256, report, clock)

    def fault(self, path: Path, name: str, error: GraderFault) -> SubmissionResult:
        """Return the result of a submission that a fault of ours kept from being graded: no mark."""
        return self._result(name, digest(path), self._faulty(error), _Clock())

    def _result(self, name: str, sha256: str, report: _Report, clock: _Clock) -> SubmissionResult:
        items = _ITEMS.validate_python(report["items"])
        return SubmissionResult(
            submission=name,
            score=total(items),
            max_score=self.rubric.total,
            reason=report["reason"],
            notes=(*self.data.notes, *report["notes"]),
            items=items,
            grader=GraderInfo(version=grader.__version__, rubric_sha256=self.rubric.sha256, dataset=self.data.name),
            confinement=self._confinement,
            submission_sha256=sha256,
            started_at=clock.started_at,
            seconds=clock.elapsed_s(),
            grader_log=report["log"],
        )

    def _score_again_if_lost(self, submission: Submission) -> _Report:
        """Score; when a warm process died meanwhile, perhaps not by this submission's doing, score once more.

        Raises:
            GraderFault: it did not work.
        """
        try:
            report = self._score(submission)
        except ForkServerLost:
            return self._score(submission)
        return self._score(submission) if report["lost"] else report

    def _score(self, submission: Submission) -> _Report:
        """Have a scorer grade the submission; return its report.

        Raises:
            GraderFault: it died, or did not finish in its time.
        """
        scratch = tempfile.mkdtemp(prefix="scorer-", dir=self._folder)
        channel, lifeline = start_child(self._scorers.requests, {"scratch": scratch})
        table, buffers = pack_submission(submission)
        try:
            with channel, lifeline:
                send_frame(channel, {"submission": table}, buffers)
                answer: Frame = receive_frame(channel, deadline=time.monotonic() + self._budget_s)
                report: _Report = json.loads(answer.buffers[0])
                return report
        except DeadlinePassed as error:
            raise GraderFault(f"the scorer did not finish within {self._budget_s:.0f} s") from error
        except (ChannelClosed, BrokenFrame) as error:
            raise ForkServerLost(f"the scorer ended without a report ({error})") from error
        finally:
            remove_tree(Path(scratch))

    def _unmarked(self, outcome: Outcome, reason: str) -> _Report:
        """Return the report of a submission none of whose lines could be tested."""
        items = [
            ItemResult(
                id=line.id, points=0, max_points=line.points, outcome=outcome, title=line.title, message=reason,
                seconds=0,
            )
            for line in self.rubric.line
        ]  # fmt: skip
        return {"items": items, "reason": reason, "notes": [], "log": "", "lost": False}

    def _faulty(self, error: GraderFault) -> _Report:
        return self._unmarked(Outcome.GRADER_ERROR, "") | {"log": f"{error}\n{self._log_tails()}"}

    def _log_tails(self) -> str:
        tails = []
        for log in (self._scorer_log, self._zygote_log):
            with contextlib.suppress(OSError):
                tails.append(f"--- {log.name}\n{log.read_text(errors='replace')[-LOG_TAIL_CHARS:]}")
        return "\n".join(tails)


def rubric_of(settings: GradeSettings) -> Rubric:
    """Return the rubric with the limits of the settings' pictures, or with the settings' own where they have any."""
    lines = load_rubric().with_line_limits(MODES[settings.dataset].limits)
    return lines.with_limits(time_s=settings.time_s, memory_mib=settings.memory_mib)


def find_data(settings: GradeSettings) -> DataChoice:
    """Return which pictures the settings ask for; real ones are read once, to be sure of them before anything starts.

    Raises:
        UsageError: they are not there, are wrong, or lie where students' code may read.
    """
    if settings.dataset == "fixture":
        return DataChoice("fixture")
    folder = data_folder(settings.data_dir).resolve()
    for readable in (*landlock.SYSTEM_PATHS, *landlock.library_paths()):
        if folder.is_relative_to(Path(readable).resolve()):
            raise UsageError(f"{folder}: lies in {readable}, which students' code may read. Choose another folder.")
    real = load_real_pictures(folder)
    return DataChoice(real.name, str(folder), real.notes)


def find_confinement(*, unsafe: bool) -> Confinement:
    """Return what this machine offers.

    Raises:
        UsageError: too little, and nobody said that it is enough.
    """
    offer = confinement.offer()
    if offer.level == "none" and not unsafe:
        raise UsageError(
            f"this machine cannot confine the students' code: it lacks {', '.join(offer.missing)}. "
            "Use a newer kernel (5.13 has Landlock), or --unsafe where there is nothing to lose."
        )
    return Confinement(level=offer.level, layers=offer.layers, missing=offer.missing)


def matplotlib_cache() -> Path:
    """Return a folder of this user's where matplotlib keeps its list of fonts, which is slow to make."""
    folder = Path.home() / ".cache" / "digitlab" / "matplotlib"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir())
    return folder
