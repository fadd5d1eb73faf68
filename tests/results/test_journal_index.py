"""Whose a stored result is: the same student's, of the same content, whatever name the reports show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from report_cases import make_item, make_result

from grader.gradebooks import fill_for_class, open_roster
from grader.reports import write_reports
from grader.reports.class_grades import settle_stored
from grader.results.journal_index import WorkKey, load_index
from grader.results.store import ResultStore

GRADING, OTHER_GRADING = "grading", "other grading"


@pytest.fixture
def store(tmp_path: Path) -> ResultStore:
    result_store = ResultStore(tmp_path / "out")
    result_store.prepare()
    return result_store


def begin(store: ResultStore, *entries: tuple[str, str, str, int]) -> None:
    """Begin a run over entries of (name, student, content, attempt)."""
    students: list[Mapping[str, Any]] = [
        {"name": name, "path": "a.py", "student": student, "late": False, "members": [], "attempt": attempt}
        for name, student, _content, attempt in entries
    ]
    contents = {name: content for name, _student, content, _attempt in entries}
    store.begin([entry[0] for entry in entries], resume=True, contents=contents, students=students)


def save(store: ResultStore, name: str, content: str, points: float, grading: str = GRADING) -> None:
    store.save(make_result(name, make_item(points=points)), WorkKey(content, grading))


def scores(store: ResultStore) -> dict[str, float | None]:
    return {result.submission: result.score for result in store.load_all()}


def test_a_result_never_goes_to_another_student_of_the_same_name(store: ResultStore) -> None:
    begin(store, ("Anna", "11", "empty", 1), ("Bo", "20", "bo", 1))
    save(store, "Anna", "empty", 1)
    save(store, "Bo", "bo", 3)
    begin(store, ("Anna", "12", "whole", 1), ("Bo", "20", "bo", 1))  # and killed before anything was graded
    assert (scores(store), store.load_not_graded()) == ({"Bo": 3}, ["Anna"])
    rows = {row.student: row.grade for row in settle_stored(store, store.load_all())}
    assert rows == {"12": None, "20": 3}
    save(store, "Anna", "whole", 4)
    assert (scores(store), store.load_not_graded()) == ({"Anna": 4, "Bo": 3}, [])
    assert store.load_regraded() == [], "two students are not compared"


def test_in_a_plain_folder_another_name_of_the_same_content_keeps_the_result(store: ResultStore) -> None:
    """`A.py` is A, until a folder A stands beside it."""
    for names in ({"A": "of A.py"}, {"A.py": "of A.py", "A": "of folder A"}):
        students = [
            {"name": name, "student": name, "late": False, "members": [], "platform": "folder"} for name in names
        ]
        store.begin(list(names), resume=True, contents=names, students=students)
        if len(names) == 1:
            save(store, "A", "of A.py", 3)
    assert (scores(store), store.load_not_graded()) == ({"A.py": 3}, ["A"])
    assert store.find_done({name: WorkKey(content, GRADING) for name, content in names.items()}) == {"A.py"}
    save(store, "A", "of folder A", 1)
    assert scores(store) == {"A.py": 3, "A": 1}
    assert store.load_regraded() == [], "two students are not compared"


def test_equal_content_of_two_students_is_two_results(store: ResultStore) -> None:
    begin(store, ("Anna", "11", "same", 1), ("Bo", "20", "same", 1))
    save(store, "Anna", "same", 1)
    assert store.load_not_graded() == ["Bo"]


def test_a_changed_submission_is_not_graded_yet_and_then_compared(store: ResultStore) -> None:
    begin(store, ("Anna", "11", "first", 1), ("Bo", "20", "bo", 1))
    save(store, "Anna", "first", 1)
    save(store, "Bo", "bo", 3)
    begin(store, ("Anna", "11", "second", 1), ("Bo", "20", "bo", 1))
    assert (scores(store), store.load_not_graded()) == ({"Bo": 3}, ["Anna"])
    save(store, "Anna", "second", 4)
    (regraded,) = store.load_regraded()
    assert (regraded.before.score, regraded.now.score, regraded.changed) == (1, 4, ("submission",))
    begin(store, ("Anna", "11", "first", 1), ("Bo", "20", "bo", 1))
    assert scores(store)["Anna"] == 1, "handed in again as it was, it has its result again"
    assert store.load_regraded() == []


def test_a_result_is_taken_over_under_another_name(store: ResultStore) -> None:
    begin(store, ("Anna", "11", "a", 1))
    save(store, "Anna", "a", 1)
    begin(store, ("Anna (11)", "11", "a", 1), ("Anna (12)", "12", "b", 1))
    assert scores(store) == {"Anna (11)": 1}
    assert store.find_done({"Anna (11)": WorkKey("a", GRADING), "Anna (12)": WorkKey("b", GRADING)}) == {"Anna (11)"}
    write_reports(store.out_dir, store.load_all())
    assert [path.name[:10] for path in store.results_dir.iterdir()] == ["Anna (11)~"]
    save(store, "Anna (11)", "a", 2, OTHER_GRADING)
    (regraded,) = store.load_regraded()
    assert (regraded.before.score, regraded.now.submission, regraded.changed) == (1, "Anna (11)", ("grader",))


def test_attempts_keep_their_results_when_other_attempts_count(store: ResultStore) -> None:
    begin(store, ("A", "11", "second", 1))
    save(store, "A", "second", 2)
    begin(store, ("A", "11", "first", 1), ("A, attempt 2", "11", "second", 2))
    assert (scores(store), store.load_not_graded()) == ({"A, attempt 2": 2}, ["A"])
    save(store, "A", "first", 1)
    assert store.load_regraded() == [], "no attempt was changed"
    begin(store, ("A", "11", "second", 1))
    assert scores(store) == {"A": 2}
    assert store.load_regraded() == []


def test_two_attempts_of_one_content_share_a_result(store: ResultStore) -> None:
    begin(store, ("A", "11", "same", 1), ("A, attempt 2", "11", "same", 2))
    save(store, "A", "same", 2)
    assert scores(store) == {"A": 2, "A, attempt 2": 2}


def test_a_class_of_which_no_contents_were_kept_goes_by_names(store: ResultStore) -> None:
    store.begin(["Anna", "Bo"])
    save(store, "Anna", "a", 1)
    assert (scores(store), store.load_not_graded()) == ({"Anna": 1}, ["Bo"])
    begin(store, ("Anna", "Anna", "a", 1), ("Bo", "Bo", "b", 1))
    assert scores(store) == {"Anna": 1}, "and is gone on with"


def test_what_is_written_between_two_readings_does_not_count(store: ResultStore) -> None:
    save(store, "Anna", "a", 1)
    save(store, "Anna", "a", 3, OTHER_GRADING)
    called = load_index(store.out_dir, whole=True)
    save(store, "Anna", "a", 1, GRADING)
    assert called.find_before(store.out_dir)["Anna"].record["result"]["score"] == 1
    assert called.latest["Anna"].record["result"]["score"] == 3


def test_who_is_not_graded_yet_is_told_and_not_filled_in(store: ResultStore, tmp_path: Path) -> None:
    begin(store, ("Anna", "12", "whole", 1), ("Bo", "20", "bo", 1))
    save(store, "Anna", "empty", 1)
    store.save(make_result("Bo", make_item(points=100, max_points=100)), WorkKey("bo", GRADING))
    roster = tmp_path / "ro.csv"
    rows = "Participant 12,Anna,-,100\nParticipant 20,Bo,-,100\n"
    roster.write_text(f"Identifier,Full name,Grade,Maximum grade\n{rows}", encoding="utf-8")
    path, filled = fill_for_class(store.out_dir, open_roster(store.out_dir, roster), roster.name)
    assert filled.count == 1
    assert path.read_text().splitlines()[1] == "Participant 12,Anna,-,100"
    assert "Not graded yet: 1" in write_reports(store.out_dir, store.load_all()).report.read_text()


def test_a_roll_keeps_no_results_unless_they_are_asked_for(store: ResultStore) -> None:
    save(store, "Anna", "a", 1)
    assert load_index(store.out_dir).latest["Anna"].record == {}
    assert load_index(store.out_dir, whole=True).latest["Anna"].record["content"] == "a"
