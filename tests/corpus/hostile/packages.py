"""Attacks that are not code: archives, folders and odd files. `grader.proofs.hostile` says what a package is."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import marshal
import os
import socket
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from grader.proofs.hostile import Package

MODULE = "mnist_all_models.py"
NOTEBOOK = "mnist_all_models.ipynb"
RUNS = "import os\nopen('/tmp/digitlab-attack', 'w').close()\nos._exit(0)\n"
"""What is never to be run by anybody."""
MIB = 1024 * 1024


def _folder(target: Path, honest: str, files: dict[str, str | bytes]) -> Path:
    """Write an honest module with other files beside it."""
    path = target / "lab"
    for name, content in {MODULE: honest, **files}.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _zip(target: Path, members: dict[str | zipfile.ZipInfo, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = target / "lab.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _notebook(*sources: object, **more: object) -> dict[str, object]:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in sources
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **more}


def _written(target: Path, name: str, content: str | bytes) -> Path:
    path = target / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Folders, and zips of them, with files that Python or pytest would run for whoever works in them.

FOR_PYTEST: dict[str, str | bytes] = {
    "conftest.py": RUNS + "def pytest_runtest_makereport(item, call): call.excinfo = None\n",
    "pytest.ini": "[pytest]\naddopts = -p attack --co -q\npython_files = *.py\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p attack'\n",
    "tox.ini": "[pytest]\naddopts = -p attack\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p attack\n",
    "attack.py": RUNS,
    "tests/conftest.py": RUNS,
    "tests/test_all.py": RUNS,
    ".pytest_cache/v/cache/lastfailed": "{}",
}
FOR_PYTHON: dict[str, str | bytes] = {
    "sitecustomize.py": RUNS,
    "usercustomize.py": RUNS,
    "attack.pth": "import os; open('/tmp/digitlab-attack', 'w').close()\n",
    "site-packages/attack.pth": "import os; os._exit(0)\n",
    "pyvenv.cfg": "home = .\n",
    "python311._pth": ".\nimport site\n",
    ".python-version": "2.7\n",
    "__main__.py": RUNS,
    "__init__.py": RUNS,
    "setup.py": RUNS,
}
SHADOWED = (
    "numpy.py", "json.py", "gzip.py", "struct.py", "pathlib.py", "pytest.py", "keras/__init__.py", "cv2/__init__.py",
    "tensorflow/__init__.py", "grader/__init__.py", "matplotlib/pyplot.py", "encodings/cp437.py",
)  # fmt: skip
SHADOWS: dict[str, str | bytes] = dict.fromkeys(SHADOWED, RUNS)


def folder_for_pytest(target: Path, honest: str) -> Path:
    return _folder(target, honest, FOR_PYTEST)


def zip_for_pytest(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest, **FOR_PYTEST})


def folder_for_python(target: Path, honest: str) -> Path:
    return _folder(target, honest, FOR_PYTHON)


def folder_of_shadows(target: Path, honest: str) -> Path:
    return _folder(target, honest, SHADOWS)


def zip_of_shadows(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest, **SHADOWS})


def stale_bytecode(target: Path, honest: str) -> Path:
    """Bytecode that claims to be the module's, of its time and size, and is something else."""
    path = _folder(target, honest, {})
    source = path / MODULE
    state = source.stat()
    code = marshal.dumps(compile(RUNS, MODULE, "exec"))
    head = importlib.util.MAGIC_NUMBER + struct.pack("<III", 0, int(state.st_mtime), state.st_size)
    cached = Path(importlib.util.cache_from_source(str(source)))
    cached.parent.mkdir()
    cached.write_bytes(head + code)
    unchecked = importlib.util.MAGIC_NUMBER + struct.pack("<IQ", 1, 0)
    (path / "mnist_all_models.pyc").write_bytes(unchecked + code)
    return path


def compiled_module(target: Path, honest: str) -> Path:
    """A library comes before a source file when Python looks for a module."""
    library = b"\x7fELF\x02\x01\x01" + bytes(57)
    names = [f"mnist_all_models{suffix}" for suffix in importlib.machinery.EXTENSION_SUFFIXES]
    return _folder(target, honest, dict.fromkeys((*names, "mnist_all_models.pyd", "mnist_all_models/x.so"), library))


