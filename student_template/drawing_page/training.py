"""Train and save the networks that are missing, with the student's functions, while the page goes on."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from tests.checks.language import tr

from .networks import Network
from .own_functions import OwnFunctions, Trouble

DATA = "mnist_dataset"


class Training:
    """One training at a time, in a thread; its state may be asked for at any moment."""

    def __init__(self, folder: Path, functions: OwnFunctions) -> None:
        self._folder = folder
        self._functions = functions
        self._lock = threading.Lock()
        self._state: dict[str, Any] = {"running": False, "share": 0.0, "text": "", "problem": ""}

    def state(self) -> dict[str, Any]:
        """Return whether it runs, the share that is done, 0 to 1, and what to tell about it."""
        return self._state

    def start(self, networks: list[Network]) -> None:
        """Start to train these networks; nothing happens while a training runs."""
        with self._lock:
            if self._state["running"]:
                return
            self._tell(0.0, tr("Reading the pictures"))
        threading.Thread(target=self._train, args=(networks,), daemon=True).start()

    def _tell(self, share: float, text: str) -> None:
        self._state = {"running": True, "share": share, "text": text, "problem": ""}

    def _train(self, networks: list[Network]) -> None:
        end = {"running": False, "share": 0.0, "text": "", "problem": tr("The training ended too early.")}
        try:
            self._train_each(networks)
            end |= {"share": 1.0, "text": tr("Trained and saved."), "problem": ""}
        except Trouble as trouble:
            end["problem"] = str(trouble)
        finally:
            self._state = end

    def _train_each(self, networks: list[Network]) -> None:
        call = self._functions.call
        images, labels = (
            call("mnist_parse_file", str(self._folder / DATA / f"train-{name}-ubyte.gz"))
            for name in ("images-idx3", "labels-idx1")
        )
        done, steps = 0, sum(network.epochs for network in networks)
        for network in networks:
            model = call(f"build_{network.name}")
            pictures = call(f"prepare_{network.name}", images)
            for epoch in range(1, network.epochs + 1):
                title = tr(network.title)
                text = tr("{title}: epoch {epoch} of {epochs}", title=title, epoch=epoch, epochs=network.epochs)
                self._tell(done / steps, text)
                call("train_model", model, pictures, labels, 1)
                done += 1
            call("save_model", model, str(self._folder / network.file))
