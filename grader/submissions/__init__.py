"""Take in what a student handed in: find the one module, read it as text, plan how to load it. Never run it.

Trusted code: it reads bytes, parses with ``ast`` and hands source text on to the worker.
"""

from grader.submissions.class_folder import find_submissions
from grader.submissions.digesting import digest
from grader.submissions.loading import LoadPlan, Submission, read_submission

__all__ = ["LoadPlan", "Submission", "digest", "find_submissions", "read_submission"]
