"""Read a class as instructors have it: the downloads of learning platforms, clones, or a plain folder."""

from grader.submissions.platforms.reading import FOLDER, KINDS, ClassEntry, read_class

__all__ = ["FOLDER", "KINDS", "ClassEntry", "read_class"]
