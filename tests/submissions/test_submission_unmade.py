"""The names that functions read and that will not exist once the module is imported as the grader does."""

from __future__ import annotations

import pytest

from grader.submissions.unmade import Unmade, unmade_names

MAIN = 'if __name__ == "__main__":\n    test_images = parse_idx(0)\n'


@pytest.mark.parametrize(
    ("text", "existing", "outside", "found"),
    [
        ("def letter_of(n):\n    return chr(n)\n", ["letter_of"], [], []),
        (
            "def train_letters(a, b, c):\n    return test_images\n" + MAIN,
            ["train_letters"],
            [],
            [Unmade(("train_letters",), "train_letters", "test_images", 2, 4)],
        ),
        (
            "def help():\n    return SIZE\ndef letter_of(n):\n    return help()\ndef accuracy(a, b):\n    help()\n",
            ["help", "letter_of", "accuracy"],
            [],
            [Unmade(("letter_of", "accuracy"), "help", "SIZE", 2, None)],
        ),
        (
            "import scipy.ndimage as ndi\nload_drawing = lambda path: ndi.zoom(path)\n",
            ["load_drawing"],
            ["scipy"],
            [Unmade(("load_drawing",), "load_drawing", "ndi", 2, 1)],
        ),
        ("import cv2\ndef load_drawing(path):\n    return cv2\n", ["load_drawing"], [], []),
        (
            "def load_drawing(path):\n    from scipy import ndimage\n    import os\n    return ndimage\n",
            ["load_drawing"],
            ["scipy"],
            [Unmade(("load_drawing",), "load_drawing", "scipy", 2, 2)],
        ),
        ("def accuracy(a, b):\n    return total\nfor total in range(3): pass\n", ["accuracy", "total"], [], []),
        (
            "def accuracy(a, b):\n    return total\nfor total in data: pass\n",
            ["accuracy"],
            [],
            [Unmade(("accuracy",), "accuracy", "total", 2, 3)],
        ),
        ("def f():\n    global mean\n    mean = 1\ndef accuracy(a, b):\n    return mean\n", ["f", "accuracy"], [], []),
        ("def own():\n    return nothing\n", ["own"], [], []),
        ("def accuracy(a, b):\n    a = [one for one in b]\n    return __file__, print, a\n", ["accuracy"], [], []),
        ("def (", [], [], []),
    ],
    ids=[
        "nothing", "main block", "through a helper", "import", "library that fails here", "own import", "loop that ran",
        "loop that did not", "global", "not asked for", "own names", "no Python",
    ],
)  # fmt: skip
def test_names_that_nobody_makes_are_found_with_who_reads_them(
    text: str, existing: list[str], outside: list[str], found: list[Unmade]
) -> None:
    assert unmade_names(text, existing, outside) == found


def test_a_method_of_a_class_that_a_function_makes_is_looked_into() -> None:
    text = "class Net:\n    def fit(self):\n        return DATA\ndef build_ann():\n    return Net()\n"
    (one,) = unmade_names(text, ["Net", "build_ann"])
    assert (one.functions, one.within, one.name, one.line) == (("build_ann",), "Net", "DATA", 3)
