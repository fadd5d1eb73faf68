"""Measure the handwriting generator: images per second and, with real files, how well its digits and letters teach.

    OMP_NUM_THREADS=1 python benchmarks/handwriting.py
    OMP_NUM_THREADS=1 python benchmarks/handwriting.py --mnist FOLDER --part dev
    OMP_NUM_THREADS=1 python benchmarks/handwriting.py --letters FILE.npz

FOLDER holds ``train-images-idx3-ubyte.gz`` and ``train-labels-idx1-ubyte.gz``. Networks are trained on generated
digits only and asked about real ones: ``dev`` is the first 40,000, ``final`` the last 20,000. Tune on ``dev`` only.

FILE.npz holds real letters A and B of EMNIST: ``images`` (N, 28, 28) uint8, upright, and ``labels`` (N,), 0 for A and
1 for B. It prints their measures beside those of generated ones, what a network of 26 classes taught by generated
letters says of them, and how well a network taught by one kind tells A from B of the other.
"""

import argparse
import gzip
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from grader.assignment.handwriting import GENERATOR_VERSION, draw_digits, draw_letters
from grader.assignment.handwriting.normalise import SIDE

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
    """Return one of the assignment's networks, or a usual one for letters, compiled."""
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
    letters = [
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(26),
    ]  # fmt: skip
    model = Sequential([Input((28, 28, 1)), *{"cnn": cnn, "ann": ann, "letters": letters}[kind]])
    model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=kind != "ann"))
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


