"""The language of a process: chosen, found in the environment, and looked up when a text is shown."""

from __future__ import annotations

import locale
from collections.abc import Iterator

import pytest

from grader.assignment.public_tests.checks.language import (
    find_language,
    language_for,
    language_in_use,
    later,
    tr,
    trn,
    use_language,
)
from grader.assignment.public_tests.checks.messages import CheckFailed
from grader.i18n.languages import in_language
from grader.i18n.languages import use_language as use_in_grader
from grader.system.errors import UsageError


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use_language("en")


def test_english_is_what_the_sources_say() -> None:
    assert tr("look at the last layer") == "look at the last layer"
    assert [trn("{count} picture", "{count} pictures", count) for count in (1, 2)] == ["1 picture", "2 pictures"]


def test_russian_has_three_forms() -> None:
    use_language("ru")
    told = [trn("{count} picture", "{count} pictures", count) for count in (1, 2, 5, 11, 21, 112)]
    assert told == ["1 картинка", "2 картинки", "5 картинок", "11 картинок", "21 картинка", "112 картинок"]


def test_values_are_filled_in_and_never_read_as_a_format() -> None:
    use_language("ru")
    assert tr("shape {shape}", shape="{0}") == "форма {0}"
    assert tr("a text of a student: {} {x}") == "a text of a student: {} {x}"
    assert tr("") == ""


def test_a_constant_is_looked_up_when_it_is_shown() -> None:
    constant = later("showing pictures")
    use_language("ru")
    assert tr(constant) == "показ картинок"


def test_the_grader_looks_in_its_own_catalogue_too() -> None:
    use_language("ru")
    assert tr("no mark") == "no mark"
    use_in_grader("ru")
    assert (tr("no mark"), tr("showing pictures")) == ("нет оценки", "показ картинок")


def test_another_language_lasts_for_a_while() -> None:
    with in_language("ru"):
        assert language_in_use() == "ru"
    assert language_in_use() == "en"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="language 'xx' is not known; choose one of: en, ru"):
        use_language("xx")
    with pytest.raises(UsageError, match="language 'xx' is not known"):
        use_in_grader("xx")


@pytest.mark.parametrize(
    ("environment", "encoding", "found"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "utf-8", "ru"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "ru_RU.UTF-8"}, "utf-8", "ru"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "ru:en"}, "utf-8", "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "utf-8", "en"),
        ({"LANG": "de_DE.UTF-8"}, "utf-8", "en"),
        ({"LANG": "ru_RU.CP1251"}, "cp1251", "ru"),
        ({"LANG": "ru_RU.UTF-8"}, "cp1252", "en"),
        ({"LANG": "ru_RU.UTF-8"}, None, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "no such encoding", "en"),
    ],
)
def test_the_system_is_asked(environment: dict[str, str], encoding: str | None, found: str) -> None:
    assert find_language(encoding, environment) == found


@pytest.mark.parametrize(
    ("name", "found"), [("Russian_Russia", "ru"), ("ru_RU", "ru"), ("English_India", "en"), (None, "en")]
)
def test_windows_has_no_variables(name: str | None, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "getlocale", lambda: (name, None))
    assert find_language("utf-8", {}) == found


def test_the_parts_of_a_message_are_aligned_in_both_languages() -> None:
    for language in ("en", "ru"):
        use_language(language)
        error = CheckFailed("what", given="1", came="2", expected="3", cause="4", details=["table"], hint="5")
        head, *lines = str(error).splitlines()
        assert head == "what"
        assert lines.pop(4) == "    table"
        assert len({line.rindex(" ") for line in lines}) == 1
        assert [line[-1] for line in lines] == list("12345")


@pytest.mark.parametrize(
    ("wanted", "encoding", "language"),
    [("ru", "utf-8", "ru"), ("ru", "ascii", "en"), ("ru", None, "en"), ("en", "ascii", "en")],
)
def test_a_language_that_is_asked_for_is_spoken_where_the_terminal_can_show_it(
    wanted: str, encoding: str | None, language: str
) -> None:
    assert language_for(wanted, encoding) == language
