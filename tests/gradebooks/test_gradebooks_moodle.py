"""Moodle's worksheets: any language, groups, drafts and locked grades, and nobody's grade in another's row."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from report_cases import make_item, make_result

from grader.cli import commands
from grader.gradebooks import Grade, fill_roster, load_roster
from grader.gradebooks.identity import Known
from grader.gradebooks.moodle import find_columns, student_of
from grader.gradebooks.moodle_files import are_of_one_assignment
from grader.gradebooks.raw_table import RawTable
from grader.results.journal_index import WorkKey
from grader.results.store import ResultStore
from grader.system.errors import UsageError

HEADS = {
    "English": 'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"',
    "Russian": 'Идентификатор,"Полное имя","Адрес электронной почты",Статус,Grade,"Максимальная оценка",'
    '"Оценка может быть изменена","Последнее изменение (ответ)","Последнее изменение (оценка)",'
    '"Отзыв в виде комментария"',
    "Ukrainian": 'Ідентифікатор,"Повна назва","Електронна пошта",Статус,Оцінка,"Максимальна оцінка",'
    '"Оцінка може бути змінена","Востаннє змінювалося (здача)","Востаннє змінювалося (оцінка)","Відгук - коментарем"',
    "Spanish": 'Identificador,"Nombre completo","Dirección de correo",Estado,Calificación,"Calificación máxima",'
    '"La calificación puede ser cambiada","Última modificación (entrega)","Última modificación (calificación)",'
    '"Comentarios de retroalimentación"',
    "Catalan": 'Identificador,"Nom complet","Adreça electrònica",Estat,Qualificació,"Qualificació màxima",'
    '"Es pot canviar la qualificació","Darrera modificació (tramesa)","Darrera modificació (qualificació)",'
    '"Comentaris de retroacció."',
    "German": 'ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,"Bewertung kann geändert werden",'
    '"Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)","Feedback als Kommentar"',
    "French": 'Identifiant,"Nom complet","Adresse de courriel",Statut,Note,"Note maximale",'
    '"La note peut être modifiée","Dernière modification (travail remis)","Dernière modification (note)",'
    '"Feedback par commentaires"',
    "Italian": 'Identificativo,Nome,"Indirizzo email",Stato,Valutazione,"Valutazione massima",'
    '"La valutazione può essere cambiata","Ultima modifica (consegna)","Ultima modifica (valutazione)",Commenti',
    "Portuguese": 'Identificador,"Nome completo",E-mail,Estado,Avaliação,"Nota máxima","A nota pode ser alterada.",'
    '"Última atualização (submissão)","Última atualização (avaliação)","Comentários de feedback"',
    "Dutch": 'Identificatie,"Volledige naam",E-mailadres,Status,Cijfer,"Maximaal cijfer",'
    '"Het cijfer kan gewijzigd worden","Laatst gewijzigd (inzending)","Laatst gewijzigd (beoordeling)",'
    '"Feedback tekstvak"',
}
TOLD = {
    "English": ("Participant ", "Draft (not submitted)", "Submitted", "No", "Tuesday, 1 December 2026, 2:46 PM"),
    "Russian": ("Участник", "Черновик (не представлен)", "Представлено", "Нет", "вторник, 1 декабря 2026, 14:46"),
    "Ukrainian": ("Учасник", "Чорновик (не здано)", "Здано", "Ні", "вівторок 1 грудня 2026 14:46 пп"),
    "Spanish": ("Participante", "Borrador (no enviado)", "Enviado", "No", "martes, 1 de diciembre de 2026, 14:46"),
    "Catalan": ("Participant", "Esborrany (no tramès)", "Tramès", "No", "dimarts, 1 desembre 2026, 14:46"),
    "German": ("Teilnehmer/in", "Entwurf (nicht abgegeben)", "Abgegeben", "Nein", "Dienstag, 1. Dezember 2026, 14:46"),
    "French": ("Participant", "Brouillon (non remis)", "Remis", "Non", "mardi 1 décembre 2026, 14:46"),
    "Italian": ("Partecipante", "Bozza (non consegnato)", "Consegnato", "No", "martedì, 1 dicembre 2026, 14:46"),
    "Portuguese": ("Participante", "Rascunho (não enviado)", "Enviado", "Não", "terça, 1 de dezembro de 2026 às 14:46"),
    "Dutch": ("Deelnemer", "Concept (nog niet ingestuurd)", "Ingestuurd", "Nee", "dinsdag, 1 december 2026, 14:46"),
}  # fmt: skip


def make_sheet(language: str) -> str:
    word, draft, submitted, locked, moment = TOLD[language]
    return "\ufeff" + "\n".join(
        (
            HEADS[language],
            f'{word}11,"Ann Sample",a@example.invalid,"{submitted}",,"100,00",x,"{moment}",-,',
            f'{word}12,"Ben Other",b@example.invalid,"{draft}",,"100,00",x,"{moment}",-,',
            f'{word}13,"Cid Third",c@example.invalid,"{submitted}",,"100,00",{locked},"{moment}",-,',
            f'{word}14,"Dan None",d@example.invalid,"{submitted}",,"100,00",x,-,-,',
            "",
        )
    )


NAMES = {"11": "Ann Sample", "12": "Ben Other", "13": "Cid Third"}


def grades(names: Mapping[str, str] = NAMES) -> dict[str, Grade]:
    return {number: Grade(87.5, "good", Known((name,))) for number, name in names.items()}


def write(folder: Path, text: str) -> Path:
    path = folder / "sheet.csv"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("language", HEADS)
def test_worksheets_in_these_languages_are_filled(tmp_path: Path, language: str) -> None:
    text = make_sheet(language)
    roster = load_roster(write(tmp_path, text), 100)
    filled = fill_roster(roster, grades())
    assert roster.told == [f"Moodle's worksheet in {language}"]
    lines = text.split("\n")
    lines[1] = lines[1].replace(',,"100', ',"87,5","100') + "good"
    assert filled.text == "\n".join(lines)
    word = TOLD[language][0]
    assert filled.stays == (
        f"Ben Other ({word}12): a draft, which was not submitted",
        f"Cid Third ({word}13): Moodle does not let its grade be changed",
    )
    assert "Dan None" in dict(filled.without_grade)["14"]


def test_drafts_are_filled_in_where_that_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, make_sheet("English"))
    assert fill_roster(load_roster(path, 100), grades()).advice() == ["to fill in drafts as well: --drafts"]
    filled = fill_roster(load_roster(path, 100, drafts=True), grades())
    assert (filled.count, len(filled.stays), filled.advice()) == (2, 1, [])


def test_where_all_work_is_drafts_they_count(tmp_path: Path) -> None:
    text = make_sheet("Russian").replace("Представлено", "Черновик (не отправлен на проверку)\nПросрочено на 1 день")
    roster = load_roster(write(tmp_path, text), 100)
    assert roster.told[1] == "all 4 submissions are drafts, for nobody has submitted: they are filled in"
    assert fill_roster(roster, grades()).count == 2


@pytest.mark.parametrize("spaces", ["Participant 11", "Participant\u00a011", "Teilnehmer/in11", "11", "参加者11"])
def test_the_number_is_what_stands_at_the_end(spaces: str) -> None:
    assert student_of(spaces) == "11"
    assert student_of("nobody") == "nobody"


UNKNOWN = (
    "Tunniste,Koko nimi,Sähköposti,Tila,Arviointi,Maksimi,Voi muuttaa,Muokattu,Arvioitu,Palaute\n"
    "Osallistuja 11,Ann Sample,a@example.invalid,Jätetty,,100.00,Kyllä,1. joulukuuta 2026 14.46,-,\n"
    "Osallistuja 12,Ben Other,b@example.invalid,Jätetty,-,100.00,Kyllä,1. joulukuuta 2026 14.46,-,\n"
)


def test_a_worksheet_in_an_unknown_language_is_known_by_its_structure(tmp_path: Path) -> None:
    roster = load_roster(write(tmp_path, UNKNOWN), 100)
    filled = fill_roster(roster, grades())
    assert filled.text == UNKNOWN.replace("Jätetty,,", "Jätetty,87.5,").replace("Jätetty,-,", "Jätetty,87.5,")
    assert roster.told[0].startswith("Moodle's worksheet in a language whose words are not known here")


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c,d,e,f\n1,Ann,x,,100,yes\n",
        "a,b,c,d,e,f\nP 1,Ann,x,,100,yes\nQ 2,Ben,x,,100,yes\n",
        "a,b,c,d,e,f\nP 1,Ann,x,,100,yes\nP 2,Ben,x,,90,yes\n",
        "a,b,c,d,e,f\nP 1,Ann,x,101,100,yes\n",
        "a,b,c,d,e,f,g\nP 1,Ann,x,,100,yes,no\n,,,,,,\n",
        "a,b,c\n",
        "",
    ],
)
def test_what_could_be_something_else_is_no_worksheet(text: str) -> None:
    assert find_columns(RawTable(text)) is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (',"Maximum grade"', ",Scale", r"sheet\.csv: the assignment of this worksheet is graded by a scale\. Set"),
        (
            ',"Maximum grade"',
            "",
            r"has no maximum: its grade type is None\. Set .* Point with a maximum of 100 in Moodle",
        ),
    ],
)
def test_a_scale_and_no_grade_are_refused_with_words(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = make_sheet("English").replace(old, new)
    with pytest.raises(UsageError, match=words):
        load_roster(write(tmp_path, text if new else text.replace(',"100,00"', "")), 100)


def make_class(out: Path, called: Mapping[str, str], source: str = "") -> None:
    """Store a class in which each submission has points of its own."""
    store = ResultStore(out)
    store.prepare()
    names = {number: f"{name} ({number})" for number, name in called.items()}
    students = [
        {"name": names[number], "student": number, "late": False, "members": [], "platform": "moodle", "called": name}
        for number, name in called.items()
    ]
    store.begin(
        list(names.values()), students=students, contents={name: name for name in names.values()}, source=source
    )
    for points, name in enumerate(names.values(), 1):
        lost = make_item("b", points=0, max_points=100 - points)
        store.save(make_result(name, make_item("a", points=points, max_points=points), lost), WorkKey(name, "b"))
    store.close()


def report(out: Path, *args: object) -> Result:
    return CliRunner().invoke(commands.main, ["report", str(out), *map(str, args)])


GROUPS_HEAD = "Identifier,Full name,Status,Group,Grade,Maximum grade,Grade can be changed,Last modified (submission)\n"


def make_groups_sheet(folder: Path, *rows: tuple[int, str, str]) -> Path:
    time = '"Tuesday, 1 December 2026, 2:46 PM"'
    lines = (f"Participant {number},{name},Submitted,{group},,100.00,Yes,{time}\n" for number, name, group in rows)
    return write(folder, GROUPS_HEAD + "".join(lines))


def grades_in(out: Path) -> dict[str, str]:
    lines = (out / "filled-sheet.csv").read_text(encoding="utf-8").splitlines()[1:]
    return {line.split(",")[1]: line.split(",")[4] for line in lines}


TEAMS = {"1": "Team Red", "2": "Синие", "Default group": "Default group"}


def test_members_of_groups_get_their_groups_grade(tmp_path: Path) -> None:
    """The groups' numbers are other students' numbers."""
    make_class(tmp_path / "out", TEAMS)
    rows = ((1, "Ann", "Синие"), (2, "Ben", "Team_Red"), (6, "Cid", "Team_Red"), (7, "Dan", "Default group"))
    done = report(tmp_path / "out", "--roster", make_groups_sheet(tmp_path, *rows, (8, "Eve", "Team Green")))
    assert done.exit_code == 0, done.stderr
    assert "roster:    groups are known by their names alone: see that this is the worksheet of the same" in done.stdout
    assert grades_in(tmp_path / "out") == {"Ann": "2", "Ben": "1", "Cid": "1", "Dan": "3", "Eve": ""}
    assert done.stderr == (
        "digitlab: no grade for: Eve (Participant 8): the class has no work of a group called Team Green\n"
    )
    listed = (tmp_path / "out" / "class.csv").read_text(encoding="utf-8").splitlines()
    assert [(row[0], row[1], row[-1]) for row in csv.reader(listed)] == [
        ("\ufeffstudent", "submission", "name"),
        ("2", "Team Red (1)", "Ben"),
        ("6", "Team Red (1)", "Cid"),
        ("1", "Синие (2)", "Ann"),
        ("7", "Default group (Default group)", "Dan"),
    ]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<bdi>6</bdi> <bdi>Cid</bdi></th> <td><bdi>Team Red (1)</bdi>" in page


RENAMED = (
    "if a group was renamed, download the submissions anew and go on with --resume, which grades nothing again; "
    "otherwise it is the worksheet of another course or assignment"
)


@pytest.mark.parametrize("teams", [TEAMS, {"1": "Team Red", "5": "Team Rot"}, {"5": "Team Rot"}])
def test_a_renamed_group_is_named_on_both_sides(tmp_path: Path, teams: Mapping[str, str]) -> None:
    make_class(tmp_path / "out", teams)
    sheet = make_groups_sheet(tmp_path, (6, "Ann", "Team_Red"), (7, "Ben", "Team Crimson"), (8, "Cid", ""))
    done = report(tmp_path / "out", "--roster", sheet)
    left = [name for name in teams.values() if name != "Team Red"]
    assert [line for line in done.stderr.splitlines() if "Team_Red" not in line] == [
        "digitlab: no grade for: Ben (Participant 7): the class has no work of a group called Team Crimson",
        "digitlab: no grade for: Cid (Participant 8): the class holds nothing of theirs",
        *(f"digitlab: graded, but no row of the worksheet is of a group with this name: {name}" for name in left),
        f"digitlab: {RENAMED}",
    ]


@pytest.mark.parametrize(
    ("source", "name", "is_other"),
    [
        ("ML-Lab 2-57.zip", "Grades-ML-Lab 2-58.csv", True),
        ("ML-Lab 2-Tuesday-57", "Grades-ML-Lab 2-Tuesday-58 (1).csv", True),
        ("ML-Lab 2-57(2).zip", "Grades-ML-Lab 2-57 (1).csv", False),
        ("ML-Lab 2-57-1.zip", "Grades-ML-Lab 2-57.csv", False),
        ("ML-Lab-57-58.zip", "Grades-ML-Lab-57-58-2.csv", False),
        ("lab.zip", "Grades-ML-Lab 2-58.csv", False),
        ("class-1.zip", "worksheet-2.csv", False),
    ],
)
def test_another_assignments_groups_are_not_filled(tmp_path: Path, source: str, name: str, is_other: bool) -> None:
    """Moodle names both files by the assignment's number; groups have no second fact."""
    out = tmp_path / "out"
    make_class(out, TEAMS, source)
    sheet = make_groups_sheet(tmp_path, (6, "Ann", "Team_Red"), (7, "Ben", "Синие")).rename(tmp_path / name)
    done = report(out, "--roster", sheet)
    filled = (out / f"filled-{name}").read_text(encoding="utf-8")
    assert (filled == sheet.read_text(encoding="utf-8")) is is_other
    assert (out / "worksheet.json").exists() is not is_other
    if is_other:
        assert done.stderr == (
            f"digitlab: nothing is filled in: by the numbers at the end of their names {name} is of assignment 58 and "
            f"{source}, which was graded, of 57. Groups are known by their names alone. Download the worksheet of the "
            "same assignment; if it is that one, take the number off the file's name\n"
        )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ML-Lab-10-7.zip", "Grades-ML-Lab-10-8.csv", False),
        ("ML-Lab-10-7.zip", "Grades-ML-Lab-10-7.csv", True),
        ("ML-Lab-57-1.zip", "Grades-ML-Lab-57.csv", True),
        ("ML-Lab-57.zip", "Grades-ML-Lab-57-3 (1).csv", True),
        ("ML-Lab-57.zip", "Grades-ML-Lab-57-58.csv", False),
        ("ML-Lab-57 2", "Grades-ML-Lab-57(12).CSV", True),
        ("ML-Lab.zip", "Grades-ML-Lab.csv", False),
        ("", "Grades-ML-Lab-57.csv", False),
    ],
)
def test_the_numbers_of_files_agree_but_for_copies(one: str, other: str, same: bool) -> None:
    assert are_of_one_assignment(one, other) is same
    assert are_of_one_assignment(other, one) is same


