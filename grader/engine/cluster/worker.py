"""What runs in a Dask worker: it keeps the warm processes of a grader, and grades what it is sent.

Who has what:
    client     the class, the journal, the secret
    scheduler  submissions and results on their way, and the plugin with the secret, in memory
    worker     the plugin with the secret in memory, one `Grader`, submissions in a private temporary folder

A worker is a supervisor like `digitlab batch` itself: students' code runs in the confined children of its zygote.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from grader.engine.batch import Work, grade_work
from grader.engine.cluster.transfer import unpack
from grader.engine.grade import Grader
from grader.engine.grading_key import grading_facts
from grader.engine.run_settings import GradeSettings
from grader.system.errors import UsageError
from grader.system.run_folder import RunFolder


class GraderPlugin(WorkerPlugin):  # type: ignore[misc]  # Dask is imported without types
    """Keeps a grader warm in a worker, from the first submission to the end of the run.

    Dask sets it up in workers that come later, too. Its settings hold the secret and show it nowhere (`repr`).
    """

    def __init__(
        self, settings: GradeSettings, facts: dict[str, Any] | None, make: Callable[[GradeSettings], Grader] = Grader
    ) -> None:
        """Prepare.

        Args:
            facts: of the client's grader, which those of the worker must be; None accepts any.
        """
        self._settings = settings
        self._facts = facts
        self._make = make

    def setup(self, worker: Worker) -> None:
        self._address = str(worker.address)
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._grader: Grader | None = None
        self._folder = RunFolder()

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 -- Dask's signature
        self._stack.close()
        self._folder.close()

    def grader(self) -> Grader:
        """Return the warm grader; the first call starts it.

        Raises:
            UsageError: it cannot be started here, or would not grade as the client does.
        """
        with self._lock:
            if self._grader is None:
                try:
                    grader = self._make(self._settings)
                    self._stack.callback(grader.close)
                    self._check(grader)
                    grader.start()
                except Exception as error:
                    raise UsageError(f"the worker {self._address} cannot grade: {error}") from error
                self._grader = grader
            return self._grader

    def _check(self, grader: Grader) -> None:
        if self._facts is None:
            return
        here = grading_facts(grader)
        if other := [what for what in self._facts if self._facts[what] != here[what]]:
            raise UsageError(
                "its results would not be those of this machine, for these differ: "
                + "; ".join(f"{what} ({self._facts[what]} here, {here[what]} there)" for what in other)
                + ". Install the same digit-lab and libraries on both."
            )

    @contextlib.contextmanager
    def laid_out(self, packed: bytes) -> Iterator[Path]:
        """Lay out a submission while the context lasts; nobody else can read it."""
        with tempfile.TemporaryDirectory(dir=self._folder.path, ignore_cleanup_errors=True) as folder:
            yield unpack(packed, Path(folder))


def grade_on_worker(plugin_name: str, name: str, packed: bytes, parts: tuple[str, ...] | None) -> bytes:
    """Grade a submission, or some parts of the rubric of it, in the worker that this runs in.

    Returns:
        JSON: `result` as `SubmissionResult.to_table` gives it, and `source`, the text of the module or null. One piece
        of bytes, for Dask would look into each part of a table.
    """
    plugin: GraderPlugin = get_worker().plugins[plugin_name]
    grader = plugin.grader()
    with plugin.laid_out(packed) as path:
        graded = grade_work(grader, Work(name, path, parts))
    return json.dumps({"result": graded.result.to_table(), "source": graded.source}).encode()
