"""Take in one submission: find its module, read it as text, and plan how the worker may load it.

Nothing here imports or runs a student's code, writes a file, or reads more than one module of what was handed in.
"""

import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath

from grader.assignment.public_tests.checks.language import tr
from grader.sandbox.module_running import room_for_deep_trees
from grader.submissions.archive import read_archive
from grader.submissions.candidates import EntryKind, choose_module, find_lone_zip
from grader.submissions.cells import Cell, holds_commands, read_cell
from grader.submissions.contents import Content
from grader.submissions.contract import MODULE_SUFFIXES, without_hiding_ending
from grader.submissions.decoding import decode_python
from grader.submissions.definitions import Filtered, LeftOut, keep_definitions, made_or_built
from grader.submissions.files import Files, FilesOnDisk, default_name, where_of
from grader.submissions.kinds import check_content, is_notebook_name, kind_by_content, limit_bytes_for, wrong_kind
from grader.submissions.module_facts import ModuleFacts
from grader.submissions.notebook import read_notebook
from grader.submissions.opening import read_whole
from grader.submissions.parsing import TOO_DEEP, check_amount, check_module, find_problem, parse_tree
from grader.submissions.shown_text import shown
from grader.submissions.source_text import SourceText
from grader.system.errors import SubmissionError

MAX_LEFT_OUT = 40
MAX_MAKERS = 2_000
MAX_STATEMENT_CHARS = 60
DEMONSTRATIONS = Path(__file__).with_name("demonstrations.txt")
"""What the template's notebook does between its functions; a release writes it."""


@dataclass(frozen=True)
class LoadPlan:
    """One way to load the module.

    ``name`` is ``whole``, ``needed`` (definitions, the values that they read, and what changes these), ``sure`` (only
    what surely builds on them) or ``plain`` (definitions and plain values). ``source`` is text, to be compiled as
    ``str`` with the submission's ``file_name``. ``left_out`` has one sentence for each statement that is not run.
    """

    name: str
    source: str
    left_out: tuple[str, ...]
    unmade: tuple[tuple[str, str], ...] = ()
    """Names that are not made, each with the sentence on what would make it."""
    makers: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """What the statements of the source make, by their lines: one that fails does not."""


@dataclass(frozen=True)
class Submission:
    """A submission that was read: its module as source text, and what its author should know.

    Attributes:
        name: how the class calls it.
        file_name: the module's bare name as handed in.
        plans: to be tried in this order; the first whose import succeeds is graded.
        notes: sentences on files that are not used, and on names.
        sha256: of the module's bytes as handed in.
        text: the module's source before anything is left out; a notebook's code cells one below the other.
    """

    name: str
    file_name: str
    plans: tuple[LoadPlan, ...]
    notes: tuple[str, ...]
    sha256: str
    _origins: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)

    def place(self, line: int) -> str:
        """Return where a line of a plan's source stands: ``line 12``, or ``cell 7, line 3`` in a notebook.

        Cells are numbered from 1 over the code cells that are not empty: the number that ``In [7]`` shows after
        "Restart and run all". Every plan has the same lines.
        """
        if not self._origins:
            return tr("line {line}", line=line)
        number, cell_line = self._origins[min(max(line, 1), len(self._origins)) - 1]
        return tr("cell {cell}, line {line}", cell=number, line=cell_line)


@dataclass(frozen=True)
class _Module:
    """The one module of a submission, not yet decoded; ``where`` is what messages call it."""

    file_name: str
    data: bytes
    where: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Text:
    """The module's source; ``written`` are the lines as its author sees them."""

    text: str
    written: Sequence[str]
    origins: tuple[tuple[int, int], ...] = ()
    left_out: tuple[str, ...] = ()
    has_commands: bool = False
    """A script with notebook commands in it: as a whole it is no Python."""


def read_submission(path: Path, *, name: str | None = None) -> Submission:
    """Read what one student handed in: a ``.py``, ``.ipynb`` or ``.zip`` file, or a folder.

    Args:
        path: of the file or folder; it is not followed when it is a link.
        name: how the class calls it; by default the file's stem or the folder's name.
    Raises:
        SubmissionError: it cannot be graded; the message tells the student why and what to do.
        UsageError: nothing is there.
    """
    return read_files(FilesOnDisk(path), name=name)


def read_files(files: Files, *, name: str | None = None) -> Submission:
    """Read what one student handed in, wherever it comes from; see `read_submission`.

    Raises:
        SubmissionError: it cannot be graded.
    """
    module = _by_content(_find_module(files))
    check_content(module.data, module.where)
    text = _read_text(module)
    unplanned = Submission(
        name=name or default_name(files),
        file_name=shown(module.file_name),
        plans=(),
        notes=(*module.notes, *_notes_on(text, module)),
        sha256=hashlib.sha256(module.data).hexdigest(),
        text=text.text,
        _origins=text.origins,
    )
    return replace(unplanned, plans=_make_plans(text, module, unplanned.place))


def _notes_on(text: _Text, module: _Module) -> list[str]:
    if not text.has_commands:
        return []
    return [
        tr(
            "{name}: notebook commands (% or ! at the start of a line) are no Python, and `python {name}` fails: "
            "take them out, or hand in the notebook.",
            name=shown(module.file_name),
        )
    ]


def _find_module(files: Files) -> _Module:
    if files.kind is None:
        return _find_in_folder(files)
    path = PurePath(files.name)
    if path.suffix.casefold() == ".zip":
        return _find_in_zip(files, None)
    suffix = PurePath(without_hiding_ending(path.name)).suffix.casefold()
    if files.kind is EntryKind.FILE and suffix not in MODULE_SUFFIXES:
        raise wrong_kind(suffix, where_of(files))
    return _Module(path.name, _read(files, None), where_of(files))


