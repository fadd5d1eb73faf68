"""The fixtures of the tests in the grader: the same names as in the student's own folder, over process borders."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from grader.assignment.public_tests.checks.language import later, tr
from grader.assignment.public_tests.checks.library_errors import error_cause
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.assignment.public_tests.checks.model_facts import ModelFacts
from grader.assignment.public_tests.checks.outputs import expect_outputs
from grader.marking.child_session import ChildEnded, ChildSession, OutOfMemory, OutOfTime
from grader.marking.datasets import Pictures
from grader.marking.network_summary import read_public_digits
from grader.marking.networks import Networks
from grader.marking.outcomes import PartialCredit
from grader.marking.repeatable_text import repeatable
from grader.marking.student import Student
from grader.marking.student_errors import StudentCrash, StudentException, StudentMemory, StudentTimeout
from grader.marking.student_files import StudentFiles
from grader.marking.trained import Trained, expect_model, saved_file
from grader.sandbox.frames import Frame
from grader.sandbox.values import BadValue, Decoder
from grader.system.errors import GraderFault

EXAMINER_TIME_S = 60.0
PUBLIC_TIME_S = 5.0
"""To open a network, or to have it read the public pictures, which take a tenth of a second."""
EXAMINERS_TIME_S = 600.0
"""All examinations of one section together, on the clock: its models may be slow, but not hold up the class."""

Floats = npt.NDArray[np.float32]


class _ExaminerLost(Exception):
    """The examiner ended, or took too long, over a saved model."""


GUESSING = later("do training and prediction prepare the pictures alike, and does the loss fit outputs and labels?")
TRAINED_LESS = later("train for all the epochs that are given, with the layers, the loss and the optimizer asked for")
_HINTS = {
    "letters": later(
        "train on all the pictures for all the epochs that are given; convolutions see more than dense layers"
    )
}


class Driver(Networks):
    """Fixtures for one submission; registered with pytest as a plugin before the scorer forks."""

    _examiner: ChildSession | None = None
    _examined_s: float = 0.0

    @pytest.fixture(scope="session")
    def student(self) -> Student:
        return Student(self.worker)

    @pytest.fixture(scope="session")
    def files(self) -> StudentFiles:
        return StudentFiles(self.worker)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers that differ from secret to secret, and are the same for every submission."""
        return self.data.rng("test " + request.node.name)

    @pytest.fixture(scope="session")
    def digits(self) -> Pictures:
        return self.data.digits

    @pytest.fixture(scope="session")
    def letters(self) -> Pictures:
        return self.data.letters

    @pytest.fixture(scope="session")
    def drawing(self) -> Callable[..., npt.NDArray[np.uint8]]:
        return self.data.drawing

    @pytest.fixture(scope="session")
    def examine(self) -> Callable[..., ModelFacts]:
        """Return the facts of a model: from its saved file, by a process that never saw the student's code.

        A network of the student's own design may hold layers that no other process can load; its facts are asked of
        the worker, and nothing but its shape is judged by them.
        """

        def examine(model: Any, *, own_design: bool = False) -> ModelFacts:
            expect_model(model)
            if own_design:
                return _as_facts(self.worker.facts(model, own_design=True))
            facts = _as_facts(self._examined(saved_file(self.worker, model), None)[0])
            if facts.compiled:
                return facts
            # A loss of the student's own cannot be read back from a file: how the model is compiled, the worker says.
            return facts.compiled_like(_as_facts(self.worker.facts(model)))

        return examine

    @pytest.fixture(scope="session")
    def outputs_of(self) -> Callable[[Any, Floats], Floats]:
        """Return a digit network's raw outputs (N, 10) for prepared pictures, by the examiner.

        The network may be given as the bytes of its file.
        """

        def outputs_of(model: Any, pictures: Floats, *, any_width: bool = False) -> Floats:
            data = model if isinstance(model, bytes) else saved_file(self.worker, model)
            outputs = self._examined(data, pictures)[1]
            return expect_outputs(outputs, len(pictures), any_width=any_width)

        return outputs_of

    @pytest.fixture(scope="session")
    def keras_file(self) -> Callable[[Any], bytes]:
        """Return the bytes of a model's file, as Keras writes it."""
        return lambda model: saved_file(self.worker, model)

    @pytest.fixture
    def centred(self) -> Iterator[Callable[[Any, Floats], Any]]:
        """Return a network whose labels for pictures like these differ, though it is not trained, for one test."""

        def centred(model: Any, pictures: Floats) -> Any:
            expect_model(model)
            self.worker.centre(model, pictures)
            return model

        yield centred
        self.worker.put_back()

    @pytest.fixture
    def credit(self) -> Callable[[Trained, Callable[[Trained], float], str, str], None]:
        return self.give_credit

    def give_credit(self, trained: Trained, reached: Callable[[Trained], float], task: str, what: str) -> None:
        """Give the share of the points that a trained network's accuracy is worth.

        One that does not get all of them is trained anew for longer, and the better one counts: some right networks
        need more steps than others, and wrong ones stay wrong.

        Raises:
            PartialCredit, CheckFailed: what is told of an accuracy that is not worth all the points.
        """
        threshold = self.thresholds[task]
        accuracy, came = reached(trained), None
        if threshold.share(accuracy) < 1 and threshold.longer is not None:
            longer, came = self._train_longer(trained, accuracy, threshold.longer, reached)
            accuracy = max(accuracy, longer)
        share = threshold.share(accuracy)
        words = tr(
            "On pictures that it has never seen, {what} is right in {share} of the cases.",
            what=what,
            share=f"{accuracy:.0%}",
        )
        if share == 1:
            return
        words += " " + tr("A network that is built, prepared and trained as the assignment says does better.")
        failed = CheckFailed(words, came=came, hint=tr(GUESSING if share == 0 else _HINTS.get(task, TRAINED_LESS)))
        if share:
            raise PartialCredit(share, str(failed))
        raise failed

    def _train_longer(
        self, trained: Trained, accuracy: float, epochs: int, reached: Callable[[Trained], float]
    ) -> tuple[float, str]:
        """Have a second network trained, in a fresh process of the module; return its accuracy, and words for both.

        What goes wrong there costs nothing: the first network counts then.
        """
        told = {"first": f"{accuracy:.0%}", "few": trained.epochs, "many": epochs}
        limits = trained.limits_for(epochs)
        if limits is None:
            return 0.0, tr("{first} after epoch {few}; too slow for a second training up to epoch {many}", **told)
        try:
            with self.worker.another(limits):
                longer = reached(trained.train_longer(epochs))
        except (CheckFailed, StudentException, StudentCrash, StudentTimeout, StudentMemory) as error:
            told["problem"] = str(error).partition("\n")[0]
            return 0.0, tr("{first} after epoch {few}; a second training up to epoch {many} failed: {problem}", **told)
        told["second"] = f"{longer:.0%}"
        return longer, tr("{first} after epoch {few}, and {second} after epoch {many} in a second training", **told)

    def look_at_public_digits(self) -> None:
        """Have the trained networks read the pictures that every student has, after the lines are decided.

        No mark hangs on it: a network that cannot, or takes longer than `PUBLIC_TIME_S`, is just not shown.
        """
        trained, self.summaries.trained = self.summaries.trained, {}
        for name, saved in trained.items():
            try:
                self._examiner = self._examiner or self.start_child("examiner")
                facts = _answer(self._examiner, {"op": "open"}, saved, time_s=PUBLIC_TIME_S)
                pictures = self.summaries.pictures_for(_as_facts(facts).input_shape)
                outputs = _answer(self._examiner, {"op": "outputs"}, pictures, time_s=PUBLIC_TIME_S)
                self.summaries.public_digits[name] = read_public_digits(expect_outputs(outputs, len(pictures)))
            except (CheckFailed, StudentCrash, GraderFault, _ExaminerLost, ValueError):
                self.close_examiner()

    def _examined(self, data: bytes, pictures: Floats | None) -> tuple[dict[str, Any], Any]:
        """Let the examiner open a saved model; return its facts and, for pictures, its outputs.

        One examiner serves all models of a section: most of an opening is TensorFlow's own start.
        """
        try:
            return self._examined_once(data, pictures)
        except _ExaminerLost:
            self.close_examiner()  # a swamped machine, or a model that takes too much: once more decides
        try:
            return self._examined_once(data, pictures)
        except _ExaminerLost as error:
            self.close_examiner()
            raise CheckFailed(
                tr("The saved model cannot be examined."),
                came=str(error),
                expected=tr("a model that loads and predicts"),
            ) from error

    def begin_examining(self) -> None:
        """End the examiner; the next one, for another section, has all the time again."""
        self.close_examiner()
        self._examined_s = 0.0

    def close_examiner(self) -> None:
        if self._examiner is not None:
            self._examiner.kill()
            self._examiner = None

    def _examined_once(self, data: bytes, pictures: Floats | None) -> tuple[dict[str, Any], Any]:
        if self._examined_s > EXAMINERS_TIME_S:
            raise CheckFailed(
                tr("The saved models take too long to examine."),
                came=tr("{seconds:.0f} s for those before this one", seconds=self._examined_s),
            )
        started = time.monotonic()
        try:
            return self._asked(data, pictures)
        finally:
            self._examined_s += time.monotonic() - started

    def _asked(self, data: bytes, pictures: Floats | None) -> tuple[dict[str, Any], Any]:
        if self._examiner is None:
            self._examiner = self.start_child("examiner")
        facts = _answer(self._examiner, {"op": "open"}, data)
        if pictures is None:
            return facts, None
        _expect_input(_as_facts(facts), pictures)
        outputs = _answer(self._examiner, {"op": "outputs"}, np.ascontiguousarray(pictures))
        return facts, outputs


