"""Measure the handwriting generator: images per second and, with real MNIST files, how well its digits teach.

    OMP_NUM_THREADS=1 python benchmarks/handwriting.py
    OMP_NUM_THREADS=1 python benchmarks/handwriting.py --mnist FOLDER --part dev

FOLDER holds ``train-images-idx3-ubyte.gz`` and ``train-labels-idx1-ubyte.gz``. Networks are trained on generated
digits only and asked about real ones: ``dev`` is the first 40,000, ``final`` the last 20,000. Tune on ``dev`` only.
"""

import argparse
import gzip
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from grader.handwriting import GENERATOR_VERSION, draw_digits, draw_letters

DEV = 40_000
BATCH = 256  # with small ones the last few steps decide half a point, and seeds cannot be compared


def measure_speed(count: int) -> None:
    """Print images per second of processor time (one thread), which a busy machine does not change much."""
    for name, draw in (("digits", draw_digits), ("letters", draw_letters)):
        draw(100, seed=0)
        start = time.process_time()
        draw(count, seed=1)
        print(f"{name}: {count / (time.process_time() - start):,.0f} images/s of processor time")


def load_mnist(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    images = gzip.decompress((folder / "train-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / "train-labels-idx1-ubyte.gz").read_bytes())
    return np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28), np.frombuffer(labels, np.uint8, offset=8)


def build_model(kind: str, seed: int) -> Any:
    """Return one of the assignment's networks, compiled."""
    import tensorflow as tf
    from keras import Input, Sequential, layers, losses, utils

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    utils.set_random_seed(seed)
    cnn = [
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(16, 2, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(8, 3, activation="relu"), layers.Flatten(),
        layers.Dense(64, activation="relu"), layers.Dense(10),
    ]  # fmt: skip
    ann = [layers.Flatten(), layers.Dense(128), layers.Dense(40, activation="relu"), layers.Dense(10, "softmax")]
    model = Sequential([Input((28, 28, 1)), *(cnn if kind == "cnn" else ann)])
    model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=kind == "cnn"))
    return model


def show_confusion(truth: np.ndarray, guess: np.ndarray) -> None:
    table = np.zeros((10, 10), int)
    np.add.at(table, (truth, guess), 1)
    print("rows: the real digit; columns: the answer, in 1/1000 of the row")
    for digit, row in enumerate(table):
        print(digit, " ".join(f"{value:4d}" for value in np.round(1000 * row / row.sum()).astype(int)))


def measure_once(
    kind: str, seed: int, count: int, epochs: int, real: np.ndarray, truth: np.ndarray, *, table: bool
) -> float:
    """Return the accuracy on real digits of a network taught by drawn ones; ``seed`` decides both."""
    images, labels = draw_digits(count, seed=seed, writers=max(count // 20, 1))
    model = build_model(kind, seed)
    model.fit(images[..., None] / np.float32(255), labels, batch_size=BATCH, epochs=epochs, verbose=0)
    guess = model.predict(real[..., None] / np.float32(255), batch_size=500, verbose=0).argmax(axis=1)
    right = float((guess == truth).mean())
    print(f"{kind}, seed {seed}: {right:.2%}", flush=True)
    if table:
        show_confusion(truth, guess)
    return right


def measure_accuracy(folder: Path, part: str, count: int, epochs: int, kinds: list[str], seeds: list[int]) -> None:
    images, labels = load_mnist(folder)
    chosen = slice(None, DEV) if part == "dev" else slice(DEV, None)
    real, truth = images[chosen], labels[chosen]
    print(f"{len(truth):,} real digits ({part}); taught by {count:,} drawn, {epochs} epochs")
    for kind in kinds:
        right = [measure_once(kind, seed, count, epochs, real, truth, table=seed == seeds[-1]) for seed in seeds]
        print(f"{kind}: mean {np.mean(right):.2%}, from {min(right):.2%} to {max(right):.2%} over {len(seeds)} seeds")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mnist", type=Path, help="folder with the real training files")
    parser.add_argument("--part", choices=["dev", "final"], default="dev")
    parser.add_argument("--count", type=int, default=60_000, help="digits to draw for training, as in MNIST")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--kinds", nargs="+", choices=["cnn", "ann"], default=["cnn", "ann"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print(f"generator version {GENERATOR_VERSION}")
    measure_speed(10_000)
    if options.mnist:
        measure_accuracy(options.mnist, options.part, options.count, options.epochs, options.kinds, options.seeds)


if __name__ == "__main__":
    main()
