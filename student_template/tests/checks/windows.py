"""Windows do nothing while tests run: nobody looks at them, presses a key in them, or closes them.

A forgotten `cv2.imshow` works on the student's own computer; it must cost nothing where there is no screen. A test that
waits for a key would wait for ever.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

NO_KEY = -1
USUAL_KEYS = (27, ord("q"), 13, ord(" "))
"""Escape, q, Enter and space: what programs wait for."""
NOWHERE = (-1, -1, -1, -1)
NOTHING_CHOSEN = (0, 0, 0, 0)


class Windows:
    """Stands in for the functions of OpenCV's HighGUI, which `opencv-python-headless` lacks.

    The first question for a key finds none pressed. A program that asks on waits for a certain one: it gets those that
    end programs, then every other, so that each such loop ends, and always after as many rounds.
    """

    def __init__(self) -> None:
        self._keys: Iterator[int] = iter(())
        self._positions: dict[tuple[str, str], int] = {}
        self.begin()

    def begin(self) -> None:
        """Forget the keys and trackbars of an earlier call."""
        self._keys = itertools.chain((NO_KEY,), USUAL_KEYS, itertools.cycle(range(256)))
        self._positions.clear()

    def key(self, *_delay: Any, **_options: Any) -> int:
        return next(self._keys)

    def create_trackbar(self, name: str, window: str, value: int | None = 0, *_rest: Any, **_options: Any) -> None:
        self._positions[name, window] = value or 0

    def set_position(self, name: str, window: str, position: int) -> None:
        self._positions[name, window] = position

    def position(self, name: str, window: str) -> int:
        return self._positions.get((name, window), 0)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Return what to put into `cv2`, by name."""
        return {
            **dict.fromkeys(("waitKey", "waitKeyEx", "pollKey"), self.key),
            **dict.fromkeys(_SHOWING, _do_nothing),
            "createTrackbar": self.create_trackbar,
            "setTrackbarPos": self.set_position,
            "getTrackbarPos": self.position,
            "getWindowProperty": lambda *_which: -1.0,  # of a window that is closed
            "getWindowImageRect": lambda *_which: NOWHERE,
            "selectROI": lambda *_which, **_options: NOTHING_CHOSEN,
            "selectROIs": lambda *_which, **_options: (),
            "startWindowThread": lambda: 0,
        }


_SHOWING = (
    "imshow", "namedWindow", "destroyWindow", "destroyAllWindows", "moveWindow", "resizeWindow", "setWindowTitle",
    "setWindowProperty", "setMouseCallback", "setTrackbarMin", "setTrackbarMax", "createButton", "displayOverlay",
    "displayStatusBar", "updateWindow", "setOpenGlContext", "setOpenGlDrawCallback",
)  # fmt: skip
_WITH_WINDOWS = ("tk", "qt", "gtk", "wx", "macosx", "webagg", "nbagg", "notebook", "ipympl", "widget")
"""How matplotlib's backends that need a screen, or a browser, begin."""
_WINDOWS = Windows()


def close_windows() -> None:
    """Begin anew, as after all windows were closed: no figure is open, so pyplot's current one will be a new one."""
    _WINDOWS.begin()
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def hush_windows() -> None:
    """Let whatever opens a window, or waits at one, do nothing: OpenCV, matplotlib, Pillow.

    What is not there is passed over.
    """
    cv2 = _find("cv2")
    for name, function in _WINDOWS.functions().items() if cv2 else ():
        setattr(cv2, name, function)
    if pyplot := _find("matplotlib.pyplot"):
        _draw_unseen(pyplot)
    if pictures := _find("PIL.Image"):
        pictures.Image.show = _do_nothing


def _find(name: str) -> ModuleType | None:
    try:
        __import__(name)
    except ImportError:
        return None
    return sys.modules[name]


def _draw_unseen(pyplot: Any) -> None:
    """Keep pyplot from windows: it takes a drawing library with windows for one without, and waits for nobody."""
    from matplotlib.backend_bases import FigureCanvasBase

    switch = pyplot.switch_backend

    def switch_backend(newbackend: str) -> None:
        switch("agg" if str(newbackend).casefold().startswith(_WITH_WINDOWS) else newbackend)

    pyplot.switch_backend = switch_backend
    # `pause`, `ginput` and `waitforbuttonpress` wait in it.
    FigureCanvasBase.start_event_loop = _do_nothing  # type: ignore[method-assign]


def _do_nothing(*_arguments: Any, **_options: Any) -> None:
    """Stand in for a function that shows something."""
