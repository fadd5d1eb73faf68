"""Mistakes in reading and writing files, put into the reference: the public tests tell each with its true cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from student_mistakes import (
    Change,
    Check,
    double,
    emptied,
    files_in,
    int16,
    labels,
    many,
    npz,
    parser,
    pictures,
    restored,
    student_with,
    told_of,
    upright,
    vector,
    written,
)  # fmt: skip

from grader.assignment.hidden_tests import test_parser_hidden as hidden
from grader.proofs.variants import solved

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:Skipping variable loading:UserWarning"),  # Keras, of a fresh optimizer
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras, when it saves
]

PARSER = solved().partition('bytes left over.\n    """\n')[2].partition("\n\n\n# %%")[0]
DATA = 'data = read_exactly(fd, math.prod(shape) * dtype.itemsize, "data")\n    if fd.read(1):\n        raise'
PACKED = 'with gzip.open(fname, "rb") if is_gzip else open(fname, "rb") as fd:'
MAGIC = 'struct.unpack(">HBB", read_exactly(fd, 4, "magic number"))\n'
SHAPED = 'return np.frombuffer(data, dtype).reshape(shape).astype(dtype.newbyteorder("="))'
FOUR = 'magic, *sizes = struct.unpack(">IIII", fd.read(16))\n    if magic != 2051:\n        raise ValueError("magic")\n'
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
UNPACKED = 'struct.unpack(f">{dimensions}I", read_exactly(fd, 4 * dimensions, "list of sizes"))'
LOW_BYTE = (UNPACKED, 'tuple(read_exactly(fd, 4, "list of sizes")[3] for _ in range(dimensions))')
UNCHECKED = ("    if fd.read(1):\n", "    if False:\n")
TWO_KINDS = ("    if type_code not in IDX_TYPES:", "    if dimensions == 2 or type_code not in IDX_TYPES:")
FROM_START = "from the start of the file: the bytes of its header are among them"
FIXED_SIZES = "a file with 3 sizes is read rightly, one with {} is not"
CODES = "zeros, type_code, dimensions ="
SIDES_28 = ".reshape(-1, 28, 28) if dimensions == 3 else np.frombuffer(data, dtype).reshape(shape)"
BY_28 = (SHAPED, f"return np.frombuffer(data, dtype){SIDES_28}")
FROM_DISK = ('data = read_exactly(fd, math.prod(shape) * dtype.itemsize, "data")', "data = np.fromfile(fd, dtype)")
NEVER = (DATA, f'raise ValueError("never")\n    {DATA}')
DOUBLED = (SHAPED, f"{SHAPED} * 2")
ROLLED = (SHAPED, f"return np.roll({SHAPED.removeprefix('return ')}, 1)")
SNIFFED = 'is_gzip = fd.read(2) == b"\\x1f\\x8b"'
PEEKED = (SNIFFED, f"{SNIFFED}\n        if not is_gzip:\n            return parse_idx(fd)\n       ")
CLOSED = (f"    {PACKED}\n        return", f"    {PACKED}\n        pass\n    return")
ONE_PATH = ("labels = mnist_parse_file(labels_path)", "labels = mnist_parse_file(images_path)")
TWICE = ('test = arrays["x_test"], arrays["y_test"]', 'test = arrays["x_train"], arrays["y_train"]')
LETTERS = "return images.transpose(0, 2, 1), labels.astype(np.int64) - 1"
NO_FOLDER = ("model.save(path)", "model.save(Path(path).name)")
PICKLE = ("import gzip\n", "import gzip\nimport pickle\n")
LAYERS = ("models.load_model(path)", "models.Sequential.from_config(models.load_model(path).get_config())")
OWN_MODEL = ("    model.save(path)\n", "    build_ann().save(path)\n")
HDF5 = ("    model.save(path)\n", '    model.save(f"{path}.h5")\n    Path(f"{path}.h5").rename(path)\n')
NOTHING = ("    model.save(path)\n", '    Path(path).write_bytes(b"")\n')
EXPORT = ("    model.save(path)\n", "    model.export(path, verbose=False)\n")
FROM_FOUR = (PARSER, "    return np.frombuffer(fd.read()[4:], np.uint8)\n")
NATURAL = (
    PARSER,
    """    _, _, code, dimensions = fd.read(4)
    shape = struct.unpack(f">{dimensions}I", fd.read(4 * dimensions))
    types = {0x08: np.uint8, 0x09: np.int8, 0x0B: np.int16, 0x0C: np.int32, 0x0D: np.float32, 0x0E: np.float64}
    return np.frombuffer(fd.read(), types[code]).reshape(shape)
""",
)
"""The most natural parser of all: it forgets the order of the bytes."""
PACKED_ALONE = (PACKED, 'if not is_gzip:\n        raise ValueError("packed?")\n    with gzip.open(fname, "rb") as fd:')
FALLBACK = ("models.load_model(path)", "models.load_model(path) if Path(path).exists() else build_ann()")
WEIGHTS = ("models.load_model(path)", "models.load_model(path).get_weights()")


