"""The one error of data, training and export that a person can mend; the commands print it and exit with 2."""

from __future__ import annotations


class MvnetError(Exception):
    """Bad input: the text says what happened, the value, and what to do."""
