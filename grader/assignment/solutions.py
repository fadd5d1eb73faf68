"""Turn the reference solution into stubs: cut what stands between ``# BEGIN SOLUTION`` and ``# END SOLUTION``.

Inside a function the block becomes one ``raise NotImplementedError("name: what to do")``; at module level it vanishes.
Whatever an author can get wrong stops the release with file, line and what was expected.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.system.errors import ReleaseError

_ANY_MARKER = re.compile(r"#\s*(?:BEGIN|END)\s*SOLUTION", re.IGNORECASE)
_BEGIN = re.compile(r"(?P<indent> *)# BEGIN SOLUTION(?:: *(?P<task>.*?))? *")
_END = re.compile(r"(?P<indent> *)# END SOLUTION *")

_TELLING_LENGTH = 16
"""A line this short, or shorter, gives nothing away: ``model.save(path)`` stands in honest tests as well."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class _Block:
    """One solution: the 1-based lines of its two markers, their indent in spaces, and the text after the colon."""

    begin: int
    end: int
    indent: int
    task: str


def strip_solutions(source: str, *, file_name: str) -> str:
    """Return the module with every solution cut out; `file_name` is what errors call the source.

    Raises:
        ReleaseError: a marker is misplaced or misspelt, a task has no text, or what is left is not a sound module.
    """
    lines = source.split("\n")
    _check_tabs(lines, file_name)
    tree = _parse(source, file_name, "the reference")
    kept: list[str] = []
    position = 0
    for block in _find_blocks(lines, file_name):
        kept += lines[position : block.begin - 1]
        stub = _stub(block, _enclosing_function(block, tree, lines, file_name), file_name)
        position = block.end
        if stub:
            kept.append(stub)
        else:
            position = _skip_blank_lines(lines, position)
    stripped = "\n".join(kept + lines[position:])
    _parse(stripped, file_name, "what is left without the solutions")
    return stripped


def solution_lines(source: str, *, file_name: str = "the reference") -> list[str]:
    """Return the telling lines of all solutions, stripped, in order, each once.

    A line is telling when it occurs nowhere outside of the solutions, is longer than a few characters and is neither
    only brackets nor a bare ``return name``.
    """
    lines = source.split("\n")
    inside: list[str] = []
    outside: list[str] = []
    position = 0
    for block in _find_blocks(lines, file_name):
        outside += lines[position : block.begin - 1]
        inside += lines[block.begin : block.end - 1]
        position = block.end
    rest = "\n".join(outside + lines[position:])
    candidates = dict.fromkeys(line.strip() for line in inside)
    return [line for line in candidates if _is_telling(line) and line not in rest]


def _is_telling(line: str) -> bool:
    return (
        len(line) > _TELLING_LENGTH and re.search(r"\w", line) is not None and re.fullmatch(r"return \w+", line) is None
    )


def _check_tabs(lines: list[str], file_name: str) -> None:
    for number, line in enumerate(lines, start=1):
        if "\t" in line:
            raise ReleaseError(f"{file_name}, line {number}: a tab was found, spaces were expected. Replace it.")


def _find_blocks(lines: list[str], file_name: str) -> Iterator[_Block]:
    begin: re.Match[str] | None = None
    begin_line = 0
    for number, line in enumerate(lines, start=1):
        if not _ANY_MARKER.search(line):
            continue
        where = f"{file_name}, line {number}"
        if match := _BEGIN.fullmatch(line):
            if begin:
                raise ReleaseError(
                    f"{where}: BEGIN SOLUTION inside the block of line {begin_line}; its END SOLUTION was expected "
                    "first."
                )
            begin, begin_line = match, number
        elif match := _END.fullmatch(line):
            if begin is None:
                raise ReleaseError(f"{where}: END SOLUTION without a BEGIN SOLUTION before it.")
            yield _make_block(begin, begin_line, match, number, where)
            begin = None
        else:
            raise ReleaseError(
                f"{where}: {line.strip()!r} is not a marker; expected '# BEGIN SOLUTION: what to do' or "
                "'# END SOLUTION' alone on its line."
            )
    if begin:
        raise ReleaseError(
            f"{file_name}, line {begin_line}: BEGIN SOLUTION is never closed; # END SOLUTION was expected."
        )


def _make_block(begin: re.Match[str], begin_line: int, end: re.Match[str], end_line: int, where: str) -> _Block:
    indent = len(begin["indent"])
    if len(end["indent"]) != indent:
        raise ReleaseError(
            f"{where}: END SOLUTION is indented by {len(end['indent'])} spaces, expected {indent} as its "
            f"BEGIN SOLUTION in line {begin_line}."
        )
    return _Block(begin_line, end_line, indent, begin["task"] or "")


def _enclosing_function(block: _Block, tree: ast.Module, lines: list[str], file_name: str) -> _Function | None:
    """Return the innermost function around the block; a function that the block itself defines does not count."""
    code_line = _first_code_line(block, lines, file_name)
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, _Function) and node.lineno < block.begin and code_line <= (node.end_lineno or 0)
    ]
    if not around and block.indent:
        raise ReleaseError(
            f"{file_name}, line {block.begin}: a solution stands inside a function or at module level, "
            f"not {block.indent} spaces deep outside of a function."
        )
    return max(around, key=lambda node: node.lineno, default=None)


def _first_code_line(block: _Block, lines: list[str], file_name: str) -> int:
    for number in range(block.begin + 1, block.end):
        text = lines[number - 1]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        indent = len(text) - len(text.lstrip())
        if indent != block.indent:
            raise ReleaseError(
                f"{file_name}, line {block.begin}: BEGIN SOLUTION is indented by {block.indent} spaces, "
                f"expected {indent} as the code below it."
            )
        return number
    raise ReleaseError(
        f"{file_name}, line {block.begin}: the solution is empty; code was expected before END SOLUTION."
    )


def _stub(block: _Block, function: _Function | None, file_name: str) -> str:
    """Return the line that replaces the block, or an empty string at module level."""
    if function is None:
        return ""
    if not block.task:
        raise ReleaseError(
            f"{file_name}, line {block.begin}: '# BEGIN SOLUTION: what to do' was expected, for the students of "
            f"{function.name}(); the text after the colon is missing."
        )
    if ast.get_docstring(function) is None or (function.body[0].end_lineno or 0) >= block.begin:
        raise ReleaseError(
            f"{file_name}, line {block.begin}: {function.name}() would be left without a docstring; one was expected "
            "above # BEGIN SOLUTION, where students can read it."
        )
    text = json.dumps(f"{function.name}: {block.task}", ensure_ascii=False)  # a JSON string is a Python literal too
    return f"{' ' * block.indent}raise NotImplementedError({text})"


def _skip_blank_lines(lines: list[str], position: int) -> int:
    while position < len(lines) - 1 and not lines[position].strip():
        position += 1
    return position


def _parse(source: str, file_name: str, what: str) -> ast.Module:
    try:
        tree = ast.parse(source)
        compile(source, file_name, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise ReleaseError(
            f"{file_name}: {what} does not compile: {error.msg}, line {error.lineno}: {(error.text or '').strip()!r}."
        ) from error
    return tree