# Zips.


def climbing_zip(target: Path, honest: str) -> Path:
    return _zip(target, {"../mnist_all_models.py": honest})


def climbing_backwards(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest, "lab\\..\\..\\..\\tmp\\digitlab-attack": "x"})


def absolute_zip(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest, "/tmp/digitlab-attack": "x"})


def drive_zip(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest, "C:\\digitlab-attack.py": "x"})


def zip_with_link(target: Path, _honest: str) -> Path:
    link = zipfile.ZipInfo(MODULE)
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return _zip(target, {link: "/etc/passwd"})


def zip_with_linked_folder(target: Path, honest: str) -> Path:
    link = zipfile.ZipInfo("lab")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return _zip(target, {link: "/tmp", "lab/digitlab-attack": "x", "other/" + MODULE: honest})


def zip_with_device(target: Path, honest: str) -> Path:
    device = zipfile.ZipInfo(MODULE)
    device.external_attr = (stat.S_IFBLK | 0o6777) << 16
    return _zip(target, {device: honest})


def zip_with_duplicates(target: Path, honest: str) -> Path:
    path = _zip(target, {MODULE: honest, "mnist_all_modelX.py": RUNS})
    path.write_bytes(path.read_bytes().replace(b"modelX", b"models"))
    return path


def zip_with_a_case_twin(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest, "MNIST_all_models.py": RUNS})


def zip_with_control_characters(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest, "passed\n100 of 100\x1b[2J\x1b]0;owned\x07.py": RUNS})


def zip_with_backwards_name(target: Path, honest: str) -> Path:
    """The name is shown as ``exe.txt`` by who believes its override of direction."""
    return _zip(target, {MODULE: honest, "\u202etxt.exe": RUNS, "\u200bmnist_all_models.txt": RUNS})


def zip_bomb(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest + "#" * (60 * MIB)})


def zip_bomb_beside(target: Path, honest: str) -> Path:
    big = bytes(30 * MIB)
    return _zip(target, {MODULE: honest, **{f"weights{number}.bin": big for number in range(8)}}, zipfile.ZIP_DEFLATED)


def zip_that_repeats(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest + "#" * (1_900_000)})


def zip_that_overlaps(target: Path, honest: str) -> Path:
    """All entries of the directory point at one piece of data."""
    path = _zip(target, {MODULE: honest, **{f"m{number:03}.bin": bytes(700_000) for number in range(400)}})
    data = bytearray(path.read_bytes())
    place, first = data.find(b"PK\x01\x02"), None
    while place >= 0:
        name_length = struct.unpack_from("<H", data, place + 28)[0]
        if data[place + 46 : place + 47] == b"m" and name_length == len("m000.bin"):
            first = first if first is not None else struct.unpack_from("<I", data, place + 42)[0]
            struct.pack_into("<I", data, place + 42, first)
        place = data.find(b"PK\x01\x02", place + 46)
    path.write_bytes(data)
    return path


def zip_that_lies(target: Path, honest: str) -> Path:
    """The sizes in its directory are small; the data are not."""
    path = _zip(target, {MODULE: honest + "#" * (60 * MIB)})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", data, data.rfind(mark) + offset, 4_000)
    path.write_bytes(data)
    return path


def zip_that_lies_about_its_packed_size(target: Path, honest: str) -> Path:
    path = _zip(target, {MODULE: honest})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 20, 0xFFFFFFFE)
    path.write_bytes(data)
    return path


def nested_zip(target: Path, honest: str) -> Path:
    inner = _zip(target, {MODULE: honest}).read_bytes()
    return _zip(target, {"lab.zip": inner})


def zip_of_itself(target: Path, honest: str) -> Path:
    """An honest zip with a zip in it, in a zip, ...: who opens what is packed never ends."""
    data = _zip(target, {MODULE: honest}).read_bytes()
    for _ in range(20):
        data = _zip(target, {MODULE: honest, "again.zip": data}).read_bytes()
    return target / "lab.zip"


