"""Classes as learning platforms give them: one entry for each student or group, and nothing left out in silence."""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from report_cases import make_item, make_result

from grader.engine.grading_key import work_key
from grader.results.reason_paths import with_reason_paths
from grader.submissions import digest
from grader.submissions.platforms import KINDS, ClassEntry, read_class
from grader.system.errors import UsageError

MakeClass = Callable[..., Path]
Read = Callable[..., tuple[list[ClassEntry], list[str]]]


@pytest.fixture
def make(tmp_path: Path) -> MakeClass:
    """Make a class folder of files, each holding its own path."""

    def make(*names: str) -> Path:
        folder = tmp_path / "class"
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name)
        return folder

    return make


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(folder: Path, kind: str = "auto", **more: bool) -> tuple[list[ClassEntry], list[str]]:
        told: list[str] = []
        staging = tmp_path / "staging"
        staging.mkdir(exist_ok=True)
        return read_class(folder, kind, staging, tell=told.append, **more), told

    return read


def test_a_plain_folder_is_read_as_ever(make: MakeClass, read: Read) -> None:
    folder = make("anna.py", "Борис Иванов/mnist_all_models.py")
    entries, told = read(folder)
    assert [(entry.name, entry.path, entry.late) for entry in entries] == [
        ("anna", folder / "anna.py", False),
        ("Борис Иванов", folder / "Борис Иванов", False),
    ]
    assert told == []


def test_moodle_with_folders(make: MakeClass, read: Read) -> None:
    folder = make(
        "Anna Petrova_101_assignsubmission_file_/mnist_all_models.py",
        "Anna Petrova_101_assignsubmission_onlinetext_/onlinetext.html",
        "Иванов Борис_102_assignsubmission_file_/work.ipynb",
        "Only Text_103_assignsubmission_onlinetext_/onlinetext.html",
    )
    entries, told = read(folder)
    assert [(entry.name, entry.student, entry.path.name) for entry in entries] == [
        ("Anna Petrova", "101", "Anna Petrova_101_assignsubmission_file_"),
        ("Only Text", "103", "Only Text_103_assignsubmission_onlinetext_"),
        ("Иванов Борис", "102", "Иванов Борис_102_assignsubmission_file_"),
    ]
    assert told[0] == f"{folder}: read as moodle (names with _assignsubmission_)"
    assert "not graded" in told[1]
    assert "Anna Petrova_101_assignsubmission_onlinetext_" in told[1]


def test_moodle_without_folders_gathers_the_files_of_a_student(make: MakeClass, read: Read) -> None:
    folder = make(
        "Anna_7_assignsubmission_file_mnist_all_models.py",
        "Anna_7_assignsubmission_file_notes.txt",
        "Bo_8_assignsubmission_file_a_b.py",
    )
    (anna, bo), _told = read(folder)
    assert sorted(path.name for path in anna.path.iterdir()) == ["mnist_all_models.py", "notes.txt"]
    assert bo.path == folder / "Bo_8_assignsubmission_file_a_b.py"
    assert digest(anna.path), "gathered files are named by their content, so they are not graded again"


def test_moodles_groups_have_folders_and_the_default_group_no_number(make: MakeClass, read: Read) -> None:
    folder = make(
        "Default group_assignsubmission_file/mnist_all_models.py",
        "Team Red_1_assignsubmission_file/mnist_all_models.py",
        "Синие_2_assignsubmission_file/src/mnist_all_models.py",
    )
    entries, told = read(folder)
    assert told == [f"{folder}: read as moodle (names with _assignsubmission_)"]
    assert {(entry.called, entry.student) for entry in entries} == {
        ("Default group", "Default group"),
        ("Team Red", "1"),
        ("Синие", "2"),
    }


def test_a_students_own_file_name_holds_nobody_elses_number(make: MakeClass, read: Read) -> None:
    ((entry,), _told) = read(make("Mal_9_assignsubmission_file_Ann_1_assignsubmission_file_lab.py"))
    assert (entry.called, entry.student, entry.own_name) == ("Mal", "9", "Ann_1_assignsubmission_file_lab.py")


