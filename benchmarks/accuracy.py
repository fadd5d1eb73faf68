"""What right and wrong solutions reach over many secrets: the figures behind grader/marking/thresholds.py.

    python benchmarks/accuracy.py run --secrets 10 --out runs.jsonl
    python benchmarks/accuracy.py table runs.jsonl
    python benchmarks/accuracy.py run --public --out public.jsonl
    python benchmarks/accuracy.py run --secrets 5 --real DIR --task ann --task cnn --out real.jsonl
    python benchmarks/accuracy.py modules --out DIR

The solutions are those of `benchmarks/population/`: each is put together with the rest of the reference to a whole
module, and does what the grader asks of a submission: the same pictures, the same epochs, one thread.

``run`` trains each design once for each secret and appends a line of JSON for each, so that it can be stopped, go on
(what is there is not trained again) and be divided (``--first``, ``--only``, ``--minutes``). A second, longer training
is for those that did not get all points by the first. One training serves for both, looked at on its way, but for
designs whose epochs hang on how many there are to be. ``--public`` trains for the longer time on the letters that every
student has, and looks after all its epochs: what the handout promises is seen there. DIR holds MNIST's files.

``table`` prints what each design reached and which share of its points that is. ``modules`` writes each design as a
module, for `digitlab grade`.
"""

import argparse
import contextlib
import json
import os
import re
import statistics
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader.assignment.handwriting import GENERATOR_VERSION
from grader.marking.datasets import GradingData, Pictures, fixture_data, real_data
from grader.marking.thresholds import FIXTURE, MNIST, Threshold

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "reference_solution" / "mnist_all_models.py"
POPULATION = Path(__file__).resolve().parent / "population"

BUILDERS = {"ann": "build_ann", "cnn": "build_cnn"}
LOSSES = {
    "ann": '"sparse_categorical_crossentropy"',
    "cnn": "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
    "letters": '"sparse_categorical_crossentropy"',
}


@dataclass(frozen=True)
class Design:
    """A way of solving one task: an entry of the population; its files tell what the fields are."""

    task: str
    name: str
    kind: str
    like: str
    network: str = ""
    outputs: str = 'layers.Dense(26, activation="softmax")'
    optimizer: str = ""
    loss: str = ""
    fit: str = ""
    prepare: str = "prepare_cnn(images)"
    code: str = ""
    apart: bool = False

    @property
    def source(self) -> str:
        """The whole module: the reference, and after it what the design has in place of it."""
        made = self._letters() if self.task == "letters" else self._digits()
        return f"{REFERENCE.read_text(encoding='utf-8')}\n\n# {self.name} ({self.like})\n\n{made}\n{self.code}"

    def _digits(self) -> str:
        text = ""
        if self.optimizer:
            builder = BUILDERS[self.task]
            text += (
                f"reference_{builder} = {builder}\n\n\ndef {builder}():\n    model = reference_{builder}()\n"
                f"    model.compile(optimizer={self.optimizer}, loss={self.loss or LOSSES[self.task]}, "
                'metrics=["accuracy"])\n    return model\n\n\n'
            )
        arguments = ", ".join(["x", "y", "epochs=epochs", "validation_data=validation_data", *filter(None, [self.fit])])
        return text + (
            "def train_model(model, x, y, epochs, validation_data=None):\n"
            f"    return model.fit({arguments}, verbose=0)\n"
        )

    def _letters(self) -> str:
        network = self.network.strip() or (
            'layers.Conv2D(16, (3, 3), activation="relu"), layers.MaxPooling2D((2, 2)), '
            'layers.Conv2D(32, (3, 3), activation="relu"), layers.MaxPooling2D((2, 2)), layers.Flatten(), '
            'layers.Dense(128, activation="relu")'
        )
        fit = ", ".join(["epochs=epochs", *filter(None, [self.fit.strip()])])
        return (
            "def build_letters_model():\n    model = models.Sequential([\n        layers.Input((28, 28, 1)),\n"
            f"{network},\n{self.outputs},\n    ])\n    model.compile(optimizer={self.optimizer or repr('adam')}, "
            f'loss={self.loss or LOSSES["letters"]}, metrics=["accuracy"])\n    return model\n\n\n'
            "def train_letters(images, labels, epochs):\n    model = build_letters_model()\n"
            f"    model.fit({self.prepare}, labels, {fit}, verbose=0)\n    return model\n\n\n"
            "def predict_letters(model, images):\n"
            f"    return np.argmax(model.predict({self.prepare}, verbose=0), axis=1)\n"
        )


