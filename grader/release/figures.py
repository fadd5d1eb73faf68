"""Draw the figures of the handout with the reference's own functions, from the data that students get.

They hold digits, sizes and the names of Keras and NumPy, and no words, so that both languages share them. The
networks train for that, which takes half a minute: `digitlab release --figures` draws, `digitlab release` copies.
"""

from __future__ import annotations

import importlib.util
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

import grader.assignment
from grader.assignment.data_files import PUBLIC_SIZES, dataset_files
from grader.assignment.handwriting.public_set import PUBLIC_SEED
from grader.release.network_figure import draw_network
from grader.system.assets import reference_dir
from grader.system.errors import ReleaseError

FIGURES = Path(grader.assignment.__file__).parent / "template" / "figures"
EPOCHS = 8
SEED = 7
INK, OTHER = "#1f5fa8", "#c2571a"
DPI = 110
COLORS = 64
"""Of a figure: students fetch them with the template."""
LOOK: Any = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "savefig.facecolor": "white"}


def draw_figures(folder: Path = FIGURES) -> list[Path]:
    """Draw every figure anew as a PNG file of this folder; return the paths.

    Raises:
        ReleaseError: the folder cannot be written.
    """
    with tempfile.TemporaryDirectory() as data, matplotlib.rc_context(LOOK):
        lab = _work_through(_reference(), _unpacked(Path(data)))
        figures = {
            "digits": _draw_samples(lab.train_images, lab.train_labels, "0123456789", columns=10),
            "letters": _draw_stored_letters(lab),
            "ann": draw_network(lab.ann),
            "cnn": draw_network(lab.cnn),
            "training": _draw_training(lab.histories),
            "mistakes": lab.mistakes,
            "confusion": _draw_confusion(lab),
            "softmax": _draw_softmax(lab),
            "drawing": _draw_drawing(lab),
        }
        return _save(figures, folder)


def _save(figures: Mapping[str, Figure], folder: Path) -> list[Path]:
    paths = []
    for name, figure in figures.items():
        data = io.BytesIO()
        figure.savefig(data, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None})
        few_colors = Image.open(data).convert("RGB").quantize(COLORS)
        path = folder / f"{name}.png"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            few_colors.save(path, optimize=True)
        except OSError as error:
            raise ReleaseError(f"{path}: cannot be written ({error.strerror}). Make the folder writable.") from error
        paths.append(path)
    return paths


