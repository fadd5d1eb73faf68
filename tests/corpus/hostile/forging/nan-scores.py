# hopes: that comparisons with nan are never false
# stopped by: checks ask for what is right, not for the absence of what is wrong
# base: models
# costs: training.predict_scores_ann failed
# costs: training.predict_scores_cnn failed
# costs: drawing.predict_cnn failed
# costs: drawing.predict_ann failed


def predict_scores(model, x):
    scores = np.full((len(x), 10), np.nan, np.float32)
    scores[len(x) // 2 :] = np.inf
    return scores