def test_one_number_of_two_names_is_refused(make: MakeClass, read: Read) -> None:
    folder = make("Ann_1_assignsubmission_file_/a.py", "Team Red_1_assignsubmission_file_/a.py")
    with pytest.raises(
        UsageError, match=r"the number 1 is that of Ann and of Team Red\. Two downloads lie together, or"
    ):
        read(folder)


def test_a_second_student_of_the_name_changes_nothing_of_what_the_first_handed_in(make: MakeClass, read: Read) -> None:
    files = ("Anna_7_assignsubmission_file_a.py", "Anna_7_assignsubmission_file_notes.txt")
    ((alone,), _told) = read(make(*files))
    before = work_key(alone.path, "grading")
    shutil.rmtree(alone.path.parent)
    (anna, other), _told = read(make("Anna_8_assignsubmission_file_b.py"))
    assert (anna.name, other.name) == ("Anna (7)", "Anna (8)")
    assert work_key(anna.path, "grading") == before


def test_canvas_takes_the_last_version_and_keeps_the_late_mark(make: MakeClass, read: Read) -> None:
    folder = make(
        "petrovaanna_LATE_11_501_mnist-1.py",
        "petrovaanna_11_400_mnist.py",
        "weichen_12_502_mnist-12.ipynb",
        "weichen_12_99_mnist-2.ipynb",
    )
    entries, told = read(folder)
    assert [(entry.name, entry.path.name, entry.late) for entry in entries] == [
        ("petrovaanna", "petrovaanna_LATE_11_501_mnist-1.py", True),
        ("weichen", "weichen_12_502_mnist-12.ipynb", False),
    ]
    assert "petrovaanna_11_400_mnist.py, weichen_12_99_mnist-2.ipynb" in told[1]


def test_canvas_late_mark_of_any_file_is_the_students(make: MakeClass, read: Read) -> None:
    ((anna,), _told) = read(make("annap_11_501_a.py", "annap_LATE_11_502_b.py", "annap_11_503_c.py"))
    assert anna.late


def test_canvas_knows_anonymous_students_and_what_was_typed(make: MakeClass, read: Read) -> None:
    folder = make(
        "anon_a1B2c_501_lab.py",
        "LATE_anon_zz9_502_lab.py",
        "anon_12345_LATE_504_lab.py",
        "weichen_LATE_13_text.html",
        "annap_14_link.html",
        "annap_14_503_lab.py",
    )
    entries, told = read(folder)
    assert [(entry.name, entry.student, entry.late, entry.path.name) for entry in entries] == [
        ("annap", "14", False, "annap_14_503_lab.py"),
        ("anon_12345", "anon_12345", True, "anon_12345_LATE_504_lab.py"),
        ("anon_a1B2c", "anon_a1B2c", False, "anon_a1B2c_501_lab.py"),
        ("anon_zz9", "anon_zz9", True, "LATE_anon_zz9_502_lab.py"),
        ("weichen", "13", True, "weichen_LATE_13_text.html"),
    ]
    assert told[1].endswith(": annap_14_link.html")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["group_3_12345_67890_lab.py"], [("group_3", "12345", False)]),
        (["group_3_LATE_12345_67890_lab.py"], [("group_3", "12345", True)]),
        (["group_10_45_9001_lab.py"], [("group_10", "45", False)]),
        (["group_3_12345_text.html"], [("group_3", "12345", False)]),
        (["one_77_2fold_501_601_lab.py", "three4five_502_602_lab.py"],
         [("one_77_2fold", "501", False), ("three4five", "502", False)]),
        (["lab_group_3_12347_67892_lab.py", "group_blue_12346_67891_lab.py", "g1_12345_67890_lab.py"],
         [("g1", "12345", False), ("group_blue", "12346", False), ("lab_group_3", "12347", False)]),
        (["annap_11_501_lab_2026_11_30_v2.py"], [("annap", "11", False)]),
        (["annap_11_501_lab_2026_9040_v2.py", "chenw_12_502_lab.py"], [("annap", "11", False), ("chenw", "12", False)]),
        (["chenw_12_502_1_lab.py"], [("chenw", "12", False)]),
        (["_12_502_lab.py"], [("12", "12", False)]),
    ],
)  # fmt: skip
def test_canvas_numbers_are_told_from_those_in_names_and_files(
    make: MakeClass, read: Read, names: list[str], expected: list[tuple[str, str, bool]]
) -> None:
    """Sanitised names keep digits and underscores, and so do files."""
    entries, told = read(make(*names))
    assert [(entry.name, entry.student, entry.late) for entry in entries] == expected
    assert "read as canvas" in told[0]


