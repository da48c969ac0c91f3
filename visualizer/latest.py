"""A one-place mailbox between two threads: the newest item wins, nobody waits.

Images travel through it from the pipeline thread to the GUI thread. A queue would fall behind a slow
screen; here an item that was never taken is replaced by the next.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """Holds at most one item; put and take may be called from any two threads, and neither waits."""

    def __init__(self) -> None:
        # deque.append and deque.pop are atomic, and maxlen drops the older item in the same step.
        self._slot: deque[T] = deque(maxlen=1)

    def put(self, item: T) -> None:
        """Leave an item, in place of one that was not taken."""
        self._slot.append(item)

    def take(self) -> T | None:
        """The item, which is then gone; None when there is none."""
        try:
            return self._slot.pop()
        except IndexError:
            return None