def encrypted_zip(target: Path, honest: str) -> Path:
    path = _zip(target, {MODULE: honest})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.rfind(mark) + offset] |= 1
    path.write_bytes(data)
    return path


def zip_of_many(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest, **{f"{number}": b"" for number in range(100_000)}}, zipfile.ZIP_STORED)


def zip_of_some(target: Path, honest: str) -> Path:
    return _zip(target, {MODULE: honest, **{f"{number}": b"" for number in range(2_000)}}, zipfile.ZIP_STORED)


def zip_by_lzma(target: Path, honest: str) -> Path:
    """This way of packing lets the file say how much memory its reader needs."""
    return _zip(target, {MODULE: honest}, zipfile.ZIP_LZMA)


def zip_behind_a_program(target: Path, honest: str) -> Path:
    """A zip may begin with anything: Python would run this one as a program."""
    path = _zip(target, {MODULE: honest, "__main__.py": RUNS})
    path.write_bytes(b"#!/usr/bin/env python3\n" + RUNS.encode() + path.read_bytes())
    return path


def cut_zip(target: Path, honest: str) -> Path:
    path = _zip(target, {MODULE: honest})
    path.write_bytes(path.read_bytes()[:-30])
    return path


def zip_with_a_far_directory(target: Path, honest: str) -> Path:
    path = _zip(target, {MODULE: honest})
    data = bytearray(path.read_bytes())
    struct.pack_into("<II", data, data.rfind(b"PK\x05\x06") + 12, 0xFFFFFFF0, 0x7FFFFFFF)
    path.write_bytes(data)
    return path


# Notebooks.


def deep_notebook(target: Path, _honest: str) -> Path:
    return _written(target, NOTEBOOK, '{"cells": ' + "[" * 2_000_000)


def deep_metadata(target: Path, honest: str) -> Path:
    """Deep, but not too deep to be read: whoever walks through it by itself falls."""
    text = json.dumps(_notebook(honest, metadata={"deep": "HERE"}))
    return _written(target, NOTEBOOK, text.replace('"HERE"', '{"a":' * 900 + "1" + "}" * 900))


def notebook_of_numbers(target: Path, honest: str) -> Path:
    text = json.dumps(_notebook(honest, metadata={"numbers": "HERE"}))
    return _written(target, NOTEBOOK, text.replace('"HERE"', "[1e99999, -1e99999, NaN, Infinity, 0.1e-99999]"))


def notebook_of_one_number(target: Path, honest: str) -> Path:
    text = json.dumps(_notebook(honest, nbformat_minor="HERE"))
    return _written(target, NOTEBOOK, text.replace('"HERE"', "9" * 1_000_000))


def notebook_of_wrong_types(target: Path, honest: str) -> Path:
    odd: list[object] = [
        None,
        7,
        [],
        {},
        "code",
        {"cell_type": ["code"]},
        {"cell_type": "code"},
        {"cell_type": "code", "source": {"a": 1}},
        {"cell_type": "code", "source": [1, None, []]},
        {"cell_type": "markdown", "source": 5, "outputs": 7, "metadata": []},
    ]
    document = _notebook(honest)
    document["cells"] = [*odd, *document["cells"]]
    document["metadata"] = [{"kernelspec": 7}]
    return _written(target, NOTEBOOK, json.dumps(document))


def notebook_without_cells(target: Path, _honest: str) -> Path:
    return _written(target, NOTEBOOK, json.dumps(_notebook() | {"cells": {"0": "code"}, "worksheets": 7}))


def notebook_of_a_future_format(target: Path, honest: str) -> Path:
    return _written(target, NOTEBOOK, json.dumps(_notebook(honest, nbformat=10**30, nbformat_minor=-1)))


