"""Classroom 50's roster and scores: known users only, and nobody by the end of a name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from report_cases import make_item, make_result

from grader.cli import commands
from grader.gradebooks import fill_for_class, open_roster
from grader.gradebooks.classroom50 import users_of_clones
from grader.gradebooks.filling import load_roster
from grader.results.journal_index import WorkKey
from grader.results.store import ResultStore
from grader.submissions.platforms import read_class
from grader.system.errors import UsageError

STUDENTS = (
    "username,first_name,last_name,email,section,github_id,role\r\n"
    'Ann-P,Ann,"Peters, B.",ann@example.org,s1,1,student\r\n'
    "chenw,Chen,Wei,,s1,2,\r\n"
    "tea,Tea,Cher,,s1,3,teacher\r\n"
    ",Mail,Only,mail@example.org,s1,,student\r\n"
)


def submission(owner: str, score: int, most: int = 620) -> dict[str, Any]:
    tests = [{"test-name": "parser.u1", "passed": True, "score": score, "max-score": most}]
    whose = {"schema": "classroom50/result/v1", "classroom": "ml26", "owner": owner, "assignment_type": "individual"}
    return whose | {"submission": f"submit/{score}", "score": score, "max-score": most, "tests": tests}


def scores(*owners: str, **more: Any) -> dict[str, Any]:
    entries = [{"owner": owner, "submissions": [submission(owner, 300), submission(owner, 20)]} for owner in owners]
    return {
        "schema": "classroom50/scores/v1",
        "assignments": {"digits": {"type": "individual", "entries": entries}, "empty": {"entries": []}} | more,
    }


def without_maximum() -> dict[str, Any]:
    table = scores("ann-p")
    del table["assignments"]["digits"]["entries"][0]["submissions"][0]["max-score"]
    return table


def make_class(tmp_path: Path, *clones: str) -> Path:
    """Grade a class of clones, as far as the results go: each has the points of its place."""
    for clone in clones:
        (tmp_path / "class" / clone / ".git").mkdir(parents=True)
    (tmp_path / "staging").mkdir()
    entries = read_class(tmp_path / "class", "github", tmp_path / "staging", tell=lambda _text: None)
    store = ResultStore(tmp_path / "out")
    store.prepare()
    told = [
        {
            "name": one.name,
            "student": one.student,
            "late": False,
            "members": [],
            "platform": "github",
            "called": one.called,
        }
        for one in entries
    ]
    store.begin([one.name for one in entries], students=told)
    for number, one in enumerate(entries):
        lost = make_item("parser.u2", points=0, max_points=number)
        store.save(make_result(one.name, make_item(max_points=100 - number), lost), WorkKey("a", "b"))
    store.close()
    return tmp_path / "out"


def write(tmp_path: Path, content: str | dict[str, Any]) -> Path:
    path = tmp_path / ("students.csv" if isinstance(content, str) else "scores.json")
    path.write_bytes((content if isinstance(content, str) else json.dumps(content)).encode())
    return path


def test_the_roster_gets_a_column_of_grades_and_keeps_all_else(tmp_path: Path) -> None:
    out = make_class(tmp_path, "ml26-digits-ann-p", "ml26-digits-chenw", "ml26-digits-zoe")
    done = CliRunner().invoke(commands.main, ["report", str(out), "--roster", str(write(tmp_path, STUDENTS))])
    assert done.exit_code == 0, done.stderr
    assert (out / "filled-students.csv").read_bytes().decode() == (
        STUDENTS.replace("role\r", "role,grade\r").replace(",1,student\r", ",1,student,100\r")
        .replace(",2,\r", ",2,,99\r").replace(",teacher\r", ",teacher,\r").replace("s1,,student\r", "s1,,student,\r")
    )  # fmt: skip
    assert "not in the roster, but graded: zoe" in done.stderr
    assert "roster:    1 of its rows have no GitHub user yet, and get no grade" in done.stdout


def test_the_latest_score_gets_the_grade_in_tenths_and_stays_when_scores_are_collected(tmp_path: Path) -> None:
    out = make_class(tmp_path, "ml26-digits-ann-p", "ml26-digits-chenw")
    before = scores("ann-p", "chenw", "zoe")
    before["assignments"]["digits"]["entries"][1]["override"] = True
    roster = open_roster(out, write(tmp_path, before), None)
    path, filled = fill_for_class(out, roster, "scores.json")
    after = json.loads(path.read_text())
    ann, chen, zoe = after["assignments"]["digits"]["entries"]
    assert (ann["submissions"][0]["score"], ann["submissions"][0]["max-score"], ann["override"]) == (1000, 1000, True)
    assert ann["submissions"][1] == submission("ann-p", 20)
    assert [chen, zoe] == before["assignments"]["digits"]["entries"][1:]
    assert filled.stays == ("chenw: a teacher has set the score (override)",)
    assert filled.without_grade == [("zoe", "zoe: the class holds nothing of theirs")]
    again = fill_for_class(out, open_roster(out, path, "digits"), "scores.json")[1]
    assert (again.count, again.replaced) == (1, ()), "what was filled in by us is filled in again"


def test_scores_of_another_assignment_fill_nobody(tmp_path: Path) -> None:
    """The users are the same, but a clone's whole name says what it is a clone of."""
    out = make_class(tmp_path, "ml26-letters-ann-p", "ml26-letters-chenw")
    filled = fill_for_class(out, open_roster(out, write(tmp_path, scores("ann-p", "chenw"))), "scores.json")[1]
    assert filled.count == 0
    assert filled.doubtful == (
        "ann-p: the class has the clone ml26-letters-ann-p under it",
        "chenw: the class has the clone ml26-letters-chenw under it",
    )