def test_anothers_assignments_number_is_told_of_individual_work(tmp_path: Path) -> None:
    make_class(tmp_path / "out", {"11": "Ann Sample"}, "ML-Lab-57.zip")
    sheet = write(tmp_path, make_sheet("English")).rename(tmp_path / "Grades-ML-Lab-58.csv")
    done = report(tmp_path / "out", "--roster", sheet)
    assert "(1 grade)" in done.stdout
    assert (
        "roster:    by the numbers at the end of their names Grades-ML-Lab-58.csv is of assignment 58 and "
        "ML-Lab-57.zip, which was graded, of 57: see that the grades belong there\n" in done.stdout
    )


def test_times_of_groups_count(tmp_path: Path) -> None:
    make_class(tmp_path / "out", TEAMS)
    rules = tmp_path / "course.toml"
    rules.write_text("due = 2026-12-01T12:00:00Z\npenalty_per_day = 0.5\n[handed_in]\n6 = 2026-12-01T11:00:00Z\n")
    rows = ((1, "Ann", "Синие"), (2, "Ben", "Team_Red"), (6, "Cid", "Team_Red"))
    sheet = make_groups_sheet(tmp_path, *rows)
    assert report(tmp_path / "out", "--course", rules, "--roster", sheet).exit_code == 0
    assert grades_in(tmp_path / "out") == {"Ann": "1.5", "Ben": "0.5", "Cid": "1"}


