"""What a student page shows of the networks: their layers, and how they read the pictures that every student has.

Nothing here knows the scored pictures or their labels, and nothing here is worth a point. Handwriting, which needs
OpenCV, is imported where it is used: the supervisor imports this file and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from grader.assignment.public_tests.checks.model_facts import LayerFacts, ModelFacts
from grader.results.models import LayerSummary, NetworkSummary, PublicDigits

PUBLIC_COUNT = 500
"""So many of the public pictures are read, the first ones: all of them would cost twice the time."""
MAX_WRONG = 24
MAX_LAYERS = 40
MAX_TEXT = 80
NAMES = ("ann", "cnn")

Floats = npt.NDArray[np.float32]


@dataclass
class NetworkSummaries:
    """Gathered while one submission is graded."""

    facts: dict[str, ModelFacts] = field(default_factory=dict)
    trained: dict[str, bytes] = field(default_factory=dict)
    """The files of the trained networks."""
    public_digits: dict[str, PublicDigits] = field(default_factory=dict)

    def note_facts(self, name: str, facts: ModelFacts) -> ModelFacts:
        """Keep what the examiner found, and return it."""
        self.facts[name] = facts
        return facts

    def note_trained(self, name: str, saved: bytes | None) -> None:
        if saved is not None:
            self.trained[name] = saved

    def pictures_for(self, input_shape: tuple[int, ...]) -> Floats:
        """Return the public pictures prepared for a network's input, float32 in 0..1.

        Raises:
            ValueError: the input is of another size.
        """
        from grader.assignment.handwriting.public_set import public_test_digits

        images, _labels = public_test_digits()
        pictures = images[:PUBLIC_COUNT].astype(np.float32) / np.float32(255)
        return pictures.reshape(PUBLIC_COUNT, *input_shape)

    def results(self) -> tuple[NetworkSummary, ...]:
        """Return what is known of each network that anything is known of."""
        return tuple(
            NetworkSummary(name=name, layers=_layers(self.facts.get(name)), public_digits=self.public_digits.get(name))
            for name in NAMES
            if name in self.facts or name in self.public_digits
        )


def read_public_digits(outputs: Floats) -> PublicDigits:
    """Return how raw outputs (500, 10) for the public pictures read them; the class of the largest output counts."""
    from grader.assignment.handwriting.public_set import public_test_digits, public_test_sha256

    labels = public_test_digits()[1][: len(outputs)].astype(np.int64)
    read = outputs.argmax(axis=1)
    confusion = np.bincount(labels * 10 + read, minlength=100).reshape(10, 10)  # rows: the digit, columns: read as
    wrong = np.nonzero(read != labels)[0][:MAX_WRONG]
    return PublicDigits(
        pictures_sha256=public_test_sha256(),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        wrong=tuple((int(index), int(read[index])) for index in wrong),
    )


def _layers(facts: ModelFacts | None) -> tuple[LayerSummary, ...]:
    return tuple(layer_summary(layer) for layer in facts.layers[:MAX_LAYERS]) if facts else ()


def layer_summary(layer: LayerFacts) -> LayerSummary:
    """Return a layer as the page shows it."""
    size = layer.settings.get("units") or layer.settings.get("filters")
    window = layer.settings.get("kernel_size") or layer.settings.get("pool_size") or ()
    sides = window if isinstance(window, list | tuple) else (window,)
    words = [layer.kind, "" if size is None else str(size), "x".join(str(side) for side in sides)]
    return LayerSummary(
        layer=" ".join(word for word in words if word)[:MAX_TEXT],
        activation="" if layer.activation == "linear" else layer.activation[:MAX_TEXT],
        output_shape=layer.output_shape,
        parameters=layer.parameters,
    )