def test_nobody_is_found_by_the_end_of_a_name(tmp_path: Path) -> None:
    """Where all names begin alike too much is cut off: `ann-p` and `ann-q` are `p` and `q` in the class."""
    text = STUDENTS.replace("Ann-P", "p").replace("chenw", "ann-q")
    out = make_class(tmp_path, "ml26-digits-ann-p", "ml26-digits-ann-q", "ml26-digits-ann-r")
    text += "ann-r,,,,,9,student\r\n"
    filled = fill_for_class(out, open_roster(out, write(tmp_path, text)), "students.csv")[1]
    assert filled.count == 2
    assert '\np,Ann,"Peters, B.",ann@example.org,s1,1,student,\r' in filled.text
    assert filled.doubtful == ("Ann Peters, B. (p): the class has the clone ml26-digits-ann-p under it",)


def test_clones_are_users_only_where_the_rest_of_the_name_is_the_classs() -> None:
    clones = ["x-1-Ann-P", "x-1-p", "x-1-bo", "y-2-cy"]
    assert users_of_clones(clones, ["ann-p", "p", "bo", "cy"]) == {"x-1-Ann-P": "ann-p", "x-1-p": "p", "x-1-bo": "bo"}
    assert users_of_clones(clones, ["cy"], "x-1-") == {}
    assert users_of_clones(["x-1-p", "x-1-1-p"], ["p", "1-p"], "X-1-") == {"x-1-p": "p", "x-1-1-p": "1-p"}
    assert users_of_clones([], ["cy"]) == {}


@pytest.mark.parametrize(
    ("clones", "users"),
    [
        (["x-1-ann-p", "x-1-bo", "x-1-cy"], ["p"]),
        (["x-1-ann-p", "x-1-bo"], ["p", "bo"]),
        (["x-1-ann-p"], ["p"]),
        (["x-1-ann-p", "x-1-ann-q", "x-1-bo", "x-1-cy"], ["p", "q"]),
    ],
)
def test_where_the_beginning_of_the_names_is_not_sure_nobody_is_found(clones: list[str], users: list[str]) -> None:
    """Another course's roster may have a user whose name is the end of one in this class."""
    assert users_of_clones(clones, users) == {}