@pytest.mark.parametrize(
    ("teams", "rows"),
    [
        ({"1": "Team Red", "2": "team red"}, ((6, "Ann", "Team_Red"), (1, "Ben", "Team_Red"))),
        ({"1": "Team Red"}, ((6, "Ann", "Team_Red"), (1, "Ben", "Team Red"))),
        ({"6": "Ann", "7": "Team Blue"}, ((6, "Ann", "Team_Red"), (1, "Ben", "Team Blue"))),
    ],
)
def test_a_group_that_could_be_two_is_nobodys(
    tmp_path: Path, teams: Mapping[str, str], rows: Sequence[tuple[int, str, str]]
) -> None:
    make_class(tmp_path / "out", teams)
    assert report(tmp_path / "out", "--roster", make_groups_sheet(tmp_path, *rows)).exit_code == 0
    assert grades_in(tmp_path / "out")["Ann"] == ""


def test_a_group_with_a_students_number_is_not_that_student(tmp_path: Path) -> None:
    make_class(tmp_path / "out", {"11": "Team Red", "12": "Ben Other"})
    done = report(tmp_path / "out", "--roster", write(tmp_path, make_sheet("English")), "--drafts")
    assert "(1 grade)" in done.stdout
    assert (
        "digitlab: not filled, for name and number do not belong together: Ann Sample (Participant 11): the class has "
        "Team Red under it\n" in done.stderr
    )
    assert "if they are groups, use the worksheet of the group work or name the members under [groups]" in done.stderr


