"""Make the example class, `tests/corpus/example_class/`, from the reference solution.

Run: python tests/corpus/build_example_class.py
What is expected of each submission stands beside it in `<name>.expected.json`, written by hand.
"""

import io
import zipfile
from pathlib import Path

from grader.assets import reference_dir
from grader.release.notebook import notebook_text

FOLDER = Path(__file__).resolve().parent / "example_class"
STUBS = ("showpics", "predict_scores", "predict_labels", "load_drawing", "predict_drawing", "train_letters")


def solved() -> str:
    """Return the reference as a student would hand it in: without the markers."""
    source = (reference_dir() / "mnist_all_models.py").read_text(encoding="utf-8")
    lines = [line for line in source.splitlines() if not line.strip().startswith(("# BEGIN SOLUTION", "# END SOLUTION"))]
    return "\n".join(lines) + "\n"


def changed(*changes: tuple[str, str]) -> str:
    """Return the solution with pieces of text replaced; each piece must stand there exactly once."""
    source = solved()
    for old, new in changes:
        if source.count(old) != 1:
            raise SystemExit(f"this text stands {source.count(old)} times in the reference, not once: {old!r}")
        source = source.replace(old, new)
    return source


def half_done() -> str:
    """Return the reference with some of its functions still stubs."""
    source = (reference_dir() / "mnist_all_models.py").read_text(encoding="utf-8")
    done, function, skipping = [], "", False
    for line in source.splitlines():
        function = line[4 : line.index("(")] if line.startswith("def ") else function
        if line.strip().startswith("# BEGIN SOLUTION"):
            skipping = function in STUBS and line.startswith("    ")
            if skipping:
                done.append(f'    raise NotImplementedError("{function}: not yet")')
        elif line.strip().startswith("# END SOLUTION"):
            skipping = False
        elif not skipping:
            done.append(line)
    return "\n".join(done) + "\n"


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
        "daria-half-done.py": half_done().encode(),
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
