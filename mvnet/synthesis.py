"""Excerpts to sound, by FluidSynth: many of them on one sheet of MIDI, because loading a sound font takes seconds.

Starts the program `fluidsynth`, no library of it. Runs in the process of the command.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
import soxr

from mvnet.errors import MvnetError
from mvnet.performance import CLIP_S, LEAD_S, Excerpt

RATE = 22_050  # Hz of the clips
SYNTH_RATE = 44_100  # Hz: at half of it the synthesiser's interpolation would fold treble back
TAIL_S = 2.0  # silence between two excerpts, in which the first dies away
SLOT_S = LEAD_S + CLIP_S + TAIL_S
TICKS_S = 1000  # MIDI ticks a second
CHANNELS = tuple(channel for channel in range(16) if channel != 9)  # the tenth plays drums
VOLUME, PAN, REVERB = 7, 10, 91  # MIDI controllers
FOLDERS = (
    Path("/usr/share/sounds/sf2"),
    Path("/usr/share/sounds/sf3"),
    Path("/usr/share/soundfonts"),
    Path("/usr/local/share/soundfonts"),
    Path("/opt/homebrew/share/soundfonts"),
    Path("C:/soundfonts"),
)
SUFFIXES = (".sf2", ".sf3")


def find_sound_fonts(given: Sequence[Path] = ()) -> list[Path]:
    """The sound fonts to play with: those given, or what lies in the system's usual folders; links to one count once.

    Raises:
        MvnetError: one that was given is missing, or there is none.
    """
    for path in given:
        if not path.is_file():
            raise MvnetError(f"{path} is no file: give a sound font, .sf2 or .sf3")
    found = given or [path for folder in FOLDERS if folder.is_dir() for path in sorted(folder.iterdir())]
    fonts = {path.resolve(): None for path in found if path.suffix.lower() in SUFFIXES}
    if not fonts:
        raise MvnetError("no sound font was found: install one (Debian: fluid-soundfont-gm) or give --sound-font FILE")
    return list(fonts)


def find_synthesiser() -> str:
    """Path of the program fluidsynth.

    Raises:
        MvnetError: it is not installed.
    """
    program = shutil.which("fluidsynth")
    if program is None:
        raise MvnetError("the program fluidsynth is not installed, which plays the scores: install FluidSynth 2")
    return program


def render(excerpts: Sequence[Excerpt], font: Path, rng: np.random.Generator) -> list[np.ndarray]:
    """The clips of excerpts, float32 [CLIP_S * RATE] each, played with one sound font.

    Args:
        rng: of pan and reverberation.
    Raises:
        MvnetError: FluidSynth fails.
    """
    with tempfile.TemporaryDirectory(prefix="mvnet-sheet-") as folder:
        sheet, sound = Path(folder, "sheet.mid"), Path(folder, "sheet.wav")
        sheet.write_bytes(sheet_of(excerpts, rng))
        command = [
            find_synthesiser(), "-ni", "-q", "-F", str(sound), "-T", "wav", "-r", str(SYNTH_RATE), "-g", "0.4",
            "-o", "synth.chorus.active=0", "-o", f"synth.reverb.room-size={rng.uniform(0.1, 0.8):.2f}",
            "-o", "synth.dynamic-sample-loading=1", str(font), str(sheet),
        ]  # fmt: skip
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0
        ended = subprocess.run(command, capture_output=True, text=True, creationflags=flags, check=False)
        if ended.returncode or not sound.is_file():
            line = (ended.stderr or ended.stdout).strip().splitlines()[-1:] or ["it said nothing"]
            raise MvnetError(f"fluidsynth failed with {font.name}: {line[0]}")
        samples, rate = soundfile.read(sound, dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(1), rate, RATE)
    return [_cut(mono, index) for index in range(len(excerpts))]


def _cut(mono: np.ndarray, index: int) -> np.ndarray:
    first, size = round((index * SLOT_S + LEAD_S) * RATE), round(CLIP_S * RATE)
    clip = mono[first : first + size]
    return np.pad(clip, (0, size - len(clip)))


def sheet_of(excerpts: Sequence[Excerpt], rng: np.random.Generator) -> bytes:
    """A standard MIDI file, format 0, that plays excerpts one after another, each in a slot of SLOT_S."""
    events: list[tuple[int, int, bytes]] = []  # tick, rank at the same tick, message
    for index, excerpt in enumerate(excerpts):
        begin = index * SLOT_S
        limit = begin + LEAD_S + CLIP_S
        depth = int(rng.integers(0, 100))
        for voice, program in enumerate(excerpt.programs):
            channel = CHANNELS[voice]
            pan = int(np.clip(64 + rng.normal(0, 20), 0, 127))
            for rank, message in enumerate(
                (
                    bytes((0xC0 | channel, program)),
                    bytes((0xB0 | channel, VOLUME, 100)),
                    bytes((0xB0 | channel, PAN, pan)),
                    bytes((0xB0 | channel, REVERB, depth)),
                )
            ):
                events.append((_tick(begin), rank, message))
        for sound in excerpt.sounds:
            channel = CHANNELS[sound.voice]
            start = begin + sound.start_s
            end = min(start + sound.length_s, limit)
            if end > start:
                events.append((_tick(start) + 1, 9, bytes((0x90 | channel, sound.pitch, sound.velocity))))
                events.append((max(_tick(end), _tick(start) + 2), 8, bytes((0x80 | channel, sound.pitch, 0))))
    events.sort(key=lambda event: event[:2])
    return _midi_file(events, _tick(len(excerpts) * SLOT_S))


def _tick(seconds: float) -> int:
    return round(seconds * TICKS_S)


def _midi_file(events: Sequence[tuple[int, int, bytes]], end: int) -> bytes:
    # 500 ticks in a quarter note of 0.5 s, the default tempo.
    track, before = bytearray(), 0
    for tick, _, message in events:
        track += _variable(tick - before) + message
        before = tick
    track += _variable(max(0, end - before)) + b"\xff\x2f\x00"
    header = b"MThd" + (6).to_bytes(4, "big") + bytes((0, 0, 0, 1)) + (TICKS_S // 2).to_bytes(2, "big")
    return header + b"MTrk" + len(track).to_bytes(4, "big") + bytes(track)


def _variable(number: int) -> bytes:
    """A number in seven bits a byte, the highest first, as MIDI writes times."""
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(0x80 | (number & 0x7F))
    return bytes(reversed(parts))
