"""The progress line: its words, its pace, and its silence on a pipe."""

from __future__ import annotations

import io

import pytest

from visualizer.rendering.progress import ProgressLine, progress_text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class HandTurnedClock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("done_s", "total_s", "taken_s", "words"),
    [
        (30.0, 120.0, 15.0, ["25%", "0:30 of 2:00", "2.0 x real time", "0:45 left"]),
        (120.0, 120.0, 60.0, ["100%", "2:00 of 2:00", "0:00 left"]),
        (121.0, 120.0, 60.0, ["100%", "0:00 left"]),  # a little longer than declared
        (0.0, 120.0, 0.0, ["0%", "--:-- left"]),
        (65.0, 0.0, 65.0, ["1:05", "1.0 x real time"]),  # length unknown: no bar, no end
    ],
)
def test_words(done_s: float, total_s: float, taken_s: float, words: list[str]) -> None:
    text = progress_text(done_s, total_s, taken_s)
    assert all(word in text for word in words)
    assert ("[" in text) == (total_s > 0)


def test_drawn_at_most_five_times_a_second_and_removed() -> None:
    out, clock = Terminal(), HandTurnedClock()
    line = ProgressLine(out, clock)
    for _ in range(100):
        clock.now += 0.01
        line.show(1.0, 10.0)
    assert 5 <= out.getvalue().count("\r") <= 6
    line.clear()
    assert out.getvalue().endswith("\r")
    assert out.getvalue().rsplit("\r", 2)[1].strip() == ""


def test_a_pipe_stays_clean() -> None:
    out = io.StringIO()
    line = ProgressLine(out)
    line.show(1.0, 10.0)
    line.clear()
    assert out.getvalue() == ""
