"""Made by `digitlab pack classroom50 --self-hosted`: grade with the kit that is installed on this runner.

The runner's process may not read the secret or the hidden tests by itself if students can run code as it; see
docs/classroom50.md. A status other than 0 is an error of the grading for Classroom 50, never a mark.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from contract import BODY_NAME, RESULT_NAME, clear_away  # type: ignore[import-not-found]


def main() -> int:
    """Grade the checkout and return the exit status of the grader."""
    try:
        for name in (RESULT_NAME, BODY_NAME):
            clear_away(Path(name))
    except OSError as error:
        print(f"::error::{' '.join(str(error).split())}. Nothing was graded; this is no fault of the submission.")
        return 1
    command = shutil.which("digitlab")
    if command is None:
        print("::error::digitlab is not on this runner's PATH. Install the kit there; nothing was graded.")
        return 1
    lang = json.loads(Path(__file__).with_name("settings.json").read_text(encoding="utf-8"))["lang"]
    done = subprocess.run(
        [command, "grade", str(Path.cwd()), "--classroom50", RESULT_NAME, "--lang", lang],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        print(
            "|", line.replace("##[", "## [")
        )  # a line of a student's that begins with :: would be a command to GitHub
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
