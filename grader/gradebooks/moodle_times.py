"""When work was handed in, as Moodle's worksheet writes it in the language of whoever downloaded it.

``Tuesday, 1 December 2026, 11:59 PM``; ``вторник, 1 декабря 2026, 23:59``; ``martes, 1 de diciembre de 2026, 23:59``.
The month is always a word, so that nobody has to guess which number is the day. The words are Babel's.
"""

from __future__ import annotations

import datetime
import functools
import re
import unicodedata
from collections.abc import Mapping

from babel import Locale

NOTHING = ("", "-")
"""What stands where nothing was handed in."""
_CLOCK = re.compile(r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?P<half>\D*)")
_NUMBER = re.compile(r"\d+")
_YEAR_DIGITS = 4
_YEARS = range(2000, 2100)
"""Other calendars count from elsewhere."""
_ARTICLES = ("de ", "d'", "d’")
"""What stands before a month in Catalan."""
_NOON = 12


def read_moment(text: str, language: str) -> datetime.datetime | None:
    """Return the clock's time, without a zone; None for what is in no form that is known.

    Args:
        language: one of ``moodle_words.toml``; empty where it is not known, then English is tried.
    """
    date, clock = _split(_plain(text))
    if clock is None:
        return None
    numbers = _NUMBER.findall(date)
    years = [int(number) for number in numbers if len(number) == _YEAR_DIGITS]
    days = [int(number) for number in numbers if len(number) < _YEAR_DIGITS - 1]
    months = {month for word in re.findall(r"[^\W\d_]+", date) if (month := _months(language).get(word))}
    if len(years) != 1 or len(days) != 1 or len(numbers) > 2 or len(months) != 1 or years[0] not in _YEARS:
        return None
    hour = _hour(int(clock["hour"]), clock["half"].replace(".", "").replace(" ", ""), language)
    try:
        return None if hour is None else datetime.datetime(years[0], months.pop(), days[0], hour, int(clock["minute"]))  # noqa: DTZ001
    except ValueError:
        return None


def _plain(text: str) -> str:
    """Return a text in small letters with ordinary spaces: Moodle's libraries write no-break ones of two kinds."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _split(text: str) -> tuple[str, re.Match[str] | None]:
    found = next((match for match in _CLOCK.finditer(text) if match.end() == len(text)), None)
    return (text, None) if found is None else (text[: found.start()], found)


def _hour(hour: int, half: str, language: str) -> int | None:
    """Return the hour of the day; None where what stands behind the time is not known."""
    if not half:
        return hour
    for number, name in enumerate(("am", "pm")):
        if half in _half_days(language)[name]:
            return hour % _NOON + _NOON * number if hour <= _NOON else hour
    return None


@functools.cache
def _months(language: str) -> Mapping[str, int]:
    """Return the months by their words, as they stand in a date and alone; English, too, for what is not translated."""
    names: dict[str, int] = {}
    for one in {"en", language or "en"}:
        for form in ("format", "stand-alone"):
            for number, name in Locale.parse(one).months[form]["wide"].items():
                word = _plain(name)
                for article in _ARTICLES:
                    word = word.removeprefix(article)
                names[word] = number
    return names


@functools.cache
def _half_days(language: str) -> Mapping[str, frozenset[str]]:
    """Return what stands for the halves of the day, without dots and spaces."""
    periods = [table for one in {"en", language or "en"} for table in Locale.parse(one).day_periods["format"].values()]
    return {
        half: frozenset(_plain(table[half]).replace(".", "").replace(" ", "") for table in periods if half in table)
        | {half}
        for half in ("am", "pm")
    }
