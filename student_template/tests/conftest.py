"""Local tests: run `pytest` in this folder as often as you like.

`pytest --train` trains the networks too; `pytest --notebook` tests the notebook instead of the module.
"""

import contextlib
import gzip
import os
import shutil
import sys
import tempfile
import textwrap
import time
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")

from .checks.acceptance import AcceptanceCheck
from .checks.centring import centre_outputs
from .checks.crash_words import describe_crash, folder_failure, name_and_text, network_failure
from .checks.import_words import describe_import
from .checks.language import LANGUAGES, language_for, tr, use_language
from .checks.local_networks import EPOCHS, given_letters_network, given_network, given_sure_letters, train_digits
from .checks.local_student import load_student
from .checks.messages import CheckFailed, frames_of_student
from .checks.networks import ANN, CNN
from .checks.outputs import expect_outputs
from .checks.still_running import told_when_it_lasts
from .checks.to_do_list import MAX_WIDTH, PARTS, ToDoList
from .checks.windows import close_windows, hush_windows
from .checks.written_files import times_in

PRODUCTS = 6000
"""Training takes about as long as so many products of 512x512 matrices, TensorFlow's start included."""
PAUSE_S = 0.05
FOLDER = Path(__file__).resolve().parent.parent


def pytest_addoption(parser):
    parser.addoption("--train", action="store_true", help="also train the networks (about a minute)")
    parser.addoption("--lang", choices=LANGUAGES, help="language of the messages (default: the system's)")
    parser.addoption("--notebook", action="store_true", help="test mnist_all_models.ipynb instead of the .py")


def pytest_configure(config):
    config.addinivalue_line("markers", "line(id): the line of the rubric that a test belongs to")
    config.addinivalue_line("markers", "train: trains a network; run with --train")
    use_language(language_for(config.getoption("--lang"), sys.stdout.encoding))
    if config.getoption("dist", "no") != "no":
        raise pytest.UsageError(tr("These tests run in one process: leave -n out."))
    config.to_do = ToDoList.load(Path(__file__).with_name("points.toml"))
    config.import_problem = ""
    config.student = None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Put the tests into the order of the list, which begins with what others need; leave out what trains."""
    order = list(config.to_do.lines)
    marks = {item: item.get_closest_marker("line") for item in items}
    items.sort(key=lambda item: order.index(marks[item].args[0]) if marks[item] else len(order))
    if not items and config.option.keyword:
        raise pytest.UsageError(
            tr("-k {words}: no test has this in its name.", words=config.option.keyword) + " " + " ".join(PARTS)
        )
    if config.getoption("--train"):
        return
    for item in items:
        if item.get_closest_marker("train") is not None and (mark := item.get_closest_marker("line")) is not None:
            config.to_do.lines[mark.args[0]].trains = True
    items[:] = [item for item in items if item.get_closest_marker("train") is None]


def pytest_runtest_makereport(item, call):
    mark = item.get_closest_marker("line")
    if mark is None or (call.excinfo is None and call.when != "call"):
        return
    line = item.config.to_do.lines[mark.args[0]]
    if call.excinfo is not None and isinstance(call.excinfo.value, pytest.skip.Exception):
        if call.when == "call":  # decided by a training
            line.trains, line.message = True, str(call.excinfo.value)
        return
    if call.excinfo is None:
        line.note("passed")
    elif isinstance(call.excinfo.value, NotImplementedError):
        line.note("to do", tr("to do: {what}", what=tr(str(call.excinfo.value))))
    elif isinstance(call.excinfo.value, CheckFailed):
        line.note("failed", str(call.excinfo.value))
    else:
        error = call.excinfo.value
        line.note("failed", describe_crash(error) or tr("the test raised {error}", error=name_and_text(error)))


def pytest_runtest_setup(item):
    """Leave out what the grader would not test, either: a line that needs another one, which is lost."""
    if (mark := item.get_closest_marker("line")) is None:
        return
    line = item.config.to_do.lines[mark.args[0]]
    if (need := item.config.to_do.missing_need(line)) is not None:
        text = tr("Not tested: it builds on {id} ({title}), which comes first.", id=need.id, title=tr(need.title))
        line.note("waits", text if need.state == "failed" else "")  # what is to do stands above already
        pytest.skip("a line that it needs is lost")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Tell of a test that does not end; trainings take long, and say so first."""
    mark = item.get_closest_marker("line")
    if mark is None or item.get_closest_marker("train"):
        return (yield)
    line = item.config.to_do.lines[mark.args[0]]

    def say(text):
        plugins = item.config.pluginmanager
        with plugins.get_plugin("capturemanager").global_and_fixture_disabled():
            plugins.get_plugin("terminalreporter").write_line(text)

    try:
        with told_when_it_lasts(line.title, say, lambda text: line.note("failed", text)):
            return (yield)
    except KeyboardInterrupt:  # pytest's own words for it name a file of some library
        pytest.exit(tr("stopped by Ctrl-C"), returncode=pytest.ExitCode.INTERRUPTED)


