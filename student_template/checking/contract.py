"""What the assignment calls things: the module, the trained models and the functions that the grader looks up."""

MODULE_STEM = "mnist_all_models"
MODULE_SUFFIXES = (".py", ".ipynb")
MODEL_SUFFIX = ".keras"

CONTRACT_NAMES = frozenset(
    {
        "parse_idx", "mnist_parse_file", "load_mnist", "showpics",
        "build_ann", "build_cnn",
        "prepare_ann", "prepare_cnn", "train_model", "predict_labels", "predict_scores", "accuracy", "wrong_set",
        "save_model", "restore_model",
        "load_drawing", "predict_drawing",
        "load_emnist_letters", "letter_of", "build_letters_model", "train_letters", "predict_letters",
    }
)  # fmt: skip
"""Read by the grader itself: ``predict_labels = net.predict_labels`` makes ``net`` needed though no code reads it."""
