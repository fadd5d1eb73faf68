"""Languages in the grader: the catalogue that students have, and the one of what only the grader says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.assignment.public_tests.checks import language
from grader.system.errors import UsageError

FOLDER = Path(__file__).resolve().parent / "locale"
CHOICES = language.LANGUAGES


def use_language(name: str) -> None:
    """Choose the language of this process: `tr` and `trn` look in both catalogues.

    Raises:
        UsageError: there is no such language.
    """
    try:
        language.use_language(name, FOLDER)
    except ValueError as error:
        raise UsageError(str(error)) from error


@contextlib.contextmanager
def in_language(name: str) -> Iterator[None]:
    """Use another language for a while, in this process; see `use_language`."""
    before = language.language_in_use()
    use_language(name)
    try:
        yield
    finally:
        use_language(before)
