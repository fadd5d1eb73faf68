"""The output folder: safe names, whole files or none, and errors that say what to do."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import pytest
from report_cases import HOSTILE, make_class, make_hostile_result, make_item, make_result

from grader import store
from grader.errors import UsageError
from grader.store import MAX_STEM_BYTES, ResultStore, file_stem, natural_key, write_text_atomic

UGLY_NAMES = [
    *HOSTILE.values(),
    *("", ".", "..", "-rf", ".hidden", "a/b", "..\\x", "con", "NUL.txt", "com1", "lpt¹", "end.", "end ", " lead"),
    *('a<b>c:d"e|f?g*h', "Anna", "ANNA", "straße", "ы" * 100, "𝕏" * 64, "a\u0301", "tab\tname", "anna~0123456789ab"),
]


@pytest.fixture
def prepared(tmp_path: Path) -> ResultStore:
    result_store = ResultStore(tmp_path / "out")
    result_store.prepare()
    return result_store


def fail_with(number: int):
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("name", ["student-17", "иванова мария", "a b.c_d", "x" * MAX_STEM_BYTES, "学生 3"])
def test_a_harmless_name_is_its_own_stem(name: str) -> None:
    assert file_stem(name) == name


@pytest.mark.parametrize("name", UGLY_NAMES)
def test_any_name_gives_a_file_that_can_be_written(name: str, tmp_path: Path) -> None:
    stem = file_stem(name)
    (tmp_path / f"{stem}.json").write_text("x")
    assert stem != name
    assert len(stem.encode()) <= MAX_STEM_BYTES
    assert not set(stem) & set('/<>:"\\|?*\0\u202e\n\t')
    assert stem[0] not in ".-~ "
    assert stem[-1] not in ". "


@pytest.mark.parametrize("name", ["con", "CON.txt", "nul", "Com1.tar.gz", "lpt9"])
def test_windows_device_names_are_not_used(name: str) -> None:
    assert file_stem(name).startswith(f"_{name}~")


def test_a_cut_name_ends_on_a_character_border() -> None:
    assert file_stem("ы" * 100).startswith("ы" * 53 + "~")


def test_stems_never_collide_even_where_case_is_ignored() -> None:
    names = [*UGLY_NAMES, "anna", "a_b", "a?b", "á", "strasse", "STRASSE", *(chr(code) for code in range(1500))]
    names += [file_stem(name) for name in ("Anna", "a/b", "x" * 300)]
    assert len({file_stem(name).casefold() for name in names}) == len(set(names))


def test_names_are_sorted_as_people_count() -> None:
    names = ["student-10", "b", "student-2", "Student-3", "x" + "9" * 5000, "7", "07", "10", ""]
    expected = ["", "07", "7", "10", "b", "student-2", "Student-3", "student-10", "x" + "9" * 5000]
    assert sorted(names, key=natural_key) == expected


def test_prepare_makes_the_folders_and_leaves_nothing_else(prepared: ResultStore) -> None:
    prepared.prepare()
    found = sorted(path.relative_to(prepared.out_dir).as_posix() for path in prepared.out_dir.rglob("*"))
    assert found == ["feedback", "results", "sources"]


def test_prepare_says_that_the_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(UsageError, match=r"out: cannot be a folder: .* is a file\. Choose another folder"):
        ResultStore(tmp_path / "out").prepare()
    with pytest.raises(UsageError, match="inner: cannot be a folder"):
        ResultStore(tmp_path / "out" / "inner").prepare()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "no permission to write here. Allow it"),
        (errno.EROFS, "the file system is read-only. Choose a folder elsewhere"),
        (errno.ENOSPC, "no space left on the device. Free some space"),
        (errno.EDQUOT, "no space left on the device. Free some space"),
        (errno.EIO, r"cannot be written \(Input/output error\). Choose another folder"),
    ],
)
def test_prepare_names_folder_reason_and_remedy(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.os, "fsync", fail_with(number))
    with pytest.raises(UsageError, match=rf"out: {words}"):
        ResultStore(tmp_path / "out").prepare()


def test_saved_results_come_back_in_order(prepared: ResultStore) -> None:
    results = make_class()
    for result in reversed(results):
        assert prepared.save(result) == prepared.path_for(result.submission)
    assert prepared.load_all() == results


def test_saving_again_replaces_the_result(prepared: ResultStore) -> None:
    prepared.save(make_result("student-1", reason="old"))
    prepared.save(make_result("student-1", reason="new"))
    assert [result.reason for result in prepared.load_all()] == ["new"]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_stored_and_read_back(kind: str, prepared: ResultStore) -> None:
    result = make_hostile_result(HOSTILE[kind])
    prepared.save(result)
    (loaded,) = prepared.load_all()
    assert loaded.submission == HOSTILE[kind].encode("utf-8", "backslashreplace").decode()
    assert loaded.score == result.score


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_keeps_the_earlier_result(
    step: str, prepared: ResultStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = prepared.save(make_result("student-1", reason="old"))
    monkeypatch.setattr(store.os, step, fail_with(errno.ENOSPC))
    expected = "no space left on the device; results already written stay in .*results; free some space and run again"
    with pytest.raises(UsageError, match=expected):
        prepared.save(make_result("student-1", reason="new"))
    assert [result.reason for result in prepared.load_all()] == ["old"]
    assert list(prepared.results_dir.iterdir()) == [path]


def test_another_failure_of_save_is_named(prepared: ResultStore) -> None:
    prepared.results_dir.rmdir()
    with pytest.raises(UsageError, match=r"student-1\.json: cannot be written \(No such file or directory\)"):
        prepared.save(make_result("student-1"))


def test_a_folder_that_cannot_be_synced_is_no_failure(prepared: ResultStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.os, "fsync", _fsync_that_fails_on_folders(errno.EINVAL))
    assert prepared.save(make_result("student-1")).is_file()


def test_a_folder_whose_sync_fails_is_a_failure(prepared: ResultStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.os, "fsync", _fsync_that_fails_on_folders(errno.EIO))
    with pytest.raises(UsageError, match="Input/output error"):
        prepared.save(make_result("student-1"))


def _fsync_that_fails_on_folders(number: int):
    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))

    return fsync


def test_load_all_without_results_says_where_to_look(tmp_path: Path, prepared: ResultStore) -> None:
    with pytest.raises(UsageError, match=r"nowhere/results: no results \(No such file or directory\)\. Give"):
        ResultStore(tmp_path / "nowhere").load_all()
    with pytest.raises(UsageError, match=r"out/results: no results \(the folder holds no \.json file\)\. Give"):
        prepared.load_all()


def test_sources_are_stored_read_back_and_cleared(prepared: ResultStore) -> None:
    prepared.save_source("A/б", "x = '\\ud800'")
    assert prepared.load_sources(["A/б", "nobody"]) == {"A/б": "x = '\\ud800'"}
    prepared.clear(overwrite=True)
    assert prepared.load_sources(["A/б"]) == {}


def test_results_of_schema_1_are_still_read(prepared: ResultStore) -> None:
    table = json.loads(make_result("student-1", make_item()).to_json()) | {"schema": 1}
    del table["networks"]
    prepared.path_for("student-1").write_text(json.dumps(table))
    (result,) = prepared.load_all()
    assert (result.schema_version, result.networks) == (1, ())


def test_results_of_a_schema_that_is_not_known_are_refused(prepared: ResultStore) -> None:
    table = json.loads(make_result("student-1", make_item()).to_json()) | {"schema": 3}
    prepared.path_for("student-1").write_text(json.dumps(table))
    with pytest.raises(UsageError, match=r"schema: Input should be less than or equal to 2"):
        prepared.load_all()


def test_load_all_names_a_broken_file(prepared: ResultStore) -> None:
    prepared.save(make_result("student-1"))
    (prepared.results_dir / "broken.json").write_text('{"schema": 1')
    with pytest.raises(UsageError, match=r"broken\.json: not a result of schema 2"):
        prepared.load_all()


def test_load_all_refuses_two_files_of_one_submission(prepared: ResultStore) -> None:
    path = prepared.save(make_result("student-1"))
    path.with_name("student-1 copy.json").write_bytes(path.read_bytes())
    with pytest.raises(UsageError, match=r"student-1\.json: holds submission 'student-1', and so does student-1 copy"):
        prepared.load_all()


def test_load_all_ignores_what_is_no_result(prepared: ResultStore) -> None:
    prepared.save(make_result("student-1"))
    for name in (".digitlab-0123.tmp", ".hidden.json", "notes.txt"):
        (prepared.results_dir / name).write_text("x")
    assert len(prepared.load_all()) == 1


def test_written_text_keeps_its_line_ends(tmp_path: Path) -> None:
    write_text_atomic(tmp_path / "a.txt", "а\r\nб\n")
    assert (tmp_path / "a.txt").read_bytes() == "а\r\nб\n".encode()


def test_text_that_cannot_be_written_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.os, "fsync", fail_with(errno.ENOSPC))
    with pytest.raises(UsageError, match=r"a\.txt: no space left on the device; stored results are untouched"):
        write_text_atomic(tmp_path / "a.txt", "text")
    assert not list(tmp_path.iterdir())
