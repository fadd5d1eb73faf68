"""Grading on the files of MNIST and EMNIST: the real processes, files of the real counts, empty pictures."""

from __future__ import annotations

import re
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from small_sets import write_all

from grader.assignment.public_tests.checks.idx_files import gzip_bytes, idx_bytes
from grader.assignment.realdata.catalog import EMNIST_LETTERS, MNIST, DataFile, DataSet
from grader.cli import commands
from grader.engine.grade import Grader
from grader.engine.run_settings import DataChoice, GradeSettings, find_data, rubric_of
from grader.marking.thresholds import FIXTURE, MODES
from grader.results.models import SubmissionResult
from grader.results.rubric import load_rubric
from grader.system.errors import UsageError

SECRET = b"a secret of the tests"


def empty_file(file: DataFile) -> bytes:
    """Return a file of the right form: empty pictures, labels that go round."""
    array = file.arrays[""]
    if array.labels is None:
        return gzip_bytes(idx_bytes(np.zeros(array.shape, np.uint8)))
    low, high = array.labels
    return gzip_bytes(idx_bytes((np.arange(array.shape[0]) % (high - low + 1) + low).astype(np.uint8)))


def empty_files(data_set: DataSet, *, only: str = "") -> dict[str, bytes]:
    return {file.name: empty_file(file) for file in data_set.files if only in file.name}


@pytest.fixture(scope="module")
def training_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    write_all(folder, empty_files(MNIST, only="train"))
    return folder


def settings(folder: Path) -> GradeSettings:
    return GradeSettings(secret=SECRET, dataset="mnist", data_dir=folder)


def test_drawn_pictures_need_no_folder() -> None:
    assert find_data(GradeSettings(secret=SECRET, data_dir=Path("/nowhere"))) == DataChoice("fixture")


def test_files_that_are_not_there_are_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no such file\. Fetch it: digitlab data fetch mnist"):
        Grader(settings(tmp_path))


@pytest.mark.parametrize("place", [sysconfig.get_path("purelib"), f"{sys.base_prefix}/lib/data", "/usr/lib/data"])
def test_folder_that_students_code_may_read_is_refused(place: str) -> None:
    with pytest.raises(UsageError, match=r"which students' code may read\. Choose another folder"):
        find_data(settings(Path(place)))


def test_link_into_such_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/usr/lib")
    with pytest.raises(UsageError, match="/usr/lib, which students' code may read"):
        find_data(settings(tmp_path / "link"))


@pytest.mark.parametrize("dataset", MODES)
def test_modes_set_limits_for_lines_that_there_are(dataset: str) -> None:
    rubric = rubric_of(GradeSettings(secret=SECRET, dataset=dataset))
    for name, limits in MODES[dataset].limits.items():
        assert (rubric.by_id[name].time_s, rubric.by_id[name].memory_mib) == limits
    assert MODES[dataset].thresholds.keys() == FIXTURE.keys()


def test_lines_that_train_have_more_time_for_more_pictures() -> None:
    lines = {line.id: line for line in load_rubric().line}
    for name, (time_s, memory_mib) in MODES["mnist"].limits.items():
        assert time_s > lines[name].time_s
        assert memory_mib > lines[name].memory_mib


def test_limits_of_the_command_line_replace_those_of_the_mode() -> None:
    rubric = rubric_of(GradeSettings(secret=SECRET, dataset="mnist", time_s=7, memory_mib=900))
    assert {(line.time_s, line.memory_mib) for line in rubric.line} == {(7, 900)}


def spy_on(folder: Path) -> str:
    """Return a submission that tells whether it can read the labels."""
    return (
        "def letter_of(label):\n"
        f"    open({str(folder / 'train-labels-idx1-ubyte.gz')!r}, 'rb').read(1)\n"
        "    return 'A'\n"
    )


def graded(tmp_path: Path, folder: Path) -> SubmissionResult:
    submission = tmp_path / "spy.py"
    submission.write_text(spy_on(folder), encoding="utf-8")
    with Grader(settings(folder)) as grader:
        return grader.grade(submission)


@pytest.mark.slow
def test_result_names_the_pictures_and_the_worker_cannot_read_them(tmp_path: Path, training_files: Path) -> None:
    result = graded(tmp_path, training_files)
    items = {item.id: item for item in result.items}
    assert result.grader.dataset == "mnist-train-only"
    assert "trained on the first 50,000, scored on the last 10,000" in result.notes[0]
    assert "nor are the contents" in result.notes[1]
    assert "The letters are drawn: EMNIST's files are not in the data folder." in result.notes
    assert not result.has_grader_error, result.grader_log
    assert re.search("PermissionError|FileNotFoundError", items["letters.letter_of"].message)


@pytest.mark.slow
def test_emnist_is_used_when_it_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    write_all(folder, empty_files(MNIST) | empty_files(EMNIST_LETTERS))
    result = graded(tmp_path, folder)
    assert result.grader.dataset == "mnist+emnist-letters"
    assert "The letters are EMNIST's." in result.notes
    assert not result.has_grader_error, result.grader_log


@pytest.mark.slow
def test_rejected_submission_has_the_notes_too(tmp_path: Path, training_files: Path) -> None:
    (tmp_path / "essay.pdf").write_bytes(b"%PDF-1.4")
    with Grader(settings(training_files)) as grader:
        result = grader.grade(tmp_path / "essay.pdf")
    assert "trained on the first 50,000" in result.notes[0]


@pytest.mark.slow
def test_command_says_on_the_terminal_what_it_grades_on(tmp_path: Path, training_files: Path) -> None:
    submission = tmp_path / "a.py"
    submission.write_text("x = 1\n")
    options = ["--dataset", "mnist", "--data-dir", str(training_files)]
    done = CliRunner().invoke(
        commands.main, ["grade", str(submission), *options], env={"DIGITLAB_SECRET": SECRET.decode()}
    )
    assert done.exit_code == 0
    assert "digitlab: The digits are MNIST's training files only" in done.stderr
    assert "digitlab: The letters are drawn" in done.stderr


def test_unknown_dataset_is_wrong_usage(tmp_path: Path) -> None:
    submission = tmp_path / "a.py"
    submission.write_text("x = 1\n")
    done = CliRunner().invoke(commands.main, ["grade", str(submission), "--dataset", "cifar"])
    assert done.exit_code == 2
    assert "'cifar' is not one of 'fixture', 'mnist'" in done.stderr