def population(tasks: list[str] | None = None, kinds: list[str] | None = None, only: str = "") -> list[Design]:
    """Return the designs of some tasks and kinds whose names match `only`, in the files' order."""
    designs = []
    for file, default in (("digits.toml", ["ann", "cnn"]), ("letters.toml", ["letters"])):
        for entry in tomllib.loads((POPULATION / file).read_text(encoding="utf-8"))["design"]:
            designs += [Design(task, **entry) for task in entry.pop("tasks", default)]
    return [
        each
        for each in designs
        if (not tasks or each.task in tasks) and (not kinds or each.kind in kinds) and re.search(only, each.name)
    ]


def load(design: Design) -> ModuleType:
    """Run a design's module, as the grader imports it."""
    module = ModuleType("mnist_all_models")
    sys.modules["mnist_all_models"] = module
    exec(compile(design.source, "mnist_all_models.py", "exec"), module.__dict__)
    return module


class Attempt:
    """One design on one secret's pictures."""

    def __init__(self, design: Design, pictures: Pictures) -> None:
        self._module = load(design)
        self._task = design.task
        self._pictures = pictures
        self._labels = pictures.train_labels.astype(np.int64)

    def train(self, epochs: int) -> Any:
        """Train as the grader has it done; return the model."""
        if self._task == "letters":
            return self._module.train_letters(self._pictures.train_images, self._labels, epochs)
        model = getattr(self._module, BUILDERS[self._task])()
        self._module.train_model(model, self._prepared(self._pictures.train_images), self._labels, epochs)
        return model

    def reached(self, model: Any) -> float:
        """Return the accuracy on the scored pictures."""
        if self._task == "letters":
            found = self._module.predict_letters(model, self._pictures.test_images)
        else:
            found = model.predict(self._prepared(self._pictures.test_images), verbose=0).argmax(axis=1)
        return float(np.mean(found == self._pictures.test_labels))

    def _prepared(self, images: Any) -> Any:
        shape = (784,) if self._task == "ann" else (28, 28, 1)
        return images.reshape(-1, *shape).astype(np.float32) / 255


@dataclass
class Course:
    """How an attempt went on: accuracy and processor time after so many epochs."""

    accuracy: dict[int, float]
    cpu_s: dict[int, float]


def follow(design: Design, pictures: Pictures, counts: list[int], *, enough: float, seed: int) -> Course:
    """Train for each count of epochs, the smallest first, until one is enough."""
    import keras

    attempt, course = Attempt(design, pictures), Course({}, {})
    for count in counts if design.apart else counts[-1:]:
        keras.utils.set_random_seed(seed + count)
        start = time.process_time()
        with _stops(course, attempt, [] if design.apart else counts[:-1], enough):
            model = attempt.train(count)
        passed = [done for done in course.accuracy if not design.apart]
        if passed and course.accuracy[max(passed)] >= enough:
            break
        course.cpu_s[count] = time.process_time() - start - course.cpu_s.pop(0, 0.0)
        course.accuracy[count] = attempt.reached(model)
        if course.accuracy[count] >= enough:
            break
    course.cpu_s.pop(0, None)
    return course


@contextlib.contextmanager
def _stops(course: Course, attempt: Attempt, counts: list[int], enough: float) -> Iterator[None]:
    """Look at a network after each of `counts` epochs of `fit`, and end the training when it is good enough.

    The time that looking takes is noted under 0. Batches are put together as the grader does it.
    """
    import keras

    original, start = keras.Model.fit, time.process_time()

    def look(model: Any, count: int) -> None:
        if count in counts:
            before = time.process_time()
            course.cpu_s[count] = before - start - course.cpu_s.get(0, 0.0)
            course.accuracy[count] = attempt.reached(model)
            course.cpu_s[0] = course.cpu_s.get(0, 0.0) + time.process_time() - before
            model.stop_training |= course.accuracy[count] >= enough

    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.steps_per_execution == 1 and not kwargs.get("callbacks"):
            self.steps_per_execution = 16
        if counts:
            looking = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _logs: look(self, epoch + 1))
            kwargs["callbacks"] = [*kwargs.get("callbacks", []), looking]
        return original(self, *args, **kwargs)

    keras.Model.fit = fit
    try:
        yield
    finally:
        keras.Model.fit = original


