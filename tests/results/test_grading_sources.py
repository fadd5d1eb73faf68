"""What grading reads: a change of it is noticed, a change of anything else is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.results import grading_sources
from grader.results.grading_sources import section_digests, sources_digest
from grader.results.rubric import load_rubric

Digests = dict[frozenset[str], str]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the package that the digests are made of."""
    monkeypatch.setattr(grading_sources, "PACKAGE", shutil.copytree(grading_sources.PACKAGE, tmp_path / "grader"))
    return grading_sources.PACKAGE


def test_a_changed_source_changes_the_key_and_a_changed_report_does_not(copy: Path) -> None:
    before = sources_digest()
    texts = "assignment/public_tests/checks/locale/ru/LC_MESSAGES/digitlab"
    for name in ("reports/html.py", "assignment/template/README.md", "assignment/public_tests/conftest.py",
                 "results/validation_record.json", f"{texts}.po"):  # fmt: skip
        (copy / name).write_text("other")
    assert sources_digest() == before
    for name in ("assignment/rubric.toml", "assignment/hidden_tests/test_save_hidden.py", "sandbox/worker.py",
                 "assignment/public_tests/checks/expect.py", f"{texts}.mo"):  # fmt: skip
        (copy / name).write_text("other")
        after = sources_digest()
        assert after != before
        before = after


TESTS = {
    "hidden_tests/test_letters_hidden.py": {"letters"},
    "public_tests/test_parser.py": {"parser"},
    "hidden_tests/test_drawing_hidden.py": {"builders", "training", "save", "drawing"},
}


@pytest.mark.parametrize("name", TESTS)
def test_a_changed_test_changes_the_digest_of_its_own_section(copy: Path, name: str) -> None:
    rubric = load_rubric()
    before = section_digests(rubric, "en")
    with (copy / "assignment" / name).open("a") as file:
        file.write("# changed\n")
    assert changed_sections(before, section_digests(rubric, "en")) == [TESTS[name]]


@pytest.mark.parametrize(
    "text",
    [
        "from grader.assignment.public_tests.test_showpics import some_pictures",
        "from grader.assignment.public_tests import test_showpics",
        "import grader.assignment.public_tests.test_showpics as helpers",
        "from ..public_tests.test_showpics import some_pictures",
        "from ..public_tests import test_showpics",
    ],
)
def test_a_test_file_that_another_one_imports_counts_for_both_sections(copy: Path, text: str) -> None:
    rubric = load_rubric()
    with (copy / "assignment/hidden_tests/test_letters_hidden.py").open("a") as file:
        file.write(text + "\n")
    before = section_digests(rubric, "en")
    with (copy / "assignment/public_tests/test_showpics.py").open("a") as file:
        file.write("# changed\n")
    assert changed_sections(before, section_digests(rubric, "en")) == [{"showpics"}, {"letters"}]


def test_a_changed_line_of_the_rubric_changes_the_digest_of_its_own_section(copy: Path) -> None:
    rubric = load_rubric()
    cheaper = [line.model_copy(update={"points": 0.5} if line.part == "letters" else {}) for line in rubric.line]
    before, after = (section_digests(one, "en") for one in (rubric, rubric.model_copy(update={"line": tuple(cheaper)})))
    assert changed_sections(before, after) == [{"letters"}]
    (copy / "assignment/rubric.toml").write_text("# the file itself is not read here")
    assert section_digests(rubric, "en") == before


def test_an_import_from_outside_of_the_assignment_is_passed_over(copy: Path) -> None:
    rubric = load_rubric()
    with (copy / "assignment/hidden_tests/test_letters_hidden.py").open("a") as file:
        file.write("from ...errors import GraderFault\nfrom . import nothing_here\n")
    assert len(section_digests(rubric, "en")) == len(rubric.sections)


def test_a_test_file_without_a_mark_counts_for_every_section(copy: Path) -> None:
    rubric = load_rubric()
    helpers = copy / "assignment/hidden_tests/test_helpers.py"
    helpers.write_text("from pytest import mark\n")
    before = section_digests(rubric, "en")
    helpers.write_text("from pytest import mark\n# changed\n")
    assert len(changed_sections(before, section_digests(rubric, "en"))) == len(rubric.sections)


def test_the_most_memory_that_a_line_may_use_changes_every_digest() -> None:
    """A process of the student's module is held to it, whichever section it is for."""
    rubric = load_rubric()
    more = [line.model_copy(update={"memory_mib": 3000} if line.id == "letters.train" else {}) for line in rubric.line]
    after = section_digests(rubric.model_copy(update={"line": tuple(more)}), "en")
    assert len(changed_sections(section_digests(rubric, "en"), after)) == len(rubric.sections)


def test_what_all_tests_share_changes_every_digest(copy: Path) -> None:
    rubric = load_rubric()
    before = section_digests(rubric, "en")
    (copy / "marking/outcomes.py").write_text("other")
    assert len(changed_sections(before, section_digests(rubric, "en"))) == len(rubric.sections)


def test_a_translation_counts_for_its_own_language(copy: Path) -> None:
    rubric = load_rubric()
    before = {lang: section_digests(rubric, lang) for lang in ("en", "ru")}
    (copy / "assignment/public_tests/checks/locale/ru/LC_MESSAGES/digitlab.mo").write_text("other")
    assert section_digests(rubric, "en") == before["en"]
    assert len(changed_sections(before["ru"], section_digests(rubric, "ru"))) == len(rubric.sections)


def changed_sections(before: Digests, after: Digests) -> list[frozenset[str]]:
    return [section for section, digest in before.items() if after[section] != digest]


def test_a_translation_changes_what_is_read_but_not_what_is_proved(copy: Path) -> None:
    read, proved = sources_digest(), sources_digest(translations=False)
    (copy / "i18n/locale/ru/LC_MESSAGES/digitlab.mo").write_text("other")
    assert sources_digest() != read
    assert sources_digest(translations=False) == proved
    (copy / "marking/outcomes.py").write_text("other")
    assert sources_digest(translations=False) != proved


def test_sources_hold_tests_rubric_and_skeletons_and_no_compiled_files() -> None:
    names = {path.name for path in grading_sources.grading_sources()}
    assert {"rubric.toml", "test_save_hidden.py", "test_save.py", "upper.toml", "scorer.py"} <= names
    assert not any(name.endswith(".pyc") for name in names)