def _as_facts(facts: dict[str, Any]) -> ModelFacts:
    try:
        return ModelFacts.from_dict(facts)
    except ValueError as error:
        raise StudentCrash(tr("the facts of the model cannot be read ({error})", error=error)) from error


def _expect_input(facts: ModelFacts, pictures: Floats) -> None:
    if facts.input_shape != pictures.shape[1:]:
        raise CheckFailed(
            tr("The model takes pictures of the wrong shape."),
            given=tr("pictures of shape {shape}", shape=pictures.shape[1:]),
            came=tr("a model with input {shape}", shape=facts.input_shape),
            expected=tr("input {shape}", shape=pictures.shape[1:]),
            hint=tr("look at the Input layer"),
        )


def _answer(examiner: ChildSession, header: dict[str, Any], buffer: Any, *, time_s: float = EXAMINER_TIME_S) -> Any:
    """Ask the examiner; what it cannot do is the model's fault."""
    try:
        answer: Frame = examiner.ask(header, [buffer], time_s=time_s)
        if answer.header.get("is") == "value":
            return Decoder(answer.buffers, resolve=lambda *_handle: None).decode(answer.header.get("value"))
    except OutOfMemory as error:
        raise _ExaminerLost(tr("it takes more memory than is allowed")) from error
    except (ChildEnded, OutOfTime, BadValue) as error:
        raise _ExaminerLost(str(error)) from error
    raise CheckFailed(
        tr("The saved model cannot be opened."),
        came=repeatable(f"{answer.header.get('type')}: {answer.header.get('message')}", examiner.home)[:300],
        expected=tr("a .keras file of standard layers"),
        cause=error_cause(str(answer.header.get("message"))),
        hint=tr("use the layers that the assignment names"),
    )
