"""Draw handwritten digits and letters, in the form of MNIST and EMNIST, from skeletons and writers' habits.

    images, labels = draw_digits(10_000, seed=7)

The skeletons stand in ``datasets/glyphs``; no image of a real person's handwriting is used or stored.
"""

from grader.handwriting.errors import GlyphError, HandwritingError
from grader.handwriting.pictures import draw_picture
from grader.handwriting.sets import GENERATOR_VERSION, draw_digits, draw_letters

__all__ = ["GENERATOR_VERSION", "GlyphError", "HandwritingError", "draw_digits", "draw_letters", "draw_picture"]
