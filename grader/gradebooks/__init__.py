"""Fill the grades of a class into the file that a learning platform gave for it."""

from grader.gradebooks.filling import Filled, fill_roster
from grader.gradebooks.of_class import fill_for_class

__all__ = ["Filled", "fill_for_class", "fill_roster"]
