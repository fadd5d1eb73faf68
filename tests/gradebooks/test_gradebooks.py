"""Gradebooks of platforms: only the grades of known students change, byte for byte elsewhere."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from report_cases import make_item, make_result

from grader.cli import commands
from grader.cli.report import report_run
from grader.gradebooks import Filled, Grade, fill_for_class, fill_roster, load_roster, open_roster
from grader.gradebooks.feedback import render_feedback
from grader.gradebooks.identity import Known
from grader.gradebooks.moodle_times import read_moment
from grader.gradebooks.raw_table import RawTable
from grader.reports.class_grades import StudentGrade
from grader.results.course import Course, load_course
from grader.results.journal_index import WorkKey
from grader.results.models import ItemResult, Outcome
from grader.results.store import ResultStore
from grader.system.errors import UsageError

MOODLE = (
    '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum grade",'
    '"Last modified (grade)","Feedback comments"\r\n'
    '"Participant 101","Anna, ""A"" Petrova",a@example.org,"Submitted",,100.00,-,"keep\r\nthis, too"\r\n'
    '"Participant 102",Иванов Борис,b@example.org,,"77.00",100.00,-,\r\n'
    '"Participant 103","=cmd|x",c@example.org,,"",100.00,-,\r\n'
)
RUSSIAN = (
    "Идентификатор;Полное имя;Статус;Оценка;Максимальная оценка;Отзыв в виде комментария\n"
    "Участник 101;Анна;;;100,00;\nУчастник 102;Борис;;;100,00;\n"
)
CANVAS = (
    "Student,ID,SIS Login ID,Section,Homework 1 (55),Digits (56),Current Score\n"
    "    Points Possible,,,,10,100,(read only)\n"
    '"Petrova, Anna",101,anna,S1,9,,90\n'
    '"Wei, Chen",102,chen,S1,8,,80'
)


NAMES = {
    "101": ("Petrova_Anna A", "анна", "petrovaanna"),
    "102": ("Борис Иванов", "Борис", "weichen"),
    "103": ("cmdx", "nilzoe"),
    "104": ("maxorr",),
}
"""What the class calls the students of these files."""


def fill(
    path: Path, grades: dict[str, Grade], max_score: float = 100, assignment: str | None = None, **more: list[str]
) -> Filled:
    known = {number: Known(NAMES.get(number, ())) for number in grades}
    roster = load_roster(path, max_score, assignment, platforms=more.get("platforms", ()))
    return fill_roster(
        roster, {number: dataclasses.replace(one, whose=known[number]) for number, one in grades.items()}
    )


def fill_class(out: Path, roster: Path) -> Filled:
    return fill_for_class(out, open_roster(out, roster), roster.name)[1]


def write(folder: Path, text: str) -> Path:
    path = folder / "roster.csv"
    path.write_bytes(text.encode())
    return path


def test_moodles_worksheet_keeps_every_other_byte(tmp_path: Path) -> None:
    path = write(tmp_path, MOODLE)
    grades = {"101": Grade(94.5, 'a, "b"<br>c'), "103": Grade(0.0, "=1+1"), "999": Grade(5.0)}
    filled = fill(path, grades, 100)
    expected = MOODLE.replace('"Submitted",,100', '"Submitted",94.5,100').replace(
        ',,"",100.00,-,', ',,"0",100.00,-,\'=1+1'
    )
    assert filled.text == expected.replace('"keep\r\nthis, too"', '"a, ""b""<br>c"')
    assert (filled.count, filled.replaced) == (2, ('Anna, "A" Petrova (Participant 101)',))
    assert (filled.without_grade, filled.not_in_roster) == ([("102", "Иванов Борис (Participant 102)")], ("999",))
    assert path.read_bytes() == MOODLE.encode()


def test_a_worksheet_that_was_filled_already_stays_as_it_is(tmp_path: Path) -> None:
    text = MOODLE.replace('"77.00",100.00,-,', '"77.00",100.00,-,fine')
    filled = fill(write(tmp_path, text), {"102": Grade(77.0, "fine")}, 100)
    assert (filled.text, filled.count, filled.replaced) == (text, 1, ())


def test_another_grade_is_replaced_and_told(tmp_path: Path) -> None:
    filled = fill(write(tmp_path, MOODLE), {"102": Grade(78.0)}, 100)
    assert filled.text == MOODLE.replace('"77.00"', '"78"')
    assert filled.replaced == ("Иванов Борис (Participant 102)",)


def test_a_russian_worksheet_with_semicolons_gets_decimal_commas(tmp_path: Path) -> None:
    filled = fill(write(tmp_path, RUSSIAN), {"101": Grade(94.5, "a;b"), "102": Grade(100.0)}, 100)
    expected = RUSSIAN.replace("Анна;;;100,00;", 'Анна;;94,5;100,00;"a;b"').replace("Борис;;;", "Борис;;100;")
    assert filled.text == expected


@pytest.mark.parametrize("heading", ["Комментарии к отзыву", "Отзыв"])
def test_other_russian_headings_are_known(tmp_path: Path, heading: str) -> None:
    text = RUSSIAN.replace("Максимальная оценка", "Максимальный балл").replace("Отзыв в виде комментария", heading)
    filled = fill(write(tmp_path, text), {"101": Grade(1.0, "so")}, 100)
    assert filled.text == text.replace("Анна;;;100,00;", "Анна;;1;100,00;so")


def feedback_of(*items: ItemResult, penalty: float = 0, days: int = 0, **changes: object) -> str:
    result = make_result("anna", *items, **changes)
    grade = (result.score or 0) - penalty
    return render_feedback(StudentGrade("7", "anna", 1, bool(days), result, days, penalty, grade))


def test_feedback_names_the_lines_that_lost_points() -> None:
    lost = make_item("parser.u2", Outcome.FAILED, message="Expected <b>,\ngot 3.")
    assert feedback_of(make_item(), lost) == (
        "Total: 4 of 8<br>Reads unsigned bytes: 0 of 4, failed. Expected &lt;b&gt;,<br>got 3."
    )
    assert feedback_of(lost, lang="ru").startswith("Всего: 0 из 4<br>Reads unsigned bytes: 0 из 4, ")
    skipped = [make_item(f"net.{number}", Outcome.SKIPPED, message="Not tested.") for number in (1, 2)]
    assert feedback_of(*skipped, lost).endswith("got 3.<br>0 of 8, skipped: net (2).")
    assert feedback_of(skipped[0]) == "Total: 0 of 4<br>Reads unsigned bytes: 0 of 4, skipped. Not tested."
    assert feedback_of(lost, reason="No module.") == "Total: 0 of 4<br>No module."


def test_feedback_says_what_the_grader_did_with_the_submission() -> None:
    lost = make_item("parser.u2", Outcome.FAILED, message="Wrong.\n\ngiven:    1\n" + "came: 2 " * 300)
    text = feedback_of(make_item(), lost, notes=("A line was not run:\n  x = <b>",))
    assert text.startswith(
        "Total: 4 of 8<br>A line was not run:<br>x = &lt;b&gt;<br>"
        "Reads unsigned bytes: 0 of 4, failed. Wrong.<br>given: 1<br>came: 2 came: 2 "
    )
    assert text.endswith("…")


def test_feedback_shows_points_penalty_and_grade() -> None:
    assert feedback_of(make_item(), penalty=1, days=1) == "Total: 4 of 4<br>Penalty: 1 (1 day late)<br>Grade: 3"
    assert feedback_of(make_item(), penalty=2, days=2, lang="ru") == (
        "Всего: 4 из 4<br>Штраф: 2 (опоздание 2 дня)<br>Оценка: 2"
    )
    assert render_feedback(StudentGrade("7", "anna", 1, False, None)) == ""


@pytest.mark.parametrize(
    ("platforms", "words"),
    [
        (["gradescope"], "is a file of moodle, the class was graded from gradescope"),
        (["folder", "moodle"], "from folder"),
    ],
)
def test_numbers_of_another_platform_are_not_filled_in(tmp_path: Path, platforms: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        fill(write(tmp_path, MOODLE), {"102": Grade(77.0)}, 100, platforms=platforms)
    assert fill(write(tmp_path, MOODLE), {"102": Grade(77.0)}, 100, platforms=["moodle"]).count == 1


def test_canvas_gradebook_keeps_every_other_byte(tmp_path: Path) -> None:
    filled = fill(write(tmp_path, CANVAS), {"101": Grade(94.5)}, 100, "Digits")
    assert filled.text == CANVAS.replace("S1,9,,90", "S1,9,94.5,90")
    assert filled.without_grade == [("102", "Wei, Chen (102)")]


@pytest.mark.parametrize(
    ("text", "assignment", "words"),
    [
        ("name,mark\n", None, r"is neither Moodle's grading worksheet nor Canvas' gradebook .*\(name, mark\)"),
        ("", None, "is empty. Expected Moodle's"),
        ("\n\n", None, "is empty. Expected Moodle's"),
        ("a,b\n", None, "is neither Moodle's"),
        ('Identifier,"Gra', None, r"cannot be read as CSV in UTF-8 \(row 1: a quote"),
        (CANVAS, None, r"2 columns fit, .* where two are alike; there are: Homework 1 \(55\), Digits \(56\)"),
        (CANVAS, "Essay", "0 columns fit"),
        (CANVAS, "Homework 1", "row 2 has the maximum '10', the rubric has 100"),
        (CANVAS.replace("Points Possible", ""), "Digits", "has no row 'Points Possible'"),
        (MOODLE.replace("100.00", "5.00"), None, "row 2 has the maximum '5.00', the rubric has 100. Set the"),
        (MOODLE.replace("100.00", "-"), None, "row 2 has the maximum '-'"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, text: str, assignment: str | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        fill(write(tmp_path, text), {"101": Grade(1.0)}, 100, assignment)


def test_every_row_of_a_student_is_filled_and_told(tmp_path: Path) -> None:
    text = RUSSIAN + "Участник 101;Анна;;;100,00;\n"
    filled = fill(write(tmp_path, text), {"101": Grade(90.0)}, 100)
    assert filled.text.count("Участник 101;Анна;;90;100,00;") == 2
    assert (filled.count, filled.twice, filled.without_grade) == (
        1,
        ("Анна (Участник 101)",),
        [("102", "Борис (Участник 102)")],
    )


def test_a_row_that_lacks_cells_is_told_and_left(tmp_path: Path) -> None:
    text = RUSSIAN + "Участник 103;Chen\n\n"
    filled = fill(write(tmp_path, text), {"103": Grade(90.0)}, 100)
    assert (filled.text, filled.broken, filled.not_in_roster) == (text, ("4",), ())


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (RUSSIAN, "Участник 102;Борис;;;100,00;", "Участник 102;Борис;;;100,00;;moved"),
        (CANVAS, '"Petrova, Anna",101,anna,S1,9,,90', "Petrova, Anna,101,101,anna,S1,9,,90"),
        (CANVAS, "anna,S1,9,,90", "anna,S1,extra,9,,90"),
    ],
)
def test_a_row_with_a_cell_too_many_is_told_and_left(tmp_path: Path, text: str, before: str, after: str) -> None:
    """Cells behind it are others' then: the grade would stand in another assignment's column."""
    text = text.replace(before, after)
    filled = fill(write(tmp_path, text), {"101": Grade(90.0), "102": Grade(90.0)}, 100, "Digits")
    assert (text.splitlines()[2] in filled.text.splitlines(), filled.broken, filled.count) == (True, ("3",), 1)


def test_a_short_row_that_does_not_say_whether_it_is_a_draft_is_left(tmp_path: Path) -> None:
    text = "Identifier,Full name,Grade,Maximum grade,Status\nParticipant 101,Анна,,100\nParticipant 102,Борис,,100,\n"
    filled = fill(write(tmp_path, text), {"101": Grade(90.0), "102": Grade(90.0)}, 100)
    assert (filled.broken, filled.count) == (("2",), 1)


@pytest.mark.parametrize(
    ("text", "row"),
    [(RUSSIAN, ";Анна;;;100,00;\n"), (CANVAS, '\n"Nil, Zoe",,zoe,S1,8,,80')],
)
def test_rows_without_a_number_are_told(tmp_path: Path, text: str, row: str) -> None:
    roster = load_roster(write(tmp_path, text + row), 100, "Digits")
    told = f"rows without a number of a student, which get no grade: {4 if text == RUSSIAN else 5}"
    assert list(roster.told)[-1] == told


def test_two_whose_numbers_a_spreadsheet_made_one_are_both_told(tmp_path: Path) -> None:
    make_class(tmp_path)
    text = CANVAS.replace(",101,", ",1.2E+05,").replace(",102,", ",1.2E+05,")
    filled = fill_for_class(tmp_path, open_roster(tmp_path, write(tmp_path, text), "Digits"), "roster.csv")[1]
    why = "a spreadsheet has shortened the number; download the file again"
    assert [called for _student, called in filled.without_grade] == [
        f"Petrova, Anna (1.2E+05): {why}",
        f"Wei, Chen (1.2E+05): {why}",
    ]


def test_a_broken_row_hides_nobody_but_its_own_student(tmp_path: Path) -> None:
    text = RUSSIAN + "Участник 103;Группа 104\n"
    filled = fill(write(tmp_path, text), {"103": Grade(90.0), "104": Grade(80.0)}, 100)
    assert (filled.broken, filled.not_in_roster) == (("4",), ("104",))


def test_a_canvas_file_with_decimal_commas_gets_them(tmp_path: Path) -> None:
    text = CANVAS.replace(",", ";").replace("Petrova; Anna", "Petrova, Anna").replace(";100;", ";100,00;")
    filled = fill(write(tmp_path, text), {"101": Grade(94.5)}, 100, "Digits")
    assert filled.text == text.replace("S1;9;;90", "S1;9;94,5;90")


NAMES_APART = (
    "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,Notes,Essay (7),Lab one,Lab Final Score,Final Score\n"
    ",,,,,,,,Manual Posting,,\n"
    "    Points Possible,,,,,,,10.00,100.00,(read only),(read only)\n"
    "Petrova,Anna,101,s1,anna,S1,3,9,,80,80\n"
    "Wei,Chen,102,s2,chen,S1,,8,EX,70,70\n"
    '"=""=Nil""",Zoe,103,s3,zoe,S1,,8,N/A,,\n'
    '"=""=Orr""",Max,104,s4,max,S1,,8,,,\n'
    "Student,Test,900,,x,S1,,,,,\n"
)


