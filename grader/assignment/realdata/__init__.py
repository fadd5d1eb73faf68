"""The real pictures, MNIST and EMNIST: what the files are, where they come from, whether they are right."""

from grader.assignment.realdata.catalog import DATA_SETS, DataFile, DataSet, find_data_set
from grader.assignment.realdata.checking import FileState, Standing, inspect_file
from grader.assignment.realdata.fetching import fetch_data_set
from grader.assignment.realdata.folder import VARIABLE, data_folder
from grader.assignment.realdata.pictures import RealPictures, load_real_pictures, training_pictures

__all__ = [
    "DATA_SETS",
    "VARIABLE",
    "DataFile",
    "DataSet",
    "FileState",
    "RealPictures",
    "Standing",
    "data_folder",
    "fetch_data_set",
    "find_data_set",
    "inspect_file",
    "load_real_pictures",
    "training_pictures",
]