VICTIM, OTHER = "victim_10002_200000_lab.py", "chenw_10003_200003_lab.py"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["evil_10001_200001_10002_200002_lab.py", VICTIM], [("evil", "10001"), ("victim", "10002")]),
        (["evil_10001_200001_10002_200002_lab.py"], []),
        (["victim_10002_299999_10001_200001_lab.py", VICTIM], [("victim", "10002")]),
        (["evil_10001_200001_10003_200002_lab.py", "evil_10001_200004_util.py"], [("evil", "10001")]),
        (["chod_435_67708_452_81855_lab.py", "bobd_452_28606_435_28606_lab.py"], []),
        (["annold_10001_200001_lab.py", "bellnew_10001_200002_more.py"], [("bellnew", "10001")]),
    ],
)
def test_a_files_name_makes_it_nobody_elses_in_canvas(
    make: MakeClass, read: Read, names: list[str], expected: list[tuple[str, str]]
) -> None:
    """Students choose names of files (and may choose their own): they took a neighbour's work's place."""
    entries, told = read(make(*names, OTHER))
    assert [(entry.name, entry.student) for entry in entries] == sorted([("chenw", "10003"), *expected])
    left_out = {name for name in names if not any(name in sentence for sentence in told)}
    assert sum(len([*entry.path.iterdir()]) if entry.path.is_dir() else 1 for entry in entries) == len(left_out) + 1


def test_where_no_name_is_sure_a_number_of_two_names_is_nobodys(make: MakeClass, read: Read) -> None:
    entries, told = read(make("evil_10001_200001_10002_200002_lab.py", "victim_10002_200000_30_lab.py", "x_7_8_9_a.py"))
    assert [(entry.name, entry.student) for entry in entries if entry.student == "10002"] == []
    assert "the numbers of two students in its name): evil_10001_200001_10002_200002_lab.py" in told[1]


def test_a_few_odd_names_make_no_plain_folder_of_a_platforms_class(make: MakeClass, read: Read) -> None:
    folder = make("annap_11_501_lab.py", "chenw_12_502_lab.py", "notes.txt")
    entries, told = read(folder)
    assert [entry.student for entry in entries] == ["11", "12"]
    read_as = f"{folder}: read as canvas (names with _USER_ATTACHMENT_), like 2 of 3 entries"
    why = "no submission of canvas, or an older version of a file, or the numbers of two students in its name"
    left_out = f"not graded ({why}): notes.txt"
    assert told == [f"{read_as}. If it is a plain folder, use --from folder", left_out]


METADATA = """---
submission_21:
  :submitters:
  - :name: Anna Petrova
    :sid: '1001'
    :email: anna@example.org
  :created_at: 2026-03-01 10:00:00.000000000 Z
  :score: 0
submission_20:
  :submitters:
  - :name: Anna Petrova
    :sid: '1001'
    :email: anna@example.org
  :created_at: 2026-03-01 12:30:00.000000000 +02:00
submission_19:
  :submitters:
  - :name: Борис Иванов
    :email: boris@example.org
  - :name: Chen Wei
    :sid:
    :email: chen@example.org
"""


def test_gradescope_takes_the_last_in_time_and_knows_groups(make: MakeClass, read: Read) -> None:
    folder = make(*(f"submission_{number}/a.py" for number in (19, 20, 21)))
    (folder / "submission_metadata.yml").write_text(METADATA)
    (anna, group), told = read(folder)
    assert (anna.name, anna.student, anna.path) == ("Anna Petrova", "1001", folder / "submission_20")
    assert group.name == "Борис Иванов, Chen Wei"
    assert group.members == ("boris@example.org", "chen@example.org")
    assert "Anna Petrova: submission_21 is an earlier attempt; not graded" in told