def test_canvas_names_in_two_columns_and_a_title_without_its_number(tmp_path: Path) -> None:
    grades = {number: Grade(94.5) for number in ("101", "102", "103", "104", "900")}
    filled = fill(write(tmp_path, NAMES_APART), grades, 100, "Lab one")
    assert filled.text == NAMES_APART.replace(",9,,80", ",9,94.5,80").replace("max,S1,,8,,,", "max,S1,,8,94.5,,")
    assert filled.stays == (
        "Wei, Chen (102): excused (EX)",
        "=Nil, Zoe (103): the assignment is not assigned to this student (N/A)",
    )
    assert filled.not_in_roster == ("900",), "Canvas' own test student is nobody's"


def test_canvas_columns_are_known_by_their_maxima(tmp_path: Path) -> None:
    """Totals and columns of the instructor's own have none, whatever they are called."""
    path = write(tmp_path, NAMES_APART)
    with pytest.raises(UsageError, match=r"2 columns fit, .* there are: Essay \(7\), Lab one\."):
        fill(path, {}, 100)
    with pytest.raises(UsageError, match=r"0 columns fit"):
        fill(path, {}, 100, "Notes")
    assert fill(write(tmp_path, NAMES_APART.replace("10.00", "")), {"101": Grade(1.0)}, 100).count == 1


