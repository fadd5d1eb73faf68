"""Say whether a file would be accepted, as the grader will take it: python check.py [FILE]

FILE is a .py, .ipynb or .zip file, or a folder; without it, mnist_all_models.py in this folder. The folder `checking`
holds the grader's own code for this. Nothing is trained, and no function is called: the tests do that.
Exit status: 0 accepted, 1 not accepted, 2 it could not be checked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from checking.errors import SubmissionError, UsageError
from checking.loading import LoadPlan, Submission, read_submission

HERE = Path(__file__).resolve().parent
IMPORT_TIME_S = 120.0
"""On the clock. The grader allows less processor time; your computer may be slower, and starts TensorFlow anew."""

CALLS: dict[str, list[str]] = {
    "parse_idx": ["fd"],
    "mnist_parse_file": ["fname"],
    "load_mnist": ["path"],
    "showpics": ["images", "pred_labels", "true_labels", "indices"],
    "build_ann": [],
    "build_cnn": [],
    "prepare_ann": ["images"],
    "prepare_cnn": ["images"],
    "train_model": ["model", "x", "y", "epochs", "validation_data=None"],
    "predict_labels": ["model", "x"],
    "predict_scores": ["model", "x"],
    "accuracy": ["pred_labels", "true_labels"],
    "wrong_set": ["pred_labels", "true_labels"],
    "save_model": ["model", "path"],
    "restore_model": ["path"],
    "load_drawing": ["path"],
    "predict_drawing": ["model", "path"],
    "load_emnist_letters": ["images_path", "labels_path"],
    "letter_of": ["label"],
    "build_letters_model": [],
    "train_letters": ["images", "labels", "epochs"],
    "predict_letters": ["model", "images"],
}
"""Every function of the lab with its parameters."""


def main(arguments: list[str]) -> int:
    """Check one file, print what was found, and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a Windows console may not know a letter
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    path = Path(arguments[0]) if arguments else HERE / "mnist_all_models.py"
    try:
        submission = read_submission(path)
    except SubmissionError as error:
        print(f"NOT ACCEPTED: {error}")
        return 1
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"A notebook needs {error.name}. Run: python -m pip install -r requirements.txt", file=sys.stderr)
        return 2
    return report(path, submission)


def report(path: Path, submission: Submission) -> int:
    """Import the module by the first plan that works, as the grader does, and print what was found."""
    first_problem = ""
    for plan in submission.plans:
        found = try_plan(plan)
        if "raised" not in found:
            print(f"ACCEPTED: {path.name} can be handed in; its module is {submission.file_name}.")
            print_list("Note", submission.notes)
            print_list("The file as a whole cannot be imported", [first_problem] if first_problem else [])
            print_list("Left out: the grader takes imports, definitions and plain values only", plan.left_out)
            print_list("Imports that fail", [f"{submission.place(line)}: {why}" for line, why in found["imports"]])
            print_list("These functions will earn nothing", found["problems"])
            return 0
        first_problem = first_problem or found["raised"]
    print(f"NOT ACCEPTED: importing {submission.file_name} did not work: {first_problem}")
    return 1


def print_list(title: str, sentences: list[str] | tuple[str, ...]) -> None:
    """Print a heading and its sentences; nothing when there are none."""
    if sentences:
        print(f"\n{title}:")
        for sentence in sentences:
            print(f"  {sentence}")


def try_plan(plan: LoadPlan) -> dict[str, Any]:
    """Import one plan's source in an empty folder, where the files of this one are not found, as in the grader."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        empty = Path(folder) / "empty"
        empty.mkdir()
        module = empty / "mnist_all_models.py"
        module.write_bytes(plan.source.encode("utf-8", "replace"))  # tracebacks and inspect want a file
        request = {
            "source": plan.source.encode("utf-8", "replace").decode(),
            "path": str(module),
            "tolerant": plan.name != "whole",
            "calls": CALLS,
        }
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-P", str(HERE / "checking" / "trial.py"), str(answer)]
        try:
            subprocess.run(
                command,
                input=json.dumps(request).encode(),
                cwd=empty,
                env=os.environ | quiet,
                capture_output=True,
                timeout=IMPORT_TIME_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"raised": f"it takes more than {IMPORT_TIME_S:g} s; does the file train when it is imported?"}
        if not answer.exists():
            return {"raised": "the process ended; does the file call exit at its top level?"}
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
