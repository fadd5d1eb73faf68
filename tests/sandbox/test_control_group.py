"""Control groups: the real ones where this machine lets us set them, and version 2 by a folder that looks like it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import control_group
from grader.sandbox.control_group import ControlGroups, find_groups

EAT = "import sys; sys.stdin.readline(); held = bytearray(b'x') * (200 << 20); print('lived')"


@pytest.fixture
def groups():
    found = find_groups()
    if found is None:
        pytest.skip("this machine lets us set no control groups")
    yield found
    found.close()
    assert not found.folder.exists()


def eat_in(group) -> tuple[str, int]:
    """Let a process in a group take 200 MiB; return what it said and how it ended."""
    process = subprocess.Popen([sys.executable, "-c", EAT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    group.add(process.pid)
    told, _ = process.communicate("\n", timeout=60)
    return told, process.returncode


def test_the_kernel_ends_a_process_at_the_limit_and_says_so(groups: ControlGroups) -> None:
    group = groups.new("greedy", 100 << 20)
    assert eat_in(group) == ("", -9)
    assert group.was_struck()
    group.remove()


def test_a_process_below_the_limit_lives(groups: ControlGroups) -> None:
    group = groups.new("modest", 400 << 20)
    assert eat_in(group) == ("lived\n", 0)
    assert not group.was_struck()
    group.remove()


def test_groups_of_dead_runs_are_removed(groups: ControlGroups) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    stale = groups.folder.parent / f"digitlab-{ended.pid}"
    (stale / "worker-1").mkdir(parents=True)
    groups.close()
    again = find_groups()
    assert again is not None
    assert not stale.exists()
    again.close()


def version_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that the code takes for this process' group in a version 2 hierarchy."""
    table, own, group = tmp_path / "mountinfo", tmp_path / "cgroup", tmp_path / "fs" / "user" / "scope"
    group.mkdir(parents=True)
    table.write_text(f"30 20 0:26 /user {tmp_path}/fs/user rw - cgroup2 cgroup2 rw\n")
    own.write_text("1:name=systemd:/x\n0::/user/scope\n")
    monkeypatch.setattr(control_group, "MOUNT_TABLE", table)
    monkeypatch.setattr(control_group, "OWN_GROUPS", own)
    return group


def test_version_2_is_divided_when_the_group_is_ours_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's own files are plain ones here: what is written is what version 2 documents."""
    group = version_2(tmp_path, monkeypatch)
    (group / "cgroup.procs").write_text(f"{os.getpid()}\n")
    monkeypatch.setattr(control_group, "_remove", lambda _folder: None)
    groups = find_groups()
    assert groups is not None
    assert groups.version == 2
    assert groups.folder == group / f"digitlab-{os.getpid()}"
    assert (groups.folder / "supervisor" / "cgroup.procs").read_text() == str(os.getpid())
    assert (group / "cgroup.subtree_control").read_text() == "+memory"
    assert (groups.folder / "cgroup.subtree_control").read_text() == "+memory"
    child = groups.new("worker-7", 5 << 20)
    child.add(7)
    assert (child.folder / "memory.max").read_text() == str(5 << 20)
    assert (child.folder / "memory.swap.max").read_text() == "0"
    assert (child.folder / "cgroup.procs").read_text() == "7"
    (child.folder / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\n")
    assert child.was_struck()
    (child.folder / "memory.events").write_text("low 0\noom_kill 0\n")
    assert not child.was_struck()


def test_a_group_that_is_not_ours_to_divide_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = version_2(tmp_path, monkeypatch)
    (group / "cgroup.procs").write_text(f"{os.getpid()}\n")
    (group / "cgroup.subtree_control").mkdir()  # writing it fails, as it does where other processes live
    assert find_groups() is None
    assert (group / "cgroup.procs").read_text() == str(os.getpid()), "the process went back"


def test_a_machine_without_groups_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version_2(tmp_path, monkeypatch)
    control_group.MOUNT_TABLE.write_text("22 20 0:20 / /sys rw - sysfs sysfs rw\n")
    assert find_groups() is None
