"""The reference reads drawings on transparent paper as they look on white, whatever lies below."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from student_mistakes import printed, student_with

pytestmark = pytest.mark.slow

BELOW = {"black": (0, 0, 0), "white": (255, 255, 255), "red": (255, 0, 0), "blue": (0, 0, 255)}
"""What a transparent pixel holds: nobody sees it."""
INKS = {"black": (0, 0, 0), "blue": (0, 0, 200)}


def transparent(ink: str, below: str) -> Image.Image:
    """Return an 8 in some ink on transparent paper, its edges half transparent (RGBA)."""
    covered = 255 - printed("8")
    colours = np.where(covered[..., np.newaxis] > 0, INKS[ink], BELOW[below]).astype(np.uint8)
    return Image.fromarray(np.dstack([colours, covered]))


def expected(picture: Image.Image) -> np.ndarray:
    """Return what load_drawing makes of the picture as another library lays it on white."""
    white = Image.new("RGBA", picture.size, "white")
    gray = np.asarray(Image.alpha_composite(white, picture.convert("RGBA")).convert("L"))
    return 255 - cv2.resize(gray, (28, 28), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("ink", INKS)
def test_transparent_paper_is_white(tmp_path: Path, ink: str, below: str, mode: str) -> None:
    picture = transparent(ink, below)
    stored = picture.quantize(255) if mode == "P" else picture.convert(mode)
    stored.save(tmp_path / "drawing.png")
    with Image.open(tmp_path / "drawing.png") as file:
        assert file.mode == mode
    came = student_with().load_drawing(str(tmp_path / "drawing.png"))
    assert came.dtype == np.uint8
    assert np.abs(came.astype(int) - expected(stored)).max() <= 2
    assert np.median(came) == 0
    assert came.max() > 180


def test_light_ink_on_black_that_is_transparent_at_the_rim(tmp_path: Path) -> None:
    """A black sheet with light ink stays black: what is transparent is no more than its rounded corners."""
    sheet = np.dstack([*[255 - printed("3")] * 3, np.full((56, 56), 255, np.uint8)])
    sheet[:3, :3, 3] = 0
    Image.fromarray(sheet).save(tmp_path / "drawing.png")
    came = student_with().load_drawing(str(tmp_path / "drawing.png"))
    assert np.abs(came.astype(int) - (255 - expected(Image.fromarray(sheet)))).max() <= 2


@pytest.mark.parametrize("below", [0, 65535])
def test_sixteen_bits(tmp_path: Path, below: int) -> None:
    covered = (255 - printed("8").astype(np.uint16)) * 257
    deep = np.dstack([*[np.where(covered > 0, 0, below).astype(np.uint16)] * 3, covered])
    cv2.imwrite(str(tmp_path / "drawing.png"), deep)
    came = student_with().load_drawing(str(tmp_path / "drawing.png"))
    assert np.abs(came.astype(int) - expected(transparent("black", "black"))).max() <= 2


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_opaque_drawings_are_as_they_were(tmp_path: Path, channels: int, depth: type) -> None:
    gray = printed("5").astype(depth) * (1 if depth is np.uint8 else 257)
    parts = [gray] * min(channels, 3) + [np.full_like(gray, np.iinfo(depth).max)] * (channels == 4)
    cv2.imwrite(str(tmp_path / "drawing.png"), np.dstack(parts))
    came = student_with().load_drawing(str(tmp_path / "drawing.png"))
    wanted = 255 - cv2.resize(printed("5"), (28, 28), interpolation=cv2.INTER_CUBIC)
    assert np.abs(came.astype(int) - wanted).max() <= 1
