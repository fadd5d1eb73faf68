"""The output folder: safe names, whole files or none, and errors that say what to do."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from report_cases import HOSTILE, make_class, make_hostile_result, make_item, make_result

from grader.results import store
from grader.results.journal_index import GradingKey, WorkKey
from grader.results.models import Outcome
from grader.results.store import ResultStore, write_text_atomic
from grader.submissions.names import MAX_STEM_BYTES, file_stem, natural_key
from grader.system.errors import UsageError

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
    assert found == ["feedback", "results"]


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
        (errno.EROFS, "the file system is read-only. Choose another folder with --out"),
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


KEY = WorkKey("content", "grading")
OTHER = WorkKey("content", "other grading")


def test_saved_results_come_back_in_order(prepared: ResultStore) -> None:
    results = make_class()
    for result in reversed(results):
        prepared.save(result, KEY)
    assert prepared.load_all() == results


def test_saving_again_replaces_the_result(prepared: ResultStore) -> None:
    prepared.save(make_result("student-1", reason="old"), KEY)
    prepared.save(make_result("student-1", reason="new"), KEY)
    assert [result.reason for result in prepared.load_all()] == ["new"]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_stored_and_read_back(kind: str, prepared: ResultStore) -> None:
    result = make_hostile_result(HOSTILE[kind])
    prepared.save(result, KEY)
    (loaded,) = prepared.load_all()
    assert loaded.submission == HOSTILE[kind].encode("utf-8", "backslashreplace").decode()
    assert loaded.score == result.score


def test_a_full_disk_keeps_the_earlier_results(prepared: ResultStore, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared.save(make_result("student-1", reason="old"), KEY)
    monkeypatch.setattr(store.os, "fsync", fail_with(errno.ENOSPC))
    expected = (
        r"journal\.jsonl: no space left on the device; results already written stay in it; free some space and run"
    )
    with pytest.raises(UsageError, match=expected):
        prepared.save(make_result("student-1", reason="new"), KEY)
    assert [result.reason for result in prepared.load_all()] == ["old"]


def test_a_journal_that_cannot_be_opened_is_named(prepared: ResultStore) -> None:
    (prepared.out_dir / "journal.jsonl").mkdir()
    with pytest.raises(UsageError, match=r"journal\.jsonl: cannot be written, for a folder is called so"):
        prepared.save(make_result("student-1"), KEY)


def test_a_disk_that_is_really_full_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small disk needs root that may mount")
    try:
        on_disk = ResultStore(disk)
        on_disk.prepare()
        names = [f"student-{number}" for number in range(1000)]
        with pytest.raises(UsageError, match="no space left on the device"):
            deque((on_disk.save(make_result(name, reason="x" * 5000), KEY) for name in names), maxlen=0)
        saved = [result.submission for result in on_disk.load_all()]
        assert 20 < len(saved) < 60
        assert saved == names[: len(saved)]
        subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
        on_disk.save(make_result(names[len(saved)]), KEY)
        assert len(on_disk.load_all()) == len(saved) + 1
        on_disk.close()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.os, "fsync", _fsync_that_fails_on_folders(errno.EINVAL))
    write_text_atomic(tmp_path / "a.txt", "text")
    ResultStore(tmp_path).save(make_result("student-1"), KEY)
    assert (tmp_path / "a.txt").is_file()


def test_a_folder_whose_sync_fails_is_a_failure(prepared: ResultStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.os, "fsync", _fsync_that_fails_on_folders(errno.EIO))
    with pytest.raises(UsageError, match="Input/output error"):
        prepared.save(make_result("student-1"), KEY)


def _fsync_that_fails_on_folders(number: int):
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        real(descriptor)

    return fsync


def test_load_all_without_results_says_where_to_look(prepared: ResultStore) -> None:
    with pytest.raises(UsageError, match=r"out: no results \(there is no journal\.jsonl with any\)\. Give the folder"):
        prepared.load_all()


def test_sources_are_stored_with_their_results_and_cleared(prepared: ResultStore) -> None:
    prepared.begin(["A/б", "rejected"])
    prepared.save(make_result("A/б"), KEY, "x = '\ud800'")
    prepared.save(make_result("rejected"), KEY)
    assert prepared.load_sources() == {"A/б": "x = '\\ud800'"}
    prepared.save(make_result("A/б"), OTHER)
    assert prepared.load_sources() == {}, "the text belongs to the result that counts"
    prepared.begin([], overwrite=True)
    assert prepared.load_sources() == {}


def test_results_of_schema_1_are_still_read(prepared: ResultStore) -> None:
    table = make_result("student-1", make_item()).to_table() | {"schema": 1}
    del table["networks"]
    put(prepared, table)
    (result,) = prepared.load_all()
    assert (result.schema_version, result.networks) == (1, ())


def test_results_of_a_schema_that_is_not_known_are_refused(prepared: ResultStore) -> None:
    put(prepared, make_result("student-1", make_item()).to_table() | {"schema": 3})
    with pytest.raises(UsageError, match=r"schema: Input should be less than or equal to 2"):
        prepared.load_all()


def put(store: ResultStore, table: dict[str, Any]) -> None:
    store.begin(["student-1"])
    store._held().append({"kind": "result", "content": "", "grading": "", "result": table})


def test_load_all_names_a_record_that_is_no_result(prepared: ResultStore) -> None:
    put(prepared, make_result("student-1").to_table() | {"score": "much"})
    with pytest.raises(UsageError, match=r"journal\.jsonl, student-1: not a result of schema 2: score: .* Grade the"):
        prepared.load_all()


def test_a_run_begins_only_where_there_are_no_results_or_as_told(prepared: ResultStore) -> None:
    prepared.begin(["student-1"])
    prepared.save(make_result("student-1"), KEY)
    with pytest.raises(UsageError, match=r"out: holds the results of an earlier run\. Go on with it with --resume, "):
        prepared.begin(["student-1"])
    prepared.begin(["student-1"], resume=True)
    assert len(prepared.load_all()) == 1
    prepared.export(prepared.load_all())
    prepared.begin(["student-1"], overwrite=True)
    with pytest.raises(UsageError, match="no results"):
        prepared.load_all()
    assert list(prepared.results_dir.iterdir()) == []


def test_overwriting_keeps_earlier_results_until_the_new_class_is_on_the_disk(
    prepared: ResultStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared.begin(["student-1"])
    prepared.save(make_result("student-1"), KEY)
    salt = prepared.salt
    (prepared.results_dir / "a.json").mkdir()
    with pytest.raises(UsageError, match=r"a\.json: cannot be removed \(Is a directory\)\. Remove it, or choose"):
        prepared.begin(["student-2"], overwrite=True)
    assert [result.submission for result in prepared.load_all()] == ["student-1"]
    (prepared.results_dir / "a.json").rmdir()
    for call in ("pwrite", "fsync", "replace"):
        with monkeypatch.context() as full:
            full.setattr(os, call, no_room)
            with pytest.raises(UsageError, match="no space left on the device; results already written stay in it"):
                prepared.begin(["student-2"], overwrite=True)
        assert [result.submission for result in prepared.load_all()] == ["student-1"]
        assert not list(prepared.out_dir.glob(".digitlab-*"))
    prepared.begin(["student-2"], overwrite=True)
    assert prepared.load_not_graded() == ["student-2"]
    assert prepared.salt == salt, "the keys of what is graded now were made with it"
    prepared.save(make_result("student-2"), KEY)
    prepared.close()
    prepared.begin(["student-2"], resume=True)
    assert len(prepared.load_all()) == 1
    with pytest.raises(UsageError, match="another run writes to this folder now"):
        ResultStore(prepared.out_dir).begin(["student-2"], resume=True)


def no_room(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_who_left_the_class_is_in_no_report_and_comes_back_with_the_result(prepared: ResultStore) -> None:
    prepared.begin(["student-1", "student-2"])
    for name in ("student-1", "student-2"):
        prepared.save(make_result(name), KEY)
    prepared.export(prepared.load_all())
    prepared.begin(["student-2"], resume=True)
    prepared.export(prepared.load_all())
    assert [path.name for path in prepared.results_dir.iterdir()] == ["student-2.json"]
    prepared.begin(["student-1", "student-2"], resume=True)
    assert prepared.find_done({"student-1": KEY, "student-2": KEY}) == {"student-1", "student-2"}


def test_done_is_what_has_a_mark_of_this_very_key(prepared: ResultStore) -> None:
    prepared.save(make_result("done", make_item()), KEY)
    prepared.save(make_result("changed", make_item()), OTHER)
    prepared.save(make_result("fault", make_item(outcome=Outcome.GRADER_ERROR)), KEY)
    keys = dict.fromkeys(["done", "changed", "fault", "new"], KEY)
    assert prepared.find_done(keys) == {"done"}
    assert prepared.find_outdated(keys) == {}  # nobody told what the keys stand for


def test_outdated_is_what_has_a_mark_of_the_very_content_under_other_conditions(prepared: ResultStore) -> None:
    before, now = GradingKey({"parser": "a", "save": "b", "gone": "c"}), GradingKey({"parser": "a", "save": "other"})
    old, new = (WorkKey("content", grading.whole) for grading in (before, now))
    names = ("kept", "unknown", "other content", "fault", "done")
    prepared.begin(names, grading=before, contents=dict.fromkeys(names, "content"))
    prepared.save(make_result("kept", make_item()), old)
    prepared.save(make_result("unknown", make_item()), OTHER)  # graded by an older grader, say
    prepared.save(make_result("other content", make_item()), old)
    prepared.save(make_result("fault", make_item(outcome=Outcome.GRADER_ERROR)), old)
    prepared.save(make_result("done", make_item()), new)
    contents = dict.fromkeys(names, "content") | {"other content": "handed in since"}
    prepared.begin(names, resume=True, grading=now, contents=contents)
    outdated = prepared.find_outdated({name: WorkKey(content, now.whole) for name, content in contents.items()})
    assert {name: (kept.parts, kept.changed) for name, kept in outdated.items()} == {
        "kept": ({"parser": True, "save": False}, ("save",)),
        "unknown": ({"parser": False, "save": False}, ("parser", "save")),
    }
    assert outdated["kept"].result.submission == "kept"


def test_two_attempts_of_one_content_are_both_outdated(prepared: ResultStore) -> None:
    before, now = GradingKey({"parser": "a", "save": "b"}), GradingKey({"parser": "a", "save": "other"})
    names = ("ann, attempt 1", "ann, attempt 2")
    contents = dict.fromkeys(names, "content")
    students = [
        {"name": name, "student": "7", "attempt": number, "platform": "canvas"} for number, name in enumerate(names, 1)
    ]
    prepared.begin(names, grading=before, contents=contents, students=students)
    prepared.save(make_result(names[0], make_item()), WorkKey("content", before.whole))
    prepared.begin(names, resume=True, grading=now, contents=contents, students=students)
    outdated = prepared.find_outdated(dict.fromkeys(names, WorkKey("content", now.whole)))
    assert {name: kept.changed for name, kept in outdated.items()} == dict.fromkeys(names, ("save",))


def test_regraded_is_what_had_a_mark_of_another_key(prepared: ResultStore) -> None:
    prepared.save(make_result("same", make_item()), KEY)
    prepared.save(make_result("same", make_item()), KEY)
    prepared.save(make_result("regraded", make_item()), OTHER)
    prepared.save(make_result("regraded", make_item(outcome=Outcome.FAILED)), KEY)
    prepared.save(make_result("both", make_item()), WorkKey("old", "old"))
    prepared.save(make_result("both", make_item()), KEY)
    prepared.save(make_result("fault", make_item(outcome=Outcome.GRADER_ERROR)), OTHER)
    prepared.save(make_result("fault", make_item()), KEY)
    both, regraded = prepared.load_regraded()
    assert (both.now.submission, both.changed) == ("both", ("submission", "grader"))
    assert (regraded.before.score, regraded.now.score, regraded.changed) == (4.0, 0.0, ("grader",))


@pytest.mark.parametrize("has_fault", [True, False])
def test_after_a_fault_all_parts_were_graded_again(prepared: ResultStore, *, has_fault: bool) -> None:
    """The result before the fault is compared with, but none of its lines was kept."""
    keys = [GradingKey({"parser": "a", "save": save}) for save in ("old", "between", "new")]
    results = [make_result("ann", make_item()) for _key in keys]
    if has_fault:
        results[1] = make_result("ann", make_item(outcome=Outcome.GRADER_ERROR))
    for key, result in zip(keys, results, strict=True):
        prepared.begin(["ann"], resume=True, grading=key, contents={"ann": "content"})
        work = WorkKey("content", key.whole)
        is_whole = not prepared.find_outdated({"ann": work})
        prepared.save(result, work)
    (regraded,) = prepared.load_regraded()
    assert is_whole is has_fault
    assert regraded.parts == (("parser", "save") if has_fault else ("save",))
    prepared.begin(["ann"], resume=True, grading=keys[-1], contents={"ann": "content"})
    assert prepared.load_regraded() == [regraded], "and it stays so"


def test_a_fault_of_an_equal_attempt_in_the_same_run_loses_no_kept_part(prepared: ResultStore) -> None:
    before, now = GradingKey({"parser": "a", "save": "b"}), GradingKey({"parser": "a", "save": "other"})
    names = ["ann", "ann, attempt 2"]
    students = [{"name": name, "student": "7", "attempt": number} for number, name in enumerate(names, 1)]
    for key, first in ((before, Outcome.PASSED), (now, Outcome.GRADER_ERROR)):
        prepared.begin(names, resume=True, grading=key, contents=dict.fromkeys(names, "same"), students=students)
        for name, outcome in zip(names, (first, Outcome.PASSED), strict=True):
            prepared.save(make_result(name, make_item(outcome=outcome)), WorkKey("same", key.whole))
    assert {regraded.parts for regraded in prepared.load_regraded()} == {("save",)}


def test_the_salt_is_the_folders_own_and_stays(prepared: ResultStore, tmp_path: Path) -> None:
    other = ResultStore(tmp_path)
    assert len(prepared.salt) == 16
    assert prepared.salt == prepared.salt != other.salt


def test_written_text_keeps_its_line_ends(tmp_path: Path) -> None:
    write_text_atomic(tmp_path / "a.txt", "а\r\nб\n")
    assert (tmp_path / "a.txt").read_bytes() == "а\r\nб\n".encode()


def test_text_that_cannot_be_written_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.os, "fsync", fail_with(errno.ENOSPC))
    with pytest.raises(UsageError, match=r"a\.txt: no space left on the device; what was stored before is untouched"):
        write_text_atomic(tmp_path / "a.txt", "text")
    assert not list(tmp_path.iterdir())


def test_a_class_replaces_its_own_results_and_no_others(prepared: ResultStore) -> None:
    prepared.check_holds_nothing_but(["a", "b"])
    prepared.begin(["b", "a"])
    prepared.save(make_result("a"), KEY)
    prepared.check_holds_nothing_but(["a", "b"])
    with pytest.raises(UsageError, match=r"out: holds the results of another class\. Choose another folder"):
        prepared.check_holds_nothing_but(["a", "b", "c"])
    prepared.begin(["a", "b"], resume=True, students=[{"name": "a", "student": "11"}])
    with pytest.raises(UsageError, match="another class"):
        prepared.check_holds_nothing_but(["a", "b"])