def epochs_of(threshold: Threshold) -> list[int]:
    return [threshold.epochs, *filter(None, [threshold.longer])]


def public_pictures(task: str) -> Pictures:
    """Return the pictures that every student has."""
    module = load(Design("letters", "", "right", ""))
    folder = ROOT / "student_template"
    if task == "letters":
        files = [
            folder / "emnist_dataset" / f"emnist-letters-{part}-{kind}-ubyte.gz"
            for part in ("train", "test")
            for kind in ("images-idx3", "labels-idx1")
        ]
        return Pictures(*module.load_emnist_letters(*files[:2]), *module.load_emnist_letters(*files[2:]))
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return Pictures(*(module.mnist_parse_file(folder / "mnist_dataset" / f"{name}-ubyte.gz") for name in names))


def run(options: argparse.Namespace) -> None:
    """Train what is not in the file yet."""
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="-1")
    import keras
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    until = time.monotonic() + 60 * options.minutes
    done = {key_of(entry) for entry in entries([options.out])} if options.out.exists() else set()
    numbers = [0] if options.public else range(options.first, options.first + options.secrets)
    for number in numbers:
        secret = "public" if options.public else f"benchmark secret {number}"
        data: GradingData | None = None
        for design in population(options.task, options.kind, options.only):
            name = "public" if options.public else "fixture" if options.real is None else "mnist"
            entry: dict[str, Any] = {"task": design.task, "design": design.name, "secret": secret, "dataset": name}
            entry |= {"generator": GENERATOR_VERSION}
            if key_of(entry) in done:
                continue
            if time.monotonic() > until:
                print("time is up")
                return
            if options.public:
                pictures, threshold = public_pictures(design.task), FIXTURE[design.task]
            else:
                data = data or (
                    fixture_data(secret.encode()) if options.real is None else real_data(secret.encode(), options.real)
                )
                pictures = data.letters if design.task == "letters" else data.digits
                threshold = data.thresholds[design.task]
            counts = options.epochs or epochs_of(threshold)
            enough = 2.0 if options.public or options.all_epochs else threshold.full
            course = follow(design, pictures, sorted(counts), enough=enough, seed=1000 * number)
            entry |= {"seed": 1000 * number, "accuracy": course.accuracy, "cpu_s": course.cpu_s}
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
            told = "  ".join(f"{count}: {course.accuracy[count]:.4f}" for count in sorted(course.accuracy))
            print(f"{number:3d} {design.task:8s}{told}  {max(course.cpu_s.values()):5.1f} s  {design.name}", flush=True)
            keras.backend.clear_session()