def test_drafts_are_moodles(tmp_path: Path) -> None:
    make_class(tmp_path / "out")
    with pytest.raises(UsageError, match=r"roster\.csv: tells of no drafts: --drafts is for Moodle's worksheet"):
        open_roster(tmp_path / "out", write(tmp_path, CANVAS), "Digits", drafts=True)


@pytest.mark.parametrize("excused", ["EX", "Ex", " ex "])
def test_who_is_excused_in_canvas_stays_so(tmp_path: Path, excused: str) -> None:
    text = CANVAS.replace('"Petrova, Anna",101,anna,S1,9,,90', f'"Petrova, Anna",101,anna,S1,9,{excused},90')
    filled = fill(write(tmp_path, text), {"101": Grade(94.5)}, 100, "Digits")
    assert (filled.text, filled.count, filled.stays) == (text, 0, ("Petrova, Anna (101): excused (EX)",))


@pytest.mark.parametrize(
    ("separator", "title"),
    [(";", "Lab 1, parts a, b, c, d and e (56)"), (",", "Lab; one; two; three; four; five (56)")],
)
def test_canvas_titles_may_hold_the_other_separator(tmp_path: Path, separator: str, title: str) -> None:
    head = ["Student", "ID", "Section", title]
    rows = [head, ["    Points Possible", "", "", "100"], ['"Petrova, Anna"', "101", "S1", ""]]
    text = "\ufeff" + "\n".join(map(separator.join, rows))
    filled = fill(write(tmp_path, text), {"101": Grade(94.5)}, 100, title.removesuffix(" (56)"))
    assert filled.text == f"{text}94.5"


