"""Find the one module in what a folder or a zip holds: by its name and, among several, by what they hold."""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Protocol

from grader.assignment.public_tests.checks.language import later, tr, trn
from grader.submissions.contract import (
    MODEL_SUFFIX,
    MODULE_STEM,
    MODULE_SUFFIXES,
    is_named_as_module,
    without_hiding_ending,
)
from grader.submissions.shown_text import shown, shown_list
from grader.system.errors import SubmissionError

MAX_DEPTH = 4
"""How many folders deep the module may lie."""
MAX_NOTES = 10
MAX_LOOKED_INTO = 8
"""Of more modules with other names than the contract's, none is opened."""
PASSED_OVER = frozenset({"__pycache__", "__macosx", "tests", "venv"})
"""Folders that are never looked into (besides hidden ones), compared without regard to case."""

GIVEN = frozenset({"check.py", "checking", "draw.py", "drawing_page"})
"""The template's own modules beside the one to fill in: whoever hands in the whole folder, as clones are, did not make
them."""

UNTOUCHED = later("it is the template, and nothing is written in it")
NAMES = {"module": f"{MODULE_STEM}.py", "notebook": f"{MODULE_STEM}.ipynb"}


class EntryKind(StrEnum):
    """What a name in a folder or a zip stands for."""

    FILE = later("a file")
    LINK = later("a link")
    OTHER = later("not a file")


@dataclass(frozen=True)
class Entry:
    """One name, relative to the folder or zip that was handed in."""

    path: PurePosixPath
    kind: EntryKind = EntryKind.FILE

    @property
    def suffix(self) -> str:
        return self.path.suffix.casefold()

    @property
    def module_path(self) -> PurePosixPath:
        """Return the path by which a module is known: without an ending that hides its own."""
        return self.path.with_name(without_hiding_ending(self.path.name)) if self.path.name else self.path

    @property
    def is_module(self) -> bool:
        return self.kind is EntryKind.FILE and self.module_path.suffix.casefold() in MODULE_SUFFIXES

    @property
    def has_contract_name(self) -> bool:
        return self.path == self.module_path and self.path.stem.casefold() == MODULE_STEM

    @property
    def is_named_as_module(self) -> bool:
        """Tell whether it has the contract's name, or one that copies of such a file get."""
        return is_named_as_module(self.module_path.stem)


@dataclass(frozen=True)
class Choice:
    """The module to grade, and what its author should know about the other files."""

    path: PurePosixPath
    notes: tuple[str, ...]


def is_passed_over(path: PurePosixPath) -> bool:
    """Tell whether a path is hidden, lies in a folder that is never looked into, or lies too deep."""
    folders = {part.casefold() for part in path.parts[:-1]}
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or bool(folders & PASSED_OVER) or len(path.parts) > MAX_DEPTH + 1


class Look(Protocol):
    """What a file holds that could be the module."""

    @property
    def is_untouched(self) -> bool: ...
    @property
    def holds_work(self) -> bool: ...
    @property
    def code(self) -> str: ...


def choose_module(entries: Iterable[Entry], where: str, *, look: Callable[[PurePosixPath], Look]) -> Choice:
    """Return the one module among the entries; ``where`` names the folder or zip in messages.

    Args:
        look: opens a file; asked where there are several that could be meant.
    Raises:
        SubmissionError: there is none, or more than one that could be meant.
    """
    visible = sorted((entry for entry in entries if not is_passed_over(entry.path)), key=lambda entry: entry.path)
    found = find_candidates(visible)
    if not found:
        raise SubmissionError(_nothing_found(visible, where))
    chosen, reasons = _choose(found, functools.cache(lambda entry: look(entry.path)), where)
    should_be = tr(
        "{name}: its name should be {right}.",
        name=shown(chosen.path.name),
        right=MODULE_STEM + chosen.module_path.suffix,
    )
    notes = [] if chosen.module_path.stem.casefold() == MODULE_STEM else [should_be]
    return Choice(chosen.path, tuple(notes + _notes_on_others(visible, chosen, reasons)))


