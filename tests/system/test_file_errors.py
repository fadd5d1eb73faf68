"""A path that is wrong is told in plain words, with what was expected there, whatever the command."""

from __future__ import annotations

import errno
import os
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from report_cases import make_item, make_result

from grader.cli import commands
from grader.reports import write_reports
from grader.results.journal_index import WorkKey
from grader.results.store import ResultStore
from grader.system.errors import UsageError
from grader.system.file_errors import why_not_read, why_not_written


@pytest.mark.parametrize(
    ("number", "read", "written"),
    [
        (errno.ENOENT, "there is no such file", "cannot be written, for there is no such folder"),
        (errno.EISDIR, "is a folder, and a file was expected", "cannot be written, for a folder is called so"),
        (
            errno.ENOTDIR,
            "there is no such file, for a part of its path is a file and no folder",
            "cannot be written, for a part of its path is a file and no folder",
        ),
        (errno.EACCES, "no permission to read it", "no permission to write it"),
        (errno.EROFS, "cannot be read (Read-only file system)", "the file system is read-only"),
        (errno.EDQUOT, "cannot be read (Disk quota exceeded)", "no space left on the device"),
        (errno.EIO, "cannot be read (Input/output error)", "cannot be written (Input/output error)"),
    ],
)
def test_errors_of_the_system_have_plain_words(number: int, read: str, written: str) -> None:
    error = OSError(number, os.strerror(number))
    assert (why_not_read(error), why_not_written(error)) == (read, written)


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """Return an output folder with a class of one, beside ``file.csv``, ``file.json`` and a folder."""
    out = tmp_path / "out"
    store = ResultStore(out)
    store.prepare()
    students = [{"name": "anna", "student": "1", "late": False, "members": [], "platform": "moodle"}]
    store.begin(["anna"], students=students, contents={"anna": "a"})
    store.save(make_result("anna", make_item(max_points=100)), WorkKey("a", "b"))
    store.close()
    (tmp_path / "file.csv").touch()
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    return out


ROSTER = (
    "Expected Moodle's grading worksheet, Canvas' gradebook, or Classroom 50's scores.json or roster. Check the path"
)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("report out --roster gone.csv", f"gone.csv: there is no such file. {ROSTER}"),
        ("report out --roster gone.json", f"gone.json: there is no such file. {ROSTER}"),
        ("report out --roster out", f"out: is a folder, and a file was expected. {ROSTER}"),
        ("report out --roster folder.json", f"folder.json: is a folder, and a file was expected. {ROSTER}"),
        ("report out --roster file.csv/x.csv", "file.csv/x.csv: there is no such file, for a part of its path is a"),
        (
            "report out --course gone.toml",
            "gone.toml: there is no such file. Expected the course's rules, a course.toml",
        ),
        ("report out --course out", "out: is a folder, and a file was expected. Expected the course's rules"),
        ("report out --roster pipe", f"pipe: is a pipe or a device, and a file was expected. {ROSTER}"),
        ("report out --roster large.json", f"large.json: is larger than 64 MiB. {ROSTER}"),
        ("report out --course pipe", "pipe: is a pipe or a device, and a file was expected. Expected the course's rul"),
        ("report out --dolos gone/a.zip", "gone/a.zip: cannot be written, for there is no such folder. Choose another"),
        ("report out --feedback-zip out", "out: cannot be written, for a folder is called so. Choose another file"),
        ("report out --dolos ..", "..: cannot be written, for a folder is called so. Choose another file"),
        ("report out --dolos pipe", "pipe exists already, and `digitlab report` did not make it; nothing was written"),
        (
            "report gone",
            "gone: there is no such folder (there is no journal.jsonl with any). Give the folder that an ear",
        ),
        ("report file.csv", "file.csv: there is no such folder (there is no journal.jsonl with any). Give the folder"),
        ("report folder.json", "folder.json: no results (there is no journal.jsonl with any). Give the folder"),
        ("batch gone --out new", "gone: there is no such folder or zip. Check the path"),
        (
            "batch file.csv --out new",
            "file.csv: is not a folder, nor a zip. Expected the class as the platform gave it",
        ),
        ("grade gone.py", "gone.py: there is no such file or folder. Check the path"),
        (
            "pack gradescope --out new.zip --secret-file gone",
            "gone: there is no such file. Expected a file with the secr",
        ),
        ("pack gradescope --out gone/a.zip", "gone/a.zip: cannot be written, for there is no such folder. Choose anot"),
        ("pack gradescope --out .", ".: cannot be written, for a folder is called so. Choose another file"),
        ("pack github --out gone/a.yml", "gone/a.yml: cannot be written, for there is no such folder. Choose another"),
        ("pack github --out .", ".: cannot be written, for a folder is called so. Choose another file"),
        ("pack classroom50 --out file.csv", "file.csv: is a file, and a folder is made. Choose another --out"),
        ("pack classroom50 --out file.csv/a", "file.csv/a: cannot be written, for a part of its path is a file"),
    ],
)
def test_a_wrong_path_is_named_with_what_was_expected(
    graded: Path, monkeypatch: pytest.MonkeyPatch, command: str, words: str
) -> None:
    monkeypatch.chdir(graded.parent)
    monkeypatch.setenv("DIGITLAB_SECRET", "a secret of the tests")
    done = CliRunner().invoke(commands.main, command.split())
    assert done.exit_code == 2
    assert f"digitlab: error: {words}" in done.stderr
    assert not (graded / "report.html").exists(), "it is told before anything is written"


