"""Whose a row is: never by a number alone.

Numbers collide: a group's with a participant's, those of one course with those of the next. So a row is somebody's only
where a second fact agrees: the name. Everything else stays empty and is named, whatever the platform.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from grader.gradebooks.roster import RosterRow
from grader.submissions.shown_text import shown

_STRIPPED = re.compile(r"""[\x00-\x1f\x7f&<>"`|':\\/]""")
_TAG = re.compile(r"<[^<>]*>")
_MOST_WORDS = 8
"""Of a name that is looked for in one written together in any order: the tries are bounded."""


@dataclass(frozen=True)
class Known:
    """Somebody of whom the class has a submission."""

    names: tuple[str, ...] = ()
    """What the download, or whoever names members of groups, calls them; one that agrees is enough."""
    said_by_course: bool = False
    """Whether the course's ``[groups]`` names them by number: then the instructor says whose it is."""
    group: str = ""
    """The group that handed in for them, as the download calls it; empty for one's own work."""


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in their order, without what platforms and people write in different ways.

    These are upper case, composed accents, ways to write one letter, spaces of any kind, ``_``, and every mark that is
    no part of a word: Moodle strips quotes, slashes and colons from names of folders, Canvas all marks.
    """
    text = unicodedata.normalize("NFKC", _TAG.sub("", html.unescape(name))).casefold()
    kept = (char if unicodedata.category(char)[0] in "LMN" else _instead_of(char) for char in text)
    return tuple(unicodedata.normalize("NFKC", "".join(kept)).split())


def _instead_of(char: str) -> str:
    return " " if char.isspace() or char in "_,;" else ""


def names_agree(one: str, other: str) -> bool:
    """Tell whether two names are of one person: the same words in any order, or all of them written together."""
    words, others = words_of(one), words_of(other)
    if not words or not others:
        return bool(one.strip()) and one.strip() == other.strip()
    return sorted(words) == sorted(others) or _is_made_of(one, others) or _is_made_of(other, words)


def _is_made_of(name: str, words: tuple[str, ...]) -> bool:
    """Tell whether a name without spaces is several words, written one after the other; Canvas leaves ``_`` in it."""
    text = "".join(words_of(name))
    if len(name.split()) != 1 or len(text) != sum(map(len, words)):
        return False
    return text == "".join(words) or (len(words) <= _MOST_WORDS and _begins_with(text, words))


def _begins_with(text: str, words: tuple[str, ...]) -> bool:
    if not words:
        return not text
    places = {word: place for place, word in enumerate(words)}
    return any(
        text.startswith(word) and _begins_with(text[len(word) :], words[:place] + words[place + 1 :])
        for word, place in places.items()
    )


def groups_agree(one: str, other: str) -> bool:
    """Tell whether two names are of one group: as Moodle writes them in folders, but for case and spaces.

    All other marks count: ``C`` is not ``C++``, ``Team 1.1`` not ``Team 11``.

    Args:
        one: as a folder's name has it. Moodle writes ``&amp;`` into those and strips the ``&``: R&D is ``Ramp;D``.
    """
    others = (other, other.replace("&", "&amp;"))
    return bool(_group_key(one)) and _group_key(one) in map(_group_key, others)


def _group_key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", as_in_folders(name)).casefold().split())


def as_in_folders(name: str) -> str:
    """Return a name as Moodle writes it in a folder's."""
    return _STRIPPED.sub("", name.replace("_", " "))


def find_doubt(known: Known, row: RosterRow) -> str:
    """Say why a row with the number of somebody may be another's; nothing where a second fact agrees."""
    if known.group and row.group is not None:
        if groups_agree(known.group, row.group):
            return ""
        return (
            f"the class has the work of {shown(known.group)} under it, the row is of {shown(row.group) or 'no group'}"
        )
    # In group work, a folder that is a student's own has the group's name before the student's (Moodle before 4.0).
    name = row.name if row.group is None else f"{row.group}-{row.name}"
    if any(names_agree(one, name) or names_agree(one, row.hidden) for one in known.names):
        return ""
    if known.said_by_course and not known.names:
        return ""
    told = f"the class has {shown(known.names[0])} under it" if known.names else "the class knows no name for it"
    return told if row.name else f"{told}, and the row has no name to tell by"
