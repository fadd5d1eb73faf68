# hopes: that a loss which only has the right name and says that it takes logits passes for the right one
# stopped by: what a loss computes counts, not what it is called
# base: models
# costs: builders.cnn_loss failed

_honest_build = build_cnn


class SparseCategoricalCrossentropy(keras.losses.Loss):
    """Nothing that could be learned from."""

    from_logits = True

    def call(self, y_true, y_pred):
        return keras.ops.sum(y_pred * 0, axis=-1) + 1.0


def build_cnn():
    model = _honest_build()
    model.compile(optimizer="adam", loss=SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model
