"""Public tests: `digitlab release` copies these files into the student template."""
