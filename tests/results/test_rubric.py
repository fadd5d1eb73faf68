"""The rubric: the real one is sound, and one that is not is refused with the place and the reason."""

from __future__ import annotations

import ast
import hashlib
import os
from pathlib import Path

import pytest

from grader.marking.scorer import line_of
from grader.results.grading_sources import find_tests, lines_of, marked_lines
from grader.results.rubric import RUBRIC_FILE, Rubric, check_tests, load_rubric
from grader.results.validation_record import ASSIGNMENT
from grader.system.errors import RubricError

HEAD = "total = 10\n[defaults]\ntime_s = 5\nmemory_mib = 100\n[parts]\na = 4\nb = 6\n"
A = '[[line]]\nid = "a.one"\npoints = 4\npublic = true\ntitle = "One"\n'
B = '[[line]]\nid = "b.two"\npoints = 6\npublic = false\ntitle = "Two"\nneeds = ["a.one"]\ntime_s = 7\nmemory_mib = 9\n'


FREE_B = B.replace('needs = ["a.one"]\n', "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rubric.toml"


def loaded(path: Path, text: str) -> Rubric:
    path.write_text(text, encoding="utf-8")
    return load_rubric(path)


def test_the_rubric_of_the_kit_adds_up() -> None:
    rubric = load_rubric()
    assert rubric.total == sum(line.points for line in rubric.line) == 100
    assert rubric.sha256 == hashlib.sha256(RUBRIC_FILE.read_bytes()).hexdigest()
    assert {line.part for line in rubric.line} == set(rubric.parts)


def test_parts_are_together_in_a_section_when_their_lines_need_one_another(path: Path) -> None:
    assert loaded(path, HEAD + A + B).sections == (frozenset("ab"),)
    assert loaded(path, HEAD + A + FREE_B).sections == (frozenset("a"), frozenset("b"))
    head = "total = 3\n[defaults]\ntime_s = 5\nmemory_mib = 100\n[parts]\na = 1\nb = 1\nc = 1\n"
    lines = [f'[[line]]\nid = "{part}.x"\npoints = 1\npublic = true\ntitle = "X"\n' for part in "abc"]
    lines[2] += 'needs = ["a.x", "b.x"]\n'
    assert loaded(path, head + "".join(lines)).sections == (frozenset("abc"),)


def test_parts_are_together_in_a_section_when_the_rubric_says_so(path: Path) -> None:
    together = HEAD.replace("[defaults]", 'together = [["a", "b"]]\n[defaults]', 1)
    assert loaded(path, together + A + FREE_B).sections == (frozenset("ab"),)
    with pytest.raises(RubricError, match=r"`together` names the part 'c': \[parts\] has a, b"):
        loaded(path, together.replace('"b"]', '"c"]') + A + FREE_B)


def test_no_network_is_shared_by_the_tests_of_two_sections() -> None:
    """A section is graded by workers of its own: what one leaves behind is not there for another."""
    sections = load_rubric().sections
    shared = ("ann_facts", "cnn_facts", "ann", "cnn", "trained_ann", "trained_cnn", "trained_letters")
    for fixture in shared:
        users = {
            line.partition(".")[0]
            for path in find_tests(ASSIGNMENT)
            for test in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(test, ast.FunctionDef) and fixture in {parameter.arg for parameter in test.args.args}
            for line in lines_of(test)
        }
        assert len([section for section in sections if section & users]) == 1, fixture


def test_lines_take_their_limits_from_the_defaults(path: Path) -> None:
    rubric = loaded(path, HEAD + A + B)
    one, two = rubric.line
    assert (one.time_s, one.memory_mib, one.needs, one.part) == (5, 100, (), "a")
    assert (two.time_s, two.memory_mib, two.needs, two.part) == (7, 9, ("a.one",), "b")
    assert rubric.by_id == {"a.one": one, "b.two": two}


def test_one_limit_can_stand_for_all(path: Path) -> None:
    rubric = loaded(path, HEAD + A + B)
    assert {line.time_s for line in rubric.with_limits(time_s=1.5).line} == {1.5}
    assert [line.memory_mib for line in rubric.with_limits(time_s=1.5).line] == [100, 9]
    assert {line.memory_mib for line in rubric.with_limits(memory_mib=7).line} == {7}
    assert rubric.with_limits() == rubric


def test_limits_can_be_set_for_single_lines(path: Path) -> None:
    rubric = loaded(path, HEAD + A + B)
    assert rubric.by_id["a.one"].time_s == 5  # looked at before: the copies must not remember it
    changed = rubric.with_line_limits({"a.one": (60.5, 2000)})
    assert [(line.time_s, line.memory_mib) for line in changed.line] == [(60.5, 2000), (7, 9)]
    assert changed.by_id["a.one"].time_s == 60.5
    assert changed.with_limits(time_s=1).by_id["a.one"].time_s == 1


def test_limits_for_a_line_that_there_is_not(path: Path) -> None:
    with pytest.raises(RubricError, match=r"limits are set for the line 'a\.two', which the rubric does not have"):
        loaded(path, HEAD + A + B).with_line_limits({"a.two": (1.0, 1)})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("total = ", "cannot be read as TOML"),
        (HEAD + A + A, "line 'a.one' stands there twice"),
        (HEAD + A + B.replace("b.two", "c.two"), "line 'c.two' belongs to no part: .parts. has a, b"),
        (HEAD + B + A, "line 'b.two' needs 'a.one', which must be a line above it"),
        (HEAD + A + B.replace("a.one", "b.two"), "line 'b.two' needs 'b.two', which must be a line above it"),
        (HEAD + A + B.replace("points = 6", "points = 5.5"), "part 'b' add up to 5.5 points, .parts. says 6"),
        (HEAD + FREE_B + A, "the lines stand in the order b, a; put them part by part, in the order of .parts."),
        (HEAD.replace("total = 10", "total = 11") + A + B, "the parts add up to 10 points, total says 11"),
        (HEAD + A + B.replace("points = 6", "points = 0"), "line 'b.two', points: .* greater than 0"),
        (HEAD + A + B.replace("points = 6", "points = nan"), "line 'b.two', points: "),
        (HEAD + A + B.replace("points = 6", "points = inf"), "line 'b.two', points: .*finite"),
        (HEAD + A + B.replace("time_s = 7", "time_s = -1"), "line 'b.two', time_s: "),
        (HEAD + A + B.replace("memory_mib = 9", "memory_mib = 0"), "line 'b.two', memory_mib: "),
        (HEAD + A + B.replace('"b.two"', '"B two"'), "line 'B two', id: .*pattern"),
        (HEAD + A + B.replace('"Two"', '""'), "line 'b.two', title: "),
        (HEAD + A + B + "tiem_s = 3\n", "line 'b.two', tiem_s: Extra inputs"),
        (HEAD + A + B.replace("public = false\n", ""), "line 'b.two', public: Field required"),
        (HEAD + A + B.replace('id = "b.two"\n', ""), "line 1, id: Field required"),
        (HEAD.replace("total = 10\n", "") + A + B, "total: Field required"),
        (HEAD.replace("[defaults]", "[limits]") + A + B, "defaults: Field required|time_s: Field required"),
        (HEAD + A.replace("[[line]]", "[line]"), "line: "),
        ("line = 5\n" + HEAD, "line: "),
        ("line = [5]\n" + HEAD, "line"),
        ("defaults = 5\n" + HEAD.replace("[defaults]", "[d]") + A, "defaults: "),
    ],
)
def test_a_rubric_that_is_not_sound_is_refused_with_the_reason(path: Path, text: str, words: str) -> None:
    with pytest.raises(RubricError, match=words) as caught:
        loaded(path, text)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_or_unreadable_rubric_is_refused(path: Path) -> None:
    with pytest.raises(RubricError, match="cannot be read"):
        load_rubric(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(RubricError, match="cannot be read"):
        load_rubric(path)


@pytest.mark.parametrize(
    ("public", "hidden", "words"),
    [
        ({"a.one", "a.three"}, {"b.two"}, "names the rubric line 'a.three', which does not exist"),
        ({"a.one"}, {"b.two", "b.three"}, "names the rubric line 'b.three', which does not exist"),
        ({"a.one"}, set(), "rubric line 'b.two' has no test"),
        ({"a.one", "b.two"}, set(), "rubric line 'b.two' is hidden, but has tests that are public; give"),
        (set(), {"a.one", "b.two"}, "rubric line 'a.one' is public, but has tests that are hidden; give"),
        ({"a.one"}, {"a.one", "b.two"}, "'a.one' is public, but has tests that are public and others that are hidden"),
    ],
)
def test_tests_and_lines_must_fit(path: Path, public: set[str], hidden: set[str], words: str) -> None:
    with pytest.raises(RubricError, match=words):
        check_tests(loaded(path, HEAD + A + B), public, hidden)


def test_the_marks_of_the_tests_and_the_lines_of_the_rubric_fit() -> None:
    marked: dict[str, set[str]] = {"public_tests": set(), "hidden_tests": set()}
    for path in find_tests(ASSIGNMENT):
        marked[path.parent.name] |= marked_lines(path)
    check_tests(load_rubric(), marked["public_tests"], marked["hidden_tests"])


class Collected:
    """A plugin that takes down which lines pytest finds in each file."""

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "line(id): as in the scorer")
        config.addinivalue_line("markers", "train: as in the scorer")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.lines: dict[Path, set[str]] = {}
        for item in items:
            self.lines.setdefault(item.path, set()).add(line_of(item))


def test_every_mark_that_pytest_finds_is_found_in_the_text_of_its_file() -> None:
    """What a changed test has graded again is read from the texts: a mark of another spelling is none there."""
    collected = Collected()
    options = ["--collect-only", "--noconftest", "--capture=no", "-p", "no:terminal", "-p", "no:cacheprovider"]
    folders = [str(ASSIGNMENT / name) for name in ("public_tests", "hidden_tests")]
    assert pytest.main([*options, "-c", os.devnull, *folders], plugins=[collected]) == 0
    assert {path: marked_lines(path) for path in find_tests(ASSIGNMENT)} == collected.lines
