"""The page of `draw.py` in a real browser: draw an 8 and see an 8, by mouse, keyboard and finger, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import Watched
from drawing_server import Drawing, drawing, make_template

from grader.release.notebook import reference_source

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

OpenPage = Callable[..., Watched]
EIGHT = [(28, 28), (20, 22), (20, 14), (28, 9), (36, 14), (36, 22), (28, 28), (19, 34), (19, 43), (28, 48), (37, 43)]
EIGHT += [(37, 34), (28, 28)]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WAIT_MS = 120_000


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawing]:
    with drawing(make_template(tmp_path_factory.mktemp("untouched")), "--lang", "ru") as running:
        yield running


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawing]:
    folder = make_template(tmp_path_factory.mktemp("solved"))
    (folder / "mnist_all_models.py").write_text(reference_source(), encoding="utf-8")
    with drawing(folder, "--lang", "en") as running:
        yield running


@pytest.fixture(scope="module")
def trained(solved: Drawing, chromium: Any) -> Drawing:
    """Train both networks by the page's button."""
    page = chromium.new_page()
    page.goto(solved.url)
    draw_eight(page)
    page.get_by_role("button", name="Train now (about a minute)").click(timeout=WAIT_MS)
    page.locator("article table").nth(1).wait_for(timeout=WAIT_MS)
    assert page.locator("#training").is_hidden()
    assert page.locator("#share").is_hidden()
    page.close()
    assert (solved.folder / "mnist_ann.keras").is_file()
    assert (solved.folder / "mnist_cnn.keras").is_file()
    return solved


def draw_eight(page: Page) -> None:
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    scale = box["width"] / 56
    (first, *others) = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in EIGHT]
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def ink(page: Page) -> int:
    """Return how many pixels of the canvas are dark."""
    return page.evaluate(
        "[...canvas.getContext('2d').getImageData(0, 0, 56, 56).data].filter((v, i) => i % 4 === 0 && v < 128).length"
    )


def answer_of(page: Page, network: str) -> str:
    card = page.locator(f"article[data-network={network}]")
    card.locator("table").wait_for(timeout=WAIT_MS)
    return card.locator("strong").inner_text()


def test_draw_an_eight_and_see_an_eight(open_page: OpenPage, trained: Drawing) -> None:
    watched = open_page(trained.url)
    page = watched.page
    draw_eight(page)
    answers = {network: answer_of(page, network) for network in ("ann", "cnn")}
    assert "8" in answers.values()
    for network, answer in answers.items():
        best = page.locator(f"article[data-network={network}] tr.best")
        assert best.locator("th").inner_text() == answer
        assert best.locator("td").last.inner_text().endswith(" %")
    assert page.locator("#status").inner_text().startswith(f"ANN: {answers['ann']} (")
    assert page.locator("#made-picture").evaluate("picture => [picture.naturalWidth, picture.naturalHeight]") == [
        28,
        28,
    ]
    assert watched.problems == []
    assert all(address.startswith((trained.url, "data:")) for address in watched.requests)


def test_the_picture_is_saved_under_its_name(open_page: OpenPage, trained: Drawing) -> None:
    page = open_page(trained.url).page
    page.get_by_role("button", name="Save picture").click()
    assert page.locator("#saved").inner_text() == "Nothing is drawn yet."
    draw_eight(page)
    page.get_by_label("Name").fill("моя восьмёрка")
    page.get_by_role("button", name="Save picture").click()
    page.get_by_text("Saved as test_images/моя восьмёрка.jpg").wait_for()
    assert (trained.folder / "test_images" / "моя восьмёрка.jpg").is_file()


def test_the_keyboard_draws(open_page: OpenPage, trained: Drawing) -> None:
    page = open_page(trained.url).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "canvas"
    assert page.locator("#canvas").evaluate("canvas => getComputedStyle(canvas).outlineStyle") == "solid"
    assert page.locator("#pen").is_visible()
    page.keyboard.press("ArrowUp")
    assert ink(page) == 0
    page.keyboard.press("Space")
    assert page.locator("#status").inner_text() == "The pen is down."
    dot = ink(page)
    assert dot > 0
    for _ in range(8):
        page.keyboard.press("ArrowDown")
    assert ink(page) > 2 * dot
    page.keyboard.press("Space")
    answer_of(page, "cnn")
    page.keyboard.press("Delete")
    assert ink(page) == 0
    assert page.locator("#status").inner_text() == "The canvas is empty."


def test_a_finger_draws_on_a_phone_and_nothing_is_cut_off(open_page: OpenPage, trained: Drawing) -> None:
    page = open_page(trained.url, color_scheme="dark", **PHONE).page
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert ink(page) > 0
    answer_of(page, "cnn")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgb(22, 24, 27)"


def test_clear_and_pen_width(open_page: OpenPage, trained: Drawing) -> None:
    page = open_page(trained.url).page
    amounts = []
    for width in ("2", "9"):
        page.locator("#width").fill(width)
        draw_eight(page)
        amounts.append(ink(page))
        page.get_by_role("button", name="Clear").click()
        assert ink(page) == 0
    assert amounts[1] > 2 * amounts[0]


def test_a_stub_is_told_in_words_and_in_russian(open_page: OpenPage, untouched: Drawing) -> None:
    watched = open_page(untouched.url)
    page = watched.page
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.get_by_role("heading", level=1).inner_text() == "Нарисуйте цифру"
    draw_eight(page)
    page.locator("#problem").wait_for(timeout=WAIT_MS)
    assert page.locator("#problem").inner_text().startswith("Ещё не написано: load_drawing: прочитайте")
    page.get_by_role("button", name="Обучить сейчас").click()
    page.get_by_text("Ещё не написано: mnist_parse_file").wait_for(timeout=WAIT_MS)
    assert watched.problems == []


def test_a_server_that_has_ended_is_told(open_page: OpenPage, tmp_path: Path) -> None:
    with drawing(make_template(tmp_path), "--lang", "en") as running:
        page = open_page(running.url).page
    draw_eight(page)
    page.get_by_text("draw.py does not answer. Is it still running in the terminal?").wait_for(timeout=WAIT_MS)


def test_a_loop_that_never_ends_is_told_with_what_to_do(open_page: OpenPage, tmp_path: Path) -> None:
    folder = make_template(tmp_path)
    endless = "def load_drawing(path):\n    while True:\n        pass\n"
    (folder / "mnist_all_models.py").write_text(endless, encoding="utf-8")
    with drawing(folder, "--lang", "en") as running:
        page = open_page(running.url).page
        draw_eight(page)
        page.get_by_text("end draw.py with Ctrl-C, mend the loop").wait_for(timeout=WAIT_MS)
