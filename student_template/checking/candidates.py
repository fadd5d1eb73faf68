"""Find the one module in what a folder or a zip holds; nothing is opened here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from tests.checks.language import later, tr, trn
from .errors import SubmissionError
from .contract import MODEL_SUFFIX, MODULE_STEM, MODULE_SUFFIXES
from .shown_text import shown, shown_list

MAX_DEPTH = 4
"""How many folders deep the module may lie."""
MAX_NOTES = 10
PASSED_OVER = frozenset({"__pycache__", "__macosx", "tests", "venv"})
"""Folders that are never looked into (besides hidden ones), compared without regard to case."""

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
    def is_module(self) -> bool:
        return self.kind is EntryKind.FILE and self.suffix in MODULE_SUFFIXES

    @property
    def has_contract_name(self) -> bool:
        return self.path.stem.casefold() == MODULE_STEM


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


def choose_module(entries: Iterable[Entry], where: str, *, is_untouched: Callable[[PurePosixPath], bool]) -> Choice:
    """Return the one module among the entries; ``where`` names the folder or zip in messages.

    Args:
        is_untouched: asked of a module and a notebook that lie side by side: is it the template, as it was given out?
    Raises:
        SubmissionError: there is none, or more than one that could be meant.
    """
    visible = sorted((entry for entry in entries if not is_passed_over(entry.path)), key=lambda entry: entry.path)
    found = find_candidates(visible)
    if not found:
        raise SubmissionError(_nothing_found(visible, where))
    named = found[0].has_contract_name
    if named and len(found) == 2:
        found = [entry for entry in found if not is_untouched(entry.path)] or found[:1]
    if len(found) > 1:
        raise SubmissionError(_several_found(found, where, named=named))
    chosen = found[0]
    should_be = tr(
        "{name}: its name should be {right}.", name=shown(chosen.path.name), right=MODULE_STEM + chosen.suffix
    )
    notes = [] if named else [should_be]
    return Choice(chosen.path, tuple(notes + _notes_on_others(visible, chosen)))


def find_lone_zip(entries: Iterable[Entry]) -> PurePosixPath | None:
    """Return the zip that stands for a whole folder: platforms put what one student handed in into a folder.

    There is none beside a module, and none of two.
    """
    visible = [entry for entry in entries if not is_passed_over(entry.path)]
    packed = [entry.path for entry in visible if entry.suffix == ".zip" and entry.kind is EntryKind.FILE]
    has_module = any(entry.suffix in MODULE_SUFFIXES for entry in visible)  # a link, too: it is told of
    return packed[0] if len(packed) == 1 and not has_module else None


def find_candidates(visible: Sequence[Entry]) -> list[Entry]:
    """Return the modules of the contract's name; where there is none, all modules."""
    modules = [entry for entry in visible if entry.is_module]
    return [entry for entry in modules if entry.has_contract_name] or modules


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


def _notes_on_others(visible: Sequence[Entry], chosen: Entry) -> list[str]:
    notes = [note for entry in visible if entry is not chosen and (note := _note_on(entry, chosen))]
    more = len(notes) - MAX_NOTES
    return (
        notes
        if more <= 0
        else [
            *notes[:MAX_NOTES],
            trn("... and {count} more file that is not used.", "... and {count} more files that are not used.", more),
        ]
    )


def _note_on(entry: Entry, chosen: Entry) -> str | None:
    name = shown(str(entry.path))
    if entry.kind is EntryKind.LINK:
        return tr("{name} is not used: links are not followed.", name=name)
    if entry.suffix == MODEL_SUFFIX:
        return tr("{name} is not used: the grader trains the models itself.", name=name)
    if entry.suffix == ".zip" and not chosen.has_contract_name:
        return tr("{name} is not opened: a module lies beside it.", name=name)
    if entry.suffix in MODULE_SUFFIXES:
        return tr("{name} is not used: a submission is one module.", name=name)
    return None
