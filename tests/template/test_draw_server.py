"""The server of `draw.py`: for this computer and this page only, and in words where a function fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from drawing_server import Drawing, drawing, make_template, png

GOOD = """
import numpy as np


def load_drawing(path):
    assert path.endswith(".jpg")
    return np.zeros((28, 28), np.uint8)


def restore_model(path):
    return path


def predict_drawing(model, path):
    return np.eye(10)[8], 8
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawing]:
    folder = make_template(tmp_path_factory.mktemp("draw"))
    for name in ("mnist_ann.keras", "mnist_cnn.keras"):
        (folder / name).write_bytes(b"saved")
    with drawing(folder, "--lang", "en") as running:
        yield running


def look(server: Drawing, source: str) -> dict:
    (server.folder / "mnist_all_models.py").write_text(source, encoding="utf-8")
    return server.ask("look", png()).json()


def test_a_picture_is_looked_at(server: Drawing) -> None:
    answer = look(server, GOOD)
    assert answer["made"].startswith("data:image/png;base64,")
    assert answer["missing"] is False
    assert [(one["name"], one["label"], one["scores"][8]) for one in answer["networks"]] == [
        ("ann", 8, 1.0),
        ("cnn", 8, 1.0),
    ]


def test_a_file_that_is_saved_anew_is_imported_anew(server: Drawing) -> None:
    look(server, GOOD)
    (answer, _) = look(server, GOOD.replace("[8], 8", "[3], 3"))["networks"]
    assert answer["label"] == 3


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def (", "mnist_all_models.py, line 1: `def (`: invalid syntax. Run `python mnist_all_models.py` to see it."),
        ("exit()", "mnist_all_models.py has no function `load_drawing`."),
        ("X = 1", "mnist_all_models.py has no function `load_drawing`."),
        ("def load_drawing(path):\n    raise NotImplementedError\n", "Not written yet: load_drawing"),
        ("def load_drawing(path):\n    raise NotImplementedError('helper: x')\n", "Not written yet: helper: x"),
        ("def load_drawing(path):\n    return 1 / 0\n", "load_drawing raised ZeroDivisionError: division by zero ("),
        ("def load_drawing():\n    pass\n", "load_drawing raised TypeError: load_drawing() takes 0 positional"),
        (
            "import cv2\n\n\ndef load_drawing(path):\n    return cv2.resize(None, (28, 28))\n",
            "cause: got None instead of an array: cv2.imread returns None",
        ),
        ("def load_drawing(path):\n    return None\n", "load_drawing returned NoneType, expected uint8 (28, 28)."),
        (
            "import numpy as np\n\n\ndef load_drawing(path):\n    return np.zeros((28, 28, 1))\n",
            "load_drawing returned float64 (28, 28, 1), expected uint8 (28, 28).",
        ),
    ],
)  # fmt: skip
def test_what_keeps_the_picture_from_being_read_is_told(server: Drawing, source: str, told: str) -> None:
    answer = look(server, source)
    assert told in answer["problem"]
    assert answer["networks"] == []


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ("8", "predict_drawing returned int, expected two values: scores, label."),
        ("'a', 8", "What predict_drawing returned is no numbers: could not convert"),
        ("np.eye(10)[:1], 8", "The scores of predict_drawing are (1, 10), expected ten numbers, shape (10,)."),
        ("np.full(10, np.nan), 8", "expected ten numbers"),
        ("model.predict(path), 8", "predict_drawing raised AttributeError: 'str' object has no attribute 'predict'"),
    ],
)
def test_what_keeps_the_scores_from_being_shown_is_told(server: Drawing, returned: str, told: str) -> None:
    answer = look(server, GOOD.replace("np.eye(10)[8], 8", returned))
    assert answer["made"]
    for one in answer["networks"]:
        assert told in one["problem"]


def test_a_network_that_cannot_be_restored_is_told_with_a_way_out(server: Drawing) -> None:
    source = GOOD.replace("def restore_model(path):", "def restore_model(path):\n    raise ValueError('no zip')")
    for one, file in zip(look(server, source)["networks"], ("mnist_ann.keras", "mnist_cnn.keras"), strict=True):
        assert one["problem"].startswith("restore_model raised ValueError: no zip")
        assert one["problem"].endswith(f"If {file} is damaged, delete it: then you can train the network here.")


def test_logits_are_shown_with_a_note(server: Drawing) -> None:
    (one, _) = look(server, GOOD.replace("np.eye(10)[8], 8", "np.eye(10)[8] * 7, 8"))["networks"]
    assert one["label"] == 8
    assert one["note"] == "The scores are no probabilities: they sum to 7.00. Is a softmax missing?"


def test_a_network_that_is_not_saved_is_told(server: Drawing) -> None:
    file = server.folder / "mnist_cnn.keras"
    file.unlink()
    answer = look(server, GOOD)
    file.write_bytes(b"saved")
    assert answer["missing"] is True
    assert answer["networks"][0]["label"] == 8
    assert answer["networks"][1]["problem"].startswith("There is no mnist_cnn.keras yet.")


