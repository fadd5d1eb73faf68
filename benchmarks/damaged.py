"""Damaged submissions in classes of every kind: each gets a result and its reports, none by a fault of the grader.

    python benchmarks/damaged.py --count 1000 --seed 1

Random bytes, files cut short or with bytes changed, zips that are damaged or pose as something else, notebooks that are
no notebooks, odd names, links, pipes and empty folders, as Moodle's and Canvas' zip, Gradescope's export, clones and a
plain folder. Each class goes the whole way: the intake, the grading, the gradebooks and pages. Ends with status 1 when
anything is lost or a fault of the grader.
"""

import argparse
import csv
import io
import json
import os
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import yaml
from scale import resident_mib

from grader.engine.batch import ThreadExecutor, class_keys, find_left, grade_class
from grader.engine.grade import Grader
from grader.engine.grading_key import grading_key
from grader.engine.run_settings import GradeSettings
from grader.release.notebook import notebook_text, reference_source
from grader.reports import write_reports
from grader.results.models import SubmissionResult
from grader.results.store import ResultStore
from grader.submissions.platforms import read_class

MODULE = "mnist_all_models.py"
TEMPLATE = b"def letter_of(label):\n    return chr(65 + label)\n"
NAMES = (
    "Ёлка и Ко",
    "e\u0301cole",
    "\u202egnp",
    "a\nb",
    "-rf",
    "$(id)",
    "=1+1",
    "語" * 70,
    "con",
    "~",
    "%00",
    "' OR 1",
)


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def damaged(chance: random.Random, whole: bytes) -> bytes:
    """Cut it, change bytes, put something before it, or repeat a part."""
    place = chance.randrange(len(whole))
    changed = bytearray(whole)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(whole))] = chance.randrange(256)
    more = chance.randbytes(chance.randrange(1, 200))
    return chance.choice([whole[:place], bytes(changed), more + whole, whole[:place] + more + whole[place:]])


def some(chance: random.Random) -> tuple[str, bytes]:
    """Return an extension and a content."""
    notebook = notebook_text(reference_source()).encode()
    packed = zipped(**{MODULE: TEMPLATE})
    archives = [packed, zipped(), zipped(**{"a.zip": packed}), zipped(**{MODULE: bytes(1 << 20)})]
    archives += [zipped(**{name: TEMPLATE}) for name in (f"../{MODULE}", "é\\..\\x.py", "/etc/x.py")]
    kind = chance.randrange(5)
    if kind == 0:
        return chance.choice((".py", ".ipynb", ".zip", "", ".pdf")), chance.randbytes(chance.randrange(5000))
    if kind == 1:
        return ".py", damaged(chance, TEMPLATE)
    if kind == 2:
        return ".ipynb", damaged(chance, notebook)
    if kind == 3:
        return ".zip", damaged(chance, chance.choice(archives))
    odd = [None, [], {"cells": 3}, {"cells": [{"cell_type": "code"}]}, {"nbformat": 4}, "x" * 1000, 1e308]
    return ".ipynb", json.dumps(chance.choice(odd)).encode()


def student_of(chance: random.Random, number: int) -> str:
    return f"{chance.choice(NAMES)} {number}" if chance.random() < 0.3 else f"student {number}"


def files_of(chance: random.Random, *, at_least: int = 1) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of what one student handed in."""
    for number in range(max(at_least, chance.choice((0, 1, 1, 1, 2, 3)))):
        extension, content = some(chance)
        stem = f"{chance.choice(NAMES)[:20]}-{number}" if chance.random() < 0.3 else f"lab{number}"
        yield f"{stem}{extension}", content


def lay_out(chance: random.Random, folder: Path) -> None:
    """Make a student's folder: files, or none, and what only a folder can hold."""
    folder.mkdir(parents=True)
    for name, content in files_of(chance, at_least=0):
        (folder / name).write_bytes(content)
    odd = chance.randrange(6)
    if odd == 0:
        (folder / MODULE).symlink_to(chance.choice(("/etc/passwd", "nowhere", MODULE, "..")))
    elif odd == 1:
        os.mkfifo(folder / MODULE)
    elif odd == 2:
        folder.joinpath(*("deep" * 5 for _ in range(30))).mkdir(parents=True)


