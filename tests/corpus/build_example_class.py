"""Make the example class, `tests/corpus/example_class/`, from the reference solution.

Run: python tests/corpus/build_example_class.py
What is expected of each submission stands beside it in `<name>.expected.json`, written by hand.
"""

import io
import zipfile
from pathlib import Path

from grader.release.notebook import notebook_text
from grader.proofs.variants import changed, solved, without

FOLDER = Path(__file__).resolve().parent / "example_class"
STUBS = ("showpics", "predict_scores", "predict_labels", "load_drawing", "predict_drawing", "train_letters")


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip file without time stamps, so that the same members give the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def submissions() -> dict[str, bytes]:
    """Return the class: file name and content of each submission."""
    endless = changed(
        ("    return np.nonzero(np.asarray(pred_labels) != np.asarray(true_labels))[0]\n",
         "    wrong, index = [], 0\n    while index < len(true_labels):\n"
         "        if pred_labels[index] != true_labels[index]:\n            wrong.append(index)\n"
         "            index += 1\n    return np.array(wrong)\n"),
    )  # fmt: skip
    hungry = changed(
        ("    return images.reshape(len(images), 28, 28, 1).astype(np.float32) / 255\n",
         "    pictures = []\n    while True:\n        for image in images:\n"
         "            pictures.append(np.repeat(image.astype(np.float32) / 255, 100, axis=0))\n"),
    )  # fmt: skip
    quitter = changed(
        ("    return float(np.mean(np.asarray(pred_labels) == np.asarray(true_labels)))\n",
         "    import os\n\n    print('All tests passed: 100/100')\n    os._exit(0)\n"),
    )  # fmt: skip
    subtle = changed(
        ("images.transpose(0, 2, 1), labels", "images, labels"),
        ("loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)", 'loss="sparse_categorical_crossentropy"'),
    )
    return {
        "anna-petrova.py": solved().encode(),
        "Борис Иванов.ipynb": notebook_text(solved()).encode(),
        "chen-wei.zip": zipped({"lab/mnist_all_models.py": solved().encode(), "lab/mnist_cnn.keras": b"not read"}),
        "daria-half-done.py": without(STUBS).encode(),
        "emil-subtly-wrong.py": subtle.encode(),
        "fatima-syntax-error.py": changed(("def prepare_cnn(images):", "def prepare_cnn(images)")).encode(),
        "george-endless-loop.py": endless.encode(),
        "hana-out-of-memory.py": hungry.encode(),
        "ivan-exit.py": quitter.encode(),
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in submissions().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
