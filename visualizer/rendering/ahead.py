"""Work done ahead of its use: an iterator that runs on a thread of its own, a few items in advance, in order.

A video is painted, drawn and encoded by three such threads at once; NumPy, ONNX Runtime and FFmpeg let go of
Python's lock while they work. The bound on waiting items keeps memory flat, however long the sound is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Iterates over items that another thread makes; use it in a `with` statement, so that the thread ends.

    An exception of the items is raised where they are used, after those that came before it.

    Args:
        items: made on the new thread, and closed there.
        depth: how many may wait, finished.
        name: of the thread.
    """

    def __init__(self, items: Iterator[T], depth: int, name: str) -> None:
        if depth < 1:
            raise ValueError(f"depth is {depth}: at least one item must have room")
        self._items = items
        self._room = threading.Semaphore(depth)
        self._ready: SimpleQueue[tuple[T] | None] = SimpleQueue()  # None: there will be no more
        self._error: BaseException | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self._closed:
            raise StopIteration
        item = self._ready.get()
        if item is None:
            self.close()
            if self._error is not None:
                raise self._error
            raise StopIteration
        self._room.release()
        return item[0]

    def close(self) -> None:
        """Stop making items, drop those that wait, and wait until the thread has ended."""
        self._closed = True
        self._room.release()
        self._thread.join()

    def __enter__(self) -> Ahead[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        try:
            for item in self._items:
                self._room.acquire()
                if self._closed:
                    break
                self._ready.put((item,))
        except BaseException as error:  # carried to whoever uses the items
            self._error = error
        try:
            close = getattr(self._items, "close", None)
            if close is not None:
                close()
        except BaseException as error:
            self._error = self._error or error
        self._ready.put(None)