def notebook_of_commands(target: Path, honest: str) -> Path:
    """Commands of the shell and of IPython, which an honest notebook has too, and which must not be run."""
    commands = [
        "!touch /tmp/digitlab-attack",
        "%%bash\ntouch /tmp/digitlab-attack",
        "%run conftest.py",
        "%load_ext attack",
        "%%writefile /tmp/digitlab-attack\nx",
        "x = !touch /tmp/digitlab-attack",
        "%env PATH=.",
        "%pip install x",
        "get_ipython().system('touch /tmp/digitlab-attack')",
        "%%python\n" + RUNS,
        "?letter_of",
    ]
    return _written(target, NOTEBOOK, json.dumps(_notebook(*commands, honest, *commands)))


def notebook_of_blank_lines(target: Path, _honest: str) -> Path:
    """Nothing but line ends before what is no Python; more would be too large."""
    return _written(target, NOTEBOOK, json.dumps(_notebook("\n" * BLANK_LINES + "x y")))


def notebook_of_magics(target: Path, _honest: str) -> Path:
    """One magic after another, below many line ends; more would be too many words, or too large."""
    return _written(target, NOTEBOOK, json.dumps(_notebook("\n" * BLANK_LINES + "%%time\n" * 15_000 + "x y")))


BLANK_LINES = 1_900_000
"""As many as take hours where time grows with their square; see the two notebooks above."""


# Python source that its reader may choke on.


def source_with_zero_byte(target: Path, honest: str) -> Path:
    return _written(target, MODULE, honest.replace("import gzip", "import gzip\0", 1))


def source_as_utf16(target: Path, honest: str) -> Path:
    return _written(target, MODULE, honest.encode("utf-16"))


def source_with_mark(target: Path, honest: str) -> Path:
    return _written(target, MODULE, b"\xef\xbb\xbf" + honest.encode())


def source_with_wrong_coding(target: Path, honest: str) -> Path:
    return _written(target, MODULE, "# -*- coding: no-such-thing -*-\n" + honest)


def source_packed_by_its_coding(target: Path, honest: str) -> Path:
    """Codecs of Python unpack, too: one line of such a file can be gigabytes."""
    return _written(target, MODULE, "# coding: zip_codec\n" + honest)


def source_by_punycode(target: Path, honest: str) -> Path:
    return _written(target, MODULE, "# coding: punycode\n" + honest)


def source_with_hidden_code(target: Path, honest: str) -> Path:
    """What is a comment for a reader is code for who decodes UTF-7; it is confined as all code is."""
    return _written(
        target, MODULE, "# coding: utf-7\n# harmless+AAo-letter_of = None\n" + honest.encode("utf-7").decode()
    )


def source_of_50_mib(target: Path, honest: str) -> Path:
    return _written(target, MODULE, honest + "#\n" * (25 * MIB))


def source_of_holes(target: Path, honest: str) -> Path:
    """A file that says it has a terabyte, and takes no room."""
    path = _written(target, MODULE, honest)
    os.truncate(path, 1 << 40)
    return path


def source_of_one_line(target: Path, honest: str) -> Path:
    return _written(target, MODULE, honest + "table = '" + "x" * (10 * MIB) + "'\n")


def source_of_one_long_text(target: Path, honest: str) -> Path:
    return _written(target, MODULE, honest + "table = '" + "x" * 1_900_000 + "'\n")


def source_of_quotes(target: Path, honest: str) -> Path:
    """One sign, repeated: 300,000 texts without a character."""
    return _written(target, MODULE, honest + "table = " + "'" * 1_800_000 + "\n")


def source_of_many_words(target: Path, honest: str) -> Path:
    return _written(target, MODULE, honest + "table = [" + "1," * 500_000 + "]\n")


def source_of_parentheses(target: Path, honest: str) -> Path:
    return _written(target, MODULE, honest + "deep = " + "(" * 500_000 + ")" * 500_000 + "\n")


def source_of_signs(target: Path, honest: str) -> Path:
    return _written(target, MODULE, honest + "deep = " + "-" * 1_900_000 + "1\n")


def source_of_sums(target: Path, honest: str) -> Path:
    return _written(target, MODULE, honest + "deep = " + "1+" * 20_000 + "1\n")


def source_of_finally(target: Path, honest: str) -> Path:
    """Python writes the code of each ``finally`` twice: twenty inside one another are a million."""
    lines = [" " * depth + text for depth in range(20) for text in ("try: 0", "finally:")]
    return _written(target, MODULE, honest + "\n".join([*lines, " " * 20 + "0"]) + "\n")


