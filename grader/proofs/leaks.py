"""What a student must never read: the secret, its labels, the hidden tests, the thresholds, the machine's paths."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from grader.marking.datasets import fixture_data
from grader.marking.repeatable_text import own_folders
from grader.marking.thresholds import FIXTURE, MNIST
from grader.proofs.cases import Fault, Problem
from grader.proofs.leaks_of_labels import holds_run, rows_of_text
from grader.results.models import SubmissionResult

ASSIGNMENT = Path(__file__).resolve().parent.parent / "assignment"
MIN_LINE_CHARS = 30
"""A shorter line of a test (`assert found == expected`) may well stand elsewhere."""
_NUMBER = re.compile(r"(\d+)(?:\.0*(?!\d))?")
"""A label, as an integer or as a float."""
_LETTERS = re.compile(r"\b[A-Za-z]\b|[A-Z]{12,}")
"""A letter alone, or as many in a row as a run of labels has."""


@dataclass(frozen=True)
class Hidden:
    """What is to stay hidden in gradings with one secret."""

    texts: dict[str, str]
    """What it is, by the text that would give it away."""
    labels: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """Collect what the secret leads to."""
        coded = (base64.b64encode(secret), base64.urlsafe_b64encode(secret))
        forms = [secret.decode("utf-8", "ignore"), secret.hex(), secret.hex().upper()]
        forms += [code.decode().rstrip("=") for code in coded]
        texts = {form: "the secret" for form in forms if len(form) >= 8}
        texts |= hidden_lines() | thresholds() | machine_paths()
        data = fixture_data(secret)
        labels = {
            "the digits' hidden labels": data.digits.test_labels,
            "the letters' hidden labels": data.letters.test_labels,
        }
        return cls(texts, {name: tuple(int(label) for label in values) for name, values in labels.items()})

    def found_in(self, text: str) -> list[str]:
        """Return what of it a text gives away."""
        written = {text, html.unescape(text), text.replace('\\"', '"')}  # as pages and JSON write quotes
        found = [what for form, what in self.texts.items() if any(form in way for way in written)]
        numbers = tuple(int(number) for number in _NUMBER.findall(text) if len(number) < 4)
        spelled = tuple(int(digit) for digit in "".join(_NUMBER.findall(text)))
        letters = tuple(ord(letter) - ord("A") for letter in "".join(_LETTERS.findall(text)).upper())
        rows = [(numbers, (1,)), (spelled, (1,)), (letters, (1,)), *rows_of_text(text)]
        for name, labels in self.labels.items():
            if any(holds_run(row, labels, strides) for row, strides in rows):
                found.append(name)
        return sorted(set(found))

    def problems(self, result: SubmissionResult) -> list[Problem]:
        """Return what a result tells a student that it must not."""
        shown = [result.reason, *result.notes, *(f"{item.title} {item.message}" for item in result.items)]
        return [Problem(Fault.LEAK, f"{what} in: {text[:200]!r}") for text in shown for what in self.found_in(text)]


def hidden_lines() -> dict[str, str]:
    """Return the lines that stand in hidden tests and in no public ones, with the name of their file."""
    public = "".join(file.read_text(encoding="utf-8") for file in (ASSIGNMENT / "public_tests").rglob("*.py"))
    return {
        line: f"a line of {file.name}"
        for file in sorted((ASSIGNMENT / "hidden_tests").glob("test_*.py"))
        for line in _lines(file)
        if line not in public
    }


def _lines(file: Path) -> Iterable[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if len(text := line.strip()) >= MIN_LINE_CHARS and "raise CheckFailed" not in text:
            yield text


def thresholds() -> dict[str, str]:
    """Return the written forms of the accuracies that points begin and end at."""
    found: dict[str, str] = {}
    for accuracy, what in accuracies():
        numbers = (f"{accuracy:g}", f"{accuracy:.0%}", f"{accuracy * 100:.0f} %")
        words = ("threshold ", "threshold=", "full=", "floor=", "at least ", "more than ", "from ", "below ")
        found |= {word + number: what for word in words for number in numbers}
    return found


def accuracies() -> Iterator[tuple[float, str]]:
    """Yield each accuracy that points begin or end at, with what it is."""
    for mode in (FIXTURE, MNIST):
        for task, threshold in mode.items():
            yield from ((accuracy, f"the threshold of {task}") for accuracy in (threshold.floor, threshold.full))


def machine_paths() -> dict[str, str]:
    """Return where the grader, the interpreter and its libraries are installed: errors of libraries tell it."""
    return dict.fromkeys(own_folders(), "a path of this machine")
