"""Signals that only ask: noted once, and as before afterwards."""

from __future__ import annotations

import signal
import threading

import pytest

from visualizer.rendering.stopping import StopSignals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_noted_and_the_second_acts(number: signal.Signals) -> None:
    acted: list[int] = []
    before = signal.signal(number, lambda number, frame: acted.append(number))
    try:
        with StopSignals() as stop:
            assert not stop()
            signal.raise_signal(number)
            assert stop()
            assert stop.received == number
            assert acted == []
            signal.raise_signal(number)
            assert acted == [number]
    finally:
        signal.signal(number, before)


def test_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with StopSignals():
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_on_another_thread_it_notes_nothing() -> None:
    seen: list[bool] = []

    def work() -> None:
        with StopSignals() as stop:
            seen.append(stop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]
