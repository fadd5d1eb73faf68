"""The network that a test gives to the student's function: the student's own, or else one that is ready made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .language import tr
from .networks import ANN, Network

Check = Callable[[Any, str], None]
"""Takes the network, or what training gave, and what the network is called; raises what fails."""


@dataclass(frozen=True)
class GivenNetwork:
    """Makes a check with the student's own network; where this is not the one asked for, with a ready one as well.

    A function is right that works with the network of the assignment, whatever the student's builder makes; and one
    that fits the student's own network is not wrong for a mistake of that. So it passes with either; where the own
    network is as asked, with that alone.
    """

    own: Callable[[], Any]
    """Asks the builder for a network."""
    is_there: Callable[[], bool]
    """Whether the builder gives a network at all."""
    is_as_asked: Callable[[], bool]
    ready: Callable[[], Any]
    own_words: str
    ready_words: str
    own_trained: Callable[[], Any] = lambda: None
    """What training the student's own network gave."""
    ready_trained: Callable[[], Any] = lambda: None
    """Has the student's function train a ready network."""
    is_students: Callable[[Exception], bool] = lambda _error: True
    """Whether an error is the student's, not the tests' own."""
    begin_again: Callable[[], None] = lambda: None
    """Called before a second attempt, which has all the time of a first one."""

    def check(self, check: Check) -> None:
        """Check a function that takes a network."""
        if not (self.is_there() and self._passes(lambda: check(self.own(), self.own_words))):
            check(self.ready(), self.ready_words)

    def check_trained(self, check: Check) -> None:
        """Check a function that takes a trained network; that training works is not its business."""
        trained = self._tried(self.own_trained) if self.is_there() else None
        if trained is None or not self._passes(lambda: check(trained.model, self.own_words)):
            check(self.ready(), self.ready_words)

    def check_training(self, check: Check) -> None:
        """Check the function that trains a network, by what it made of it."""
        if not (self.is_there() and self._passes(lambda: check(self.own_trained(), self.own_words))):
            check(self.ready_trained(), self.ready_words)

    def _passes(self, attempt: Callable[[], None]) -> bool:
        """Tell whether an attempt with the student's own network passes; raise what fails with one that is as asked."""
        try:
            attempt()
        except Exception as error:
            if not self.is_students(error) or self.is_as_asked():
                raise
            self.begin_again()
            return False
        return True

    def _tried(self, make: Callable[[], Any]) -> Any:
        """Return what is made, or None when the student's code does not."""
        try:
            return make()
        except Exception as error:
            if not self.is_students(error):
                raise
            self.begin_again()
            return None


def given_words(network: Network) -> tuple[str, str, str]:
    """Return the name of the ready network for tests of functions that take this one, and what both are called."""
    if network is ANN:
        return "ann", tr("the dense network"), tr("a dense network of these tests")
    return "cnn", tr("the convolutional network"), tr("a convolutional network of these tests")
