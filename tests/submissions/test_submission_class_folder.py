import hashlib
import os
import zipfile

import pytest

from grader.submissions import class_folder, digest, digesting, find_submissions
from grader.submissions import folder as folder_module
from grader.system.errors import UsageError
from grader.system.safe_rmtree import safe_rmtree


@pytest.fixture
def class_dir(tmp_path):
    """Make a class folder; a name ending in ``/`` is a folder."""

    def make(*names):
        folder = tmp_path / "class"
        folder.mkdir()
        for name in names:
            if name.endswith("/"):
                (folder / name).mkdir()
            else:
                (folder / name).write_text(name)
        return folder

    return make


def names(folder):
    return [name for name, _ in find_submissions(folder)]


def test_every_entry_is_a_submission_sorted_by_name(class_dir):
    folder = class_dir("c.zip", "b.py", "a/", "d.ipynb", "e.pdf", "f", "version.1/")
    assert find_submissions(folder) == [
        ("a", folder / "a"),
        ("b", folder / "b.py"),
        ("c", folder / "c.zip"),
        ("d", folder / "d.ipynb"),
        ("e", folder / "e.pdf"),
        ("f", folder / "f"),
        ("version.1", folder / "version.1"),
    ]


def test_what_is_no_submission_is_passed_over(class_dir):
    folder = class_dir(
        "a.py",
        ".git/",
        ".DS_Store",
        "__pycache__/",
        "__MACOSX/",
        "Thumbs.db",
        "desktop.ini",
        "a.expected.json",
        "a.expected.toml",
    )
    assert names(folder) == ["a"]


def test_a_student_called_expected_is_not_lost(class_dir):
    assert names(class_dir("expected_value.py", "Expected Maria/")) == ["Expected Maria", "expected_value"]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["a.py", "a.zip"], ["a.py", "a.zip"]),
        (["a.py", "a/"], ["a", "a.py"]),
        (["a.py", "a.zip", "a.py.zip"], ["a.py", "a.py.zip", "a.zip"]),
        (["Anna.py", "anna.zip"], ["Anna.py", "anna.zip"]),
        (["A.py", "a.py"], ["A.py", "a.py~2"]),
        (["\u0439.py", "\u0438\u0306.zip"], ["\u0438\u0306.zip", "\u0439.py"]),
        (["a\u200b.py", "a.py", "a.py~2"], ["a.py", "a.py~2", "a.py~3"]),
    ],
)
def test_no_entry_is_lost_to_an_equal_name(class_dir, entries, expected):
    found = names(class_dir(*entries))
    if entries == ["a.py", "a/"]:  # a folder has no other name than its own
        assert sorted(found) == expected
    else:
        assert len({class_folder.name_key(name) for name in found}) == len(entries)
        assert len(found) == len(expected)


def test_full_names_tell_equal_stems_apart(class_dir):
    assert names(class_dir("a.py", "a.zip", "a/", "b.py")) == ["a", "a.py", "a.zip", "b"]


def test_names_are_clean_and_never_empty(class_dir):
    folder = class_dir("a\x1b\u202eb.py", "\u202e.py")
    (folder / os.fsdecode(b"\xff.py")).write_text("")
    assert names(folder) == ["ab", "unnamed", "\ufffd"]


def test_a_link_is_an_entry_too(class_dir, tmp_path):
    folder = class_dir()
    (folder / "away.d").symlink_to(tmp_path)
    assert names(folder) == ["away"]


@pytest.mark.parametrize("entries", [[], [".hidden", "Thumbs.db"]])
def test_an_empty_class(class_dir, entries):
    with pytest.raises(
        UsageError, match=r"class: holds no submissions\. Expected one file or folder for each student\."
    ):
        find_submissions(class_dir(*entries))


def test_no_such_folder(tmp_path):
    with pytest.raises(UsageError, match=r"gone: there is no such folder or zip\. Check the path\."):
        find_submissions(tmp_path / "gone")


def test_a_file_is_not_a_class(class_dir):
    with pytest.raises(UsageError, match=r"a\.py: is not a folder, nor a zip\. .* use: digitlab grade"):
        find_submissions(class_dir("a.py") / "a.py")


def test_an_unreadable_folder(class_dir, monkeypatch):
    def refuse(_self):
        raise PermissionError(13, "Permission denied")

    folder = class_dir("a.py")
    monkeypatch.setattr(class_folder.Path, "iterdir", refuse)
    with pytest.raises(UsageError, match=r"class: cannot be read \(Permission denied\)\. Check its permissions\."):
        find_submissions(folder)


def test_digest_of_a_file_is_that_of_its_bytes(tmp_path):
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"\x00\xff")
    assert digest(path) == hashlib.sha256(b"\x00\xff").hexdigest()


def test_digest_of_a_folder_changes_with_names_and_bytes(class_dir):
    folder = class_dir("a", "sub/")
    seen = {digest(folder)}
    (folder / "a").write_text("other")
    seen.add(digest(folder))
    (folder / "a").rename(folder / "b")
    seen.add(digest(folder))
    (folder / "sub" / "c").write_text("")
    seen.add(digest(folder))
    (folder / "link").symlink_to("b")
    seen.add(digest(folder))
    assert len(seen) == 5
    assert digest(folder) == digest(folder)


