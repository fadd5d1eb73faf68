"""The worker: an untrusted process that holds one student's module and does what the scorer asks.

It answers one frame for each request, with the request's number. Nothing that it says is believed: numbers are
judged in the scorer, models in the examiner. Its answers are ``value``, ``raised`` or ``missing``.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.util
import json
import os
import random
import socket
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from grader.assignment.public_tests.checks.arguments import changes, seen
from grader.assignment.public_tests.checks.centring import centre_outputs
from grader.assignment.public_tests.checks.figure_facts import figure_facts
from grader.assignment.public_tests.checks.history_facts import history_facts
from grader.assignment.public_tests.checks.model_facts import model_facts, own_design_facts
from grader.assignment.public_tests.checks.windows import close_windows, hush_windows
from grader.assignment.public_tests.checks.written_files import times_in
from grader.sandbox.frames import MAX_HEADER_BYTES, ChannelClosed, Frame, Header, receive_frame, send_frame
from grader.sandbox.module_running import run_tolerantly, run_whole
from grader.sandbox.settings import StudentSettings
from grader.sandbox.values import Decoder, Encoder, type_name

MODULE_NAME = "mnist_all_models"
MAX_RAISED = 20_000
"""Of an error's text: in it TensorFlow says first where it was, then what was wrong."""
MAX_HANDLES, MAX_HANDLES_OF_ANSWER = 200, 10
"""Of all answers, and of one: a list of many objects must not take the places of networks that come later."""
MAX_NODE_BYTES = MAX_HEADER_BYTES - 100_000
"""The rest of a frame's header is for the lengths of its buffers."""
STEPS_PER_EXECUTION = 16


def serve(channel: socket.socket) -> None:
    """Answer requests until the scorer closes the channel."""
    worker = Worker()
    with contextlib.suppress(ChannelClosed):
        while True:
            frame = receive_frame(channel)
            header, buffers = worker.answer(frame)
            send_frame(channel, header | {"request": frame.header["request"]}, buffers)


