"""Ask `check.py` whether the file would be accepted, in a process beside the tests: it takes as long as they do."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

from .language import language_in_use, tr

COMMAND = "python check.py"
NOT_ACCEPTED = 1


class AcceptanceCheck:
    """One run of `check.py` on the file that is tested; whoever starts it ends it with `close`."""

    def __init__(self, folder: Path, *, notebook: bool) -> None:
        """Start `check.py` of `folder`."""
        arguments = ["mnist_all_models.ipynb"] if notebook else []
        self._command = " ".join([COMMAND, *arguments])
        self._process = subprocess.Popen(
            [sys.executable, "check.py", *arguments, "--lang", language_in_use()],
            cwd=folder,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def verdict(self) -> tuple[bool, bool, list[str]]:
        """Wait for the end; return whether the file is accepted, whether all it uses will be there, and the words.

        These are the line that says so, the names that will not be there, and how to see more.
        """
        said = self._process.communicate()[0].decode("utf-8", "replace").splitlines()
        first = said[0] if said else tr("Whether the file would be accepted could not be checked.")
        names = list(itertools.takewhile(lambda line: line.startswith(" "), said[1:]))
        more = tr("More: {command}", command=self._command)
        told = [first, *names, more] if names else [f"{first} {more}"]
        return self._process.returncode != NOT_ACCEPTED, self._process.returncode == 0 and not names, told

    def close(self) -> None:
        """End a run that nobody waits for, after Ctrl-C, say."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
