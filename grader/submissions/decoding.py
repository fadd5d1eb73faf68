"""Turn the bytes of a ``.py`` file into text as Python itself would, or say which byte is wrong."""

import codecs
import io
import tokenize

from grader.assignment.public_tests.checks.language import tr
from grader.submissions.shown_text import shown
from grader.system.errors import SubmissionError

_WIDE_MARKS = (
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
    codecs.BOM_UTF32_BE,
)  # UTF-32-LE begins like UTF-16-LE
_NOT_FOR_SOURCE = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Python takes them in a ``coding:`` line; no editor saves them, and some take minutes for a large file."""
_SAMPLE_BYTES = 4096


def decode_python(data: bytes, where: str) -> str:
    """Return the source text with normal line ends and without a byte-order mark.

    Raises:
        SubmissionError: empty, UTF-16, zero bytes, an unknown encoding, or bytes that do not fit the encoding.
    """
    if not data.strip():
        raise SubmissionError(tr("{where}: is empty. Save your work in the editor and hand it in again.", where=where))
    _check_no_zero_bytes(data, where)
    encoding = _find_encoding(data, where)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SubmissionError(_wrong_byte(data, error.start, encoding, where)) from error
    except (UnicodeError, LookupError, ValueError) as error:
        raise SubmissionError(
            tr(
                "{where}: cannot be read as {encoding} ({error}). Save it as UTF-8.",
                where=where,
                encoding=shown(encoding),
                error=shown(str(error)),
            )
        ) from error
    return normal_line_ends(text)


def normal_line_ends(text: str) -> str:
    """Return the text with every line end that Python knows as one newline character."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _check_no_zero_bytes(data: bytes, where: str) -> None:
    zeros = data[:_SAMPLE_BYTES].count(0)
    if data.startswith(_WIDE_MARKS) or zeros > len(data[:_SAMPLE_BYTES]) // 5:
        raise SubmissionError(tr("{where}: is saved as UTF-16; save it as UTF-8.", where=where))
    position = data.find(0)
    if position >= 0:
        raise SubmissionError(
            tr(
                "{where}: has a zero byte at position {position} (line {line}). "
                "Such bytes are not text: delete that place and save the file as UTF-8.",
                where=where,
                position=position,
                line=_line_of(data, position),
            )
        )


def _find_encoding(data: bytes, where: str) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:  # raised for a wrong byte in the first two lines, too
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as wrong:
            raise SubmissionError(_wrong_byte(data, wrong.start, "utf-8", where)) from error
        raise SubmissionError(
            tr(
                "{where}: the coding line is not understood ({reason}). Delete it and save the file as UTF-8.",
                where=where,
                reason=shown(error.msg),
            )
        ) from error
    if codecs.lookup(encoding).name in _NOT_FOR_SOURCE:
        raise SubmissionError(
            tr("{where}: says that it is saved as {encoding}. Save it as UTF-8.", where=where, encoding=encoding)
        )
    return encoding


def _wrong_byte(data: bytes, position: int, encoding: str, where: str) -> str:
    return tr(
        "{where}: byte 0x{byte:02x} at position {position} (line {line}) is not {encoding} text. "
        "Save the file as UTF-8.",
        where=where,
        byte=data[position],
        position=position,
        line=_line_of(data, position),
        encoding=shown(encoding),
    )


def _line_of(data: bytes, position: int) -> int:
    before = data[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1
