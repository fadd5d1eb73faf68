"""Part 1: reading IDX files and the .npz file."""

import io

import numpy as np
import pytest

from .checks.differences import refusal_cause
from .checks.expect import expect_array, expect_error, expect_same, expect_true
from .checks.idx_files import gzip_bytes, idx_bytes
from .checks.idx_probes import misread_cause
from .checks.language import later, tr, trn
from .checks.messages import CheckFailed, raised_by_student, shape_words

SIZES_HINT = later(
    "the sizes are unsigned 32-bit integers with the most significant byte first: struct.unpack('>I', ...)"
)


def parsed(student, array, *, given, hint):
    """Return what parse_idx makes of an array's IDX file, after checking its shape and values."""
    came = expect_array(
        accepted(student, array, given=given, hint=hint),
        function="parse_idx",
        given=given,
        shape=array.shape,
        kind="number",
        hint=hint,
    )
    expect_same(came, array, function="parse_idx", given=given, hint=hint)
    return came


def accepted(student, array, *, given, hint):
    """Return what parse_idx gives for an array's file; to refuse a sound file is a failed check."""
    try:
        return student.parse_idx(io.BytesIO(idx_bytes(array)))
    except (ValueError, OverflowError) as error:  # a size in the wrong byte order may be too large for read()
        came = raised_by_student(error)
        if came is None:
            raise
        raise CheckFailed(
            tr("parse_idx refused a sound file."),
            given=given,
            came=came,
            expected=tr("an array of shape {shape}", shape=shape_words(array.shape)),
            cause=refusal_cause(str(error), array.shape)
            or misread_cause(lambda data: student.parse_idx(io.BytesIO(data)), array),
            hint=hint,
        ) from error


@pytest.mark.line("parser.u1")
@pytest.mark.parametrize("length", [1, 7])
def test_vector_of_bytes(student, rng, length):
    labels = rng.integers(0, 256, length, dtype=np.uint8)
    parsed(
        student,
        labels,
        given=trn("a file with {count} uint8 label", "a file with {count} uint8 labels", length),
        hint=tr("read 4 bytes, then one size, then the data"),
    )


@pytest.mark.line("parser.images")
def test_images_keep_their_row_order(student, rng):
    images = rng.integers(0, 256, (3, 5, 4), dtype=np.uint8)
    parsed(
        student,
        images,
        given=tr("a file with 3 pictures of 5 rows and 4 columns"),
        hint=tr("reshape to the sizes, in their order"),
    )


@pytest.mark.line("parser.big_endian_sizes")
def test_sizes_above_255_are_big_endian(student, rng):
    labels = rng.integers(0, 10, 300, dtype=np.uint8)
    parsed(student, labels, given=tr("a file with 300 labels (size bytes 00 00 01 2c)"), hint=tr(SIZES_HINT))


@pytest.mark.line("parser.i2")
def test_int16_is_big_endian(student, rng):
    values = rng.integers(-30000, 30000, (4, 3)).astype(np.int16)
    parsed(
        student,
        values,
        given=tr("a file of int16 (type code 0x0B)"),
        hint=tr("the data are big-endian too, and 2 bytes for each element: dtype '>i2'"),
    )


@pytest.mark.line("parser.empty_file")
def test_empty_file(student):
    expect_error(
        ValueError,
        lambda: student.parse_idx(io.BytesIO(b"")),
        function="parse_idx",
        given=tr("an empty file"),
        hint=tr("read() returns fewer bytes than you asked for at the end of a file: check the length"),
    )


@pytest.mark.line("parser.magic")
@pytest.mark.parametrize("start", [b"\x01\x00", b"\x00\x01", b"\x89P"])
def test_wrong_magic(student, start):
    data = start + idx_bytes(np.zeros(3, np.uint8))[2:]
    expect_error(
        ValueError,
        lambda: student.parse_idx(io.BytesIO(data)),
        function="parse_idx",
        given=tr("a file that begins with {hex}", hex=start.hex(" ")),
        hint=tr("the first two bytes of an IDX file are zero: check it"),
    )


