"""Drum loops of many styles, drawn at random and played by FluidSynth: what the weights of the metre are learnt from.

Their patterns, sounds, tempi and swing are others than those of bench.drums, which judges.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from bench.drums import LEAD_S, Pattern
from script.make_sample_music import midi_file

RATE = 44_100
SLOWEST, FASTEST = 56.0, 190.0  # beats a minute
# Half or twice the tempo is taken for it most often near the ends of the range: this share of the loops lies within so
# many octaves of either.
AT_THE_ENDS, END = 0.4, 0.4
DRUM_CHANNEL, CHORD, BASS, PAD, TUNE = 9, 0, 1, 2, 3
KICKS, SNARES, HATS = (35, 36), (38, 38, 40, 40, 37, 39), (42, 42, 42, 44, 46, 51, 54, 70)  # General MIDI's keys
KITS = (0, 0, 8, 16, 24, 25, 32, 40)
PROGRAMS = {
    CHORD: (0, 4, 16, 24, 25, 27, 30, 48, 61, 81),
    BASS: (32, 33, 34, 38),
    PAD: (48, 50, 52, 88, 91),
    TUNE: (40, 56, 65, 73, 80),
}
ROOTS, SCALE, TRIAD = (0, 5, 7, 9, 2, 4), (0, 2, 4, 5, 7, 9, 11), (0, 4, 7)

STYLES = (
    Pattern("k...kk..", "..s...s.", "hhhhhhhh", "c...c..."),
    Pattern("k..k..k.", "..s...s.", "hhhhhhhh", "cccccccc"),
    Pattern("k.....k.k.......", "....s.......s...", "h.h.h.h.h.h.h.h.", "c.......c......."),
    Pattern("k...k...", "..s...s.", "h.h.h.h.", "c.c.c.c."),
    Pattern("k..kk..k", "s.s.s.s.", "h.h.h.h.", "c.c.c.c."),
    Pattern("k.....k.k.......", "........s.......", "h.h.h.h.h.h.h.h.", "c..............."),
    Pattern("k..k....", "....s...", "hhhhhhhh", "c......."),
    Pattern("k.k.k.k.", "..s...s.", "hhhhhhhh", "..c...c."),
    Pattern("k...k...k...k...", "....s.......s...", "hhhhhhhhhhhhhhhh", "..c...c...c...c."),
    Pattern("k...k...k...k...", "....s.......s...", "..h...h...h...h.", "c..c..c...c..c.."),
    Pattern("k...k...k...k...", "................", "..h...h...h...h.", "................"),
    Pattern("k...k...k...k...", "....s.......s...", "h.hhh.hhh.hhh.hh", "cccccccccccccccc"),
    Pattern("k.........k.....", "....s.......s...", "h.h.h.h.h.h.h.h.", "c..............."),
    Pattern("k..k......k.....", "....s..,....s...", "hhhhhhhhhhhhhhhh"),
    Pattern("k.k.......k.....", "....s..s.s..s...", "h.h.h.h.h.h.h.h."),
    Pattern("k..k..k...k..k..", "....s.......s..,", "h.h.h.h.h.h.h.h.", "c......c........"),
    Pattern("k.k...k...k..k..", "....s..,.,..s..,", "hhhhhhhhhhhhhhhh", "c..c......c....."),
    Pattern("k..k..k.....k..k", "....s.,....,s...", "h.h.h.h.h.h.h.h.", ".c.c..c..c.c..c."),
    Pattern("k...k..k.k......", ",,.,s,.,,,.,s,.,", "hhhhhhhhhhhhhhhh", "....c.......c..."),
    Pattern("k......k..k.....", "....s.......s...", "h.h.h.h.h.h.h.h.", "c..............."),
    Pattern("k.k....k..k.....", "....s.......s..,", "h.h.h.h.h.h.h.h."),
    Pattern("k......k..k...k.", "........s.......", "h.h.h.hhh.h.hhh.", "c..............."),
    Pattern("k.......k.......", "...s..s....s..s.", "hhhhhhhhhhhhhhhh", "c.c.c.c.c.c.c.c."),
    Pattern("k...k...k...k...", "...s..s....s..s.", "..h...h...h...h.", "..c...c...c...c."),
    Pattern("........k.......", "........s.......", "h.hhh.hhh.hhh.hh", "..c...c...c...c."),
    Pattern("k.k.k.k.", "....s...", "hhhhhhhh", ".c.c.c.c"),
    Pattern("k.k.k.k.", "....s..,", "h.h.h.h.", ".c.c.c.c"),
    Pattern("k...k...", "..s...s.", "h.h.h.h.", ".c.c.c.c"),
    Pattern("k..kk..kk..kk..k", "s..s..s...s..s..", "hhhhhhhhhhhhhhhh"),
    Pattern("k..kk..kk..kk..k", "................", "hhhhhhhhhhhhhhhh", "c.c.cc.c.c.cc.c."),
    Pattern("k..k...k..k...k.", "....s..,.s..s.,.", "h.h.h.h.h.h.h.h."),
    Pattern("k.....k.", "..s...s.", "h.h.h.h.", "..c...cc"),
    Pattern("k..k..k.k..k..k.", "....s.......s...", "h.h.h.h.h.h.h.h.", "c..c..c...c....."),
    Pattern("k..k..k...k.k...", "s..s..s...s.s...", "hhhhhhhhhhhhhhhh"),
    Pattern("k.k.", ".s.s", "h.h.", ".c.c", beats=2),
    Pattern("k.k.k.k.", "s.sss.s.", "........", "c.c.c.c."),
    Pattern("k...k...k...k...", ",,s,,,s,,,s,,,s,", "................", "c.c.c.c.c.c.c.c."),
    Pattern("k.......", "....s...", "h.h.h.h.", "c......."),
    Pattern("k.........k.....", "....s.......s...", "h.h.h.h.h.h.h.h.", "c..............."),
    Pattern("k.....k..k..", "...s.....s..", "hhhhhhhhhhhh", "c.....c....."),
    Pattern("k....kk....k", "...s.....s..", "h.hh.hh.hh.h", "c.....c....."),
    Pattern("............", "............", "h..h.hh..h.h", "c..c..c..c.."),
    Pattern(",..,..,..,..", "...,....,..,", "h..h.hh..h.h", "c....c......"),
    Pattern("k..", ".ss", "h..", ".cc", beats=3),
    Pattern("k.....", "..s.s.", "hhhhhh", "c.....", beats=3),
    Pattern("k........", "......,..", "h..h.hh..", ".....c...", beats=3),
    Pattern("k....k", "...s..", "h.hhhh", "c..c..", beats=2),
    Pattern("k.....k.k...", "...s.....s..", "hhhhhhhhhhhh", "c.....c....."),
    Pattern("k...k...", "..ss..s.", "hhhhhhhh", "c.c.c.c."),
    Pattern("k.k.k.k.", "..s..ss.", "h.h.h.h.", "c.c.c.c."),
    Pattern("kkkkkkkk", "..s...s.", "h.h.h.h.", "cccccccc"),
    Pattern("k.k.....", "....s...", "........"),
    Pattern("k..k..k.", "........", "s.s.s.s.", "c..c..c."),
    Pattern("........", "s.s.s.s.", "........", "c......."),
    Pattern("........", "........", "........", "c.c.c.c."),
    # Nothing strikes between the beats.
    Pattern("....", "ssss"),
    Pattern("....", "....", "hhhh"),
    Pattern("....", "s,,,", "....", "c..."),
    Pattern("....", "....", "h,,,", "c.c."),
    Pattern("...", "s,,", "...", "c..", beats=3),
    Pattern("k...", ".sss"),
    Pattern("k.k.", ".s.s"),
    Pattern("kkkk", ".s.s"),
    Pattern("kkkk", "....", "hhhh", "c..."),
    Pattern("k.k.", ".s.s", "hhhh", "cccc"),
    Pattern("....", "....", "....", "cccc"),
    # Four kicks to the bar.
    Pattern("kkkk", ".s.s", "hhhh", ".c.c"),
    Pattern("k.k.k.k.", "..s...s.", ".,.,.,.,", "c..c..c."),
    Pattern("k.k.k.kk", "..s...s.", ".h.h.h.h", "c......."),
    Pattern("k.k.k.k.", "....s...", ".h.h.hhh"),
    Pattern("k.k.k.k.", "........", "hh.hhh.h", ".ccc.ccc"),
    # Three, three and two sixteenths, or eighths.
    Pattern("k...k...k...k...", "...s..s....s....", "h...h...h...h..."),
    Pattern("k...k...k...k...", "...s..s.s..s..s.", "h,h,h,h,h,h,h,h,"),
    Pattern("k...k.k.k...k.k.", "...s......,s..s.", "h.h.h.h.h.h.h.h."),
    Pattern("k..kk...k..kk...", "....s.......s...", "h.h.h.h.h.h.h.h.", "c..c..c.c..c..c."),
    Pattern("k...k...k...k...", "s..s..s.s..s..s.", "................", "c.......c......."),
    Pattern("k.....k.k.....k.", "...s..s....s..s.", "h.h.h.h.h.h.h.h."),
    Pattern("k..k..k.", "..s...s.", "hhhhhhhh", "c..c..c."),
)
# What a style is put together from where none of those above is taken, in sixteenths.
SNARE_LINES = (
    *3 * ("....s.......s...",),
    *("....s..,.,..s..,", "....s.,.....s..,", "....s.......s.s.", "....s..s.s..s...", "....s..........."),
    *("........s.......", "...s..s....s..s.", "..s...s...s...s.", "s...s...s...s...", "s..s..s...s.s..."),
    *("...s......s.....", ",,s,,,s,,,s,,,s,", "................"),
)
HAT_LINES = (
    *3 * ("h.h.h.h.h.h.h.h.",),
    *(
        "hhhhhhhhhhhhhhhh",
        "h...h...h...h...",
        "..h...h...h...h.",
        "h.hhh.hhh.hhh.hh",
        "................",
        "h..hh..hh..hh..h",
    ),
)
CHORD_LINES = (
    *("c...............", "c.......c.......", "c...c...c...c...", "c.c.c.c.c.c.c.c.", "..c...c...c...c."),
    *("c..c..c...c.c...", "....c.......c...", "c..c..c.c..c..c."),
)
KICK_FRAMES = ("k.......k.......", "k...k...k...k...", "....k.......k...", *4 * ("k...............",))
KICK_CHANCES = {2: 0.12, 3: 0.25, 6: 0.3, 7: 0.2, 8: 0.35, 10: 0.45, 11: 0.2, 14: 0.25, 15: 0.1}  # by the sixteenth


@dataclass(frozen=True)
class Loop:
    """A loop and its tempo in beats a minute; sound float32 [n], mono, at RATE."""

    sound: np.ndarray
    bpm: float


def draw(chance: np.random.Generator) -> Pattern:
    """A style from the list, or one put together."""
    if chance.random() < 0.5:
        return STYLES[chance.integers(len(STYLES))]
    kick = list(chance.choice(KICK_FRAMES))
    for step, share in KICK_CHANCES.items():
        if chance.random() < share * (1.0 if kick.count("k") == 1 else 0.3):
            kick[step] = "k"
    return Pattern("".join(kick), chance.choice(SNARE_LINES), chance.choice(HAT_LINES), chance.choice(CHORD_LINES))


def draw_tempo(chance: np.random.Generator) -> float:
    """Beats a minute: any within the range, or one near its ends."""
    octaves = np.log2(FASTEST / SLOWEST)
    if chance.random() >= AT_THE_ENDS:
        return float(SLOWEST * 2 ** chance.uniform(0, octaves))
    away = chance.uniform(0, END)
    return float(SLOWEST * 2**away if chance.random() < 0.5 else FASTEST / 2**away)


def play(seed: int, seconds: float, font: Path) -> Loop:
    """Draw a style, a tempo and a band, and have FluidSynth play it with a sound font."""
    chance = np.random.default_rng([seed, 53])
    pattern = draw(chance)
    bpm = draw_tempo(chance)
    midi = midi_file(sorted(_events(pattern, bpm, seconds, chance), key=lambda event: event[0]))
    with tempfile.TemporaryDirectory() as folder:
        score, target = Path(folder) / "loop.mid", Path(folder) / "loop.wav"
        score.write_bytes(midi)
        options = ["-o", "synth.gain=0.5", "-o", "synth.chorus.active=0"]
        command = ["fluidsynth", "-n", "-i", "-q", "-F", str(target), "-r", str(RATE), "-T", "wav", *options]
        subprocess.run([*command, str(font), str(score)], check=True, stdout=subprocess.DEVNULL)
        sound = soundfile.read(target, dtype="float32", always_2d=True)[0].mean(1)[: round(seconds * RATE)]
    return Loop(sound / max(1e-6, float(np.abs(sound).max())) * chance.uniform(0.2, 0.9), bpm)


def _events(pattern: Pattern, bpm: float, seconds: float, chance: np.random.Generator) -> list[tuple[float, bytes]]:
    """The band's MIDI events: drums, and each of chords, bass, pad and tune in some loops only."""
    per_beat = pattern.steps // pattern.beats
    length = 60 / bpm / per_beat
    swing = chance.uniform(0.2, 0.65) if per_beat in (2, 4) and chance.random() < 0.2 else 0.0
    jitter_s = chance.uniform(0, 0.01)
    drums = {
        "kick": (int(chance.choice(KICKS)), chance.uniform(70, 120)),
        "snare": (int(chance.choice(SNARES)), chance.uniform(70, 120)),
        "hat": (int(chance.choice(HATS)), chance.uniform(40, 95)),
    }
    loud, key = chance.uniform(45, 95), int(chance.integers(12))
    is_bare = not any(set(line) & set("ksh,") for line in (pattern.kick, pattern.snare, pattern.hat))
    with_chords, with_bass, with_pad, with_tune = chance.random(4) < (1.0 if is_bare else 0.6, 0.5, 0.3, 0.3)
    events = [(0.0, bytes((0xC0 | DRUM_CHANNEL, int(chance.choice(KITS)))))]
    events += [(0.0, bytes((0xC0 | channel, int(chance.choice(several))))) for channel, several in PROGRAMS.items()]

    def note(channel: int, pitch: int, velocity: float, at_s: float, length_s: float) -> None:
        at_s = max(0.0, at_s + chance.normal(0, jitter_s))
        events.append((at_s, bytes((0x90 | channel, pitch, int(np.clip(velocity, 1, 127))))))
        events.append((at_s + length_s, bytes((0x80 | channel, pitch, 0))))

    step, root = (int(chance.integers(pattern.beats)) * per_beat if chance.random() < 0.4 else 0), key
    now = LEAD_S
    while now < seconds:
        at, start = step % pattern.steps, now + (swing * length if step % 2 else 0.0)
        root = (key + int(chance.choice(ROOTS))) % 12 if at == 0 else root
        for name, (pitch, velocity) in drums.items():
            mark = (getattr(pattern, name) or ".")[at % len(getattr(pattern, name) or ".")]
            if mark != ".":
                note(
                    DRUM_CHANNEL, pitch, velocity * (0.45 if mark == "," else 1) * chance.uniform(0.9, 1.1), start, 0.1
                )
        if with_chords and pattern.chord and pattern.chord[at] == "c":
            for third in TRIAD:
                note(CHORD, 55 + (root + third) % 12, loud, start, 0.8 * length)
        if with_bass and pattern.kick[at] == "k":
            note(BASS, 33 + root, loud + 15, start, 1.2 * length)
        if with_pad and at == 0:
            for third in TRIAD:
                note(PAD, 60 + (root + third) % 12, 0.7 * loud, start, 0.97 * pattern.steps * length)
        if with_tune and at % max(1, per_beat // 2) == 0 and chance.random() < (0.7 if at % per_beat == 0 else 0.35):
            note(TUNE, 67 + (key + int(chance.choice(SCALE))) % 12, loud, start, 1.5 * length)
        now, step = now + length, step + 1
    return events
