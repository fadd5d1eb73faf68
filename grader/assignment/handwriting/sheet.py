"""Lay samples of each class out on one picture, generated ones on the left and real ones on the right."""

from pathlib import Path

import cv2
import numpy as np

from grader.assignment.handwriting.normalise import SIDE
from grader.assignment.handwriting.seeds import make_rng
from grader.assignment.handwriting.sets import draw_digits, draw_letters
from grader.system.errors import UsageError
from grader.system.file_errors import why_not_written

Samples = tuple[np.ndarray, np.ndarray]
"""Upright pictures (N, 28, 28) uint8 and their labels (N,) from 0."""
COLUMNS = 20  # samples of a class in each block
_CELL = SIDE + 2  # a picture and a line of the grid
_ENLARGE = 2  # pixels of the sheet for one of a picture
_GRID, _BACK, _TEXT = 70, 25, 230  # grey values
_CHOICE = 30  # name of a random stream, apart from those of sets, pictures and writers


def _words(text: str, width: int) -> np.ndarray:
    """Return a cell with text in it, (_CELL, width) uint8, before it is enlarged."""
    cell = np.full((_CELL * _ENLARGE, width * _ENLARGE), _BACK, np.uint8)
    place = (6 * _ENLARGE, 21 * _ENLARGE)
    cv2.putText(cell, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5 * _ENLARGE, _TEXT, _ENLARGE, cv2.LINE_AA)
    return cell


def _row(samples: np.ndarray) -> np.ndarray:
    """Return up to COLUMNS pictures (N, 28, 28) side by side, enlarged; missing ones are left blank."""
    cells = np.full((COLUMNS, _CELL, _CELL), _BACK, np.uint8)
    cells[: len(samples)] = _GRID
    cells[: len(samples), 1:-1, 1:-1] = samples
    row = cells.transpose(1, 0, 2).reshape(_CELL, COLUMNS * _CELL)
    return cv2.resize(row, None, fx=_ENLARGE, fy=_ENLARGE, interpolation=cv2.INTER_NEAREST)


def _block(title: str, images: np.ndarray, labels: np.ndarray, classes: int, seed: int) -> np.ndarray:
    """Return a title and below it a row of each class, taken from the samples by chance."""
    order = make_rng(seed, _CHOICE).permutation(len(labels))
    rows = [_row(images[order[labels[order] == label][:COLUMNS]]) for label in range(classes)]
    return np.vstack([_words(title, COLUMNS * _CELL), *rows])


def draw_sheet(*, letters: bool, seed: int, real: Samples | None = None) -> np.ndarray:
    """Return a sheet of samples, (height, width) uint8: a row for each digit or letter, its name at the left.

    Args:
        letters: draw letters, upper and lower case in one row, instead of digits.
        real: pictures and labels whose samples stand at the right of the generated ones.
    """
    names, draw = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", draw_letters) if letters else ("0123456789", draw_digits)
    blocks = [np.vstack([_words("", _CELL), *(_words(name, _CELL) for name in names)])]
    drawn = draw(COLUMNS * len(names), seed=seed, writers=COLUMNS * 2)
    blocks.append(_block("generated", *drawn, len(names), seed))
    if real is not None:
        gap = np.full((len(blocks[0]), _CELL * _ENLARGE), _BACK, np.uint8)
        blocks += [gap, _block("real", *real, len(names), seed)]
    return np.hstack(blocks)


def write_sheet(path: Path, *, letters: bool, seed: int, real: Samples | None = None) -> None:
    """Write the sheet of ``draw_sheet`` as a PNG file; a file of that name is replaced.

    Raises:
        UsageError: the name does not end in ``.png``, or the file cannot be written.
    """
    if path.suffix.lower() != ".png":
        raise UsageError(f"{path}: the sheet is a PNG picture. Choose a name that ends in .png.")
    done, data = cv2.imencode(".png", draw_sheet(letters=letters, seed=seed, real=real))
    assert done, "OpenCV refuses a picture of our own"
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise UsageError(f"{path}: {why_not_written(error)}. Choose another place with --out.") from error
