"""Windows do nothing: in a worker, where what the student's code uses is replaced, and the stand-ins by themselves."""

from __future__ import annotations

import pytest
from conftest import OpenWorker

from grader.assignment.public_tests.checks.windows import NO_KEY, USUAL_KEYS, Windows, hush_windows

OPENED = """
import cv2, numpy as np, matplotlib, matplotlib.pyplot as plt
from PIL import Image

picture = np.zeros((28, 28), np.uint8)

def show():
    cv2.namedWindow("w", cv2.WINDOW_NORMAL)
    cv2.imshow("w", picture)
    cv2.resizeWindow("w", 200, 200)
    cv2.moveWindow("w", 0, 0)
    cv2.setWindowTitle("w", "mine")
    cv2.setWindowProperty("w", cv2.WND_PROP_FULLSCREEN, cv2.WINDOW_FULLSCREEN)
    cv2.setMouseCallback("w", print)
    cv2.createButton("b", print)
    cv2.displayOverlay("w", "text", 1)
    cv2.startWindowThread()
    pressed = cv2.waitKey(0), cv2.waitKeyEx(1), cv2.pollKey()
    cv2.destroyWindow("w")
    cv2.destroyAllWindows()
    return list(pressed)

def wait_until_closed():
    rounds = 0
    while cv2.getWindowProperty("w", cv2.WND_PROP_VISIBLE) >= 1:
        cv2.waitKey(1)
        rounds += 1
    return rounds

def wait_for(key):
    rounds = 0
    while cv2.waitKey(1) & 0xFF != key:
        rounds += 1
    return rounds

def trackbar():
    cv2.createTrackbar("size", "w", 3, 9, print)
    first = cv2.getTrackbarPos("size", "w")
    cv2.setTrackbarPos("size", "w", 5)
    cv2.setTrackbarMin("size", "w", 1)
    cv2.setTrackbarMax("size", "w", 20)
    return [first, cv2.getTrackbarPos("size", "w"), cv2.getTrackbarPos("other", "w")]

def choose():
    return [cv2.selectROI("w", picture), cv2.selectROIs("w", picture), cv2.getWindowImageRect("w")]

def plot():
    matplotlib.use("TkAgg")
    plt.switch_backend("Qt5Agg")
    matplotlib.rcParams["backend"] = "QtAgg"
    figure = plt.figure()
    plt.imshow(picture)
    plt.show(block=True)
    plt.pause(1000)
    assert plt.ginput(1) == []
    plt.waitforbuttonpress()
    Image.fromarray(picture).show()
    return figure
"""


def test_nothing_that_shows_or_waits_does_anything(open_worker: OpenWorker) -> None:
    worker = open_worker(OPENED)
    worker.limits.time_s = 5
    assert worker.call("show", (), {}) == [NO_KEY, *USUAL_KEYS[:2]]
    assert worker.call("wait_until_closed", (), {}) == 0
    assert worker.call("choose", (), {}) == [(0, 0, 0, 0), (), (-1, -1, -1, -1)]
    assert worker.call("plot", (), {}).type_name == "Figure"


@pytest.mark.parametrize(("key", "rounds"), [(255, 0), (27, 1), (ord("q"), 2), (13, 3), (ord("s"), 5 + ord("s"))])
def test_a_loop_that_waits_for_a_key_ends_alike_in_each_call(open_worker: OpenWorker, key: int, rounds: int) -> None:
    worker = open_worker(OPENED)
    assert [worker.call("wait_for", (key,), {}) for _call in range(2)] == [rounds, rounds]


def test_a_trackbar_stays_where_the_program_puts_it(open_worker: OpenWorker) -> None:
    worker = open_worker(OPENED)
    assert [worker.call("trackbar", (), {}) for _call in range(2)] == [[3, 5, 0]] * 2


def test_every_function_of_opencvs_windows_has_a_stand_in() -> None:
    """The headless package has them all, and each raises that it is not implemented."""
    import cv2

    words = ("Window", "Trackbar", "Key", "selectROI", "imshow", "MouseCallback", "displayOverlay", "displayStatusBar")
    found = {name for name in dir(cv2) if any(word in name for word in words) and name[0].islower()}
    others = {name for name in found if name.startswith(("createHanning", "draw", "dnn", "utils"))}
    assert found - others <= set(Windows().functions())


def test_without_the_libraries_nothing_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cv2", "matplotlib.pyplot", "PIL.Image"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    hush_windows()