def _reference() -> ModuleType:
    matplotlib.use("Agg")
    spec = importlib.util.spec_from_file_location("mnist_all_models", reference_dir() / "mnist_all_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _unpacked(folder: Path) -> Path:
    for name, content in dataset_files(PUBLIC_SEED, PUBLIC_SIZES):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _work_through(reference: Any, data: Path) -> SimpleNamespace:
    """Do the lab: read the data, train both networks, predict."""
    import keras

    keras.utils.set_random_seed(SEED)
    digits, letters = data / "mnist_dataset", data / "emnist_dataset"
    lab = SimpleNamespace(reference=reference, drawing=data / "test_images" / "8.jpg", histories={})
    for kind, prefix in (("train", "train"), ("test", "t10k")):
        setattr(lab, f"{kind}_images", reference.mnist_parse_file(digits / f"{prefix}-images-idx3-ubyte.gz"))
        setattr(lab, f"{kind}_labels", reference.mnist_parse_file(digits / f"{prefix}-labels-idx1-ubyte.gz"))
    lab.stored_letters = reference.mnist_parse_file(letters / "emnist-letters-test-images-idx3-ubyte.gz")
    lab.letters, lab.letter_labels = reference.load_emnist_letters(
        letters / "emnist-letters-test-images-idx3-ubyte.gz", letters / "emnist-letters-test-labels-idx1-ubyte.gz"
    )
    for name in ("ann", "cnn"):
        model, prepare = getattr(reference, f"build_{name}")(), getattr(reference, f"prepare_{name}")
        seen, unseen = prepare(lab.train_images), prepare(lab.test_images)
        history = reference.train_model(model, seen, lab.train_labels, EPOCHS, (unseen, lab.test_labels))
        setattr(lab, name, model)
        lab.histories[f"build_{name}"] = history.history
    lab.found = reference.predict_labels(lab.cnn, reference.prepare_cnn(lab.test_images))
    wrong = reference.wrong_set(lab.found, lab.test_labels)[:10]
    lab.mistakes = reference.showpics(lab.test_images, lab.found, lab.test_labels, wrong)
    return lab


def _picture(axes: Any, picture: np.ndarray, title: str = "", cmap: str = "Greys") -> None:
    axes.imshow(picture, cmap=cmap, vmin=0, vmax=255)
    axes.set_title(title, fontsize=9)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set(visible=True, linewidth=0.4)


def _draw_samples(images: np.ndarray, labels: np.ndarray, names: str, *, columns: int) -> Figure:
    """Draw some pictures (N, 28, 28) of each class, one row a class."""
    figure = Figure(figsize=(0.5 * columns, 0.5 * len(names)))
    grid = figure.subplots(len(names), columns)
    for label, row in enumerate(grid):
        for axes, picture in zip(row, images[labels == label][:columns], strict=True):
            _picture(axes, picture)
        row[0].set_ylabel(names[label], rotation=0, labelpad=10, va="center")
    return figure


def _draw_stored_letters(lab: SimpleNamespace) -> Figure:
    """Draw letters as their file has them, and upright below."""
    chosen = [int(np.flatnonzero(lab.letter_labels == label)[0]) for label in range(0, 26, 3)]
    figure = Figure(figsize=(0.75 * len(chosen), 1.9))
    stored, upright = figure.subplots(2, len(chosen))
    for place, index in enumerate(chosen):
        _picture(stored[place], lab.stored_letters[index])
        _picture(upright[place], lab.letters[index], lab.reference.letter_of(lab.letter_labels[index]))
    stored[0].set_ylabel("parse_idx", fontsize=8)
    upright[0].set_ylabel("transpose", fontsize=8)
    return figure


def _draw_training(histories: Mapping[str, Mapping[str, list[float]]]) -> Figure:
    figure = Figure(figsize=(7, 2.6), layout="constrained")
    for axes, key in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for (name, history), color in zip(histories.items(), (INK, OTHER), strict=True):
            epochs = range(1, len(history[key]) + 1)
            axes.plot(epochs, history[key], color=color, label=f"{name}: {key}")
            axes.plot(epochs, history[f"val_{key}"], color=color, linestyle="--", label=f"{name}: val_{key}")
        axes.set_xlabel("epochs")
        axes.legend(fontsize=7, frameon=False)
    return figure


def _draw_confusion(lab: SimpleNamespace) -> Figure:
    """Draw how often the convolutional network took which digit (rows) for which (columns)."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (lab.test_labels, lab.found), 1)
    figure = Figure(figsize=(3.8, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.imshow(np.log1p(counts), cmap="Blues")
    for row, column in np.argwhere(counts):
        dark = counts[row, column] > counts.max() / 8
        axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=8, color="w" if dark else "k")
    axes.set_xticks(range(10))
    axes.set_yticks(range(10))
    axes.set_xlabel("predict_labels")
    axes.set_ylabel("test_labels")
    return figure


def _draw_softmax(lab: SimpleNamespace) -> Figure:
    """Draw a digit that the convolutional network is not sure of, its logits and its probabilities."""
    prepared = lab.reference.prepare_cnn(lab.test_images)
    scores = lab.reference.predict_scores(lab.cnn, prepared)
    index = int(np.argmin(np.abs(scores.max(axis=1) - 0.6)))
    logits = lab.cnn.predict(prepared[index : index + 1], verbose=0)[0]
    figure = Figure(figsize=(7, 2), layout="constrained")
    picture, left, right = figure.subplots(1, 3, width_ratios=(1, 2, 2))
    _picture(picture, lab.test_images[index])
    for axes, values, name in ((left, logits, "logits"), (right, scores[index], "softmax(logits)")):
        axes.bar(range(10), values, color=INK)
        axes.axhline(0, color="black", linewidth=0.6)
        axes.set_xticks(range(10))
        axes.set_title(name, fontsize=9)
    return figure


def _draw_drawing(lab: SimpleNamespace) -> Figure:
    """Draw what load_drawing makes of the picture that comes with the template."""
    import cv2

    drawn = cv2.imdecode(np.fromfile(lab.drawing, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert drawn is not None  # a file of ours
    small = cv2.resize(drawn, (28, 28), interpolation=cv2.INTER_CUBIC)
    figure = Figure(figsize=(5, 1.9), layout="constrained")
    steps = ((drawn, "56x56"), (small, "28x28"), (lab.reference.load_drawing(lab.drawing), "load_drawing"))
    for axes, (picture, title) in zip(figure.subplots(1, 3), steps, strict=True):
        _picture(axes, picture, title, cmap="gray")
    return figure
