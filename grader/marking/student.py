"""The `student` of the tests, in the grader: a proxy to the worker that holds the submission's module.

``student.parse_idx(file)`` sends the arguments to the worker, waits for the answer against the rubric line's limits
and returns it as plain data (or a `Handle`). What the student's code raised is raised here as `StudentException`,
which is also of the builtin class that it descends from, so that ``pytest.raises(ValueError)`` works.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.assignment.public_tests.checks.diagnosis import begin_looking
from grader.assignment.public_tests.checks.language import later, tr
from grader.assignment.public_tests.checks.library_errors import error_cause, plain_text
from grader.assignment.public_tests.checks.messages import CheckFailed, describe
from grader.marking.child_session import (
    IDLE_S,
    WALL_FACTOR,
    ChildEnded,
    ChildSession,
    KilledFromOutside,
    OutOfMemory,
    OutOfTime,
)
from grader.marking.fact_validation import changed_arguments, checked_facts, pairs
from grader.marking.line_limits import LineLimits
from grader.marking.repeatable_text import repeatable
from grader.marking.saved import Saved
from grader.marking.student_errors import (
    ImportFailed,
    StudentCrash,
    StudentException,
    StudentMemory,
    StudentTimeout,
    kind_of,
)
from grader.sandbox.frames import Frame, Header
from grader.sandbox.layers.view import SCRATCH_FILES, SCRATCH_MIB
from grader.sandbox.values import BadValue, Decoder, Encoder, Handle
from grader.submissions import LoadPlan, Submission
from grader.submissions.contract import CONTRACT_NAMES
from grader.system.errors import GraderFault

IMPORT_TIME_S = 20.0
MAX_NOTES, MAX_NOTES_IN_ALL = 40, 100
"""Of statements that failed in one import; of all imports together."""
MAX_STRIKES, AGAIN_S = 4, 1.0
"""A function that struck a time limit gets a tenth of it, or so much, in its other calls; after so many strikes in one
section it is not called again."""
STARTS_TIME_S = 120.0
"""All the imports for one section together, on the clock: its worker is started anew after each crash."""
MAX_REASON, MAX_LINE = 300, 10_000_000
"""Characters of a reason; the highest line number that is believed: no module has more lines."""
MAX_RAISED, MAX_SHOWN = 20_000, 2_000
"""Characters of an error's text: taken from the worker, shown to the student."""
IMPORT_FAILED = later("Only its imports, definitions and constants were taken.")
"""What a note says of a module that could not be imported whole."""
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass
class StudentWorker:
    """Holds the worker of one submission; replaces it after a crash, a hang or a memory hog."""

    submission: Submission
    start_child: Callable[[], ChildSession]
    seed: int
    limits: LineLimits = field(default_factory=lambda: LineLimits(10, 1500))
    """Of the present line. An import has limits of its own, the same whichever line it is for."""
    notes: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """What the last call changed of the arguments that it was given, in words."""
    _told_changes: object = None
    _session: ChildSession | None = None
    _plan: LoadPlan | None = None
    generation: int = 0
    _generations: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _test: str = ""
    _calls: int = 0
    _starting_s: float = 0.0
    _unmade: dict[str, str] = field(default_factory=dict)
    """Names that the module's text makes and that do not exist here, each with a sentence on why."""
    _missing: frozenset[str] = frozenset()
    """Functions of the contract that the module does not have."""
    _strikes: Counter[str] = field(default_factory=Counter)
    """How often each function struck a time limit in this section."""
    _hung: dict[str, str] = field(default_factory=dict)
    """Plans whose import struck one, with what it was; none of them is tried again in another section."""
    lost_process: bool = False
    """A process died while it imported the module, and perhaps not by this submission's doing."""

    def call(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call one function of the student's module."""
        for value in (*args, *kwargs.values()):
            if isinstance(value, Handle):
                self.check_holds(value)
        encoder = Encoder()
        header = {
            "op": "call",
            "function": function,
            "args": [encoder.encode(arg) for arg in args],
            "kwargs": {name: encoder.encode(value) for name, value in kwargs.items()},
            "seed": self._next_seed(),
        }
        given = ", ".join([describe(arg) for arg in args] + [f"{name}={describe(kwargs[name])}" for name in kwargs])
        returned = self._ask(header, encoder.buffers, function=function, given=given)
        self.changed = changed_arguments(self._told_changes)
        self._note(
            [tr("{function} changes what it is given: {what}.", function=function, what=what) for what in self.changed]
        )
        return returned

    def begin_test(self, name: str) -> None:
        """Number the calls anew: what a test's calls are seeded with hangs on no other test that ran before."""
        self._test, self._calls = name, 0

    def _next_seed(self) -> int:
        """Return a seed for one call, below 2**31: the same in every grading, another one for every call of it."""
        self._calls += 1
        digest = hashlib.sha256(f"{self.seed} {self._test} {self._calls}".encode()).digest()
        return int.from_bytes(digest[:4]) % 2**31

    def put(self, name: str, content: bytes) -> str:
        """Write a file where the student's code can read it; return its path there."""
        path = self.path(name)
        self._ask({"op": "put", "path": path}, [content], function=tr("writing a file"), given=name)
        return path

    def path(self, name: str) -> str:
        """Return a path where the student's code may write."""
        return f"{self._alive().home}/{name}"

    def get(self, path: str) -> bytes:
        """Return the bytes of a file that the student's code wrote."""
        return self._bytes({"op": "get", "path": path}, [], tr("reading the file"))

    def times(self) -> dict[str, int] | None:
        """Return when each model was changed last where the student's code may write; None when nobody can tell."""
        try:
            value = self._ask({"op": "times"}, [], function=tr("reading the file"), given="")
        except StudentException:  # it is for the words of a message alone
            return None
        return value if isinstance(value, dict) else None

    def save(self, handle: Handle) -> bytes:
        """Return a model as the bytes of its `.keras` file."""
        self.check_holds(handle)
        return self._bytes({"op": "save", "id": handle.number}, [], tr("saving the model"))

    def load(self, data: bytes) -> Handle:
        """Bring a saved model into the present worker."""
        value = self._ask({"op": "load"}, [data], function=tr("loading the model"), given=tr("a .keras file"))
        if not isinstance(value, Handle):
            raise StudentCrash(tr("the worker did not load a model"))
        return value

    def centre(self, handle: Handle, pictures: npt.NDArray[np.float32]) -> None:
        """Shift a live network's last biases, so that each class comes about as often for these pictures."""
        self.check_holds(handle)
        encoder = Encoder()
        header = {"op": "centre", "id": handle.number, "pictures": encoder.encode(pictures)}
        with suppress(StudentException):  # it stays as it is then
            self._ask(header, encoder.buffers, function=tr("looking at the model"), given="")

    def put_back(self) -> None:
        """Give the networks that were shifted their biases again: they may be trained later, or have been before."""
        if self._session is not None and self._session.is_alive:
            with suppress(StudentException, StudentCrash, StudentTimeout, StudentMemory):  # gone, and their biases too
                self._ask({"op": "put_back"}, [], function=tr("looking at the model"), given="")

    def facts(self, handle: Handle, *, own_design: bool = False) -> dict[str, Any]:
        """Return a live model's facts as the worker states them."""
        self.check_holds(handle)
        header = {"op": "facts", "id": handle.number, "own_design": own_design}
        facts = self._ask(header, [], function=tr("looking at the model"), given="")
        if not isinstance(facts, dict):
            raise StudentCrash(tr("the worker did not state a model's facts"))
        return facts

    def present(self, saved: Saved) -> Handle:
        """Return a handle to a saved model that is valid in the present worker."""
        self._alive()
        if saved.handle.generation != self.generation:
            saved.handle = self.load(saved.data)
        return saved.handle

    def check_holds(self, handle: Handle) -> None:
        """Check that a handle is the present worker's.

        Raises:
            GraderFault
        """
        self._alive()
        if handle.generation != self.generation:
            raise GraderFault(f"{handle.type_name} belongs to a worker that is gone")

    def open(self) -> None:
        """Import the module by the first plan that works; at the start of each section, in a worker of its own.

        Raises:
            ImportFailed: no plan works; the message tells why the first one did not.
        """
        self._starting_s = 0.0
        self._strikes.clear()
        begin_looking()
        problem = ""
        for plan in self.submission.plans:
            if plan.name in self._hung:
                problem = problem or self._hung[plan.name]
                continue
            try:
                failed = self._start(plan)
            except (StudentException, StudentCrash, StudentTimeout, StudentMemory) as error:
                self.lost_process |= isinstance(error.__cause__, KilledFromOutside)
                text = tr(
                    "importing {file} did not work: {error}",
                    file=self.submission.file_name,
                    error=_with_cause(str(error), getattr(error, "cause", "")),
                )
                problem = problem or text
                if isinstance(error, StudentTimeout):
                    self._hung[plan.name] = text
                continue
            self._plan = plan
            notes = [f"{problem} {tr(IMPORT_FAILED)}"] if problem else []
            notes += [*plan.left_out, *failed[:MAX_NOTES]]
            self._note(notes)
            return
        raise ImportFailed(problem)

    def _note(self, notes: list[str]) -> None:
        self.notes = list(dict.fromkeys([*self.notes, *notes]))[:MAX_NOTES_IN_ALL]

    def close(self) -> None:
        if self._session is not None:
            self._session.kill()
            self._session = None

    @contextmanager
    def another(self, limits: LineLimits) -> Iterator[None]:
        """Use a fresh process of the module, with limits of its own, for what follows.

        The present one waits meanwhile with what it holds; it is the line that all the time counts for.
        """
        waiting, generation, outer = self._session, self.generation, self.limits
        self._session, self.limits = None, limits
        try:
            yield
        finally:
            self.close()
            self._session, self.generation, self.limits = waiting, generation, outer
            outer.used_s += limits.used_s

    def _start(self, plan: LoadPlan) -> list[str]:
        """Start a worker and import the module in it; return a note for each statement that failed."""
        self.close()
        if self._starting_s > STARTS_TIME_S:
            raise StudentTimeout(
                tr("Starting the module anew took more than {seconds:g} s in all.", seconds=STARTS_TIME_S)
            )
        started = time.monotonic()
        self._session = self.start_child()
        self.generation = next(self._generations)
        outer, self.limits = self.limits, LineLimits(IMPORT_TIME_S, self._session.limit_mib)
        try:
            header = {"op": "import", "tolerant": plan.name != "whole", "names": sorted(CONTRACT_NAMES)}
            source = plan.source.encode("utf-8", "replace")
            told = self._ask(header, [source], function=tr("the import"), given="")
        except Exception:
            self.close()  # a worker without the module would say that its functions are missing
            raise
        finally:
            self.limits = outer
            self._starting_s += time.monotonic() - started
        self._unmade = dict(plan.unmade)
        failed, missing = map(told.get, ("failed", "missing")) if isinstance(told, dict) else (None, None)
        self._missing = CONTRACT_NAMES & set(filter(_is_text, missing if isinstance(missing, list) else ()))
        return self._notes_on(failed, dict(plan.makers))

    def _notes_on(self, failed: object, makers: dict[int, tuple[str, ...]]) -> list[str]:
        """Return a note for each statement that failed while the module was imported, and keep what it would make."""
        notes = []
        for line, reason in pairs(failed):
            if type(line) is not int or not isinstance(reason, str):
                continue
            note = tr(
                "{place}: did not work and is left out: {reason}",
                place=self.submission.place(line),
                reason=_with_cause(self._repeatable(reason)[:MAX_REASON], error_cause(reason)),
            )
            notes.append(note)
            for name in makers.get(line, ()):
                self._unmade.setdefault(name, note)
        return notes

    def _why_unmade(self, message: str) -> str:
        """Say why a name does not exist that the module's text makes; nothing when it makes none of that name."""
        found = _UNDEFINED.search(message)
        sentence = self._unmade.get(found[1]) if found else None
        return tr("`{name}` does not exist: {why}", name=found[1], why=sentence) if found and sentence else ""

    def _alive(self) -> ChildSession:
        """Return the session, with a new worker in place of a lost one.

        Raises:
            StudentCrash, StudentTimeout, StudentMemory: the module cannot be imported again. What its import raises is
                not what a function raised: a test may wait for just that.
        """
        if self._session is None or not self._session.is_alive:
            assert self._plan is not None, "open it first"
            try:
                self._start(self._plan)
            except StudentException as error:
                raise StudentCrash(
                    tr("The program had ended, and starting it anew failed: {error}", error=error)
                ) from error
        assert self._session is not None
        return self._session

    def _bytes(self, header: Header, buffers: list[bytes], what: str) -> bytes:
        value = self._ask(header, buffers, function=what, given="")
        if not isinstance(value, bytes):
            raise StudentCrash(tr("{what} gave no bytes", what=what))
        return value

    def _ask(self, header: Header, buffers: list[bytes], *, function: str, given: str) -> Any:
        session = self._session if header["op"] == "import" else self._alive()
        assert session is not None
        limits = self.limits
        is_call = header["op"] == "call"
        call = f"{function}({given})" if is_call else function
        strikes = self._strikes[function] if is_call else 0
        if strikes >= MAX_STRIKES:
            raise StudentTimeout(
                tr(
                    "{call} was not tried: {function} took too long {count} times.",
                    call=call,
                    function=function,
                    count=strikes,
                )
            )
        time_s = max(AGAIN_S, limits.time_s / 10) if strikes else limits.time_s
        started = time.monotonic()
        try:
            answer = session.ask(
                header,
                buffers,
                time_s=min(time_s, limits.left_cpu_s),
                wall_s=min(WALL_FACTOR * time_s, limits.left_s),
                idle_s=AGAIN_S if strikes else IDLE_S,
                memory_mib=limits.memory_mib,
                max_answer_bytes=limits.answer_bytes,
            )
        except OutOfTime as error:
            in_all = " " + tr("(it took too long before)") if strikes else limits.in_all
            if is_call:
                self._strikes[function] += 1
            raise StudentTimeout(
                tr("{call} took too long: {error}{in_all}.", call=call, error=error, in_all=in_all)
            ) from error
        except OutOfMemory as error:
            raise StudentMemory(tr("{call} used too much: {error}.", call=call, error=error)) from error
        except ChildEnded as error:
            raise StudentCrash(tr("{call} ended the program: {error}.", call=call, error=error)) from error
        finally:
            limits.used_s += time.monotonic() - started
        limits.used_cpu_s += session.last_cpu_s
        limits.answer_bytes -= sum(len(buffer) for buffer in answer.buffers)
        return self._take(answer, call, function, is_call=is_call)

    def _take(self, answer: Frame, call: str, function: str, *, is_call: bool) -> Any:
        kind, self._told_changes = answer.header.get("is"), answer.header.get("changes")
        if kind == "value":
            decoder = Decoder(answer.buffers, resolve=self._handle)
            try:
                return decoder.decode(answer.header.get("value"))
            except (BadValue, RecursionError, MemoryError) as error:
                self.close()
                raise StudentCrash(
                    tr("{call} returned something that cannot be read: {error}.", call=call, error=error)
                ) from error
        if kind == "missing" and not is_call:  # of a worker that is no longer ours: only a call has a function
            self.close()
            raise StudentCrash(tr("{call} returned something that cannot be read: {error}.", call=call, error=kind))
        if kind == "missing":
            raise self._no_function(function)
        raise self._exception(answer.header, call)

    def expect_one_of(self, functions: Sequence[str]) -> None:
        """Check that the module has one of some functions at least, so that nothing is prepared for a call of none.

        Raises:
            CheckFailed: it has none of them.
        """
        if functions and self._missing.issuperset(functions):
            raise self._no_function(functions[0])

    def _no_function(self, function: str) -> CheckFailed:
        return CheckFailed(
            tr("{file} has no function `{function}`.", file=self.submission.file_name, function=function),
            hint=tr(
                "define `def {function}(...)` with exactly this name, at the top level of the module",
                function=function,
            ),
        )

    def _repeatable(self, message: str) -> str:
        return repeatable(message, self._session.home if self._session is not None else "")

    def _exception(self, header: Header, call: str) -> Exception:
        type_name, told_text = str(header.get("type"))[:80], str(header.get("message"))[:MAX_RAISED]
        message = self._repeatable(told_text)[:MAX_SHOWN]  # as it was raised: whether it says anything is tested
        shown = self._repeatable(plain_text(told_text))[:MAX_SHOWN]
        told = header.get("bases")
        bases = [base for base in told if isinstance(base, str)] if isinstance(told, list) else []
        if "MemoryError" in bases:
            return StudentMemory(
                tr(
                    "{call} used too much: it asked for more memory than {size} MiB.",
                    call=call,
                    size=self.limits.memory_mib,
                )
            )
        if header.get("errno") in _FULL:
            self._expect_room()
            self.close()  # the next line gets a worker with an empty folder
            return StudentMemory(
                tr(
                    "{call} filled its folder: {size} MiB in {files:,} files are allowed.",
                    call=call,
                    size=SCRATCH_MIB,
                    files=SCRATCH_FILES,
                )
            )
        line = header.get("line")
        place = self.submission.place(line) if type(line) is int and 0 < line <= MAX_LINE else ""
        error = f"{type_name}: {shown}" if shown else type_name
        if place:
            text = tr("{call} raised {error} ({place}).", call=call, error=error, place=place)
        else:
            text = tr("{call} raised {error}.", call=call, error=error)
        cause = self._why_unmade(told_text) or error_cause(told_text)  # what was left out explains more
        return kind_of(bases)(text, type_name=type_name, message=message, place=place, cause=cause)

    def _expect_room(self) -> None:
        """Check that it is not the machine's own disk that is full.

        Raises:
            GraderFault
        """
        if self._session is None or self._session.has_own_mount:
            return
        if (free_mib := shutil.disk_usage(self._session.scratch).free >> 20) < SCRATCH_MIB:
            raise GraderFault(f"this machine's disk for temporary files is full: {free_mib} MiB are free")

    def _handle(self, number: int, kind: str, facts: dict[str, Any]) -> Handle:
        return Handle(number, kind, checked_facts(facts), self.generation)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _with_cause(text: str, cause: str) -> str:
    return tr("{text} The cause: {cause}.", text=f"{text.rstrip('.')}.", cause=cause) if cause else text


class Student:
    """What tests see as `student`: every attribute is a function of the student's module."""

    def __init__(self, worker: StudentWorker) -> None:
        self._worker = worker

    @property
    def changed(self) -> list[str]:
        return self._worker.changed

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._worker.call(name, args, kwargs)
