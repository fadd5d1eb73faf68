"""Ask `check.py` whether the file would be accepted, in a process beside the tests: it takes as long as they do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .language import language_in_use, tr

COMMAND = "python check.py"


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

    def verdict(self) -> tuple[bool, str]:
        """Wait for the end; return whether the file is accepted, and the line that says so and how to see more."""
        said = self._process.communicate()[0].decode("utf-8", "replace").splitlines()
        told = said[0] if said else tr("Whether the file would be accepted could not be checked.")
        more = tr("More: {command}", command=self._command)
        return self._process.returncode == 0, f"{told} {more}"

    def close(self) -> None:
        """End a run that nobody waits for, after Ctrl-C, say."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
