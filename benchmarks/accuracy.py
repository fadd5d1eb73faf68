"""What right and wrong solutions reach over many secrets: the figures behind grader/marking/thresholds.py.

    python benchmarks/accuracy.py run --secrets 40 --out runs.jsonl
    python benchmarks/accuracy.py table runs.jsonl
    python benchmarks/accuracy.py run --secrets 5 --real DIR --task ann --task cnn --out real.jsonl

``run`` trains each variant once for each secret and appends a line of JSON for each training, so that it can be
stopped, go on (what is there is not trained again) and be divided (``--first``). Each training is what the grader asks
of a submission: the same pictures, the same epochs, one thread. DIR holds MNIST's files.

``table`` prints what each variant reached and the accuracy below which a right solution falls with a probability of
1 in 1,000. It takes the accuracies for normally distributed and allows for the few secrets: the limit is the one-sided
tolerance limit that holds with a confidence of 95 % (NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.6.3).
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="-1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "reference_solution"))

import numpy as np

from grader.marking.datasets import GradingData, fixture_data, real_data
from grader.marking.thresholds import FIXTURE, MNIST

FAIL_RATE, CONFIDENCE = 1 / 1000, 0.95


@dataclass(frozen=True)
class Variant:
    """A way of solving one task, and whether it is right."""

    task: str
    right: bool
    train: Callable[[GradingData], float]
    """Train on the data; return the accuracy on the scored pictures."""


def digits(task: str, *, batch_size: int = 32, epochs: int | None = None, **compile_again: Any) -> Callable[..., float]:
    """Return a training of one of the two digit networks."""

    def train(data: GradingData) -> float:
        import keras
        import mnist_all_models as reference

        model = getattr(reference, f"build_{task}")()
        if compile_again:
            loss = compile_again.get("loss") or keras.losses.SparseCategoricalCrossentropy(from_logits=task == "cnn")
            model.compile(optimizer=compile_again.get("optimizer", lambda: "adam")(), loss=loss)
        model.steps_per_execution = 16
        prepare = getattr(reference, f"prepare_{task}")
        labels = data.digits.train_labels.astype(np.int64)
        wanted = data.thresholds[task].epochs if epochs is None else epochs
        if wanted:
            model.fit(prepare(data.digits.train_images), labels, epochs=wanted, batch_size=batch_size, verbose=0)
        found = model.predict(prepare(data.digits.test_images), verbose=0).argmax(axis=1)
        return float(np.mean(found == data.digits.test_labels))

    return train


def letters(
    *, build: Callable[[], Any] | None = None, transposed: bool = False, epochs: int | None = None, **fit: Any
) -> Callable[..., float]:
    """Return a training of a letters network; `transposed`: on letters lying on their side."""

    def train(data: GradingData) -> float:
        import mnist_all_models as reference

        model = (build or reference.build_letters_model)()
        model.steps_per_execution = 16
        images = data.letters.train_images.transpose(0, 2, 1) if transposed else data.letters.train_images
        labels = data.letters.train_labels.astype(np.int64)
        wanted = data.thresholds["letters"].epochs if epochs is None else epochs
        if wanted:
            model.fit(reference.prepare_cnn(images), labels, epochs=wanted, verbose=0, **fit)
        return float(np.mean(reference.predict_letters(model, data.letters.test_images) == data.letters.test_labels))

    return train


def dense_letters() -> Any:
    """Return a plain network without convolutions, which the contract allows."""
    from keras import Input, Sequential, layers

    model = Sequential(
        [Input((28, 28, 1)), layers.Flatten(), layers.Dense(256, activation="relu"), layers.Dense(26, "softmax")]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def slow_adam() -> Any:
    import keras

    return keras.optimizers.Adam(3e-4)


VARIANTS = {
    "ann, as the reference": Variant("ann", True, digits("ann")),
    "ann, batches of 256": Variant("ann", True, digits("ann", batch_size=256)),
    "ann, SGD": Variant("ann", False, digits("ann", optimizer=lambda: "sgd")),
    "ann, one epoch": Variant("ann", False, digits("ann", epochs=1)),
    "ann, untrained": Variant("ann", False, digits("ann", epochs=0)),
    "cnn, as the reference": Variant("cnn", True, digits("cnn")),
    "cnn, batches of 256": Variant("cnn", True, digits("cnn", batch_size=256)),
    "cnn, Adam(3e-4)": Variant("cnn", True, digits("cnn", optimizer=slow_adam)),
    "cnn, SGD": Variant("cnn", False, digits("cnn", optimizer=lambda: "sgd")),
    "cnn, one epoch": Variant("cnn", False, digits("cnn", epochs=1)),
    "cnn, loss not from logits": Variant("cnn", False, digits("cnn", loss="sparse_categorical_crossentropy")),
    "letters, as the reference": Variant("letters", True, letters()),
    "letters, batches of 128": Variant("letters", True, letters(batch_size=128)),
    "letters, dense network": Variant("letters", True, letters(build=dense_letters)),
    "letters, one epoch": Variant("letters", False, letters(epochs=1)),
    "letters, lying on their side": Variant("letters", False, letters(transposed=True)),
    "letters, untrained": Variant("letters", False, letters(epochs=0)),
}


def run(options: argparse.Namespace) -> None:
    """Train what is not in the file yet."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    done = {(entry["variant"], entry["secret"]) for entry in entries([options.out])} if options.out.exists() else set()
    chosen = {name: variant for name, variant in VARIANTS.items() if not options.task or variant.task in options.task}
    for number in range(options.first, options.first + options.secrets):
        secret = f"benchmark secret {number}"
        data = None
        for name, variant in chosen.items():
            if (name, secret) in done:
                continue
            if data is None:
                data = (
                    fixture_data(secret.encode()) if options.real is None else real_data(secret.encode(), options.real)
                )
            keras.utils.set_random_seed(number)
            start = time.process_time()
            accuracy = variant.train(data)
            entry = {"variant": name, "secret": secret, "accuracy": accuracy, "cpu_s": time.process_time() - start}
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry | {"dataset": data.name}) + "\n")
            print(f"{number:3d}  {name:32s} {accuracy:.4f}  {entry['cpu_s']:5.1f} s of processor time", flush=True)
            keras.backend.clear_session()


