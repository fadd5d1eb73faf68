"""What students get works in Windows, too: no file, name or call in the template that only POSIX systems have."""

from __future__ import annotations

import ast
import functools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from grader.release import build_template
from grader.release.notebook import reference_source
from grader.release.template import found_files, template_files

REFUSED_SIGNS = set('<>:"\\|?*') | {chr(code) for code in range(32)}
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
MAX_PATH_CHARS = 120
"""Windows takes 260 with the folder that the template is put into."""
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
STARTS_PROCESSES = {"multiprocessing", "concurrent.futures", "concurrent"}
"""In Windows a child imports the main file again: a trap for who does it at a module's top level."""
POSIX_CALLS = {
    f"os.{name}" for name in ("fork", "symlink", "link", "mkfifo", "getuid", "chown", "killpg", "setsid", "sysconf")
}
BLIND_CALLS = {"cv2.imread", "cv2.imwrite", "cv2.imreadmulti", "cv2.VideoCapture"}
"""They cannot open a path with letters beyond the system's code page."""
OTHER_OPENS = {"archive.open", "gzip.open", "os.open", "webbrowser.open"}
"""They give bytes, or open no file at all; `archive` is a zip archive."""
POSITION_OF_ENCODING = {"open": 3, "read_text": 0, "write_text": 1}


@functools.cache
def files() -> dict[str, bytes]:
    return template_files()


def sources() -> Iterator[tuple[str, str]]:
    """Yield the code of the template: modules, the cells of the notebook, and the reference's code."""
    yield "the reference", reference_source()
    for name, data in files().items():
        if name.endswith(".py"):
            yield name, data.decode()
        elif name.endswith(".ipynb"):
            cells = json.loads(data)["cells"]
            yield name, "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def traps(source: str) -> Iterator[str]:
    """Yield what in a source would fail in Windows."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else {str(node.module)}
            yield from (f"import of {name}" for name in names & (POSIX_MODULES | STARTS_PROCESSES))
        elif isinstance(node, ast.Call):
            yield from traps_of_call(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"path {found}" for found in re.findall(r"^/(?:tmp|dev|usr|bin|home)\b\S*", node.value))


def traps_of_call(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func)
    last = name.rpartition(".")[2]
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in POSIX_CALLS | BLIND_CALLS or name in ("os.system", "os.popen"):
        yield f"call of {name}"
    if "shell" in keywords:
        yield f"{name} with a shell"
    if name.startswith("subprocess.") and "text" in keywords and "encoding" not in keywords:
        yield f"{name} without encoding"
    if last in POSITION_OF_ENCODING and name not in OTHER_OPENS:
        mode = keywords.get("mode") or next(iter(call.args[1 if name == "open" else 0 :]), None)
        is_binary = last == "open" and isinstance(mode, ast.Constant) and "b" in str(mode.value)
        if not is_binary and "encoding" not in keywords and len(call.args) <= POSITION_OF_ENCODING[last]:
            yield f"{name} without encoding"


def test_no_call_or_import_fails_in_windows() -> None:
    assert [(name, trap) for name, source in sources() for trap in traps(source)] == []


@pytest.mark.parametrize(
    "trap",
    [
        "open('a.txt')",
        "open('a.txt', 'w')",
        "path.read_text()",
        "path.write_text('x')",
        "path.open()",
        "cv2.imread(path)",
        "cv2.imwrite(path, picture)",
        "os.fork()",
        "os.system('ls')",
        "subprocess.run('ls', shell=True, check=True)",
        "subprocess.run(['x'], text=True)",
        "import fcntl",
        "from multiprocessing import Pool",
        "open('/tmp/x', 'wb')",
    ],
)
def test_the_search_finds_a_trap(trap: str) -> None:
    assert list(traps(trap))


@pytest.mark.parametrize(
    "right",
    [
        "open('a.gz', 'rb')",
        "open(fname, mode='rb')",
        "open('a.txt', encoding='utf-8')",
        "path.open('xb')",
        "path.write_text('x', encoding='utf-8')",
        "path.read_text('utf-8')",
        "gzip.open(path)",
        "cv2.imdecode(data, 0)",
        "open('mnist_dataset/x', 'rb')",
    ],
)
def test_the_search_passes_what_is_right(right: str) -> None:
    assert list(traps(right)) == []


def test_windows_takes_every_name() -> None:
    names = list(files())
    for name in names:
        assert len(name) <= MAX_PATH_CHARS
        for part in PurePosixPath(name).parts:
            assert not REFUSED_SIGNS & set(part), name
            assert not DEVICES.fullmatch(part), name
            assert not part.endswith((".", " ")), name
    assert len({name.lower() for name in names}) == len(names), "Windows and macOS do not tell the cases apart"


def test_nothing_is_a_link_or_needs_to_be_executable(tmp_path: Path) -> None:
    build_template(tmp_path / "lab")
    for name in found_files(tmp_path / "lab"):
        path = tmp_path / "lab" / name
        assert path.is_file(), name
        assert not path.is_symlink(), name
        assert not path.read_bytes().startswith(b"#!"), name
        assert sys.platform == "win32" or not path.stat().st_mode & 0o111, name


def test_no_cell_needs_a_shell() -> None:
    (notebook,) = (data for name, data in files().items() if name.endswith(".ipynb"))
    lines = [line for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code" for line in cell["source"]]
    assert [line for line in lines if line.lstrip().startswith(("!", "%%bash", "%%sh"))] == []


def test_texts_are_utf_8_without_a_mark_and_end_their_lines_as_git_does() -> None:
    for name, data in files().items():
        if not name.endswith((".gz", ".npz", ".jpg", ".mo", ".png")):
            data.decode("utf-8")
            assert not data.startswith(b"\xef\xbb\xbf"), name
            assert b"\r" not in data, name
