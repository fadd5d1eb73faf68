"""The page that `draw.py` shows: a canvas, what your functions make of it, and how sure both networks are."""
