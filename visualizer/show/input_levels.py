"""How loud each input is, while somebody looks: opens and lets go of the meters off the GUI thread. No Qt.

A thread of its own: starting the meters' process takes a moment, ending it up to two seconds, and neither may keep
the player's commands waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from visualizer.show.parts import Input, MetersPart
from visualizer.show.worker import Worker


class InputLevels:
    """Meters of the inputs that are shown.

    Args:
        make: opens meters of some inputs.
        failed: given what nobody expected, on the meters' thread.
    """

    def __init__(self, make: Callable[[Sequence[Input]], MetersPart], failed: Callable[[Exception], None]) -> None:
        self._make = make
        self._meters: MetersPart | None = None
        self._keys: tuple[str, ...] = ()
        self._worker = Worker(failed, "meters")

    def show(self, inputs: Sequence[Input]) -> None:
        """Measure these inputs from now on, and no others; returns at once."""
        wanted = tuple(inputs)
        self._worker.submit(lambda: self._open(wanted), "meters")

    def levels(self) -> Mapping[str, float]:
        """dBFS, -90 to 0, by the inputs' keys; only of those that are open. Never waits."""
        meters = self._meters
        return meters.levels() if meters is not None else {}

    def close(self, timeout_s: float) -> bool:
        """Let go of everything; False when the thread was still busy after the timeout."""
        return self._worker.close(lambda: self._open(()), timeout_s)

    def _open(self, inputs: Sequence[Input]) -> None:
        keys = tuple(one.key for one in inputs)
        if keys == self._keys:
            return
        before, self._meters, self._keys = self._meters, None, ()
        if before is not None:
            before.close()
        if inputs:
            self._meters, self._keys = self._make(inputs), keys
