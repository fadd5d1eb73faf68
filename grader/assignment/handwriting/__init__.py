"""Draw handwritten digits and letters, in the form of MNIST and EMNIST, from skeletons and writers' habits.

    images, labels = draw_digits(10_000, seed=7)

The same arguments, seed and ``GENERATOR_VERSION`` give the same bytes. That relies on numpy's PCG64 and its
distributions and on OpenCV's drawing of 8-bit lines and filters; coordinates are rounded to 1/32 pixel first, so the
last bit of a sine, or the order of a sum, does not show. ``test_handwriting.py`` holds a hash of a small set.

The skeletons stand in ``datasets/glyphs``; no image of a real person's handwriting is used or stored.
"""

from grader.assignment.handwriting.errors import GlyphError, HandwritingError
from grader.assignment.handwriting.pictures import draw_picture
from grader.assignment.handwriting.sets import GENERATOR_VERSION, draw_digits, draw_letters

__all__ = ["GENERATOR_VERSION", "GlyphError", "HandwritingError", "draw_digits", "draw_letters", "draw_picture"]
