"""Whatever a student's function returns, a test passes or fails; anything else that it raises is our fault."""

from __future__ import annotations

import contextlib
import inspect
import io
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.assignment.hidden_tests import (
    test_drawing_hidden,
    test_letters_hidden,
    test_parser_hidden,
    test_save_hidden,
    test_training_hidden,
)
from grader.assignment.public_tests import (
    test_drawing,
    test_letters,
    test_parser,
    test_save,
    test_showpics,
    test_training,
)
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.sandbox.values import Handle, Opaque

MODULES = (
    test_drawing, test_letters, test_parser, test_save, test_showpics, test_training, test_drawing_hidden,
    test_letters_hidden, test_parser_hidden, test_save_hidden, test_training_hidden,
)  # fmt: skip
NOT_FINITE = np.array([np.nan, np.inf, -np.inf, 0, 1e300, -1e300, 1e-300, 1, 2, 3])
SHAPES = ((), (0,), (10,), (1, 10), (19, 10), (37,), (31,), (20,), (5, 0), (9, 28, 28), (6, 784), (28, 28), (1,) * 32)
DTYPES = ("bool", "uint8", "int64", "uint64", "float16", "float32", "float64")
FIGURE = {"texts": ["1 2"], "marks": ["#"]}
PICTURES = (np.zeros((28, 28)), np.zeros((28, 28, 0)), np.full((28, 28), np.nan), np.zeros((28, 28), bool))
SINGLE = (
    None, True, 0, -1, 2**255, -(2**255), 0.5, float("nan"), float("inf"), "", "text", b"", bytes(100),
    io.BytesIO(b"x"),
    [], (), {}, [None], ["a"], [b"a", b""], [[1], [1, 2]], [2**200], [[[[[[[[1]]]]]]]], (1, 2), ([], []), (None, None),
    ((1, 2), (3, 4)), ((None, None), (None, None)), {"a": 1}, np.float64("nan"), np.uint64(2**64 - 1), np.bool_(1),
    Opaque("generator"), Handle(1, "Sequential"), Handle(1, "Figure"), Handle(1, "History", {"history": {}}),
    Handle(1, "History", {"history": {"loss": [], "val_loss": []}}),
    Handle(1, "History", {"history": {"loss": [float("nan")] * 2, "val_loss": [float("inf")] * 2}}),
    Handle(1, "Figure", {"subplots": []}), Handle(1, "Figure", {"subplots": [FIGURE | {"pictures": []}]}),
)  # fmt: skip


def odd_values() -> Iterator[Any]:
    yield from SINGLE
    for shape, dtype in product(SHAPES, DTYPES):
        with np.errstate(all="ignore"):
            yield np.resize(NOT_FINITE, shape).astype(dtype)
    for picture in PICTURES:
        yield Handle(1, "Figure", {"subplots": [FIGURE | {"pictures": [picture]}]})
    scores = np.full(10, np.nan)
    yield from [(scores, 3), (scores.astype(np.float16), 2**255), (np.full(10, 0.1), -1), ([0.1] * 10, np.int8(3))]


class OddStudent:
    """Every function returns the same odd value."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        return lambda *_args, **_kwargs: self._value


def cases_of(module: ModuleType) -> list[Any]:
    """Return the module's test functions with every set of parameters."""
    found = [(name, function) for name, function in vars(module).items() if name.startswith("test_")]
    return [
        pytest.param(function, parameters, id=f"{module.__name__.rpartition('.')[2]}-{name}-{number}")
        for name, function in found
        if callable(function)
        for number, parameters in enumerate(parameters_of(function))
    ]


def parameters_of(function: Any) -> Iterator[dict[str, Any]]:
    choices = []
    for mark in function.pytestmark:
        if mark.name == "parametrize":
            names, values = mark.args[:2]
            one = isinstance(names, str)
            choices.append([{names: value} if one else dict(zip(names, value, strict=True)) for value in values])
    for chosen in product(*choices):
        yield {name: value for part in chosen for name, value in part.items()}


@pytest.fixture
def fixtures(tmp_path: Path) -> dict[str, Any]:
    def put(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    rng = np.random.default_rng(5)
    pictures = rng.integers(0, 256, (96, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, 96).astype(np.uint8)
    sets = SimpleNamespace(train_images=pictures, train_labels=labels, test_images=pictures, test_labels=labels)
    return {
        "rng": rng,
        "files": SimpleNamespace(
            put=put, path=lambda name: str(tmp_path / name), get=lambda _path: b"PK\x03\x04", times=dict
        ),
        "drawing": lambda _character, size=56: np.pad(np.zeros((size - 20, 4), np.uint8), 10, constant_values=255),
        "digits": sets,
        "letters": sets,
        "credit": lambda *_told: None,
        "centred": lambda model, _pictures: model,
        "keras_file": lambda _model: b"PK\x03\x04",
    }


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("function", "parameters"), [case for module in MODULES for case in cases_of(module)])
def test_odd_values_fail_a_check_or_pass(
    function: Callable[..., None], parameters: dict[str, Any], fixtures: dict[str, Any]
) -> None:
    names = inspect.signature(function).parameters
    judged = 0
    for value, outputs in product(odd_values(), (0.1, np.nan, np.inf)):
        trained = SimpleNamespace(model=value, history=value, epochs=2, is_model=True, type_name="X")
        network = SimpleNamespace(
            own_words="a network",
            check=lambda check, model=value: check(model, "a network"),
            check_trained=lambda check, model=value: check(model, "a network"),
            check_training=lambda check, found=trained: check(found, "a network"),
        )
        given = fixtures | parameters | {
            "student": OddStudent(value),
            "outputs_of": lambda _model, x, *, any_width=False, fill=outputs: np.full((len(x), 10), fill, np.float32),
            "examine": lambda *_args, **_kwargs: SimpleNamespace(input_shape=(), output_shape=(), compiled=False),
        } | dict.fromkeys(("trained_ann", "trained_cnn", "trained_letters"), trained) | dict.fromkeys(
            ("ann", "cnn", "letters_network", "sure_letters"), network
        )  # fmt: skip
        with contextlib.suppress(CheckFailed):
            function(**{name: given[name] for name in names})
        judged += 1
    assert judged > 300
