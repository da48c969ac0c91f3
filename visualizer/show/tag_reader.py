"""Reads tags and covers in the background and remembers them. No Qt; a thread of its own.

The queue may hold ten thousand pieces: tags are read only of those that are asked for, a bounded number is kept, and
whoever shows them is told at most a few times a second that more are known.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path

from visualizer.files.tags import Tags, read_cover, read_tags
from visualizer.priority import BACKGROUND
from visualizer.show.events import Covered, Event, TagsRead
from visualizer.show.worker import Worker

KEPT = 2000  # files whose tags are remembered
TELL_EVERY_S = 0.3


class TagReader:
    """Tags of files.

    Args:
        emit: given events, on the reader's thread.
        failed: given what nobody expected, on the reader's thread.
        clock: seconds, steady.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        failed: Callable[[Exception], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._emit = emit
        self._clock = clock
        self._known: OrderedDict[Path, Tags] = OrderedDict()
        self._closing = False
        self._heard: Path | None = None  # whose cover is wanted
        self._worker = Worker(failed, "tags", back=BACKGROUND)

    def known(self, path: Path) -> Tags | None:
        """The tags of a file that was read; any thread, never waits."""
        return self._known.get(path)

    def read(self, paths: Iterable[Path]) -> None:
        """Read the tags of files that are not known yet, the first KEPT of them; TagsRead follow. Returns at once."""
        unknown = [path for path in paths if path not in self._known][:KEPT]
        if unknown:
            self._worker.submit(lambda: self._read(unknown), "tags")

    def cover(self, path: Path) -> None:
        """Read tags and cover of the piece that is heard; a Covered follows. Returns at once."""
        self._heard = path
        self._worker.submit(self._cover, "cover")

    def close(self, timeout_s: float) -> bool:
        """Leave what is under way; False when the thread was still busy after the timeout."""
        self._closing = True
        return self._worker.close(timeout_s=timeout_s)

    def _read(self, paths: list[Path]) -> None:
        told = self._clock()
        for path in paths:
            if self._closing:
                return
            self._cover()  # what is heard now goes before a long list
            if path not in self._known:
                self._keep(path, read_tags(path))
            if self._clock() - told >= TELL_EVERY_S:
                self._emit(TagsRead())
                told = self._clock()
        self._emit(TagsRead())

    def _cover(self) -> None:
        path, self._heard = self._heard, None
        if path is None:
            return
        tags = self._known.get(path) or read_tags(path)
        self._keep(path, tags)
        self._emit(Covered(path, tags, read_cover(path)))

    def _keep(self, path: Path, tags: Tags) -> None:
        self._known[path] = tags
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