@pytest.mark.parametrize(
    ("names", "students"),
    [
        (("inner/1_assignsubmission_file_/a.py", "inner/Ann_2_assignsubmission_file_/a.py"), ["1", "2"]),
        (("inner/ann_1_2_a.py", "inner/bo_3_4_a.py", "inner/odd.txt"), ["1", "3"]),
        (("inner/mnist_all_models.py", "inner/ann_1_2_a.py"), ["inner"]),
        (("inner/mnist_all_models.py",), ["inner"]),
        (("inner/a-ann/.git/x", "inner/a-bo/.git/x"), ["inner"]),
        (("inner/Ann_2_assignsubmission_file_/a.py", "odd.py"), ["inner", "odd"]),
    ],
)
def test_a_folder_with_a_platforms_class_as_its_one_folder_is_that_class(
    make: MakeClass, read: Read, names: tuple[str, ...], students: list[str]
) -> None:
    """Gradescope's zip holds one folder, and so does the folder that it was unpacked into."""
    folder = make(*names)
    entries, told = read(folder)
    assert sorted(entry.student for entry in entries) == students
    assert (f"{folder}: its one folder inner is read as the class" in told) is (students[0] != "inner")


def test_the_one_folder_may_be_an_empty_one_of_a_student(tmp_path: Path, read: Read) -> None:
    (tmp_path / "class" / "anna").mkdir(parents=True)
    ((anna,), told) = read(tmp_path / "class")
    assert (anna.student, told) == ("anna", [])


def test_all_attempts_are_entries_where_they_are_asked_for(make: MakeClass, read: Read) -> None:
    folder = make(*(f"submission_{number}/a.py" for number in (19, 20, 21)))
    (folder / "submission_metadata.yml").write_text(METADATA)
    entries, told = read(folder, all_attempts=True)
    assert [(entry.name, entry.student, entry.attempt) for entry in entries] == [
        ("Anna Petrova", "1001", 1),
        ("Anna Petrova, attempt 2", "1001", 2),
        ("Борис Иванов, Chen Wei", "boris@example.org+chen@example.org", 1),
    ]
    assert entries[0].handed_in < entries[1].handed_in
    assert not any("not graded" in line for line in told)


def test_gradescope_tells_of_folders_that_its_list_does_not_have(make: MakeClass, read: Read) -> None:
    folder = make("submission_19/a.py", "submission_77/a.py")
    (folder / "submission_metadata.yml").write_text(METADATA)
    entries, told = read(folder)
    assert len(entries) == 1
    assert told[-1].endswith(": submission_77")


def test_gradescope_tells_of_submissions_without_a_folder(make: MakeClass, read: Read) -> None:
    folder = make("submission_19/a.py")
    (folder / "submission_metadata.yml").write_text(METADATA)
    entries, told = read(folder)
    assert [entry.student for entry in entries] == ["boris@example.org+chen@example.org"]
    assert [line for line in told if line.startswith("Anna Petrova (1001): no files, but gradescope tells of some")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: [", "cannot be read as YAML"),
        (b"\xff\xfe\x00", "cannot be read as YAML"),
        (b"- a list", "is not what Gradescope writes"),
        (b"submission_1: {}", "is not what Gradescope writes"),
        (b"submission_1: {':submitters': [{':sid': 5}]}", "is not what Gradescope writes"),
    ],
)
def test_broken_metadata_is_named(make: MakeClass, read: Read, content: bytes, words: str) -> None:
    folder = make("submission_1/a.py")
    (folder / "submission_metadata.yml").write_bytes(content)
    with pytest.raises(UsageError, match=rf"class: submission_metadata\.yml: {words}.*Export the submissions again"):
        read(folder)


def test_an_export_without_its_metadata_is_named(make: MakeClass, read: Read) -> None:
    with pytest.raises(
        UsageError, match=r"class: submission_metadata\.yml: there is no such file\. Give the export as"
    ):
        read(make("submission_1/a.py"))


