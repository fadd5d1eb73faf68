"""Mistakes that students make, put into the reference: the public tests tell each with its true cause."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("MPLBACKEND", "Agg")

import cv2
import keras
import numpy as np
import pytest

from grader.assignment.public_tests import test_drawing as drawing
from grader.assignment.public_tests import test_letters as letters
from grader.assignment.public_tests import test_parser as parser
from grader.assignment.public_tests import test_save as save
from grader.assignment.public_tests import test_training as training
from grader.assignment.public_tests.checks.crash_words import describe_crash
from grader.validation.variants import changed, solved

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras, when it saves
]

Change = tuple[str, str]
PARSER = solved().partition('bytes left over.\n    """\n')[2].partition("\n\n\n# %%")[0]
DATA = 'data = read_exactly(fd, math.prod(shape) * dtype.itemsize, "data")\n    if fd.read(1):\n        raise'
PACKED = 'with gzip.open(fname, "rb") if is_gzip else open(fname, "rb") as fd:'
MAGIC = 'struct.unpack(">HBB", read_exactly(fd, 4, "magic number"))\n'
SHAPED = 'return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="))'
FOUR = 'magic, *sizes = struct.unpack(">IIII", fd.read(16))\n    if magic != 2051:\n        raise ValueError("magic")\n'


@functools.cache
def student_with(*changes: Change) -> SimpleNamespace:
    names: dict[str, Any] = {"__name__": "mnist_all_models"}
    exec(compile(changed(*changes), "/home/x/mnist_all_models.py", "exec"), names)
    return SimpleNamespace(**{name: value for name, value in names.items() if callable(value)})


def files_in(folder: Path) -> SimpleNamespace:
    def put(name: str, content: bytes) -> str:
        (folder / name).write_bytes(content)
        return str(folder / name)

    return SimpleNamespace(
        put=put, path=lambda name: str(folder / name), get=lambda path: Path(path).read_bytes(), times=lambda: None
    )


