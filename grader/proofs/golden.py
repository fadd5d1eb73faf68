"""The messages that students get for known mistakes, kept as text for people to review: a change of one is shown."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from grader.proofs.cases import Fault, Kind, Problem, Verdict, without_numbers
from grader.results.models import Outcome
from grader.results.rubric import load_rubric
from grader.results.store import write_text_atomic
from grader.system.assets import corpus_dir
from grader.system.errors import UsageError

Messages = dict[tuple[str, str], str]
"""By mutant and rubric line."""
_HEADING = re.compile(r"^=== (\S+) (\S+)$", re.MULTILINE)


def golden_file() -> Path:
    """Return where the messages lie."""
    return corpus_dir() / "mutants" / "messages.txt"


def messages_of(verdicts: Iterable[Verdict]) -> Messages:
    """Return what students with these mistakes read, skipped lines left out."""
    return {
        (verdict.case.name, item.id): item.message
        for verdict in verdicts
        if verdict.case.kind is Kind.MUTANT and verdict.seed == 0
        for item in verdict.result.items
        if item.points < item.max_points and item.outcome not in {Outcome.SKIPPED, Outcome.GRADER_ERROR}
    }


def read_messages(path: Path | None = None) -> Messages:
    """Return the kept messages; none when there is no file.

    Raises:
        UsageError: it cannot be read, does not begin with a heading, or has one twice.
    """
    path = path or golden_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}). Make it anew: digitlab validate --record") from error
    pieces = _HEADING.split(text)
    headings = Counter(zip(pieces[1::3], pieces[2::3], strict=True))
    twice = " ".join(next((heading for heading, count in headings.items() if count > 1), ()))
    if twice or pieces[0].strip():
        what = f"`=== {twice}` stands there twice" if twice else f"it begins with {pieces[0].strip()[:60]!r}"
        raise UsageError(
            f"{path}: is no file of messages: {what}; expected one `=== MUTANT LINE` before each message. "
            "Restore it from git, or remove it and make it anew: digitlab validate --mutants --record"
        )
    return {(pieces[at], pieces[at + 1]): pieces[at + 2].strip("\n") for at in range(1, len(pieces), 3)}


def write_messages(messages: Messages, path: Path | None = None) -> None:
    """Write the messages, for the next reviewer.

    Raises:
        UsageError: the file cannot be written.
    """
    path = path or golden_file()
    text = "".join(f"=== {name} {line}\n{words}\n\n" for (name, line), words in sorted(messages.items()))
    write_text_atomic(path, text)


def keep_messages_of(verdicts: Collection[Verdict], path: Path | None = None) -> None:
    """Put what students with these mistakes read in place of what was kept for them.

    Raises:
        UsageError: the file cannot be read or written.
    """
    graded = {verdict.case.name for verdict in verdicts}
    others = {key: words for key, words in read_messages(path).items() if key[0] not in graded}
    write_messages(others | messages_of(verdicts), path)


def changes(found: Messages, kept: Messages) -> list[tuple[str, Problem]]:
    """Return, with its mutant, each message that is another than the kept one; numbers may differ with the secret.

    How much a network learned hangs on the machine's arithmetic, and on it whether a line that trains loses points and
    with which words: such a message must be one that was kept for the line, whichever mistake it was for.
    """
    trained = load_rubric().costly
    reviewed = {(line, without_numbers(words)) for (_name, line), words in kept.items() if line in trained}
    problems = []
    for (name, line), words in found.items():
        was = kept.get((name, line))
        if (line, without_numbers(words)) in reviewed:
            continue
        if was is None:
            told = f"{line}: a new message. Is it good? Then keep it with --keep-messages.\n{words}"
            problems.append((name, Problem(Fault.MESSAGE, told)))
        elif without_numbers(was) != without_numbers(words):
            told = f"{line}: another message than the reviewed one. Is it better? Then keep it with --keep-messages."
            problems.append((name, Problem(Fault.MESSAGE, f"{told}\n{_difference(was, words)}")))
    return problems


def _difference(was: str, words: str) -> str:
    """Return both texts as one: lines in common as they are, the old ones with a minus, the new ones with a plus."""
    return "\n".join(line.rstrip() for line in difflib.ndiff(was.splitlines(), words.splitlines()) if line[0] != "?")