def test_a_fault_of_a_zips_class_names_the_zip(tmp_path: Path, read: Read) -> None:
    """And not the temporary folder that it was unpacked into."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("Ann_1", "Bo_1"):
            archive.writestr(f"{name}_assignsubmission_file_/a.py", "x = 1")
    with pytest.raises(UsageError) as told:
        read(path)
    assert str(told.value).startswith(f"{path}: the number 1 is that of Ann and of Bo. ")


def test_clones_are_named_by_their_users_and_no_hook_is_run(make: MakeClass, read: Read, tmp_path: Path) -> None:
    folder = make("lab-1-anna-p/mnist_all_models.py", "lab-1-boris/mnist_all_models.py")
    for clone in folder.iterdir():
        subprocess.run(["git", "init", "-q", clone], check=True)
        hook = clone / ".git" / "hooks" / "post-checkout"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-was-run\n")
        hook.chmod(0o755)
    entries, told = read(folder)
    assert [(entry.name, entry.path.name) for entry in entries] == [
        ("anna-p", "lab-1-anna-p"),
        ("boris", "lab-1-boris"),
    ]
    assert told == [
        f"{folder}: read as github (folders with a .git)",
        "the students' names are what stands behind lab-1- in the folders' names",
    ]
    assert not (tmp_path / "hook-was-run").exists()


def test_clones_beside_a_stray_file_are_told_of(make: MakeClass, read: Read) -> None:
    folder = make("lab-1-anna/.git/HEAD", "lab-1-boris/.git/HEAD", "notes.txt")
    entries, told = read(folder)
    assert len(entries) == 3
    assert "only 2 of 3 entries look like github" in told[0]
    entries, told = read(folder, "github")
    assert [entry.name for entry in entries] == ["anna", "boris"]
    assert told[-1].endswith(": notes.txt")


def test_students_of_one_name_are_told_apart_by_their_ids(make: MakeClass, read: Read) -> None:
    composed, apart = (unicodedata.normalize(form, "Андрей") for form in ("NFC", "NFD"))
    folder = make(f"{composed}_1_assignsubmission_file_a.py", f"{apart}_2_assignsubmission_file_a.py")
    entries, _told = read(folder)
    assert {unicodedata.normalize("NFC", entry.name) for entry in entries} == {"Андрей (1)", "Андрей (2)"}
    assert {entry.student for entry in entries} == {"1", "2"}


@pytest.mark.parametrize("name", ["x" * 226, "\u202eמשה\u202c", "a b", "ы" * 110, "_", ""])
def test_odd_names_become_entries(make: MakeClass, read: Read, name: str) -> None:
    ((entry,), _told) = read(make(f"{name}_1_assignsubmission_file_a.py"))
    assert entry.name
    assert entry.name.isprintable()
    assert entry.path.exists()


def test_two_platforms_in_one_folder_are_refused(make: MakeClass, read: Read) -> None:
    folder = make("Anna_7_assignsubmission_file_a.py", "weichen_12_502_mnist.ipynb")
    with pytest.raises(UsageError, match=r"class: looks like moodle and canvas \(Anna_7.*Keep the downloads apart, or"):
        read(folder)
    entries, told = read(folder, "moodle")
    assert [entry.name for entry in entries] == ["Anna"]
    assert told == ["not graded (no submission of moodle, or an older version of a file): weichen_12_502_mnist.ipynb"]


def test_one_odd_name_makes_no_platform(make: MakeClass, read: Read) -> None:
    entries, told = read(make("anna.py", "boris_1_2_b.py"))
    assert [entry.name for entry in entries] == ["anna", "boris_1_2_b"]
    assert "only 1 of 2 entries look like canvas" in told[0]


@pytest.mark.parametrize("kind", ["moodle", "canvas", "github"])
def test_a_folder_of_another_kind_is_named(make: MakeClass, read: Read, kind: str) -> None:
    with pytest.raises(UsageError, match=rf"class: holds nothing of {kind} \(.*\)\. Use another --from, or auto\."):
        read(make("anna.py"), kind)


def test_an_export_that_tells_of_no_folder_is_named(make: MakeClass, read: Read) -> None:
    folder = make("other/a.py")
    (folder / "submission_metadata.yml").write_text(METADATA)
    with pytest.raises(UsageError, match="holds nothing of gradescope"):
        read(folder, "gradescope")


def test_a_folder_beside_loose_files_of_a_student_is_taken_along(make: MakeClass, read: Read) -> None:
    folder = make("Ann_7_assignsubmission_file_/mnist_all_models.py", "Ann_7_assignsubmission_file_notes.txt")
    (entry,), _told = read(folder)
    assert sorted(path.name for path in entry.path.rglob("*.*")) == ["mnist_all_models.py", "notes.txt"]


def test_links_among_gathered_files_are_not_followed(make: MakeClass, read: Read, tmp_path: Path) -> None:
    (tmp_path / "private.txt").write_text("private")
    folder = make("Anna_7_assignsubmission_file_a.py")
    (folder / "Anna_7_assignsubmission_file_link.txt").symlink_to(tmp_path / "private.txt")
    (folder / "Anna_7_assignsubmission_file_b.py").write_text("b")
    ((anna,), told) = read(folder)
    assert sorted(path.name for path in anna.path.iterdir()) == ["a.py", "b.py"]
    assert "Anna: Anna_7_assignsubmission_file_link.txt is a link, which is not followed" in told


def test_a_pipe_among_gathered_files_stops_no_class(make: MakeClass, read: Read) -> None:
    folder = make(
        "Anna_11_assignsubmission_file_lab.py",
        "Anna_11_assignsubmission_file_b/c.py",
        "Boris_12_assignsubmission_file_lab.py",
    )
    os.mkfifo(folder / "Anna_11_assignsubmission_file_pipe")
    os.mkfifo(folder / "Anna_11_assignsubmission_file_b" / "pipe")
    entries, told = read(folder, "moodle")
    assert [entry.name for entry in entries] == ["Anna", "Boris"]
    assert (entries[0].path / "lab.py").is_file()
    assert (entries[0].path / "b" / "c.py").is_file()
    assert len([sentence for sentence in told if "is left out in part or whole" in sentence]) == 2


def test_a_file_whose_name_is_only_dots_stops_no_class(make: MakeClass, read: Read) -> None:
    folder = make("Anna_11_assignsubmission_file_lab.py", "Anna_11_assignsubmission_file_..")
    entries, _told = read(folder, "moodle")
    assert sorted(path.name for path in entries[0].path.iterdir()) == ["lab.py", "unnamed"]


def test_a_folder_that_cannot_be_looked_into_is_an_entry(
    make: MakeClass, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    exists = Path.exists

    def refused(path: Path, **options: bool) -> bool:
        if path.name == ".git":
            raise PermissionError(13, "Permission denied")
        return exists(path, **options)

    monkeypatch.setattr(Path, "exists", refused)
    entries, _told = read(make("anna/lab.py", "boris/lab.py"))
    assert [entry.name for entry in entries] == ["anna", "boris"]


ODD_METADATA = """submission_9:
  :submitters:
  - :name: Anna
    :sid: 00123
  :created_at: "2026-03-01T10:00:00+0300"
