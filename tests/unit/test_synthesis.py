"""Sheets of MIDI, and the program that plays them where it is installed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from mvnet.errors import MvnetError
from mvnet.performance import CLIP_S, LEAD_S, Excerpt, Sounding
from mvnet.synthesis import FOLDERS, RATE, SLOT_S, find_sound_fonts, find_synthesiser, render, sheet_of


def excerpt(pitch: int, programs: tuple[int, ...] = (0,)) -> Excerpt:
    sounds = tuple(Sounding(k * 0.5, 0.4, pitch + k % 3, 90, k % len(programs)) for k in range(20))
    return Excerpt(sounds, "piano", programs, 1.0)


def events(sheet: bytes) -> list[tuple[float, int, int, int]]:
    """Seconds, status, first and second byte of every channel message of a file of format 0."""
    assert sheet[:4] == b"MThd"
    assert sheet[8:12] == bytes((0, 0, 0, 1))
    assert int.from_bytes(sheet[18:22], "big") == len(sheet) - 22
    place, tick, found = 22, 0, []
    while place < len(sheet):
        step = 0
        while True:
            step = step << 7 | sheet[place] & 0x7F
            place += 1
            if sheet[place - 1] < 0x80:
                break
        tick += step
        status = sheet[place]
        if status == 0xFF:
            break
        size = 2 if status & 0xF0 == 0xC0 else 3
        found.append((tick / 1000, status, sheet[place + 1], sheet[place + 2] if size == 3 else 0))
        place += size
    assert tick / 1000 == pytest.approx(SLOT_S * 2)
    return found


def test_each_excerpt_plays_in_its_own_slot_and_every_note_ends() -> None:
    many = tuple(range(11))
    sheet = events(sheet_of([excerpt(60), excerpt(40, many)], np.random.default_rng(0)))
    sounding: set[tuple[int, int]] = set()
    for seconds, status, pitch, _ in sheet:
        channel, kind = status & 0x0F, status & 0xF0
        assert channel != 9  # drums
        if kind == 0x90:
            assert (pitch < 60) == (seconds >= SLOT_S)
            sounding.add((channel, pitch))
        if kind == 0x80:
            sounding.discard((channel, pitch))
            assert seconds % SLOT_S <= LEAD_S + CLIP_S + 0.01
    assert not sounding
    programs = [first for _, status, first, _ in sheet if status & 0xF0 == 0xC0]
    assert programs == [0, *many]


def test_sound_fonts_that_are_given_must_exist(tmp_path: Path) -> None:
    with pytest.raises(MvnetError, match=r"none\.sf2 is no file"):
        find_sound_fonts([tmp_path / "none.sf2"])
    font = tmp_path / "font.sf2"
    font.touch()
    (tmp_path / "link.sf2").symlink_to(font)
    assert find_sound_fonts([font, tmp_path / "link.sf2"]) == [font.resolve()]


def test_without_a_sound_font_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("mvnet.synthesis.FOLDERS", (tmp_path, tmp_path / "none"))
    with pytest.raises(MvnetError, match="--sound-font"):
        find_sound_fonts()


def test_without_fluidsynth_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MvnetError, match="install FluidSynth"):
        find_synthesiser()


def smallest_font() -> Path | None:
    found = [path for folder in FOLDERS if folder.is_dir() for path in folder.glob("*.sf2")]
    return min(found, key=lambda path: path.stat().st_size) if found and shutil.which("fluidsynth") else None


@pytest.mark.skipif(smallest_font() is None, reason="needs fluidsynth and a sound font")
def test_clips_sound_at_the_pitch_that_was_asked() -> None:
    font = smallest_font()
    assert font is not None
    held = [Excerpt((Sounding(0.0, 11.0, pitch, 100, 0),), "church organ", (19,), 1.0) for pitch in (57, 69)]
    clips = render(held, font, np.random.default_rng(0))
    for clip, hertz in zip(clips, (220, 440), strict=True):
        assert clip.shape == (round(CLIP_S * RATE),)
        power = np.abs(np.fft.rfft(clip[: 4 * RATE])) ** 2
        tones = [power[4 * part - 8 : 4 * part + 9].sum() for part in (hertz, 2 * hertz, 4 * hertz, hertz * 3 // 4)]
        assert max(tones[:3]) > 50 * tones[3]
