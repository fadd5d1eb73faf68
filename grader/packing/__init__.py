"""Pack the kit for services that run graders of their own: Gradescope, GitHub Classroom, Classroom 50."""

from grader.packing.classroom import classroom_workflow
from grader.packing.classroom50 import pack_classroom50
from grader.packing.gradescope import pack_gradescope

__all__ = ["classroom_workflow", "pack_classroom50", "pack_gradescope"]
