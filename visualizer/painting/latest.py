"""A one-place mailbox between threads: the newest item wins, nobody waits.

Images travel through it from the pipeline thread to the GUI thread, and to every other reader that shows them. A
queue would fall behind a slow screen; here an item that was never read is replaced by the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """Holds at most one item; put and any number of readers may be on threads of their own, and none waits."""

    def __init__(self) -> None:
        # A tuple made anew by each put: readers tell items apart by it, and storing one reference is atomic.
        self._entry: tuple[T] | None = None
        self._take = self.reader()

    def put(self, item: T) -> None:
        """Leave an item, in place of the one before."""
        self._entry = (item,)

    def take(self) -> T | None:
        """The item, once; None when nothing has come since."""
        return self._take()

    def reader(self) -> Callable[[], T | None]:
        """A take of its own, for one thread: it gives each newest item once, whatever other readers took."""
        seen: tuple[T] | None = None

        def take() -> T | None:
            nonlocal seen
            entry = self._entry
            if entry is None or entry is seen:
                return None
            seen = entry
            return entry[0]

        return take
