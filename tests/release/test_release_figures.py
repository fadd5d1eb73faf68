"""The handout's figures: drawn by the reference, named by both pages, light enough to be handed out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from grader.assignment.data_files import DatasetSizes
from grader.release import figures
from grader.release.figures import FIGURES, draw_figures
from grader.system.errors import ReleaseError

NAMES = {"digits", "letters", "ann", "cnn", "training", "mistakes", "confusion", "softmax", "drawing"}


@pytest.mark.parametrize("page", ["README.md", "README.ru.md"])
def test_each_page_shows_every_figure_and_says_what_is_on_it(page: str) -> None:
    text = (FIGURES.parent / page).read_text(encoding="utf-8")
    shown = dict(re.findall(r"!\[([^\]]+)\]\(figures/(\w+)\.png\)", text))
    assert set(shown.values()) == NAMES
    assert all(len(words) > 15 for words in shown)


def test_the_figures_are_light() -> None:
    sizes = {path.stem: path.stat().st_size for path in FIGURES.glob("*.png")}
    assert set(sizes) == NAMES
    assert max(sizes.values()) < 60_000


@pytest.mark.slow
def test_figures_are_drawn_by_the_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "EPOCHS", 1)
    monkeypatch.setattr(figures, "PUBLIC_SIZES", DatasetSizes(train=400, test=300, letters_train=52, letters_test=260))
    paths = draw_figures(tmp_path / "figures")
    assert {path.stem for path in paths} == NAMES
    for path in paths:
        with Image.open(path) as picture:
            assert len(picture.getcolors(256) or []) > 3, path.name
    (tmp_path / "file").write_text("")
    with pytest.raises(ReleaseError, match=r"digits\.png: cannot be written .* Make the folder writable"):
        figures._save({"digits": figures.Figure()}, tmp_path / "file")