COLOURS = {"passed": {"green": True}, "failed": {"red": True}, "to do": {"yellow": True}, "not run": {"light": True}}
COLOURS |= {"waits": {"yellow": True}, "hidden": {"light": True}}
COLOURS |= {"part": {"bold": True}, "total": {"bold": True}}


def pytest_report_teststatus(report):
    """Show no letters while the tests run: the list below tells more."""
    return (report.outcome, "", "") if report.when == "call" or report.failed else ("", "", "")


def pytest_terminal_summary(terminalreporter, config):
    """Show the list; pytest colours nothing but a terminal, and nothing at all where NO_COLOR is set."""
    width = min(MAX_WIDTH, shutil.get_terminal_size((MAX_WIDTH, 24)).columns)
    rows = list(config.to_do.rows(width))
    problem = config.import_problem or (describe_problem(config) if config.student is not None else "")
    accepted, sure, verdict = config.acceptance.verdict()
    rows = [("", "")] if config.import_problem else rows
    if problem and problem not in verdict[0]:
        rows += [*(("failed", line) for line in problem.splitlines()), ("", "")]
    kind = "passed" if accepted and sure else "failed"
    said = [(kind, piece) for line in verdict for piece in wrapped(line, max(width, 60))]
    written = config.student.has_written if config.student is not None else lambda _name: not config.import_problem
    total = config.to_do.total(written) if accepted else tr("As it is, the file would get no points.")
    for kind, text in (*rows, *said, ("total", total)):
        terminalreporter.write_line(text, **COLOURS.get(kind, {}))


def describe_problem(config):
    """Say why a part of the module is tested only, and not all of it; nothing when all of it is."""
    problem, notebook = config.student.problem, config.getoption("--notebook")
    return describe_import(problem, notebook=notebook) if problem is not None else ""


def wrapped(line, width):
    """Return a line of a verdict in pieces; what is moved to the right stays so."""
    indentation = "  " if line.startswith(" ") else ""
    return textwrap.wrap(line, width, initial_indent=indentation, subsequent_indent=2 * indentation)


def pytest_sessionstart(session):
    session.config.acceptance = AcceptanceCheck(FOLDER, notebook=session.config.getoption("--notebook"))


def pytest_sessionfinish(session):
    if session.config.import_problem:
        session.exitstatus = pytest.ExitCode.INTERRUPTED


def pytest_unconfigure(config):
    if hasattr(config, "acceptance"):
        config.acceptance.close()


def pytest_collection_finish(session):
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{__package__}.checks."):
            vars(module)["__tracebackhide__"] = True  # with --tb the test's and the student's lines are wanted
    trains = any(item.get_closest_marker("train") for item in session.items)
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if trains and terminal is not None:
        terminal.write_line(tr("training: about {seconds} s on this computer", seconds=training_estimate_s()))


