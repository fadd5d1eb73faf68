# hopes: that a network without any output breaks the tests, or passes all comparisons of nothing with nothing
# stopped by: outputs of another number of classes fail the line
# base: models
# costs: training.predict_scores_ann failed
# costs: save.restores failed
# costs: save.restores_trained skipped
# costs: drawing.predict_ann failed

_honest_build = build_ann
_predicted = []
_honest_labels = predict_labels


def predict_labels(model, x):
    _predicted.append(1)
    return _honest_labels(model, x)


def build_ann():
    """Return the right network until its labels were asked for."""
    if not _predicted:
        return _honest_build()
    taken = layers.Input((784,))
    model = keras.Model(taken, layers.Dense(10)(taken)[:, :0])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