def test_what_the_course_says_of_groups_must_fit_the_worksheet(tmp_path: Path) -> None:
    make_class(tmp_path / "out", TEAMS)
    rules = tmp_path / "course.toml"
    rules.write_text('[groups]\n1 = ["6", "7"]\n')
    sheet = make_groups_sheet(tmp_path, (6, "Ann", "Team_Red"), (7, "Ben", "Синие"))
    done = report(tmp_path / "out", "--course", rules, "--roster", sheet)
    assert grades_in(tmp_path / "out") == {"Ann": "1", "Ben": "2"}, done.stderr
    rules.write_text('[groups]\n1 = ["6", "7"]\n2 = ["8"]\n')
    done = report(tmp_path / "out", "--course", rules, "--roster", sheet)
    assert grades_in(tmp_path / "out") == {"Ann": "1", "Ben": ""}
    assert "Ben (Participant 7): the class has the work of Team Red under it, the row is of Синие\n" in done.stderr


def test_groups_of_an_older_moodle_stand_before_the_members_names(tmp_path: Path) -> None:
    make_class(tmp_path / "out", {"6": "Team Red-Ann Sample", "7": "Team Red-Ben", "8": "Cid-Dan"})
    sheet = make_groups_sheet(tmp_path, (6, "Ann Sample", "Team_Red"), (7, "Ben", "Blue"), (8, "Dan", "Cid"))
    report(tmp_path / "out", "--roster", sheet)
    assert grades_in(tmp_path / "out") == {"Ann Sample": "1", "Ben": "", "Dan": "3"}