def draw_a_and_b(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    return draw_letters(count, seed=seed, writers=max(count // 10, 1), class_weights=[1, 1] + [0] * 24)


def measures(images: np.ndarray) -> dict[str, np.ndarray]:
    """Return what can be compared of letters (N, 28, 28) uint8: by name, a number for each."""
    ink, lit, grey = images > 127, images > 30, images / 255
    rows, columns = lit.any(axis=2), lit.any(axis=1)
    height = SIDE - rows[:, ::-1].argmax(axis=1) - rows.argmax(axis=1)
    width = SIDE - columns[:, ::-1].argmax(axis=1) - columns.argmax(axis=1)
    mass = grey.sum(axis=(1, 2))
    x = np.arange(SIDE) - ((grey.sum(axis=1) * np.arange(SIDE)).sum(axis=1) / mass)[:, None]
    y = np.arange(SIDE) - ((grey.sum(axis=2) * np.arange(SIDE)).sum(axis=1) / mass)[:, None]
    lean = -np.einsum("nyx,nx,ny->n", grey, x, y) / np.einsum("nyx,ny->n", grey, y**2)
    touched = (images > 0).sum(axis=(1, 2))
    return {
        "width of the line": np.array([line_width(one) for one in ink]),
        "ink": mass,
        "height": height,
        "width": width,
        "longer side": np.maximum(height, width),
        "width / height": width / height,
        "slant": lean,
        "holes": np.array([count_holes(one) for one in ink]),
        "steepest step": np.abs(np.diff(grey, axis=2)).max(axis=(1, 2)),
        "share of grey 1-30": ((images > 0) & ~lit).sum(axis=(1, 2)) / touched,
        "share of grey 31-127": (lit & ~ink).sum(axis=(1, 2)) / touched,
        "share of grey 128-249": (ink & (images < 250)).sum(axis=(1, 2)) / touched,
        "share of grey 250-255": (images >= 250).sum(axis=(1, 2)) / touched,
    }


def line_width(ink: np.ndarray) -> float:
    """Return the usual width of a line: twice the distance to paper along its middle."""
    large = cv2.resize(ink.astype(np.uint8) * 255, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC) > 127
    distance = cv2.distanceTransform(large.astype(np.uint8), cv2.DIST_L2, 5)
    middle = (distance >= cv2.dilate(distance, np.ones((3, 3)))) & (distance > 0)
    return float(np.median(distance[middle])) / 2 if middle.any() else 0.0


def count_holes(ink: np.ndarray) -> int:
    paper = np.pad(~ink, 1, constant_values=True).astype(np.uint8)
    return int(cv2.connectedComponents(paper, connectivity=4)[0]) - 2


def compare_measures(real: np.ndarray, truth: np.ndarray, drawn: np.ndarray, labels: np.ndarray) -> None:
    print("| letter | measure | real: mean, sd; 5 %, 50 %, 95 % | generated |\n|---|---|---|---|")
    for label, name in enumerate("AB"):
        sides = measures(real[truth == label]), measures(drawn[labels == label])
        for measure in sides[0]:
            cells = []
            for side in sides:
                low, middle, high = np.percentile(side[measure], [5, 50, 95])
                spread = f"{side[measure].mean():.2f}, {side[measure].std():.2f}"
                cells.append(f"{spread}; {low:.2f}, {middle:.2f}, {high:.2f}")
            print(f"| {name} | {measure} | {' | '.join(cells)} |")


def teach_letters(images: np.ndarray, labels: np.ndarray, epochs: int, seed: int) -> Any:
    model = build_model("letters", seed)
    model.fit(images[..., None] / np.float32(255), labels, batch_size=128, epochs=epochs, verbose=0)
    return model


def ask_letters(model: Any, images: np.ndarray, classes: int = 26) -> np.ndarray:
    scores = model.predict(images[..., None] / np.float32(255), batch_size=500, verbose=0)
    return np.asarray(scores[:, :classes].argmax(axis=1))


def measure_separation(real: np.ndarray, truth: np.ndarray, seeds: list[int]) -> None:
    """Print how well 1,400 letters A and B of one kind teach to tell the other kind's apart, for 12 epochs."""
    for seed in seeds:
        drawn, labels = draw_a_and_b(len(truth), seed)
        chosen = np.random.default_rng(seed).permutation(len(truth))[:1400]
        by_real = ask_letters(teach_letters(real[chosen], truth[chosen], 12, seed), drawn, 2) == labels
        by_drawn = ask_letters(teach_letters(drawn[:1400], labels[:1400], 12, seed), real, 2) == truth
        print(f"A from B, seed {seed}: real teach generated {by_real.mean():.2%}, the other way {by_drawn.mean():.2%}")


def measure_letters(real: np.ndarray, truth: np.ndarray, count: int, epochs: int, seeds: list[int]) -> None:
    print(f"{len(truth):,} real letters A and B; taught by {count:,} drawn letters of 26 classes, {epochs} epochs")
    for seed in seeds:
        images, labels = draw_letters(count, seed=seed, writers=max(count // 20, 1))
        model = teach_letters(images, labels, epochs, seed)
        guess = ask_letters(model, real)
        a, b = ((guess == truth)[truth == label].mean() for label in (0, 1))
        taken = ", ".join(f"{row} for {column} {times}" for row, column, times in confusions(truth, guess)[:8])
        print(f"letters, seed {seed}: {np.mean(guess == truth):.2%}; A {a:.2%}, B {b:.2%}; {taken}", flush=True)
    images, labels = draw_letters(5_200, seed=max(seeds) + 1, writers=260)
    guess = ask_letters(model, images)
    taken = ", ".join(f"{row} for {column} {times}" for row, column, times in confusions(labels, guess)[:20])
    print(f"generated letters by other writers, the last seed: {np.mean(guess == labels):.2%}; {taken}")


def confusions(truth: np.ndarray, guess: np.ndarray) -> list[tuple[str, str, int]]:
    """Return (letter, taken for, times), the most frequent first."""
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    table = np.zeros((26, 26), int)
    np.add.at(table, (truth, guess), 1)
    np.fill_diagonal(table, 0)
    order = np.argsort(-table, axis=None, kind="stable")
    return [(names[i // 26], names[i % 26], int(table.flat[i])) for i in order if table.flat[i]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mnist", type=Path, help="folder with the real training files")
    parser.add_argument("--letters", type=Path, help="file with real letters A and B")
    parser.add_argument("--part", choices=["dev", "final"], default="dev")
    parser.add_argument("--count", type=int, default=60_000, help="pictures to draw for training, as in MNIST")
    parser.add_argument("--epochs", type=int, help="10 for digits and 6 for letters")
    parser.add_argument("--kinds", nargs="+", choices=["cnn", "ann"], default=["cnn", "ann"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print(f"generator version {GENERATOR_VERSION}")
    measure_speed(10_000)
    if options.mnist:
        epochs = options.epochs or 10
        measure_accuracy(options.mnist, options.part, options.count, epochs, options.kinds, options.seeds)
    if options.letters:
        file = np.load(options.letters)
        real = file["images"], file["labels"]
        compare_measures(*real, *draw_a_and_b(len(real[1]), seed=options.seeds[0]))
        measure_separation(*real, options.seeds)
        measure_letters(*real, options.count, options.epochs or 6, options.seeds)


if __name__ == "__main__":
    main()