def _by_content(module: _Module) -> _Module:
    """Return the module under the name that it should have where its own hides, or belies, what it holds."""
    name = without_hiding_ending(module.file_name)
    suffix = kind_by_content(module.data, PurePath(name).suffix)
    right = str(PurePath(name).with_suffix(suffix))
    if right == module.file_name:
        return module
    kind = tr("a notebook") if is_notebook_name(right) else tr("Python source")
    note = tr(
        "{name} holds {kind}: its name should be {right}.", name=shown(module.file_name), kind=kind, right=shown(right)
    )
    return replace(module, file_name=right, notes=(note, *module.notes))


def _read(files: Files, path: PurePosixPath | None) -> bytes:
    with files.opened(path) as file:
        return read_whole(file, where_of(files, path), limit_bytes_for(path.name if path is not None else files.name))


def _find_in_zip(files: Files, path: PurePosixPath | None) -> _Module:
    where = where_of(files, path)
    with files.opened(path) as file:
        member = read_archive(file, where)
    return _Module(member.path.name, member.data, f"{where}, {shown(str(member.path))}", member.notes)


def _find_in_folder(files: Files) -> _Module:
    entries = files.entries()
    if (packed := find_lone_zip(entries)) is not None:
        return _find_in_zip(files, packed)
    choice = choose_module(entries, where_of(files), look=lambda path: Content(_read(files, path)))
    return _Module(choice.path.name, _read(files, choice.path), where_of(files, choice.path), choice.notes)


def _read_text(module: _Module) -> _Text:
    if not is_notebook_name(module.file_name):
        text = decode_python(module.data, module.where)
        check_amount(text, module.where)
        return _without_commands(text)
    notebook = read_notebook(module.data, module.where)
    return _Text(notebook.text, notebook.written, notebook.origins, notebook.left_out)


def _without_commands(text: str) -> _Text:
    """Read a script like one cell when nothing but notebook commands keeps it from being Python."""
    lines = text.split("\n")
    if holds_commands(text) and find_problem(text) is not None:
        cell = read_cell(1, text)
        if isinstance(cell, Cell) and find_problem(python := "\n".join(cell.python)) is None:
            return _Text(python, lines, has_commands=True)
    return _Text(text, lines)


def _make_plans(text: _Text, module: _Module, place: Callable[[int], str]) -> tuple[LoadPlan, ...]:
    """Return the plans without those that repeat an earlier one.

    The same text as a whole and as definitions are two plans: only the second passes over an import that fails.
    """
    plans: list[LoadPlan] = []
    if not is_notebook_name(module.file_name) and not text.has_commands:
        check_module(text.text, module.where, module.file_name, place)
        plans.append(LoadPlan("whole", text.text, ()))
    try:
        with room_for_deep_trees():
            plans += _filtered_plans(text, module, place)
    except RecursionError as error:  # of a Python whose trees have a bound that nobody can move
        if not plans:  # a script that Python takes can be graded as it is
            raise SubmissionError(
                tr(
                    "{where}: {too_deep}. Split long chains and nested blocks.",
                    where=module.where,
                    too_deep=tr(TOO_DEEP),
                )
            ) from error
    seen: dict[tuple[bool, str], LoadPlan] = {}
    for plan in plans:
        seen.setdefault((plan.name == "whole", plan.source), plan)
    return tuple(seen.values())


def _filtered_plans(text: _Text, module: _Module, place: Callable[[int], str]) -> Iterator[LoadPlan]:
    facts = ModuleFacts(SourceText(text.text), parse_tree(text.text))
    for name, with_needed, with_work in (("needed", True, True), ("sure", True, False), ("plain", False, False)):
        filtered = keep_definitions(facts, with_needed=with_needed, with_work=with_work)
        check_module(filtered.source, module.where, module.file_name, place)
        yield LoadPlan(
            name,
            filtered.source,
            _sentences(filtered, text, place),
            _unmade(filtered, text, place),
            tuple((one.lineno, made_or_built(facts, one)) for one in facts.tree.body)[:MAX_MAKERS],
        )


def _unmade(filtered: Filtered, text: _Text, place: Callable[[int], str]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for one in filtered.left_out:
        for name in one.names:
            found.setdefault(name, _sentence(one, text, place))
    return tuple(found.items())[:MAX_MAKERS]


def _sentences(filtered: Filtered, text: _Text, place: Callable[[int], str]) -> tuple[str, ...]:
    own = [one for one in filtered.left_out if not (text.origins and _is_demonstration(one))]
    more = len(text.left_out) + len(own) - MAX_LEFT_OUT
    shown_ones = (_sentence(one, text, place) for one in own[:MAX_LEFT_OUT])
    sentences = (*text.left_out, *shown_ones)[:MAX_LEFT_OUT]
    return sentences if more <= 0 else (*sentences, tr("... and {more} more", more=more))


def _is_demonstration(left_out: LeftOut) -> bool:
    """Tell whether a statement stands in the notebook that students were given, which may keep it."""
    return left_out.text in demonstrations()


@functools.cache
def demonstrations() -> frozenset[str]:
    return frozenset(DEMONSTRATIONS.read_text(encoding="utf-8").splitlines())


def _sentence(left_out: LeftOut, text: _Text, place: Callable[[int], str]) -> str:
    written = text.written[left_out.line - 1]
    is_magic = left_out.text not in written  # its author wrote %magic, not the call that it became
    statement = shown(written if is_magic else left_out.text, MAX_STATEMENT_CHARS)
    return f"{place(left_out.line)}: `{statement}`: {tr(left_out.reason)}"
