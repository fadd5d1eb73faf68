"""What grading reads: a change of it is noticed, a change of anything else is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader import grading_sources
from grader.grading_sources import sources_digest


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the package that the digests are made of."""
    monkeypatch.setattr(grading_sources, "PACKAGE", shutil.copytree(grading_sources.PACKAGE, tmp_path / "grader"))
    return grading_sources.PACKAGE


def test_a_changed_source_changes_the_key_and_a_changed_report_does_not(copy: Path) -> None:
    before = sources_digest()
    texts = "assignment/public_tests/checks/locale/ru/LC_MESSAGES/digitlab"
    for name in ("reports/html.py", "assignment/template/README.md", "assignment/public_tests/conftest.py",
                 "proved.json", f"{texts}.po"):  # fmt: skip
        (copy / name).write_text("other")
    assert sources_digest() == before
    for name in ("assignment/rubric.toml", "assignment/hidden_tests/test_save_hidden.py", "sandbox/worker.py",
                 "assignment/public_tests/checks/expect.py", f"{texts}.mo"):  # fmt: skip
        (copy / name).write_text("other")
        after = sources_digest()
        assert after != before
        before = after


def test_a_translation_changes_what_is_read_but_not_what_is_proved(copy: Path) -> None:
    read, proved = sources_digest(), sources_digest(translations=False)
    (copy / "locale/ru/LC_MESSAGES/digitlab.mo").write_text("other")
    assert sources_digest() != read
    assert sources_digest(translations=False) == proved
    (copy / "marking/line_book.py").write_text("other")
    assert sources_digest(translations=False) != proved


def test_sources_hold_tests_rubric_and_skeletons_and_no_compiled_files() -> None:
    names = {path.name for path in grading_sources.grading_sources()}
    assert {"rubric.toml", "test_save_hidden.py", "test_save.py", "upper.toml", "scorer.py"} <= names
    assert not any(name.endswith(".pyc") for name in names)
