"""Listening, on a clock turned by hand: what is on screen belongs to what is in the air."""

from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np
import pytest

from tests.fakes_time import AheadFile, HandClock, LiveInput, clicks
from visualizer.hearing.ear import ANALYSIS_S, LARGEST_BACKLOG_S
from visualizer.hearing.listening import DISPLAY_S, HASTE_S, LEISURE_S, Listening
from visualizer.hearing.sources import Foreseen, Source

RATE = 48_000.0
REFRESH_S = 1 / 60


def watch(listening: Listening, clock: HandClock, seconds: float) -> list[tuple[float, int]]:
    """Look and refresh for a while, as the threads do; the count of onsets at each refresh."""
    seen: list[tuple[float, int]] = []
    end, look_at, refresh_at = clock.now + seconds, clock.now, clock.now
    while clock.now < end:
        if clock.now >= look_at:
            look_at = clock.now + listening.look(clock.now)
        if clock.now >= refresh_at:
            seen.append((clock.now, int(listening.features(clock.now).counts.sum())))
            refresh_at += REFRESH_S
        clock.sleep(0.001)
    return seen


def first_rise(seen: list[tuple[float, int]]) -> float:
    """When the count first rose."""
    return next(now for (_, before), (now, count) in pairwise(seen) if count > before)


def test_the_sources_are_told_apart() -> None:
    clock = HandClock()
    file: Source | Foreseen = AheadFile(np.zeros(10), RATE, clock)
    live: Source | Foreseen = LiveInput(np.zeros(10), RATE, clock)
    assert isinstance(file, Foreseen)
    assert not isinstance(live, Foreseen)


def test_a_file_shows_a_stroke_when_it_is_heard() -> None:
    clock = HandClock()
    listening = Listening(clock)
    listening.set_source(AheadFile(clicks(RATE, 6.0, [3.0]), RATE, clock))
    began = clock.now
    seen = watch(listening, clock, 4.0)
    shown = first_rise(seen) + DISPLAY_S
    assert shown - began == pytest.approx(3.0, abs=REFRESH_S)
    assert listening.shown_late_s(clock.now) < 0.02
    assert listening.ahead_s(began + 4.0) > 0.9


@pytest.mark.parametrize("offset", [-0.4, -0.1, 0.1, 0.4])
def test_the_offset_moves_a_file_both_ways(offset: float) -> None:
    clock = HandClock()
    listening = Listening(clock)
    listening.set_offset(offset)
    listening.set_source(AheadFile(clicks(RATE, 6.0, [3.0]), RATE, clock))
    began = clock.now
    shown = first_rise(watch(listening, clock, 4.0)) + DISPLAY_S
    assert shown - began == pytest.approx(3.0 + offset, abs=REFRESH_S)


def test_a_live_stroke_is_shown_at_the_next_refresh() -> None:
    clock = HandClock()
    listening = Listening(clock)
    source = LiveInput(clicks(RATE, 4.0, [3.0]), RATE, clock, block=256)
    listening.set_source(source)
    shown = first_rise(watch(listening, clock, 3.5))
    late = shown - source.arrives(round(3.0 * RATE))
    assert 0 < late <= 0.006 + 2 * 0.01 + REFRESH_S  # a look, one column and the start of the next, a refresh


@pytest.mark.parametrize(("offset", "delay"), [(0.3, 0.3), (-0.3, 0.0)])
def test_a_live_input_can_only_be_delayed(offset: float, delay: float) -> None:
    clock = HandClock()
    listening = Listening(clock)
    listening.set_offset(offset)
    source = LiveInput(clicks(RATE, 4.0, [3.0]), RATE, clock, block=256)
    listening.set_source(source)
    shown = first_rise(watch(listening, clock, 3.9))
    assert shown - source.arrives(round(3.0 * RATE)) == pytest.approx(delay, abs=0.045)


def test_a_steady_beat_comes_earlier_where_the_input_is_late() -> None:
    times = [0.5 * k for k in range(1, 20)]
    phases = []
    for latency_s in (0.0, 0.1):
        clock = HandClock()
        listening = Listening(clock)
        source = LiveInput(clicks(RATE, 10.0, times), RATE, clock, block=256, latency_s=latency_s)
        listening.set_source(source)
        watch(listening, clock, 8.5)
        features = listening.features(clock.now)
        assert features.beat_confidence > 0.6
        phases.append(features.beats + features.beat_phase)
    assert (phases[1] - phases[0]) * 0.5 == pytest.approx(0.1, abs=0.03)


def test_a_wrong_offset_is_refused() -> None:
    with pytest.raises(ValueError, match=r"offset is 0\.6"):
        Listening().set_offset(0.6)


def test_a_paused_file_stands() -> None:
    clock = HandClock()
    listening = Listening(clock)

    class Paused(AheadFile):
        def audible(self, time: float) -> float:
            return super().audible(min(time, self.began + 3.05))

    listening.set_source(Paused(clicks(RATE, 6.0, [1.0, 2.0, 3.0]), RATE, clock))
    watch(listening, clock, 4.0)
    before = listening.features(clock.now)
    clock.sleep(60.0)
    listening.look(clock.now)
    after = listening.features(clock.now)
    assert after.counts.sum() == before.counts.sum() > 0
    assert after.heard_s == before.heard_s


def test_the_second_ahead_is_analysed_in_haste_first_then_at_leisure() -> None:
    clock = HandClock()
    listening = Listening(clock)
    listening.set_source(AheadFile(clicks(RATE, 6.0, []), RATE, clock))
    waits = []
    while listening.ahead_s(clock.now) < 0.9:
        waits.append(listening.look(clock.now))
    hasty = waits.count(HASTE_S)
    assert 0 < hasty < len(waits)
    assert waits == [HASTE_S] * hasty + [LEISURE_S] * (len(waits) - hasty)