class Worker:
    """One student's module and the live objects that its functions returned."""

    def __init__(self) -> None:
        self._module: ModuleType | None = None
        self._objects: dict[int, object] = {}
        self._count = 0
        self._kept_now = 0
        self._shifted: list[Callable[[], None]] = []
        self._changes: dict[str, str] = {}
        """What the present call changed of its arguments."""
        self._scratch = os.getcwd()  # noqa: PTH109 -- a child's start is to be quick
        self._students = StudentSettings()

    def answer(self, frame: Frame) -> tuple[Header, list[bytes]]:
        """Do one request; whatever the student's code raises becomes a ``raised`` answer."""
        self._kept_now, self._changes = 0, {}
        encoder = Encoder(keep=self._keep)
        decoder = Decoder(frame.buffers, resolve=lambda number, _type, _facts: self._objects[number])
        request = frame.header
        try:
            operation: Callable[[Header, Decoder], object] = getattr(self, "op_" + request["op"])
            value = operation(request, decoder)
            node = encoder.encode(value)
            if len(json.dumps(node)) > MAX_NODE_BYTES:  # a list of lists, say: what it is can still be told
                return {"is": "value", "value": {"t": "object", "type": type_name(value)}}, []
            return {"is": "value", "value": node, "changes": self._changes}, encoder.buffers
        except _MissingFunctionError:
            return {"is": "missing"}, []
        except BaseException as error:
            # The border to student code: nothing that it raises, SystemExit included, may end the worker's loop.
            return {"is": "raised"} | describe_error(error), []

    def op_import(self, request: Header, decoder: Decoder) -> dict[str, object]:
        """Import the submission's source as the module that the contract names.

        With ``tolerant``, an import or a value that fails is passed over (a notebook may use what only its own
        surroundings have), and so is what builds on it; returns a line and a reason for each as ``failed``, and as
        ``missing`` the names of the request that the module does not have.
        """
        source = decoder.buffers[0].decode()
        path = f"{self._scratch}/{MODULE_NAME}.py"
        with open(path, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 -- tracebacks want a file
            file.write(source)
        _speed_up_training()
        hush_windows()
        spec = importlib.util.spec_from_file_location(MODULE_NAME, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[MODULE_NAME] = module
        self._module = module
        with self._students.in_force():
            failed: list[tuple[int, str]] = []
            if request["tolerant"]:
                failed = run_tolerantly(source, path, module)
            else:
                run_whole(source, path, module)
        missing = [name for name in request["names"] if getattr(module, name, None) is None]
        return {"failed": failed, "missing": missing}

    def op_call(self, request: Header, decoder: Decoder) -> object:
        """Call one function of the module."""
        function = getattr(self._module, request["function"], None)
        if function is None:
            raise _MissingFunctionError
        args = [decoder.decode(node) for node in request["args"]]
        kwargs = {name: decoder.decode(node) for name, node in request["kwargs"].items()}
        close_windows()
        given = [*args, *kwargs.values()]
        before = [seen(value) for value in given]
        with self._students.in_force():
            _seed_everything(request["seed"])
            value = function(*args, **kwargs)
        self._changes = changes(before, given)
        return value

    def op_put(self, request: Header, decoder: Decoder) -> None:
        """Write a file into the scratch directory."""
        with open(request["path"], "wb") as file:  # noqa: PTH123
            file.write(decoder.buffers[0])

    def op_get(self, request: Header, _decoder: Decoder) -> bytes:
        """Read a file that the student's code wrote."""
        with open(request["path"], "rb") as file:  # noqa: PTH123
            return file.read()

    def op_times(self, _request: Header, _decoder: Decoder) -> dict[str, int] | None:
        """State when each model here was changed last: a test that misses one may say what was written instead."""
        return times_in(self._scratch, self._students.folder)

    def op_save(self, request: Header, _decoder: Decoder) -> bytes:
        """Return a model as the bytes of a ``.keras`` file."""
        import keras

        path = self._scratch + "/examined.keras"
        model: Any = self._objects[request["id"]]
        try:
            keras.saving.save_model(model, path)
        except (TypeError, ValueError):
            # A loss that Keras cannot write down, such as a partial, does not keep the layers from being examined.
            keras.saving.save_model(_uncompiled(model), path)
        try:
            return self.op_get({"path": path}, _decoder)
        finally:
            os.remove(path)  # noqa: PTH107

    def op_load(self, _request: Header, decoder: Decoder) -> object:
        """Bring a saved model back, for a worker that replaces a lost one."""
        import keras

        path = self._scratch + "/restored.keras"
        self.op_put({"path": path}, decoder)
        return keras.saving.load_model(path)

    def op_centre(self, request: Header, decoder: Decoder) -> None:
        """Shift a network's last biases, so that its labels differ; see `centre_outputs`."""
        self._shifted.append(centre_outputs(self._objects[request["id"]], decoder.decode(request["pictures"])))

    def op_put_back(self, _request: Header, _decoder: Decoder) -> None:
        """Give the networks that were shifted their biases again, the last one first."""
        while self._shifted:
            self._shifted.pop()()

    def op_facts(self, request: Header, _decoder: Decoder) -> dict[str, Any]:
        """State a live model's facts; of a network of the student's own design only what holds for any."""
        facts = own_design_facts if request["own_design"] else model_facts
        return facts(self._objects[request["id"]]).to_dict()

    def _keep(self, value: object) -> tuple[int, dict[str, Any]] | None:
        """Keep a live object and return a handle."""
        module = type(value).__module__.partition(".")[0]
        if module not in {"keras", "tensorflow", "matplotlib", MODULE_NAME} or len(self._objects) >= MAX_HANDLES:
            return None
        if self._kept_now >= MAX_HANDLES_OF_ANSWER:
            return None
        self._kept_now += 1
        self._count += 1
        self._objects[self._count] = value
        return self._count, _facts(value)


def _uncompiled(model: Any) -> Any:
    """Return the same layers as a model that was never compiled."""
    import keras

    if isinstance(model, keras.Sequential):
        return keras.Sequential([keras.Input(model.input_shape[1:]), *model.layers])
    return keras.Model(model.inputs, model.outputs)


class _MissingFunctionError(Exception):
    """The module has no function of that name."""


def _facts(value: object) -> dict[str, Any]:
    """State what the tests may look at in an object that stays here."""
    kind = type_name(value)
    if kind == "History":
        return history_facts(value)
    if kind == "Figure":
        return figure_facts(value)
    return {}


def _seed_everything(seed: int) -> None:
    """Make the same call give the same result each time."""
    random.seed(seed)
    np.random.seed(seed)
    keras = sys.modules.get("keras")
    if keras is not None:
        keras.utils.set_random_seed(seed)


def _speed_up_training() -> None:
    """Let `fit` run several batches for each call into TensorFlow: the same arithmetic, measured 1.5 x faster."""
    import keras

    original = keras.Model.fit

    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(self, "steps_per_execution", None) == 1 and not kwargs.get("callbacks"):
            self.steps_per_execution = STEPS_PER_EXECUTION
        return original(self, *args, **kwargs)

    keras.Model.fit = fit


def describe_error(error: BaseException) -> Header:
    """Return an exception as text: its type, the builtin classes it descends from, message, line and errno."""
    bases = [base.__name__ for base in type(error).__mro__ if getattr(builtins, base.__name__, None) is base]
    try:
        message = str(error)[:MAX_RAISED].encode("utf-8", "replace").decode()
    except BaseException:  # a student's exception may have a broken __str__; it must not end the worker's loop
        message = ""
    line = None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.endswith(MODULE_NAME + ".py"):
            line = frame.lineno
    code = error.errno if isinstance(error, OSError) and type(error.errno) is int else None
    kind, home = type_name(error), getattr(type(error), "__module__", None)
    if kind == "error" and isinstance(home, str):  # cv2.error, struct.error
        kind = f"{home[:40]}.error"
    return {"type": kind, "bases": bases, "message": message, "line": line, "errno": code}
