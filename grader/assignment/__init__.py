"""The assignment as data: rubric, public and hidden tests, and the fixed files of the student template."""