def source_of_one_wide_line(target: Path, honest: str) -> Path:
    """Columns are counted in bytes: where letters take two, each place on a long line is counted from its start."""
    line = "é = '" + "x" * 1_500_000 + "'" + "; print(é)" * 10_000
    return _written(target, MODULE, honest + line + "\n")


def source_of_folded_values(target: Path, honest: str) -> Path:
    """Sums that Python might work out while it only reads."""
    sums = [
        "9 ** 9 ** 9 ** 9",
        "'a' * 10 ** 12",
        "(1,) * 10 ** 10",
        "1 << 10 ** 12",
        "'%1000000000d' % 1",
        "b'x' * (1 << 40)",
    ]
    return _written(target, MODULE, honest + "\n".join(f"def huge{n}(): return {text}" for n, text in enumerate(sums)))


# Names.


def name_with_formula(target: Path, honest: str) -> Path:
    return _written(target, "=cmd|' -C calc'!A0.py", honest)


def name_with_html(target: Path, honest: str) -> Path:
    return _written(target, "<img src=x onerror=alert(1)>.py", honest)


def name_with_control_characters(target: Path, honest: str) -> Path:
    return _written(target, "lab\r\n\x1b[2J\x1b]0;owned\x07\u202e.py", honest)


def name_that_is_no_text(target: Path, honest: str) -> Path:
    path = os.fsencode(target) + b"/lab\xff\xfe.py"
    Path(os.fsdecode(path)).write_text(honest, encoding="utf-8")
    return Path(os.fsdecode(path))


# What is no file.


def a_pipe(target: Path, _honest: str) -> Path:
    os.mkfifo(target / MODULE)
    return target / MODULE


def a_folder_with_a_pipe(target: Path, _honest: str) -> Path:
    (target / "lab").mkdir()
    os.mkfifo(target / "lab" / MODULE)
    return target / "lab"


def a_device(target: Path, _honest: str) -> Path:
    """Only root can make one that gives zeros for ever; a pipe waits for ever instead."""
    path = target / MODULE
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        os.mkfifo(path)
    return path


def a_socket(target: Path, _honest: str) -> Path:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(target / MODULE))
    return target / MODULE


def a_link(target: Path, _honest: str) -> Path:
    (target / MODULE).symlink_to("/etc/passwd")
    return target / MODULE


def a_folder_with_a_link(target: Path, _honest: str) -> Path:
    (target / "lab").mkdir()
    (target / "lab" / MODULE).symlink_to("/etc/passwd")
    return target / "lab"


def a_linked_folder(target: Path, _honest: str) -> Path:
    (target / "lab").symlink_to("/etc")
    return target / "lab"


def a_folder_in_circles(target: Path, honest: str) -> Path:
    path = _folder(target, honest, {})
    (path / "again").symlink_to(".")
    (path / "up").symlink_to("..")
    (path / "itself").symlink_to("itself")
    (path / "device.py").symlink_to("/dev/zero")
    return path


def a_folder_of_many(target: Path, honest: str) -> Path:
    path = _folder(target, honest, {})
    for number in range(25_000):
        (path / f"{number}").touch()
    return path


def a_deep_folder(target: Path, honest: str) -> Path:
    path = _folder(target, honest, {})
    here = os.open(path, os.O_RDONLY)
    for _ in range(500):
        os.mkdir("d" * 100, dir_fd=here)
        deeper = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    return path


def a_folder_named_as_the_module(target: Path, honest: str) -> Path:
    path = target / MODULE
    path.mkdir()
    (path / "__init__.py").write_text(RUNS, encoding="utf-8")
    (path / MODULE).write_text(honest, encoding="utf-8")
    return path


_NOT_RUN = "one module is read, as text; nothing beside it is run, imported or obeyed"
_BY_NAME = "names are checked; nothing is unpacked to a disk"
_BY_SIZE = "sizes are checked before, and counted while, the one module is unpacked in memory"
_AS_TEXT = "the module is read as text, within bounds, and never run where it is read"
_REGULAR = "only ordinary files are opened, without following links and without waiting"