def test_a_chosen_group_of_an_older_moodle_stands_before_all_names(tmp_path: Path) -> None:
    make_class(tmp_path / "out", {"11": "Tuesday-Ann Sample", "13": "Tuesday-Cid Third"})
    text = make_sheet("English").replace(",No,", ",Yes,")
    done = report(tmp_path / "out", "--roster", write(tmp_path, text))
    assert "(2 grades)" in done.stdout


HIDDEN = "Identifier,Status,Grade,Maximum grade,Grade can be changed\nParticipant 11,Submitted,,100.00,Yes\n"


@pytest.mark.parametrize("called", ["Participant", "Ann Sample"])
@pytest.mark.parametrize("language", ["English", "Russian"])
def test_where_names_are_hidden_number_and_word_are_the_identity(tmp_path: Path, called: str, language: str) -> None:
    """Whoever may see the names reads both in the worksheet."""
    word = TOLD[language][0].strip()
    make_class(tmp_path / "out", {"11": called.replace("Participant", word)})
    sheet = make_sheet(language).replace('"Ann Sample"', f'"{word} 11 (Ann Sample)"')
    assert "(1 grade)" in report(tmp_path / "out", "--roster", write(tmp_path, sheet)).stdout
    if called == "Participant" and language == "English":
        assert "(1 grade)" in report(tmp_path / "out", "--roster", write(tmp_path, HIDDEN)).stdout