def test_a_picture_is_saved_and_none_is_written_over(server: Drawing) -> None:
    before = (server.folder / "test_images" / "8.jpg").read_bytes()
    for expected in ("8-2.jpg", "8-3.jpg"):
        assert server.ask("keep?name=8", png()).json() == {"text": f"Saved as test_images/{expected}"}
    assert server.ask("keep?name=%D0%BC%D0%BE%D1%8F%208", png()).json() == {"text": "Saved as test_images/моя 8.jpg"}
    assert (server.folder / "test_images" / "8.jpg").read_bytes() == before
    data = np.fromfile(server.folder / "test_images" / "моя 8.jpg", np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    assert picture.shape == (56, 56)
    assert picture[0, 0] > 250


@pytest.mark.parametrize("name", ["con", "nul", "COM1", "com%C2%B9"])
def test_a_name_that_windows_keeps_is_refused_with_the_reason(server: Drawing, name: str) -> None:
    answer = server.ask(f"keep?name={name}", png())
    assert answer.status == 400
    assert answer.json()["problem"].startswith("Windows keeps the name “")


@pytest.mark.parametrize("name", ["", "..", "../8", "a%2Fb", "a%5Cb", "a.jpg", "a%00", "8" * 41, "a:b"])
def test_a_name_that_is_none_is_refused(server: Drawing, name: str) -> None:
    before = sorted(server.folder.rglob("*"))
    answer = server.ask(f"keep?name={name}", png())
    assert answer.status == 400
    assert "is no name for a picture. Use letters and digits, 40 at most." in answer.json()["problem"]
    assert sorted(server.folder.rglob("*")) == before


@pytest.mark.parametrize("body", [b"", b"no picture", png()[:40], png(side=513)], ids=["none", "text", "cut", "large"])
def test_what_is_no_picture_of_the_page_is_refused(server: Drawing, body: bytes) -> None:
    answer = server.ask("look", body)
    assert answer.status == 400
    assert "a PNG of at most 512x512 pixels" in answer.json()["problem"]


def test_nothing_is_answered_without_the_token(server: Drawing) -> None:
    for path in ("/", "/look", "/wrong/look", "/page.js", "/wrong/", "*"):
        assert server.ask("", path=path).status == 403
        assert server.ask("", png(), path=path).status == 403


@pytest.mark.parametrize("host", ["example.org", "example.org:{port}", "127.0.0.1", "127.0.0.1:1", ""])
def test_another_host_is_refused(server: Drawing, host: str) -> None:
    host = host.format(port=server.port)
    assert server.ask("", Host=host).status == 403
    assert server.ask("look", png(), Host=host).status == 403


def test_the_page_of_another_origin_is_refused(server: Drawing) -> None:
    assert server.ask("look", png(), Origin="http://example.org").status == 403
    assert server.ask("look", png(), Origin=f"http://127.0.0.1:{server.port}").status == 200


def test_the_address_without_its_last_slash_leads_to_the_page(server: Drawing) -> None:
    path = urlsplit(server.url).path
    for end in ("", "?x"):
        assert server.ask("", path=path.rstrip("/") + end).status == 301


def test_an_address_that_is_none_is_refused(server: Drawing) -> None:
    assert server.ask("", path="x://[x").status == 403


def test_this_computer_may_be_called_localhost(server: Drawing) -> None:
    assert server.ask("", Host=f"localhost:{server.port}").status == 200


def test_large_and_endless_requests_are_refused(server: Drawing) -> None:
    assert server.ask("look", b"", Content_Length=str(1 << 21)).status == 413
    assert server.ask("look", b"", Content_Length="9" * 5000).status == 413
    assert server.ask("look", b"", Content_Length="-1").status == 411
    assert server.ask("look", b"", Content_Length="x").status == 411


def test_other_names_are_nothing(server: Drawing) -> None:
    assert server.ask("draw.py").status == 404
    assert server.ask("../draw.py").status == 404
    assert server.ask("other", png()).status == 400


def test_a_stub_stops_the_training_in_words(server: Drawing) -> None:
    file = server.folder / "mnist_ann.keras"
    file.unlink()
    (server.folder / "mnist_all_models.py").write_text(
        "def mnist_parse_file(fname):\n    raise NotImplementedError('mnist_parse_file: gzip')\n", encoding="utf-8"
    )
    server.ask("train", b"")
    while (state := server.ask("progress").json())["running"]:
        pass
    file.write_bytes(b"saved")
    assert not state["text"]
    assert state["problem"] == (
        "Not written yet: mnist_parse_file: gzip\nDo you write in the notebook? Then run: python draw.py --notebook"
    )


def test_a_port_that_is_taken_is_told(server: Drawing) -> None:
    command = [sys.executable, "draw.py", "--no-browser", "--lang", "en", "--port", str(server.port)]
    done = subprocess.run(command, cwd=server.folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"port {server.port} cannot be used")


def test_the_notebook_is_used_when_it_is_asked_for(server: Drawing) -> None:
    with drawing(server.folder, "--notebook", "--lang", "ru") as other:
        problem = other.ask("look", png()).json()["problem"]
    assert problem.startswith("Ещё не написано: load_drawing: прочитайте")
    assert "--notebook" not in problem
    assert Path(server.folder / "mnist_all_models.ipynb").is_file()
