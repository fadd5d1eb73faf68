"""The zip of a class: unpacked under limits, with the names that its author saw."""

from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path

import pytest

from grader.submissions import read_submission
from grader.submissions.platforms import read_class, unpacking
from grader.submissions.platforms.unpacking import unpack_class
from grader.system.errors import SubmissionError, UsageError
from grader.system.safe_rmtree import safe_rmtree


@pytest.fixture
def zipped(tmp_path: Path):
    """Make a zip of (name, content) pairs; names are str, or ZipInfo for odd ones."""

    def make(*members: tuple[str | zipfile.ZipInfo, str]) -> Path:
        path = tmp_path / "class.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                archive.writestr(name, content)
        return path

    return make


@pytest.fixture
def read(tmp_path: Path):
    def read(path: Path) -> tuple[list[tuple[str, str]], list[str]]:
        told: list[str] = []
        staging = tmp_path / "staging"
        staging.mkdir()
        entries = read_class(path, "auto", staging, tell=told.append)
        return [(entry.name, entry.path.name) for entry in entries], told

    return read


def test_a_platforms_zip_is_read_like_its_folder(zipped, read) -> None:
    path = zipped(("Anna_1_assignsubmission_file_/a.py", "x"), ("Bo_2_assignsubmission_file_/b.py", "x"))
    entries, told = read(path)
    assert entries == [("Anna", "Anna_1_assignsubmission_file_"), ("Bo", "Bo_2_assignsubmission_file_")]
    assert "read as moodle" in told[0]


def test_a_zip_of_one_folder_is_that_folder(zipped, read) -> None:
    entries, told = read(zipped(("class/anna.py", "x"), ("class/bo.py", "x"), ("__MACOSX/class/._anna.py", "x")))
    assert entries == [("anna", "anna.py"), ("bo", "bo.py")]
    assert "its one folder class is read as the class" in told[0]


def test_a_zip_of_one_student_is_a_class_of_one(zipped, read) -> None:
    assert read(zipped(("Anna_1_assignsubmission_file_/a.py", "x")))[0] == [("Anna", "Anna_1_assignsubmission_file_")]


def test_a_zip_of_one_folder_with_one_file_keeps_the_students_name(zipped, read) -> None:
    entries, told = read(zipped(("Анна/lab.py", "x")))
    assert entries == [("Анна", "Анна")]
    assert told == [f"{zipped()}: its one folder Анна holds one file, and is read as a student's"]


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("submissions/doejane_12345_67890_lab.py", "doejane"),
        ("Lab1/Doe Jane_12345_assignsubmission_file_lab.py", "Doe Jane"),
    ],
)
def test_a_zip_of_one_folder_with_one_platforms_file_is_the_class(zipped, read, name: str, student: str) -> None:
    entries, told = read(zipped((name, "x")))
    assert [entry[0] for entry in entries] == [student]
    assert "is read as the class" in told[0]


def test_messages_name_the_zip_that_was_given(zipped, read, tmp_path: Path) -> None:
    path = zipped(("Anna_1_assignsubmission_file_a.py", "x"), ("lastfirst_12_502_mnist.ipynb", "x"))
    with pytest.raises(UsageError, match=r"class\.zip: looks like moodle and canvas"):
        read(path)
    safe_rmtree(tmp_path / "staging")
    with pytest.raises(UsageError, match=r"class\.zip: submission_metadata\.yml: cannot be read as YAML"):
        read(zipped(("export/submission_1/a.py", "x"), ("export/submission_metadata.yml", "a: [")))
    safe_rmtree(tmp_path / "staging")
    with pytest.raises(UsageError, match=r"class\.zip: the zip is empty\. Expected one file or folder for each"):
        read(zipped())


def test_control_characters_in_one_name_stop_no_class(zipped, read) -> None:
    path = zipped(("Anna_1_assignsubmission_file_/a\nb\x1b.py", "x"), ("Bo_2_assignsubmission_file_/b.py", "x"))
    assert [name for name, _file in read(path)[0]] == ["Anna", "Bo"]


