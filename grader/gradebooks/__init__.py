"""Fill the grades of a class into the file that a learning platform gave for it."""

from grader.gradebooks.filling import Filled, Grade, fill_roster
from grader.gradebooks.of_class import fill_for_class

__all__ = ["Filled", "Grade", "fill_for_class", "fill_roster"]
