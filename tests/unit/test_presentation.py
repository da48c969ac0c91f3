"""Looks from features: within bounds, back to rest, the same at every rate of refreshes, calm where it should be."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import BANDS, HAT, KICK, SNARE
from visualizer.painting.knobs import Knobs
from visualizer.picture.presentation import (
    LARGEST_TURN_DEG,
    LARGEST_ZOOM,
    REST,
    SATURATIONS,
    Follower,
    Look,
    Presentation,
)

unit = st.floats(0, 1)
bands = st.lists(unit, min_size=len(BANDS), max_size=len(BANDS)).map(np.array)
knobs = st.builds(Knobs, unit, unit, unit, unit)
music = st.builds(
    lambda loudness, levels, onsets, count, chroma, activity, bpm, phase, confidence: replace(
        Features.silence(),
        is_open=True,
        loudness=loudness,
        levels=levels,
        onsets=onsets,
        counts=np.full(len(BANDS), count),
        chroma=np.array(chroma) / max(1.0, sum(chroma)),
        activity=activity,
        bpm=bpm,
        beat_phase=phase,
        beat_confidence=confidence,
    ),
    unit,
    bands,
    bands,
    st.integers(0, 99),
    st.lists(unit, min_size=12, max_size=12),
    unit,
    st.floats(0, 240),
    st.floats(0, 1, exclude_max=True),
    unit,
)


def struck(*struck_bands: int, loudness: float = 1.0, **more: float) -> Features:
    onsets = np.zeros(len(BANDS))
    onsets[list(struck_bands)] = 1.0
    return replace(Features.silence(), is_open=True, loudness=loudness, onsets=onsets, **more)


def looks(heard: list[Features], hz: int, setting: Knobs, each_s: float = 1 / 6) -> list[Look]:
    """The look at the end of each feature, which lasts for each_s."""
    presentation, ends, count = Presentation(3), [], 0
    presentation.look(heard[0], 0.0, setting)
    for index, features in enumerate(heard):
        while count < round((index + 1) * each_s * hz):
            count += 1
            look = presentation.look(features, count / hz, setting)
        ends.append(look)
    return ends


@settings(deadline=None, max_examples=40)
@given(heard=st.lists(music, min_size=1, max_size=8), setting=knobs, gaps=st.lists(st.floats(-1, 3), min_size=8))
def test_a_look_is_always_within_its_bounds(heard: list[Features], setting: Knobs, gaps: list[float]) -> None:
    presentation, now, last = Presentation(1), 0.0, 0.0
    for features, gap in zip(heard, gaps, strict=False):
        now += gap
        look = presentation.look(features, now, setting)
        assert 1 <= look.zoom <= LARGEST_ZOOM
        assert abs(look.rotation_deg) <= LARGEST_TURN_DEG
        assert SATURATIONS[0] <= look.saturation <= SATURATIONS[1]
        assert -1 <= look.warmth <= 1
        assert all(0 <= value <= 1 for value in (look.flow, look.relief, look.shade))
        assert look.flow_s >= last
        last = look.flow_s


@settings(deadline=None, max_examples=30)
@given(heard=st.lists(music, min_size=1, max_size=4), setting=knobs)
def test_after_the_music_everything_returns_to_rest(heard: list[Features], setting: Knobs) -> None:
    presentation = Presentation(2)
    for number, features in enumerate(heard):
        presentation.look(features, number * 0.1, setting)
    presentation.look(Features.silence(), 1.0, setting)
    look = presentation.look(Features.silence(), 41.0, setting)
    for name in vars(REST):
        assert name == "flow_s" or getattr(look, name) == pytest.approx(getattr(REST, name), abs=1e-4)


@settings(deadline=None, max_examples=25)
@given(heard=st.lists(music, min_size=2, max_size=5), setting=knobs)
def test_screens_of_30_60_and_144_hz_look_alike(heard: list[Features], setting: Knobs) -> None:
    at_30, at_60, at_144 = (looks(heard, hz, setting) for hz in (30, 60, 144))
    for slow, usual, fast in zip(at_30, at_60, at_144, strict=True):
        for name in vars(REST):
            # The clock of the flow adds up its pace in steps; all else is exact.
            least = 0.02 if name == "flow_s" else 1e-9
            assert getattr(slow, name) == pytest.approx(getattr(usual, name), abs=least)
            assert getattr(fast, name) == pytest.approx(getattr(usual, name), abs=least)


def test_each_stroke_moves_something_of_its_own() -> None:
    kick, snare, hat = (looks([struck(band)], 60, Knobs())[0] for band in (KICK, SNARE, HAT))
    assert kick.zoom > 1.01
    assert (kick.rotation_deg, kick.relief) == (0, 0)
    assert abs(snare.rotation_deg) > 0.2
    assert snare.zoom == 1
    assert hat.relief > 0.3
    assert (hat.zoom, hat.rotation_deg) == (1, 0)


def test_snares_tilt_this_way_and_that() -> None:
    counts = [np.full(len(BANDS), number) for number in (4, 5)]
    sides = [looks([replace(struck(SNARE), counts=count)], 60, Knobs())[0].rotation_deg for count in counts]
    assert sides[0] == pytest.approx(-sides[1])


def test_a_stroke_is_seen_within_20_ms_and_gone_after_a_second() -> None:
    presentation = Presentation()
    presentation.look(struck(), 0.0, Knobs())
    early = presentation.look(struck(KICK), 0.02, Knobs()).zoom
    full = presentation.look(struck(KICK), 0.2, Knobs()).zoom
    assert early - 1 > 0.75 * (full - 1)
    assert presentation.look(struck(), 0.35, Knobs()).zoom - 1 > 0.4 * (full - 1)
    assert presentation.look(struck(), 1.4, Knobs()).zoom - 1 < 0.02 * (full - 1)


def test_slow_quiet_music_flows_slowly_and_lively_music_runs() -> None:
    slow = replace(struck(loudness=0.4), bpm=60.0, beat_confidence=0.8)
    lively = replace(struck(loudness=0.9), bpm=160.0, beat_confidence=0.8, activity=0.6)
    strolled, ran = (looks([features] * 12, 60, Knobs())[-1].flow_s for features in (slow, lively))
    assert ran > 4 * strolled > 0


def test_the_knobs_do_what_they_say() -> None:
    calm, wild = (looks([struck(KICK)], 60, Knobs(wildness=value))[0].zoom for value in (0.1, 1.0))
    assert wild - 1 > 5 * (calm - 1) > 0
    assert looks([struck(KICK, SNARE, HAT)], 60, Knobs(sensitivity=0))[0].zoom == 1
    nervous, lazy = (looks([struck(KICK), struck()], 60, Knobs(smoothing=value))[1].zoom for value in (0.0, 1.0))
    assert lazy > nervous
    slow, fast = (looks([struck()] * 6, 60, Knobs(speed=value))[-1].flow_s for value in (0.0, 1.0))
    assert fast > 8 * slow


@settings(deadline=None, max_examples=40)
@given(heard=st.lists(music, min_size=2, max_size=8), setting=knobs)
def test_reduced_motion_leaves_slow_colours_alone(heard: list[Features], setting: Knobs) -> None:
    presentation = Presentation(5)
    shown = [presentation.look(features, 0.1 * at, setting, reduced=True) for at, features in enumerate(heard)]
    for look in shown:
        assert (look.zoom, look.rotation_deg, look.flow, look.relief, look.shade) == (1, 0, 0, 0, 0)
    for earlier, later in pairwise(shown):  # 0.1 s of at least 0.3 s
        assert abs(later.saturation - earlier.saturation) < 0.1
        assert later.flow_s - earlier.flow_s <= 0.1 * 4 * 0.1201 + 1e-9


def test_broken_features_do_not_break_the_look() -> None:
    broken = replace(struck(KICK), loudness=float("nan"), chroma=np.full(12, np.nan), levels=np.full(8, np.inf))
    look = Presentation().look(broken, 0.0, Knobs())
    assert all(np.isfinite(value) for value in vars(look).values())


def test_a_look_is_exact_at_both_ends_of_the_way_to_another() -> None:
    other = Look(1.02, 0.5, 0.3, 7.0, 0.2, 1.1, -0.4, 0.6)
    assert REST.towards(other, 0.0) == REST
    assert REST.towards(other, 1.0) == other
    assert REST.towards(other, 0.5).zoom == pytest.approx(1.01)


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1), st.integers(1, 20))
def test_a_follower_goes_the_same_way_in_any_number_of_steps(start: float, target: float, dt: float, n: int) -> None:
    whole, parts = Follower(), Follower()
    whole.value = parts.value = start
    for _ in range(n):
        parts.step(target, dt / n, 20.0, 20.0)
    assert parts.value == pytest.approx(whole.step(target, dt, 20.0, 20.0), abs=1e-9)
