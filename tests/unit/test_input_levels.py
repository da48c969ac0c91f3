"""Meters of the chooser: opened and let go of on their own thread."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from visualizer.show.input_levels import InputLevels
from visualizer.show.parts import NoMeters
from visualizer.sound.devices import Device

ONE = Device("One", 0, "Fake", 2, 48_000.0, "microphone", True)
TWO = Device("Two", 1, "Fake", 2, 48_000.0, "line", False)


class Meters:
    """Meters that tell when they are opened and closed."""

    def __init__(self, inputs: Sequence[Any], log: list[str], changed: threading.Semaphore) -> None:
        self._names = " and ".join(one.name for one in inputs)
        self._inputs, self._log, self._changed = inputs, log, changed
        self._say("open")

    def levels(self) -> Mapping[str, float]:
        return {one.key: -20.0 for one in self._inputs}

    def close(self) -> None:
        self._say("close")

    def _say(self, what: str) -> None:
        self._log.append(f"{what} {self._names}")
        self._changed.release()


def test_they_are_open_while_they_are_shown() -> None:
    log: list[str] = []
    faults: list[Exception] = []
    changed = threading.Semaphore(0)
    levels = InputLevels(lambda inputs: Meters(inputs, log, changed), faults.append)
    assert levels.levels() == {}
    levels.show([ONE])
    assert changed.acquire(timeout=5)
    levels.show([ONE])  # the same: nothing is opened anew
    levels.show([ONE, TWO])
    assert changed.acquire(timeout=5)
    assert changed.acquire(timeout=5)
    levels.show([])
    assert changed.acquire(timeout=5)
    assert levels.levels() == {}
    levels.show([TWO])
    assert changed.acquire(timeout=5)
    assert levels.close(5)
    assert log == ["open One", "close One", "open One and Two", "close One and Two", "open Two", "close Two"]
    assert faults == []


def test_no_meters_measure_nothing() -> None:
    none = NoMeters([ONE])
    assert none.levels() == {}
    none.close()