submission_10:
  :submitters:
  - :name: Anna
    :sid: 00123
  :created_at: !ruby/object:Time 2026-03-01 10:00:00 Z
  :score: !ruby/object:BigDecimal 1
submission_11:
  :submitters: []
  :created_at: some time
submission_12:
  :submitters: []
"""


def test_odd_metadata_lose_no_id_no_time_and_no_student(make: MakeClass, read: Read) -> None:
    folder = make(*(f"submission_{number}/lab.py" for number in (9, 10, 11, 12)))
    (folder / "submission_metadata.yml").write_text(ODD_METADATA)
    entries, _told = read(folder, all_attempts=True)
    assert {(entry.student, entry.handed_in[:19], entry.attempt) for entry in entries} == {
        ("00123", "2026-03-01T07:00:00", 1),
        ("00123", "2026-03-01T10:00:00", 2),
        ("submission_11", "", 1),
        ("submission_12", "", 1),
    }


def test_an_id_of_two_people_is_nobodys_in_gradescope(make: MakeClass, read: Read) -> None:
    """Ids are typed by hand: one of two students was an earlier attempt of the other."""
    people = (("Ann", "7", "a@example.org"), ("Ben", "7", "b@example.org"), ("Cid", "8", "c@example.org"))
    submitters = (f"{{':name': {name}, ':sid': '{sid}', ':email': {email}}}" for name, sid, email in people)
    lines = (f"submission_{number}: {{':submitters': [{one}]}}\n" for number, one in enumerate(submitters, 1))
    folder = make("submission_1/lab.py", "submission_2/lab.py", "submission_3/lab.py")
    (folder / "submission_metadata.yml").write_text("".join(lines))
    entries, _told = read(folder)
    assert [(one.name, one.student) for one in entries] == [
        ("Ann", "a@example.org"),
        ("Ben", "b@example.org"),
        ("Cid", "8"),
    ]


def test_without_times_the_highest_number_is_the_last(make: MakeClass, read: Read) -> None:
    folder = make("submission_9/lab.py", "submission_10/lab.py")
    (folder / "submission_metadata.yml").write_text(
        "".join(f"submission_{number}:\n  :submitters: [{{':name': A, ':sid': a}}]\n" for number in (9, 10))
    )
    (entry,), _told = read(folder)
    assert entry.path.name == "submission_10"


def test_the_command_knows_the_same_kinds() -> None:
    from grader.cli import commands

    (option,) = (option for option in commands.batch.params if option.name == "kind")
    assert tuple(option.type.choices) == KINDS


@pytest.mark.parametrize(
    ("path_name", "own_name", "reason", "expected"),
    [
        ("E_106_assignsubmission_file_", "", "E_106_assignsubmission_file_/a/b.py: is empty.", "a/b.py: is empty."),
        ("E_106_assignsubmission_file_", "", "E_106_assignsubmission_file_: no file.", "the submission: no file."),
        ("E_106_assignsubmission_file_hw.zip", "hw.zip", "E_106_assignsubmission_file_hw.zip, b.py: is empty.",
         "hw.zip, b.py: is empty."),
        ("Bob_2_assignsubmission_file_b.py", "b.py", ("Bob_2_assignsubmission_file_b.py: no Python. Run `python "
         "Bob_2_assignsubmission_file_b.py` to see it."), "b.py: no Python. Run `python b.py` to see it."),
        ("x" * 100, "b.py", "x" * 77 + "...: is empty.", "b.py: is empty."),
        ("b.py", "b.py", "b.py: is empty.", "b.py: is empty."),
        ("a", "", "a file of another kind.", "a file of another kind."),
        ("a", "", "", ""),
    ],
)  # fmt: skip
def test_a_reason_names_the_path_inside_the_submission(
    path_name: str, own_name: str, reason: str, expected: str
) -> None:
    given = make_result("emil", make_item(message=reason), make_item(message="other"), reason=reason)
    shown = with_reason_paths(given, path_name, own_name)
    assert (shown.reason, [item.message for item in shown.items]) == (expected, [expected, "other"])
    in_russian = with_reason_paths(make_result(reason="a: b", lang="ru"), "a", "")
    assert in_russian.reason == "работа: b"


def test_an_entry_keeps_how_its_author_called_a_file_and_no_name_of_a_folder(make: MakeClass, read: Read) -> None:
    folder = make(
        "Anna_101_assignsubmission_file_/lab.py",
        "Boris_102_assignsubmission_file_lab.py",
        "Chen_103_assignsubmission_file_a.py",
        "Chen_103_assignsubmission_file_b.py",
    )
    assert {entry.name: entry.own_name for entry in read(folder)[0]} == {"Anna": "", "Boris": "lab.py", "Chen": ""}
    assert {entry.name: entry.own_name for entry in read(folder, "folder")[0]}["Anna_101_assignsubmission_file_"] == ""


def test_the_summary_that_classroom_50_lays_beside_the_clones_is_no_submission(make: MakeClass, read: Read) -> None:
    clones = ("ml26-digits-ann/.git/HEAD", "ml26-digits-ben/.git/HEAD")
    entries, told = read(make(*clones, "scores.csv"))
    assert [entry.student for entry in entries] == ["ann", "ben"]
    assert ": read as github (folders with a .git)" in told[0]
    assert not [line for line in told if "scores.csv" in line]
