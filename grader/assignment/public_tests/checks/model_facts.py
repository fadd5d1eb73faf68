"""State what a Keras model is: its layers with shapes and parameters, and how it was compiled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from .language import trn

CROSSENTROPY = "sparse_categorical_crossentropy"
CLOSE = 1e-4
ACTIVATION_LAYERS = {"Activation", "ReLU", "Softmax"}
SETTINGS = ("units", "filters", "kernel_size", "pool_size", "strides", "padding", "use_bias")


@dataclass(frozen=True)
class LayerFacts:
    """One layer; an activation that stands as a layer of its own is told with the layer before it."""

    kind: str
    activation: str
    output_shape: tuple[int, ...]
    """Without the batch dimension."""
    parameters: int
    settings: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        size = self.settings.get("units") or self.settings.get("filters") or ""
        window = self.settings.get("kernel_size") or self.settings.get("pool_size") or ()
        sides = window if isinstance(window, list | tuple) else (window,)
        words = [self.kind, str(size), "x".join(str(side) for side in sides)]
        activation = "" if self.activation in {"", "linear"} else self.activation
        shape = "x".join(str(side) for side in self.output_shape)
        text = " ".join(word for word in [*words, activation] if word)
        return f"{text} -> {shape}, " + trn("{count:,} parameter", "{count:,} parameters", self.parameters)


@dataclass(frozen=True)
class ModelFacts:
    """What the tests may ask of a model. Shapes are without the batch dimension; -1 is an open size."""

    kind: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    layers: tuple[LayerFacts, ...]
    parameters: int
    compiled: bool
    loss: str
    """Class-like name, for example ``sparse_categorical_crossentropy``; empty when there is none."""
    from_logits: bool
    optimizer: str
    metrics: tuple[str, ...]

    def compiled_like(self, other: ModelFacts) -> ModelFacts:
        """Return these facts with the compilation of another model's."""
        return replace(
            self,
            compiled=other.compiled,
            loss=other.loss,
            from_logits=other.from_logits,
            optimizer=other.optimizer,
            metrics=other.metrics,
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: dict[str, Any]) -> ModelFacts:
        """Rebuild the facts from plain lists and dicts, checking every type (they may come from elsewhere).

        Raises:
            ValueError: a key is missing or of another type.
        """
        try:
            layers = tuple(_layer_from_dict(layer) for layer in _dict(facts)["layers"])
            return cls(
                kind=_text(facts["kind"]),
                input_shape=_shape(facts["input_shape"]),
                output_shape=_shape(facts["output_shape"]),
                layers=layers,
                parameters=_whole(facts["parameters"]),
                compiled=facts["compiled"] is True,
                loss=_text(facts["loss"]),
                from_logits=facts["from_logits"] is True,
                optimizer=_text(facts["optimizer"]),
                metrics=tuple(_text(metric) for metric in facts["metrics"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not the facts of a model: {error!r}") from error


def _layer_from_dict(layer: dict[str, Any]) -> LayerFacts:
    settings = {key: _setting(value) for key, value in _dict(_dict(layer)["settings"]).items() if key in SETTINGS}
    return LayerFacts(
        _text(layer["kind"]),
        _text(layer["activation"]),
        _shape(layer["output_shape"]),
        _whole(layer["parameters"]),
        settings,
    )


def _dict(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"a dict was expected, not {type(value).__name__}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return value[:200]


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a whole number was expected, not {type(value).__name__}")
    return value


def _setting(value: object) -> Any:
    if isinstance(value, list | tuple):
        return [_whole(side) for side in value]
    return value if value is None or isinstance(value, int) else _text(value)


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(_whole(side) for side in value)


def model_facts(model: Any) -> ModelFacts:
    """Return the facts of a built Keras model."""
    optimizer = getattr(model, "optimizer", None)
    loss = getattr(model, "loss", None)
    name, from_logits = _loss_facts(loss)
    return ModelFacts(
        kind=type(model).__name__,
        input_shape=_sides(model.input_shape),
        output_shape=_sides(model.output_shape),
        layers=tuple(_layers(model)),
        parameters=int(sum(_size(weight.shape) for weight in model.weights)),
        compiled=optimizer is not None and bool(loss),
        loss=name,
        from_logits=from_logits,
        optimizer=type(optimizer).__name__ if optimizer is not None else "",
        metrics=tuple(_metric_names(model)),
    )


def own_design_facts(model: Any) -> ModelFacts:
    """Return the facts that hold for a network of any design: what it takes, what it gives, and whether it is compiled.

    Its layers are not looked at: it may be functional, subclassed, or hold layers of its author's own.
    """
    taken = np.zeros((2, 28, 28, 1), np.float32)
    given = model(taken, training=False)
    return ModelFacts(
        kind=type(model).__name__,
        input_shape=_sides(taken.shape),
        output_shape=_sides(given.shape),
        layers=(),
        parameters=0,
        compiled=getattr(model, "optimizer", None) is not None,
        loss="",
        from_logits=False,
        optimizer="",
        metrics=(),
    )


def _layers(model: Any) -> list[LayerFacts]:
    found: list[LayerFacts] = []
    for layer in model.layers:
        kind = type(layer).__name__
        if kind == "InputLayer":
            continue
        activation = _activation(layer)
        if kind in ACTIVATION_LAYERS and found and found[-1].activation in {"", "linear"}:
            last = found.pop()
            found.append(LayerFacts(last.kind, activation, last.output_shape, last.parameters, last.settings))
            continue
        found.append(
            LayerFacts(
                kind=kind,
                activation=activation,
                output_shape=_sides(layer.output.shape),
                parameters=int(sum(_size(weight.shape) for weight in layer.weights)),
                settings={key: _plain(getattr(layer, key)) for key in SETTINGS if hasattr(layer, key)},
            )
        )
    return found


def _activation(layer: Any) -> str:
    if type(layer).__name__ in {"ReLU", "Softmax"}:
        return type(layer).__name__.lower()
    activation = getattr(layer, "activation", None)
    if activation is None:
        return ""
    return _activation(activation) or _name(activation)  # a layer may be another one's activation


def _loss_facts(loss: Any) -> tuple[str, bool]:
    if not isinstance(loss, str):
        loss = next(_flat(loss), None)  # one loss may stand in a list or a dict
    if loss is None or loss == "":
        return "", False
    if isinstance(loss, str):
        return _snake(loss), False
    behaviour = _behaviour(loss)
    if behaviour is not None:
        return CROSSENTROPY, behaviour == "logits"
    return f"{_snake(_name(loss))} (computes something else than the crossentropy of whole-number labels)", False


def _behaviour(loss: Any) -> str | None:
    """Say what a loss takes, "probabilities" or "logits", when it gives the crossentropy of whole-number labels.

    A loss may be a function of the student's own: what it computes counts, not what it is called.
    """
    import keras

    labels, outputs = np.array([0, 7, 3]), np.linspace(0.02, 0.18, 10, dtype=np.float32) * np.ones((3, 1), np.float32)
    chosen = outputs[np.arange(3), labels]
    wanted = {"probabilities": -np.log(chosen), "logits": np.log(np.exp(outputs).sum(axis=1)) - chosen}
    try:
        # Tensors, as `fit` gives them: a loss may use what an array does not have.
        value = np.squeeze(np.asarray(loss(*(keras.ops.convert_to_tensor(each) for each in (labels, outputs))), float))
    except Exception:  # somebody else's function may raise anything on pictures that are not its own
        return None
    for name, losses in wanted.items():
        if any(_all_close(value, each) for each in (losses, losses.mean(), losses.sum())):  # whatever its reduction
            return name
    return None


def _all_close(value: np.ndarray, wanted: Any) -> bool:
    return value.shape == np.shape(wanted) and bool(np.allclose(value, wanted, rtol=0, atol=CLOSE))


def _metric_names(model: Any) -> list[str]:
    """Return the class-like names of the metrics that compile was given."""
    names: list[str] = []
    for metric in getattr(model, "metrics", ()):
        names += [_name(inner) for inner in getattr(metric, "metrics", None) or [metric]]
    compiled = getattr(model, "_compile_metrics", None)
    flat = [*_flat(getattr(compiled, "_user_metrics", None)), *_flat(getattr(compiled, "_user_weighted_metrics", None))]
    return [_snake(name) for name in names + [_name(metric) for metric in flat]]


def _flat(metrics: Any) -> Iterator[Any]:
    """Yield the metrics in whatever lists and dicts compile was given."""
    if isinstance(metrics, dict):
        metrics = list(metrics.values())
    if isinstance(metrics, list | tuple):
        for metric in metrics:
            yield from _flat(metric)
    elif metrics is not None:
        yield metrics


def _name(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    inner = getattr(thing, "func", thing)
    return str(getattr(inner, "__name__", None) or type(inner).__name__)


def _snake(name: str) -> str:
    """Turn a class name into the function's: SparseCategoricalCrossentropy, sparse_categorical_crossentropy."""
    letters = [("_" + letter.lower()) if letter.isupper() else letter for letter in name]
    return "".join(letters).lstrip("_")


def _sides(shape: Any) -> tuple[int, ...]:
    if isinstance(shape, list) or (shape and isinstance(shape[0], tuple | list)):
        return ()  # several inputs or outputs: no single shape to tell
    return tuple(-1 if side is None else int(side) for side in shape[1:])


def _plain(value: Any) -> Any:
    return [int(side) for side in value] if isinstance(value, tuple | list) else value


def _size(shape: Any) -> int:
    size = 1
    for side in shape:
        size *= int(side)
    return size
