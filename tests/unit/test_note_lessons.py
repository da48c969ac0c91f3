"""The notes that a teacher hears: their grid, their file, and the cuts that the network learns from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.note_crops import NoteCrops, wanted_notes
from mvnet.note_lessons import COLUMNS, note_steps, read_notes, write_notes
from mvnet.note_network import FIRST_PITCH, PITCHES, STEP_COLUMNS
from mvnet.records import Clip, Recording
from mvnet.spectral import SpectralAugment, SpectralRanges, band_frequencies

SPEC = MelSpec()
STEPS = SPEC.n_frames // COLUMNS
STILL = SpectralRanges(
    gain_db=0, equaliser_db=0, semitones=0, speed=0, floor_db=(-80, -80), time_masks=0, band_masks=0, room=0, noise=0,
    speaker=0,
)  # fmt: skip


def clip(name: str, start: float = 0.0) -> Clip:
    return Clip(Recording(Path("set", "baroque", name), 1, name, "made up", "rendered", "train"), start)


def test_steps_follow_the_columns_centres() -> None:
    notes = np.zeros((780, 88))
    notes[2 + 30, 39] = 0.85  # the 30th column is centred two hops after its first sample
    notes[2 + 31, 40] = 2.0
    steps = note_steps(notes, notes / 2, SPEC)
    assert steps.shape == (STEPS, 88, 2)
    assert steps.dtype == np.uint8
    assert np.argwhere(steps[..., 0]).tolist() == [[10, 39], [10, 40]]
    assert (steps[10, 39, 0], steps[10, 39, 1], steps[10, 40, 0]) == (255, 127, 255)
    assert not note_steps(notes[:20], notes[:20], SPEC).any()


def test_a_file_gives_each_clip_its_own(tmp_path: Path) -> None:
    clips = [clip("a.wav"), clip("a.wav", 8.9), clip("b.wav")]
    notes = np.random.default_rng(0).integers(0, 256, (3, STEPS, 88, 2)).astype(np.uint8)
    write_notes(tmp_path / "notes.npz", clips, notes)
    found, known = read_notes([tmp_path / "notes.npz"], [clips[2], clip("c.wav"), clips[1]], SPEC)
    assert known.tolist() == [True, False, True]
    assert np.array_equal(found[0], notes[2])
    assert np.array_equal(found[2], notes[1])
    assert not found[1].any()


def test_unusable_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.npz"
    with pytest.raises(MvnetError, match="mvnet lessons --notes"):
        read_notes([file], [clip("a.wav")], SPEC)
    write_notes(file, [clip("a.wav")], np.zeros((1, 4, 88, 2), np.uint8))
    with pytest.raises(MvnetError, match=r"\[4, 88, 2\]"):
        read_notes([file], [clip("a.wav")], SPEC)
    write_notes(file, [clip("a.wav")], np.zeros((1, STEPS, 88, 2), np.uint8))
    with pytest.raises(MvnetError, match="none of these clips"):
        read_notes([file], [clip("b.wav")], SPEC)


def test_wanted_notes_move_with_the_transposition() -> None:
    notes = torch.zeros(2, STEPS, 88, 2, dtype=torch.uint8)
    notes[:, 8:16, 60 - 21, 0] = 255
    notes[:, 8, 60 - 21, 1] = 255
    steps = torch.arange(16).expand(2, -1)
    wanted = wanted_notes(notes, steps, torch.tensor([[0], [-3]]))
    assert wanted.shape == (2, 2, PITCHES, 16 * COLUMNS // STEP_COLUMNS)
    for row, pitch in enumerate((60, 57)):
        assert wanted[row, 0, pitch - FIRST_PITCH].tolist() == [0, 0, 0, 1, 1, 1]
        assert wanted[row, 1, pitch - FIRST_PITCH].tolist() == [0, 0, 0, 1, 0, 0]
        assert wanted[row].sum() == 4


def test_cuts_and_their_notes_belong_together() -> None:
    """A tone whose band and note jump together still does after cutting and transposing."""
    columns = torch.full((6, SPEC.n_mels, SPEC.n_frames), -1.0)
    notes = torch.zeros(6, STEPS, 88, 2, dtype=torch.uint8)
    bands = torch.from_numpy(band_frequencies(SPEC))
    for pitch, first in ((84, 0), (96, 384)):
        band = int((bands - 440 * 2 ** ((pitch - 69) / 12)).abs().argmin())
        columns[:, band, first : first + 384] = 1
        notes[:, first // COLUMNS : (first + 384) // COLUMNS, pitch - 21, 0] = 255
    torch.manual_seed(0)
    cut, wanted = NoteCrops(SpectralAugment(SPEC, STILL), 192, 2)(columns, notes)
    assert cut.shape == (6, SPEC.n_mels, 192)
    assert wanted.shape == (6, 2, PITCHES, 24)
    loudest = bands[cut.argmax(1)][:, STEP_COLUMNS // 2 :: STEP_COLUMNS]  # Hz [6, 24]
    heard = wanted[:, 0].argmax(1) + FIRST_PITCH  # the top note lies in the last pitches or above them
    sounding = wanted[:, 0].amax(1) > 0
    wanted_hz = 440 * 2 ** ((heard - 69) / 12)
    assert sounding.any()
    assert ((loudest / wanted_hz).log2().abs()[sounding] < 1.1 / 12).all()