def entries(paths: list[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def tolerance_limit(values: list[float]) -> float:
    """Return the accuracy that all but `FAIL_RATE` of the runs exceed, with the confidence wanted."""
    normal, count = statistics.NormalDist(), len(values)
    quantile, confident = normal.inv_cdf(1 - FAIL_RATE), normal.inv_cdf(CONFIDENCE)
    a = 1 - confident**2 / (2 * (count - 1))
    b = quantile**2 - confident**2 / count
    factor = (quantile + math.sqrt(quantile**2 - a * b)) / a
    return statistics.mean(values) - factor * statistics.stdev(values)


def table(options: argparse.Namespace) -> None:
    """Print the figures, for the data set's card."""
    reached: dict[str, list[float]] = defaultdict(list)
    costs: dict[str, list[float]] = defaultdict(list)
    datasets = set()
    for entry in entries(options.files):
        reached[entry["variant"]].append(entry["accuracy"])
        costs[entry["variant"]].append(entry["cpu_s"])
        datasets.add(entry["dataset"])
    thresholds = FIXTURE if datasets == {"fixture"} else MNIST
    print(f"data: {', '.join(sorted(datasets))}\n")
    print("| what | runs | mean | sd | smallest | largest | 1 in 1,000 below | its points | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, variant in VARIANTS.items():
        values = reached.get(name, [])
        if len(values) < 3:
            continue
        limit = f"{tolerance_limit(values):.3f}" if variant.right else ""
        shares = [thresholds[variant.task].share(value) for value in values]
        print(
            f"| {name}{'' if variant.right else ' (wrong)'} | {len(values)} | {statistics.mean(values):.4f} "
            f"| {statistics.stdev(values):.4f} | {min(values):.4f} | {max(values):.4f} | {limit} "
            f"| {min(shares):.0%} to {max(shares):.0%} | {statistics.mean(costs[name]):.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    runner = commands.add_parser("run", help="train and note what is reached")
    runner.add_argument("--secrets", type=int, default=40)
    runner.add_argument("--first", type=int, default=0, help="number of the first secret")
    runner.add_argument("--task", choices=sorted(FIXTURE), action="append")
    runner.add_argument("--real", type=Path, metavar="DIR", help="the real pictures in DIR instead of drawn ones")
    runner.add_argument("--out", type=Path, required=True)
    runner.set_defaults(do=run)
    shower = commands.add_parser("table", help="show what was reached")
    shower.add_argument("files", type=Path, nargs="+")
    shower.set_defaults(do=table)
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()