def test_digest_does_not_count_what_git_keeps_for_itself(class_dir):
    folder = class_dir("a")
    before = digest(folder)
    (folder / ".git").mkdir()
    (folder / ".git" / "FETCH_HEAD").write_text("another fetch")
    assert digest(folder) == before


def test_digest_follows_no_link(class_dir, tmp_path):
    (tmp_path / "outside").mkdir()
    folder = class_dir("a")
    (folder / "link").symlink_to(tmp_path / "outside")
    before = digest(folder)
    (tmp_path / "outside" / "b").write_text("new")
    assert digest(folder) == before
    assert digest(folder / "link") == hashlib.sha256(b"link to " + os.fsencode(tmp_path / "outside")).hexdigest()


def test_digest_never_raises(class_dir, tmp_path):
    folder = class_dir("a")
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"\xff")).write_text("")
    assert len(digest(folder)) == 64
    assert digest(folder / "pipe") == digest(tmp_path / "gone")


def test_digest_reads_no_more_of_the_rest_than_a_bound(class_dir, monkeypatch):
    monkeypatch.setattr(digesting, "MAX_HASHED_BYTES", 4)
    folder = class_dir("a", "b", "c")
    for name in "abc":
        (folder / name).write_text("long")
    (folder / "c").write_text("middle c and its end")
    before = digest(folder)
    (folder / "b").write_text("lang")
    assert digest(folder) == before, "the bytes are used up by the first file"
    (folder / "b").write_text("longer")
    assert digest(folder) != before, "but sizes count"


def test_digest_of_a_long_file_counts_beginning_end_and_size(tmp_path, monkeypatch):
    monkeypatch.setattr(digesting, "MAX_HASHED_BYTES", 4)
    monkeypatch.setattr(digesting, "_END_BYTES", 2)
    seen = set()
    for text in ("12345678", "x2345678", "1234567x", "123456789"):
        (tmp_path / "a.zip").write_text(text)
        seen.add(digest(tmp_path / "a.zip"))
    assert len(seen) == 4


@pytest.mark.parametrize("name", ["mnist_all_models.py", "z/z.ipynb"])
def test_a_module_counts_whole_whatever_lies_beside_it(class_dir, monkeypatch, name):
    monkeypatch.setattr(digesting, "MAX_HASHED_BYTES", 4)
    folder = class_dir("a_data.bin", "z/", name)
    (folder / "a_data.bin").write_text("more than is hashed")
    (folder / name).write_text("x = 1\n" * 1000)
    before = digest(folder)
    (folder / name).write_text("x = 1\n" * 500 + "x = 2\n" + "x = 1\n" * 499)
    assert digest(folder) != before


def test_a_lone_zip_counts_whatever_lies_beside_it(class_dir, monkeypatch):
    monkeypatch.setattr(digesting, "MAX_HASHED_BYTES", 400)
    folder = class_dir("a_data.bin")
    (folder / "a_data.bin").write_bytes(bytes(500))
    digests = set()
    for number in range(2):
        with zipfile.ZipFile(folder / "lab.zip", "w") as archive:
            archive.writestr("mnist_all_models.py", f"x = {number}")
        digests.add(digest(folder))
    assert len(digests) == 2


def test_a_module_counts_however_many_files_are_not_looked_at(class_dir):
    folder = class_dir("src/", "src/mnist_all_models.py")
    for number in range(12_000):
        path = folder / (".venv" if number % 2 else "venv") / f"{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    before = digest(folder)
    (folder / ".venv" / "1.txt").write_text("another library")
    assert digest(folder) == before
    (folder / "src" / "mnist_all_models.py").write_text("x = 2\n")
    assert digest(folder) != before


def test_digest_of_many_modules_is_bounded(class_dir, monkeypatch):
    """None of them is taken, so none is read whole."""
    monkeypatch.setattr(digesting, "MAX_HASHED_BYTES", 0)
    folder = class_dir(*(f"{letter}.py" for letter in "abcdefghi"))
    before = digest(folder)
    (folder / "c.py").write_text("x" * len((folder / "c.py").read_text()))
    assert digest(folder) == before


def test_digest_of_a_folder_that_cannot_be_read_differs(class_dir, monkeypatch):
    folder = class_dir("a.py")
    before = digest(folder)

    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(folder_module.os, "scandir", refuse)
    assert digest(folder) != before


@pytest.mark.parametrize("what", ["is_dir", "is_symlink"])
def test_digest_of_what_nobody_may_look_at(class_dir, monkeypatch, what):
    folder = class_dir("a.py")

    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(digesting.Path, what, refuse)
    assert len(digest(folder)) == 64


def test_digest_of_a_thousand_folders_in_each_other(class_dir):
    folder = class_dir("a.py")
    make_deep(folder, 1000)
    try:
        assert len(digest(folder)) == 64
    finally:
        safe_rmtree(folder)  # pytest's own way fails


def make_deep(folder, depth):
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
