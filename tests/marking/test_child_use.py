"""What a child uses is read from the machine, and a folder is never counted further than it must be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.marking.child_use import ChildUse, FolderUse, folder_use, pid_behind

ROOM = FolderUse(1 << 20, 10)


def test_a_descriptor_of_a_process_tells_its_number() -> None:
    descriptor = os.pidfd_open(os.getpid())
    assert pid_behind(descriptor) == os.getpid()
    os.close(descriptor)


def test_a_descriptor_of_something_else_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file, pytest.raises(ValueError, match="stands for no process"):
        pid_behind(file.fileno())


def test_processor_time_and_memory_are_those_of_the_process() -> None:
    use = ChildUse(os.getpid())
    before = use.cpu_s()
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
    assert 0.25 <= use.cpu_s() - before < 2
    resident_mib = use.resident_mib()
    held = bytearray(b"x") * (64 << 20)
    assert use.resident_mib() - resident_mib == pytest.approx(len(held) >> 20, abs=8)


def test_a_name_with_brackets_does_not_confuse_the_reading() -> None:
    code = "open('/proc/self/comm', 'w').write(') 1 2 (x) 3'); print(flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert 0 <= ChildUse(process.pid).cpu_s() < 5
    process.communicate(b"\n")


def test_what_has_ended_uses_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert ChildUse(process.pid).cpu_s() == 0
    assert ChildUse(process.pid).resident_mib() == 0


def test_files_and_bytes_are_counted_through_folders(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to("/")
    found = folder_use(tmp_path, ROOM)
    assert found.files == 4
    assert 100_000 <= found.size_bytes < 120_000
    assert not found.is_over


def test_a_hole_takes_no_room(tmp_path: Path) -> None:
    os.truncate(os.open(tmp_path / "hole", os.O_CREAT | os.O_WRONLY), 1 << 40)
    assert not folder_use(tmp_path, ROOM).is_over


def test_too_many_bytes_and_too_many_files_are_over(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * (2 << 20))
    assert folder_use(tmp_path, ROOM).is_over
    (tmp_path / "large").unlink()
    for number in range(11):
        (tmp_path / str(number)).touch()
    assert folder_use(tmp_path, ROOM) == FolderUse(0, 11, is_over=True)


def test_a_folder_that_is_gone_is_empty(tmp_path: Path) -> None:
    assert folder_use(tmp_path / "gone", ROOM) == FolderUse(0, 0)


def test_folders_too_deep_to_look_into_are_over(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(40):
        os.mkdir("d" * 120, dir_fd=here)
        deeper = os.open("d" * 120, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    assert folder_use(tmp_path, FolderUse(1 << 20, 1000)).is_over
