"""What is drawn for each clip: who plays, how fast and how high, and that the same seed plays the same."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvnet.performance import (
    ATTACKS_S,
    CLIP_S,
    ENSEMBLES,
    LEAD_S,
    PITCHES,
    assign_voices,
    draw_ensemble,
    draw_tempo,
    play,
)
from mvnet.scores import Note, Score


def scale(count: int = 200, length: float = 0.5, parts: int = 1, tempo: float | None = None) -> Score:
    """Parts an octave apart that all play a scale."""
    notes = [Note(k * length, length, 48 + 12 * part + k % 12, part) for k in range(count) for part in range(parts)]
    return Score(tuple(notes), tempo)


@given(seed=st.integers(0, 2**31), parts=st.integers(1, 4), length=st.sampled_from([0.125, 0.5, 2.0]))
def test_an_excerpt_keeps_within_its_time_and_range(seed: int, parts: int, length: float) -> None:
    excerpt = play(scale(parts=parts, length=length), np.random.default_rng(seed))
    assert excerpt is not None
    assert excerpt.start_s >= LEAD_S
    for sound in excerpt.sounds:
        assert 0 <= sound.start_s < LEAD_S + CLIP_S + 1
        assert sound.length_s > 0
        assert PITCHES[0] <= sound.pitch <= PITCHES[1]
        assert 1 <= sound.velocity <= 127
        assert 0 <= sound.voice < len(excerpt.programs)
    starts = [sound.start_s for sound in excerpt.sounds]
    assert starts == sorted(starts)


def test_the_same_seed_plays_the_same_and_another_does_not() -> None:
    first, again, other = (play(scale(), np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_a_stretch_with_few_notes_gives_no_clip() -> None:
    assert play(scale(count=5), np.random.default_rng(0)) is None


def test_ensembles_are_drawn_by_their_chances() -> None:
    rng = np.random.default_rng(0)
    counts = Counter(draw_ensemble(rng)[0] for _ in range(4000))
    assert set(counts) == {name for name, _, _ in ENSEMBLES}
    assert counts.most_common(1)[0][0] == "piano"


@pytest.mark.parametrize("length", [0.05, 1.0, 8.0])
def test_no_tempo_lets_notes_crawl_or_race(length: float) -> None:
    for seed in range(20):
        tempo = draw_tempo(scale(length=length), np.random.default_rng(seed))
        assert ATTACKS_S[0] * 0.99 <= tempo / 60 / length <= ATTACKS_S[1] * 1.01


def test_the_scores_own_tempo_is_kept_nearly() -> None:
    slow, fast = (draw_tempo(scale(tempo=tempo), np.random.default_rng(1)) for tempo in (60.0, 120.0))
    assert fast == pytest.approx(2 * slow)


def test_parts_keep_to_one_voice_and_high_parts_to_high_ones() -> None:
    notes = [Note(0, 1, 72, 0), Note(0, 1, 40, 1), Note(1, 1, 71, 0), Note(1, 1, 60, 2)]
    assert assign_voices(notes, 3) == [2, 0, 2, 1]
    assert assign_voices(notes, 1) == [0, 0, 0, 0]


def test_in_music_of_few_parts_high_notes_go_to_high_voices() -> None:
    notes = [Note(k, 1, 40 + k, 0) for k in range(30)]
    voices = assign_voices(notes, 3)
    assert voices == sorted(voices)
    assert Counter(voices) == {0: 10, 1: 10, 2: 10}
