"""The examiner: it states what a saved model is, and refuses everything that is none, without dying."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from conftest import OpenWorker, StartChild

from grader.assignment.public_tests.checks.model_facts import ModelFacts
from grader.assignment.public_tests.checks.networks import (
    ANN,
    CNN,
    expect_activations,
    expect_built,
    expect_layers,
    expect_parameters,
)
from grader.marking.child_session import ChildSession
from grader.marking.student import Student
from grader.sandbox import examiner as examiner_module
from grader.sandbox.examiner import MAX_MODEL_BYTES, MAX_UNPACKED_BYTES, MEMBERS, UnfitModelError, check_model_zip
from grader.sandbox.frames import Frame
from grader.sandbox.values import Decoder

MODELS = """
import keras
from keras import layers

def compiled(model, loss="sparse_categorical_crossentropy"):
    model.compile(loss=loss, optimizer="adam", metrics=["accuracy"])
    return model

def ann():
    return compiled(keras.Sequential([
        layers.Input((784,)), layers.Dense(128), layers.Dense(40, activation="relu"),
        layers.Dense(10, activation="softmax")
    ]))

def cnn():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(keras.Sequential([
        layers.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(16, 2, activation="relu"), layers.MaxPooling2D(2), layers.Conv2D(8, 3), layers.ReLU(),
        layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(10)
    ]), loss)

def lying():
    class Sequential(keras.Sequential):
        def count_params(self):
            return 106_050
    return compiled(Sequential([layers.Input((784,)), layers.Dense(10, activation="softmax")]))

def patched():
    model = compiled(keras.Sequential([layers.Input((784,)), layers.Dense(10, activation="softmax")]))
    model.count_params = lambda: 106_050
    return model

def own_layer():
    class Mine(layers.Layer):
        def call(self, x):
            return x
    return compiled(keras.Sequential([layers.Input((784,)), Mine(), layers.Dense(10)]))

def own_loss():
    def loss(true, came):
        return keras.ops.mean(came)
    return compiled(keras.Sequential([layers.Input((784,)), layers.Dense(10)]), loss)

def with_lambda():
    return compiled(keras.Sequential([layers.Input((784,)), layers.Lambda(lambda x: x * 2), layers.Dense(10)]))

def outputs(model, pictures):
    import numpy as np
    return np.asarray(model(pictures))
"""


def ask(session: ChildSession, op: str, data: object) -> Frame:
    return session.ask({"op": op}, [data], time_s=60)


def value_of(answer: Frame) -> object:
    assert answer.header["is"] == "value", answer.header
    return Decoder(answer.buffers, resolve=lambda *_: None).decode(answer.header["value"])


def facts_of(open_worker: OpenWorker, start_child: StartChild, name: str) -> ModelFacts:
    """Return the facts of a model as a fresh examiner states them."""
    worker = open_worker(MODELS)
    data = worker.save(getattr(Student(worker), name)())
    return ModelFacts.from_dict(value_of(ask(start_child("examiner"), "open", data)))


def test_the_dense_network_of_the_handout_is_recognised(open_worker: OpenWorker, start_child: StartChild) -> None:
    facts = facts_of(open_worker, start_child, "ann")
    for expect in (expect_built, expect_parameters, expect_layers, expect_activations):
        expect(facts, ANN)
    assert (facts.loss, facts.optimizer, facts.from_logits) == ("sparse_categorical_crossentropy", "Adam", False)
    assert "accuracy" in facts.metrics


def test_the_convolutional_network_of_the_handout_is_recognised(
    open_worker: OpenWorker, start_child: StartChild
) -> None:
    """An activation that stands as a layer of its own is told with the layer before it."""
    facts = facts_of(open_worker, start_child, "cnn")
    for expect in (expect_built, expect_parameters, expect_layers, expect_activations):
        expect(facts, CNN)
    assert facts.from_logits is True


@pytest.mark.parametrize("name", ["lying", "patched"])
def test_parameters_are_counted_from_the_file(open_worker: OpenWorker, start_child: StartChild, name: str) -> None:
    worker = open_worker(MODELS)
    try:
        data = worker.save(getattr(Student(worker), name)())
    except Exception:
        return
    answer = ask(start_child("examiner"), "open", data)
    assert answer.header["is"] == "raised" or value_of(answer)["parameters"] == 7_850


def test_a_layer_or_code_of_the_students_own_is_not_loaded(open_worker: OpenWorker, start_child: StartChild) -> None:
    worker = open_worker(MODELS)
    for name in ("own_layer", "with_lambda"):
        answer = ask(start_child("examiner"), "open", worker.save(getattr(Student(worker), name)()))
        assert answer.header["is"] == "raised"
        assert answer.header["message"]


def test_a_loss_of_the_students_own_does_not_hide_the_layers(open_worker: OpenWorker, start_child: StartChild) -> None:
    facts = facts_of(open_worker, start_child, "own_loss")
    assert facts.parameters == 7_850
    assert facts.compiled is False


def test_outputs_are_those_of_the_model(open_worker: OpenWorker, start_child: StartChild) -> None:
    worker = open_worker(MODELS)
    student = Student(worker)
    model = student.cnn()
    pictures = np.random.default_rng(1).random((300, 28, 28, 1), np.float32)
    session = start_child("examiner")
    ask(session, "open", worker.save(model))
    came = value_of(ask(session, "outputs", pictures))
    assert (came.shape, came.dtype) == ((300, 10), np.float32)
    np.testing.assert_allclose(came, student.outputs(model, pictures), atol=1e-4)


def test_a_file_that_is_no_model_is_told_and_the_examiner_lives_on(
    open_worker: OpenWorker, start_child: StartChild
) -> None:
    session = start_child("examiner")
    for data in (b"", b"not a zip", b"PK\3\4" + bytes(100), model_zip(), model_zip(config=b"[" * 100_000)):
        answer = ask(session, "open", data)
        assert answer.header["is"] == "raised"
    assert ask(session, "outputs", bytes(784 * 4)).header["is"] == "raised", "there is no model yet"
    assert ask(session, "no_such_operation", b"").header["is"] == "raised"
    worker = open_worker(MODELS)
    assert value_of(ask(session, "open", worker.save(Student(worker).ann())))["parameters"] == 106_050
    assert ask(session, "outputs", bytes(100)).header["is"] == "raised", "bytes that are no pictures"


def model_zip(*, config: bytes = b"{}", **more: bytes) -> bytes:
    """Return a zip with the members of a ``.keras`` file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.0"}))
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", b"")
        for name, data in more.items():
            archive.writestr(name, data)
    return file.getvalue()


