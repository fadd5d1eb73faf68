"""The folder of a run: gone with the run, or, when the run was killed, with the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.system.run_folder import PASSABLE, RunFolder, is_in_use

HOLD = """
import sys, time
from grader.system.run_folder import RunFolder
print(RunFolder().path, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def own_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_others_get_through_and_see_nothing(tmp_path: Path) -> None:
    folder = RunFolder()
    assert folder.path.stat().st_mode & 0o777 == PASSABLE
    folder.close()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_killed_run_goes_with_the_next_one_and_a_living_runs_stays(tmp_path: Path) -> None:
    runs = [subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    killed, living = (Path(run.stdout.readline().strip()) for run in runs if run.stdout)
    (killed / "worker").mkdir()
    runs[0].send_signal(signal.SIGKILL)
    runs[0].wait()
    mine = RunFolder()
    try:
        assert set(tmp_path.iterdir()) == {living, mine.path}
        assert is_in_use(living)
        assert not is_in_use(killed)
    finally:
        runs[1].kill()
        for run in runs:
            run.communicate()
        mine.close()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    (tmp_path / "digitlab-report").mkdir()
    (tmp_path / "elsewhere").mkdir()
    os.close(os.open(tmp_path / "elsewhere" / "in-use", os.O_CREAT))
    (tmp_path / "digitlab-link").symlink_to(tmp_path / "elsewhere")
    RunFolder().close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digitlab-link", "digitlab-report", "elsewhere"]
