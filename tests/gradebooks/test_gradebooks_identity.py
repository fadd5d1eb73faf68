"""Whose a row is: never by a number alone."""

from __future__ import annotations

import unicodedata

import pytest

from grader.gradebooks.identity import Known, find_doubt, groups_agree, names_agree
from grader.gradebooks.roster import RosterRow


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Petrova", "PETROVA  Anna"),
        ("Anna Petrova", "Petrova, Anna"),
        ("Anna\u00a0Petrova", "Anna Petrova"),
        ("Seán OBrien", unicodedata.normalize("NFD", "Seán O'Brien")),
        ("Under score DAngelo, Jr", 'Under_score D/Angelo, "Jr"'),
        ("петров пётр", "Пётр Петров"),
        ("sampleann", "Sample, Ann"),
        ("delacruzyfernandezdecordobamariajose", "de la Cruz y Fernandez de Cordoba, Maria Jose"),
        ("vandermeerjan", "van der Meer, Jan"),
        ("under_scoreo_neil", "Under_score, O_Neil"),
        ("山田太郎", "山田 太郎"),
        ("STRASSE Max", "Max Straße"),
        ("Anna\u200d Petrova", "Anna Petrova"),
        ("R amp D", "R &amp;amp; D"),
        ("Ann Sample", '<span class="usersuspended">Ann Sample <img src="x"></span>'),
        ("محمد أحمد", "أحمد محمد"),
        ("🙂", "🙂"),
    ],
)
def test_one_name_in_two_writings_agrees(one: str, other: str) -> None:
    assert names_agree(one, other)
    assert names_agree(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Petrova", "Anna Petrov"),
        ("Anna Petrova", "Anna"),
        ("Anna Petrova", "Anna Petrova Anna"),
        ("sampleann", "Sample, Anna"),
        ("sample", "Sample, Ann"),
        ("Ann Apetrova", "Anna Petrova"),
        ("", ""),
        ("", "Anna"),
        ("🙂", "🙃"),
        ("...", "???"),
        ("a" * 40, " ".join("a" * 39)),
    ],
)
def test_different_names_do_not(one: str, other: str) -> None:
    assert not names_agree(one, other)
    assert not names_agree(other, one)


def test_groups_are_told_apart_by_the_order_of_words() -> None:
    assert groups_agree("Team RedBlue", "team_red/blue")
    assert groups_agree("Ramp;D  Team", "R&D / Team")
    assert groups_agree("R D", "R&D") is False
    assert not groups_agree("Red Blue", "Blue Red")
    assert not groups_agree("...", "???")


@pytest.mark.parametrize(
    ("folder", "group"), [("Team 11", "Team 1.1"), ("C", "C++"), ("A+", "A-"), ("7", "7²"), ("T1", "T-1"), ("", "")]
)
def test_groups_are_told_apart_by_marks(folder: str, group: str) -> None:
    """Moodle leaves these in names of folders."""
    assert not groups_agree(folder, group)


def row(name: str = "", group: str | None = None) -> RosterRow:
    return RosterRow(1, "7", "7", name, group=group)


@pytest.mark.parametrize(
    ("known", "roster_row", "doubt"),
    [
        (Known(("Anna",)), row("anna"), ""),
        (Known(("Anna",)), row("Zoe"), "the class has Anna under it"),
        (Known(("Anna",)), row(), "the class has Anna under it, and the row has no name to tell by"),
        (Known(), row("Zoe"), "the class knows no name for it"),
        (Known(said_by_course=True), row("Zoe"), ""),
        (Known(("Anna",), said_by_course=True), row("Zoe"), "the class has Anna under it"),
        (Known(group="Team Red"), row("Zoe", group="Team_Red"), ""),
        (Known(group="Team Red"), row("Zoe", group="Blue"),
         "the class has the work of Team Red under it, the row is of Blue"),
        (Known(said_by_course=True, group="Red"), row(group=""),
         "the class has the work of Red under it, the row is of no group"),
        (Known(("Team Red-Zoe",)), row("Zoe", group="Team_Red"), ""),
        (Known(("Zoe",)), row("Zoe", group="Red"), "the class has Zoe under it"),
    ],
)  # fmt: skip
def test_a_second_fact_must_agree(known: Known, roster_row: RosterRow, doubt: str) -> None:
    assert find_doubt(known, roster_row) == doubt