def told(check: Callable[[], None]) -> str:
    """Return what a student would read of a failed test."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- of any class
        check()
    return describe_crash(caught.value) or str(caught.value)


def vector(student: Any, _files: Any, rng: Any) -> None:
    parser.test_vector_of_bytes(student, rng, 7)


def many(student: Any, _files: Any, rng: Any) -> None:
    parser.test_sizes_above_255_are_big_endian(student, rng)


def pictures(student: Any, _files: Any, rng: Any) -> None:
    parser.test_images_keep_their_row_order(student, rng)


def int16(student: Any, _files: Any, rng: Any) -> None:
    parser.test_int16_is_big_endian(student, rng)


def npz(student: Any, files: Any, rng: Any) -> None:
    parser.test_npz(student, files, rng, (6, 4))


def emptied(student: Any, _files: Any, _rng: Any) -> None:
    parser.test_empty_file(student)


def upright(student: Any, files: Any, rng: Any) -> None:
    letters.test_letters_are_upright(student, files, rng)


def labels(student: Any, files: Any, rng: Any) -> None:
    letters.test_labels_start_at_zero(student, files, rng, True)


def restored(student: Any, files: Any, rng: Any) -> None:
    save.test_restored_model_predicts_the_same(student, files, outputs_of, rng)


def written(student: Any, files: Any, _rng: Any) -> None:
    save.test_save_model_writes_a_keras_file(student, files)


def drawn(student: Any, files: Any, _rng: Any) -> None:
    drawing.test_dark_on_white(student, files, printed, "8", "drawing.png")


def predicted(student: Any, files: Any, _rng: Any) -> None:
    drawing.test_predict_drawing_with_the_convolutional_network(student, files, printed, outputs_of)


def prepared(student: Any, _files: Any, rng: Any) -> None:
    training.test_prepare_ann(student, rng)


def predicted_labels(student: Any, _files: Any, rng: Any) -> None:
    keras.utils.set_random_seed(7)  # a network whose smallest output is always that of class 0 would be told of
    training.test_predict_labels_of_the_dense_network(student, outputs_of, rng, 37)


def measured(student: Any, _files: Any, _rng: Any) -> None:
    training.test_accuracy(student, 1, 4)


def lettered(student: Any, _files: Any, _rng: Any) -> None:
    letters.test_letter_of(student)


def outputs_of(model: Any, pictures: np.ndarray, *, any_width: bool = False) -> Any:
    return np.asarray(model(pictures))


def printed(character: str) -> np.ndarray:
    picture = np.full((56, 56), 255, np.uint8)
    cv2.putText(picture, character, (14, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 4, cv2.LINE_AA)
    return picture


SEEK = (DATA, f"fd.seek(0)\n    {DATA.partition('if fd')[0]}if False:\n        raise")
LENGTH = "data = fd.read()\n    if len(data) != math.prod(shape) * dtype.itemsize:\n        raise"
WHOLE = (DATA, f"fd.seek(0)\n    {LENGTH}")
LITTLE = [('f">{dimensions}I"', 'f"<{dimensions}I"'), (DATA, f"{LENGTH} ValueError\n        raise")]
ASSERT = (PARSER, f"    start = fd.read(4)\n    assert len(start) == 4\n    fd.seek(0)\n{PARSER}")
FIXED = (PARSER, f"    {FOUR}    return np.frombuffer(fd.read(), np.uint8).reshape(sizes)\n")
SIXTEEN = (PARSER, "    return np.frombuffer(fd.read(), np.uint8, offset=16).reshape(-1, 28, 28)\n")
TUPLE = (SHAPED, "count, rows, columns = shape\n    return np.frombuffer(data, dtype).reshape(count, rows, columns)")
THREE = (MAGIC, f"{MAGIC}    dimensions = 3\n")
BYTES = (SHAPED, "return data")
PLAIN = (PACKED, 'with open(fname, "rb") as fd:')
SILENT = (PARSER, f'    if fd.read(2) != b"\\0\\0":\n        raise ValueError("magic")\n    fd.seek(0)\n{PARSER}')
OWN = (
    '    with open(fname, "rb") as fd:\n        is',
    '    fname = "train.gz"\n    with open(fname, "rb") as fd:\n        is',
)
OWN_ARRAY = (f"    {PACKED}\n        return parse_idx(fd)", "    return np.zeros((1000, 28, 28))")
UNUSED = (
    solved().partition('no such file.\n    """\n')[2].partition("\n\n\n# %%")[0],
    "    return np.zeros((1000, 28, 28))",
)
NPZ = ("np.load(path)", 'np.load("mnist.npz")')
LABELS = ("labels = mnist_parse_file(labels_path)", "labels = np.zeros(1040)")
RESTORE = ("models.load_model(path)", "build_ann()")
RESTORE_OWN = ("models.load_model(path)", 'models.load_model("model.keras")')
JSON = [
    ("    model.save(path)\n", "    Path(path).write_text(model.to_json())\n"),
    ("models.load_model(path)", "models.model_from_json(Path(path).read_text())"),
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
UNPACKED = 'struct.unpack(f">{dimensions}I", read_exactly(fd, 4 * dimensions, "list of sizes"))'
LOW_BYTE = (UNPACKED, 'tuple(read_exactly(fd, 4, "list of sizes")[3] for _ in range(dimensions))')
UNCHECKED = ("    if fd.read(1):\n", "    if False:\n")
TWO_KINDS = ("    if type_code not in IDX_TYPES:", "    if dimensions == 2 or type_code not in IDX_TYPES:")
FROM_ONE = [
    ("if not 0 <= label <= 25:", "if not 1 <= label <= 26:"),
    ('ord("A") + int(label)', 'ord("A") + int(label) - 1'),
]
PLAIN_INT = ("if not 0 <= label <= 25:", "if type(label) is not int or not 0 <= label <= 25:")
FROM_START = "from the start of the file: the bytes of its header are among them"
FIXED_SIZES = "a file with 3 sizes is read rightly, one with {} is not"


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ([SEEK], vector, FROM_START),
        ([SEEK], pictures, FROM_START),
        ([SEEK], parser.test_gzip_file, FROM_START),
        (LITTLE, vector, "the sizes were read little-endian"),
        (LITTLE, int16, "the sizes were read little-endian"),
        (LITTLE, parser.test_raw_file, "the sizes were read little-endian"),
        ([ASSERT], emptied, "`assert` raises AssertionError"),
        ([("images.transpose(0, 2, 1)", "images.T")], upright, "all three axes are turned round"),
        ([WHOLE], vector, FROM_START),
        ([WHOLE], int16, FROM_START),
        ([WHOLE], parser.test_raw_file, FROM_START),
        ([BYTES], vector, "the bytes as they stand in the file"),
        ([BYTES], parser.test_gzip_file, "the bytes as they stand in the file"),
        ([FIXED], vector, FIXED_SIZES.format(1)),
        ([FIXED], int16, FIXED_SIZES.format(2)),
        ([FIXED], parser.test_gzip_file, FIXED_SIZES.format(1)),
        ([TUPLE], parser.test_gzip_file, FIXED_SIZES.format(1)),
        ([TUPLE], labels, "mnist_parse_file refuses the labels alone"),
        ([SIXTEEN], pictures, "pictures of 28x28 are read rightly, others are not"),
        ([THREE], parser.test_gzip_file, "3 sizes are read from the header, though its byte 3 says 1"),
        ([THREE], labels, "mnist_parse_file refuses the labels alone"),
        ([PLAIN], parser.test_gzip_file, "1f 8b are the first bytes of a gzip file"),
        ([PLAIN, SILENT], parser.test_gzip_file, "a file of this name that is not compressed is read, the compressed"),
        ([OWN], parser.test_gzip_file, "the file that was given is there, and another one was looked for"),
        ([UNUSED], parser.test_gzip_file, "for a path where there is no file the same comes"),
        ([NPZ], npz, "the file that was given is there, and another one was looked for"),
        ([LABELS], labels, "without a file of labels the same error comes"),
        ([RESTORE], restored, "for a path where there is no file a model comes, too"),
        ([RESTORE_OWN], restored, "the file that was given is there, and another one was looked for"),
        (JSON, restored, "the text that model.to_json() gives"),
        (JSON, written, "the text that model.to_json() gives"),
        ([MINUS], drawn, "-picture of uint8 makes 0 of 0"),
        ([DRAWING_OWN], drawn, "the file that was given is there, and another one was looked for"),
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
        ([(".reshape(shape)", "")], int16, "a reshape is missing"),
        ([(".reshape(shape)", ".reshape(shape).T")], pictures, "rows and columns are swapped"),
        ([(SHAPED, SHAPED.replace('dtype.newbyteorder("=")', "np.uint8"))], int16, "converted to uint8"),
        ([TWO_KINDS], int16, "files with 1 or 3 sizes are read rightly, one with 2 is not"),
        ([LOW_BYTE], many, "only the last of its four bytes is read"),
        ([LOW_BYTE, UNCHECKED], many, "only the last of its four bytes is read"),
        (FROM_ONE, lettered, "1 is A here, as in EMNIST's files"),
        ([PLAIN_INT], lettered, "NumPy's integers are refused"),
        ([(ARGMAX, ONE_BATCH)], predicted_labels, "the first 32 are right"),
        ([(PREPARE, L2)], prepared, "each picture was scaled by a number of its own"),
        ([(MEAN, f"{MEAN.replace('mean', 'sum')} / 60000")], measured, "divided by 60000, not by how many there are"),
    ],
)
def test_a_mistake_is_told_with_its_cause(
    tmp_path: Path, changes: list[Change], check: Callable[..., None], words: str
) -> None:
    student, files = student_with(*changes), files_in(tmp_path)
    text = told(lambda: check(student, files, np.random.default_rng(7)))
    assert text.count("cause:") == 1
    assert words in text.partition("cause:")[2]


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ([SEEK], pictures, "the elements begin after the last of them"),
        ([THREE], parser.test_gzip_file, "byte 3 says how many sizes follow"),
        ([TUPLE], labels, "mend mnist_parse_file first"),
        ([UNUSED], parser.test_gzip_file, "open the path in the parameter"),
        ([MINUS], drawn, "255 - picture"),
        ([(PAIR, "return int(np.argmax(scores)), scores")], predicted, "return scores, label"),
        ([RESTORE], restored, "load the model from the path that is given"),
        ([BYTES], vector, "np.frombuffer(data, dtype).reshape(sizes)"),
        ([(INVERTED, f"({INVERTED}).tobytes()")], drawn, "cv2.IMREAD_GRAYSCALE gives one channel"),
        ([PLAIN_INT], lettered, "int(label)"),
    ],
)
def test_what_to_try_fits_the_cause(
    tmp_path: Path, changes: list[Change], check: Callable[..., None], words: str
) -> None:
    student, files = student_with(*changes), files_in(tmp_path)
    text = told(lambda: check(student, files, np.random.default_rng(7)))
    assert words in text.partition("try:")[2]


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ([(SHAPED, SHAPED.replace("dtype)", "np.uint8)") + " + 3")], vector, "off by 3"),
        ([(DATA, f'raise ValueError("never")\n    {DATA}')], parser.test_gzip_file, ""),
        ([("zeros != 0 or", "zeros == 0 or")], vector, ""),
        ([OWN_ARRAY], parser.test_gzip_file, ""),
        ([("if not 0 <= label <= 25:", "if not 0 < label <= 25:")], lettered, ""),
    ],
)
def test_a_mistake_beside_it_is_not_told_so(
    tmp_path: Path, changes: list[Change], check: Callable[..., None], words: str
) -> None:
    student, files = student_with(*changes), files_in(tmp_path)
    text = told(lambda: check(student, files, np.random.default_rng(7)))
    assert words in text
    assert ("cause:" in text) is bool(words)


def test_whole_labels_of_a_sure_network_are_not_its_largest_outputs() -> None:
    outputs = np.eye(10, dtype=np.float32)[[1, 1, 1]]
    student = SimpleNamespace(predict_labels=lambda _model, _x: np.ones(3))
    text = told(lambda: training.expect_labels(student, None, np.zeros((3, 784)), outputs, what="a network"))
    assert "cause:    floating-point numbers where labels are whole numbers" in text
