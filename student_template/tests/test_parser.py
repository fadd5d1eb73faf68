"""Part 1: reading IDX files and the .npz file."""

import functools
import io
import math
from typing import Any

import numpy as np
import pytest

from .checks.diagnosis import cause_by_calling
from .checks.differences import refusal_cause
from .checks.expect import expect_array, expect_error, expect_same, expect_true
from .checks.idx_files import gzip_bytes, idx_bytes, idx_header
from .checks.idx_probes import BIG_ENDIAN, misread_cause, reads
from .checks.language import tr, trn
from .checks.messages import Cause, cause_of, first_taken, is_told, shape_words
from .checks.path_checks import expect_found, expect_read, expect_taken, unused_path_cause

BEGUN = (1, 2, 4)
"""Bytes that somebody may read of a file to see what it is, before all of it is parsed."""


def of_bytes():
    """Name the bytes themselves, returned where an array should be, by their type."""
    words = tr("the bytes as they stand in the file, not the numbers that they mean")
    return {bytes: Cause(words, "np.frombuffer(data, dtype).reshape(sizes)")}


def parsed(student, array, *, given, hint):
    """Return what parse_idx makes of an array's IDX file, after checking its shape and values."""

    def parse(data):
        return student.parse_idx(io.BytesIO(data))

    def look():
        return misread_cause(parse, array)

    came = expect_array(
        accepted(parse, array, given=given, hint=hint),
        function="parse_idx",
        given=given,
        shape=array.shape,
        kind="number",
        hint=hint,
        instead=of_bytes(),
        proven=look,
    )
    expect_same(came, array, function="parse_idx", given=given, hint=hint, proven=look)
    return came


def accepted(parse, array, *, given, hint):
    """Return what parse_idx gives for an array's file; to refuse a sound file is a failed check."""
    return expect_read(
        lambda _path: parse(idx_bytes(array)),
        "",
        function="parse_idx",
        given=given,
        expected=tr("an array of shape {shape}", shape=shape_words(array.shape)),
        hint=hint,
        refusals=(ValueError, OverflowError),  # a size in the wrong byte order may be too large for read()
        look_further=lambda error: refusal_cause(str(error), array.shape) or misread_cause(parse, array),
    )


SHAPES = ((3, 4), (12,), (2, 3, 2), (0x00010100,))
"""Of sound files: who reads one of them can be asked for types and damaged files. The last size is a palindrome."""


def parsed_somewhere(student, make, *, given, hint):
    """Check that an element type is read right in one of the shapes; which shapes are read is asked elsewhere."""
    return first_taken(functools.partial(parsed, student, make(shape), given=given, hint=hint) for shape in SHAPES)


def expect_refused(student, damaged, *, given, hint):
    """Check that parse_idx refuses a damaged file of a shape that it takes undamaged: who refuses all finds nothing.

    Args:
        damaged: makes a file of a shape.
    """
    sound = [functools.partial(parse, student, idx_bytes(np.zeros(shape, np.uint8))) for shape in SHAPES]
    shape = SHAPES[expect_taken(sound, function="parse_idx", given=given)]
    expect_error(ValueError, lambda: parse(student, damaged(shape)), function="parse_idx", given=given, hint=hint)


def parse(student, data):
    return student.parse_idx(io.BytesIO(data))


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
    images = rng.integers(0, 128, (3, 5, 4), dtype=np.uint8)
    parsed(
        student,
        images,
        given=tr("a file with 3 pictures of 5 rows and 4 columns"),
        hint=tr("reshape to the sizes, in their order"),
    )


@pytest.mark.line("parser.big_endian_sizes")
def test_sizes_above_255_are_big_endian(student, rng):
    labels = rng.integers(0, 10, 300, dtype=np.uint8)
    parsed(student, labels, given=tr("a file with 300 labels (size bytes 00 00 01 2c)"), hint=tr(BIG_ENDIAN))


