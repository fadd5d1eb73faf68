"""The public pictures are the template's own."""

from __future__ import annotations

import gzip
from pathlib import Path

from grader.assignment.handwriting.public_set import public_test_digits, public_test_sha256

TEMPLATE = Path(__file__).resolve().parents[2] / "student_template" / "mnist_dataset"


def test_they_are_the_pictures_of_the_template() -> None:
    images, labels = public_test_digits()
    assert images.shape == (1000, 28, 28)
    assert gzip.decompress((TEMPLATE / "t10k-images-idx3-ubyte.gz").read_bytes())[16:] == images.tobytes()
    assert gzip.decompress((TEMPLATE / "t10k-labels-idx1-ubyte.gz").read_bytes())[8:] == labels.tobytes()
    assert len(public_test_sha256()) == 64
