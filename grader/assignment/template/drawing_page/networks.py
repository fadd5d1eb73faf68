"""What the student's functions make of a drawing, and both networks' scores for it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tests.checks.language import later, tr

from .own_functions import OwnFunctions, Trouble

CLASSES = 10
SIDE = 28


@dataclass(frozen=True)
class Network:
    """One of the lab's two networks."""

    name: str
    title: str
    file: str
    epochs: int
    """Of the button; as many as in the lab."""


NETWORKS = (
    Network("ann", later("Dense network (ANN)"), "mnist_ann.keras", epochs=8),
    Network("cnn", later("Convolutional network (CNN)"), "mnist_cnn.keras", epochs=8),
)


class Judges:
    """The saved networks, read by the student's `restore_model` and kept until their file changes."""

    def __init__(self, folder: Path, functions: OwnFunctions) -> None:
        self._folder = folder
        self._functions = functions
        self._models: dict[str, tuple[tuple[int, int], Any]] = {}

    def look(self, path: str) -> dict[str, Any]:
        """Return what the page shows of the picture at `path`: what is made of it, and each network's answer."""
        try:
            made = self._made(path)
        except Trouble as trouble:
            return {"problem": str(trouble), "networks": []}
        return {"made": made, "networks": [self._answer(network, path) for network in NETWORKS]}

    def missing(self) -> list[Network]:
        """Return the networks that are not saved yet."""
        return [network for network in NETWORKS if not (self._folder / network.file).is_file()]

    def _made(self, path: str) -> str:
        import cv2  # slow to load: the page comes first

        made = self._functions.call("load_drawing", path)
        if not isinstance(made, np.ndarray) or made.shape != (SIDE, SIDE) or made.dtype != np.uint8:
            came = f"{made.dtype} {made.shape}" if isinstance(made, np.ndarray) else type(made).__name__
            raise Trouble(tr("load_drawing returned {came}, expected uint8 (28, 28).", came=came))
        data = base64.b64encode(cv2.imencode(".png", made)[1].tobytes()).decode()
        return f"data:image/png;base64,{data}"

    def _answer(self, network: Network, path: str) -> dict[str, Any]:
        answer = {"name": network.name, "title": tr(network.title)}
        if network in self.missing():
            text = tr("There is no {file} yet. Train the network and save it, as part 3 does.", file=network.file)
            return answer | {"problem": text}
        try:
            given = self._functions.call("predict_drawing", self._model(network), path)
            return answer | _read_scores(given)
        except Trouble as trouble:
            return answer | {"problem": str(trouble)}

    def _model(self, network: Network) -> Any:
        file = self._folder / network.file
        state = (file.stat().st_mtime_ns, self._functions.version)
        if network.name not in self._models or self._models[network.name][0] != state:
            try:
                self._models[network.name] = state, self._functions.call("restore_model", str(file))
            except Trouble as trouble:
                anew = tr("If {file} is damaged, delete it: then you can train the network here.", file=network.file)
                raise Trouble(f"{trouble}\n{anew}") from trouble
        return self._models[network.name][1]


def _read_scores(given: object) -> dict[str, Any]:
    """Return label, scores and what to note about them.

    Raises:
        Trouble: it is not (scores, label).
    """
    if not isinstance(given, tuple) or len(given) != 2:
        came = type(given).__name__
        raise Trouble(tr("predict_drawing returned {came}, expected two values: scores, label.", came=came))
    try:
        scores, label = np.asarray(given[0], np.float64), int(given[1])
    except (TypeError, ValueError) as error:
        raise Trouble(tr("What predict_drawing returned is no numbers: {error}", error=error)) from error
    if scores.shape != (CLASSES,) or not np.isfinite(scores).all():
        came = f"{scores.shape}" if scores.shape != (CLASSES,) else str(scores)
        raise Trouble(tr("The scores of predict_drawing are {came}, expected ten numbers, shape (10,).", came=came))
    answer: dict[str, Any] = {"label": label, "scores": scores.tolist()}
    if scores.min() < 0 or abs(scores.sum() - 1) > 0.01:
        note = tr("The scores are no probabilities: they sum to {sum:.2f}. Is a softmax missing?", sum=scores.sum())
        answer["note"] = note
    return answer
