"""Smooth curves through control points: Catmull-Rom (cardinal) splines written as one matrix per stroke.

A curve is ``matrix @ control``. Every weight in the matrix is a multiple of 2**-14, so with control points on a
grid of 2**-16 the sums are exact in float64, whatever order a BLAS takes them in.
"""

import numpy as np

STEPS = 8  # points on the curve for each pair of control points
GRID = 2.0**-16

# The weights of the four neighbours as polynomials in t (rows: 1, t, t**2, t**3). Catmull-Rom has the tension 1/2,
# which makes a circle of few points look like a polygon; with a little more it looks round.
_TENSION = 19 / 32
_CUBIC = np.array(
    [
        [0, 1, 0, 0],
        [-_TENSION, 0, _TENSION, 0],
        [2 * _TENSION, _TENSION - 3, 3 - 2 * _TENSION, -_TENSION],
        [-_TENSION, 2 - _TENSION, _TENSION - 2, _TENSION],
    ]
)


def snap(values: np.ndarray) -> np.ndarray:
    """Return ``values`` rounded to the grid of 2**-16, float64."""
    return np.round(values / GRID) * GRID


def _runs(points: np.ndarray) -> list[tuple[int, int]]:
    """Cut a stroke at its corners (a point given twice); return (first, last) indexes of each smooth run."""
    corners = np.flatnonzero((points[1:] == points[:-1]).all(axis=1))
    firsts = [0, *(corners + 1).tolist()]
    lasts = [*corners.tolist(), len(points) - 1]
    return list(zip(firsts, lasts, strict=True))


def _run_matrix(count: int) -> np.ndarray:
    """Return the matrix of a run of ``count`` points; the end points are mirrored to get end tangents."""
    points = np.eye(count)
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    time = np.arange(STEPS) / STEPS
    powers = np.stack([np.ones(STEPS), time, time**2, time**3], axis=1)  # (STEPS, 4)
    rows = [powers @ _CUBIC @ padded[start : start + 4] for start in range(count - 1)]
    return np.vstack([*rows, points[-1:]])  # ((count - 1) * STEPS + 1, count)


def stroke_matrix(points: np.ndarray) -> np.ndarray:
    """Return the (T, P) float64 matrix that turns the P control points of a stroke into T points on its curve.

    Args:
        points: shape (P, 2); a point given twice in a row is a corner.
    """
    blocks = []
    for first, last in _runs(points):
        block = np.zeros(((last - first) * STEPS + 1, len(points)))
        block[:, first : last + 1] = _run_matrix(last - first + 1)
        blocks.append(block)
    return np.vstack(blocks)
