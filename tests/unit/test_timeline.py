"""Timeline: the newest features not later than a sample, in bounded memory, without waiting."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.hearing.analyser import Features
from visualizer.hearing.timeline import MARGIN, Timeline


def heard_at(seconds: float) -> Features:
    return replace(Features.silence(), heard_s=seconds)


def test_before_anything_it_is_silent() -> None:
    assert Timeline().at(1e9).heard_s == 0
    assert not Timeline().newest.is_open


@given(
    gaps=st.lists(st.integers(1, 500), min_size=1, max_size=200),
    asked=st.integers(-100, 60_000),
    columns=st.integers(MARGIN + 1, 300),
)
def test_gives_what_a_plain_search_gives(gaps: list[int], asked: int, columns: int) -> None:
    timeline = Timeline(columns)
    samples = []
    for gap in gaps:
        samples.append((samples[-1] if samples else 0) + gap)
        timeline.add(samples[-1], heard_at(samples[-1]))
    kept = samples[-(columns - MARGIN) :]
    expected = max((sample for sample in kept if sample <= asked), default=kept[0])
    assert timeline.entry(asked)[0] == expected
    assert timeline.at(asked).heard_s == expected
    assert timeline.newest.heard_s == samples[-1]


def test_too_few_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="use more than"):
        Timeline(MARGIN)


def test_a_reader_never_sees_what_it_did_not_ask_for() -> None:
    timeline = Timeline(64 + MARGIN)

    def write() -> None:
        for sample in range(10, 100_000, 10):
            timeline.add(sample, heard_at(sample))

    writer = threading.Thread(target=write)
    writer.start()
    newest = 0
    while writer.is_alive():
        sample, features = timeline.entry(float("inf"))
        assert features.heard_s == sample  # never half of one entry and half of another
        assert sample >= newest  # never back
        newest = sample
    writer.join()
    assert timeline.entry(float("inf"))[0] == 99_990
