"""Where a file is missing, what was written instead is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment.public_tests.checks import written_files
from grader.assignment.public_tests.checks.written_files import elsewhere_cause, times_in

WEIGHTS = b"\x89HDF\r\n\x1a\n layers vars"
ASKED = "/home/x/kept.keras"
MODEL = WEIGHTS + b" model_config"


def read(path: str) -> bytes:
    return Path(path).read_bytes()


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"model.keras": b"PK"}, 'it wrote "model.keras", not the name'),
        ({"saved.weights.h5": WEIGHTS}, 'it wrote "saved.weights.h5": the wrong name, and only the weights'),
        ({"saved.weights.h5": MODEL}, 'it wrote "saved.weights.h5", not the name'),
        ({"saved.weights.h5": b""}, 'it wrote "saved.weights.h5", not the name'),
        ({"b.h5": MODEL, "a.json": b'{"class_name": "Sequential"}'}, 'it wrote "a.json", "b.h5", not the name'),
        ({"b.h5": MODEL, "a.json": b"{}"}, 'it wrote "b.h5", not the name'),
        ({"old.keras": b"written again"}, 'it wrote "old.keras", not the name'),
        ({".keras": b"PK"}, 'it wrote ".keras", not the name'),
        ({"inside/kept.keras": b"PK"}, 'it wrote "kept.keras" into the wrong folder'),
        ({"inside/of/it/model.keras": b"PK"}, 'it wrote "model.keras", not the name'),
        ({"exported/saved_model.pb": b""}, 'it wrote "exported", not the name'),
        ({}, "no model was written under another name either"),
        ({"log.txt": b"", "train.log": b"", "settings.json": b"{}"}, "no model was written under another name either"),
        ({"__pycache__/model.keras": b""}, "no model was written under another name either"),
    ],
)
def test_what_was_written_is_named(tmp_path: Path, written: dict[str, bytes], words: str) -> None:
    (tmp_path / "old.keras").write_bytes(b"it was there")
    again = 1_000_000 * ("old.keras" in written)
    before = {path: time - again for path, time in (times_in(str(tmp_path)) or {}).items()}
    for name, content in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert words in elsewhere_cause(before, times_in(str(tmp_path)), read, ASKED)


def test_a_folder_that_was_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "saved.weights.h5").mkdir()
    assert 'it wrote "saved.weights.h5", not' in elsewhere_cause({}, times_in(str(tmp_path)), read, ASKED)


def test_a_folder_counts_once_however_often_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.h5").touch()
    assert len(times_in(str(tmp_path), f"{tmp_path}/.") or {}) == 1


def test_of_very_many_files_nobody_can_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written_files, "MAX_ENTRIES", 3)
    for number in range(4):
        assert times_in(str(tmp_path)) == {}
        (tmp_path / str(number)).touch()
    assert times_in(str(tmp_path)) is None


def test_where_nobody_can_tell_there_is_no_cause(tmp_path: Path) -> None:
    assert times_in(str(tmp_path), str(tmp_path / "gone")) is None
    assert elsewhere_cause(None, {}, read, ASKED) == elsewhere_cause({}, None, read, ASKED) == ""
