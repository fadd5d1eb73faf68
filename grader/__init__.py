"""digit-lab: an assignment kit for a machine-learning lab, graded from outside the student's process.

The command is ``digitlab`` (see ``grader.cli.commands``); the architecture stands in ``docs/design.md``.
"""

__version__ = "0.1.0"
