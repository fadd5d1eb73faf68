"""The template's tests read the lab's own pictures; a file that is missing or damaged is named."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from grader.assignment.public_tests import conftest
from grader.assignment.public_tests.checks.messages import CheckFailed

SOUND = bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(conftest, "FOLDER", tmp_path)
    return tmp_path


def test_a_sound_file_is_read(folder: Path) -> None:
    (folder / "labels.gz").write_bytes(gzip.compress(SOUND))
    assert np.array_equal(conftest.read_idx("labels.gz"), [7, 8, 9])


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no gzip", gzip.compress(SOUND)[:-9], gzip.compress(SOUND[:2]), gzip.compress(SOUND[:-1])],
    ids=["missing", "empty", "other", "cut", "no head", "no data"],
)
def test_a_damaged_file_is_named_with_what_to_do(folder: Path, content: bytes | None) -> None:
    if content is not None:
        (folder / "labels.gz").write_bytes(content)
    with pytest.raises(CheckFailed) as told:
        conftest.read_idx("labels.gz")
    assert str(told.value).startswith("labels.gz is missing or damaged; the tests train with it.")
    assert str(told.value).endswith("take the file anew from what you were given")
