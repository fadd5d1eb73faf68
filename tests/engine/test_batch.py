"""A class that is stopped in the middle, gone on with, and graded again after a change: over the real processes."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from grader.results.journal import read_journal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

COUNT = 5
SOURCE = "def letter_of(label):\n    if 0 <= label < 26: return chr(65 + label)\n    raise ValueError('outside')\n"


def batch(class_dir: Path, out: Path, *options: str, secret: str = "a secret of the tests") -> subprocess.Popen[str]:
    code = "from grader.cli.commands import main; main()"
    command = [sys.executable, "-c", code, "batch", str(class_dir), "--out", str(out), "--jobs", "1", *options]
    environment = os.environ | {"DIGITLAB_SECRET": secret}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def finished(class_dir: Path, out: Path, *options: str, **more: str) -> tuple[str, str]:
    with batch(class_dir, out, *options, **more) as run:
        stdout, stderr = run.communicate()
    assert run.returncode == 0, stderr
    return stdout, stderr


def gradings(out: Path) -> Counter[str]:
    return Counter(record["result"]["submission"] for record in read_journal(out) if record["kind"] == "result")


@pytest.fixture(scope="module")
def class_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for number in range(COUNT):
        (folder / f"student-{number}.py").write_text(f"# of student {number}\n{SOURCE}")
    (folder / "essay.pdf").write_bytes(b"%PDF-1.4")
    return folder


@pytest.fixture(scope="module")
def whole(class_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing disturbed."""
    out = tmp_path_factory.mktemp("whole")
    finished(class_dir, out)
    return out


@pytest.mark.parametrize(("end", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 130)])
def test_a_stopped_run_is_gone_on_with(class_dir: Path, whole: Path, tmp_path: Path, end: int, status: int) -> None:
    with batch(class_dir, tmp_path) as run:
        assert run.stderr
        said = [run.stderr.readline(), run.stderr.readline()]
        run.send_signal(end)
        rest = run.stderr.read()
    assert run.returncode == status
    kept = gradings(tmp_path)
    assert {line.partition(":")[0] for line in said} <= kept.keys()
    assert len(kept) <= COUNT
    if end == signal.SIGTERM:  # ends as with Ctrl-C, which a test started in the background would not get
        assert f"Go on: digitlab batch --resume {class_dir} --out {tmp_path} --jobs 1" in rest
    finished(class_dir, tmp_path, "--resume")
    assert gradings(tmp_path) == gradings(whole), "each is graded once, whatever happened"
    assert (tmp_path / "grades.csv").read_bytes() == (whole / "grades.csv").read_bytes()
    assert not (tmp_path / "regrade.csv").exists()


def test_a_second_run_on_the_folder_is_refused(class_dir: Path, tmp_path: Path) -> None:
    with batch(class_dir, tmp_path) as first:
        assert first.stderr
        first.stderr.readline()
        with batch(class_dir, tmp_path, "--resume") as second:
            _stdout, stderr = second.communicate()
        first.send_signal(signal.SIGKILL)
    assert second.returncode == 2
    assert "another run writes to this folder now." in stderr


def test_only_what_changed_is_graded_again_and_told(class_dir: Path, whole: Path, tmp_path: Path) -> None:
    changed = tmp_path / "class"
    changed.mkdir()
    for path in class_dir.iterdir():
        (changed / path.name).write_bytes(path.read_bytes())
    (changed / "student-1.py").write_text(SOURCE.replace("65 + label", "66 + label"))
    (changed / "student-4.py").unlink()
    (changed / "student-5.py").write_text(SOURCE)
    out = tmp_path / "out"
    out.mkdir()
    (out / "journal.jsonl").write_bytes((whole / "journal.jsonl").read_bytes())
    stdout, stderr = finished(changed, out, "--resume")
    said, *graded = stderr.splitlines()
    assert said == "digitlab: graded before and kept: 4 of 6; to grade: 2"
    assert sorted(line.partition(":")[0] for line in graded) == ["student-1", "student-5"]
    assert "regraded:  1, 1 of them with another score\nstudent-1: 2 -> 1 (letters.letter_of)" in stdout
    rows = list(csv.DictReader((out / "regrade.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["submission"], row["line"], row["old_points"], row["new_points"]) for row in rows[:2]] == [
        ("student-1", "total", "2", "1"),
        ("student-1", "letters.letter_of", "1", "0"),
    ]
    assert "student-4" not in (out / "grades.csv").read_text()


def test_another_secret_grades_everything_again_and_is_not_in_the_journal(
    class_dir: Path, whole: Path, tmp_path: Path
) -> None:
    (tmp_path / "journal.jsonl").write_bytes((whole / "journal.jsonl").read_bytes())
    finished(class_dir, tmp_path, "--resume", secret="another secret of the tests")
    assert set(gradings(tmp_path).values()) == {2}
    regraded = json.loads((tmp_path / "regrade.json").read_text())
    assert {(one["old_score"], one["new_score"], *one["changed"]) for one in regraded} == {
        (2, 2, "grader"),
        (0, 0, "grader"),
    }
    assert "another secret" not in (tmp_path / "journal.jsonl").read_text()