def _package(make: Callable[[Path, str], Path], hopes: str, stopped_by: str, rejected: str = "") -> Package:
    return Package(make.__name__.replace("_", "-"), hopes, stopped_by, make, rejected)


PACKAGES = [
    _package(folder_for_pytest, "that pytest runs in its folder and obeys it", _NOT_RUN),
    _package(zip_for_pytest, "that pytest runs where it was unpacked and obeys it", _NOT_RUN),
    _package(folder_for_python, "that Python starts in its folder and runs what it looks for", _NOT_RUN),
    _package(folder_of_shadows, "that a library is looked for beside the module first", _NOT_RUN),
    _package(zip_of_shadows, "that a library is looked for where it was unpacked", _NOT_RUN),
    _package(stale_bytecode, "that Python runs bytecode that differs from the source that people see", _NOT_RUN),
    _package(compiled_module, "that Python loads a library in the source's stead", _NOT_RUN),
    Package(
        "zip-climbs", "to write outside of the folder that it is unpacked into", _BY_NAME, climbing_zip, "leads out"
    ),
    _package(climbing_backwards, "to climb by the other system's separators", _BY_NAME, "leads out"),
    _package(absolute_zip, "to write where its name says", _BY_NAME, "leads out"),
    _package(drive_zip, "to write on another drive", _BY_NAME, "leads out"),
    _package(zip_with_link, "to be a link to a file of the machine", _BY_NAME, "is a link"),
    _package(zip_with_linked_folder, "to write through a link that it brings", _BY_NAME, "is a link"),
    _package(zip_with_device, "to be a device, or set-user-id", _BY_NAME),
    _package(zip_with_duplicates, "that one is checked and the other one graded", _BY_NAME, "twice"),
    _package(zip_with_a_case_twin, "that one is checked and the other one graded", _BY_NAME, "MNIST_all_models.py"),
    _package(zip_with_control_characters, "to forge lines and to command a terminal", _BY_NAME, "control characters"),
    _package(zip_with_backwards_name, "to be taken for something else", _BY_NAME),
    _package(zip_bomb, "to fill the memory when it is unpacked", _BY_SIZE, "is larger than 2 MiB"),
    _package(zip_bomb_beside, "to fill the disk beside the module", _BY_SIZE, "is larger than 200 MiB"),
    _package(zip_that_repeats, "to be a bomb within the limit on size", _BY_SIZE, ""),
    _package(zip_that_overlaps, "to be gigabytes in one small file", _BY_SIZE, "is larger than 200 MiB"),
    _package(zip_that_lies, "that declared sizes are believed", _BY_SIZE, "is damaged"),
    _package(zip_that_lies_about_its_packed_size, "that declared sizes are believed", _BY_SIZE, "is damaged"),
    _package(nested_zip, "that what is packed is unpacked without the checks", _BY_NAME, "is not opened"),
    _package(zip_of_itself, "that unpacking never ends", _BY_NAME),
    _package(encrypted_zip, "that unpacking asks for a password, or fails", _BY_NAME, "is encrypted"),
    _package(zip_of_many, "to fill memory and disk with names", _BY_SIZE, "lab.zip"),
    _package(zip_of_some, "to fill memory and disk with names", _BY_SIZE, "at most 500"),
    _package(zip_by_lzma, "to fill the memory of the one who unpacks", _BY_SIZE, "in an unusual way"),
    _package(zip_behind_a_program, "to be run as a program", _NOT_RUN),
    _package(cut_zip, "that its reader fails", _BY_SIZE, "is not a sound zip"),
    _package(zip_with_a_far_directory, "that its reader fails, or reads for ever", _BY_SIZE, "is not a sound zip"),
    _package(deep_notebook, "that its reader's stack runs over", _AS_TEXT, "nested too deeply"),
    _package(deep_metadata, "that its reader's stack runs over", _AS_TEXT, "is not a notebook"),
    _package(notebook_of_numbers, "that numbers that are none spread", _AS_TEXT),
    _package(notebook_of_one_number, "that reading one number takes minutes", _AS_TEXT, "JSON is broken"),
    _package(notebook_of_wrong_types, "that its reader fails", _AS_TEXT),
    _package(notebook_without_cells, "that its reader fails", _AS_TEXT, "is not a notebook"),
    _package(notebook_of_a_future_format, "that its reader fails", _AS_TEXT, "is not a notebook"),
    _package(notebook_of_commands, "that commands in it are run", "they become calls that are left out"),
    _package(notebook_of_blank_lines, "to keep the grader reading for hours", _AS_TEXT, "no code cell can be read"),
    _package(notebook_of_magics, "to keep the grader reading for hours", _AS_TEXT, "no code cell can be read"),
    _package(source_with_zero_byte, "that readers see different ends of the file", _AS_TEXT, "zero byte"),
    _package(source_as_utf16, "that its reader fails", _AS_TEXT, "UTF-16"),
    _package(source_with_mark, "that its reader fails", _AS_TEXT),
    _package(source_with_wrong_coding, "that its reader fails", _AS_TEXT, "coding line"),
    _package(source_packed_by_its_coding, "to be a bomb in Python's own codecs", _AS_TEXT, "coding line"),
    _package(source_by_punycode, "that decoding takes minutes", _AS_TEXT, "punycode"),
    _package(source_with_hidden_code, "that people see a comment where there is code", "it is confined as all code is"),
    _package(source_of_50_mib, "to fill the memory of its reader", _AS_TEXT, "is larger than 2 MiB"),
    _package(
        source_of_holes, "to fill the memory of its reader, or to be read for ever", _AS_TEXT, "is larger than 2 MiB"
    ),
    _package(source_of_one_line, "to fill messages and reports", _AS_TEXT, "is larger than 2 MiB"),
    _package(source_of_one_long_text, "to fill messages and reports", _AS_TEXT),
    _package(source_of_quotes, "to be many words that count as one", _AS_TEXT),
    _package(source_of_many_words, "to fill the memory of its reader", _AS_TEXT, "words and signs"),
    _package(source_of_parentheses, "to break the parser", _AS_TEXT, "too many nested parentheses"),
    _package(source_of_signs, "to break the parser", _AS_TEXT, "nested too deeply"),
    _package(source_of_sums, "to break the parser", _AS_TEXT, "nested too deeply"),
    _package(source_of_finally, "to keep the compiler busy and fill its memory", _AS_TEXT, "nested too deeply"),
    _package(source_of_one_wide_line, "to keep the reader counting", _AS_TEXT),
    _package(source_of_folded_values, "that huge values are worked out while it is read", _AS_TEXT),
    _package(name_with_formula, "to be run by a spreadsheet", "every report escapes what it shows"),
    _package(name_with_html, "to be run by a browser", "every report escapes what it shows"),
    _package(name_with_control_characters, "to forge lines of a report", "every report escapes what it shows"),
    _package(name_that_is_no_text, "that whoever writes the name down fails", "every report escapes what it shows"),
    _package(a_pipe, "to be read for ever", _REGULAR, "is not an ordinary file"),
    _package(a_folder_with_a_pipe, "to be read for ever", _REGULAR, "not a file"),
    _package(a_device, "to be read for ever", _REGULAR, "is not an ordinary file"),
    _package(a_socket, "that its reader fails", _REGULAR, "cannot be read"),
    _package(a_link, "to be shown a file of the machine", _REGULAR, "is a link"),
    _package(a_folder_with_a_link, "to be shown a file of the machine", _REGULAR, "a link"),
    _package(a_linked_folder, "to be shown a folder of the machine", _REGULAR, "is a link"),
    _package(a_folder_in_circles, "that its reader walks for ever", _REGULAR),
    _package(a_folder_of_many, "to fill the memory of its reader", _BY_SIZE, "holds more than 20000 files"),
    _package(
        a_deep_folder, "that its reader walks too deep, and cleaning up fails", "deep folders are not looked into"
    ),
    _package(a_folder_named_as_the_module, "to be imported as a package", _NOT_RUN),
]
