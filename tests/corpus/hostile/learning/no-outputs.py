# hopes: that a network without any output breaks the tests, or passes all comparisons of nothing with nothing
# stopped by: outputs of another number of classes fail the line
# base: models
# costs: training.predict_labels_ann failed
# costs: training.predict_scores_ann failed
# costs: save.writes_file failed
# costs: save.restores failed
# costs: save.restores_trained skipped
# costs: drawing.predict_ann crashed

_honest_build, _honest_labels, _honest_scores = build_ann, predict_labels, predict_scores
_predicted = []


def predict_labels(model, x):
    _predicted.append(1)
    return _honest_labels(model, x)


def build_ann():
    """Return the right network until labels were asked for."""
    if not _predicted:
        return _honest_build()
    taken = layers.Input((784,))
    model = keras.Model(taken, layers.Dense(10)(taken)[:, :0])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def predict_scores(model, x):
    outputs = model.predict(x, verbose=0)
    return _honest_scores(model, x) if outputs.size else outputs
