"""What a machine, or the container around a run, leaves to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.system import machine
from grader.system.machine import _limits_of_groups, find_shortage, memory_mib

GIB = 1 << 30


def group(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_limits_of_all_groups_around_a_process_count(tmp_path: Path) -> None:
    group(tmp_path, "memory.max", "max\n")
    group(tmp_path / "pod", "memory.max", f"{3 * GIB}\n")
    group(tmp_path / "pod" / "box", "memory.max", f"{4 * GIB}\n")
    (tmp_path / "own").write_text("0::/pod/box\n")
    assert list(_limits_of_groups(tmp_path, tmp_path / "own")) == [4 * GIB, 3 * GIB]


def test_limits_of_version_1_count(tmp_path: Path) -> None:
    group(tmp_path / "memory" / "docker", "memory.limit_in_bytes", f"{GIB}\n")
    (tmp_path / "own").write_text("9:cpu,cpuacct:/docker\n7:memory:/docker\n1:name=systemd:/docker\n")
    assert list(_limits_of_groups(tmp_path, tmp_path / "own")) == [GIB]


def test_without_groups_the_machine_alone_counts(tmp_path: Path) -> None:
    assert list(_limits_of_groups(tmp_path, tmp_path / "missing")) == []
    assert memory_mib() > 0


@pytest.mark.parametrize(("mib", "said"), [(3_000, ""), (768, "has 768 MiB of memory, grading needs 3,000")])
def test_a_shortage_is_said_before_anything_is_graded(monkeypatch: pytest.MonkeyPatch, mib: int, said: str) -> None:
    monkeypatch.setattr(machine, "memory_mib", lambda: mib)
    assert find_shortage().endswith(said)
    assert bool(find_shortage()) is bool(said)
