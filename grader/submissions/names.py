"""Names of submissions, which may be anything: their order, and the file names that are made of them."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_STEM_BYTES = 120
"""Leaves room for an extension within the 255 bytes that a file name may have, and for a path within Windows' 260."""

OWN_ZIP = b"made by digitlab report"
"""The comment of a zip that may be replaced by a newer one of its kind."""

_HASH_DIGITS = 12
_LIKE_HASHED = re.compile(rf"~[0-9a-f]{{{_HASH_DIGITS}}}$")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_FORBIDDEN = frozenset('/<>:"\\|?*')
_UNPRINTABLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def natural_key(name: str) -> tuple[object, ...]:
    """Return a sort key that puts student-2 before student-10 and does not depend on the locale."""
    pieces = re.split(r"([0-9]+)", name.casefold())
    digits = [piece.lstrip("0") for piece in pieces[1::2]]
    numbers = [(len(number), number) for number in digits]  # compares like int(), without its limit on length
    return (*[part for pair in zip(pieces[::2], [*numbers, (0, "")], strict=True) for part in pair], name)


def file_stem(submission_name: str) -> str:
    """Return a file name, without extension, that is safe on every file system and belongs to this name only.

    At most ``MAX_STEM_BYTES`` bytes. A name that needs no change is returned as it is. Any other gets ``~`` and 12
    hex digits of its SHA-256 appended. Two names never share a stem, on file systems that ignore case too, because

    * only a name in lower case (``name == name.casefold()``, in Unicode form NFC) counts as needing no change, so
      two names that differ in case or in composed accents cannot both stay as they are: Anna becomes Anna~1f0c...;
    * a name that itself ends like a hash counts as changed, so nobody can be named like another one's stem.
    """
    cleaned = _cut(_clean_stem(submission_name), MAX_STEM_BYTES)
    if cleaned == submission_name and _is_canonical(submission_name):
        return submission_name
    digest = hashlib.sha256(submission_name.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    return f"{_cut(cleaned, MAX_STEM_BYTES - 1 - _HASH_DIGITS)}~{digest}"


def page_file(submission_name: str) -> str:
    """Return the file name of a submission's student page in the feedback folder."""
    return f"{file_stem(submission_name)}.html"


def _is_canonical(name: str) -> bool:
    folded = name.casefold() == name == name.upper().casefold()
    return folded and unicodedata.is_normalized("NFC", name) and not _LIKE_HASHED.search(name)


def _clean_stem(name: str) -> str:
    text = "".join("_" if _is_forbidden(char) else char for char in unicodedata.normalize("NFC", name))
    text = re.sub(r"^[.\- ]+|[. ]+$", "_", text)
    return f"_{text}" if not text or _RESERVED.match(text) else text


def _is_forbidden(char: str) -> bool:
    other_space = char.isspace() and char != " "
    return char in _FORBIDDEN or other_space or unicodedata.category(char) in _UNPRINTABLE_CATEGORIES


def _cut(text: str, size_bytes: int) -> str:
    cut = text.encode()[:size_bytes].decode(errors="ignore")
    return cut.rstrip(" .") or "_"