def _choose(found: Sequence[Entry], look: Callable[[Entry], Look], where: str) -> tuple[Entry, dict[Entry, str]]:
    """Return the candidate to grade, and why others are passed over, in words.

    Files of the contract's name come first, with their copies. The template as it was given out is passed over where
    something else holds work, whatever its name, and so is a file with the same code as another.
    """
    named = [entry for entry in found if entry.is_named_as_module]
    if len(found) == 1 or (len(named) == 1 and not look(named[0]).is_untouched):
        return (named or found)[0], {}
    written = [entry for entry in named if not look(entry).is_untouched]
    if not written and len(found) - len(named) <= MAX_LOOKED_INTO:
        written = [entry for entry in found if look(entry).holds_work]
    reasons = {entry: tr(UNTOUCHED) for entry in named if entry not in written}
    several = written or (named[:1] if named else list(found))
    several.sort(key=lambda entry: (not entry.has_contract_name, entry.module_path.suffix.casefold() != ".py"))
    chosen = several[0]
    for entry in several[1:]:
        if len(several) <= MAX_LOOKED_INTO and look(entry).code == look(chosen).code:
            reasons[entry] = tr("it has the same code as {name}", name=shown(str(chosen.path)))
    left = [entry for entry in several if entry not in reasons or entry is chosen]
    if len(left) > 1:
        raise SubmissionError(_several_found(left, where, named=any(entry.has_contract_name for entry in left)))
    reasons.pop(chosen, None)
    return chosen, reasons


def find_lone_zip(entries: Iterable[Entry]) -> PurePosixPath | None:
    """Return the zip that stands for a whole folder: platforms put what one student handed in into a folder.

    There is none beside a module, and none of two.
    """
    visible = [entry for entry in entries if not is_passed_over(entry.path)]
    packed = [entry.path for entry in visible if entry.suffix == ".zip" and entry.kind is EntryKind.FILE]
    has_module = any(entry.module_path.suffix.casefold() in MODULE_SUFFIXES for entry in visible)  # links are told of
    return packed[0] if len(packed) == 1 and not has_module else None


def find_candidates(visible: Sequence[Entry]) -> list[Entry]:
    """Return the modules that could be meant, those of the contract's name and its copies among them."""
    modules = [entry for entry in visible if entry.is_module]
    others = [entry for entry in modules if not entry.is_named_as_module]
    if len(others) < len(modules) and len(others) > MAX_LOOKED_INTO:
        return [entry for entry in modules if entry.is_named_as_module]
    return modules


def expected() -> str:
    """Return in words what can be handed in."""
    return tr("one file, {module} or {notebook}", **NAMES)


def _nothing_found(visible: Sequence[Entry], where: str) -> str:
    if not visible:
        return tr("{where}: is empty. Expected {expected} in it.", where=where, expected=expected())
    there = shown_list(_described(entry) for entry in visible)
    packed = [entry for entry in visible if entry.suffix == ".zip"]
    text = tr(
        "{where}: holds no Python module, only {there}. Expected {expected}.",
        where=where,
        there=there,
        expected=expected(),
    )
    if not packed:
        return text
    hint = tr(
        "{name} is not opened: a zip is when it is the only one, is no link and lies in no other zip.",
        name=shown(packed[0].path.name),
    )
    return f"{text} {hint}"


def _described(entry: Entry) -> str:
    return str(entry.path) if entry.kind is EntryKind.FILE else f"{entry.path} ({tr(entry.kind)})"


def _several_found(found: Sequence[Entry], where: str, *, named: bool) -> str:
    listed = shown_list(str(entry.path) for entry in found)
    count = tr("two") if len(found) == 2 else str(len(found))
    if named:
        return tr("{where}: {count} candidate files: {listed}; leave one.", where=where, count=count, listed=listed)
    return tr(
        "{where}: {count} candidate files: {listed}. Leave one, named {module} or {notebook}.",
        where=where,
        count=count,
        listed=listed,
        **NAMES,
    )


def _notes_on_others(visible: Sequence[Entry], chosen: Entry, reasons: dict[Entry, str]) -> list[str]:
    notes = [note for entry in visible if entry is not chosen and (note := _note_on(entry, chosen, reasons))]
    more = len(notes) - MAX_NOTES
    return (
        notes
        if more <= 0
        else [
            *notes[:MAX_NOTES],
            trn("... and {count} more file that is not used.", "... and {count} more files that are not used.", more),
        ]
    )


def _note_on(entry: Entry, chosen: Entry, reasons: dict[Entry, str]) -> str | None:
    name = shown(str(entry.path))
    if entry in reasons:
        return tr("{name} is not used: {reason}.", name=name, reason=reasons[entry])
    if entry.kind is EntryKind.LINK:
        return tr("{name} is not used: links are not followed.", name=name)
    if entry.suffix == MODEL_SUFFIX:
        return tr("{name} is not used: the grader trains the models itself.", name=name)
    if entry.suffix == ".zip" and not chosen.has_contract_name:
        return tr("{name} is not opened: a module lies beside it.", name=name)
    if entry.is_module and not _is_given(entry, chosen):
        return tr("{name} is not used: a submission is one module.", name=name)
    return None


def _is_given(entry: Entry, chosen: Entry) -> bool:
    folder = chosen.path.parent
    return entry.path.is_relative_to(folder) and entry.path.relative_to(folder).parts[0] in GIVEN
