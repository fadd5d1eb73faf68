"""The key of a result: the same as long as nothing changed that the result hangs on."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader import grading_key as keys
from grader.grade import Grader
from grader.grading_key import grading_key, grading_sources, work_key
from grader.run_settings import GradeSettings

SECRET = b"a secret of the tests"


def key_with(salt: bytes = b"salt", *, secret: bytes = SECRET, **settings: object) -> str:
    run = Grader(GradeSettings(secret=secret, **settings))
    try:
        return grading_key(run, salt)
    finally:
        run.__exit__(None, None, None)


def test_the_same_run_has_the_same_key() -> None:
    assert key_with() == key_with()
    assert len(key_with()) == 64


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
    assert key_with() != key_with(**change)


def test_a_changed_source_changes_the_key_and_a_changed_report_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "grader"
    shutil.copytree(keys._PACKAGE, copy)
    monkeypatch.setattr(keys, "_PACKAGE", copy)
    before = keys._sources_digest()
    (copy / "reports" / "html.py").write_text("other")
    assert keys._sources_digest() == before
    for name in ("assignment/rubric.toml", "assignment/hidden_tests/test_save_hidden.py", "sandbox/worker.py"):
        (copy / name).write_text("other")
        after = keys._sources_digest()
        assert after != before
        before = after


def test_sources_hold_tests_rubric_and_skeletons_and_no_compiled_files() -> None:
    names = {path.name for path in grading_sources()}
    assert {"rubric.toml", "test_save_hidden.py", "test_save.py", "upper.toml", "scorer.py"} <= names
    assert not any(name.endswith(".pyc") for name in names)


def test_real_pictures_count_by_their_bytes(tmp_path: Path) -> None:
    run = SimpleNamespace(
        settings=GradeSettings(secret=SECRET),
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
    first.write_text("x = 2")
    assert before != work_key(first, "grading")