def two_sizes(student: Any, _files: Any, rng: Any) -> None:
    hidden.test_any_number_of_dimensions(student, rng, 2)


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ([SEEK], vector, FROM_START),
        ([SEEK], pictures, FROM_START),
        (LITTLE, vector, "the sizes were read little-endian"),
        ([ASSERT], emptied, "`assert` raises AssertionError"),
        ([("images.transpose(0, 2, 1)", "images.T")], upright, "all three axes are turned round"),
        ([WHOLE], vector, FROM_START),
        ([WHOLE], int16, FROM_START),
        ([WHOLE], parser.test_raw_file, FROM_START),
        ([BYTES], vector, "the bytes as they stand in the file"),
        ([BYTES], parser.test_gzip_file, "the bytes as they stand in the file"),
        ([FIXED], vector, FIXED_SIZES.format(1)),
        ([THREE], vector, "3 sizes are read from the header, though its byte 3 says 1"),
        ([TUPLE], vector, FIXED_SIZES.format(1)),
        ([(".reshape(shape)", "")], pictures, "a reshape is missing"),
        ([TWO_KINDS], two_sizes, "files with 1 or 3 sizes are read rightly, one with 2 is not"),
        ([FIXED], int16, FIXED_SIZES.format(2)),
        ([TUPLE], labels, "mnist_parse_file refuses the labels alone"),
        ([SIXTEEN], pictures, "pictures of 28x28 are read rightly, others are not"),
        ([THREE], labels, "mnist_parse_file refuses the labels alone"),
        ([PLAIN], parser.test_gzip_file, "1f 8b are the first bytes of a gzip file"),
        ([PLAIN, SILENT], parser.test_gzip_file, "a file of this name that is not compressed is read, the compressed"),
        ([OWN], parser.test_gzip_file, "the given file exists, but your code looks for a different one"),
        ([UNUSED], parser.test_gzip_file, "a missing file gives the same result"),
        ([NPZ], npz, "the given file exists, but your code looks for a different one"),
        ([LABELS], labels, "the same error without a file of labels"),
        ([RESTORE], restored, "a missing file gives a model, too"),
        ([RESTORE_OWN], restored, "the given file exists, but your code looks for a different one"),
        (JSON, restored, "the text that model.to_json() gives"),
        (JSON, written, "the text that model.to_json() gives"),
        ([(".reshape(shape)", ".reshape(shape).T")], pictures, "rows and columns are swapped"),
        ([(SHAPED, SHAPED.replace('dtype.newbyteorder("=")', "np.uint8"))], int16, "converted to uint8"),
        ([LOW_BYTE], many, "only the last of its four bytes is read"),
        ([LOW_BYTE, UNCHECKED], many, "only the last of its four bytes is read"),
        ([BY_28], pictures, "pictures of 28x28 are read rightly"),
        ([(CODES, CODES.replace("type_code, dimensions", "dimensions, type_code"))], vector, "they are exchanged"),
        ([NEVER], parser.test_gzip_file, "parse_idx does not read the contents"),
        ([PEEKED], parser.test_raw_file, "the first 2 bytes are read before parse_idx begins"),
        ([CLOSED], parser.test_raw_file, "the file is closed already"),
        ([FROM_DISK], vector, "np.fromfile reads files of the disk alone"),
        ([ONE_PATH], labels, "these are the pictures: is `labels_path` read?"),
        ([(LETTERS, "return labels, images")], labels, "the two results are exchanged"),
        ([(LETTERS, "return labels, images")], upright, "the two results are exchanged"),
        ([(LETTERS, "return labels, labels")], upright, "these are the labels: is `images_path` read?"),
        ([TWICE], npz, "got a different one of the four arrays"),
        ([NO_FOLDER], written, 'it wrote "saved.keras" into the wrong folder'),
        (
            [("    model.save(path)\n", "    Path(path).write_bytes(pickle.dumps(1))\n"), PICKLE],
            written,
            "what pickle writes",
        ),
        ([(LETTERS, 'return images, np.array(list("A" * 12))')], labels, "text, not numbers"),
        ([LAYERS], restored, "restored twice, the outputs differ"),
        ([OWN_MODEL], restored, "saved twice, the outputs differ"),
        ([HDF5], written, "HDF5, the format of .h5 files"),
        ([NOTHING], written, "nothing was written into it"),
        ([EXPORT], written, "model.export writes a folder for TensorFlow"),
        ([FROM_FOUR], vector, "you skip 4 header bytes"),
        ([PACKED_ALONE], parser.test_raw_file, "a compressed file of this name is read, one that is not"),
        ([ROLLED], vector, "the right values in the wrong order"),
        ([DOUBLED], upright, "mnist_parse_file does not read the file of the pictures rightly"),
        ([(SHAPED, f"{SHAPED} + (dimensions == 1)")], labels, "does not read the file of the labels rightly"),
        ([(".reshape(shape)", "")], labels, "mnist_parse_file does not read the file of the pictures rightly"),
        ([("images.transpose(0, 2, 1)", "np.rot90(images, 1, (1, 2))")], upright, "of the file were rotated"),
        ([("images.transpose(0, 2, 1)", "images[:, :, ::-1]")], upright, "of the file were mirrored"),
        ([NATURAL], int16, "in the wrong order (little-endian)"),
        ([NATURAL], double, "in the wrong order (little-endian)"),
        ([FALLBACK, OWN_MODEL], restored, "saved twice, the outputs differ"),
        ([("import gzip\n", "")], parser.test_gzip_file, "nothing defines this name"),
    ],
)
def test_a_mistake_is_told_with_its_cause(tmp_path: Path, changes: list[Change], check: Check, words: str) -> None:
    text = told_of(changes, check, tmp_path)
    assert text.count("cause:") == 1
    assert words in text.partition("cause:")[2]


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ([SEEK], pictures, "the elements begin after the last of them"),
        ([TUPLE], labels, "fix mnist_parse_file first"),
        ([UNUSED], parser.test_gzip_file, "open the path in the parameter"),
        ([RESTORE], restored, "load the model from the path that is given"),
        ([BYTES], vector, "np.frombuffer(data, dtype).reshape(sizes)"),
        ([PEEKED], parser.test_raw_file, "fd.seek(0) goes back to the start"),
        ([THREE], vector, "byte 3 says how many sizes follow"),
        ([NEVER], parser.test_gzip_file, "fix parse_idx first"),
        ([OWN_MODEL], restored, "model.save(path)"),
        ([WEIGHTS], restored, "return keras.models.load_model(path)"),
    ],
)
def test_what_to_try_fits_the_cause(tmp_path: Path, changes: list[Change], check: Check, words: str) -> None:
    assert words in told_of(changes, check, tmp_path).partition("try:")[2]


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ([(SHAPED, SHAPED.replace("dtype)", "np.uint8)") + " + 3")], vector, "off by 3"),
        ([NEVER], vector, ""),
        ([("zeros != 0 or", "zeros == 0 or")], vector, ""),
        ([OWN_ARRAY], parser.test_gzip_file, ""),
    ],
)
def test_a_mistake_beside_it_is_not_told_so(tmp_path: Path, changes: list[Change], check: Check, words: str) -> None:
    text = told_of(changes, check, tmp_path)
    assert words in text
    assert ("cause:" in text) is bool(words)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ([SEEK], parser.test_gzip_file),
        (LITTLE, int16),
        (LITTLE, parser.test_raw_file),
        ([FIXED], parser.test_gzip_file),
        ([TUPLE], parser.test_gzip_file),
        ([THREE], parser.test_gzip_file),
        ([(".reshape(shape)", "")], int16),
        ([TWO_KINDS], int16),
        ([DOUBLED], parser.test_raw_file),
    ],
)
def test_a_mistake_that_another_line_is_about_costs_nothing_here(
    tmp_path: Path, changes: list[Change], check: Check
) -> None:
    check(student_with(*changes), files_in(tmp_path), np.random.default_rng(7))
