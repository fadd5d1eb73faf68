"""Generated rosters of Moodle: no grade in a wrong row, and every row that can be told is filled.

Students of five scripts, two of one name, numbers of groups that are other students' numbers, renamed students, rows in
any order, drafts and locked rows. Who gets what is decided here, by who really handed in; the program sees names and
numbers alone.
"""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from report_cases import make_item, make_result

from grader.gradebooks import fill_for_class, keep_worksheet_of, open_roster
from grader.gradebooks.feedback_zip import write_feedback_zip
from grader.reports import write_reports
from grader.results.journal_index import WorkKey
from grader.results.store import ResultStore
from grader.submissions.platforms import read_class

ROSTERS = 300
FIRST = ("Anna", "Борис", "Seán", "محمد", "太郎", "मोहन", "Under_score", "Jean-Luc", "Zoë", "O", "Ёлка", "فاطمة")
LAST = ("Petrova", "Иванов", "O'Brien", "أحمد", "山田", "शर्मा", 'D/Angelo "Jr"', "van der Meer", "Müller", "Li", "Анна")
GROUPS = ("Team_Red", "Team Blue", "Синие", "R&D / Lab", "Team_Blue", "Anna Petrova", "فريق", "7", "チーム", "समूह: १")
WORDS = ("Participant ", "Участник", "Participante ", "Teilnehmer/in")
HEADS = (
    ("Identifier", "Full name", "Status", "Group", "Grade", "Maximum grade", "Grade can be changed", "No", "Draft"),
    ("Идентификатор", "Полное имя", "Статус", "Группы", "Оценка", "Максимальная оценка", "Оценка может быть изменена",
     "Нет", "Черновик (не представлен)"),
    ("Identificador", "Nombre completo", "Estado", "Grupo", "Calificación", "Calificación máxima",
     "La calificación puede ser cambiada", "No", "Borrador (no enviado)"),
    ("ID", "Vollständiger Name", "Status", "Gruppe", "Bewertung", "Bestwertung", "Bewertung kann geändert werden",
     "Nein", "Entwurf (nicht abgegeben)"),
)  # fmt: skip
DEFAULT = "Default group"
MAXIMUM = 100


def in_folders(name: str) -> str:
    """Return a name as Moodle writes it in a folder's (its own rule, written down a second time)."""
    return "".join(char for char in name.replace("_", " ") if char not in "&<>\"`|':\\/")


@dataclass
class Student:
    number: int
    name: str
    group: str = ""
    is_renamed: bool = False
    is_draft: bool = False
    is_locked: bool = False
    points: int | None = None
    """What really belongs into the row; None for nothing."""
    is_told: bool = True
    """Whether name and number, or the group, tell the row for certain."""


@dataclass
class Made:
    """A download and the worksheet that goes with it."""

    folders: dict[str, int] = field(default_factory=dict)
    """By their names in the zip, the points of the work."""
    students: list[Student] = field(default_factory=list)
    has_groups: bool = False
    ids: dict[str, int] = field(default_factory=dict)
    """Of the groups, those without work, too."""


def make(seed: int) -> Made:
    rng = random.Random(seed)
    numbers = rng.sample(range(1, 40), rng.randint(3, 14))
    made = Made({"Somebody Else_500": 1}, has_groups=rng.random() < 0.5)
    for number in numbers:
        made.students.append(Student(number, f"{rng.choice(FIRST)} {rng.choice(LAST)}"))
    points = iter(rng.sample(range(2, MAXIMUM), 60))
    if made.has_groups:
        _hand_in_groups(made, rng, points)
    else:
        for student in made.students:
            if rng.random() < 0.85:
                student.points = next(points)
                made.folders[f"{in_folders(student.name)}_{student.number}"] = student.points
                if rng.random() < 0.15:
                    student.name, student.is_told = f"{rng.choice(FIRST)} Renamed", False
        for stranger in rng.sample(range(1, 60), 3):  # of another course, with a number of this one
            if str(stranger) not in {folder.rpartition("_")[2] for folder in made.folders}:
                made.folders[f"Stranger Person_{stranger}"] = next(points)
    for student in made.students[1:]:
        student.is_draft, student.is_locked = rng.random() < 0.1, rng.random() < 0.1
    rng.shuffle(made.students)
    return made


