"""The display's sleep: asked to wait while music plays, allowed again within a minute, whatever the desktop answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.fakes_time import HandClock
from visualizer.show.awake import PATIENCE_S, Awake, keep_presenting

DEADLINE_S = 10.0


def soon(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.002)


class Desktop:
    """Counts what it was asked; may refuse."""

    def __init__(self, refuses: bool = False) -> None:
        self.asked = self.released = 0
        self.refuses = refuses

    @contextmanager
    def inhibit(self) -> Iterator[None]:
        self.asked += 1
        if self.refuses:
            raise OSError("no such service")
        yield
        self.released += 1


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def test_awake_while_playing_and_not_long_after(clock: HandClock) -> None:
    desktop = Desktop()
    awake = Awake(desktop.inhibit, clock)
    awake.follow(False)
    assert desktop.asked == 0
    awake.follow(True)
    soon(lambda: desktop.asked == 1)
    clock.sleep(PATIENCE_S - 1)
    awake.follow(False)
    assert awake.held  # a pause between two pieces
    clock.sleep(2)
    awake.follow(False)
    soon(lambda: desktop.released == 1)
    assert PATIENCE_S <= 60
    awake.close()


def test_it_asks_once_however_often_it_is_told(clock: HandClock) -> None:
    desktop = Desktop()
    awake = Awake(desktop.inhibit, clock)
    for _ in range(100):
        awake.follow(True)
    soon(lambda: desktop.asked == 1)
    awake.close()
    assert (desktop.asked, desktop.released) == (1, 1)


def test_nothing_is_asked_after_the_end(clock: HandClock) -> None:
    desktop = Desktop()
    awake = Awake(desktop.inhibit, clock)
    awake.close()
    awake.follow(True)
    assert not awake.held


def test_the_switch_lets_it_sleep_at_once(clock: HandClock) -> None:
    desktop = Desktop()
    awake = Awake(desktop.inhibit, clock)
    awake.follow(True)
    soon(lambda: desktop.asked == 1)
    awake.follow(True, allowed=False)
    soon(lambda: desktop.released == 1)
    awake.close()


def test_a_desktop_that_refuses_is_asked_again_later(clock: HandClock) -> None:
    desktop = Desktop(refuses=True)
    awake = Awake(desktop.inhibit, clock)
    awake.follow(True)
    soon(lambda: desktop.asked == 1)
    clock.sleep(100)
    awake.follow(False)
    awake.follow(True)
    soon(lambda: desktop.asked == 2)
    awake.close()
    assert desktop.released == 0


def test_without_any_service_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    with keep_presenting():
        pass
