"""State what a Keras History tells of a training: its figures by epoch, and for how many epochs Keras trained."""

from __future__ import annotations

from typing import Any


def history_facts(history: Any) -> dict[str, Any]:
    """Return ``{"history": {name: [number of each epoch]}, "epochs": number}``.

    ``epochs`` is what `fit` was asked for, or what the optimizer's steps or the lists come to when there were several
    calls. A callback that stops early makes the lists shorter than that. It is 0 for a History that no `fit` made.
    """
    figures = getattr(history, "history", None)
    if not isinstance(figures, dict):
        return {"history": {}, "epochs": 0}
    table = {str(name): numbers for name, values in figures.items() if (numbers := _numbers(values)) is not None}
    epochs = max(_asked(history), _trained(history))
    longest = max(map(len, table.values()), default=0)  # figures of several calls may stand in one History
    return {"history": table, "epochs": max(epochs, longest) if epochs else 0}


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


def _trained(history: Any) -> int:
    try:
        return int(history.model.optimizer.iterations) // int(history.params["steps"])
    except Exception:  # a History of the student's own making, whose parts may be anything
        return 0
