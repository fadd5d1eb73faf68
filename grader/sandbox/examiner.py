"""The examiner: a confined process that never saw student code; it opens saved models and states what they are."""

from __future__ import annotations

import contextlib
import io
import socket
import zipfile
from typing import Any

import numpy as np

from grader.assignment.public_tests.checks.model_facts import model_facts
from grader.assignment.public_tests.checks.ready_networks import ready_network
from grader.sandbox.frames import ChannelClosed, Frame, Header, receive_frame, send_frame
from grader.sandbox.values import Decoder, Encoder
from grader.sandbox.worker import describe_error

MAX_MODEL_BYTES = 64 << 20
MAX_UNPACKED_BYTES = 256 << 20
MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
BATCH = 256


class UnfitModelError(Exception):
    """The file is not a saved Keras model that can be examined."""


def serve(channel: socket.socket) -> None:
    """Answer requests until the scorer closes the channel."""
    examiner = Examiner()
    with contextlib.suppress(ChannelClosed):
        while True:
            frame = receive_frame(channel)
            header, buffers = examiner.answer(frame)
            send_frame(channel, header | {"request": frame.header["request"]}, buffers)


class Examiner:
    """Holds the model that it opened last."""

    def __init__(self) -> None:
        self._model: Any = None

    def answer(self, frame: Frame) -> tuple[Header, list[bytes]]:
        encoder = Encoder()
        decoder = Decoder(frame.buffers, resolve=lambda *_handle: None)
        try:
            value = getattr(self, "op_" + frame.header["op"])(decoder)
            return {"is": "value", "value": encoder.encode(value)}, encoder.buffers
        except Exception as error:  # a hostile file may raise anything from Keras
            return {"is": "raised"} | describe_error(error), []

    def op_open(self, decoder: Decoder) -> dict[str, Any]:
        """Load the model and return its facts."""
        import keras

        check_model_zip(decoder.buffers[0])
        with open("model.keras", "wb") as file:  # noqa: PTH123
            file.write(decoder.buffers[0])
        known = tensorflow_activations()
        try:
            self._model = keras.saving.load_model("model.keras", custom_objects=known, safe_mode=True)
        except (TypeError, ValueError):
            # A loss or metric of the student's own cannot be read back; the layers still can.
            self._model = keras.saving.load_model("model.keras", custom_objects=known, safe_mode=True, compile=False)
        return model_facts(self._model).to_dict()

    def op_make(self, decoder: Decoder) -> bytes:
        """Return a network that is ready made, by its name, as the bytes of a `.keras` file."""
        ready_network(decoder.buffers[0].decode()).save("made.keras")
        with open("made.keras", "rb") as file:  # noqa: PTH123
            return file.read()

    def op_outputs(self, decoder: Decoder) -> np.ndarray[Any, Any]:
        """Return the model's raw outputs, float32 (N, classes), for prepared pictures."""
        images = np.frombuffer(decoder.buffers[0], np.float32).reshape(-1, *self._model.input_shape[1:])
        # Called, not predict(): the same numbers without tracing a graph, which costs more than 2,000 pictures.
        parts = [
            np.asarray(self._model(images[at : at + BATCH], training=False)) for at in range(0, len(images), BATCH)
        ]
        return np.concatenate(parts).astype(np.float32)


def tensorflow_activations() -> dict[str, Any]:
    """Return Keras' activations under the names by which a file calls those of `tf.nn`."""
    import keras

    same = {name: name for name in ("relu", "sigmoid", "tanh", "elu", "gelu", "selu")}
    return {name: keras.activations.get(ours) for name, ours in (same | {"softmax_v2": "softmax"}).items()}


def check_model_zip(data: bytes) -> None:
    """Refuse a file that is no ``.keras`` zip, has other members, or unpacks to too much.

    Raises:
        UnfitModelError
    """
    if len(data) > MAX_MODEL_BYTES:
        raise UnfitModelError(f"the file has {len(data)} bytes, more than {MAX_MODEL_BYTES}")
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile as error:
        raise UnfitModelError("the file is not a .keras file") from error
    names = [member.filename for member in members]
    if set(names) != MEMBERS or len(names) != len(MEMBERS):
        raise UnfitModelError(f"a .keras file holds {', '.join(sorted(MEMBERS))} and nothing else")
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise UnfitModelError(f"the file unpacks to more than {MAX_UNPACKED_BYTES} bytes")
