"""Say which test still runs: a loop without an end in the student's code shows nothing by itself."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from .language import tr
from .messages import Places, frames_of_student

WAIT_S = 30.0
"""The first test that needs TensorFlow may take most of this on a slow computer."""


@contextlib.contextmanager
def told_when_it_lasts(title: str, say: Callable[[str], None], note: Callable[[str], None]) -> Iterator[None]:
    """Tell of what runs inside: after `WAIT_S` that it still does, and after Ctrl-C where it stood.

    Args:
        title: what is tested.
        say: shows a text at once; called from another thread.
        note: keeps a text for the list at the end.
    """
    notice = threading.Timer(WAIT_S, lambda: say(_still_runs(title)))
    notice.daemon = True
    notice.start()
    try:
        yield
    except KeyboardInterrupt as error:
        frames = frames_of_student(error)
        place = f" ({Places.of(frames[-1].lineno or 0)})" if frames else ""
        note(tr("it still ran when Ctrl-C stopped it{place}: is there a loop without an end?", place=place))
        raise
    finally:
        notice.cancel()


def _still_runs(title: str) -> str:
    seconds = f"{WAIT_S:.0f}"
    return tr("This test runs for {seconds} s already: {title}. Ctrl-C stops it.", seconds=seconds, title=tr(title))
