"""Pack the kit for services that run graders of their own: Gradescope, GitHub Classroom."""

from grader.packing.classroom import classroom_workflow
from grader.packing.gradescope import pack_gradescope

__all__ = ["classroom_workflow", "pack_gradescope"]
