"""The `files` of the tests, in the grader: the folder of the worker that holds the submission's module."""

from __future__ import annotations

from grader.marking.student import StudentWorker


class StudentFiles:
    """What tests see as `files`: a folder that the student's code can read and write."""

    def __init__(self, worker: StudentWorker) -> None:
        self._worker = worker

    def put(self, name: str, content: bytes) -> str:
        """Write a file for the student's code; return its path."""
        return self._worker.put(name, content)

    def path(self, name: str) -> str:
        """Return the path of a file that does not exist yet."""
        return self._worker.path(name)

    def get(self, path: str) -> bytes:
        """Return what the student's code wrote to `path`."""
        return self._worker.get(path)

    def times(self) -> dict[str, int] | None:
        """Return when each saved model there was changed last."""
        return self._worker.times()