def _hand_in_groups(made: Made, rng: random.Random, points: object) -> None:
    groups = rng.sample(GROUPS, rng.randint(2, 6))
    ids = dict(zip(groups, rng.sample(range(1, 40), len(groups)), strict=True))  # collide with the students' numbers
    made.ids = ids
    for student in made.students:
        student.group = rng.choice([*groups, DEFAULT])
    worth = {group: next(points) for group in (*groups, DEFAULT) if rng.random() < 0.8}  # type: ignore[call-overload]
    for group, its_points in worth.items():
        if any(student.group == group for student in made.students):
            escaped = in_folders(group.replace("&", "&amp;"))
            made.folders[f"{escaped}_{ids[group]}" if group in ids else DEFAULT] = its_points
    present = {student.group for student in made.students}
    for student in made.students:
        student.points = worth.get(student.group)
        is_like_another = student.group.replace("_", " ") == "Team Blue" and {"Team_Blue", "Team Blue"} <= present
        student.is_told = not is_like_another


def write_download(made: Made, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for folder, points in made.folders.items():
            archive.writestr(f"{folder}_assignsubmission_file/mnist_all_models.py", f"# {points}\n")


def write_worksheet(made: Made, path: Path, rng: random.Random) -> None:
    language = rng.randrange(len(HEADS))
    *head, no, draft = HEADS[language]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=rng.choice(",;"))
    keep = [place for place in range(len(head)) if made.has_groups or place != 3]
    writer.writerow(head[place] for place in keep)
    submitted = "·"  # one who has submitted, so that drafts are the exception
    for student in made.students:
        called = f"{WORDS[language]}{student.number}"
        row = [called, student.name, draft if student.is_draft else submitted, student.group, "", "100.00",
               no if student.is_locked else "·"]  # fmt: skip
        writer.writerow(row[place] for place in keep)
    nobody = [f"{WORDS[language]}999", "Nobody There", submitted, "No such group", "", "100.00", "·"]
    writer.writerow(nobody[place] for place in keep)
    path.write_text(text.getvalue(), encoding="utf-8")


def grade(out: Path, download: Path, staging: Path) -> None:
    """Store for each submission the points that are written in it."""
    from dataclasses import asdict

    staging.mkdir()
    entries = read_class(download, "moodle", staging, tell=lambda _sentence: None)
    store = ResultStore(out)
    store.prepare()
    names = [entry.name for entry in entries]
    students = [asdict(entry) | {"path": entry.path.name} for entry in entries]
    store.begin(names, students=students, contents={name: name for name in names})
    for entry in entries:
        points = int((entry.path / "mnist_all_models.py").read_text().strip("# \n"))
        lost = make_item("b", points=0, max_points=MAXIMUM - points)
        result = make_result(entry.name, make_item("a", points=points, max_points=points), lost)
        store.save(result, WorkKey(entry.name, "g"))
    store.close()


@pytest.mark.parametrize("seed", range(ROSTERS))
def test_no_grade_is_in_a_wrong_row(tmp_path: Path, seed: int) -> None:
    made = make(seed)
    download, sheet, out = tmp_path / "class.zip", tmp_path / "sheet.csv", tmp_path / "out"
    write_download(made, download)
    write_worksheet(made, sheet, random.Random(seed))
    grade(out, download, tmp_path / "staging")
    roster = open_roster(out, sheet)
    keep_worksheet_of(out, roster, sheet.name)
    path, filled = fill_for_class(out, roster, sheet.name)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8")), delimiter=roster.table.separator))[1:]
    got = {int(row[0].removeprefix(row[0].rstrip("0123456789"))): row[roster.grade] for row in rows}
    for student in made.students:
        is_filled = student.points is not None and student.is_told and not student.is_draft and not student.is_locked
        assert got[student.number] == (str(student.points) if is_filled else ""), (student, filled)
    assert got[999] == ""


@pytest.mark.parametrize("seed", range(0, ROSTERS, 10))
def test_no_page_is_anybody_elses(tmp_path: Path, seed: int) -> None:
    """Moodle 4.5 takes the numbers of group work for the groups', 4.1 for the students'."""
    made = make(seed)
    download, sheet, out, pages = (tmp_path / name for name in ("class.zip", "sheet.csv", "out", "pages.zip"))
    write_download(made, download)
    write_worksheet(made, sheet, random.Random(seed))
    grade(out, download, tmp_path / "staging")
    keep_worksheet_of(out, open_roster(out, sheet), sheet.name)
    write_reports(out, ResultStore(out).load_all())
    write_feedback_zip(out, pages)
    with zipfile.ZipFile(pages) as archive:
        found = {name.split("_")[1]: archive.read(name).decode() for name in archive.namelist()}
    for student in made.students:
        group_number = str(made.ids.get(student.group, "none"))
        of_today, of_before = (found.get(number) for number in (group_number, str(student.number)))
        for page in (of_today, of_before) if made.has_groups else (of_before,):
            may_have = student.points is not None and not student.is_draft and not student.is_locked
            assert page is None or (may_have and f">{student.points}<" in re.sub(r"\s", "", page)), student
        is_told = student.points is not None and student.is_told and not student.is_draft and not student.is_locked
        assert made.has_groups or (of_before is not None) == is_told
