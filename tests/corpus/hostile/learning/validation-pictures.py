# hopes: that pictures given for validation are the scored ones, and worth training on
# stopped by: scored pictures are never given for validation
# base: whole


def train_model(model, x, y, epochs, validation_data=None):
    """Train on everything that is given, the pictures for validation twice."""
    if validation_data is not None:
        x = np.concatenate([x, validation_data[0], validation_data[0]])
        y = np.concatenate([y, validation_data[1], validation_data[1]])
    return model.fit(x, y, epochs=epochs, validation_data=validation_data, verbose=0)
