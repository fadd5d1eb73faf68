import dataclasses
import io
import os
import random
import stat
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions import archive as archive_module
from grader.submissions import read_submission
from grader.submissions.archive import MAX_ENTRIES, read_archive
from grader.system.errors import SubmissionError

SOURCE = b"def f(): return 1\n"
NAME = "mnist_all_models.py"


def packed(members, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return data.getvalue()


@pytest.fixture
def zipped(tmp_path):
    """Write ``student.zip`` with members, or with raw bytes."""

    def make(*members, data=None):
        path = tmp_path / "student.zip"
        path.write_bytes(packed(members) if data is None else data)
        return path

    return make


def rejection(path):
    with pytest.raises(SubmissionError) as caught:
        read_submission(path)
    return str(caught.value)


def test_the_module_is_read_from_memory(zipped, tmp_path):
    submission = read_submission(zipped((f"work/{NAME}", SOURCE), ("work/mnist_cnn.keras", b"x"), ("work/b.py", b"")))
    assert submission.name == "student"
    assert submission.file_name == NAME
    assert submission.plans[0].source == SOURCE.decode()
    assert submission.notes == (
        "work/b.py is not used: a submission is one module.",
        "work/mnist_cnn.keras is not used: the grader trains the models itself.",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["student.zip"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_usual_compression_is_read(zipped, method):
    assert read_submission(zipped(data=packed([(NAME, SOURCE)], method))).file_name == NAME


def test_lzma_is_refused_since_the_file_would_choose_our_memory(zipped):
    data = packed([(NAME, SOURCE)], zipfile.ZIP_LZMA)
    assert rejection(zipped(data=data)) == (
        "student.zip, mnist_all_models.py: is compressed in an unusual way. Pack it again as an ordinary .zip."
    )


def test_mac_rubbish_is_passed_over(zipped):
    assert read_submission(zipped((NAME, SOURCE), (f"__MACOSX/._{NAME}", b"x"), (f"._{NAME}", b""))).notes == ()


@pytest.mark.parametrize("data", [b"", b"Rar!\x1a\x07", b"not a zip", packed([(NAME, SOURCE)])[:-30]])
def test_what_is_no_zip_is_said_so(zipped, data):
    message = rejection(zipped(data=data))
    assert message.startswith("student.zip: is not a sound zip archive (")
    assert message.endswith("Pack the module again, as .zip.")


def test_a_damaged_member_is_said_so(zipped):
    data = packed([(NAME, SOURCE)], zipfile.ZIP_STORED).replace(b"return 1", b"return 2", 1)
    assert rejection(zipped(data=data)).startswith(f"student.zip, {NAME}: is damaged (Bad CRC-32")


def test_a_member_that_reaches_beyond_the_archive_is_said_so(zipped):
    data = bytearray(packed([(NAME, SOURCE)]))
    struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 20, 0xFFFFFFFE)  # its packed size, in the directory
    assert "is damaged (it reaches beyond the archive's members)" in rejection(zipped(data=bytes(data)))


def test_an_empty_zip(zipped):
    assert rejection(zipped()).startswith("student.zip: is empty. Expected one file")


@pytest.mark.parametrize("name", ["/etc/x.py", "../x.py", "a/../../x.py", "..\\x.py", "C:\\x.py", "c:x.py", "\\x.py"])
def test_names_that_lead_out_are_refused(zipped, name):
    shown = name.replace("\\", "/")
    assert rejection(zipped((NAME, SOURCE), (name, b""))) == (
        f"student.zip, {shown}: the name leads out of the archive. Pack the folder itself, not its path."
    )


def test_backslashes_stand_for_folders(zipped):
    assert read_submission(zipped((f"work\\{NAME}", SOURCE))).file_name == NAME


def test_control_characters_in_names_are_refused(zipped):
    assert rejection(zipped((NAME, SOURCE), ("a\x1bb\u202e.txt", b""))) == (
        "student.zip, ab.txt: the name has control characters in it. Rename the file and pack again."
    )


def test_links_are_refused(zipped):
    link = zipfile.ZipInfo(NAME)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert rejection(zipped((link, "/etc/passwd"))) == f"student.zip, {NAME}: is a link. Pack the file itself."


def test_encrypted_members_are_refused(zipped):
    data = bytearray(packed([(NAME, SOURCE)]))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert rejection(zipped(data=bytes(data))) == (
        f"student.zip, {NAME}: is encrypted. Pack it again without a password."
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_and_differs_is_refused(zipped):
    assert rejection(zipped((NAME, SOURCE), (NAME, b"x = 1"))) == (
        f"student.zip, {NAME}: stands in the archive twice, with different content. Pack it again with one."
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_with_one_content_is_taken_once(zipped):
    path = zipped((NAME, SOURCE), (NAME, SOURCE), ("notes.txt", b"a"), ("notes.txt", b"b"))
    with path.open("rb") as file:
        assert read_archive(file, "student.zip").data == SOURCE
    assert (
        read_submission(path).notes[-1]
        == f"{NAME} stands in the archive twice with the same content, and was taken once."
    )


def test_too_many_entries_are_refused(zipped):
    members = [(f"{number}.txt", b"") for number in range(MAX_ENTRIES + 1)]
    assert rejection(zipped(*members)) == (
        "student.zip: holds 501 entries, at most 500 are taken. Pack the module alone."
    )


def test_a_huge_directory_is_refused_before_it_is_taken_apart(zipped, monkeypatch):
    limits = dataclasses.replace(archive_module.SUBMISSION, one_read_bytes=100_000)
    monkeypatch.setattr(archive_module, "SUBMISSION", limits)
    members = [(f"{number}{'x' * 200}.txt", b"") for number in range(500)]
    assert "its directory is too large" in rejection(zipped(*members))


def test_the_declared_total_is_limited(zipped):
    data = bytearray(packed([(NAME, SOURCE), ("data.bin", b"x")]))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 201 * 1024 * 1024)
    assert rejection(zipped(data=bytes(data))).startswith("student.zip: its content: is larger than 200 MiB.")


def test_a_bomb_is_refused_by_its_ratio(zipped):
    assert rejection(zipped((NAME, b" " * 1_000_000))) == (
        f"student.zip, {NAME}: unpacks to more than 200 times its size. Hand in the file itself."
    )


def test_a_large_module_is_refused(zipped):
    data = random.Random(1).randbytes(2 * 1024 * 1024 + 1)
    assert rejection(zipped((NAME, data))).startswith(f"student.zip, {NAME}: is larger than 2 MiB.")


def test_the_declared_size_is_not_trusted(zipped):
    """A member that says 100 bytes and holds more is cut there by ``zipfile`` and then fails its checksum."""
    data = bytearray(packed([(NAME, SOURCE * 1000)]))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 100)
    assert f"student.zip, {NAME}: is damaged" in rejection(zipped(data=bytes(data)))


def test_reading_stops_at_the_limit():
    data = archive_module._read_capped(io.BytesIO(b"x" * 1_000_000), 100_000)
    assert 100_000 < len(data) <= 100_000 + 64 * 1024


def test_a_nested_zip_is_not_opened(zipped):
    assert rejection(zipped(("work.zip", packed([(NAME, SOURCE)])))).endswith(
        "work.zip is not opened: a zip is when it is the only one, is no link and lies in no other zip."
    )


@pytest.mark.parametrize(("encoding", "flag"), [("cp866", 0), ("utf-8", 0), ("utf-8", 0x800)])
def test_cyrillic_names_are_shown_as_written(zipped, encoding, flag):
    raw = "Отчёт.txt".encode(encoding)
    data = packed([("x" * len(raw), b"")]).replace(b"x" * len(raw), raw)
    if flag:
        data = bytearray(data)
        for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            data[data.index(mark) + at + 1] |= flag >> 8
    assert "only Отчёт.txt." in rejection(zipped(data=bytes(data)))


def test_a_unicode_path_field_is_taken_as_it_is(zipped):
    """What its own extra field names need not fit cp437."""
    info = zipfile.ZipInfo("ж.txt")
    info.flag_bits = 0
    assert archive_module._readable_name(info) == "ж.txt"


def test_the_zip_itself_is_an_ordinary_file(tmp_path):
    path = tmp_path / "student.zip"
    os.mkfifo(path)
    assert rejection(path) == "student.zip: is not an ordinary file. Hand in the file itself."


ONE = packed([(f"a/{NAME}", SOURCE), ("b.txt", b"x" * 50)])


@settings(max_examples=300, deadline=None, database=None)
@given(st.binary(max_size=300), st.integers(0, len(ONE)), st.integers(0, 40))
def test_only_a_submission_error_comes_out(tmp_path_factory, junk, position, replaced):
    path = tmp_path_factory.getbasetemp() / "fuzzed.zip"
    for data in (junk, ONE[:position] + junk[:40] + ONE[position + replaced :]):
        path.write_bytes(data)
        with suppress(SubmissionError):
            read_submission(path)
