"""The note network's layout: semitones, partials, and what neither loudness nor key may change."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mvnet.frontend import MelSpec
from mvnet.note_network import (
    FIRST_PITCH,
    LOWEST,
    PARTIALS,
    PITCHES,
    SEMITONES,
    STEP_COLUMNS,
    NoteNetwork,
    partial_offsets,
    partials,
    semitone_rows,
)
from mvnet.spectral import band_frequencies

SPEC = MelSpec()


def test_rows_lie_where_their_pitch_does() -> None:
    weights = semitone_rows(SPEC)
    assert weights.shape == (2 * SEMITONES, SPEC.n_mels)
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    midi = LOWEST + np.arange(2 * SEMITONES) / 2
    hz = 440 * 2 ** ((midi - 69) / 12)
    np.testing.assert_allclose((weights @ band_frequencies(SPEC)), hz, rtol=1e-3)  # bands are even in mel, not in Hz


def test_partials_of_a_note_stand_side_by_side() -> None:
    pitch = 60
    rows = torch.zeros(1, 1, 2 * SEMITONES, 3)
    for number in PARTIALS:
        rows[0, 0, 2 * (pitch - LOWEST + round(12 * np.log2(number)))] = 1
    found = partials(rows).unflatten(1, (len(PARTIALS), 2))[0, :, 0, :, 0]  # [partials, PITCHES]
    heard = found.sum(0)
    assert heard.argmax() + FIRST_PITCH == pitch
    assert heard.max() == len(PARTIALS)
    assert heard.sort().values[-2] < len(PARTIALS)


def test_partials_outside_the_plane_are_silent() -> None:
    found = partials(torch.ones(1, 2, 2 * SEMITONES, 1)).unflatten(1, (len(PARTIALS), 4))[0, :, 0, :, 0]
    for number, offset in enumerate(partial_offsets()):
        inside = (torch.arange(PITCHES) + offset >= 0) & (torch.arange(PITCHES) + offset < SEMITONES)
        assert torch.equal(found[number] > 0, inside)


@pytest.fixture(scope="module")
def network() -> NoteNetwork:
    torch.manual_seed(3)
    network = NoteNetwork(SPEC)
    network.train()
    for _ in range(3):
        network(torch.rand(4, SPEC.n_mels, 48))  # the normalisations' statistics
    return network.eval()


@torch.no_grad()
def test_answers_have_a_step_for_eight_columns(network: NoteNetwork) -> None:
    assert network(torch.rand(2, SPEC.n_mels, 48)).shape == (2, 2, PITCHES, 48 // STEP_COLUMNS)
    assert sum(weight.numel() for weight in network.parameters()) == 14_162


@torch.no_grad()
def test_loudness_changes_nothing(network: NoteNetwork) -> None:
    columns = torch.rand(1, SPEC.n_mels, 96)
    torch.testing.assert_close(network(columns + 0.25), network(columns), rtol=0, atol=1e-4)
    assert not torch.allclose(network(columns * 2), network(columns), atol=0.1)


@torch.no_grad()
def test_a_chord_looks_the_same_in_every_key(network: NoteNetwork) -> None:
    chord = torch.randn(1, 8, 2 * SEMITONES, 6)
    moved = torch.roll(chord, 2 * 3, 2)
    answer = network.answer(network.blocks(network.gather(partials(chord))))
    higher = network.answer(network.blocks(network.gather(partials(moved))))
    # Away from the ends, where a partial or a neighbour may lie outside.
    torch.testing.assert_close(higher[:, :, 20:45], answer[:, :, 17:42], rtol=0, atol=1e-4)