def test_two_columns_of_one_name_are_told_apart_by_their_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, CANVAS.replace("Homework 1", "Digits"))
    with pytest.raises(UsageError, match=r"2 columns fit, .* there are: Digits \(55\), Digits \(56\)"):
        fill(path, {}, 100, "Digits")
    assert fill(path, {"101": Grade(94.5)}, 100, "Digits (56)").count == 1


def test_what_cannot_be_read_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(CANVAS.replace("Anna", "Zoë").encode("latin-1"))
    with pytest.raises(UsageError, match=r"odd\.csv: cannot be read as CSV in UTF-8 .* save it as CSV UTF-8"):
        fill(tmp_path / "odd.csv", {})
    with pytest.raises(UsageError, match=r"missing\.csv: there is no such file\. Expected Moodle's grading worksheet"):
        fill(tmp_path / "missing.csv", {})


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16"])
def test_what_a_spreadsheet_saved_is_read_and_written_as_platforms_take_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(RUSSIAN.encode(encoding))
    roster = load_roster(path, 100)
    filled = fill_roster(roster, {"102": Grade(77.5, whose=Known(("Борис",)))})
    assert filled.text == "\ufeff" + RUSSIAN.replace("Борис;;;", "Борис;;77,5;")
    assert [sentence[:40] for sentence in roster.told] == [
        "Moodle's worksheet in Russian",
        "cells are separated by ';', and stay so:",
        f"was saved in {'UTF-16' if encoding == 'utf-16' else encoding}; the copy is in UTF-8"[:40],
    ]


@pytest.mark.parametrize("text", [MOODLE, RUSSIAN, CANVAS, "a,b,", "a,,\n\n,\r\n", "", "a\tb\n"])
def test_a_table_that_is_not_changed_is_the_same_text(text: str) -> None:
    assert RawTable(text).text() == text


