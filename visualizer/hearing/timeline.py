"""What the music does at each sample: written ahead of what is audible, read when it is seen.

The listening thread writes; the GUI thread reads at each refresh and the pipeline thread for each painting.
Nobody waits: entries lie in a ring of fixed size, and a reader keeps clear of those about to be replaced.
"""

from __future__ import annotations

from visualizer.hearing.analyser import Features

COLUMNS_KEPT = 512  # 5 s of columns: what is analysed ahead, what a sound card delays, and the largest offset
MARGIN = 32  # columns that may be written while a reader searches


class Timeline:
    """Features by the number of the sample at which they were known; one writer, any number of readers.

    Args:
        columns: how many are kept; older ones are forgotten.
    """

    def __init__(self, columns: int = COLUMNS_KEPT) -> None:
        if columns <= MARGIN:
            raise ValueError(f"Timeline of {columns} columns: use more than {MARGIN}")
        self._entries: list[tuple[int, Features]] = [(0, Features.silence())] * columns
        self._count = 0

    def add(self, sample: int, features: Features) -> None:
        """Take the features of a sample later than all before (writing thread)."""
        self._entries[self._count % len(self._entries)] = (sample, features)
        self._count += 1

    def at(self, sample: float) -> Features:
        """The newest features not later than a sample; the oldest kept when all are later, silence before any."""
        return self.entry(sample)[1]

    def entry(self, sample: float) -> tuple[int, Features]:
        """As `at`, with the number of the sample that the features belong to."""
        count, size = self._count, len(self._entries)
        if count == 0:
            return 0, Features.silence()
        low, high = max(0, count - size + MARGIN), count - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._entries[middle % size][0] <= sample:
                low = middle
            else:
                high = middle - 1
        return self._entries[low % size]

    @property
    def newest(self) -> Features:
        """The features added last; silence before any."""
        return self._entries[(self._count - 1) % len(self._entries)][1]