def test_another_number_in_the_name_is_part_of_the_name(tmp_path: Path) -> None:
    make_class(tmp_path / "out", {"11": "Participant"})
    sheet = make_sheet("English").replace('"Ann Sample"', '"Participant 12 (Ann Sample)"')
    assert "(0 grades)" in report(tmp_path / "out", "--roster", write(tmp_path, sheet)).stdout


@pytest.mark.parametrize(("called", "sheet"), [("Ann Sample", HIDDEN), ("Participant", make_sheet("English"))])
def test_names_that_are_hidden_on_one_side_fill_nothing(tmp_path: Path, called: str, sheet: str) -> None:
    make_class(tmp_path / "out", {"11": called})
    done = report(tmp_path / "out", "--roster", write(tmp_path, sheet))
    assert "(0 grades)" in done.stdout
    assert f"the class has {called} under it" in done.stderr


def test_another_courses_worksheet_fills_nothing_and_takes_no_place(tmp_path: Path) -> None:
    make_class(tmp_path / "out", {"11": "Ann Sample"})
    report(tmp_path / "out", "--roster", write(tmp_path, make_sheet("English")))
    kept = (tmp_path / "out" / "worksheet.json").read_text()
    done = report(tmp_path / "out", "--roster", write(tmp_path, make_sheet("English").replace("Ann Sample", "Zoe")))
    assert "(0 grades)" in done.stdout
    assert (tmp_path / "out" / "worksheet.json").read_text() == kept


def test_times_that_cannot_be_read_are_told_and_cost_nothing(tmp_path: Path) -> None:
    make_class(tmp_path / "out", {"11": "Ann Sample"})
    rules = tmp_path / "course.toml"
    rules.write_text("due = 2026-11-01T12:00:00Z\npenalty_per_day = 0.5\n")
    text = make_sheet("English").replace("Tuesday, 1 December 2026, 2:46 PM", "01/12/2026 14:46")
    done = report(tmp_path / "out", "--course", rules, "--roster", write(tmp_path, text))
    assert "times that cannot be read, and do not count: 01/12/2026 14:46" in done.stderr
    assert "1 without a time or a late mark, taken as on time: Ann Sample (11)" in done.stderr
    assert '"Submitted",1,"100,00"' in (tmp_path / "out" / "filled-sheet.csv").read_text(encoding="utf-8")


def test_options_that_say_nothing_of_a_file_are_refused(tmp_path: Path) -> None:
    make_class(tmp_path / "out", {"11": "Ann Sample"})
    sheet = write(tmp_path, make_sheet("English"))
    done = report(tmp_path / "out", "--roster", sheet, "--assignment", "Lab")
    assert done.exit_code == 2
    assert (
        "sheet.csv: holds the grades of one assignment alone: --assignment is for Canvas' gradebook and Classroom 50's "
        "scores.json. Leave it out.\n" in done.stderr
    )
    for option in (["--assignment", "Lab"], ["--drafts"]):
        done = report(tmp_path / "out", *option)
        assert done.exit_code == 2
        assert f"{option[0]} says which grades of a roster are filled in, and there is no --roster" in done.stderr


def test_comments_follow_the_reports_language(tmp_path: Path) -> None:
    make_class(tmp_path / "out", {"11": "Ann Sample"})
    sheet = write(tmp_path, make_sheet("English"))
    assert report(tmp_path / "out", "--roster", sheet, "--lang", "ru").exit_code == 0
    filled = (tmp_path / "out" / "filled-sheet.csv").read_text(encoding="utf-8")
    assert ',-,"Всего: 1 из 100<br>Reads unsigned bytes: 0 из 99, пройдено."' in filled