@pytest.mark.parametrize(
    ("separator", "title"),
    [
        (";", "Lab, part a, b, c, d, e, f, g (101)"),
        (",", "Lab; a; b; c; d; e (101)"),
        (",", "Lab\twith\ttabs (101)"),
        ("\t", "Lab; a, b; c, d (101)"),
        (";", 'Lab; "one", two (101)'),
    ],
)
def test_titles_may_hold_separators(separator: str, title: str) -> None:
    """Canvas quotes a title only where it holds the file's own separator or a quote."""
    quoted = f'"{title.replace(chr(34), chr(34) * 2)}"' if separator in title or '"' in title else title
    rows = [["Student", "ID", quoted], ["    Points Possible", "", "100,00" if separator != "," else "100.00"]]
    rows += [[f'"{name}, Jo"', number, ""] for name, number in (("Ash", "1"), ("Bo", "2"))]
    table = RawTable("\n".join(separator.join(row) for row in rows))
    assert (table.separator, table.row(0)[2], table.row(2)) == (separator, title, ["Ash, Jo", "1", ""])


def test_a_quote_that_no_separator_explains_is_refused() -> None:
    with pytest.raises(ValueError, match="row 2: a quote is not closed or stands inside a cell"):
        RawTable('a,b\n"c\n')


def test_a_value_that_needs_quotes_gets_them() -> None:
    table = RawTable("a,b\n")
    table.replace(0, 1, 'x,"y"')
    assert table.text() == 'a,"x,""y"""\n'
    assert table.row(0) == ["a", 'x,"y"']


def make_class(out: Path) -> None:
    students = [
        {"name": "anna", "student": "101", "late": False, "members": [], "called": "Petrova Anna A"},
        {"name": "boris", "student": "102", "late": True, "members": [], "called": "Борис Иванов"},
        {"name": "gone", "student": "9", "late": False, "members": []},
        {"name": "fault", "student": "103", "late": False, "members": [], "called": "cmdx"},
    ]
    store = ResultStore(out)
    store.prepare()
    store.begin([str(student["name"]) for student in students], students=students)
    for name in ("anna", "boris", "gone"):
        store.save(make_result(name, make_item(max_points=100)), WorkKey("a", "b"))
    fault = make_item(outcome=Outcome.GRADER_ERROR, max_points=100)
    store.save(make_result("fault", fault), WorkKey("a", "b"))
    store.close()


def test_the_command_fills_a_copy_and_names_who_is_missing(tmp_path: Path) -> None:
    make_class(tmp_path)
    roster = write(tmp_path, MOODLE)
    done = CliRunner().invoke(commands.main, ["report", str(tmp_path), "--roster", str(roster)])
    assert done.exit_code == 0, done.stderr
    assert f"filled:    {tmp_path / 'filled-roster.csv'} (2 grades)\n" in done.stdout
    assert done.stderr == (
        'digitlab: had another grade or feedback, which was replaced in the copy: Anna, "A" Petrova (Participant 101)\n'
        "digitlab: had another grade or feedback, which was replaced in the copy: Иванов Борис (Participant 102)\n"
        "digitlab: no grade for: =cmd|x (Participant 103): no mark (grader error)\n"
        "digitlab: not in the roster, but graded: gone (9)\n"
    )
    assert roster.read_bytes() == MOODLE.encode()
    assert '"Submitted",100,100.00' in (tmp_path / "filled-roster.csv").read_text(encoding="utf-8")


def test_who_is_not_in_the_roster_is_told_by_name(tmp_path: Path) -> None:
    """Two of one name have their numbers in their names already; a plain folder knows nothing but the name."""
    names = {"Eve": "201", "Ann (202)": "202", "dan.py": "dan.py"}
    students = [{"name": name, "student": number, "late": False, "members": []} for name, number in names.items()]
    store = ResultStore(tmp_path)
    store.prepare()
    store.begin(list(names), students=students)
    for name in names:
        store.save(make_result(name, make_item(max_points=100)), WorkKey("a", "b"))
    store.close()
    filled = fill_class(tmp_path, write(tmp_path, MOODLE))
    assert filled.not_in_roster == ("Eve (201)", "Ann (202)", "dan.py")


def test_who_has_no_grade_is_named_with_the_reason(tmp_path: Path) -> None:
    students = [
        {"name": name, "student": number, "late": name == "boris", "members": [], "platform": "canvas"}
        for name, number in (("anna", "101"), ("boris", "102"))
    ]
    store = ResultStore(tmp_path)
    store.prepare()
    rules = Course(due=datetime.datetime(2026, 12, 1, 20, tzinfo=datetime.UTC), penalty_per_day=10)
    store.begin(["anna", "boris"], students=students, course=rules.model_dump(mode="json"))
    store.save(make_result("boris", make_item(max_points=100)), WorkKey("a", "b"))
    store.close()
    roster = write(tmp_path, CANVAS + '\n"Nil, Zoe",103,zoe,S1,8,,80')
    done = CliRunner().invoke(
        commands.main, ["report", str(tmp_path), "--roster", str(roster), "--assignment", "Digits"]
    )
    assert [line for line in done.stderr.splitlines() if "no grade for:" in line] == [
        "digitlab: no grade for: Petrova, Anna (101): not graded yet",
        "digitlab: no grade for: Wei, Chen (102): marked late, and nobody says by how much",
        "digitlab: no grade for: Nil, Zoe (103): the class holds nothing of theirs",
    ]