def test_a_report_that_was_killed_leaves_no_half_of_a_zip(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could not be told from somebody's own file, and the next report would not replace it."""
    path = graded.parent / "texts.zip"
    command = ["report", str(graded), "--dolos", str(path)]

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    for before in (False, True):
        monkeypatch.setattr(os, "fsync", killed)
        assert CliRunner().invoke(commands.main, command).exit_code != 0
        assert path.exists() is before
        monkeypatch.undo()
        assert CliRunner().invoke(commands.main, command).exit_code == 0
        assert zipfile.ZipFile(path).testzip() is None


def test_a_report_advises_no_option_that_it_does_not_have(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("grader.results.store._write_bytes_atomic", refuse)
    with pytest.raises(
        UsageError, match=r"chmod u\+rwx\), or copy the whole folder to where you may write, and report"
    ):
        write_reports(graded, ResultStore(graded).load_all())


@pytest.mark.parametrize("option", ["--dolos", "--feedback-zip"])
def test_a_report_replaces_no_file_but_its_own_zips(graded: Path, option: str) -> None:
    path = graded.parent / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("work", "of the class")
    for file, words in ((path, "class.zip"), (graded.parent / "file.csv", "file.csv")):
        before = file.read_bytes()
        done = CliRunner().invoke(commands.main, ["report", str(graded), option, str(file)])
        assert done.exit_code == 2
        assert f"{words} exists already, and `digitlab report` did not make it; nothing was written" in done.stderr
        assert file.read_bytes() == before
    both = ["--dolos", str(graded / "new.zip"), "--feedback-zip", str(graded / "new.zip")]
    done = CliRunner().invoke(commands.main, ["report", str(graded), *both])
    assert "new.zip: cannot hold the texts and the pages at once. Choose two files." in done.stderr
    for _again in range(2):
        assert (
            CliRunner().invoke(commands.main, ["report", str(graded), "--dolos", str(graded / "d.zip")]).exit_code == 0
        )


@pytest.mark.parametrize(("kind", "name"), [("gradescope", "autograder.zip"), ("github", "classroom.yml")])
def test_packing_replaces_nothing_without_being_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGITLAB_SECRET", "a secret of the tests")
    command = ["pack", kind]
    assert CliRunner().invoke(commands.main, command).exit_code == 0
    first = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    done = CliRunner().invoke(commands.main, command)
    assert done.exit_code == 2
    assert (
        done.stderr
        == f"digitlab: error: {name} exists already; nothing was written. Choose another --out, or use --overwrite.\n"
    )
    assert CliRunner().invoke(commands.main, [*command, "--overwrite"]).exit_code == 0
    assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()} == first