def test_a_zip_of_the_three_members_is_let_through() -> None:
    check_model_zip(model_zip())


def test_a_zip_with_other_members_is_refused() -> None:
    with pytest.raises(UnfitModelError, match="and nothing else"):
        check_model_zip(model_zip(**{"../escape": b""}))
    with pytest.raises(UnfitModelError, match="and nothing else"):
        check_model_zip(model_zip(**{"assets/vocabulary.txt": b""}))
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = model_zip(**{"config.json": b"{}"})
    with pytest.raises(UnfitModelError, match="and nothing else"):
        check_model_zip(twice)
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    with pytest.raises(UnfitModelError, match=", ".join(sorted(MEMBERS))):
        check_model_zip(empty.getvalue())


def test_what_is_no_zip_is_refused() -> None:
    with pytest.raises(UnfitModelError, match=r"not a \.keras file"):
        check_model_zip(b"\x89HDF\r\n")


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(UnfitModelError, match=f"more than {MAX_MODEL_BYTES}"):
        check_model_zip(bytes(MAX_MODEL_BYTES + 1))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examiner_module, "MAX_UNPACKED_BYTES", 100_000)
    check_model_zip(model_zip(config=bytes(99_000)))
    with pytest.raises(UnfitModelError, match="unpacks to more than 100000 bytes"):
        check_model_zip(model_zip(config=bytes(100_001)))
    assert MAX_UNPACKED_BYTES > 100_000


PARTIAL = """
import functools, keras
from keras import layers

def build():
    loss = functools.partial(keras.losses.sparse_categorical_crossentropy, from_logits=True)
    model = keras.Sequential([layers.Input((784,)), layers.Dense(10)])
    model.compile("adam", loss, metrics=["accuracy"])
    return model

def build_tf():
    import tensorflow as tf
    model = keras.Sequential([layers.Input((784,)), layers.Dense(10, activation=tf.nn.softmax)])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

def build_own():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.out = keras.Sequential([layers.Flatten(), layers.Dense(26)])
        def call(self, x):
            return self.out(x)
    net = Net()
    net.compile("adam", "mse")
    return net
"""


def test_loss_that_keras_cannot_write_down_does_not_hide_the_layers(open_worker, start_child) -> None:
    worker = open_worker(PARTIAL)
    model = worker.call("build", (), {})
    answer = start_child("examiner").ask({"op": "open"}, [worker.save(model)], time_s=60)
    assert answer.header["is"] == "value"
    facts = ModelFacts.from_dict(worker.facts(model))
    assert (facts.loss, facts.from_logits, facts.compiled) == ("sparse_categorical_crossentropy", True, True)


def test_activations_of_tf_nn_are_known(open_worker, start_child) -> None:
    worker = open_worker(PARTIAL)
    data = worker.save(worker.call("build_tf", (), {}))
    answer = start_child("examiner").ask({"op": "open"}, [data], time_s=60)
    assert answer.header["is"] == "value"


def test_network_of_any_design_has_its_shapes_told(open_worker) -> None:
    worker = open_worker(PARTIAL)
    facts = ModelFacts.from_dict(worker.facts(worker.call("build_own", (), {}), own_design=True))
    assert (facts.input_shape, facts.output_shape, facts.compiled) == ((28, 28, 1), (26,), True)


@pytest.mark.parametrize("given", ["metrics", "weighted_metrics"])
def test_metrics_are_known_however_they_are_given(open_worker, given: str) -> None:
    worker = open_worker(PARTIAL.replace("metrics=", f"{given}="))
    facts = ModelFacts.from_dict(worker.facts(worker.call("build", (), {})))
    assert "accuracy" in facts.metrics