@pytest.mark.parametrize("encoding", ["cp866", "utf-8"])
def test_names_in_old_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "class.zip"
    name = "Иванов Борис_1_assignsubmission_file_a.py"
    placeholder = "x" * len(name.encode(encoding))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(placeholder, "x")
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), name.encode(encoding)))
    (tmp_path / "out").mkdir()
    unpack_class(path, tmp_path / "out", print)
    assert [found.name for found in (tmp_path / "out").iterdir()] == [name]


def test_a_name_too_long_for_a_file_system_keeps_its_end(zipped, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    unpack_class(zipped(("ы" * 200 + "_1_assignsubmission_file_a.py", "x")), tmp_path / "out", print)
    (found,) = (tmp_path / "out").iterdir()
    assert len(found.name.encode()) <= 255
    assert found.name.endswith("ы_1_assignsubmission_file_a.py")


@pytest.mark.parametrize("name", ["../a.py", "/a.py", "C:/a.py", "a/../../b.py", "a\x1b/../../b.py"])
def test_names_that_lead_out_are_refused(zipped, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(UsageError, match=r"class\.zip: cannot be taken as a class: .*Unpack it yourself and give the"):
        unpack_class(zipped((name, "x")), out, print)
    assert list(out.iterdir()) == []


def test_a_link_is_refused(zipped, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with pytest.raises(UsageError, match="link: is a link"):
        unpack_class(zipped((link, "/etc/passwd")), tmp_path, print)


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(UsageError, match="is not a sound zip archive"):
        unpack_class(path, tmp_path, print)


@pytest.mark.parametrize(("limit", "words"), [("entries", "holds 3 entries, at most 2"), ("total_bytes", "is larger")])
def test_limits_hold(zipped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, words: str) -> None:
    monkeypatch.setattr(unpacking, "CLASS", dataclasses.replace(unpacking.CLASS, **{limit: 2}))
    with pytest.raises(UsageError, match=words):
        unpack_class(zipped(("a", "x"), ("b", "x"), ("c", "x")), tmp_path, print)


def test_a_bomb_is_refused(zipped, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a", "0" * 10_000_000)
    with pytest.raises(UsageError, match="unpacks to more than 1100 times its size"):
        unpack_class(path, tmp_path, print)


def test_a_table_of_zeros_stops_no_class(zipped, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    unpack_class(zipped(("a", "0" * 10_000_000)), tmp_path / "out", print)
    assert (tmp_path / "out" / "a").stat().st_size == 10_000_000


def test_a_file_in_the_place_of_a_folder_is_named(zipped, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError, match=r"class\.zip: cannot be unpacked \(.*\)\. Unpack it yourself"):
        unpack_class(zipped(("a", "x"), ("a/b.py", "x")), tmp_path / "out", print)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_stands_twice_is_taken_once_where_it_is_the_same(zipped, read) -> None:
    path = zipped(
        ("Ann_1_assignsubmission_file_/a.py", "x"),
        ("Ann_1_assignsubmission_file_/a.py", "x"),
        ("Bo_2_assignsubmission_file_/b.py", "x"),
    )
    entries, told = read(path)
    assert [name for name, _file in entries] == ["Ann", "Bo"]
    name = "Ann_1_assignsubmission_file_/a.py"
    assert told[0] == f"{path}: stands in it twice with the same content, and was taken once: {name}"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["Ann_1_assignsubmission_file_/mnist_all_models.py", "ann_12_502_lab.py"])
def test_an_entry_that_stands_twice_and_differs_rejects_its_author_alone(zipped, tmp_path: Path, name: str) -> None:
    other = name.replace("Ann_1", "Bo_2").replace("ann_12", "bo_13")
    told: list[str] = []
    (tmp_path / "staging").mkdir()
    path = zipped((name, "x = 1"), (name, "x = 2"), (other, "x = 1"))
    bad, good = read_class(path, "auto", tmp_path / "staging", tell=told.append)
    assert read_submission(good.path).name
    with pytest.raises(SubmissionError, match=r"version 1/.*version 2/"):
        read_submission(bad.path)
    assert told[0] == f"{path}: stands in it twice with different content, so nobody knows which is meant: {name}"


def test_advice_for_a_single_submission_is_not_given_to_a_class(zipped, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with pytest.raises(UsageError) as caught:
        unpack_class(zipped((link, "x")), tmp_path, print)
    assert str(caught.value).endswith("class.zip, link: is a link. Unpack it yourself and give the folder.")
