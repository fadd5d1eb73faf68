"""The networks of the tests in the grader: the student's own, trained once, and those that are ready made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import pytest

from grader.assignment.public_tests.checks.given_network import GivenNetwork, given_words
from grader.assignment.public_tests.checks.language import tr
from grader.assignment.public_tests.checks.model_facts import ModelFacts
from grader.assignment.public_tests.checks.networks import ANN, CNN, Network, is_as_asked
from grader.assignment.public_tests.checks.ready_networks import SURE
from grader.marking.child_session import ChildEnded, ChildSession, LimitStruck
from grader.marking.datasets import GradingData
from grader.marking.line_limits import LineLimits
from grader.marking.network_summary import NetworkSummaries
from grader.marking.outcomes import is_students
from grader.marking.student import Student, StudentWorker
from grader.marking.thresholds import Threshold
from grader.marking.trained import Trained
from grader.sandbox.values import BadValue, Decoder, Handle
from grader.system.errors import GraderFault

INPUTS = {"ann": ANN.input_shape, "cnn": CNN.input_shape}
MAKING_TIME_S = 60.0
Made = TypeVar("Made")


class Networks:
    """Fixtures of the `Driver` that give networks."""

    data: GradingData
    worker: StudentWorker
    start_child: Callable[[str], ChildSession]
    thresholds: dict[str, Threshold]
    summaries: NetworkSummaries
    _ready_files: Mapping[str, bytes] = MappingProxyType({})
    """The ready-made networks that this submission needed, as `.keras` files."""

    @pytest.fixture(scope="session")
    def ann_facts(self, student: Student, examine: Callable[..., ModelFacts]) -> ModelFacts:
        return self.summaries.note_facts("ann", examine(student.build_ann()))

    @pytest.fixture(scope="session")
    def cnn_facts(self, student: Student, examine: Callable[..., ModelFacts]) -> ModelFacts:
        return self.summaries.note_facts("cnn", examine(student.build_cnn()))

    @pytest.fixture(scope="session")
    def trained_ann(self, student: Student) -> Trained:
        return self._noted("ann", self._train_digits(student, "ann", student.build_ann))

    @pytest.fixture(scope="session")
    def trained_cnn(self, student: Student) -> Trained:
        return self._noted("cnn", self._train_digits(student, "cnn", student.build_cnn))

    @pytest.fixture(scope="session")
    def ann(self, student: Student, request: pytest.FixtureRequest) -> GivenNetwork:
        """The dense network, for tests of functions that take one."""
        return self._given(
            student,
            ANN,
            build=student.build_ann,
            facts=lambda: request.getfixturevalue("ann_facts"),
            trained=lambda: request.getfixturevalue("trained_ann"),
        )

    @pytest.fixture(scope="session")
    def cnn(self, student: Student, request: pytest.FixtureRequest) -> GivenNetwork:
        return self._given(
            student,
            CNN,
            build=student.build_cnn,
            facts=lambda: request.getfixturevalue("cnn_facts"),
            trained=lambda: request.getfixturevalue("trained_cnn"),
        )

    @pytest.fixture(scope="session")
    def letters_network(self, student: Student, request: pytest.FixtureRequest) -> GivenNetwork:
        """The network for tests of predict_letters: what train_letters gives, else what build_letters_model does."""

        def trained() -> Any:
            return self._trained_letters(request)

        return GivenNetwork(
            own=lambda: trained() or student.build_letters_model(),
            is_there=lambda: True,
            is_as_asked=lambda: trained() is not None,
            ready=lambda: self._ready_network("letters"),
            own_words=tr("the letters model"),
            ready_words=tr("a letters model of these tests"),
            is_students=is_students,
            begin_again=self._begin_again,
        )

    @pytest.fixture(scope="session")
    def sure_letters(self, request: pytest.FixtureRequest) -> GivenNetwork:
        """A network that knows letters; where predict_letters fails with it, the one of train_letters decides."""

        def trained() -> Any:
            return self._trained_letters(request)

        return GivenNetwork(
            own=lambda: self._ready_network(SURE),
            is_there=lambda: True,
            is_as_asked=lambda: trained() is None,
            ready=trained,
            own_words=tr("a network of these tests"),
            ready_words=tr("the letters model"),
            is_students=is_students,
            begin_again=self._begin_again,
        )

    def _trained_letters(self, request: pytest.FixtureRequest) -> Any:
        """Return the model that train_letters gave, or None."""
        found = self._tried(lambda: request.getfixturevalue("trained_letters"))
        return found.model if found is not None and found.is_model else None

    @pytest.fixture(scope="session")
    def trained_letters(self, student: Student) -> Trained:
        letters = self.data.letters
        labels = letters.train_labels.astype(np.int64)

        def train(epochs: int) -> tuple[Any, Any]:
            return student.train_letters(letters.train_images, labels, epochs), None

        return Trained(self.worker, train, self.thresholds["letters"].epochs)

    def _given(
        self,
        student: Student,
        network: Network,
        *,
        build: Callable[[], Any],
        facts: Callable[[], ModelFacts],
        trained: Callable[[], Trained],
    ) -> GivenNetwork:
        name, own_words, ready_words = given_words(network)

        def ready() -> Handle:
            return self._ready_network(name)

        def is_right() -> bool:
            found = self._tried(facts)
            return found is not None and is_as_asked(found, network)

        return GivenNetwork(
            own=build,
            is_there=lambda: self._tried(facts) is not None,
            is_as_asked=is_right,
            ready=ready,
            own_words=own_words,
            ready_words=ready_words,
            own_trained=trained,
            ready_trained=lambda: self._train_digits(student, name, ready),
            is_students=is_students,
            begin_again=self._begin_again,
        )

    def _tried(self, make: Callable[[], Made]) -> Made | None:
        """Return what is made with the student's code, or None when that fails."""
        try:
            return make()
        except Exception as error:
            if not is_students(error):
                raise
            self._begin_again()
            return None

    def _begin_again(self) -> None:
        """Give the line all of its time once more: the first part went into a network that is not what it is about."""
        self.worker.limits = LineLimits(self.worker.limits.time_s, self.worker.limits.memory_mib)

    def _ready_network(self, name: str) -> Handle:
        """Bring a network that is ready made into the worker.

        Raises:
            GraderFault: it could not be made.
        """
        if name not in self._ready_files:
            self._ready_files = {**self._ready_files, name: self._made(name)}
        return self.worker.load(self._ready_files[name])

    def _made(self, name: str) -> bytes:
        """Have an examiner that has opened nothing of anybody's make a network; return its `.keras` file."""
        child = self.start_child("examiner")
        try:
            answer = child.ask({"op": "make"}, [name.encode()], time_s=MAKING_TIME_S)
            data = Decoder(answer.buffers, resolve=lambda *_handle: None).decode(answer.header.get("value"))
        except (ChildEnded, LimitStruck, BadValue) as error:
            raise GraderFault(f"the network {name!r} could not be made: {error}") from error
        finally:
            child.kill()
        if not isinstance(data, bytes):
            raise GraderFault(f"the network {name!r} could not be made: {data!r} came")
        return data

    def _noted(self, name: str, trained: Trained) -> Trained:
        """Keep a trained network for the student's page; return it."""
        self.summaries.note_trained(name, trained.saved)
        return trained

    def _train_digits(self, student: Student, name: str, build: Callable[[], Any]) -> Trained:
        digits = self.data.digits
        pictures = digits.train_images.reshape(-1, *INPUTS[name]).astype(np.float32) / 255
        labels = digits.train_labels.astype(np.int64)

        def train(epochs: int) -> tuple[Any, Any]:
            model = build()
            return model, student.train_model(model, pictures, labels, epochs)

        return Trained(self.worker, train, self.thresholds[name].epochs)
