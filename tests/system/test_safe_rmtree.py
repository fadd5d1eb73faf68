"""Folders that student code left are removed, whatever they hold."""

import os

from grader.system.safe_rmtree import safe_rmtree


def test_folder_deeper_than_the_stack_is_removed(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    for _level in range(3000):
        os.mkdir("d", dir_fd=descriptor)
        deeper = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = deeper
    os.close(descriptor)
    safe_rmtree(folder)
    assert not folder.exists()


def test_folders_without_rights_are_removed(tmp_path):
    folder = tmp_path / "scratch"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "file").write_text("x")
    (folder / "a" / "b").chmod(0)
    (folder / "a").chmod(0)
    safe_rmtree(folder)
    assert not folder.exists()


def test_what_a_link_points_to_stays(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("x")
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "link").symlink_to(tmp_path / "kept")
    safe_rmtree(tmp_path / "scratch")
    assert (tmp_path / "kept" / "file").exists()
    assert not (tmp_path / "scratch").exists()


def test_folder_that_is_gone_is_no_error(tmp_path):
    safe_rmtree(tmp_path / "never-was")
