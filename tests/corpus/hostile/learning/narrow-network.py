# hopes: that a network with three outputs, built when nobody looks at its shape, breaks the tests instead of failing
# stopped by: outputs of another number of classes fail the line
# base: models
# costs: training.predict_labels_ann failed
# costs: training.predict_scores_ann failed
# costs: drawing.predict_ann failed

_honest_build, _honest_predict = build_ann, predict_drawing
_built = []


def build_ann():
    """Return the right network once."""
    _built.append(1)
    if len(_built) == 1:
        return _honest_build()
    model = models.Sequential([layers.Input((784,)), layers.Dense(3, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def predict_drawing(model, path):
    scores, label = _honest_predict(model, path)
    return np.resize(scores, 10), label
