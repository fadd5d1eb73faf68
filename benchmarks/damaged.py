"""Damaged submissions: each gets a result, none by a fault of the grader, and memory stays flat.

    python benchmarks/damaged.py --count 1000 --seed 1

Random bytes, files cut short or with bytes changed, zips that are damaged or pose as something else, notebooks that are
no notebooks, odd names.
"""

import argparse
import io
import json
import os
import random
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from scale import resident_mib

from grader.batch import Threads, class_keys, grade_class
from grader.grade import Grader
from grader.grading_key import grading_key
from grader.release.notebook import notebook_text, reference_source
from grader.results import Outcome, SubmissionResult
from grader.run_settings import GradeSettings
from grader.store import ResultStore
from grader.submission import find_submissions

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
STEPS = 10


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


def make_class(folder: Path, count: int, seed: int) -> None:
    folder.mkdir()
    chance = random.Random(seed)
    for number in range(count):
        extension, content = some(chance)
        stem = f"{chance.choice(NAMES)} {number}" if chance.random() < 0.3 else f"student-{number}"
        (folder / f"{stem}{extension}").write_bytes(content)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Grader(GradeSettings(secret=b"a secret of the benchmark")) as grader:
        make_class(Path(name, "class"), options.count, options.seed)
        entries = find_submissions(Path(name, "class"))
        store = ResultStore(Path(name, "out"))
        store.prepare()
        begin, ends = time.perf_counter(), Counter[str]()

        def on_result(result: SubmissionResult) -> None:
            fault = any(item.outcome is Outcome.GRADER_ERROR for item in result.items)
            ends["grader_error" if fault else "rejected" if result.reason else "graded"] += 1
            if fault:
                print(f"grader_error: {result.submission!r}\n{result.grader_log[-2000:]}")
            if ends.total() % (options.count // STEPS) == 0:
                sizes = ", ".join(f"{resident_mib(pid):.0f}" for pid in (os.getpid(), *grader.warm_pids))
                print(f"{ends.total():>5} {time.perf_counter() - begin:5.0f} s, {sizes} MiB", flush=True)

        keys = class_keys(entries, grading_key(grader, store.salt))
        grade_class(Threads(grader, options.jobs), entries, store, keys=keys, on_result=on_result)
        print(f"{len(entries)} submissions, {len(store.load_all())} results: {dict(ends)}")
        print("MiB are those of the supervisor, the zygote's guard and the scorers' server")


if __name__ == "__main__":
    main()
