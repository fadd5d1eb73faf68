"""Proofs that the grader is right, by submissions whose result is known: what `digitlab validate` runs."""
