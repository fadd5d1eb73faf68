"""Hidden tests: they run in the scorer only and never leave the grader."""
