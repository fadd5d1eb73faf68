"""Make the bundle that Classroom 50's runner takes as an assignment's autograder; see docs/classroom50.md."""

from grader.packing.classroom50.bundle import pack_classroom50

__all__ = ["pack_classroom50"]