def test_a_stray_clone_called_like_a_user_takes_nobodys_place(tmp_path: Path) -> None:
    out = make_class(tmp_path, "bo", "ml26-digits-Ann-P", "ml26-digits-bo", "ml26-digits-chenw")
    text = STUDENTS + "bo,Bo,,,s1,4,student\r\n"
    filled = fill_for_class(out, open_roster(out, write(tmp_path, text)), "students.csv")[1]
    assert "\nbo,Bo,,,s1,4,student,98\r" in filled.text
    assert filled.not_in_roster == ("the clone bo",)


def test_a_clone_called_like_a_user_is_not_the_assignments(tmp_path: Path) -> None:
    out = make_class(tmp_path, "ann-p", "ml26-digits-chenw")
    filled = fill_for_class(out, open_roster(out, write(tmp_path, scores("ann-p", "chenw"))), "scores.json")[1]
    assert (filled.count, filled.doubtful) == (1, ("ann-p: the class has the clone ann-p under it",))


def test_two_clones_of_a_user_are_nobodys(tmp_path: Path) -> None:
    out = make_class(tmp_path, "ML26-digits-Bo", "ml26-digits-Ann-P", "ml26-digits-bo", "ml26-digits-chenw")
    text = STUDENTS + "bo,Bo,,,s1,4,student\r\n"
    filled = fill_for_class(out, open_roster(out, write(tmp_path, text)), "students.csv")[1]
    assert "\nbo,Bo,,,s1,4,student,\r" in filled.text
    assert len(filled.doubtful) == 1
    assert filled.advice()[0].startswith("keep one clone of each student in the class, all of one assignment")
    assert "Bo (bo): the class has ML26-digits-Bo" in filled.doubtful[0]
    assert " and ml26-digits-bo" in filled.doubtful[0]


@pytest.mark.parametrize(
    ("content", "assignment", "words"),
    [
        (scores("ann-p"), "essay", r"0 assignments fit, expected one.*there are: digits\."),
        (scores("ann-p", other={"entries": [{"owner": "a", "submissions": [submission("a", 1)]}]}), None, "2 assignm"),
        (scores(), None, "there are: none with submissions"),
        ({"schema": "other"}, None, "is no file of scores of Classroom 50"),
        ({"schema": "classroom50/scores/v1", "assignments": {"a": {"entries": [{}]}}}, None, "is no file of scores"),
        ([], None, "is no file of scores"),
        (without_maximum(), None, r"is no file of scores of Classroom 50 \(KeyError\('max-score'\)\)"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: Any, assignment: str | None, words: str) -> None:
    path = tmp_path / "scores.json"
    path.write_text(json.dumps(content))
    with pytest.raises(UsageError, match=rf"scores\.json: .*{words}"):
        load_roster(path, 100, assignment)
    path.write_text("[" * 100_000)
    with pytest.raises(UsageError, match="is no file of scores"):
        load_roster(path, 100, assignment)
    (tmp_path / "bad.json").write_bytes(b"\xff")
    for name in ("bad.json", "missing.json"):
        with pytest.raises(UsageError, match=rf"{name}: (cannot be read|there is no such file)"):
            load_roster(tmp_path / name, 100)


def test_a_roster_of_classroom_50_is_for_clones_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a file of github, the class was graded from moodle"):
        load_roster(write(tmp_path, STUDENTS), 100, platforms=["moodle"])


def test_rows_that_lack_cells_are_told(tmp_path: Path) -> None:
    roster = load_roster(write(tmp_path, STUDENTS + "short,row\r\n\r\n"), 100)
    assert roster.broken == ["6"]


def test_a_row_with_a_cell_too_many_is_told(tmp_path: Path) -> None:
    text = STUDENTS.replace('"Peters, B."', "Peters, B.")
    roster = load_roster(write(tmp_path, text), 100)
    assert (roster.broken, [row.id for row in roster.rows]) == (["2"], ["chenw"])
