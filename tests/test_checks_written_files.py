"""Where a file is missing, what was written instead is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment.public_tests.checks.written_files import elsewhere_cause, times_in

WEIGHTS = b"\x89HDF\r\n\x1a\n layers vars"
MODEL = WEIGHTS + b" model_config"


def read(path: str) -> bytes:
    return Path(path).read_bytes()


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"model.keras": b"PK"}, 'it wrote "model.keras", not the name'),
        ({"saved.weights.h5": WEIGHTS}, 'it wrote "saved.weights.h5": another name, and the weights alone'),
        ({"saved.weights.h5": MODEL}, 'it wrote "saved.weights.h5", not the name'),
        ({"saved.weights.h5": b""}, 'it wrote "saved.weights.h5", not the name'),
        ({"b.h5": MODEL, "a.json": b"{}"}, 'it wrote "a.json", "b.h5", not the name'),
        ({"old.txt": b"written again"}, 'it wrote "old.txt", not the name'),
        ({}, "no other file was written there either"),
        ({".hidden": b"", "__pycache__": b""}, "no other file was written there either"),
    ],
)
def test_what_was_written_is_named(tmp_path: Path, written: dict[str, bytes], words: str) -> None:
    (tmp_path / "old.txt").write_bytes(b"it was there")
    before = {path: time - 1_000_000 * ("old.txt" in written) for path, time in (times_in(str(tmp_path)) or {}).items()}
    for name, content in written.items():
        (tmp_path / name).write_bytes(content)
    assert words in elsewhere_cause(before, times_in(str(tmp_path)), read)


def test_a_folder_that_was_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "saved.weights.h5").mkdir()
    assert 'it wrote "saved.weights.h5", not' in elsewhere_cause({}, times_in(str(tmp_path)), read)


def test_a_folder_counts_once_however_often_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert len(times_in(str(tmp_path), f"{tmp_path}/.") or {}) == 1


def test_where_nobody_can_tell_there_is_no_cause(tmp_path: Path) -> None:
    assert times_in(str(tmp_path), str(tmp_path / "gone")) is None
    assert elsewhere_cause(None, {}, read) == elsewhere_cause({}, None, read) == ""
