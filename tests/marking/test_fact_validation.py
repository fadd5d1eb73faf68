"""What only the worker can tell is checked for type before a test sees it."""

import numpy as np
import pytest

from grader.marking.fact_validation import checked_facts
from grader.marking.student_errors import StudentCrash, StudentException, kind_of

SUBPLOT = {"pictures": [np.zeros((28, 28))], "texts": ["3"], "marks": ["Text|red"]}


@pytest.mark.parametrize("facts", [{}, {"history": {"loss": [0.5, 0.25]}}, {"subplots": []}, {"subplots": [SUBPLOT]}])
def test_sound_facts_pass(facts):
    assert checked_facts(facts) is facts


@pytest.mark.parametrize(
    "facts",
    [
        {"history": None},
        {"history": {"loss": None}},
        {"history": {"loss": ["low"]}},
        {"epochs": "twenty"},
        {"part": "no"},
        {"subplots": None},
        {"subplots": [1]},
        {"subplots": [SUBPLOT | {"texts": [5]}]},
        {"subplots": [SUBPLOT | {"marks": None}]},
        {"subplots": [SUBPLOT | {"pictures": ["a picture"]}]},
        {"subplots": [SUBPLOT | {"pictures": [np.zeros(28)]}]},
        {"subplots": [SUBPLOT | {"more": 1}]},
        *[{"subplots": [{part: SUBPLOT[part] for part in SUBPLOT if part != missing}]} for missing in SUBPLOT],
    ],
)
def test_other_facts_are_the_students_crash(facts):
    with pytest.raises(StudentCrash, match="cannot be read"):
        checked_facts(facts)


def test_exception_of_two_builtin_classes_is_both():
    kind = kind_of(["OSError", "ValueError", "Exception"])
    assert issubclass(kind, OSError)
    assert issubclass(kind, ValueError)
    assert issubclass(kind, StudentException)


def test_forged_classes_that_cannot_be_combined_are_a_plain_exception():
    assert kind_of(["FileNotFoundError", "ImportError", "AttributeError"]) is not None
    assert kind_of(["no such class"]) is StudentException