def training_estimate_s():
    """Return a guess of how long training takes here, in seconds: products of matrices are most of it.

    The fastest of several moments counts: other programs may take one.
    """
    one = np.ones((512, 512), np.float32)
    times = []
    for number in range(20):
        if number % 5 == 0:
            time.sleep(PAUSE_S)
        started = time.perf_counter()
        one @ one
        times.append(time.perf_counter() - started)
    return max(5, round(min(times) * PRODUCTS / 5) * 5)


@pytest.fixture(scope="session")
def student(pytestconfig, tmp_path_factory):
    """Import the module in an empty folder, as the grader does: files that lie beside it are not there."""
    notebook = pytestconfig.getoption("--notebook")
    os.chdir(tmp_path_factory.mktemp("empty"))
    hush_windows()
    try:
        pytestconfig.student = load_student(FOLDER, notebook=notebook)
        return pytestconfig.student
    except (Exception, SystemExit) as error:  # the border to the student's code
        pytestconfig.import_problem = describe_import(error, notebook=notebook)
        raise CheckFailed(pytestconfig.import_problem) from None


@pytest.fixture(autouse=True)
def new_figure():
    """Close what an earlier test drew: pyplot's current figure is a new one in each."""
    close_windows()


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")

    def put(name, content):
        (folder / name).write_bytes(content)
        return str(folder / name)

    return SimpleNamespace(
        put=put,
        path=lambda name: str(folder / name),
        get=read_file,
        times=lambda: times_in(str(folder), str(Path.cwd())),
    )


def read_file(path):
    if Path(path).is_dir():  # what reading it raises differs between systems
        raise folder_failure(Path(path).name)
    return Path(path).read_bytes()


@pytest.fixture
def rng(request):
    return np.random.default_rng(zlib.crc32(request.node.name.encode()))


def expect_model(model):
    if not hasattr(model, "count_params"):
        raise CheckFailed(
            tr("The function returned something that is not a Keras model."),
            came=type(model).__name__,
            expected=tr("a Keras model"),
            hint=tr("is there a `return model`?"),
        )


@contextlib.contextmanager
def network_in_use(student, model, *, given, attempt):
    """Tell what Keras raises of a student's network as the network's fault; what the student's code raises passes."""
    try:
        yield
    except CheckFailed:
        raise
    except Exception as error:
        if frames_of_student(error):
            raise
        maker = student.maker_of(model)
        made = f"model = {maker}({'path' if maker == 'restore_model' else ''}); " if maker else ""
        raise network_failure(error, maker=maker, given=given, attempt=made + attempt) from error


@pytest.fixture(scope="session")
def examine(student):
    """Return the facts of a model, from its saved file, as the grader does."""

    def examine(model, *, own_design=False):
        expect_model(model)
        given = tr("the network is saved, read back and looked at")
        attempt = 'model.save("try.keras"); keras.models.load_model("try.keras").summary()'
        with network_in_use(student, model, given=given, attempt=attempt):
            return facts_of(model, own_design=own_design)

    return examine


def facts_of(model, *, own_design):
    import keras  # slow, and not needed while the networks are stubs

    from .checks.model_facts import model_facts, own_design_facts

    if own_design:
        return own_design_facts(model)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.keras")
        model.save(path)
        saved = model_facts(keras.models.load_model(path, compile=False))
    return saved.compiled_like(model_facts(model))


def loaded(data):
    import keras

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(data)
        try:
            return keras.models.load_model(path)
        except Exception as error:  # whatever Keras makes of the file
            raise CheckFailed(
                tr("The saved model cannot be opened."),
                came=name_and_text(error),
                expected=tr("a .keras file of standard layers"),
                hint="model.save(path)",
            ) from error


@pytest.fixture(scope="session")
def keras_file():
    """Return the bytes of a model's file, as Keras writes it."""

    def keras_file(model):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            model.save(path)
            return path.read_bytes()

    return keras_file


