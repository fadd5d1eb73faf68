"""What can be wrong with a request for handwriting, or with a glyph file."""

from grader.system.errors import DigitLabError


class HandwritingError(DigitLabError, ValueError):
    """An argument cannot be drawn; the message names it, its value and what was expected."""


class GlyphError(HandwritingError):
    """A file in ``datasets/glyphs`` is not sound; the message names the file and the glyph."""