def some_values(rng, dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return rng.normal(0, 1000, shape).astype(dtype)
    bounds = np.iinfo(dtype)
    return rng.integers(bounds.min, bounds.max, shape, dtype=dtype, endpoint=True)


def type_test(dtype, code):
    """Return a test of one element type."""

    def test(student, rng):
        hint = tr(
            "type code 0x{code:02X} is big-endian {name}: dtype '>{dtype}'",
            code=code,
            name=np.dtype(dtype).name,
            dtype=dtype,
        )
        given = tr("a file of {name}", name=np.dtype(dtype).name)
        parsed_somewhere(student, lambda shape: some_values(rng, dtype, shape), given=given, hint=hint)

    return test


test_int8 = pytest.mark.line("parser.i1")(type_test("i1", 0x09))
test_float32 = pytest.mark.line("parser.f4")(type_test("f4", 0x0D))


@pytest.mark.line("parser.i2")
def test_int16_is_big_endian(student, rng):
    parsed_somewhere(
        student,
        lambda shape: rng.integers(-30000, 30000, shape).astype(np.int16),
        given=tr("a file of int16 (type code 0x0B)"),
        hint=tr("the data are big-endian too, and 2 bytes for each element: dtype '>i2'"),
    )


@pytest.mark.line("parser.empty_file")
def test_empty_file(student):
    expect_refused(
        student,
        lambda _shape: b"",
        given=tr("an empty file"),
        hint=tr("read() returns fewer bytes than you asked for at the end of a file: check the length"),
    )


@pytest.mark.line("parser.magic")
@pytest.mark.parametrize("start", [b"\x01\x00", b"\x00\x01", b"\x89P"])
def test_wrong_magic(student, start):
    expect_refused(
        student,
        lambda shape: start + idx_bytes(np.zeros(shape, np.uint8))[2:],
        given=tr("a file that begins with {hex}", hex=start.hex(" ")),
        hint=tr("the first two bytes of an IDX file are zero: check it"),
    )


@pytest.mark.line("parser.no_dimensions")
@pytest.mark.parametrize("rest", [b"", b"\x07"])
def test_no_dimensions(student, rest):
    expect_refused(
        student,
        lambda _shape: b"\x00\x00\x08\x00" + rest,
        given=tr("a file that states 0 dimensions"),
        hint=tr("byte 3 is the number of dimensions: it is 1 or more"),
    )


@pytest.mark.line("parser.type_code")
@pytest.mark.parametrize("width", [1, 2, 4, 8])  # whatever size of an element is guessed, one file has just as much
@pytest.mark.parametrize("code", [0x00, 0x07, 0x0A, 0x0F, 0xFF])
def test_unknown_type_code(student, code, width):
    expect_refused(
        student,
        lambda shape: idx_header(code, shape) + bytes(math.prod(shape) * width),
        given=tr("a file with the type code 0x{code:02X}, which does not exist", code=code),
        hint=tr("only six type codes are known; refuse the others with ValueError"),
    )


@pytest.mark.line("parser.truncated_header")
@pytest.mark.parametrize("length", [1, 3, 4, 6, -1])
def test_truncated_header(student, length):
    expect_refused(
        student,
        lambda shape: idx_header(0x08, shape)[:length],
        given=tr("a file whose header lacks its last byte")
        if length < 0
        else trn(
            "a file that ends after {count} byte, inside its header",
            "a file that ends after {count} bytes, inside its header",
            length,
        ),
        hint=tr("check the length of what read() returned before you unpack it"),
    )


@pytest.mark.line("parser.truncated_data")
@pytest.mark.parametrize("missing", [1, 9])
def test_truncated_data(student, missing):
    expect_refused(
        student,
        lambda shape: idx_bytes(np.zeros(shape, np.uint8))[:-missing],
        given=trn("a file whose last byte is cut off", "a file whose last {count} bytes are cut off", missing),
        hint=tr("compare the length of the data with the product of the sizes"),
    )


@pytest.mark.line("parser.left_over")
@pytest.mark.parametrize("extra", [1, 8])
def test_bytes_left_over(student, extra):
    expect_refused(
        student,
        lambda shape: idx_bytes(np.zeros(shape, np.uint8)) + bytes(extra),
        given=trn(
            "a file with {count} byte more than its sizes say",
            "a file with {count} bytes more than its sizes say",
            extra,
        ),
        hint=tr("after the data there must be nothing left to read"),
    )


def as_parsed(student, array):
    """Return an array whose file the student's parse_idx reads, the given one first, and what it makes of it."""
    for sound in (array, *(np.arange(math.prod(shape)).astype(np.uint8).reshape(shape) for shape in SHAPES)):
        try:
            came = student.parse_idx(io.BytesIO(idx_bytes(sound)))
        except Exception as error:
            if not is_told(error):
                raise
            continue
        if isinstance(came, np.ndarray) and came.dtype.kind in "biuf":
            return sound, came
    return array, array


def expect_parsed_file(student, files, array, name, *, given, hint):
    """Check what mnist_parse_file makes of an array's file, compressed when its name says so.

    What is wrong with parse_idx is asked elsewhere: what that makes of the same bytes is right here.
    """
    array, wanted = as_parsed(student, array)
    ending = ".gz" if name.endswith(".gz") else ""
    packed, other = (gzip_bytes, bytes) if ending else (bytes, gzip_bytes)

    def parse(data, *, pack=packed):
        return student.mnist_parse_file(files.put(f"probe{ending}", pack(data)))

    def refused(error):
        cause = misread_cause(parse, array) or begun_cause() or cause_by_calling(parser_cause) or cause_of(error)
        return cause or (packing_cause() if reads(functools.partial(parse, pack=other), array) else "")

    def begun(count, data):
        return parse(data[:count] + data)

    def begun_cause():
        count = next((count for count in BEGUN if reads(functools.partial(begun, count), array)), 0)
        words = trn(
            "the first byte is read before parse_idx begins",
            "the first {count} bytes are read before parse_idx begins",
            count,
        )
        return Cause(words, tr("fd.seek(0) goes back to the start")) if count else ""

    def parser_cause():
        if reads(lambda data: student.parse_idx(io.BytesIO(data)), array):
            return ""
        words = tr("parse_idx does not read the contents of this file rightly")
        return Cause(words, tr("fix parse_idx first; its tests show what is wrong"))

    def packing_cause():
        if ending:
            return tr("a file of this name that is not compressed is read, the compressed one is not")
        return tr("a compressed file of this name is read, one that is not compressed is not")

    def misread():
        nowhere = files.path(f"nothing-here{ending}")
        unused = cause_by_calling(lambda: unused_path_cause(student.mnist_parse_file, nowhere, came))
        return unused or misread_cause(parse, array) or cause_by_calling(parser_cause)

    came = expect_read(
        student.mnist_parse_file,
        files.put(name, packed(idx_bytes(array))),
        function="mnist_parse_file",
        given=given,
        expected=tr("an array of shape {shape}", shape=shape_words(array.shape)),
        hint=hint,
        refusals=(ValueError, OverflowError),
        look_further=refused,
    )
    options: dict[str, Any] = {"function": "mnist_parse_file", "given": given, "proven": misread}
    expect_same(
        expect_array(came, shape=wanted.shape, hint=hint, instead=of_bytes(), **options),
        wanted,
        hint=tr("pass the opened file to parse_idx"),
        **options,
    )


@pytest.mark.line("parser.gzip_file")
def test_gzip_file(student, files, rng):
    labels = rng.integers(0, 10, 20, dtype=np.uint8)
    hint = tr("open it with gzip.open(fname, 'rb'), and pass the opened file to parse_idx")
    expect_parsed_file(student, files, labels, "labels-idx1-ubyte.gz", given=tr("a .gz file"), hint=hint)


@pytest.mark.line("parser.raw_file")
def test_raw_file(student, files, rng):
    images = rng.integers(0, 128, (2, 28, 28), dtype=np.uint8)
    hint = tr("use gzip.open only for compressed files")
    given = tr("a file that is not compressed")
    expect_parsed_file(student, files, images, "images-idx3-ubyte", given=given, hint=hint)


@pytest.mark.line("parser.missing_file")
@pytest.mark.parametrize("name", ["no-such-file.gz", "no-such-file"])
def test_missing_file(student, files, name):
    expect_found(student.mnist_parse_file, files.put("there.gz", gzip_bytes(idx_bytes(np.zeros(3, np.uint8)))))
    expect_error(
        FileNotFoundError,
        lambda: student.mnist_parse_file(files.path(name)),
        function="mnist_parse_file",
        given=tr("a path where there is no file ({name})", name=name),
        hint=tr("open the path that is given: open() raises FileNotFoundError by itself, do not catch it"),
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
    given = tr("an .npz file; pictures to train on: {train}, to test on: {test}", train=sizes[0], test=sizes[1])
    came = expect_read(
        student.load_mnist,
        files.put("given.npz", file.getvalue()),
        function="load_mnist",
        given=given,
        expected="((x_train, y_train), (x_test, y_test))",
        hint="np.load(path)",
    )
    pairs = isinstance(came, tuple | list) and len(came) == 2
    expect_true(
        pairs and all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in came),
        tr("load_mnist returned something else than two pairs."),
        given=given,
        came=type(came).__name__,
        expected="((x_train, y_train), (x_test, y_test))",
        hint="return (x_train, y_train), (x_test, y_test)",
    )
    exchanged = tr("got a different one of the four arrays")

    def unused():
        nowhere, first = files.path("nothing-here.npz"), came[0][0]
        return cause_by_calling(lambda: unused_path_cause(lambda path: student.load_mnist(path)[0][0], nowhere, first))

    for pair, pair_wanted, name in zip(came, wanted, ("train", "test"), strict=True):
        for array, array_wanted, letter in zip(pair, pair_wanted, "xy", strict=True):
            what = f"load_mnist: {letter}_{name}"
            others = {other.shape: exchanged for both in wanted for other in both if other is not array_wanted}
            hint = tr("are the four arrays those of the file at `path`, in the right places?")
            options: dict[str, Any] = {"function": what, "given": given, "hint": hint, "proven": unused}
            read = expect_array(array, shape=array_wanted.shape, instead=others, **options)
            expect_same(read, array_wanted, **options)
