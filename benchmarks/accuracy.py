"""What the reference reaches, over many secrets or on the real digits: the figures behind grader/marking/thresholds.py.

Run: python benchmarks/accuracy.py --secrets 8
     python benchmarks/accuracy.py --secrets 5 --real DIR --only ann --only cnn     (DIR holds MNIST's files)
Prints one line for each secret and variant, then mean, standard deviation and minimum. Each training is what the grader
asks of a submission: the same pictures, the same epochs, one thread.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="-1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "reference_solution"))

import keras
import mnist_all_models as reference
import numpy as np
import tensorflow as tf

from grader.marking.datasets import fixture_data, real_data


def train_digits(data, name, compile_again=None, batch_size=32):
    """Return the accuracy of the reference's `name` network on the scored digits."""
    model = getattr(reference, f"build_{name}")()
    if compile_again:
        model.compile(**compile_again)
    model.steps_per_execution = 16
    prepare = getattr(reference, f"prepare_{name}")
    labels = data.digits.train_labels.astype(np.int64)
    images = prepare(data.digits.train_images)
    model.fit(images, labels, epochs=data.thresholds[name].epochs, batch_size=batch_size, verbose=0)
    found = model.predict(prepare(data.digits.test_images), verbose=0).argmax(axis=1)
    return float(np.mean(found == data.digits.test_labels))


def train_letters(data, *, transposed=False):
    """Return the accuracy of the reference's letters network; `transposed`: trained on letters lying on their side."""
    model = reference.build_letters_model()
    model.steps_per_execution = 16
    images = data.letters.train_images.transpose(0, 2, 1) if transposed else data.letters.train_images
    labels = data.letters.train_labels.astype(np.int64)
    model.fit(reference.prepare_cnn(images), labels, epochs=data.thresholds["letters"].epochs, verbose=0)
    found = reference.predict_letters(model, data.letters.test_images)
    return float(np.mean(found == data.letters.test_labels))


FROM_LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
VARIANTS = {
    "ann": lambda data: train_digits(data, "ann"),
    "cnn": lambda data: train_digits(data, "cnn"),
    "letters": train_letters,
    # What the contract leaves open: these must get full points too.
    "ann, batch 256": lambda data: train_digits(data, "ann", batch_size=256),
    "cnn, batch 256": lambda data: train_digits(data, "cnn", batch_size=256),
    "cnn, Adam(3e-4)": lambda data: train_digits(
        data, "cnn", {"optimizer": keras.optimizers.Adam(3e-4), "loss": FROM_LOGITS}
    ),
    # What is wrong.
    "ann, sgd for adam": lambda data: train_digits(
        data, "ann", {"optimizer": "sgd", "loss": "sparse_categorical_crossentropy"}
    ),
    "cnn, loss not from logits": lambda data: train_digits(
        data, "cnn", {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
    ),
    "cnn, sgd for adam": lambda data: train_digits(
        data,
        "cnn",
        {"optimizer": "sgd", "loss": FROM_LOGITS},
    ),
    "letters, trained on transposed ones": lambda data: train_letters(data, transposed=True),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--secrets", type=int, default=8)
    parser.add_argument("--real", type=Path, metavar="DIR", help="the real pictures in DIR instead of drawn ones")
    parser.add_argument("--only", choices=list(VARIANTS), action="append")
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    reached = {name: [] for name in options.only or VARIANTS}
    for number in range(options.secrets):
        secret = f"benchmark secret {number}".encode()
        data = fixture_data(secret) if options.real is None else real_data(secret, options.real)
        for name, values in reached.items():
            keras.utils.set_random_seed(number)
            start = time.monotonic()
            values.append(VARIANTS[name](data))
            print(f"{number:3d}  {name:38s} {values[-1]:.4f}  {time.monotonic() - start:5.1f} s", flush=True)
    print()
    for name, values in reached.items():
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        print(
            f"{name:38s} mean {statistics.mean(values):.4f}  sd {spread:.4f}"
            f"  min {min(values):.4f}  max {max(values):.4f}"
        )


if __name__ == "__main__":
    main()
