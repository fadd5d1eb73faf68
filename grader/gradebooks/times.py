"""When work was handed in, from Moodle's grading worksheet: the download of the submissions does not say it."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from pathlib import Path

from grader.gradebooks.filling import find_moodle_columns, head_of, load_table, student_of

_MODIFIED = ("last modified (submission)", "последнее изменение (ответ)", "последнее изменение (отправка)")
_MOMENT = re.compile(
    r"(?:\w+, )?(?:(?P<day>\d{1,2}) (?P<month>[^\W\d]+)|(?P<month_first>[^\W\d]+) (?P<day_second>\d{1,2}),) "
    r"(?P<year>\d{4})(?: г\.)?, (?P<hour>\d{1,2}):(?P<minute>\d\d)(?:\s?(?P<half>[AP])M)?",
    re.IGNORECASE,
)
"""``Tuesday, 1 December 2026, 11:59 PM``, ``December 1, 2026, 11:59 pm``, or ``вторник, 1 декабря 2026 г., 23:59``."""
_MONTHS = (
    ("january", "января", "январь"), ("february", "февраля", "февраль"), ("march", "марта", "март"),
    ("april", "апреля", "апрель"), ("may", "мая", "май"), ("june", "июня", "июнь"), ("july", "июля", "июль"),
    ("august", "августа", "август"), ("september", "сентября", "сентябрь"), ("october", "октября", "октябрь"),
    ("november", "ноября", "ноябрь"), ("december", "декабря", "декабрь"),
)  # fmt: skip
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NOTHING = ("", "-")


@dataclass
class WorksheetTimes:
    """What a worksheet says of its students."""

    handed_in: dict[str, datetime.datetime] = field(default_factory=dict)
    """By the students' numbers, in UTC."""
    unreadable: list[str] = field(default_factory=list)
    """Times that are in no form that is known, as they stand there."""


def load_times(path: Path, zone: datetime.tzinfo) -> WorksheetTimes:
    """Return when each student changed the submission last; nothing from what is no worksheet, or has no times.

    Args:
        zone: of the times, which Moodle writes by the clock of whoever downloaded the file.
    Raises:
        UsageError: the file cannot be read.
    """
    table, times = load_table(path), WorksheetTimes()
    columns = find_moodle_columns(table)
    head = head_of(table)
    column = next((head.index(name) for name in _MODIFIED if name in head), None)
    if columns is None or column is None:
        return times
    for row in map(table.row, range(1, len(table))):
        if len(row) <= max(column, columns.id) or row[column].strip() in _NOTHING:
            continue
        moment = _moment(row[column].strip(), zone)
        if moment is None:
            times.unreadable.append(row[column])
        else:
            times.handed_in[student_of(row[columns.id])] = moment
    return times


def _moment(text: str, zone: datetime.tzinfo) -> datetime.datetime | None:
    found = _MOMENT.fullmatch(text)
    month = _NUMBERS.get((found["month"] or found["month_first"]).casefold()) if found else None
    if found is None or month is None:
        return None
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"] in "Pp")
    try:
        moment = datetime.datetime(
            int(found["year"]), month, int(found["day"] or found["day_second"]), hour, int(found["minute"]), tzinfo=zone
        )
    except ValueError:
        return None
    return moment.astimezone(datetime.UTC)