def key_of(entry: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(entry[key] for key in ("task", "design", "secret", "dataset", "generator"))


def entries(paths: list[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True)
class Marks:
    """What the grader gives for the accuracies of one run."""

    threshold: Threshold
    accuracy: dict[int, float]

    @property
    def first(self) -> float:
        return self.accuracy[self.threshold.epochs]

    @property
    def second(self) -> float | None:
        """The accuracy after the longer training; None where the first was enough, or there is none."""
        if self.threshold.longer is None or self.first >= self.threshold.full:
            return None
        return self.accuracy[self.threshold.longer]

    @property
    def share(self) -> float:
        return self.threshold.share(max(self.first, self.second or 0.0))


def table(options: argparse.Namespace) -> None:
    """Print the figures, for the data set's card."""
    runs: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    datasets = set()
    for entry in entries(options.files):
        entry["accuracy"] = {int(count): value for count, value in entry["accuracy"].items()}
        runs[entry["task"], entry["design"]].append(entry)
        datasets.add((entry["dataset"], entry["generator"]))
    thresholds = MNIST if {name for name, _version in datasets} == {"mnist"} else FIXTURE
    print("data: " + ", ".join(f"{name}, generator {version}" for name, version in sorted(datasets)))
    for task in dict.fromkeys(task for task, _design in runs):
        threshold = thresholds[task]
        if options.full:
            threshold = Threshold(options.floor, options.full, options.epochs, options.longer)
        print(f"\n{task}: {threshold}\n")
        _print_table(
            threshold, [each for each in population() if each.task == task and (task, each.name) in runs], runs
        )


def _print_table(
    threshold: Threshold, designs: list[Design], runs: dict[tuple[str, str], list[dict[str, Any]]]
) -> None:
    print(f"| what | runs | after {threshold.epochs} epochs | after {threshold.longer} | its points | s |")
    print("|---|---|---|---|---|---|")
    shares: dict[str, list[float]] = defaultdict(list)
    for design in designs:
        found = runs[design.task, design.name]
        marks = [Marks(threshold, entry["accuracy"]) for entry in found]
        shares[design.kind] += [mark.share for mark in marks]
        seconds = statistics.mean(max(entry["cpu_s"].values()) for entry in found)
        kind = "" if design.kind in {"right", "wrong"} else f" ({design.kind})"
        print(
            f"| {design.name}{kind} | {len(marks)} | {_span([mark.first for mark in marks])} "
            f"| {_span([mark.second for mark in marks if mark.second is not None])} "
            f"| {_points([mark.share for mark in marks])} | {seconds:.1f} |"
        )
    print()
    for kind, values in shares.items():
        whole = sum(value == 1 for value in values)
        print(
            f"{kind}: {len(values)} runs, all points {whole} ({whole / len(values):.1%}), "
            f"none {sum(value == 0 for value in values)}, {min(values):.0%} to {max(values):.0%}"
        )


def _span(values: list[float]) -> str:
    if not values:
        return ""
    low, high = min(values), max(values)
    return f"{low:.3f} to {high:.3f}" if len(values) > 1 else f"{low:.3f}"


def _points(shares: list[float]) -> str:
    low, high = min(shares), max(shares)
    return f"{low:.0%}" if low == high else f"{low:.0%} to {high:.0%}"


def modules(options: argparse.Namespace) -> None:
    """Write each design as a whole module into a folder of its own."""
    for design in population(options.task, options.kind, options.only):
        name = re.sub(r"\W+", "-", f"{design.task} {design.name}").strip("-").lower()
        folder = options.out / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "mnist_all_models.py").write_text(design.source, encoding="utf-8")
        print(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)

    def command(name: str, do: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text)
        made.set_defaults(do=do)
        return made

    runner = command("run", run, "train and note what is reached")
    runner.add_argument("--secrets", type=int, default=10)
    runner.add_argument("--first", type=int, default=0, help="number of the first secret")
    runner.add_argument(
        "--epochs", type=int, action="append", help="look after so many; the grader's numbers if left out"
    )
    runner.add_argument("--all-epochs", action="store_true", help="go on where the first training was enough")
    runner.add_argument("--minutes", type=float, default=1e6, help="begin no training after so many")
    data = runner.add_mutually_exclusive_group()
    data.add_argument("--real", type=Path, metavar="DIR", help="the real pictures in DIR instead of drawn ones")
    data.add_argument("--public", action="store_true", help="the pictures that every student has")
    runner.add_argument("--out", type=Path, required=True)
    shower = command("table", table, "show what was reached")
    shower.add_argument("files", type=Path, nargs="+")
    for name, kind in (("floor", float), ("full", float), ("epochs", int), ("longer", int)):
        shower.add_argument(f"--{name}", type=kind, help="try another threshold; give all four")
    writer = command("modules", modules, "write the designs as modules")
    writer.add_argument("--out", type=Path, required=True)
    for each in (runner, writer):
        each.add_argument("--task", choices=sorted(FIXTURE), action="append")
        each.add_argument("--kind", choices=("right", "weak", "wrong"), action="append")
        each.add_argument("--only", default="", metavar="PATTERN", help="designs whose names match")
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()
