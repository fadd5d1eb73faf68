"""The key of a result: the same as long as nothing changed that the result hangs on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.engine import batch
from grader.engine import grading_key as keys
from grader.engine.batch import class_keys
from grader.engine.grade import Grader
from grader.engine.grading_key import grading_key, work_key
from grader.engine.run_settings import GradeSettings
from grader.results.journal_index import GradingKey, WorkKey
from grader.results.rubric import load_rubric

SECRET = b"a secret of the tests"


def key_with(salt: bytes = b"salt", *, secret: bytes = SECRET, **settings: object) -> GradingKey:
    run = Grader(GradeSettings(secret=secret, **settings))
    try:
        return grading_key(run, salt)
    finally:
        run.__exit__(None, None, None)


def test_the_same_run_has_the_same_key() -> None:
    assert key_with() == key_with()
    assert list(key_with().parts) == list(load_rubric().parts)
    assert len(key_with().whole) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"secret": b"another secret"},
        {"time_s": 5.0},
        {"memory_mib": 900},
        {"level": "reduced"},
        {"lang": "ru"},
        {"salt": b"x"},
    ],
)
def test_whatever_grades_otherwise_changes_the_key(change: dict[str, object]) -> None:
    before, after = key_with(), key_with(**change)
    assert before.whole != after.whole
    assert not set(before.parts.values()) & set(after.parts.values())


def test_real_pictures_count_by_their_bytes(tmp_path: Path) -> None:
    run = SimpleNamespace(
        settings=GradeSettings(secret=SECRET),
        rubric=load_rubric(),
        data=SimpleNamespace(name="mnist", notes=(), folder=str(tmp_path)),
        confinement=SimpleNamespace(level="full", layers=()),
    )
    before = grading_key(run, b"salt")
    (tmp_path / "train").write_bytes(b"other pictures")
    assert grading_key(run, b"salt") != before


def test_a_library_that_goes_by_another_name_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_with()
    monkeypatch.setattr(keys, "_LIBRARIES", ("no-such-library",))
    assert key_with() != before


def test_a_submission_counts_by_content_and_file_name(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("a.py", "b.py", "c.py"))
    for path in (first, second, third):
        path.write_text("x = 1")
    before = work_key(first, "grading")
    assert before == work_key(first, "grading")
    assert before != work_key(second, "grading")
    assert before != work_key(first, "other")
    assert work_key(first, "grading", "lab.py") == work_key(second, "grading", "lab.py") != before
    first.write_text("x = 2")
    assert before != work_key(first, "grading")


def test_an_entry_of_which_no_key_can_be_made_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets another key each time, so that no stored result passes for its own."""
    (tmp_path / "a.py").write_text("x = 1")

    def work_key_of(path: Path, grading: str, _own_name: str | None) -> WorkKey:
        if path.name == "odd":
            raise RecursionError("maximum recursion depth exceeded")
        return work_key(path, grading)

    monkeypatch.setattr(batch, "work_key", work_key_of)
    entries = [("a", tmp_path / "a.py"), ("odd", tmp_path / "odd")]
    told: list[str] = []
    first, second = (class_keys(entries, "grading", {}, tell=told.append) for _ in range(2))
    assert [words.partition(":")[0] for words in told] == ["odd", "odd"]
    assert "RecursionError('maximum recursion depth exceeded')" in told[0]
    assert first["a"] == second["a"] == work_key(tmp_path / "a.py", "grading")
    assert first["odd"] != second["odd"]
    assert first["odd"].grading == "grading"
