"""Correct solutions in other styles than the reference's: a right choice never loses a point."""

import sys

import pytest

from grader.assets import corpus_dir
from grader.grade import Grader
from grader.run_settings import GradeSettings

# ruff: noqa: E501, ISC004 -- pieces of source, each on the line where it is replaced
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PARSER = (
    ('return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="))',
     "return np.frombuffer(data, dtype).reshape(shape)  # big-endian, read-only"),
    ("def parse_idx(fd):", "class IdxError(OSError, ValueError):\n    pass\n\n\ndef parse_idx(fd):"),
    ('raise ValueError(f"bytes are left over', 'raise IdxError(f"bytes are left over'),
    ('raise ValueError(f"unknown IDX', 'raise IdxError(f"unknown IDX'),
)  # fmt: skip
ONE = (
    *PARSER,
    ("loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
     "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, name='own')"),
    ('            layers.Dense(40, activation="relu"),\n            layers.Dense(10, activation="softmax"),',
     "            layers.Dense(40),\n            layers.ReLU(),\n            layers.Dense(10),\n            layers.Softmax(),"),
    ('model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])\n    return model\n\n\n'
     "# %%\ndef build_cnn",
     "model.compile(keras.optimizers.Adam(0.002), keras.losses.sparse_categorical_crossentropy,\n"
     "                  metrics=[keras.metrics.SparseCategoricalAccuracy('right')])\n    return model\n\n\n# %%\ndef build_cnn"),
    ("    if model.layers[-1].activation is keras.activations.softmax:\n        return outputs\n",
     "    if abs(outputs.sum(axis=1) - 1).max() < 1e-4:\n        return outputs.astype(np.float64)\n"),
    ("    return np.argmax(model.predict(x, verbose=0), axis=1)", "    return [int(row.argmax()) for row in model(x).numpy()]"),
    ("    return float(np.mean(np.asarray(pred_labels) == np.asarray(true_labels)))",
     "    return np.mean(np.asarray(pred_labels) == np.asarray(true_labels))"),
    ("        axes.set_title(f\"{pred_labels[index]} (is {true_labels[index]})\", color=\"black\" if right else \"red\")",
     "        axes.set_title(f\"{pred_labels[index]} (is {true_labels[index]})\",\n"
     "                       backgroundcolor=\"white\" if right else \"red\")"),
)  # fmt: skip
TWO = (
    ("import cv2\n", "import cv2\nimport tensorflow as tf\n"),
    ("loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)", "loss=own_loss"),
    ("def build_cnn():", "@keras.saving.register_keras_serializable()\ndef own_loss(true, logits):\n"
     "    return keras.losses.sparse_categorical_crossentropy(true, logits, from_logits=True)\n\n\ndef build_cnn():"),
    ("    return model.fit(x, y, epochs=epochs, validation_data=validation_data, verbose=2)",
     "    enough = keras.callbacks.EarlyStopping(monitor='accuracy', mode='max', baseline=0.9, patience=1)\n"
     "    return model.fit(x, y, batch_size=16, epochs=epochs, validation_data=validation_data, callbacks=[enough])"),
    ("    model = models.Sequential(\n        [\n            layers.Input((28, 28, 1)),\n            layers.Conv2D(16, (3, 3)",
     "    model = Letters() if True else models.Sequential(\n        [\n            layers.Input((28, 28, 1)),\n"
     "            layers.Conv2D(16, (3, 3)"),
    ("def build_letters_model():",
     "class Letters(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
     "        self.body = models.Sequential([layers.Conv2D(16, 3, activation='relu'), layers.MaxPooling2D(),\n"
     "            layers.Conv2D(32, 3, activation='relu'), layers.MaxPooling2D(), layers.Flatten(),\n"
     "            layers.Dense(128, activation='relu'), layers.Dense(26, activation='softmax')])\n\n"
     "    def call(self, x):\n        return self.body(x)\n\n\ndef build_letters_model():"),
    ("    return np.nonzero(np.asarray(pred_labels) != np.asarray(true_labels))[0]",
     "    return [i for i, (p, t) in enumerate(zip(pred_labels, true_labels)) if p != t]"),
    ("    return scores, int(np.argmax(scores))", "    return tf.constant(scores), np.argmax(scores)"),
    ("    for place, index in enumerate(indices, start=1):\n        axes = figure.add_subplot(rows, columns, place)",
     "    for place, index in reversed(list(enumerate(indices, start=1))):\n"
     "        axes = figure.add_subplot(rows, columns, place)"),
)  # fmt: skip


@pytest.mark.parametrize("changes", [ONE, TWO], ids=["one", "two"])
def test_other_style_gets_all_points(tmp_path, changes):
    sys.path.insert(0, str(corpus_dir()))
    try:
        from build_example_class import changed
    finally:
        sys.path.remove(str(corpus_dir()))
    submission = tmp_path / "mnist_all_models.py"
    submission.write_text(changed(*changes) + "# " + "ы" * 400_000, encoding="utf-8")  # long, but not too long
    with Grader(GradeSettings(secret=b"a secret of the tests")) as grader:
        result = grader.grade(submission)
    assert {item.id: item.message for item in result.items if item.outcome != "passed"} == {}
    assert result.score == 100
