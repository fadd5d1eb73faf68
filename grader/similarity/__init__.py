"""Which submissions of a class are alike beyond the assignment's own code: winnowed fingerprints, as MOSS has them."""

from grader.similarity.pairs import LEVEL, CommonPart, Pair, find_pairs

__all__ = ["LEVEL", "CommonPart", "Pair", "find_pairs"]
