"""Write IDX files, the format of MNIST, to have something to parse."""

import gzip
import struct

import numpy as np

TYPE_CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx_header(type_code: int, shape: tuple[int, ...]) -> bytes:
    """Return magic and sizes: two zero bytes, the type code, the number of dimensions, the big-endian sizes."""
    return struct.pack(f">HBB{len(shape)}I", 0, type_code, len(shape), *shape)


def idx_bytes(array: np.ndarray) -> bytes:
    """Return a whole IDX file for an array of one of the six element types, any byte order."""
    kind = array.dtype.kind + str(array.dtype.itemsize)
    return idx_header(TYPE_CODES[kind], array.shape) + array.astype(">" + kind).tobytes()


def gzip_bytes(data: bytes) -> bytes:
    """Return `data` compressed, without a time stamp, so that the same data give the same bytes."""
    return gzip.compress(data, compresslevel=9, mtime=0)