def test_results_of_two_rubrics_fill_no_roster(tmp_path: Path) -> None:
    make_class(tmp_path)
    ResultStore(tmp_path).save(make_result("anna", make_item(max_points=99)), WorkKey("a", "c"))
    with pytest.raises(UsageError, match=r"of 99 points and some of 100: the rubric changed .* batch --resume CLASS"):
        fill_class(tmp_path, write(tmp_path, MOODLE))


def test_results_of_no_class_fill_no_roster(tmp_path: Path) -> None:
    ResultStore(tmp_path).save(make_result("anna", make_item()), WorkKey("a", "b"))
    with pytest.raises(UsageError, match="does not hold a class"):
        fill_class(tmp_path, write(tmp_path, MOODLE))


def test_a_run_names_the_file_that_its_rules_are_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "our rules.toml"
    rules.write_text("due = 2026-12-01T20:00:00Z\npenalty_per_day = 10\n")
    store = ResultStore(tmp_path / "out")
    store.prepare()
    students = [{"name": "anna", "student": "101", "late": True, "members": [], "platform": "moodle"}]
    store.begin(["anna"], students=students, course=load_course(rules).model_dump(mode="json"))
    store.save(make_result("anna", make_item(max_points=100)), WorkKey("a", "b"))
    assert [result.submission for result in report_run(store, rules)] == ["anna"]
    store.close()
    said = capsys.readouterr()
    assert f"then: digitlab report {tmp_path / 'out'} --course '{rules}'\n" in said.err
    assert "report:    " in said.out


def test_the_courses_rules_stand_beside_the_points_and_fill_the_roster(tmp_path: Path) -> None:
    make_class(tmp_path)
    roster, rules = write(tmp_path, MOODLE), tmp_path / "course.toml"
    rules.write_text("due = 2026-12-01T20:00:00Z\npenalty_per_day = 10\nhanded_in = {101 = 2026-12-03T07:00:00Z}\n")
    command = ["report", str(tmp_path), "--course", str(rules), "--roster", str(roster)]
    done = CliRunner().invoke(commands.main, command)
    assert done.exit_code == 0, done.stderr
    assert "digitlab: no grade for 102: marked late, and nobody says by how much; put the times under" in done.stderr
    assert f"then: digitlab report {tmp_path} --course {rules}\n" in done.stderr
    assert "digitlab: 2 without a time or a late mark, taken as on time: fault, gone; if they" in done.stderr
    assert "101,anna,1,yes,100,2,20,80,graded" in (tmp_path / "class.csv").read_text(encoding="utf-8")
    filled = (tmp_path / "filled-roster.csv").read_text(encoding="utf-8")
    assert '"Submitted",80,100.00,-,"Total: 100 of 100<br>Penalty: 20 (2 days late)<br>Grade: 80"' in filled


def test_a_group_without_a_time_is_one_submission_and_of_many_five_are_named(tmp_path: Path) -> None:
    students = [
        {"name": f"s{number}", "student": str(number), "late": False, "members": [str(number), f"{number}b"]}
        for number in range(7)
    ]
    store = ResultStore(tmp_path)
    store.prepare()
    rules = Course(due=datetime.datetime(2026, 12, 1, 20, tzinfo=datetime.UTC), penalty_per_day=10)
    names = [str(student["name"]) for student in students]
    store.begin(names, students=students, course=rules.model_dump(mode="json"))
    for name in names:
        store.save(make_result(name, make_item()), WorkKey("a", "b"))
    store.close()
    done = CliRunner().invoke(commands.main, ["report", str(tmp_path)])
    told = "digitlab: 7 without a time or a late mark, taken as on time: s0, s1, s2, s3, s4 and 2 more; if they"
    assert done.stderr.startswith(told)


WORKSHEET = MOODLE.replace('Grade,"Maximum grade"', '"Last modified (submission)",Grade,"Maximum grade"')
WORKSHEET = (
    WORKSHEET.replace('"Submitted",,', '"Submitted","Wednesday, 2 December 2026, 12:10 AM",,')
    .replace('b@example.org,,"77', 'b@example.org,,"Tuesday, 1 December 2026, 11:59 PM","77')
    .replace('c@example.org,,""', 'c@example.org,,-,""')
)


