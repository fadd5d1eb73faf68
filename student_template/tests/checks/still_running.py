"""Say which test still runs, and where: a loop without an end in the student's code shows nothing by itself."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from .language import tr
from .messages import MODULE, Places

WAIT_S = 30.0
"""The first test that needs TensorFlow may take most of this on a slow computer."""
PATIENCE_S = 2.0
"""After Ctrl-C, before another one ends the program."""
INTERRUPTED = 130
"""The exit status of a program that Ctrl-C ended."""


@contextlib.contextmanager
def told_when_it_lasts(title: str, say: Callable[[str], None], note: Callable[[str], None]) -> Iterator[None]:
    """Tell of what runs inside: after `WAIT_S` that it still does, and after Ctrl-C where it stood.

    A second Ctrl-C ends the program: the student's code may have taken the first one for an error of its own.

    Args:
        title: what is tested.
        say: shows a text at once; may be called from another thread.
        note: keeps a text for the list at the end.
    """
    main = threading.get_ident()

    def notice() -> None:
        frames = sys._current_frames()  # noqa: SLF001 -- documented, whatever its name
        seconds, place = f"{WAIT_S:.0f}", _place(frames.get(main))
        where = f" ({place})" if place else ""
        say(
            tr(
                "This test runs for {seconds} s already{where}: {title}. Ctrl-C stops it.",
                seconds=seconds,
                where=where,
                title=tr(title),
            )
        )

    timer = threading.Timer(WAIT_S, notice)
    timer.daemon = True
    timer.start()
    try:
        with _second_one_ends(say, note):
            yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def _second_one_ends(say: Callable[[str], None], note: Callable[[str], None]) -> Iterator[None]:
    """Note where Ctrl-C stopped what runs inside; when it goes on all the same, the next one ends the program."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:  # somebody else's; or there is none, as in a background job
        yield
        return
    pressed: list[float] = []

    def handle(_number: int, frame: FrameType | None) -> None:
        place = _place(frame)
        if pressed and time.monotonic() - pressed[0] < PATIENCE_S:
            return  # pressed twice; the first one may need a moment
        if pressed:
            say(tr("Ctrl-C is caught ({place}), as a bare `except:` does: write `except ValueError:`.", place=place))
            os._exit(INTERRUPTED)
        pressed.append(time.monotonic())
        note(
            tr("it still ran when Ctrl-C stopped it ({place}): is there a loop without an end?", place=place)
            if place
            else tr("it still ran when Ctrl-C stopped it")
        )
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _place(frame: FrameType | None) -> str:
    """Name the innermost function of the student's file that runs, and its line; nothing when none does."""
    while frame is not None and Path(frame.f_code.co_filename).stem != MODULE:
        frame = frame.f_back
    if frame is None:
        return ""
    place, name = Places.of(frame.f_lineno), frame.f_code.co_name
    return tr("{name}, {place}", name=tr("its import") if name == "<module>" else name, place=place)
