"""State what a Keras History tells of a training: its figures by epoch, and for how many epochs Keras trained."""

from __future__ import annotations

from typing import Any


def history_facts(history: Any) -> dict[str, Any]:
    """Return ``{"history": {name: [number of each epoch]}, "epochs": number, "part": bool}``.

    ``epochs`` is what `fit` was asked for, or what the optimizer's steps or the lists come to when there were several
    calls. A callback that stops early makes the lists shorter than that. It is 0 for a History that no `fit` made.
    ``part`` tells that `fit` was called several times and this is the History of some of the calls alone.
    """
    figures = getattr(history, "history", None)
    if not isinstance(figures, dict):
        return {"history": {}, "epochs": 0, "part": False}
    table = {str(name): numbers for name, values in figures.items() if (numbers := _numbers(values)) is not None}
    epochs = max(_asked(history), _trained(history))
    longest = max(map(len, table.values()), default=0)  # figures of several calls may stand in one History
    part = longest < _trained(history) and not _stopped_early(history)
    return {"history": table, "epochs": max(epochs, longest) if epochs else 0, "part": part}


def _numbers(values: Any) -> list[float] | None:
    """Return a figure of each epoch; None for one that is no number, such as a score for each class."""
    try:
        return [float(item) for item in values]
    except (TypeError, ValueError):
        return None


def _asked(history: Any) -> int:
    params = getattr(history, "params", None)
    epochs = params.get("epochs") if isinstance(params, dict) else None
    return epochs if isinstance(epochs, int) else 0


def _stopped_early(history: Any) -> bool:
    """Tell whether `fit` ended before the last of its epochs; true where nobody can tell."""
    numbers = getattr(history, "epoch", None)
    last = numbers[-1] if isinstance(numbers, list) and numbers else None
    return not isinstance(last, int) or last + 1 < _asked(history)


def _trained(history: Any) -> int:
    try:
        return int(history.model.optimizer.iterations) // int(history.params["steps"])
    except Exception:  # a History of the student's own making, whose parts may be anything
        return 0