def make_zip(path: Path, members: Iterator[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def moodle(chance: random.Random, folder: Path, count: int) -> Path:
    def members() -> Iterator[tuple[str, bytes]]:
        for number in range(count):
            start = f"{student_of(chance, number)}_{number}_assignsubmission_"
            between = chance.choice(("", "/"))
            yield from ((f"{start}file_{between}{name}", content) for name, content in files_of(chance))
            if chance.random() < 0.2:
                yield f"{start}onlinetext_{between}onlinetext.html", chance.randbytes(100)

    return make_zip(folder / "moodle.zip", members())


def canvas(chance: random.Random, folder: Path, count: int) -> Path:
    def members() -> Iterator[tuple[str, bytes]]:
        for number in range(count):
            start = f"{student_of(chance, number)}_{chance.choice(('', 'LATE_'))}{number}"
            for attachment, (name, content) in enumerate(files_of(chance)):
                yield f"{start}_{number * 10 + attachment}_{name}", content

    return make_zip(folder / "canvas.zip", members())


def gradescope(chance: random.Random, folder: Path, count: int) -> Path:
    export, table = folder / "gradescope", {}
    for number in range(count):
        lay_out(chance, export / f"submission_{number}")
        group = [
            {":name": student_of(chance, number + part), ":sid": f"{number}-{part}"} for part in range(1 + number % 2)
        ]
        table[f"submission_{number}"] = {
            ":submitters": group,
            ":created_at": chance.choice(("", "2026-11-30 18:33:06 Z")),
        }
    (export / "submission_metadata.yml").write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")
    return export


def github(chance: random.Random, folder: Path, count: int) -> Path:
    for number in range(count):
        lay_out(chance, folder / "github" / f"lab-1-user{number}")
        (folder / "github" / f"lab-1-user{number}" / ".git").mkdir()
    return folder / "github"


def plain(chance: random.Random, folder: Path, count: int) -> Path:
    (folder / "plain").mkdir()
    for number in range(count):
        extension, content = some(chance)
        (folder / "plain" / f"{student_of(chance, number)}{extension}").write_bytes(content)
    return folder / "plain"


LAYOUTS: tuple[Callable[[random.Random, Path, int], Path], ...] = (moodle, canvas, gradescope, github, plain)


def grade_whole(grader: Grader, jobs: int, class_dir: Path, out: Path, count: int) -> tuple[Counter[str], list[str]]:
    """Take in, grade and report on a class; return how its submissions ended, and what is wrong with that."""
    staging = out.with_name(f"{out.name}-staging")
    staging.mkdir()
    entries = read_class(class_dir, "auto", staging, tell=lambda _sentence: None)
    store, pairs = ResultStore(out), [(entry.name, entry.path) for entry in entries]
    store.prepare()
    keys, ends, wrong = class_keys(pairs, grading_key(grader, store.salt).whole, {}), Counter[str](), []
    students = [asdict(entry) | {"path": entry.path.name} for entry in entries]
    contents = {name: key.content for name, key in keys.items()}
    store.begin([entry.name for entry in entries], contents=contents, students=students)

    def on_result(result: SubmissionResult) -> None:
        ends["grader_error" if result.has_grader_error else "rejected" if result.reason else "graded"] += 1
        if result.has_grader_error:
            wrong.append(f"grader_error: {result.submission!r}\n{result.grader_log[-2000:]}")

    grade_class(ThreadExecutor(grader, jobs), find_left(pairs, store, keys), store, keys=keys, on_result=on_result)
    results = store.load_all()
    paths = write_reports(out, results)
    members = sum(len(entry.members) or 1 for entry in entries)
    found = {
        "entries": (len(entries), count),
        "results": (len(results), count),
        "student pages": (len(list(paths.feedback_dir.glob("*.html"))), count),
        "rows of grades.csv": (rows_of(paths.grades), count),
        "rows of class.csv": (rows_of(out / "class.csv"), members),
        "not graded": (len(store.load_not_graded()), 0),
    }
    store.close()
    return ends, wrong + [f"{what}: {got}, expected {due}" for what, (got, due) in found.items() if got != due]


def rows_of(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _row in csv.reader(file)) - 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="of all classes together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    chance, total, is_sound = random.Random(options.seed), Counter[str](), True
    with tempfile.TemporaryDirectory() as name, Grader(GradeSettings(secret=b"a secret of the benchmark")) as grader:
        begin = time.perf_counter()
        for layout in LAYOUTS:
            count = options.count // len(LAYOUTS)
            class_dir = layout(chance, Path(name), count)
            ends, wrong = grade_whole(grader, options.jobs, class_dir, Path(name, f"{layout.__name__}-out"), count)
            total += ends
            is_sound &= not wrong
            sizes = ", ".join(f"{resident_mib(pid):.0f}" for pid in (os.getpid(), *grader.warm_pids))
            print(
                f"{layout.__name__:<11}{count:>5} {time.perf_counter() - begin:5.0f} s, {sizes} MiB {dict(ends)}",
                flush=True,
            )
            print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{total.total()} submissions: {dict(sorted(total.items()))}")
    print("MiB are those of the supervisor after the reports, the zygote's guard and the scorers' server")
    sys.exit(not is_sound)


if __name__ == "__main__":
    main()
