"""Say whether a file would be accepted, as the grader will take it: python check.py [FILE]

FILE is a .py, .ipynb or .zip file, or a folder; without it, mnist_all_models.py in this folder. The folder `checking`
holds the grader's own code for this. Nothing is trained, and no function is called: the tests do that.
Exit status: 0 accepted, 1 not accepted, 2 it could not be checked.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from checking.contents import is_untouched
from checking.errors import SubmissionError, UsageError
from checking.loading import LoadPlan, Submission, read_submission
from checking.unmade import unmade_names
from tests.checks.language import LANGUAGES, language_for, later, tr, trn, use_language

HERE = Path(__file__).resolve().parent
IMPORT_TIME_S = 120.0
"""On the clock. The grader allows less processor time; your computer may be slower, and starts TensorFlow anew."""
PATIENCE_S = 10.0
"""After so long it is said what is waited for."""
NOTHING_WRITTEN = later("Nothing is written yet.")

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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=HERE / "mnist_all_models.py", metavar="FILE")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the messages (default: the system's)")
    options = parser.parse_args(arguments)
    use_language(language_for(options.lang, sys.stdout.encoding))
    try:
        submission = read_submission(options.file)
    except SubmissionError as error:
        print(tr("NOT ACCEPTED: {reason}", reason=error))
        return 1
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        remedy = "python -m pip install -r requirements.txt"
        print(tr("A notebook needs {module}. Run: {remedy}", module=error.name, remedy=remedy), file=sys.stderr)
        return 2
    return report(options.file, submission)


def report(path: Path, submission: Submission) -> int:
    """Import the module by the first plan that works, as the grader does, and print what was found."""
    first_problem = ""
    for plan in submission.plans:
        found = try_plan(plan)
        if "raised" not in found:
            name = path.resolve().name
            unmade = list(describe_unmade(submission, found))
            print_verdict(name, submission, problems=len(found["problems"]), unmade=len(unmade))
            print_lines(unmade)
            print_list(tr("Note"), submission.notes)
            print_list(tr("The file as a whole cannot be imported"), [first_problem] if first_problem else [])
            print_list(tr("Left out: the grader takes imports, definitions and plain values only"), plan.left_out)
            failed = (f"{submission.place(line)}: {why}" for line, why in found["failed"])
            print_list(tr("Does not work when the file is imported, and is left out"), failed)
            print_list(tr("These functions will earn nothing"), (describe(*one) for one in found["problems"]))
            return 0
        first_problem = first_problem or found["raised"]
    text = tr("importing {file} did not work: {problem}", file=submission.file_name, problem=first_problem)
    print(tr("NOT ACCEPTED: {reason}", reason=text))
    return 1


def print_verdict(name: str, submission: Submission, *, problems: int, unmade: int) -> None:
    """Print the line that says the most; `pytest` shows it, too, and the lines right below it."""
    module = submission.file_name
    text = tr("ACCEPTED: {name} can be handed in.", name=name)
    if module != name:
        text = tr("ACCEPTED: {name} can be handed in; its module is {module}.", name=name, module=module)
    if problems:
        more = trn("{count} function cannot be called.", "{count} functions cannot be called.", problems)
        text = f"{text} {more}"
    if is_untouched(submission.plans[0].source.encode("utf-8", "replace")):
        text = f"{text} {tr(NOTHING_WRITTEN)}"
    if unmade:
        more = trn(
            "But {count} name that it uses will not exist in the grader:",
            "But {count} names that it uses will not exist in the grader:",
            unmade,
        )
        text = f"{text} {more}"
    print(text)


def print_lines(sentences: Iterable[str]) -> None:
    """Print sentences, each in a line that is moved to the right."""
    for sentence in sentences:
        print(f"  {sentence}")


def print_list(title: str, sentences: Iterable[str]) -> None:
    """Print a heading and its sentences; nothing when there are none."""
    if lines := list(sentences):
        print("", f"{title}:", sep="\n")
        print_lines(lines)


def describe_unmade(submission: Submission, found: dict[str, Any]) -> Iterator[str]:
    """Say which function uses which name that will not exist, and what became of the line that makes it."""
    failed = dict(found["failed"])
    for one in unmade_names(submission.text, found["names"], found["outside"]):
        place, others = submission.place(one.line), [name for name in one.functions if name != one.within]
        user = tr("{name} (needed by {others})", name=one.within, others=", ".join(others)) if others else one.within
        if one.made is None:
            why = tr("nothing makes it: is it written rightly?")
        elif one.made == one.line:
            why = tr("there is no such module there")
        elif one.made in failed:
            why = tr("{place} does not work there ({error})", place=submission.place(one.made), error=failed[one.made])
        else:
            why = tr("{place} makes it, which the grader does not run", place=submission.place(one.made))
        yield tr("{function} uses `{name}` ({place}): {why}", function=user, name=one.name, place=place, why=why)


def describe(name: str, signature: str | None, reason: str) -> str:
    """Say what keeps the tests from calling a function; `signature` is None when there is none of that name."""
    wanted = f"def {name}({', '.join(CALLS[name])})"
    if signature is None:
        return tr("{name}: there is no such function. Expected: {wanted}", name=name, wanted=wanted)
    return tr(
        "{found}: cannot be called as the tests call it ({reason}). Expected: {wanted}",
        found=name + signature,
        reason=reason,
        wanted=wanted,
    )


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
        notice = threading.Timer(PATIENCE_S, print_waiting)
        notice.daemon = True
        notice.start()
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
            text = tr(
                "it takes more than {seconds:g} s; does the file train when it is imported?", seconds=IMPORT_TIME_S
            )
            return {"raised": text}
        finally:
            notice.cancel()
        if not answer.exists():
            return {"raised": tr("the process ended; does the file call exit at its top level?")}
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return found


def print_waiting() -> None:
    """Say why nothing is said yet."""
    waits = tr(
        "The import of your file still runs: is there a loop or a training at its top level? (TensorFlow itself "
        "starts slowly on a busy computer.)"
    )
    print(waits, file=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
