"""The grader's own code that takes in what is handed in; `check.py` beside this folder uses it. Nothing to do here."""
