import pytest

from grader.submissions.decoding import decode_python
from grader.system.errors import SubmissionError


def rejection(data):
    with pytest.raises(SubmissionError) as caught:
        decode_python(data, "a.py")
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("x = 'ж'\n".encode(), "x = 'ж'\n"),
        ("\ufeffx = 'ж'\n".encode(), "x = 'ж'\n"),
        ("# coding: cp1251\nx = 'ж'\n".encode("cp1251"), "# coding: cp1251\nx = 'ж'\n"),
        ("\n# -*- coding: koi8-r -*-\nx = 'ж'\n".encode("koi8-r"), "\n# -*- coding: koi8-r -*-\nx = 'ж'\n"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
    ],
)
def test_text_is_decoded_as_python_does(data, text):
    assert decode_python(data, "a.py") == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_utf_16_is_said_so(encoding):
    assert rejection("x = 1\n".encode(encoding)) == "a.py: is saved as UTF-16; save it as UTF-8."


@pytest.mark.parametrize("data", [b"", b" \r\n\t"])
def test_an_empty_file(data):
    assert rejection(data) == "a.py: is empty. Save your work in the editor and hand it in again."


def test_a_zero_byte_is_placed():
    assert rejection(b"x = 1\r\ny = 2\rz = '\x00'\n") == (
        "a.py: has a zero byte at position 18 (line 3). "
        "Such bytes are not text: delete that place and save the file as UTF-8."
    )


@pytest.mark.parametrize(("before", "line"), [(b"", 1), (b"x = 1\n" * 5, 6)])
def test_a_wrong_byte_is_placed(before, line):
    assert rejection(before + b"s = '\xe6'\n") == (
        f"a.py: byte 0xe6 at position {len(before) + 5} (line {line}) is not utf-8 text. Save the file as UTF-8."
    )


def test_a_wrong_byte_of_the_declared_encoding_is_placed():
    assert "byte 0xe6 at position 18 (line 2) is not ascii text" in rejection(b"# coding: ascii\n# \xe6\n")


def test_an_unknown_encoding():
    assert rejection(b"# coding: klingon\nx = 1\n") == (
        "a.py: the coding line is not understood (unknown encoding: klingon). Delete it and save the file as UTF-8."
    )


@pytest.mark.parametrize("name", ["rot13", "hex"])
def test_a_codec_that_is_no_text_encoding(name):
    assert rejection(f"# coding: {name}\nx = 1\n".encode()).startswith(f"a.py: cannot be read as {name} (")


@pytest.mark.parametrize("name", ["punycode", "idna", "unicode_escape", "raw-unicode-escape", "undefined"])
def test_encodings_that_no_editor_saves(name):
    shown = name.replace("_", "-") if name != "unicode_escape" else name
    assert rejection(f"# coding: {name}\nx = 1\n".encode()) in {
        f"a.py: says that it is saved as {shown}. Save it as UTF-8.",
        f"a.py: says that it is saved as {name}. Save it as UTF-8.",
    }
