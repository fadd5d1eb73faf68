"""Facts of objects that stay in the worker, which only it can tell: checked for type before a test sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.assignment.public_tests.checks.arguments import change_words
from grader.assignment.public_tests.checks.language import tr
from grader.marking.student_errors import StudentCrash


def checked_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a History or a Figure, which only the worker knows, after checking every type.

    Raises:
        StudentCrash: they are not what a worker of ours states.
    """
    history, subplots = facts.get("history", {}), facts.get("subplots", [])
    good = isinstance(history, dict) and isinstance(subplots, list)
    good = good and all(_is_list_of(values, float) for values in history.values())
    good = good and isinstance(facts.get("epochs", 0), int) and isinstance(facts.get("part", False), bool)
    good = good and all(isinstance(subplot, dict) and _is_subplot(subplot) for subplot in subplots)
    if not good:
        raise StudentCrash(tr("The facts of a returned object cannot be read."))
    return facts


def changed_arguments(told: object) -> list[str]:
    """Return what a call changed of the arguments that it was given, in words; what makes no sense is passed over."""
    return change_words(told.values() if isinstance(told, dict) else ())


def pairs(value: object) -> list[tuple[Any, Any]]:
    """Return the pairs in a list from the worker; everything else in it is passed over."""
    return [pair for pair in value if isinstance(pair, tuple) and len(pair) == 2] if isinstance(value, list) else []


def _is_subplot(subplot: dict[str, Any]) -> bool:
    """Tell whether a subplot has every part that `figure_facts` states, each of its type."""
    return set(subplot) == set(_SUBPLOT) and all(is_sound(subplot[part]) for part, is_sound in _SUBPLOT.items())


def _is_pictures(value: object) -> bool:
    return _is_list_of(value, np.ndarray) and all(picture.ndim in (2, 3) for picture in value)  # type: ignore[attr-defined]


def _is_texts(value: object) -> bool:
    return _is_list_of(value, str)


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


_SUBPLOT: dict[str, Callable[[object], bool]] = {"pictures": _is_pictures, "texts": _is_texts, "marks": _is_texts}
"""The parts of a subplot that the tests read."""
