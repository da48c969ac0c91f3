"""The A/V offset: by how much pictures are shown after the sound they belong to. A rule, on any thread."""

from __future__ import annotations

LARGEST_OFFSET_S = 0.5


def checked_offset(seconds: float) -> float:
    """An offset as given, seconds: positive shows pictures later, negative earlier.

    Raises:
        ValueError: beyond half a second, or not a number.
    """
    if not -LARGEST_OFFSET_S <= seconds <= LARGEST_OFFSET_S:
        raise ValueError(f"the offset is {seconds} s: use {-LARGEST_OFFSET_S} to {LARGEST_OFFSET_S}")
    return float(seconds)
