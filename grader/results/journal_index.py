"""Whose a stored result is: the class as it was begun last, and what of the journal belongs to it.

A result belongs to an entry of the class when it is of the same student (the platform's id; where there is none, the
name) and of the very content that the entry has now. The name that reports show decides nothing: it changes when a
second student of that name arrives, or with the attempts that count. A result keeps the name that it was stored under;
the class record that was in force then tells whose it was.

In a plain folder the name is the id, and it changes as well (``A`` becomes ``A.py`` when a folder ``A`` arrives): there
the content tells alone, of which the file's own name is a part, and no folder has that twice.

Only for a class record without contents, from before they were kept, does the shown name decide.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from grader.results.journal import Record, read_journal

_PLAIN = "folder"
"""The platform of a plain folder, as `grader.submissions.platforms` calls it."""


@dataclass(frozen=True)
class WorkKey:
    """What a result hangs on: where both halves are the same, grading again would give the same result."""

    content: str
    """Of what was handed in."""
    grading: str
    """Of everything else: grader, tests, rubric, settings, libraries and secret; see ``grader.engine.grading_key``."""


@dataclass(frozen=True)
class GradingKey:
    """What the results of a run hang on besides the submissions, part by part of the rubric."""

    parts: Mapping[str, str]
    """For each part, in the rubric's order, the key of the lines that it has in common with none but its section."""

    @property
    def whole(self) -> str:
        """One key over all, in hex: the grading half of a `WorkKey`."""
        return hashlib.sha256(json.dumps(dict(self.parts), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class EntryRecord:
    """An entry of a class: one submission of one student or group."""

    name: str
    """As reports show it."""
    student: str
    attempt: int = 1
    content: str | None = None
    """The content half of its key; None where nobody kept it."""
    is_plain: bool = False
    """Whether it is of a plain folder, where the id is no more than the name."""
    path_name: str = ""
    """Of what was graded, as the class folder had it."""
    own_name: str | None = None
    """How its author called that; see `grader.submissions.platforms`. None where nobody kept it."""

    @property
    def holder(self) -> str:
        """Who holds the results of a content."""
        return "" if self.is_plain else self.student


@dataclass(frozen=True)
class Stored:
    """A result in the journal."""

    number: int
    """Of its record, from the journal's beginning."""
    whose: EntryRecord
    """The entry that it was stored for."""
    key: WorkKey
    has_mark: bool
    record: Record
    """The whole of it; empty in a index that was called without."""
    is_anew: bool = False
    """Whether there was no marked result of its content when its run began: then no line of an earlier one was kept."""


@dataclass
class JournalIndex:
    """All of one reading of a journal."""

    begun: Record = field(default_factory=dict)
    """The class record that was written last; empty where there is none."""
    latest: dict[str, Stored] = field(default_factory=dict)
    """The result of each entry that has one, by the entry's name; without a class, the latest under each name."""
    missing: list[str] = field(default_factory=list)
    """The names of the entries that have none: they are not graded yet."""
    names: set[str] = field(default_factory=set)
    """All that results were ever stored under."""
    entries: dict[str, EntryRecord] = field(default_factory=dict)
    gradings: dict[str, GradingKey] = field(default_factory=dict)
    """The conditions of the runs over a class, by the grading half of their results' keys."""
    size: int = 0
    """Records that were read."""

    def find_kept(self, before: WorkKey, now: WorkKey) -> dict[str, bool]:
        """Return, for each part of the present rubric, whether its lines hang on the same as before.

        Empty when the run of the present key is not known.
        """
        nothing_known = GradingKey({})
        earlier, present = (self.gradings.get(key.grading, nothing_known).parts for key in (before, now))
        is_same_work = before.content == now.content
        return {part: is_same_work and earlier.get(part) == key for part, key in present.items()}

    def find_before(self, out_dir: Path) -> dict[str, Stored]:
        """Return, by name, the last marked result under another key that an entry's present one took the place of.

        It is of the same content, or else of the same student's same attempt: content that is still in the class as
        another attempt was not replaced. Only what this index has read counts, so a run that writes meanwhile does not
        disturb.
        """
        held = {(entry.holder, entry.content) for entry in self.entries.values()}
        of_student: dict[str, list[tuple[str, Stored]]] = {}
        for name, now in self.latest.items():
            of_student.setdefault(now.whose.student, []).append((name, now))
        before: dict[str, Stored] = {}
        for _begun, stored in islice(_read(out_dir), self.size):
            if stored is None or not stored.has_mark:
                continue
            is_held = (stored.whose.holder, stored.key.content) in held
            for name, now in of_student.get(stored.whose.student, ()):
                is_same_attempt = stored.whose.attempt == now.whose.attempt and not is_held
                is_earlier = stored.number < now.number and stored.key != now.key
                if is_earlier and (stored.key.content == now.key.content or is_same_attempt):
                    before[name] = stored
        return before


def changed_parts(parts: Mapping[str, bool]) -> tuple[str, ...]:
    """Return the parts that `JournalIndex.find_kept` says are not as before."""
    return tuple(part for part, is_kept in parts.items() if not is_kept)


def load_index(out_dir: Path, *, whole: bool = False) -> JournalIndex:
    """Read the journal of an output folder.

    Args:
        whole: with the records of results and modules, which take some memory in a large class.
    Raises:
        UsageError: see `read_journal`.
    """
    index = JournalIndex()
    of_content: dict[tuple[str, str], Stored] = {}
    of_name: dict[str, Stored] = {}
    marked_before: set[tuple[str, str]] = set()
    for begun, stored in _read(out_dir):
        if begun is not index.begun:
            marked_before = {place for place, earlier in of_content.items() if earlier.has_mark}
        if begun is not index.begun and "parts" in begun:
            grading = GradingKey(begun["parts"])
            index.gradings[grading.whole] = grading
        index.begun, index.size = begun, index.size + 1
        if stored is not None:
            place = stored.whose.holder, stored.key.content
            is_anew = place not in marked_before
            kept = replace(stored, record=stored.record if whole else {}, is_anew=is_anew)
            of_content[place] = kept
            of_name[stored.whose.name] = kept
    index.names = set(of_name)
    if not index.begun:
        index.latest = of_name
        return index
    index.entries = _entries(index.begun)
    for name, entry in index.entries.items():
        found = of_name.get(name) if entry.content is None else of_content.get((entry.holder, entry.content))
        if found is None:
            index.missing.append(name)
        else:
            index.latest[name] = found
    return index


def read_stored(out_dir: Path, numbers: Container[int]) -> Iterator[Stored]:
    """Yield the results of these numbers, one after the other."""
    return (stored for _begun, stored in _read(out_dir) if stored is not None and stored.number in numbers)


def _read(out_dir: Path) -> Iterator[tuple[Record, Stored | None]]:
    """Yield for each record the class record in force (empty for none), and what it holds if it is a result."""
    begun: Record = {}
    entries: dict[str, EntryRecord] = {}
    for number, record in enumerate(read_journal(out_dir)):
        if record["kind"] == "class":
            begun, entries = record, _entries(record)
        if record["kind"] == "result":
            name = str(record["result"]["submission"])
            key, has_mark = WorkKey(record["content"], record["grading"]), record["result"]["score"] is not None
            yield begun, Stored(number, entries.get(name) or EntryRecord(name, name), key, has_mark, record)
        else:
            yield begun, None


def _entries(begun: Record) -> dict[str, EntryRecord]:
    known = {student["name"]: student for student in begun.get("students", [])}
    contents = begun.get("contents", {})
    return {
        name: EntryRecord(
            name,
            str(known.get(name, {}).get("student", name)),
            known.get(name, {}).get("attempt", 1),
            contents.get(name),
            known.get(name, {}).get("platform") == _PLAIN,
            str(known.get(name, {}).get("path", "")),
            known.get(name, {}).get("own_name"),
        )
        for name in begun["names"]
    }
