"""The app's one error type: a sentence a person can act on.

Raised at the boundaries (files, devices, models); the command line prints it and exits with 2,
the window shows it as a notice and goes on. No Qt here.
"""

from __future__ import annotations


class VisualizerError(Exception):
    """Something the user can mend: the text says what happened, the value, and what to do."""
