"""Statistics of notes: what transposing must leave alone, and what chords, voices and pulses must show."""

from __future__ import annotations

import numpy as np
import pytest

from mvnet.harmony import _chroma, _density, _intervals, _register, _rhythm, harmony_statistics

STEPS = 640


def chords(*pitches: int, every: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """These pitches struck together again and again, each time for half as long as it takes to the next."""
    notes, onsets = np.zeros((STEPS, 88), np.float32), np.zeros((STEPS, 88), np.float32)
    for start in range(0, STEPS, every):
        notes[start : start + every // 2, list(pitches)] = 0.8
        onsets[start, list(pitches)] = 0.9
    return notes, onsets


def test_there_are_as_many_as_said_and_none_is_infinite() -> None:
    rng = np.random.default_rng(0)
    for notes, onsets in (
        chords(40, 44, 47),
        (rng.random((400, 88)), rng.random((400, 88))),
        (np.zeros((400, 88)),) * 2,
    ):
        found = harmony_statistics(notes.astype(np.float32), onsets.astype(np.float32))
        assert found.shape == (210,)
        assert found.dtype == np.float32
        assert np.isfinite(found).all()


@pytest.mark.parametrize("up", [-5, 1, 12])
def test_transposing_changes_nothing_but_the_register(up: int) -> None:
    first, second = chords(40, 44, 47), chords(40 + up, 44 + up, 47 + up)
    for part in (_intervals, _chroma):
        for before, after in zip(part(first[0]), part(second[0]), strict=True):
            np.testing.assert_allclose(before, after, atol=1e-6)
    for part in (_density, _rhythm):
        for before, after in zip(part(*first), part(*second), strict=True):
            np.testing.assert_allclose(before, after, atol=1e-6)
    assert _register(second[0])[1][0] - _register(first[0])[1][0] == pytest.approx(up, abs=1e-3)


def test_intervals_of_a_chord_stand_out() -> None:
    together, *_ = _intervals(chords(40, 44, 47)[0])
    assert sorted(np.flatnonzero(together) + 1) == [3, 4, 7]


def test_steps_from_note_to_note_are_heard() -> None:
    notes = np.zeros((STEPS, 88), np.float32)
    for number, start in enumerate(range(0, STEPS, 20)):
        notes[start : start + 20, 30 + 2 * (number % 12)] = 1  # whole tones up
    _, quarter_second, _ = _intervals(notes)
    assert quarter_second.argmax() - 12 == 2


def test_voices_are_counted() -> None:
    *_, voices = _density(*chords(40, 44, 47))
    assert voices[3] == pytest.approx(0.5)
    assert voices[0] == pytest.approx(0.5)


def test_pulse_beginnings_and_lengths() -> None:
    correlation, beginnings, (begun, length) = _rhythm(*chords(40, 44, every=62))
    lags = np.arange(8, 180, 6)
    assert lags[correlation.argmax()] == 62
    assert beginnings * STEPS == pytest.approx(2 * len(range(0, STEPS, 62)))
    assert length == pytest.approx(31, rel=0.15)
    assert begun > 0