def test_a_worksheets_times_count_where_moodle_gave_none(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "out")
    store.prepare()
    names = {"101": "anna", "102": "boris", "103": "chen"}
    students = [
        {
            "name": name,
            "student": number,
            "late": False,
            "members": [],
            "platform": "moodle",
            "called": NAMES[number][0],
        }
        for number, name in names.items()
    ]
    store.begin(list(names.values()), students=students)
    for name in names.values():
        store.save(make_result(name, make_item(max_points=100)), WorkKey("a", "b"))
    store.close()
    rules = tmp_path / "course.toml"
    rules.write_text('due = 2026-12-01T23:59:00\ntime_zone = "Europe/Moscow"\npenalty_per_day = 10\n')
    roster = write(tmp_path, WORKSHEET)
    command = ["report", str(tmp_path / "out"), "--course", str(rules), "--roster", str(roster)]
    done = CliRunner().invoke(commands.main, command[:-2])
    assert "3 without a time or a late mark, taken as on time: anna, boris, chen; if" in done.stderr
    again = f"digitlab report {tmp_path / 'out'} --roster worksheet.csv"
    assert done.stderr.endswith(f". Moodle's grading worksheet has times: {again}\n")
    done = CliRunner().invoke(commands.main, command)
    assert done.exit_code == 0, done.stderr
    assert "times:     2 from roster.csv, as a report was given it last (--roster), taken for Europe/M" in done.stdout
    assert "1 without a time or a late mark, taken as on time: chen; if" in done.stderr
    listed = (tmp_path / "out" / "class.csv").read_text(encoding="utf-8")
    assert "101,anna,1,yes,100,1,10,90,graded" in listed
    assert "102,boris,1,,100,0,0,100,graded" in listed
    rules.write_text(rules.read_text() + "[handed_in]\n101 = 2026-12-01T20:00:00\n")
    assert CliRunner().invoke(commands.main, command).exit_code == 0
    assert "101,anna,1,,100,0,0,100,graded" in (tmp_path / "out" / "class.csv").read_text(encoding="utf-8")
    write(tmp_path, WORKSHEET.replace("12:10 AM", "ten past midnight"))
    done = CliRunner().invoke(commands.main, command)
    assert "times that cannot be read, and do not count: Wednesday, 2 December 2026, ten past midnight" in done.stderr


@pytest.mark.parametrize(
    ("language", "text", "moment"),
    [
        ("en", "Tuesday, 1 December 2026, 12:05 AM", "2026-12-01T00:05"),
        ("en", "1 December 2026, 12:05\u202fPM", "2026-12-01T12:05"),
        ("en", "Tuesday, 1 December 2026, 11:59 pm", "2026-12-01T23:59"),
        ("en", "Tuesday, December 1, 2026, 11:59\u00a0PM", "2026-12-01T23:59"),
        ("ru", "вторник, 1 декабря 2026, 23:59", "2026-12-01T23:59"),
        ("ru", "вторник, 1\u00a0декабря 2026\u00a0г., 23:59", "2026-12-01T23:59"),
        ("ru", "Вторник, 1 Декабрь 2026, 23:59", "2026-12-01T23:59"),
        ("ru", "Tuesday, 1 December 2026, 11:59 PM", "2026-12-01T23:59"),
        ("uk", "понеділок 30 листопада 2026 14:46 пп", "2026-11-30T14:46"),
        ("es", "lunes, 5 de octubre de 2026, 10:00", "2026-10-05T10:00"),
        ("es", "lunes, 5 de octubre de 2026, 2:10\u202fp.\u00a0m.", "2026-10-05T14:10"),
        ("ca", "dilluns, 5 d’octubre 2026, 10:00", "2026-10-05T10:00"),
        ("ca", "dilluns, 5 de de març 2026, 10:00", "2026-03-05T10:00"),
        ("de", "Sonntag, 1. März 2026, 10:00", "2026-03-01T10:00"),
        ("fr", "samedi 1 août 2026, 10:00", "2026-08-01T10:00"),
        ("pt", "terça-feira, 1 de dezembro de 2026 às 23:59", "2026-12-01T23:59"),
        ("", "Tuesday, 1 December 2026, 11:59 PM", "2026-12-01T23:59"),
        ("en", "31 November 2026, 10:00", None),
        ("en", "1 Dezember 2026, 10:00", None),
        ("en", "2026-12-01 10:00", None),
        ("en", "1 December 1405, 10:00", None),
        ("en", "1 December 2026, 2:49 xx", None),
        ("en", "1 December 2026, 26:00", None),
        ("en", "between 1 May and 2 June 2026, 10:00", None),
        ("en", "Yes", None),
    ],
)
def test_times_are_read_in_the_forms_that_are_known(language: str, text: str, moment: str | None) -> None:
    found = read_moment(text, language)
    assert (found and found.isoformat(timespec="minutes")) == moment