@pytest.mark.line("parser.truncated_data")
@pytest.mark.parametrize("missing", [1, 9])
def test_truncated_data(student, missing):
    data = idx_bytes(np.arange(12, dtype=np.uint8).reshape(3, 4))[:-missing]
    expect_error(
        ValueError,
        lambda: student.parse_idx(io.BytesIO(data)),
        function="parse_idx",
        given=trn("a file whose last byte is cut off", "a file whose last {count} bytes are cut off", missing),
        hint=tr("compare the length of the data with the product of the sizes"),
    )


@pytest.mark.line("parser.gzip_file")
def test_gzip_file(student, files, rng):
    labels = rng.integers(0, 10, 20, dtype=np.uint8)
    path = files.put("labels-idx1-ubyte.gz", gzip_bytes(idx_bytes(labels)))
    came = expect_array(
        student.mnist_parse_file(path),
        function="mnist_parse_file",
        given=tr("a .gz file"),
        shape=(20,),
        hint=tr("open it with gzip.open(fname, 'rb')"),
    )
    expect_same(
        came, labels, function="mnist_parse_file", given=tr("a .gz file"), hint=tr("pass the opened file to parse_idx")
    )


@pytest.mark.line("parser.raw_file")
def test_raw_file(student, files, rng):
    images = rng.integers(0, 256, (2, 28, 28), dtype=np.uint8)
    path = files.put("images-idx3-ubyte", idx_bytes(images))
    came = expect_array(
        student.mnist_parse_file(path),
        function="mnist_parse_file",
        given=tr("a file that is not compressed"),
        shape=(2, 28, 28),
        hint=tr("only a compressed file wants gzip.open"),
    )
    expect_same(
        came,
        images,
        function="mnist_parse_file",
        given=tr("a file that is not compressed"),
        hint=tr("pass the opened file to parse_idx"),
    )


@pytest.mark.line("parser.missing_file")
@pytest.mark.parametrize("name", ["no-such-file.gz", "no-such-file"])
def test_missing_file(student, files, name):
    expect_error(
        FileNotFoundError,
        lambda: student.mnist_parse_file(files.path(name)),
        function="mnist_parse_file",
        given=tr("a path where there is no file ({name})", name=name),
        hint=tr("open() raises FileNotFoundError by itself: do not catch it"),
    )


@pytest.mark.line("parser.npz")
@pytest.mark.parametrize("sizes", [(6, 4), (1, 2)])
def test_npz(student, files, rng, sizes):
    wanted = [
        (rng.integers(0, 256, (size, 28, 28), dtype=np.uint8), rng.integers(0, 10, size, dtype=np.uint8))
        for size in sizes
    ]
    file = io.BytesIO()
    np.savez(file, x_train=wanted[0][0], y_train=wanted[0][1], x_test=wanted[1][0], y_test=wanted[1][1])
    came = student.load_mnist(files.put("mnist.npz", file.getvalue()))
    given = tr("an .npz file; pictures to train on: {train}, to test on: {test}", train=sizes[0], test=sizes[1])
    pairs = isinstance(came, tuple | list) and len(came) == 2
    expect_true(
        pairs and all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in came),
        tr("load_mnist returned something else than two pairs."),
        given=given,
        came=type(came).__name__,
        expected="((x_train, y_train), (x_test, y_test))",
        hint="return (x_train, y_train), (x_test, y_test)",
    )
    exchanged = tr("another one of the four arrays: they are exchanged")
    for pair, pair_wanted, name in zip(came, wanted, ("train", "test"), strict=True):
        for array, array_wanted, letter in zip(pair, pair_wanted, "xy", strict=True):
            what = f"load_mnist: {letter}_{name}"
            others = {other.shape: exchanged for both in wanted for other in both if other is not array_wanted}
            read = expect_array(array, function=what, given=given, shape=array_wanted.shape, instead=others)
            expect_same(
                read, array_wanted, function=what, given=given, hint=tr("are the four arrays in the right places?")
            )