def test_without_a_source_the_last_sound_fades() -> None:
    clock = HandClock()
    listening = Listening(clock)
    noise = np.random.default_rng(0).normal(0, 0.2, round(3 * RATE))
    listening.set_source(LiveInput(noise, RATE, clock))
    watch(listening, clock, 2.0)
    assert listening.features(clock.now).is_open
    listening.set_source(None)
    assert listening.features(clock.now).is_open  # nothing jumps at that moment
    watch(listening, clock, 1.0)
    assert not listening.features(clock.now).is_open


def test_after_sleep_it_goes_on_from_the_present() -> None:
    clock = HandClock()
    listening = Listening(clock)
    source = LiveInput(clicks(RATE, 4.0, []), RATE, clock)
    listening.set_source(source)
    watch(listening, clock, 0.5)
    clock.sleep(LARGEST_BACKLOG_S + 5.0)
    listening.look(clock.now)
    assert listening.lost > 5.0 * RATE
    assert -0.1 < listening.ahead_s(clock.now) <= 0.01


def test_sound_after_silence_is_told_once() -> None:
    clock = HandClock()
    told: list[float] = []
    listening = Listening(clock, on_sound=lambda: told.append(clock.now))
    source = LiveInput(clicks(RATE, 4.0, [2.0]), RATE, clock, block=256)
    listening.set_source(source)
    watch(listening, clock, 2.2)
    assert len(told) == 1
    assert told[0] - source.arrives(round(2.0 * RATE)) < 0.04


def test_any_blocks_give_the_same_timeline() -> None:
    sound = clicks(RATE, 3.0, [0.5, 1.0, 1.7, 2.2])
    found = []
    for block in (64, 999, 4800):
        clock = HandClock()
        listening = Listening(clock)
        listening.set_source(LiveInput(sound, RATE, clock, block=block))
        watch(listening, clock, 3.2)
        timeline = listening._ear.timeline
        found.append([timeline.at(sample).heard_s for sample in range(0, round(2.8 * RATE), 5000)])
        assert timeline.at(round(1.2 * RATE)).counts.sum() > 0
    assert found[0] == found[1] == found[2]


def test_a_source_that_fails_is_reported_and_listening_goes_on() -> None:
    failed = threading.Event()
    said: list[str] = []

    def report(text: str) -> None:
        said.append(text)
        failed.set()

    class Broken:
        rate = RATE
        heard = 0

        def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
            raise OSError("unplugged")

    listening = Listening(on_failed=report)
    listening.set_source(Broken())
    listening.start()
    try:
        assert failed.wait(5)
    finally:
        listening.stop()
    assert "unplugged" in said[0]


def test_the_analysis_delay_is_what_the_analyser_needs() -> None:
    """ANALYSIS_S is when the pulse of a stroke is half up; by then it has been counted."""
    clock = HandClock()
    listening = Listening(clock)
    at = [1.0 + 0.3037 * k for k in range(8)]
    listening.set_source(AheadFile(clicks(RATE, 5.0, at), RATE, clock))
    watch(listening, clock, 3.5)
    timeline = listening._ear.timeline
    counted, risen = [], []
    for second in at:
        stroke = round(second * RATE)
        before = timeline.at(stroke).counts.sum()
        after = [(ms, timeline.at(stroke + ms * RATE / 1000)) for ms in range(60)]
        counted.append(next(ms for ms, features in after if features.counts.sum() > before))
        peak = max(features.pulses.max() for _, features in after)
        risen.append(next(ms for ms, features in after if features.pulses.max() > 0.5 * peak))
    assert np.mean(counted) < 1000 * ANALYSIS_S
    assert np.mean(risen) == pytest.approx(1000 * ANALYSIS_S, abs=4)


@pytest.mark.parametrize("ahead", [True, False])
def test_taps_put_the_beat_where_the_hand_is(ahead: bool) -> None:
    """Taps at 100 BPM on an even noise: afterwards the beat is in the air when the hand would come down."""
    clock = HandClock()
    listening = Listening(clock)
    noise = 0.1 * np.random.default_rng(0).standard_normal(round(20 * RATE))
    source = AheadFile if ahead else LiveInput
    listening.set_source(source(noise, RATE, clock))
    watch(listening, clock, 3.0)
    began = clock.now
    for _ in range(5):
        listening.steer(lambda analyser, now_s: analyser.tap(now_s))
        watch(listening, clock, 0.6)
    watch(listening, clock, 1.5)  # what was analysed ahead of the last tap is over
    features = listening.features(clock.now - DISPLAY_S)
    assert features.bpm == pytest.approx(100, abs=1)
    expected = (clock.now - began) / 0.6 % 1
    assert abs((features.beat_phase - expected + 0.5) % 1 - 0.5) < 0.06


def test_a_nudge_moves_the_beat() -> None:
    clock = HandClock()
    listening = Listening(clock)
    listening.set_source(LiveInput(0.1 * np.random.default_rng(0).standard_normal(round(20 * RATE)), RATE, clock))
    watch(listening, clock, 3.0)
    for _ in range(5):
        listening.steer(lambda analyser, now_s: analyser.tap(now_s))
        watch(listening, clock, 0.6)
    before = listening.newest.beat_phase
    listening.steer(lambda analyser, now_s: analyser.nudge(0.06))
    listening.look(clock.now)
    assert (before - listening.newest.beat_phase) % 1 == pytest.approx(0.1, abs=0.03)