def test_the_members_of_a_group_that_the_course_names_all_get_its_grade(tmp_path: Path) -> None:
    """Canvas gives a group's files under the number of one member."""
    store = ResultStore(tmp_path)
    store.prepare()
    entry = {"name": "group 7", "student": "101", "late": False, "members": [], "platform": "canvas"}
    store.begin(["group 7"], students=[entry])
    store.save(make_result("group 7", make_item(max_points=100)), WorkKey("a", "b"))
    store.close()
    rules = tmp_path / "course.toml"
    rules.write_text('[groups]\n101 = ["101", "102"]\n999 = ["5"]\n')
    roster = write(tmp_path, CANVAS)
    command = ["report", str(tmp_path), "--course", str(rules), "--roster", str(roster), "--assignment", "Digits"]
    done = CliRunner().invoke(commands.main, command)
    assert done.exit_code == 0, done.stderr
    assert "(2 grades)" in done.stdout
    by_number = "digitlab: filled in by their number in the course's [groups], with the grade of"
    assert done.stderr == (
        "digitlab: the course's [handed_in] or [groups] names 999, whom the class does not have; see class.csv\n"
        f"{by_number}: group 7: Petrova, Anna (101)\n"
        f"{by_number}: group 7: Wei, Chen (102)\n"
    )
    assert "102,group 7,1,,100" in (tmp_path / "class.csv").read_text(encoding="utf-8")


def test_who_has_own_work_and_a_groups_without_times_is_told(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.prepare()
    numbers = {"group 7": "101", "weichen": "102"}
    students = [
        {"name": name, "student": number, "late": False, "members": [], "platform": "canvas"}
        for name, number in numbers.items()
    ]
    store.begin(list(numbers), students=students)
    for name in numbers:
        store.save(make_result(name, make_item(max_points=100)), WorkKey("a", "b"))
    store.close()
    rules = tmp_path / "course.toml"
    several = "digitlab: 102 has several submissions, and nobody says which is the last: group 7, weichen"
    for attempts, told in (("last", f"{several}; that of weichen counts. See [groups]\n"), ("best", "")):
        rules.write_text(f'attempts = "{attempts}"\n[groups]\n101 = ["101", "102"]\n')
        done = CliRunner().invoke(commands.main, ["report", str(tmp_path), "--course", str(rules)])
        assert done.stderr == told


def test_attempts_that_were_not_graded_are_told(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "out")
    store.prepare()
    entry = {"name": "anna", "student": "101", "late": False, "members": [], "platform": "gradescope"}
    rules = tmp_path / "course.toml"
    rules.write_text('attempts = "best"\n')
    for graded, is_told in (({}, True), ({"attempts": "best"}, False)):
        store.begin(["anna"], resume=True, students=[entry], course=graded)
        store.save(make_result("anna", make_item(max_points=100)), WorkKey("a", "b"))
        done = CliRunner().invoke(commands.main, ["report", str(tmp_path / "out"), "--course", str(rules)])
        assert done.exit_code == 0, done.stderr
        assert ("only the last ones were graded: earlier ones that the download holds" in done.stderr) is is_told
    store.close()


def test_the_command_that_grades_other_attempts_names_the_rules_wherever_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ResultStore(tmp_path / "out")
    store.prepare()
    entry = {"name": "anna", "student": "101", "late": False, "members": [], "platform": "gradescope"}
    command = "digitlab batch --resume class --out out --course last.toml"
    store.begin(["anna"], students=[entry], again={"command": command, "folder": str(tmp_path)})
    store.save(make_result("anna", make_item(max_points=100)), WorkKey("a", "b"))
    store.close()
    (tmp_path / "best of all.toml").write_text('attempts = "best"\n')
    for folder, told in (
        (tmp_path, f"Grade them: {command} --course 'best of all.toml'\n"),
        (tmp_path / "out", f"Grade them: cd {tmp_path} && {command} --course '{tmp_path}/best of all.toml'\n"),
    ):
        monkeypatch.chdir(folder)
        course = "best of all.toml" if folder == tmp_path else "../best of all.toml"
        done = CliRunner().invoke(commands.main, ["report", str(store.out_dir), "--course", course])
        assert done.stderr.endswith(told), done.stderr


def test_rules_that_the_class_was_graded_with_hold_for_later_reports(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.prepare()
    entry = {"name": "anna", "student": "101", "late": False, "members": [], "handed_in": "2026-12-01T20:00:01+00:00"}
    rules = Course(due=datetime.datetime(2026, 12, 1, 20, tzinfo=datetime.UTC), penalty_per_day=10)
    store.begin(["anna"], students=[entry], course=rules.model_dump(mode="json"))
    store.save(make_result("anna", make_item(max_points=100)), WorkKey("a", "b"))
    store.close()
    assert CliRunner().invoke(commands.main, ["report", str(tmp_path)]).exit_code == 0
    assert "101,anna,1,yes,100,1,10,90,graded" in (tmp_path / "class.csv").read_text(encoding="utf-8")


def test_who_is_excused_and_handed_in_nothing_is_named_so(tmp_path: Path) -> None:
    make_class(tmp_path)
    path = write(tmp_path, f'{CANVAS}\n"Ng, Zoe",105,zoe,S1,8,EX,80')
    filled = fill_for_class(tmp_path, open_roster(tmp_path, path, "Digits"), path.name)[1]
    assert ("105", "Ng, Zoe (105): excused (EX)") in filled.without_grade