@pytest.fixture(scope="session")
def outputs_of(student):
    def outputs_of(model, pictures, *, any_width=False):
        """Return a model's outputs; it may be given as the bytes of its file."""
        model = loaded(model) if isinstance(model, bytes) else model
        expect_model(model)
        given = tr("prepared pictures of shape {shape}", shape=pictures.shape)
        with network_in_use(student, model, given=given, attempt=f"model(np.zeros({pictures.shape}))"):
            outputs = model(pictures, training=False)
        outputs = np.asarray(outputs) if hasattr(outputs, "__array__") else outputs
        return expect_outputs(outputs, len(pictures), any_width=any_width)

    return outputs_of


@pytest.fixture
def centred():
    shifted = []

    def centred(model, pictures):
        expect_model(model)
        shifted.append(centre_outputs(model, pictures))
        return model

    yield centred
    for put_back in reversed(shifted):
        put_back()


@pytest.fixture(scope="session")
def ann_facts(student, examine):
    return examine(student.build_ann())


@pytest.fixture(scope="session")
def cnn_facts(student, examine):
    return examine(student.build_cnn())


@pytest.fixture(scope="session")
def ann(student, request):
    return given_network(student, request, ANN)


@pytest.fixture(scope="session")
def cnn(student, request):
    return given_network(student, request, CNN)


@pytest.fixture(scope="session")
def letters_network(student, request):
    return given_letters_network(student, request)


@pytest.fixture(scope="session")
def sure_letters(request):
    return given_sure_letters(request)


@pytest.fixture(scope="session")
def drawing():
    """Return a printed character, dark on white; the grader uses handwriting."""
    import cv2

    def drawing(character, *, size=56):
        picture = np.full((size, size), 255, np.uint8)
        place = (size // 4, size * 3 // 4)
        cv2.putText(picture, character, place, cv2.FONT_HERSHEY_SIMPLEX, size / 40, 0, max(2, size // 14), cv2.LINE_AA)
        return picture

    return drawing


def read_idx(name):
    """Read one of the lab's own files: uint8 images (N, 28, 28) or labels (N,)."""
    try:
        with gzip.open(FOLDER / name, "rb") as file:
            data = file.read()
        dimensions = data[3]
        shape = tuple(np.frombuffer(data, ">u4", dimensions, 4))
        return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
    except (OSError, EOFError, IndexError, ValueError, zlib.error) as error:
        raise CheckFailed(
            tr("{name} is missing or damaged; the tests train with it.", name=name),
            came=name_and_text(error),
            hint=tr("take the file anew from what you were given"),
        ) from error


def read_pictures(folder, stems):
    """Read pictures and labels to train on, and to test on, as their files have them."""
    names = [f"{stem}-{what}-ubyte.gz" for stem in stems for what in ("images-idx3", "labels-idx1")]
    arrays = [read_idx(f"{folder}/{name}") for name in names]
    keys = ("train_images", "train_labels", "test_images", "test_labels")
    return SimpleNamespace(**dict(zip(keys, arrays, strict=True)))


@pytest.fixture(scope="session")
def digits():
    return read_pictures("mnist_dataset", ("train", "t10k"))


@pytest.fixture(scope="session")
def letters():
    """Return letters as the functions of part 5 take them: upright, labels from 0."""
    found = read_pictures("emnist_dataset", ("emnist-letters-train", "emnist-letters-test"))
    found.train_images, found.test_images = (
        images.transpose(0, 2, 1) for images in (found.train_images, found.test_images)
    )
    found.train_labels, found.test_labels = (
        labels.astype(np.int64) - 1 for labels in (found.train_labels, found.test_labels)
    )
    return found


@pytest.fixture(scope="session")
def trained_ann(student, digits):
    return train_digits(student, digits, student.build_ann(), "ann")


@pytest.fixture(scope="session")
def trained_letters(student, letters):
    model = student.train_letters(letters.train_images, letters.train_labels, EPOCHS["letters"])
    return SimpleNamespace(model=model, is_model=hasattr(model, "count_params"), type_name=type(model).__name__)
