"""Mistakes in numbers, labels and drawings, put into the reference: each is told with its true cause."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from student_mistakes import (
    Change,
    Check,
    drawn,
    drawn_as_bytes,
    drawn_light,
    indexed,
    lettered,
    measured,
    predicted,
    predicted_labels,
    prepared,
    prepared_for_cnn,
    scored,
    scored_alone,
    shown,
    shown_alone,
    titled,
    told,
    told_of,
    training,
)  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras, when it saves
]

INVERTED = "255 - small if np.median(border) > 127 else small"
MINUS = ("return 255 - small if", "return -small if")
DRAWING_OWN = ("np.fromfile(path,", 'np.fromfile("8.jpg",')
PAIR = "return scores, int(np.argmax(scores))"
PREPARE = "return images.reshape(len(images), 784).astype(np.float32) / 255"
FLOOR = (PREPARE, "images[:] = images // 255\n    return images.reshape(len(images), 784).astype(np.float32)")
MEAN = "return float(np.mean(np.asarray(pred_labels) == np.asarray(true_labels)))"
ARGMAX = "np.argmax(model.predict(x, verbose=0), axis=1)"
ONE_BATCH = f"np.resize({ARGMAX.replace('x,', 'x[:32],')}, len(x))"
L2 = "return keras.utils.normalize(images.reshape(len(images), 784), axis=1).astype(np.float32)"
FROM_ONE = [
    ("if not 0 <= label <= 25:", "if not 1 <= label <= 26:"),
    ('ord("A") + int(label)', 'ord("A") + int(label) - 1'),
]
PLAIN_INT = ("if not 0 <= label <= 25:", "if type(label) is not int or not 0 <= label <= 25:")
OUTPUTS = "outputs = model.predict(x, verbose=0)"
RAW = "return powers / powers.sum(axis=1, keepdims=True)"
SHARES = "shares = np.exp(powers / powers.sum(axis=1, keepdims=True))"
AGAIN = f"{SHARES}\n    return shares / shares.sum(axis=1, keepdims=True)"
LOADED = "images = load_drawing(path)[np.newaxis]"
LOADING = "def load_drawing(path):"
KEPT = (LOADING, f"import functools\n\n\n@functools.cache\ndef kept():\n    return build_cnn()\n\n\n{LOADING}")
DIFFER = "np.asarray(pred_labels) != np.asarray(true_labels)"
FOUND = f"return np.nonzero({DIFFER})[0]"
CHANNEL = "return images.reshape(len(images), 28, 28, 1)"
STANDARDISED = "x = images.reshape(len(images), 784).astype(np.float32)\n    return (x - x.mean()) / x.std()"
TITLE = 'f"{pred_labels[index]} (is {true_labels[index]})"'
AXES = "        axes = figure.add"
IN_LOOP = (AXES, f"        figure = plt.figure()\n{AXES}")
BUILT = "model = models.Sequential(\n        [\n            layers.Input((28, 28, 1)),\n            layers.Conv2D(32"
SEEDED = (BUILT, f"keras.utils.set_random_seed(42)\n    {BUILT}")
SKIPPED = (AXES, f"        if pred_labels[index] == true_labels[index]:\n            continue\n{AXES}")
SORTED = (PREPARE, PREPARE.replace("return images", "return np.sort(images").replace("784)", "784), axis=1)"))
LATER = ("enumerate(indices, start=1)", "enumerate(list(indices)[1:], start=1)")
NEGATIVE = (CHANNEL, CHANNEL.replace("images.", "(255 - images)."))
MIXED = (PREPARE, PREPARE.replace("len(images), 784", "784, -1"))
TURNED = (PREPARE, PREPARE.replace("len(images), 784)", "784, -1).T"))


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ([MINUS], drawn, "-picture of uint8 makes 0 of 0"),
        ([DRAWING_OWN], drawn, "the given file exists, but your code looks for a different one"),
        ([(PAIR, "return scores, float(np.max(scores))")], predicted, "the largest score itself"),
        ([(PAIR, "return int(np.argmax(scores)), scores")], predicted, "the two results are exchanged"),
        ([FLOOR], prepared, "written into the pictures that were given"),
        ([(MEAN, MEAN.replace("==", "-"))], measured, "a mean of differences"),
        ([(MEAN, MEAN.replace("==", "-").replace("float(", "1 - float("))], measured, "a mean of differences"),
        ([(MEAN, MEAN.replace("==", "!="))], measured, "the share of the wrong predictions"),
        ([(ARGMAX, ARGMAX.replace("argmax", "max"))], predicted_labels, "the largest output of each row itself"),
        ([(ARGMAX, ARGMAX.replace("argmax", "max") + ".astype(int)")], predicted_labels, "every value is 0"),
        ([(PREPARE, PREPARE.replace("/", "//"))], prepared, "fractions were cut off"),
        ([("255 - small if", "np.rot90(255 - small) if")], drawn, "turned by 90 degrees"),
        (FROM_ONE, lettered, "1 is A here, as in EMNIST's files"),
        ([PLAIN_INT], lettered, "NumPy's integers are refused"),
        ([(ARGMAX, ONE_BATCH)], predicted_labels, "the first 32 are right"),
        ([(PREPARE, L2)], prepared, "each picture was scaled by a number of its own"),
        ([(MEAN, f"{MEAN.replace('mean', 'sum')} / 60000")], measured, "divided by 60000, not by how many there are"),
        ([(ARGMAX, ARGMAX.replace("x,", "x / 255,"))], predicted_labels, "divided by 255 once more"),
        ([(ARGMAX, ARGMAX.replace("x,", "x * 255,"))], predicted_labels, "multiplied by 255"),
        ([MIXED], prepared, "the sizes in reshape are in the wrong order"),
        ([TURNED], prepared, "pixels of different pictures are mixed"),
        ([(OUTPUTS, OUTPUTS.replace("(x,", "(x / 255,"))], scored, "divided by 255 once more"),
        ([(RAW, AGAIN)], predicted, "a softmax of what a softmax gave"),
        ([("prepare(images))[0]", "prepare(images) / 255)[0]")], predicted, "divided by 255 once more"),
        ([(LOADED, "images = np.eye(28)[np.newaxis]")], predicted, "so the path is ignored"),
        ([(LOADED, f"model = build_cnn()\n    {LOADED}")], predicted, "is a network of its own made in it"),
        ([(LOADED, f"model = kept()\n    {LOADED}"), KEPT], predicted, "`model` is not used"),
        ([("return 255 - small if", "return small - 255 if")], drawn, "picture - 255 of uint8 makes 1 of 0"),
        ([("return 255 - small if", "return 1 - small if")], drawn, "1 - picture of uint8 makes 1 of 0"),
        ([(MEAN, f"{MEAN.replace('mean', 'sum')} / max(1, np.sum({DIFFER}))")], measured, "divided by the wrong ones"),
        ([(FOUND, f"return np.sum({DIFFER})")], indexed, "how many there are, not where"),
        ([("images[index], cmap", "images[index].T, cmap")], shown, "rows and columns are swapped"),
        ([("images[index], cmap", "images[index][::-1], cmap")], shown, "upside down"),
        ([(PREPARE, STANDARDISED)], prepared, "standardised: mean 0 and deviation 1"),
        ([(MEAN, f"{MEAN.replace('mean', 'sum')} // len(true_labels)")], measured, "1 where all are right, else 0"),
        ([(RAW, "return powers / powers.max(axis=1, keepdims=True)")], predicted, "divided by the largest of each row"),
        ([(FOUND, f"{FOUND}[:2]")], indexed, "only the first 2 are there"),
        ([(TITLE, TITLE.replace("[index]", "[place - 1]"))], titled, "the labels of a different picture"),
        ([SKIPPED], shown_alone, "only wrong predictions are drawn"),
        ([("start=1", "start=0")], shown, "subplots are counted from 1"),
        ([("images[index], cmap", "images[index][:, ::-1], cmap")], shown, "mirrored: left and right are swapped"),
        (
            [("enumerate(indices, start=1)", "enumerate(list(indices)[1:], start=1)")],
            shown,
            "the first one is left out",
        ),
        ([(PREPARE, "return images.reshape(len(images), 784)")], prepared, "the pixels were not divided by 255"),
        ([(PREPARE, "return np.full((len(images), 784), np.nan, np.float32)")], prepared, "some values are not finite"),
        ([(INVERTED, f"({INVERTED}) * 1.0")], drawn_as_bytes, "floating-point numbers, not bytes"),
        ([(INVERTED, "small")], drawn, "the drawing is dark on white, and it was not inverted"),
        ([(INVERTED, "255 - small")], drawn_light, "the drawing is light on black already, and it was inverted"),
        ([(ARGMAX, f"{ARGMAX} > 4")], predicted_labels, "True and False, not numbers"),
        ([(ARGMAX, f"{ARGMAX} - 1")], predicted_labels, "every label is 1 too small: off by 1"),
        ([(RAW, "return outputs / outputs.sum(axis=1, keepdims=True)")], predicted, "the outputs divided by their sum"),
        ([(PAIR, "return int(np.argmax(scores)), int(np.argmax(scores))")], predicted, "a label, not the scores"),
        ([(f"{OUTPUTS}\n", f"{OUTPUTS}.squeeze()\n")], scored_alone, "the first dimension, of length 1, is missing"),
        (
            [(CHANNEL, CHANNEL.replace("images.", "(255 - images)."))],
            predicted,
            "does not prepare this drawing rightly",
        ),
    ],
)
def test_a_mistake_is_told_with_its_cause(tmp_path: Path, changes: list[Change], check: Check, words: str) -> None:
    text = told_of(changes, check, tmp_path)
    assert text.count("cause:") == 1
    assert words in text.partition("cause:")[2]


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ([MINUS], drawn, "255 - picture"),
        ([(PAIR, "return int(np.argmax(scores)), scores")], predicted, "return scores, label"),
        ([(INVERTED, f"({INVERTED}).tobytes()")], drawn, "cv2.IMREAD_GRAYSCALE gives one channel"),
        ([PLAIN_INT], lettered, "int(label)"),
        ([(MEAN, 'return "75 %"')], measured, "return the number alone"),
        ([(MEAN, "return 1, 2")], measured, "return the number alone"),
        ([(FOUND, f"return np.nonzero({DIFFER})")], indexed, "take its element [0]"),
        ([(FOUND, f"{FOUND}[:, np.newaxis]")], indexed, "np.nonzero(pred_labels != true_labels)[0]"),
        ([(CHANNEL, CHANNEL.replace("images.", "(255 - images)."))], prepared_for_cnn, "give each picture one channel"),
    ],
)
def test_what_to_try_fits_the_cause(tmp_path: Path, changes: list[Change], check: Check, words: str) -> None:
    assert words in told_of(changes, check, tmp_path).partition("try:")[2]


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ([("if not 0 <= label <= 25:", "if not 0 < label <= 25:")], lettered, ""),
        ([(MEAN, MEAN.replace("true_labels", "pred_labels"))], measured, ""),
        ([(MEAN, "return 0.0")], measured, ""),
        ([IN_LOOP], shown, ""),
        ([(PREPARE, PREPARE.replace(" / 255", ""))], prepared, "from 0 to 255"),
        ([(ARGMAX, ARGMAX.replace("argmax", "argmin"))], predicted_labels, "smallest output"),
        ([("return scores, int(", "return np.eye(10)[np.argmax(scores)], int(")], predicted, ""),
        ([SEEDED, (LOADED, f"{LOADED} // 2")], predicted, ""),
        ([(FOUND, f"return np.mean({DIFFER})")], indexed, "one number where there should be several"),
        ([(FOUND, f"return ({DIFFER}).any()")], indexed, "one number where there should be several"),
        ([(FOUND, f"found = np.nonzero({DIFFER})[0]\n    return np.where(found > 3, found + 1, found)")], indexed, ""),
    ],
)
def test_a_mistake_beside_it_is_not_told_so(tmp_path: Path, changes: list[Change], check: Check, words: str) -> None:
    text = told_of(changes, check, tmp_path)
    assert words in text
    assert ("cause:" in text) is bool(words)


def test_whole_labels_of_a_sure_network_are_not_its_largest_outputs() -> None:
    outputs = np.eye(10, dtype=np.float32)[[1, 1, 1]]
    student = SimpleNamespace(predict_labels=lambda _model, _x: np.ones(3))
    text = told(lambda: training.expect_labels(student, None, np.zeros((3, 784)), lambda *_: outputs, what="a network"))
    assert "cause:    floating-point numbers where labels are whole numbers" in text
