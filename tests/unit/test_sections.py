"""The form of the music: sections of a made piece, bars of a made beat, and nothing where nothing changes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.hearing.analyser import Features
from visualizer.hearing.bands import BANDS, KICK
from visualizer.painting.sections import LONGEST_WAIT_S, Bars, Cue, Sections
from visualizer.painting.style import DECIDE_EVERY_S

PER_S = round(1 / DECIDE_EVERY_S)


def kind(name: str, rng: np.random.Generator) -> tuple[np.ndarray, Features]:
    """One moment of a section: soft chords (A), another harmony with drums (B), or slowly dying (D)."""
    chroma = np.full(12, 0.02)
    chroma[[0, 4, 7] if name == "A" else [1, 5, 8]] = 0.25
    levels = np.full(len(BANDS), 0.3 if name == "A" else 0.7) + rng.normal(0, 0.05, len(BANDS))
    strokes = 0.02 if name == "A" else 0.4
    features = replace(
        Features.silence(), chroma=chroma, levels=levels, activity=strokes, loudness_db=-20.0 + rng.normal(0, 1)
    )
    return np.full(10, 0.0 if name == "A" else 0.3) + rng.normal(0, 0.05, 10), features


def begun(form: str, section_s: float = 15.0, seed: int = 0) -> list[float]:
    """When sections begin in a piece of this form, seconds."""
    rng, sections, times = np.random.default_rng(seed), Sections(1.0), []
    for index in range(round(len(form) * section_s * PER_S)):
        now = index / PER_S
        if sections.hear(*kind(form[int(now / section_s)], rng)):
            times.append(now)
    return times


@settings(max_examples=20, deadline=None)
@given(st.text("AB", min_size=1, max_size=6), st.integers(0, 100))
def test_sections_begin_where_the_music_changes(form: str, seed: int) -> None:
    changes = [15.0 * (i + 1) for i in range(len(form) - 1) if form[i] != form[i + 1]]
    found = begun(form, seed=seed)
    assert len(found) == len(changes)
    assert all(0 < time - change <= 2 for time, change in zip(found, changes, strict=True))


def test_sections_lie_apart() -> None:
    found = begun("AB" * 20, section_s=3.0)
    assert all(second - first >= 6 for first, second in pairwise(found))


def test_an_end_is_no_beginning() -> None:
    rng, sections = np.random.default_rng(0), Sections(1.0)
    for _ in range(15 * PER_S):
        embedding, features = kind("A", rng)
        assert not sections.hear(embedding, features)
    for index in range(5 * PER_S):  # it fades by 40 dB
        fall_db = 8 * index / PER_S
        faded = replace(features, loudness_db=-20 - fall_db, levels=features.levels * 10 ** (-fall_db / 20))
        assert not sections.hear(embedding, faded)


def beat(now: float, *, bpm: float = 120.0, stressed: int | None = None, confidence: float = 0.9) -> Features:
    """The features of a steady beat: every beat is struck, one of four harder."""
    beats, phase = divmod(now * bpm / 60, 1)
    strength = 1.0 if stressed is None or int(beats) % 4 == stressed else 0.4
    onsets = np.zeros(len(BANDS))
    onsets[KICK] = strength * np.exp(-phase * 60 / bpm / 0.18)
    return replace(
        Features.silence(), bpm=bpm, beat_phase=phase, beats=int(beats), beat_confidence=confidence, onsets=onsets
    )


@pytest.mark.parametrize("per_second", [24, 60, 144])
@pytest.mark.parametrize("stressed", [0, 3])
def test_bars_begin_on_the_stressed_beat(per_second: int, stressed: int) -> None:
    bars, begins = Bars(), []
    for index in range(20 * per_second):
        features = beat(index / per_second, stressed=stressed)
        if bars.step(features):
            begins.append(features.beats)
    assert bars.known
    late = [number for number in begins if number > 16]
    assert late
    assert all(number % 4 == stressed for number in late)
    assert [b - a for a, b in pairwise(late)] == [4] * (len(late) - 1)


def test_any_beat_will_do_while_none_stands_out() -> None:
    bars = Bars()
    begins = sum(bars.step(beat(index / 60)) for index in range(600))
    assert begins == pytest.approx(20, abs=1)


def test_no_beat_no_bar() -> None:
    bars = Bars()
    assert not any(bars.step(beat(index / 60, confidence=0.2)) for index in range(300))
    assert not bars.known


def test_a_cue_waits_for_the_bar_but_not_for_ever() -> None:
    cue, done = Cue(), []
    cue.wait_for_bar(lambda: done.append("first"))
    cue.step(False, 1.0)
    assert cue.waits
    cue.wait_for_bar(lambda: done.append("second"))  # takes its place
    cue.step(False, LONGEST_WAIT_S / 2)
    cue.step(True, 0.1)
    cue.step(True, 0.1)
    assert done == ["second"]
    cue.wait_for_bar(lambda: done.append("third"))
    for _ in range(10):
        cue.step(False, LONGEST_WAIT_S / 10 + 1e-6)
    assert done == ["second", "third"]
    cue.wait_for_bar(lambda: done.append("dropped"))
    cue.drop()
    cue.step(True, 1.0)
    assert done == ["second", "third"]
