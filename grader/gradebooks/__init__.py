"""Fill the grades of a class into the file that a learning platform gave for it."""

from grader.gradebooks.filling import Filled, Grade, fill_roster, load_roster
from grader.gradebooks.of_class import fill_for_class, keep_worksheet_of, open_roster
from grader.gradebooks.roster import Roster

__all__ = [
    "Filled",
    "Grade",
    "Roster",
    "fill_for_class",
    "fill_roster",
    "keep_worksheet_of",
    "load_roster",
    "open_roster",
]
