"""Every exception that the kit raises on purpose.

    DigitLabError                 something is wrong and the message says what to do
    ├── UsageError                the command was called wrongly (exit status 2)
    ├── SubmissionError           a submission cannot be taken as it is (becomes its result's reason)
    ├── RubricError               rubric.toml is not sound
    ├── ReleaseError              student_template/ cannot be made, or is not what the reference makes
    └── GraderFault               a fault of ours, never a mark (exit status 1)
        └── ForkServerLost        a warm process died while it was needed

What a *student's* code raised is not in this tree: see ``grader.marking.student_errors``.
"""


class DigitLabError(Exception):
    """Something is wrong; the message names it and says what to do."""


class UsageError(DigitLabError):
    """The command line, or a file named on it, is not what was expected."""


class SubmissionError(DigitLabError):
    """A submission cannot be graded as it is; the message is for the student."""


class RubricError(DigitLabError):
    """The rubric, or the tests that it names, do not fit together."""


class ReleaseError(DigitLabError):
    """The student template cannot be made, or is out of date."""


class GraderFault(DigitLabError):
    """A fault of the grader. It is reported loudly and is never a mark."""

    stops_grading = True
    """Checks that look for a cause raise it on; they know no class of the grader."""


class ForkServerLost(GraderFault):
    """A warm process died, or could not be started."""
