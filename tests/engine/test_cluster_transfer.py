"""A submission arrives as it left: files, folders, links, odd names; too large or gone is told."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from pathlib import Path

import pytest

from grader.engine.cluster import transfer
from grader.engine.cluster.transfer import pack, unpack
from grader.submissions import digest, read_submission
from grader.system.errors import SubmissionError, UsageError
from grader.system.safe_rmtree import safe_rmtree


def travelled(path: Path, folder: Path) -> Path:
    folder.mkdir()
    return unpack(pack(path), folder)


def test_a_file_keeps_its_name_and_content(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xd0\x90\xff \xe2\x80\xae.py")
    path.write_bytes(b"x = 1\r\n\0")
    there = travelled(path, tmp_path / "there")
    assert (there.name, there.read_bytes()) == (path.name, path.read_bytes())


def test_a_folder_keeps_all_but_what_git_keeps_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "work"
    (path / "deep" / "empty").mkdir(parents=True)
    (path / ".git").mkdir()
    (path / ".git" / "objects").write_bytes(b"many")
    (path / "deep" / "a.py").write_text("x = 1")
    (path / "link.py").symlink_to("/etc/passwd")
    os.link(path / "deep" / "a.py", path / "same.py")
    os.mkfifo(path / "pipe")
    there = travelled(path, tmp_path / "there")
    assert sorted(str(one.relative_to(there)) for one in there.rglob("*")) == [
        "deep", "deep/a.py", "deep/empty", "link.py", "pipe", "same.py",
    ]  # fmt: skip
    assert (there / "link.py").readlink() == Path("/etc/passwd")
    assert stat.S_ISFIFO((there / "pipe").stat().st_mode)
    assert (there / "same.py").read_text() == "x = 1"
    assert digest(there) == digest(path)


def test_a_link_travels_as_a_link(tmp_path: Path) -> None:
    path = tmp_path / "work.py"
    path.symlink_to("nowhere.py")
    assert travelled(path, tmp_path / "there").readlink() == Path("nowhere.py")


def test_a_pipe_or_a_socket_that_is_handed_in_is_rejected_there_as_it_is_here(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(tmp_path / "socket.py"))
        for name in ("pipe.py", "socket.py"):
            there = travelled(tmp_path / name, tmp_path / f"there-{name}")
            assert there.name == name
            for path in (tmp_path / name, there):
                with pytest.raises(SubmissionError):
                    read_submission(path)


def test_what_is_gone_or_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"gone\.py: cannot be read \(No such file"):
        pack(tmp_path / "gone.py")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.bin").write_bytes(bytes(11))
    monkeypatch.setattr(transfer, "MAX_BYTES", 10)
    with pytest.raises(UsageError, match="11 bytes are too many to send to a worker, at most 10 are"):
        pack(tmp_path / "work")


def test_folders_that_are_nested_too_deeply_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        for _ in range(1200):  # a path of all of them would be longer than the system takes
            os.mkdir("d", dir_fd=descriptor)
            below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
    finally:
        os.close(descriptor)
    with pytest.raises(UsageError, match="nested too deeply"):
        pack(folder)
    safe_rmtree(folder)
