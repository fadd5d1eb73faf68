"""Letters, and a network that reads them surely, in whatever way somebody prepares pictures for it.

It compares a picture with each of the 26 that it knows. Each is first brought to the mean 0 and one deviation, and
light ink on dark paper counts like dark on light: so pixels may be raw, divided by any number, shifted or inverted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SIDE = 28
LETTERS = 26
SHARPNESS = 100.0
"""What a likeness between 0 and 1 is multiplied by: the second best letter gets next to nothing of the softmax."""


def sure_pictures() -> np.ndarray:
    """Return the letters A to Z as printed capitals, uint8 (26, 28, 28), light on dark, as EMNIST has them."""
    import cv2  # here, so that one without OpenCV is told what is missing

    pictures = np.zeros((LETTERS, SIDE, SIDE), np.uint8)
    for label, picture in enumerate(pictures):
        letter = chr(ord("A") + label)
        (width, height), _below = cv2.getTextSize(letter, cv2.FONT_HERSHEY_SIMPLEX, 0.8, 2)
        place = ((SIDE - width) // 2, (SIDE + height) // 2)
        cv2.putText(picture, letter, place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2, cv2.LINE_AA)
    return pictures


def likenesses(pictures: np.ndarray) -> np.ndarray:
    """Return how like each picture (N, 28, 28) is to each known letter, from 0 to 1, shape (N, 26)."""
    return np.abs(_normalised(pictures) @ _normalised(sure_pictures()).T)


def _normalised(pictures: np.ndarray) -> np.ndarray:
    flat = pictures.reshape(len(pictures), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    return flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-9)


def sure_network() -> Any:
    """Return the network: compiled, input (28, 28, 1), 26 probabilities."""
    import keras  # slow, and not needed while the functions are stubs

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Reshape((SIDE * SIDE,)),
            layers.LayerNormalization(center=False, scale=False),
            layers.Dense(2 * LETTERS, activation="relu", use_bias=False),
            layers.Dense(LETTERS, activation="softmax", use_bias=False),
        ]
    )
    known = _normalised(sure_pictures()).T / SIDE  # a picture of deviation 1 has the length 28
    both = np.concatenate([np.eye(LETTERS)] * 2) * SHARPNESS
    model.set_weights([np.concatenate([known, -known], axis=1), both.astype(np.float32)])
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return model
